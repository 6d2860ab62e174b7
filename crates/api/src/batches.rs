//! What changed, on its way to a page: gathered for a moment, so that a busy sync costs a few messages a second. The window
//! and the server of the browser tell it in the same way.
//!
//! The page counts `seq` and reads everything again after a hole. Batches are therefore numbered here, from 1, and a
//! hole on the way in becomes a hole on the way out.

use std::time::Duration;

use crate::contract::Event;

/// The longest an event waits for others.
pub const GATHER: Duration = Duration::from_millis(80);

/// Beyond this the page reads everything again, which is cheaper to say.
const MOST_TAGS: usize = 200;

/// Joins events into numbered batches.
#[derive(Debug, Default)]
pub struct Batches {
    last_in: Option<u64>,
    last_out: u64,
    missed: bool,
    tags: Vec<String>,
}

impl Batches {
    /// Takes in one event.
    pub fn add(&mut self, event: Event) {
        self.missed |= self.last_in.is_some_and(|last| event.seq != last + 1);
        self.last_in = Some(event.seq);
        for tag in event.tags {
            if self.tags.len() >= MOST_TAGS {
                self.missed = true;
                break;
            }
            if !self.tags.contains(&tag) {
                self.tags.push(tag);
            }
        }
    }

    /// Takes in that some were lost on the way.
    pub fn lost(&mut self) {
        self.missed = true;
        self.last_in = None;
    }

    /// What is to be told now, if anything.
    pub fn take(&mut self) -> Option<Event> {
        if self.tags.is_empty() && !self.missed {
            return None;
        }
        self.last_out += if std::mem::take(&mut self.missed) { 2 } else { 1 };
        Some(Event { seq: self.last_out, tags: std::mem::take(&mut self.tags) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: u64, tags: &[&str]) -> Event {
        Event { seq, tags: tags.iter().map(|tag| (*tag).to_owned()).collect() }
    }

    #[test]
    fn events_are_joined_and_numbered_without_holes() {
        let mut batches = Batches::default();
        batches.add(event(7, &["board", "sources"]));
        batches.add(event(8, &["board"]));
        assert_eq!(batches.take(), Some(event(1, &["board", "sources"])));
        assert_eq!(batches.take(), None);
        batches.add(event(9, &["ledger"]));
        assert_eq!(batches.take(), Some(event(2, &["ledger"])));
    }

    #[test]
    fn a_hole_stays_a_hole() {
        let mut batches = Batches::default();
        batches.add(event(1, &["board"]));
        assert_eq!(batches.take(), Some(event(1, &["board"])));
        batches.add(event(3, &["ledger"]));
        assert_eq!(batches.take(), Some(event(3, &["ledger"])));
        batches.lost();
        assert_eq!(batches.take(), Some(event(5, &[])));
    }

    #[test]
    fn a_flood_becomes_a_hole() {
        let mut batches = Batches::default();
        batches.add(event(1, &["board"]));
        batches.take();
        let rows: Vec<String> = (0..500).map(|row| format!("row:{row}")).collect();
        batches.add(event(2, &rows.iter().map(String::as_str).collect::<Vec<_>>()));
        let told = batches.take().unwrap();
        assert_eq!((told.seq, told.tags.len()), (3, MOST_TAGS));
    }
}

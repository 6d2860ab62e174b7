//! When to read what: pure bookkeeping over instants, without clocks or tasks, so that it can be tested by turning time.
//!
//! A source has two lanes: the whole (everything, or what can be told cheaply) and single items, so that a long full read
//! never keeps a running pipeline waiting. Failures stretch the whole source.

use std::{collections::HashMap, time::Duration};

use chrono::TimeDelta;
use skydeck_aws::service::Pace;
use skydeck_domain::{Aspect, Health, SourceState, Timestamp};
use skydeck_store::Standing;

/// How urgent an item is; also the order in which due items are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// On screen.
    Visible,
    /// Under way.
    Running,
    /// The rest.
    Rest,
}

/// What is known of an item's pace.
#[derive(Debug, Clone)]
struct Item {
    due: Timestamp,
    health: Health,
    aspect: Option<Aspect>,
    since: Option<Timestamp>,
    visible: bool,
}

impl Item {
    fn urgency(&self) -> Urgency {
        match (self.visible, self.health, self.aspect) {
            (true, ..) => Urgency::Visible,
            (_, Health::Running, _) | (_, _, Some(Aspect::Stuck)) => Urgency::Running,
            _ => Urgency::Rest,
        }
    }

    /// How long after a read the next one is due.
    fn interval(&self, pace: &Pace, now: Timestamp) -> Duration {
        let moving = self.health == Health::Running || self.aspect == Some(Aspect::Stuck);
        let quiet_for = self.since.map(|since| now - since);
        let seconds = match (self.visible, moving, quiet_for) {
            (true, true, _) => 5,
            (false, true, _) => 8,
            (true, false, _) if pace.items_at_rest => 12,
            (true, false, _) => 30,
            _ if !pace.items_at_rest => return NEVER,
            _ if self.aspect == Some(Aspect::Waiting) => 30,
            (.., Some(quiet)) if quiet < TimeDelta::hours(1) => 60,
            (.., Some(quiet)) if quiet < TimeDelta::days(1) => 180,
            _ => 300,
        };
        Duration::from_secs(seconds)
    }
}

/// What to ask a source for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// Everything.
    All,
    /// What can be told cheaply.
    Changes,
    /// These items, most urgent first.
    Items(Vec<String>),
}

/// The timetable of one source.
#[derive(Debug)]
pub struct Timetable {
    pace: Pace,
    next_all: Timestamp,
    next_changes: Timestamp,
    whole_in_flight: bool,
    items_in_flight: bool,
    not_before: Option<Timestamp>,
    failures: u32,
    items: HashMap<String, Item>,
    /// 0 to 1, drawn once a source: spreads the reads of many sources.
    jitter: f64,
}

/// So long that it does not come: ten years, which every calendar can still add.
const NEVER: Duration = Duration::from_secs(10 * 365 * 86_400);

/// Items in one read: at five calls a second they take about four seconds, so a newly urgent one never waits long.
const BATCH: usize = 20;

impl Timetable {
    /// A source never read in this process. `last_all` is when it was last read whole, as the cache tells.
    pub fn new(pace: Pace, now: Timestamp, last_all: Option<Timestamp>, jitter: f64) -> Self {
        let spread = |d: Duration| TimeDelta::milliseconds((d.as_millis() as f64 * jitter * 0.1) as i64);
        let next_all = match last_all {
            Some(at) if now - at < to_delta(pace.all) => at + to_delta(pace.all),
            _ => now + TimeDelta::milliseconds((jitter * 300.0) as i64),
        };
        Timetable {
            pace,
            next_all,
            next_changes: now + spread(pace.changes),
            whole_in_flight: false,
            items_in_flight: false,
            not_before: None,
            failures: 0,
            items: HashMap::new(),
            jitter,
        }
    }

    /// A row of the item kind was read, now or at an earlier time.
    pub fn saw(&mut self, row: Standing, now: Timestamp) {
        let visible = self.items.get(&row.name).is_some_and(|i| i.visible);
        let mut item = Item { due: now, health: row.health, aspect: row.aspect, since: row.since, visible };
        item.due = row.read_at + to_delta(item.interval(&self.pace, now));
        self.items.insert(row.name, item);
    }

    /// An item is not there any more.
    pub fn lost(&mut self, name: &str) {
        self.items.remove(name);
    }

    /// Which items are on screen now; those that newly are become due.
    pub fn look_at(&mut self, names: &[String], now: Timestamp) {
        for (name, item) in &mut self.items {
            let visible = names.iter().any(|n| n == name);
            if visible && !item.visible {
                item.visible = true;
                // What is read only when someone looks at it is read because someone does.
                let soon =
                    if self.pace.items_at_rest { to_delta(item.interval(&self.pace, now)) } else { TimeDelta::zero() };
                item.due = item.due.min(now + soon);
            }
            item.visible = visible;
        }
    }

    /// Makes these items due now, or the whole source if there are none.
    pub fn hurry(&mut self, names: &[String], now: Timestamp) {
        self.not_before = None;
        if names.is_empty() {
            self.next_all = now;
        }
        for name in names {
            if let Some(item) = self.items.get_mut(name) {
                item.due = now;
            } else {
                self.next_all = now;
            }
        }
    }

    /// What to read now, at most one thing a lane. Call [`Timetable::started`] for what is then started.
    pub fn due(&self, now: Timestamp) -> Vec<Due> {
        if self.not_before.is_some_and(|t| now < t) {
            return Vec::new();
        }
        let mut due = Vec::new();
        if !self.whole_in_flight {
            if now >= self.next_all {
                due.push(Due::All);
            } else if now >= self.next_changes {
                due.push(Due::Changes);
            }
        }
        if !self.items_in_flight && !due.contains(&Due::All) && !self.items.is_empty() {
            let mut ready: Vec<(&String, &Item)> = self.items.iter().filter(|(_, i)| now >= i.due).collect();
            // While everything is being read anyway, only what someone looks at or what moves is read beside it.
            if self.whole_in_flight {
                ready.retain(|(_, i)| i.urgency() < Urgency::Rest);
            }
            ready.sort_by(|a, b| (a.1.urgency(), a.1.due, a.0).cmp(&(b.1.urgency(), b.1.due, b.0)));
            if !ready.is_empty() {
                due.push(Due::Items(ready.into_iter().take(BATCH).map(|(n, _)| n.clone()).collect()));
            }
        }
        due
    }

    /// A read was started.
    pub fn started(&mut self, due: &Due) {
        match due {
            Due::Items(_) => self.items_in_flight = true,
            _ => self.whole_in_flight = true,
        }
    }

    /// A read ended. `rows` is how many rows the source has now; `None` if not known.
    pub fn ended(&mut self, due: &Due, state: SourceState, rows: i64, now: Timestamp) {
        let usable = matches!(state, SourceState::Ok | SourceState::Partial);
        if usable {
            let recovered = self.failures > 0;
            self.failures = 0;
            self.not_before = None;
            if recovered && *due != Due::All {
                self.next_all = now;
            }
        }
        match due {
            Due::All => {
                self.whole_in_flight = false;
                // A service that is not used here is looked for rarely.
                let all = if rows == 0 { self.pace.all.max(Duration::from_secs(3600)) } else { self.pace.all };
                let changes =
                    if rows == 0 { self.pace.changes.max(Duration::from_secs(600)) } else { self.pace.changes };
                self.next_all = now + self.spread(all);
                self.next_changes = now + self.spread(changes);
            }
            Due::Changes => {
                self.whole_in_flight = false;
                let changes =
                    if rows == 0 { self.pace.changes.max(Duration::from_secs(600)) } else { self.pace.changes };
                self.next_changes = now + self.spread(changes);
            }
            Due::Items(names) => {
                self.items_in_flight = false;
                // What was asked for but not seen (the read failed on it) is not asked for again at once.
                for name in names {
                    if let Some(item) = self.items.get_mut(name).filter(|i| i.due <= now) {
                        item.due = now + to_delta(item.interval(&self.pace, now));
                    }
                }
            }
        }
        if !usable {
            self.failures += 1;
            self.not_before = Some(now + pause_after(state, self.failures));
            if *due == Due::All {
                self.next_all = now;
            }
        }
    }

    /// Whether it is being read, and not only single items of it.
    pub fn is_under_way(&self) -> bool {
        self.whole_in_flight
    }

    /// When something is next to be read.
    pub fn next_at(&self) -> Timestamp {
        let whole = self.next_all.min(self.next_changes);
        let items = self.items.values().map(|i| i.due).min();
        let next = items.map_or(whole, |i| i.min(whole));
        self.not_before.map_or(next, |t| t.max(next))
    }

    fn spread(&self, d: Duration) -> TimeDelta {
        let ms = d.as_millis() as f64;
        TimeDelta::milliseconds((ms * (0.95 + 0.1 * self.jitter)) as i64)
    }
}

/// How long a source rests after a failed read; `failures` counts from 1.
pub fn pause_after(state: SourceState, failures: u32) -> TimeDelta {
    let doubled = |first: i64, most: i64| TimeDelta::seconds((first << failures.saturating_sub(1).min(10)).min(most));
    match state {
        // Local look only: whether the token file was renewed.
        SourceState::SignedOut => TimeDelta::seconds(5),
        SourceState::Unreachable => doubled(5, 60),
        SourceState::Throttled => doubled(30, 600),
        SourceState::Denied => doubled(300, 3600),
        SourceState::NotAvailable | SourceState::Retired => TimeDelta::hours(6),
        _ => doubled(30, 600),
    }
}

fn to_delta(d: Duration) -> TimeDelta {
    TimeDelta::from_std(d).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use skydeck_domain::Scope;

    use super::*;

    const PACE: Pace = Pace { items_at_rest: true, changes: Duration::from_secs(60), all: Duration::from_secs(900) };

    fn at(seconds: i64) -> Timestamp {
        chrono::Utc.timestamp_opt(1_800_000_000 + seconds, 0).unwrap()
    }

    fn row(name: &str, health: Health, since: Timestamp, read_at: Timestamp) -> Standing {
        let scope = Scope { profile: "p".into(), region: "eu-west-1".into() };
        Standing { name: name.into(), scope, health, aspect: None, since: Some(since), read_at }
    }

    #[test]
    fn running_items_are_read_in_seconds_and_dormant_ones_in_minutes() {
        let mut table = Timetable::new(PACE, at(0), Some(at(0)), 0.0);
        table.saw(row("runs", Health::Running, at(-5), at(0)), at(0));
        table.saw(row("sleeps", Health::Ok, at(-1_000_000), at(0)), at(0));
        table.next_changes = at(1000);
        assert_eq!(table.due(at(7)), vec![]);
        assert_eq!(table.due(at(8)), vec![Due::Items(vec!["runs".into()])]);
        assert_eq!(table.due(at(300)), vec![Due::Items(vec!["runs".into(), "sleeps".into()])]);
    }

    #[test]
    fn what_its_list_tells_of_is_read_by_itself_only_while_it_moves_or_someone_looks() {
        let mut table = Timetable::new(Pace { items_at_rest: false, ..PACE }, at(0), Some(at(0)), 0.0);
        for (name, health) in [("runs", Health::Running), ("fails", Health::Failed), ("sleeps", Health::Ok)] {
            table.saw(row(name, health, at(-1_000_000), at(0)), at(0));
        }
        (table.next_all, table.next_changes) = (at(1_000_000), at(1_000_000));
        assert_eq!(table.due(at(500_000)), vec![Due::Items(vec!["runs".into()])]);
        table.saw(row("runs", Health::Ok, at(500_000), at(500_000)), at(500_000));
        assert_eq!(table.due(at(900_000)), vec![]);
        table.look_at(&["sleeps".into()], at(900_000));
        assert_eq!(table.due(at(900_000)), vec![Due::Items(vec!["sleeps".into()])]);
    }

    #[test]
    fn a_long_full_read_does_not_keep_a_running_item_waiting() {
        let mut table = Timetable::new(PACE, at(0), None, 0.0);
        table.saw(row("runs", Health::Running, at(0), at(0)), at(0));
        table.saw(row("sleeps", Health::Ok, at(-1_000_000), at(0)), at(0));
        assert_eq!(table.due(at(1)), vec![Due::All]);
        table.started(&Due::All);
        assert_eq!(table.due(at(400)), vec![Due::Items(vec!["runs".into()])]);
    }

    #[test]
    fn steady_idle_costs_at_most_a_tenth_of_the_running_cadence() {
        let mut table = Timetable::new(PACE, at(0), Some(at(0)), 0.0);
        for n in 0..200 {
            table.saw(row(&format!("p{n}"), Health::Ok, at(-1_000_000), at(0)), at(0));
        }
        let mut calls = 0;
        for second in 1..=3600 {
            for due in table.due(at(second)) {
                table.started(&due);
                match &due {
                    Due::All => calls += 201,
                    Due::Changes => calls += 1,
                    Due::Items(names) => {
                        calls += names.len();
                        for name in names {
                            table.saw(row(name, Health::Ok, at(-1_000_000), at(second)), at(second));
                        }
                    }
                }
                table.ended(&due, SourceState::Ok, 200, at(second));
            }
        }
        let running = 200 * 3600 / 8;
        assert!(calls * 10 <= running, "{calls} calls an hour, running cadence {running}");
    }

    #[test]
    fn a_failure_rests_the_whole_source_and_recovery_reads_everything() {
        let mut table = Timetable::new(PACE, at(0), None, 0.0);
        table.started(&Due::All);
        table.ended(&Due::All, SourceState::Unreachable, 0, at(1));
        assert_eq!(table.due(at(5)), vec![]);
        assert_eq!(table.due(at(6)), vec![Due::All]);
        table.ended(&Due::All, SourceState::Unreachable, 0, at(6));
        assert_eq!(table.due(at(15)), vec![]);
        assert_eq!(table.due(at(16)), vec![Due::All]);
    }

    #[test]
    fn what_comes_on_screen_is_read_first() {
        let mut table = Timetable::new(PACE, at(0), Some(at(0)), 0.0);
        for n in 0..50 {
            table.saw(row(&format!("p{n:02}"), Health::Ok, at(-1_000_000), at(-400)), at(-400));
        }
        table.look_at(&["p49".into()], at(1));
        let Some(Due::Items(names)) = table.due(at(1)).into_iter().find(|d| matches!(d, Due::Items(_))) else {
            panic!("items are due");
        };
        assert_eq!(names[0], "p49");
        assert_eq!(names.len(), BATCH);
    }
}

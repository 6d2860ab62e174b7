//! Many rounds, a few of them in each of many places, all places at once: a round mostly waits, so that even a machine of
//! two cores does many beside each other.

use std::{collections::BTreeMap, fmt::Debug, panic::AssertUnwindSafe, sync::Mutex};

use chrono::TimeDelta;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use crate::{
    books::{self, Entry},
    deed::{ALL, Deed, Kind},
    place::Place,
};

/// Rounds in one place: one for each kind of deed of one half.
pub(crate) const IN_A_PLACE: usize = ALL.len() / 2;
/// Places at once. More would make processes so slow that time-outs decide.
const AT_ONCE: usize = 24;

/// How often each word was said.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<BTreeMap<String, usize>>);

impl Tally {
    pub(crate) fn count(&self, word: impl Debug) {
        *self.0.lock().unwrap().entry(format!("{word:?}")).or_default() += 1;
    }

    /// Each of these was said so often at least.
    pub(crate) fn at_least(&self, least: usize, words: impl IntoIterator<Item = impl Debug>) {
        let counts = self.0.lock().unwrap();
        for word in words {
            let word = format!("{word:?}");
            let n = counts.get(&word).copied().unwrap_or_default();
            assert!(n >= least, "{word} came {n} times: {counts:#?}");
        }
    }
}

/// Plays `count` rounds. Each gets a place, the deed, and a generator of its own, so that a round that failed can be played
/// alone. Afterwards the world goes on for hours, and the books must have come to their end with it.
pub(crate) fn play(seed: u64, count: usize, round: impl Fn(&Place, &Deed, &mut ChaCha8Rng) + Sync) {
    let places = count.div_ceil(IN_A_PLACE);
    let next = Mutex::new(0..places);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(places) {
            scope.spawn(|| {
                loop {
                    let Some(number) = next.lock().unwrap().next() else { return };
                    let played = std::panic::catch_unwind(AssertUnwindSafe(|| in_a_place(seed, number, &round)));
                    if let Err(panic) = played {
                        let said = panic.downcast_ref::<String>().cloned();
                        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
                        failed.lock().unwrap().push(format!("place {number}: {}", said.unwrap_or_default()));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {places} places:\n{}", failed.len(), failed.join("\n"));
}

fn in_a_place(seed: u64, number: usize, round: &impl Fn(&Place, &Deed, &mut ChaCha8Rng)) {
    let place = Place::new();
    let half = (number % 2) * IN_A_PLACE;
    let deeds: Vec<Deed> = ALL[half..half + IN_A_PLACE].iter().map(|kind| Deed::of(*kind, &place)).collect();
    for (n, deed) in deeds.iter().enumerate() {
        let mut draws = ChaCha8Rng::seed_from_u64(seed ^ ((number * IN_A_PLACE + n) as u64) << 16);
        round(&place, deed, &mut draws);
        place.sim.set_faults(None);
        is_true(&place, deed);
        books::are_sound(&place);
    }
    // Everything that was begun comes to its end, and whoever looks finds that written.
    place.sim.clock().advance(TimeDelta::hours(12));
    let ran = place.run(&["ledger", "--json"]);
    assert_eq!(ran.status, Some(0), "{ran:#?}");
    for deed in &deeds {
        let Some(entry) = is_true(&place, deed) else { continue };
        let wanted = match deed.happened(&place).0 {
            0 => "failed",
            _ if deed.kind == Kind::Stop || deed.ended_well(&place) => "succeeded",
            _ => "failed",
        };
        assert!(entry.outcome == wanted || (wanted == "failed" && entry.outcome == "refused"), "{wanted}: {entry:#?}");
    }
    books::are_sound(&place);
}

/// The deed was done once at most, no call was made twice, and the ledger tells what the world knows. The entry, if the
/// process came as far as writing one.
fn is_true(place: &Place, deed: &Deed) -> Option<Entry> {
    let (times, started) = deed.happened(place);
    assert!(times <= 1, "{deed:?} was done {times} times");
    let calls = place.calls(deed.operation());
    assert!(calls.len() <= 1, "called again: {calls:#?}");
    assert_eq!(calls.iter().filter(|c| c.outcome.ran()).count(), times, "{deed:?}: {calls:#?}");
    let entries = books::entries(place);
    let mut of_it = entries.into_iter().filter(|e| e.id == deed.id && e.verb == deed.verb());
    let Some(entry) = of_it.next() else {
        assert_eq!(times, 0, "{deed:?} was done and is in no book");
        return None;
    };
    assert_eq!(of_it.next(), None);
    assert_ne!(entry.outcome, "intended", "{entry:#?}");
    assert_ne!(entry.outcome, "unknown", "everything could be found out: {entry:#?}");
    assert_eq!(entry.says_not_run(), times == 0, "done {times} times: {entry:#?}");
    if let Some(started) = started {
        assert_eq!(entry.follow_id.as_deref(), Some(started.as_str()), "{entry:#?}");
    }
    Some(entry)
}

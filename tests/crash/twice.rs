//! The same thing asked for twice at the same instant, by two processes: one runs, the other is refused.

use std::process::Stdio;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::{
    books,
    deed::{ALL, Deed},
    place::{Place, Ran},
    rounds::Tally,
};

/// Times that every kind of deed is asked for twice.
const TIMES: u64 = 4;

#[test]
fn of_two_processes_one_acts_and_the_other_is_refused() {
    let said = Tally::default();
    std::thread::scope(|scope| {
        for time in 0..TIMES {
            for half in 0..2 {
                let said = &said;
                scope.spawn(move || {
                    let place = Place::new();
                    let mut draws = ChaCha8Rng::seed_from_u64(time * 2 + half as u64);
                    for kind in &ALL[half * 5..half * 5 + 5] {
                        one_of_two(&place, &Deed::of(*kind, &place), &mut draws, said);
                    }
                });
            }
        }
    });
    said.at_least(20, ["busy"]);
    said.at_least(3, ["lost", "never arrived", "answered"]);
}

fn one_of_two(place: &Place, deed: &Deed, draws: &mut ChaCha8Rng, said: &Tally) {
    // The first call loses its answer, or does not arrive, or takes a while.
    let (word, fault) = match draws.random_range(0..4) {
        0 => ("lost", r#""executed_then_lost""#.to_owned()),
        1 => ("never arrived", r#""reset""#.to_owned()),
        _ => ("answered", format!(r#"{{"latency": {{"ms": {}}}}}"#, draws.random_range(0..400))),
    };
    said.count(word);
    place.weather(&[format!(r#"{{"operation": "{}", "times": 1, "kind": {fault}}}"#, deed.operation())]);
    let line = deed.line(&["--no-follow"]);
    let start = || place.command(&line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let both = [start(), start()];
    let both = both.map(|child| Ran::of(child.wait_with_output().expect("it ends")));
    let (times, _) = deed.happened(place);
    let wanted = usize::from(word != "never arrived");
    assert_eq!(times, wanted, "{word} {deed:?}: {both:#?}");
    assert_eq!(place.calls(deed.operation()).len(), 1, "{word} {deed:?}: {both:#?}");
    let refused: Vec<&Ran> = both.iter().filter(|ran| ran.status == Some(4)).collect();
    assert_eq!(refused.len(), 1, "{word} {deed:?}: {both:#?}");
    let message = refused[0].json()["message"].as_str().unwrap().to_owned();
    if message.contains("is already under way on it") || message.contains("while this was being planned") {
        said.count("busy");
    } else {
        // It came so late that the plan, read live, saw what the first had done.
        said.count("seen");
    }
    let other = both.iter().find(|ran| ran.status != Some(4)).unwrap();
    assert_eq!(other.status, Some(i32::from(wanted == 0)), "{word} {deed:?}: {other:#?}");
    let entries: Vec<_> =
        books::entries(place).into_iter().filter(|e| e.id == deed.id && e.verb == deed.verb()).collect();
    assert_eq!(entries.iter().filter(|e| e.outcome == "refused").count(), 1, "{entries:#?}");
    assert_eq!(entries.len(), 2, "{entries:#?}");
    place.sim.set_faults(None);
}

//! A process that acts is killed (SIGKILL), at every step; then another one is started, as a user would. Whatever the step,
//! nothing is called twice, and the ledger comes to tell what happened.

use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use crate::{
    books,
    deed::Deed,
    place::{Place, Ran},
    rounds::{self, Tally},
};

/// When it is killed: at a sign that the simulator sees, and a little later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// While it reads for the plan.
    Planning,
    /// While it asks STS once more whose account it is, which is after the intent is written.
    BetweenIntentAndCall,
    /// Once the call has arrived, before it runs.
    CallArrived,
    /// Once the call has run, before it is answered.
    CallRan,
    /// When the answer is on its way.
    AnswerCame,
    /// While it follows.
    Following,
    /// At any instant of its life.
    Any,
}

const MOMENTS: [Moment; 7] = [
    Moment::Planning,
    Moment::BetweenIntentAndCall,
    Moment::CallArrived,
    Moment::CallRan,
    Moment::AnswerCame,
    Moment::Following,
    Moment::Any,
];

/// What lay there when it was dead: the step that it was really killed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    NothingWritten,
    Intended,
    CallNotedNotRun,
    CallRanNotKnown,
    Accepted,
    Ended,
}

/// Longer than any round: who meets it is killed in it.
const FOR_GOOD: &str = r#"{"stall": {"ms": 600000}}"#;

#[test]
fn after_a_kill_at_any_step_the_ledger_tells_the_truth() {
    let (moments, left) = (Tally::default(), Tally::default());
    rounds::play(0x5eed, 200, |place, deed, draws| {
        let moment = MOMENTS[draws.random_range(0..MOMENTS.len())];
        moments.count(moment);
        kill_at(moment, place, deed, draws);
        left.count(what_is_left(place, deed));
        // What a user does next; the simulator is in good weather again.
        place.sim.set_faults(None);
        let next: &[&str] = match draws.random_range(0..8) {
            0 => &["sync", "--service", "codebuild"],
            _ => &["ledger", "--json"],
        };
        // Who finds out may be killed over it, too.
        if draws.random_bool(0.25) {
            let mut child = place.command(next).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
            std::thread::sleep(Duration::from_millis(draws.random_range(0..3000)));
            let _ = child.kill();
            child.wait().expect("it is dead");
        }
        let ran = place.run(next);
        assert_eq!(ran.status, Some(0), "{ran:#?}");
    });
    moments.at_least(12, MOMENTS);
    left.at_least(
        12,
        [Left::NothingWritten, Left::Intended, Left::CallNotedNotRun, Left::CallRanNotKnown, Left::Accepted],
    );
    left.at_least(1, [Left::Ended]);
}

fn kill_at(moment: Moment, place: &Place, deed: &Deed, draws: &mut ChaCha8Rng) {
    let operation = deed.operation();
    let strike = |operation: &str, kind: &str| format!(r#"{{"operation": "{operation}", "kind": {kind}}}"#);
    let before = place.sim.calls().len();
    place.weather(&match moment {
        Moment::Planning => vec![strike(deed.read_first(), FOR_GOOD)],
        Moment::BetweenIntentAndCall => {
            vec![format!(r#"{{"operation": "GetCallerIdentity", "from_call": 2, "kind": {FOR_GOOD}}}"#)]
        }
        Moment::CallArrived => vec![strike(operation, FOR_GOOD)],
        Moment::CallRan => vec![strike(operation, r#"{"late_answer": {"ms": 600000}}"#)],
        Moment::AnswerCame | Moment::Following | Moment::Any => vec![],
    });
    let calls = || place.sim.calls().into_iter().skip(before);
    let called = || calls().filter(|c| c.operation == operation).count();
    let waits_in = |operation: &str| place.sim.under_way().iter().any(|o| o == operation);
    let child = place.command(&deed.line(&[])).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("it starts");
    let mut until = |sign: &dyn Fn() -> bool| wait_for(&mut child, moment, sign);
    let longest = match moment {
        Moment::Planning => {
            until(&|| waits_in(deed.read_first()));
            20
        }
        Moment::BetweenIntentAndCall => {
            // The first time it asked was before the plan.
            until(&|| calls().any(|c| c.operation == deed.read_first()) && waits_in("GetCallerIdentity"));
            20
        }
        Moment::CallArrived => {
            until(&|| waits_in(operation));
            20
        }
        Moment::CallRan => {
            until(&|| called() == 1);
            20
        }
        Moment::AnswerCame => {
            until(&|| called() == 1);
            30
        }
        Moment::Following => {
            until(&|| calls().skip_while(|c| c.operation != operation).count() > 1);
            1000
        }
        Moment::Any => 2500,
    };
    std::thread::sleep(Duration::from_millis(draws.random_range(0..=longest)));
    // It may be over by then, which is a moment too.
    let _ = child.kill();
    child.wait().expect("it is dead");
}

/// Waits for a sign, for as long as the process lives.
fn wait_for(child: &mut Child, moment: Moment, sign: &dyn Fn() -> bool) {
    let begun = Instant::now();
    while !sign() {
        if let Some(status) = child.try_wait().expect("it is ours") {
            // A thing that is done at once may be over before it is looked at once more.
            assert!(moment == Moment::Following && status.success(), "it ended ({status}) before {moment:?}");
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "no sign of {moment:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn what_is_left(place: &Place, deed: &Deed) -> Left {
    let entry = books::entries(place).into_iter().find(|e| e.id == deed.id && e.verb == deed.verb());
    let ran = deed.happened(place).0 == 1;
    match entry {
        None => Left::NothingWritten,
        Some(e) if e.is_final() => Left::Ended,
        Some(e) if e.outcome == "accepted" => Left::Accepted,
        Some(e) => match (e.called, ran) {
            (false, _) => Left::Intended,
            (true, false) => Left::CallNotedNotRun,
            (true, true) => Left::CallRanNotKnown,
        },
    }
}

/// A process that died neither blocks what is asked for next nor is forgotten over it.
#[test]
fn who_acts_next_on_the_same_thing_finds_out_first() {
    let place = Place::new();
    let deed = Deed::of(crate::deed::Kind::Hold, &place);
    let mut draws: ChaCha8Rng = rand::SeedableRng::seed_from_u64(1);
    kill_at(Moment::BetweenIntentAndCall, &place, &deed, &mut draws);
    place.sim.set_faults(None);
    assert_eq!(what_is_left(&place, &deed), Left::Intended);
    // A plan reads and does not decide about it, but says that it is there.
    let plan = Ran::of(place.command(&["plan", "hold", &deed.id, "--json"]).output().unwrap()).json();
    assert_eq!(plan["blocked"], serde_json::Value::Null, "{plan:#}");
    let busy = plan["checks"].as_array().unwrap().iter().find(|c| c["id"] == "busy").unwrap();
    assert!(busy["ok"].is_null() && busy["note"].as_str().unwrap().contains("left open"), "{busy:#}");
    let ran = place.run(&deed.line(&[]));
    assert_eq!(ran.status, Some(0), "{ran:#?}");
    let outcomes: Vec<String> = books::entries(&place).into_iter().map(|e| e.outcome).collect();
    assert_eq!(outcomes, ["failed", "succeeded"]);
    assert_eq!(deed.happened(&place).0, 1);
}

/// Without a way to AWS it stays open, and says why: nothing is made up, and nothing is given up.
#[test]
fn what_cannot_be_found_out_now_stays_open_and_says_so() {
    let place = Place::new();
    let deed = Deed::of(crate::deed::Kind::Hold, &place);
    let mut draws: ChaCha8Rng = rand::SeedableRng::seed_from_u64(2);
    kill_at(Moment::CallRan, &place, &deed, &mut draws);
    place.weather(&[r#"{"kind": "reset"}"#.to_owned()]);
    let told = place.run(&["ledger", "--json"]).json();
    assert_eq!(told[0]["outcome"], "intended", "{told:#}");
    let message = told[0]["message"].as_str().unwrap();
    assert!(message.contains("ended before it knew") && message.contains("cannot be read now"), "{message}");
    place.sim.set_faults(None);
    let told = place.run(&["ledger", "--json"]).json();
    assert_eq!(told[0]["outcome"], "succeeded", "{told:#}");
    assert_eq!(place.calls(deed.operation()).len(), 1);
}

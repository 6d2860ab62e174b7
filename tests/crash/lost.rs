//! The call was executed and the answer is lost, or it never arrived, which looks the same from here. The ledger must tell
//! which, by reading; also where AWS's lists lag behind, and where the process is killed on top.

use std::{process::Stdio, time::Duration};

use rand::RngExt as _;

use crate::{
    deed::Kind,
    rounds::{self, Tally},
};

/// What happens to the one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It runs, and the connection is closed instead of an answer.
    RanAndLost,
    /// It runs, and the answer breaks off.
    RanAndCutOff,
    /// It runs, the answer is lost, and AWS's lists show it only seconds later.
    RanAndListsLag,
    /// It runs, the answer is lost, and then the process is killed.
    RanAndKilled,
    /// It never arrives.
    NeverArrived,
    /// It never arrives, and then the process is killed.
    NeverArrivedAndKilled,
}

const FATES: [Fate; 6] = [
    Fate::RanAndLost,
    Fate::RanAndCutOff,
    Fate::RanAndListsLag,
    Fate::RanAndKilled,
    Fate::NeverArrived,
    Fate::NeverArrivedAndKilled,
];

#[test]
fn after_an_answer_that_is_lost_the_ledger_tells_the_truth() {
    let fates = Tally::default();
    rounds::play(0x1057, 200, |place, deed, draws| {
        let fate = FATES[draws.random_range(0..FATES.len())];
        fates.count(fate);
        let fault = match fate {
            Fate::RanAndLost | Fate::RanAndListsLag | Fate::RanAndKilled => "executed_then_lost",
            // The answer to a transition is empty: there is nothing to break off.
            Fate::RanAndCutOff if matches!(deed.kind, Kind::Hold | Kind::Release) => "executed_then_lost",
            Fate::RanAndCutOff => "truncate_body",
            Fate::NeverArrived | Fate::NeverArrivedAndKilled => "reset",
        };
        let mut rules = vec![format!(r#"{{"operation": "{}", "kind": "{fault}"}}"#, deed.operation())];
        if fate == Fate::RanAndListsLag {
            let lag = draws.random_range(3000..9000);
            let lists = ["ListPipelineExecutions", "ListActionExecutions", "ListBuildsForProject"];
            rules.extend(lists.map(|o| format!(r#"{{"operation": "{o}", "kind": {{"behind": {{"ms": {lag}}}}}}}"#)));
        }
        place.weather(&rules);
        let mut child = place
            .command(&deed.line(&["--no-follow"]))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        if matches!(fate, Fate::RanAndKilled | Fate::NeverArrivedAndKilled) {
            while place.calls(deed.operation()).is_empty() {
                assert!(child.try_wait().expect("it is ours").is_none(), "it ended before it called");
                std::thread::sleep(Duration::from_millis(2));
            }
            std::thread::sleep(Duration::from_millis(draws.random_range(0..3000)));
            let _ = child.kill();
            child.wait().expect("it is dead");
            let ran = place.run(&["ledger", "--json"]);
            assert_eq!(ran.status, Some(0), "{ran:#?}");
        } else {
            let ran = child.wait_with_output().expect("it ends");
            // A build or an execution may have ended badly by then, which is no matter of the answer.
            let done = ran.status.code() == Some(0);
            assert_eq!(done, fate != Fate::NeverArrived, "{fate:?} {deed:?}: {ran:?}");
        }
    });
    fates.at_least(20, FATES);
}

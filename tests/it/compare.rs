//! Two runs beside each other, and a row as it is kept, of the demo world through the contract by name.

use std::time::Duration;

use serde_json::{Value, json};
use skydeck_api::{Code, SyncFilter};
use skydeck_sim::{Fault, Faults, world::line::Author};

use crate::open::{Open, run};

/// Nothing is pushed to it but what is pushed here.
const PIPELINE: &str = "payments-worker";

impl Open {
    /// Ships a commit of the pipeline's repository and watches it until its run is over. Id of that run.
    async fn ship(&self, message: &str, spoils: Option<&'static str>) -> String {
        let author = Author { name: "Demo".to_owned(), email: "demo@example.com".to_owned() };
        let pushed = |world: &mut skydeck_sim::World| world.push_commit(PIPELINE, message, author, spoils);
        let commit = self.sim.with_world(pushed).expect("a line");
        let dev = SyncFilter { profiles: vec!["shop-dev".to_owned()], ..SyncFilter::default() };
        let id = self.dev(PIPELINE).await;
        for _ in 0..30 {
            self.sim.clock().advance(chrono::TimeDelta::minutes(2));
            self.host.sync(&dev).await.unwrap();
            let view = self.call("pipeline", json!({"id": id})).await;
            let execution = &view["execution"];
            let ships = execution["revisions"].as_array().unwrap().iter().any(|r| r["id"] == commit.as_str());
            if ships && execution["status"] != "InProgress" {
                return execution["execution_id"].as_str().unwrap().to_owned();
            }
        }
        panic!("`{message}` is never done");
    }

    /// Row id of the pipeline of that name in the profile `shop-dev`.
    async fn dev(&self, name: &str) -> String {
        let asked = json!({"kinds": ["codepipeline.pipeline"], "profiles": ["shop-dev"], "text": name});
        let rows = self.call("rows", asked).await;
        let row = rows["rows"].as_array().unwrap().iter().find(|r| r["name"] == name).expect("it is there");
        row["id"].as_str().unwrap().to_owned()
    }
}

fn actions(comparison: &Value) -> Vec<&Value> {
    comparison["stages"].as_array().unwrap().iter().flat_map(|s| s["actions"].as_array().unwrap()).collect()
}

#[test]
fn a_failed_run_is_told_by_how_it_differs_from_the_last_that_succeeded() {
    run(async {
        let open = Open::read().await;
        let good = open.ship("Log the cart id", None).await;
        let bad = open.ship("Round prices down", Some("Deploy")).await;
        let id = open.dev(PIPELINE).await;
        let told = open.call("compare", json!({"id": id})).await;
        assert_eq!((&told["run"]["run_id"], &told["run"]["outcome"]), (&json!(bad), &json!("failed")));
        assert_eq!((&told["with"]["run_id"], &told["with"]["outcome"]), (&json!(good), &json!("succeeded")));

        // What is new, commit by commit, from the repository that another service read.
        let revision = &told["revisions"][0];
        assert_eq!((&revision["same"], &revision["run"]["message"]), (&json!(false), &json!("Round prices down")));
        assert_eq!(revision["with"]["message"], "Log the cart id");
        let commits = revision["commits"]["commits"].as_array().unwrap();
        let messages: Vec<&str> = commits.iter().map(|c| c["message"].as_str().unwrap().trim()).collect();
        assert_eq!((&revision["commits"]["added"], messages), (&json!(true), vec!["Round prices down"]));

        // Both were watched, so all is known of both, and it is what the view of each says.
        let actions = actions(&told);
        let failed: Vec<_> = actions.iter().filter(|a| a["run"]["mark"] == "failed").collect();
        assert_eq!((failed.len(), &failed[0]["category"]), (1, &json!("Deploy")), "{actions:#?}");
        assert_eq!((&failed[0]["difference"], &failed[0]["with"]["mark"]), (&json!("state"), &json!("ok")));
        assert!(actions.iter().all(|a| a["run"]["known"] != "unread" && a["with"]["known"] == "ran"), "{actions:#?}");
        for (side, execution) in [("run", &bad), ("with", &good)] {
            let view = open.call("pipeline", json!({"id": id, "execution": execution})).await;
            let shown = view["stages"].as_array().unwrap().iter().flat_map(|s| s["actions"].as_array().unwrap());
            let shown: Vec<_> = shown.map(|a| (&a["name"], &a["mark"], &a["duration_ms"])).collect();
            let compared: Vec<_> =
                actions.iter().map(|a| (&a["name"], &a[side]["mark"], &a[side]["duration_ms"])).collect();
            assert_eq!(compared, shown, "{side}");
        }
        for action in &actions {
            let by = |side: &str| action[side]["duration_ms"].as_i64();
            assert_eq!(action["longer_ms"].as_i64(), by("run").zip(by("with")).map(|(run, with)| run - with));
        }

        // The other way round, and any other one.
        let back = open.call("compare", json!({"id": id, "execution": good, "with": bad})).await;
        assert_eq!((&back["run"]["run_id"], &back["with"]["run_id"]), (&json!(good), &json!(bad)));
        assert_eq!(back["longer_ms"].as_i64(), told["longer_ms"].as_i64().map(|ms| -ms));
        assert_eq!(back["revisions"][0]["commits"]["added"], false);
        let itself = open.host.call("compare", json!({"id": id, "with": bad})).await.unwrap_err();
        assert_eq!(itself.code, Code::Invalid);
        let gone = open.host.call("compare", json!({"id": id, "with": "nothing"})).await.unwrap_err();
        assert_eq!(gone.code, Code::NotFound);
        open.host.close().await;
    })
}

/// How often the actions of runs were asked for.
fn asked(open: &Open) -> usize {
    open.sim.calls().iter().filter(|call| call.operation == "ListActionExecutions").count()
}

impl Open {
    /// The first failed pipeline of the board.
    async fn failed(&self) -> String {
        let board = self.call("board", json!({})).await;
        let failed = board["groups"].as_array().unwrap().iter().find(|g| g["key"] == "failed").unwrap();
        failed["rows"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The comparison of a pipeline's run once what it asks for is read or refused.
    async fn compared(&self, id: &str) -> Value {
        let mut events = self.host.events();
        let tag = format!("runs:{id}");
        for _ in 0..20 {
            let told = self.call("compare", json!({"id": id})).await;
            if told["run"]["inside"] != "reading" && told["with"]["inside"] != "reading" {
                return told;
            }
            let heard = async { while !events.recv().await.unwrap().tags.contains(&tag) {} };
            tokio::time::timeout(Duration::from_secs(20), heard).await.expect("it is told when a run was read");
        }
        panic!("it is never read");
    }
}

#[test]
fn a_run_that_was_over_before_anybody_looked_is_read_once_when_it_is_compared() {
    run(async {
        let open = Open::read().await;
        let id = open.failed().await;
        let (before, id) = (asked(&open), id.as_str());
        // What is known is told at once, and nothing is made up.
        let told = open.call("compare", json!({"id": id})).await;
        assert_eq!((&told["with"]["outcome"], &told["with"]["inside"]), (&json!("succeeded"), &json!("reading")));
        assert!(told["with"]["started_at"].as_str() < told["run"]["started_at"].as_str());
        assert!(told["with"]["duration_ms"].as_i64().unwrap() > 0);
        for action in actions(&told).iter().filter(|a| a["with"]["known"] == "unread") {
            let what = (&action["with"]["duration_ms"], &action["longer_ms"], &action["difference"]);
            assert_eq!(what, (&Value::Null, &Value::Null, &json!("unknown")));
        }
        assert!(actions(&told).iter().any(|a| a["with"]["known"] == "unread"), "{told:#}");
        assert!(actions(&told).iter().any(|a| a["run"]["known"] == "ran"), "{told:#}");

        // Then it is read, and that is all that is asked.
        let told = open.compared(id).await;
        assert_eq!(told["with"]["inside"], "known");
        assert_eq!(asked(&open), before + 1);
        assert!(actions(&told).iter().all(|a| a["with"]["known"] == "ran"), "{told:#}");
        assert!(actions(&told).iter().all(|a| a["with"]["duration_ms"].is_i64()), "{told:#}");
        assert!(told["with"]["pipeline_version"].is_i64(), "{told:#}");

        // A run that is over does not change: nobody asks for it again, also after the world has gone on.
        open.compared(id).await;
        open.call("refresh", json!({})).await;
        open.compared(id).await;
        assert_eq!(asked(&open), before + 1);

        // The very first run of all has none before it, and that is no error.
        let view = open.call("pipeline", json!({"id": id})).await;
        let first = view["history"].as_array().unwrap().last().unwrap();
        let told = open.call("compare", json!({"id": id, "execution": first["run_id"]})).await;
        assert_eq!((&told["with"], &told["stages"]), (&Value::Null, &json!([])));
        open.host.close().await;
    })
}

#[test]
fn what_was_read_of_a_compared_run_stays_with_its_row() {
    run(async {
        let open = Open::read().await;
        assert!(open.host.start().await.unwrap(), "it reads here");
        let id = open.failed().await;
        let run = open.compared(&id).await["with"]["run_id"].clone();
        let executions = open.call("rows", json!({"kinds": ["codepipeline.execution"], "limit": 1000})).await;
        let row = executions["rows"].as_array().unwrap().iter().find(|row| row["name"] == run).expect("its row");
        assert!(!row["detail"]["actions"].as_array().unwrap().is_empty(), "{row:#}");
        assert_eq!(row["detail"]["actions_whole"], true);
        // The view of that run shows them, too.
        let view = open.call("pipeline", json!({"id": id, "execution": run})).await;
        let mut shown = view["stages"].as_array().unwrap().iter().flat_map(|s| s["actions"].as_array().unwrap());
        assert!(shown.all(|a| a["duration_ms"].is_i64()), "{view:#}");
        open.host.close().await;
    })
}

#[test]
fn a_run_that_may_not_be_read_says_so_and_is_asked_for_again_when_somebody_wants_it() {
    run(async {
        let open = Open::read().await;
        let id = open.failed().await;
        open.sim.set_faults(Some(Faults::on("ListActionExecutions", Fault::AccessDenied)));
        let told = open.compared(&id).await;
        assert_eq!((&told["with"]["inside"], &told["run"]["inside"]), (&json!("failed"), &json!("known")));
        assert_eq!(told["with"]["inside_error"]["code"], "AccessDeniedException");
        assert_eq!(told["with"]["inside_error"]["operation"], "ListActionExecutions");
        // Not at every look: only once somebody asks for it.
        let before = asked(&open);
        assert_eq!(open.compared(&id).await["with"]["inside"], "failed");
        assert_eq!(asked(&open), before);
        open.sim.set_faults(None);
        open.call("refresh", json!({"ids": [id]})).await;
        assert_eq!(open.compared(&id).await["with"]["inside"], "known");
        open.host.close().await;
    })
}

#[test]
fn a_row_is_shown_as_it_is_kept() {
    run(async {
        let open = Open::read().await;
        for kind in ["codepipeline.pipeline", "codebuild.build", "codecommit.repository"] {
            let rows = open.call("rows", json!({"kinds": [kind], "limit": 1})).await;
            let mut listed = rows["rows"][0].as_object().unwrap().clone();
            // What the list puts beside a row is not kept with it.
            listed.remove("colour");
            listed.remove("stale");
            let raw = open.call("raw", json!({"id": listed["id"]})).await;
            assert_eq!(raw["row"], Value::Object(listed), "{kind}");
        }
        let gone = open.host.call("raw", json!({"id": "shop-dev/arn:aws:codebuild:x:1:gone"})).await.unwrap_err();
        assert_eq!(gone.code, Code::NotFound);
        open.host.close().await;
    })
}

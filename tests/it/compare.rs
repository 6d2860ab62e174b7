//! Two runs beside each other, and a row as it is kept, of the demo world through the contract by name.

use serde_json::{Value, json};
use skydeck_api::{Code, SyncFilter};
use skydeck_sim::world::line::Author;

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

#[test]
fn a_run_that_was_over_before_anybody_looked_is_not_made_up() {
    run(async {
        let open = Open::read().await;
        let board = open.call("board", json!({})).await;
        let failed = board["groups"].as_array().unwrap().iter().find(|g| g["key"] == "failed").unwrap();
        let id = failed["rows"][0]["id"].as_str().unwrap();
        let told = open.call("compare", json!({"id": id})).await;
        assert_eq!(told["with"]["outcome"], "succeeded");
        assert!(told["with"]["started_at"].as_str() < told["run"]["started_at"].as_str());
        // How long it took as a whole is known, what it did inside is not.
        assert!(told["with"]["duration_ms"].as_i64().unwrap() > 0);
        for action in actions(&told) {
            if action["with"]["known"] == "unread" {
                let what = (&action["with"]["duration_ms"], &action["longer_ms"], &action["difference"]);
                assert_eq!(what, (&Value::Null, &Value::Null, &json!("unknown")));
            }
        }
        assert!(actions(&told).iter().any(|a| a["with"]["known"] == "unread"), "{told:#}");
        assert!(actions(&told).iter().any(|a| a["run"]["known"] == "ran"), "{told:#}");

        // The very first run of all has none before it, and that is no error.
        let view = open.call("pipeline", json!({"id": id})).await;
        let first = view["history"].as_array().unwrap().last().unwrap();
        let told = open.call("compare", json!({"id": id, "execution": first["run_id"]})).await;
        assert_eq!((&told["with"], &told["stages"]), (&Value::Null, &json!([])));
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

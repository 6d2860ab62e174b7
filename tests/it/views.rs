//! What the views are answered: board, pipeline, build, lists, search, of the demo world, through the contract by name.

use std::time::Duration;

use serde_json::{Value, json};
use skydeck_api::{CALLS, Code};
use skydeck_sim::Faults;
use tokio::sync::OnceCell;

use crate::open::{Open, run};

impl Open {
    /// The board's rows of a group.
    async fn group(&self, key: &str) -> Vec<Value> {
        let board = self.call("board", json!({})).await;
        let groups = board["groups"].as_array().unwrap();
        groups.iter().find(|g| g["key"] == key).map(|g| g["rows"].as_array().unwrap().clone()).unwrap_or_default()
    }

    /// The rows of all groups, of a board narrowed by words; what it counts is what it shows.
    async fn narrowed(&self, text: &str) -> Vec<Value> {
        let board = self.call("board", json!({"text": text, "limit": 1000})).await;
        let groups = board["groups"].as_array().unwrap();
        let rows: Vec<Value> = groups.iter().flat_map(|g| g["rows"].as_array().unwrap().clone()).collect();
        assert_eq!(board["all"]["n"], rows.len(), "{text}");
        rows
    }

    /// A pipeline's view once the log behind its first cause is there.
    async fn pipeline_with_log(&self, id: &str) -> Value {
        let mut events = self.host.events();
        for _ in 0..20 {
            let view = self.call("pipeline", json!({"id": id})).await;
            if !view["cause"]["log"].as_array().unwrap().is_empty() {
                return view;
            }
            let tag = format!("log:{id}");
            let heard = async { while !events.recv().await.unwrap().tags.contains(&tag) {} };
            tokio::time::timeout(Duration::from_secs(20), heard).await.expect("the log is told when it is there");
        }
        panic!("the log never came");
    }
}

/// What a board tells of its groups must be what their rows tell, and the same where they are folded.
async fn groups_tell_of_their_rows(open: &Open) {
    let profiles = open.call("profiles", json!({})).await;
    let is_protected = |row: &Value| {
        let mut all = profiles["profiles"].as_array().unwrap().iter();
        all.any(|p| p["name"] == row["profile"] && p["protection"] == "protected")
    };
    let keys = ["failed", "waiting", "stuck", "attention", "running", "unknown", "ok"];
    let board = open.call("board", json!({})).await;
    let folded = open.call("board", json!({"folded": keys})).await;
    for (whole, folded) in board["groups"].as_array().unwrap().iter().zip(folded["groups"].as_array().unwrap()) {
        let rows = whole["rows"].as_array().unwrap();
        assert_eq!(whole["count"], json!({"n": rows.len(), "exact": true}));
        let is = |key: &str| whole["key"] == key;
        let stale: Vec<&Value> = rows.iter().filter(|r| r["stale"] == true).collect();
        let earliest = |rows: &mut dyn Iterator<Item = &Value>, what: &str| {
            rows.filter_map(|r| r[what].as_str().map(str::to_owned)).min().map_or(Value::Null, Value::from)
        };
        assert_eq!(whole["stale"], json!(stale.len()), "{}", whole["key"]);
        assert_eq!(whole["stale_read_at"], earliest(&mut stale.iter().copied(), "read_at"), "{}", whole["key"]);
        let protected = rows.iter().filter(|r| is_protected(r)).count();
        assert_eq!(whole["protected"], json!(if is("failed") { protected } else { 0 }));
        assert_eq!(whole["oldest"], if is("waiting") { earliest(&mut rows.iter(), "since") } else { Value::Null });
        assert_eq!(whole["ticks"], json!([]));
        assert_eq!((&folded["count"], &folded["rows"]), (&whole["count"], &json!([])));
        assert_eq!(folded["ticks"].as_array().unwrap().len(), rows.len().min(100));
        assert_eq!(folded["ticks"], rows.iter().map(|r| r["stale"].clone()).collect::<Value>(), "{}", whole["key"]);
    }
}

/// Open and read, for tests that only look.
async fn shared() -> &'static Open {
    static READ: OnceCell<Open> = OnceCell::const_new();
    READ.get_or_init(Open::read).await
}

fn names(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|r| format!("{} {}", r["profile"].as_str().unwrap(), r["name"].as_str().unwrap())).collect()
}

#[test]
fn the_board_is_in_order_of_need_and_counts_everything_once() {
    run(async {
        let open = shared().await;
        let board = open.call("board", json!({})).await;
        let groups = board["groups"].as_array().unwrap();
        let keys: Vec<&str> = groups.iter().map(|g| g["key"].as_str().unwrap()).collect();
        assert_eq!(keys, ["failed", "waiting", "stuck", "running", "ok"]);
        let n = |g: &Value| g["count"]["n"].as_i64().unwrap();
        let of = |key: &str| groups.iter().find(|g| g["key"] == key).unwrap();
        assert_eq!(board["all"]["n"], groups.iter().map(n).sum::<i64>());
        assert_eq!(board["problems"]["n"], n(of("failed")) + n(of("waiting")) + n(of("stuck")));
        assert_eq!(board["running"]["n"], n(of("running")));
        let quiet: i64 = board["quiet_by_profile"].as_array().unwrap().iter().map(|p| p["n"].as_i64().unwrap()).sum();
        assert_eq!(quiet, n(of("ok")));
        assert!(names(of("failed")["rows"].as_array().unwrap()).contains(&"shop-prod checkout-api".to_owned()));
        for row in groups.iter().flat_map(|g| g["rows"].as_array().unwrap()) {
            assert!(!row["stages"].as_array().unwrap().is_empty(), "{row:#}");
            assert_eq!(row["stage"].is_string(), row["health"] != "ok", "{row:#}");
            assert_eq!(row["stale"], false);
        }
        groups_tell_of_their_rows(open).await;
        // Stuck is told by the thing's own history, also right after the first read.
        let stuck = &of("stuck")["rows"][0];
        assert!(stuck["usual"]["p90_ms"].is_i64(), "{stuck:#}");
        // A part of it: one profile, words, a segment.
        let dev = open.call("board", json!({"profiles": ["shop-dev"], "segment": "running", "text": "bff"})).await;
        for row in dev["groups"].as_array().unwrap().iter().flat_map(|g| g["rows"].as_array().unwrap()) {
            assert_eq!((&row["profile"], &row["name"]), (&json!("shop-dev"), &json!("mobile-bff")));
        }
    })
}

#[test]
fn a_red_pipeline_tells_its_first_cause_down_to_the_log_line() {
    run(async {
        let open = shared().await;
        let failed = open.group("failed").await;
        let row = failed.iter().find(|r| r["name"] == "checkout-api").unwrap();
        let id = row["id"].as_str().unwrap();
        let view = open.pipeline_with_log(id).await;
        let cause = &view["cause"];
        assert_eq!(cause["title"], "SmokeTest: POST /v1/carts/{id}/coupon answered 500");
        let path: Vec<&str> = cause["path"].as_array().unwrap().iter().map(|s| s["what"].as_str().unwrap()).collect();
        assert_eq!(path, ["stage", "action", "build", "phase"]);
        let (log, hits) = (cause["log"].as_array().unwrap(), cause["hits"].as_array().unwrap());
        let hit =
            |i: usize| log[usize::try_from(hits[i].as_u64().unwrap()).unwrap()]["text"].as_str().unwrap().to_owned();
        assert!(hit(0).contains("POST /v1/carts/{id}/coupon"), "{}", hit(0));
        assert!(cause["seen"].as_i64().unwrap() >= 1, "{cause:#}");
        let marks: Vec<&str> = view["stages"].as_array().unwrap().iter().map(|s| s["mark"].as_str().unwrap()).collect();
        assert_eq!(marks, ["ok", "ok", "ok", "failed", "none"]);
        let history = view["history"].as_array().unwrap();
        assert!(history.len() > 20 && history.len() <= 60, "{}", history.len());
        assert!(history.is_sorted_by(|a, b| a["started_at"].as_str() >= b["started_at"].as_str()));
        let verbs: Vec<&str> = view["verbs"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap()).collect();
        assert!(verbs.contains(&"rollback") && verbs.contains(&"retry"), "{verbs:?}");
        // The build behind it, by the row id that the graph names.
        let actions = view["stages"].as_array().unwrap().iter().flat_map(|s| s["actions"].as_array().unwrap());
        let build_id = actions.clone().find(|a| a["name"] == "SmokeTest").unwrap()["runs_id"].as_str().unwrap();
        let build = open.call("build", json!({"id": build_id})).await;
        assert!(build["cause"]["title"].as_str().unwrap().ends_with("answered 500"), "{:#}", build["cause"]);
        assert_eq!(build["log"]["error"], Value::Null);
    })
}

#[test]
fn an_earlier_execution_is_shown_as_it_was() {
    run(async {
        let open = shared().await;
        let id = open.group("failed").await[0]["id"].as_str().unwrap().to_owned();
        let view = open.call("pipeline", json!({"id": id})).await;
        let earlier = view["history"].as_array().unwrap().iter().find(|r| r["outcome"] == "succeeded").unwrap();
        let shown = open.call("pipeline", json!({"id": id, "execution": earlier["run_id"]})).await;
        assert_eq!(shown["execution"]["execution_id"], earlier["run_id"]);
        assert_eq!(shown["execution"]["revisions"], earlier["revisions"]);
        assert!(shown["stages"].as_array().unwrap().iter().all(|s| s["mark"] == "ok"), "{:#}", shown["stages"]);
        assert_eq!(shown["cause"], Value::Null);
        let none = open.host.call("pipeline", json!({"id": id, "execution": "nothing"})).await.unwrap_err();
        assert_eq!(none.code, Code::NotFound);
        let gone =
            open.host.call("pipeline", json!({"id": "shop-prod/arn:aws:codepipeline:x:1:gone"})).await.unwrap_err();
        assert_eq!(gone.code, Code::NotFound);
        assert!(gone.message.contains("may have been deleted"), "{gone}");
    })
}

#[test]
fn what_ran_is_not_known_any_more_once_signed_out() {
    run(async {
        let open = Open::read().await;
        let before = open.call("board", json!({})).await;
        let running = open.group("running").await;
        let (stg, rest): (Vec<Value>, Vec<Value>) = running.into_iter().partition(|r| r["profile"] == "shop-stg");
        assert!(!stg.is_empty());
        let faults = r#"{"rules": [{"account": "444455556666", "kind": "expired_token"}]}"#;
        open.sim.set_faults(Some(Faults::from_json(faults).unwrap()));
        open.sync().await;
        let unknown = open.group("unknown").await;
        assert_eq!(names(&unknown).len(), stg.len());
        assert!(unknown.iter().all(|r| r["health"] == "unknown" && r["stale"] == true && r["aspect"].is_null()));
        let marks = |r: &Value| r["stages"].as_array().unwrap().iter().any(|s| s["mark"] == "unknown");
        assert!(unknown.iter().all(marks), "{unknown:#?}");
        assert_eq!(open.group("running").await.len(), rest.len());
        let after = open.call("board", json!({})).await;
        assert_eq!((&after["all"], &after["problems"]), (&before["all"], &before["problems"]));
        let unread = after["unread"].as_array().unwrap();
        assert!(
            !unread.is_empty()
                && unread.iter().all(|u| u["cure"] == "sign-in" && u["source"]["id"]["profile"] == "shop-stg")
        );
        groups_tell_of_their_rows(&open).await;
        // What had failed there still stands, as last read.
        let failed = open.group("failed").await;
        assert!(failed.iter().any(|r| r["profile"] == "shop-stg" && r["stale"] == true), "{:?}", names(&failed));
        open.host.close().await;
    })
}

/// Each by what the rows of the whole board say themselves.
async fn words_narrow_to_what_rows_say(open: &Open) {
    let whole = open.narrowed("").await;
    let says = |row: &Value, member: &str, value: &str| row[member] == value;
    let with = |fits: &dyn Fn(&Value) -> bool| whole.iter().filter(|row| fits(row)).cloned().collect::<Vec<_>>();
    type Fits<'f> = &'f dyn Fn(&Value) -> bool;
    let cases: [(&str, Fits<'_>); 9] = [
        ("health:failed", &|r| says(r, "health", "failed")),
        ("health:fail,ok", &|r| says(r, "health", "failed") || says(r, "health", "ok")),
        ("health:waiting", &|r| says(r, "aspect", "waiting")),
        ("health:running", &|r| says(r, "health", "running")),
        ("health:unknown", &|r| says(r, "health", "unknown")),
        ("env:stag", &|r| says(r, "profile", "shop-stg")),
        ("profile:PROD health:failed", &|r| says(r, "profile", "shop-prod") && says(r, "health", "failed")),
        ("region:eu-west-1", &|r| says(r, "region", "eu-west-1")),
        ("account:4444", &|r| says(r, "account", "444455556666")),
    ];
    for (text, fits) in cases {
        assert_eq!(names(&open.narrowed(text).await), names(&with(fits)), "{text}");
    }
}

#[test]
fn a_filter_in_words_shows_what_they_say_and_counts_it() {
    run(async {
        let open = Open::read().await;
        for profile in [("shop-dev", "dev"), ("shop-stg", "staging"), ("shop-prod", "prod")] {
            open.call("set_profile", json!({"name": profile.0, "environment": profile.1})).await;
        }
        words_narrow_to_what_rows_say(&open).await;

        // In a stage: where it failed, waits, runs, or is held.
        let failed = open.narrowed("health:failed").await;
        let stage = failed[0]["stage"].as_str().unwrap();
        let there = open.narrowed(&format!("stage:{}", &stage.to_lowercase()[..3])).await;
        assert!(names(&there).contains(&names(&failed)[0]), "{stage}");
        let beginning = stage.to_lowercase()[..3].to_owned();
        for row in &there {
            let begins = |s: &&Value| s["name"].as_str().unwrap().to_lowercase().starts_with(&beginning);
            let marks: Vec<&Value> =
                row["stages"].as_array().unwrap().iter().filter(begins).map(|s| &s["mark"]).collect();
            let unfinished = marks.iter().any(|mark| *mark != "ok" && *mark != "none");
            assert!(unfinished || row["aspect"] == "held", "{} {marks:?}", row["name"]);
        }

        // No such health: no row, and it is said.
        let board = open.call("board", json!({"text": "health:borked"})).await;
        assert_eq!((&board["groups"], &board["any_read"]), (&json!([]), &json!(true)));
        assert_eq!(board["not_understood"][0]["value"], "borked");
        // No such profile: no row, but not as if nothing was ever read.
        let board = open.call("board", json!({"text": "profile:nobody"})).await;
        assert_eq!((&board["groups"], &board["any_read"], &board["unread"]), (&json!([]), &json!(true), &json!([])));

        // Lists of other kinds narrow by the same words.
        let builds = json!({"kinds": ["codebuild.build"], "text": "health:failed profile:stg", "limit": 1000});
        let builds = open.call("rows", builds).await;
        let fits = |r: &Value| r["health"] == "failed" && r["profile"] == "shop-stg";
        assert!(builds["rows"].as_array().unwrap().iter().all(fits));

        // Once signed out, what ran counts as not known.
        let faults = r#"{"rules": [{"account": "444455556666", "kind": "expired_token"}]}"#;
        open.sim.set_faults(Some(Faults::from_json(faults).unwrap()));
        open.sync().await;
        assert!(!open.narrowed("health:unknown").await.is_empty());
        words_narrow_to_what_rows_say(&open).await;
        open.host.close().await;
    })
}

#[test]
fn before_anything_is_read_nothing_is_claimed() {
    run(async {
        let open = Open::unread().await;
        let board = open.call("board", json!({})).await;
        assert_eq!((&board["any_read"], &board["groups"]), (&json!(false), &json!([])));
        let rows = open.call("rows", json!({})).await;
        assert_eq!((&rows["any_read"], &rows["total"]), (&json!(false), &json!({"n": 0, "exact": true})));
        open.host.close().await;
    })
}

#[test]
fn lists_go_on_where_the_page_before_ended() {
    run(async {
        let open = shared().await;
        for sort in ["need", "name", "profile", "since", "read-at"] {
            let (mut ids, mut after) = (Vec::new(), Value::Null);
            loop {
                let page = open.call("rows", json!({"sort": sort, "limit": 500, "after": after})).await;
                ids.extend(page["rows"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()));
                after = page["next"].clone();
                if after.is_null() {
                    let exact = ids.len() <= 1000;
                    assert_eq!(page["total"], json!({"n": ids.len().min(1000), "exact": exact}), "{sort}");
                    break;
                }
            }
            let count = ids.len();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), count, "{sort}: no row comes twice");
        }
        let newest = open.call("rows", json!({"kinds": ["codepipeline.pipeline"], "sort": "since"})).await;
        let since: Vec<&str> = newest["rows"].as_array().unwrap().iter().filter_map(|r| r["since"].as_str()).collect();
        assert!(since.is_sorted_by(|a, b| a >= b), "newest first: {since:?}");
        for (text, found) in [("checkout", true), ("ch", true), ("nothing-of-the-kind", false)] {
            let hits = open.call("search", json!({"text": text})).await;
            assert_eq!(!hits["rows"].as_array().unwrap().is_empty(), found, "{text}");
        }
    })
}

#[test]
fn every_call_has_a_body_and_none_answers_a_secret() {
    run(async {
        let open = shared().await;
        let failed = open.group("failed").await[0]["id"].as_str().unwrap().to_owned();
        open.pipeline_with_log(&failed).await;
        for call in CALLS {
            let params = match call.name {
                "pipeline" | "compare" | "raw" => json!({"id": failed}),
                "search" => json!({"text": "shop"}),
                _ => Value::Null,
            };
            let answer = match open.host.call(call.name, params).await {
                Ok(answer) => answer.to_string(),
                Err(error) => {
                    assert!(!error.message.contains("There is no call"), "{}", call.name);
                    serde_json::to_string(&error).unwrap()
                }
            };
            assert!(!answer.contains("CANARY"), "{} answers a secret", call.name);
        }
        let unknown = open.host.call("nothing", Value::Null).await.unwrap_err();
        assert_eq!(unknown.code, Code::Invalid);
    })
}

#[test]
fn only_links_that_an_answer_carried_may_be_opened() {
    run(async {
        let open = shared().await;
        let id = open.group("failed").await[0]["id"].as_str().unwrap().to_owned();
        let url = |view: &Value| view["console_url"].as_str().unwrap().to_owned();
        let elsewhere = "https://jenkins.example.com/job/1";
        assert!(!open.host.link_allowed(elsewhere));
        let console = url(&open.call("pipeline", json!({"id": id})).await);
        assert!(
            console.starts_with("https://ap-northeast-2.console.aws.amazon.com/")
                || console.starts_with("https://eu-west-1.")
        );
        assert!(open.host.link_allowed(&console));
        assert!(!open.host.link_allowed(&format!("{console}&x")));
    })
}

//! What AWS or the network does: each trouble is told with whom and where it met and what helps, leaves every row and the
//! ledger as they were, harms no other account, and is over once the weather is fair.

use serde_json::{Value, json};
use skydeck_sim::{Fault, World};

use crate::machine::{Machine, call, rows, standing, sync, unread};

const DEV: &str = "acct-001-dev";
const DEV_ACCOUNT: &str = "100000000000";
const STAGING: &str = "acct-002-staging";
const REGION: &str = "ap-northeast-2";
const PIPELINE: &str = "codepipeline.pipeline";

/// A trouble of one account's ListPipelines, or of a call for one pipeline.
struct Trouble {
    operation: &'static str,
    kind: &'static str,
    state: &'static str,
    code: &'static str,
    says: &'static str,
    cure: &'static str,
}

const TROUBLES: &[Trouble] = &[
    Trouble {
        operation: "ListPipelines",
        kind: r#""access_denied""#,
        state: "denied",
        code: "AccessDeniedException",
        says: "arn:aws:iam::100000000000:user/skydeck is not authorized to perform: codepipeline:ListPipelines",
        cure: "permission",
    },
    Trouble {
        operation: "GetPipelineState",
        kind: r#""access_denied""#,
        state: "partial",
        code: "AccessDeniedException",
        says: "not authorized to perform: codepipeline:GetPipelineState",
        cure: "permission",
    },
    Trouble {
        operation: "ListPipelines",
        kind: r#""throttle""#,
        state: "throttled",
        code: "ThrottlingException",
        says: "Rate exceeded",
        cure: "wait",
    },
    Trouble {
        operation: "ListPipelines",
        kind: r#""http_503""#,
        state: "failed",
        code: "HTTP 503",
        says: "AWS says that the service is unavailable.",
        cure: "wait",
    },
    Trouble {
        operation: "ListPipelines",
        kind: r#""truncate_body""#,
        state: "failed",
        code: "ResponseError",
        says: "AWS's answer (HTTP 200) could not be read whole or understood.",
        cure: "wait",
    },
    Trouble {
        operation: "ListPipelines",
        kind: r#""dns""#,
        state: "unreachable",
        code: "DispatchFailure",
        says: "Check the network and the proxy",
        cure: "network",
    },
    Trouble {
        operation: "ListPipelines",
        kind: r#""reset""#,
        state: "unreachable",
        code: "DispatchFailure",
        says: "Check the network and the proxy",
        cure: "network",
    },
    Trouble {
        operation: "ListPipelines",
        kind: r#""expired_token""#,
        state: "signed-out",
        code: "ExpiredTokenException",
        says: "The credentials have expired. Sign in again.",
        cure: "sign-in",
    },
];

#[tokio::test]
async fn every_trouble_is_told_takes_nothing_away_and_passes() {
    for Trouble { operation, kind, state, code, says, cure } in TROUBLES {
        let machine = Machine::small(2);
        let host = machine.read().await;
        let before = rows(&host, PIPELINE, DEV).await;
        assert!(!before.is_empty());
        machine.weather_of(&format!(
            r#"{{"rules": [{{"account": "{DEV_ACCOUNT}", "operation": "{operation}", "kind": {kind}}}]}}"#
        ));
        let report = sync(&host).await;
        assert!(report.any_read() && !report.all_read(), "{kind}: {report:#?}");
        let told = unread(&host, DEV, "codepipeline").await.unwrap_or_else(|| panic!("{kind} is not told"));
        let source = &told["source"];
        assert_eq!((&source["state"], &told["cure"]), (&json!(state), &json!(cure)), "{kind}: {told:#}");
        // Whom, where, what was asked, what happened.
        assert_eq!(source["account"], DEV_ACCOUNT, "{kind}");
        assert_eq!(source["id"]["region"], REGION, "{kind}");
        assert_eq!((&source["error"]["code"], &source["error"]["operation"]), (&json!(code), &json!(operation)));
        assert!(source["error"]["message"].as_str().unwrap().contains(says), "{kind}: {told:#}");
        let policy = told["policy"].as_str().unwrap_or_default();
        assert_eq!(policy.contains(&format!("codepipeline:{operation}")), *cure == "permission", "{kind}: {policy}");
        let now = rows(&host, PIPELINE, DEV).await;
        if *state == "partial" {
            let names = |rows: &[Value]| rows.iter().map(|r| r["name"].clone()).collect::<Vec<_>>();
            assert_eq!(names(&now), names(&before), "{kind}");
        } else {
            assert_eq!(now, before, "{kind}");
        }
        // The other account was read.
        assert_eq!(unread(&host, STAGING, "codepipeline").await, None, "{kind}");
        machine.fair();
        call(&host, "refresh", json!({"ids": []})).await;
        let report = sync(&host).await;
        assert!(report.all_read(), "{kind}: {report:#?}");
        assert_eq!(unread(&host, DEV, "codepipeline").await, None, "{kind}");
        assert_eq!(rows(&host, PIPELINE, DEV).await, before, "{kind}");
        host.close().await;
    }
}

#[tokio::test]
async fn rows_that_cannot_be_read_now_say_so() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    machine.weather("ListPipelines", Fault::AccessDenied);
    sync(&host).await;
    let page = call(&host, "rows", json!({"kinds": [PIPELINE]})).await;
    let rows = page["rows"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|r| r["stale"] == true), "{page:#}");
    machine.fair();
    sync(&host).await;
    let page = call(&host, "rows", json!({"kinds": [PIPELINE]})).await;
    assert!(page["rows"].as_array().unwrap().iter().all(|r| r["stale"] == false), "{page:#}");
    host.close().await;
}

#[tokio::test]
async fn credentials_that_end_in_the_middle_of_a_read_leave_what_was_read_and_what_was_there() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    let before = rows(&host, PIPELINE, DEV).await;
    machine.weather_of(
        r#"{"rules": [{"operation": "GetPipelineState", "from_call": 3, "kind": "expired_token"},
                      {"operation": "ListPipelineExecutions", "kind": "expired_token"},
                      {"operation": "GetCallerIdentity", "kind": "expired_token"}]}"#,
    );
    sync(&host).await;
    let told = unread(&host, DEV, "codepipeline").await.expect("it is told");
    assert_eq!(told["cure"], "sign-in", "{told:#}");
    assert_eq!(rows(&host, PIPELINE, DEV).await, before);
    host.close().await;
}

#[tokio::test]
async fn a_region_that_is_switched_off_is_no_error_and_its_rows_stay_as_last_read() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    let before = rows(&host, PIPELINE, DEV).await;
    machine.sim.with_world(|world| world.set_region_enabled(DEV_ACCOUNT, REGION, false));
    // What is refused once may be the keys; refused again, while STS elsewhere knows them, it is the Region.
    let mut report = sync(&host).await;
    for _ in 0..2 {
        report = sync(&host).await;
    }
    let source = report.sources.iter().find(|s| s.id.service == "codepipeline").expect("a source");
    let error = source.error.as_ref().expect("it is told");
    assert_eq!((source.state.word(), error.code.as_str()), ("not-available", "RegionNotEnabled"), "{source:#?}");
    assert!(error.message.contains(REGION) && error.message.contains("Enable the Region"), "{error:?}");
    assert!(report.all_read(), "it counts as read: {report:#?}");
    assert_eq!(rows(&host, PIPELINE, DEV).await, before);
    let page = call(&host, "rows", json!({"kinds": [PIPELINE]})).await;
    assert!(page["rows"].as_array().unwrap().iter().all(|r| r["stale"] == true), "nobody watches them: {page:#}");
    host.close().await;
}

#[tokio::test]
async fn a_clock_ten_minutes_off_either_way_reads_all_the_same() {
    for seconds in [600, -600] {
        let machine = Machine::small(1);
        machine.weather_of(&format!(r#"{{"rules": [{{"kind": {{"clock_skew": {{"seconds": {seconds}}}}}}}]}}"#));
        let host = machine.read().await;
        assert_eq!(rows(&host, PIPELINE, DEV).await.len(), 6, "{seconds}");
        host.close().await;
    }
}

#[tokio::test]
async fn a_call_that_stalls_in_silence_is_given_up_and_made_again() {
    let machine = Machine::small(1);
    let host = machine.open().await;
    machine.weather_of(r#"{"rules": [{"operation": "ListPipelines", "times": 1, "kind": {"stall": {"ms": 120000}}}]}"#);
    let read = tokio::time::timeout(std::time::Duration::from_secs(40), sync(&host)).await;
    assert!(read.expect("it does not hang with it").all_read());
    assert_eq!(rows(&host, PIPELINE, DEV).await.len(), 6);
    host.close().await;
}

#[tokio::test]
async fn what_was_left_alone_because_it_did_not_answer_is_asked_at_once_when_someone_wants_to_know() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    machine.weather("ListPipelines", Fault::Reset);
    for _ in 0..6 {
        sync(&host).await;
    }
    let told = unread(&host, DEV, "codepipeline").await.expect("it is told");
    assert_eq!(told["source"]["error"]["code"], "Paused", "{told:#}");
    assert!(told["source"]["error"]["message"].as_str().unwrap().contains("it is asked again in"), "{told:#}");
    machine.fair();
    assert!(!sync(&host).await.all_read(), "the pause holds");
    call(&host, "refresh", json!({"ids": []})).await;
    assert!(sync(&host).await.all_read());
    host.close().await;
}

#[tokio::test]
async fn an_sso_sign_in_that_ended_says_which_command_renews_it_and_is_picked_up_when_it_was() {
    let machine = Machine::before(World::demo(standing(), 7));
    let files = machine.sim.with_world(|world| world.aws_config_text(None));
    let of = |head: &str| {
        let rest = files.config.split_once(head).expect("it is there").1;
        format!("{head}{}\n", rest.split("\n[").next().unwrap())
    };
    machine.write(".aws/config", of("[profile shop-stg-sso]") + &of("[sso-session example-sso]"));
    machine.write(".aws/credentials", "");
    for (name, text) in &files.sso_cache {
        machine.write(&format!(".aws/sso/cache/{name}"), text);
    }
    let host = machine.read().await;
    let before = rows(&host, PIPELINE, "shop-stg-sso").await;
    assert!(!before.is_empty());
    machine.minutes(9 * 60);
    sync(&host).await;
    let told = unread(&host, "shop-stg-sso", "codepipeline").await.expect("it is told");
    assert_eq!((&told["source"]["state"], &told["cure"]), (&json!("signed-out"), &json!("sign-in")), "{told:#}");
    let message = told["source"]["error"]["message"].as_str().unwrap();
    assert!(message.contains("expired at 2026-11-23 13:00 UTC"), "{message}");
    assert!(message.contains("aws sso login --sso-session example-sso"), "{message}");
    assert_eq!(rows(&host, PIPELINE, "shop-stg-sso").await.len(), before.len());
    // Signed in again by the AWS CLI, in another terminal.
    for (name, text) in machine.sim.with_world(|world| world.aws_config_text(None)).sso_cache {
        machine.write(&format!(".aws/sso/cache/{name}"), text);
    }
    assert!(sync(&host).await.all_read());
    host.close().await;
}

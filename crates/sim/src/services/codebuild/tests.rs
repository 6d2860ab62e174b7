//! CodeBuild's answers and refusals, on the demo world.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::CodeBuild;
use crate::{
    clock::SimClock,
    service::{ApiError, Request, Service},
    world::World,
};

const STG: &str = "444455556666";
const DEV: &str = "111122223333";

fn call(world: &mut World, account: &str, operation: &str, input: Value) -> Result<Value, ApiError> {
    let input = input.as_object().cloned().expect("an object");
    let arn = format!("arn:aws:iam::{account}:user/skydeck");
    let request = Request {
        account,
        region: "ap-northeast-2",
        access_key_id: "AKIATEST",
        caller_arn: &arn,
        user_id: "AIDATEST",
        operation,
        input: &input,
        behind: 0,
    };
    CodeBuild.call(world, &request)
}

fn ok(world: &mut World, account: &str, operation: &str, input: Value) -> Value {
    call(world, account, operation, input).unwrap_or_else(|e| panic!("{operation}: {e}"))
}

fn demo() -> World {
    World::demo(SimClock::standing("2026-11-23T05:00:00Z".parse().expect("an instant")), 7)
}

fn build(world: &mut World, account: &str, id: &Value) -> Value {
    ok(world, account, "BatchGetBuilds", json!({ "ids": [id] }))["builds"][0].clone()
}

#[test]
fn the_failed_build_tells_its_phase_and_its_log() {
    let mut world = demo();
    let ids = ok(&mut world, STG, "ListBuildsForProject", json!({ "projectName": "payments-worker-build" }));
    let b = build(&mut world, STG, &ids["ids"][0]);
    assert_eq!((&b["buildStatus"], &b["buildComplete"]), (&json!("FAILED"), &json!(true)));
    let failed = b["phases"]
        .as_array()
        .expect("phases")
        .iter()
        .find(|p| p["phaseStatus"] == "FAILED")
        .expect("a failed phase")
        .clone();
    assert_eq!(failed["contexts"][0]["statusCode"], "COMMAND_EXECUTION_ERROR");
    assert_eq!(b["logs"]["groupName"], "/aws/codebuild/payments-worker-build");
    assert_eq!(b["initiator"], "codepipeline/payments-worker");
}

#[test]
fn lists_page_by_a_hundred_in_both_orders() {
    let mut world = demo();
    for order in ["ASCENDING", "DESCENDING"] {
        let mut joined: Vec<Value> = Vec::new();
        let mut input = json!({ "sortOrder": order });
        loop {
            let page = ok(&mut world, DEV, "ListBuilds", input.clone());
            joined.extend(page["ids"].as_array().expect("ids").clone());
            if page["nextToken"].is_null() {
                break;
            }
            assert_eq!(page["ids"].as_array().map(Vec::len), Some(100));
            input["nextToken"] = page["nextToken"].clone();
        }
        let unique: std::collections::BTreeSet<String> = joined.iter().map(Value::to_string).collect();
        assert!(unique.len() == joined.len() && joined.len() > 500, "{}", joined.len());
        let (first, last) = (build(&mut world, DEV, &joined[0]), build(&mut world, DEV, &joined[joined.len() - 1]));
        let rising = first["startTime"].as_f64() < last["startTime"].as_f64();
        assert_eq!(rising, order == "ASCENDING");
    }
}

#[test]
fn unknown_ones_are_listed_apart() {
    let mut world = demo();
    let b = ok(
        &mut world,
        DEV,
        "BatchGetBuilds",
        json!({ "ids": ["nobody:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "no id"] }),
    );
    assert_eq!(
        (b["builds"].as_array().map(Vec::len), b["buildsNotFound"].as_array().map(Vec::len)),
        (Some(0), Some(2))
    );
    let p = ok(&mut world, DEV, "BatchGetProjects", json!({ "names": ["checkout-api-build", "nobody"] }));
    assert_eq!((p["projects"].as_array().map(Vec::len), &p["projectsNotFound"]), (Some(1), &json!(["nobody"])));
}

#[test]
fn a_build_is_retried_once_for_one_token_and_can_be_stopped() {
    let mut world = demo();
    let ids = ok(&mut world, DEV, "ListBuildsForProject", json!({ "projectName": "nightly-browser-tests" }));
    let input = json!({ "id": ids["ids"][0], "idempotencyToken": "one" });
    let first = ok(&mut world, DEV, "RetryBuild", input.clone())["build"].clone();
    let again = ok(&mut world, DEV, "RetryBuild", input)["build"].clone();
    assert_eq!(first["id"], again["id"]);
    assert_eq!(first["buildStatus"], "IN_PROGRESS");
    world.clock.advance(TimeDelta::seconds(60));
    let stopped = ok(&mut world, DEV, "StopBuild", json!({ "id": first["id"] }))["build"].clone();
    assert_eq!((&stopped["buildStatus"], &stopped["buildComplete"]), (&json!("STOPPED"), &json!(true)));
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(build(&mut world, DEV, &first["id"])["buildStatus"], "STOPPED");
}

#[test]
fn stopping_a_pipelines_build_fails_its_action() {
    let mut world = demo();
    let p = world.find_pipeline(DEV, "ap-northeast-2", "mobile-bff").expect("a pipeline");
    let building = |w: &World| {
        let e = w.pipeline(p).executions.last().expect("an execution").clone();
        e.runs
            .iter()
            .find(|r| r.build.is_some() && r.status == crate::world::pipeline::Status::InProgress)
            .and_then(|r| r.build)
    };
    let number = building(&world).expect("mobile-bff builds at the opening");
    let place = world.place(DEV, "ap-northeast-2").expect("a place");
    let id = json!(place.build_name(&place.builds[number as usize]));
    ok(&mut world, DEV, "StopBuild", json!({ "id": id }));
    world.clock.advance(TimeDelta::minutes(10));
    world.now();
    let run = world
        .pipeline(p)
        .executions
        .iter()
        .flat_map(|e| &e.runs)
        .find(|r| r.build == Some(number))
        .expect("its run")
        .clone();
    assert_eq!(run.status, crate::world::pipeline::Status::Failed);
}

#[test]
fn what_cannot_be_started_says_why() {
    let mut world = demo();
    let cases = [
        ("StartBuild", json!({ "projectName": "nobody" }), "ResourceNotFoundException"),
        ("StartBuild", json!({ "projectName": "checkout-api-build" }), "InvalidInputException"),
        (
            "StartBuild",
            json!({ "projectName": "nightly-browser-tests", "sourceVersion": "0000000000" }),
            "InvalidInputException",
        ),
        ("RetryBuild", json!({ "id": "nobody:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa" }), "ResourceNotFoundException"),
        ("StopBuild", json!({ "id": "nobody:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa" }), "ResourceNotFoundException"),
        ("ListBuilds", json!({ "nextToken": "made-up" }), "InvalidInputException"),
    ];
    for (operation, input, code) in cases {
        assert_eq!(call(&mut world, DEV, operation, input).expect_err(operation).code, code);
    }
}

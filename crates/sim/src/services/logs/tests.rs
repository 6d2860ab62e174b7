//! Logs are read as AWS lets them be read, on the demo world.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Logs;
use crate::{
    clock::SimClock,
    service::{ApiError, Request, Service},
    world::World,
};

const GROUP: &str = "/aws/codebuild/checkout-api-smoke";

fn call(world: &mut World, operation: &str, input: Value) -> Result<Value, ApiError> {
    let input = input.as_object().cloned().expect("an object");
    let request = Request {
        account: "777788889999",
        region: "ap-northeast-2",
        access_key_id: "AKIATEST",
        caller_arn: "arn:aws:iam::777788889999:user/skydeck",
        user_id: "AIDATEST",
        operation,
        input: &input,
        behind: 0,
    };
    Logs.call(world, &request)
}

fn demo() -> World {
    World::demo(SimClock::standing("2026-11-23T05:00:00Z".parse().expect("an instant")), 7)
}

fn newest_stream(world: &mut World) -> String {
    let streams = call(
        world,
        "DescribeLogStreams",
        json!({ "logGroupName": GROUP, "orderBy": "LastEventTime", "descending": true, "limit": 1 }),
    );
    streams.expect("streams")["logStreams"][0]["logStreamName"].as_str().expect("a name").to_owned()
}

fn messages(answer: &Value) -> Vec<String> {
    let events = answer["events"].as_array().expect("events");
    events.iter().filter_map(|e| e["message"].as_str()).map(str::to_owned).collect()
}

#[test]
fn the_end_of_the_log_shows_why_the_smoke_test_failed() {
    let mut world = demo();
    let stream = newest_stream(&mut world);
    let tail = call(&mut world, "GetLogEvents", json!({ "logGroupName": GROUP, "logStreamName": stream, "limit": 30 }))
        .expect("events");
    let text = messages(&tail).join("\n");
    for shown in ["column \"coupon_id\" does not exist", "expected 200, received 500", "COMMAND_EXECUTION_ERROR"] {
        assert!(text.contains(shown), "{shown} is not in {text}");
    }
}

#[test]
fn forward_and_backward_tokens_walk_the_whole_stream() {
    let mut world = demo();
    let stream = newest_stream(&mut world);
    let whole = messages(
        &call(
            &mut world,
            "GetLogEvents",
            json!({ "logGroupName": GROUP, "logStreamName": stream, "startFromHead": true }),
        )
        .expect("events"),
    );
    for (member, head) in [("nextForwardToken", true), ("nextBackwardToken", false)] {
        let mut input = json!({ "logGroupName": GROUP, "logStreamName": stream, "startFromHead": head, "limit": 7 });
        let mut walked: Vec<String> = Vec::new();
        loop {
            let page = call(&mut world, "GetLogEvents", input.clone()).expect("events");
            if head {
                walked.extend(messages(&page));
            } else {
                walked.splice(0..0, messages(&page));
            }
            if input["nextToken"] == page[member] {
                break;
            }
            input["nextToken"] = page[member].clone();
        }
        assert_eq!(walked, whole, "{member}");
    }
}

#[test]
fn a_forward_token_goes_on_where_the_log_has_grown() {
    let mut world = demo();
    let build = {
        let place = world.place("777788889999", "ap-northeast-2").expect("a place");
        *place.project("price-audit").expect("a project").builds.last().expect("a build")
    };
    let number = world.place_number("777788889999", "ap-northeast-2").expect("a place");
    let project = world.places[number as usize].builds[build as usize].project;
    let now = world.now_ms();
    let by = crate::world::project::Initiator::Caller("user/skydeck".into());
    let new = world.begin_alone(number, project, None, by, now);
    let stream = world.places[number as usize].builds[new as usize].id.to_string();
    let mut input =
        json!({ "logGroupName": "/aws/codebuild/price-audit", "logStreamName": stream, "startFromHead": true });
    let mut walked: Vec<String> = Vec::new();
    for _ in 0..40 {
        let page = call(&mut world, "GetLogEvents", input.clone()).expect("events");
        walked.extend(messages(&page));
        input["nextToken"] = page["nextForwardToken"].clone();
        world.clock.advance(TimeDelta::seconds(20));
    }
    let whole = call(
        &mut world,
        "GetLogEvents",
        json!({ "logGroupName": "/aws/codebuild/price-audit", "logStreamName": stream, "startFromHead": true }),
    );
    assert_eq!(walked, messages(&whole.expect("events")));
    assert!(walked.len() > 50);
}

#[test]
fn filters_find_and_page() {
    let mut world = demo();
    let mut input = json!({ "logGroupName": GROUP, "filterPattern": "\"received 500\"", "limit": 1 });
    let mut found = 0;
    loop {
        let page = call(&mut world, "FilterLogEvents", input.clone()).expect("events");
        assert!(messages(&page).iter().all(|m| m.contains("received 500")));
        found += messages(&page).len();
        if page["nextToken"].is_null() {
            break;
        }
        input["nextToken"] = page["nextToken"].clone();
    }
    assert!(found >= 1);
}

#[test]
fn what_is_not_there_or_not_given_out_is_refused() {
    let mut world = demo();
    let stream = newest_stream(&mut world);
    let cases = [
        (json!({ "logGroupName": "/aws/codebuild/nobody", "logStreamName": stream }), "ResourceNotFoundException"),
        (json!({ "logGroupName": GROUP, "logStreamName": "nobody" }), "ResourceNotFoundException"),
        (json!({ "logGroupName": GROUP, "logStreamName": stream, "nextToken": "f/1/s" }), "InvalidParameterException"),
        (json!({ "logStreamName": stream }), "InvalidParameterException"),
    ];
    for (input, code) in cases {
        assert_eq!(call(&mut world, "GetLogEvents", input).expect_err(code).code, code);
    }
}

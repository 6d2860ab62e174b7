//! CloudFormation's answers and refusals, on the demo world. Each answer and each error is held against AWS's model.

mod changing;
mod going_back;
mod reading;
mod refusals;
mod sets_and_pipelines;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::CloudFormation;
use crate::{
    clock::SimClock,
    model,
    service::{ApiError, Request, Service},
    world::World,
};

const DEV: &str = "111122223333";
const STG: &str = "444455556666";
const PROD: &str = "777788889999";
const SEOUL: &str = "ap-northeast-2";
const IRELAND: &str = "eu-west-1";

fn demo() -> World {
    let start: DateTime<Utc> = "2026-11-23T05:00:00Z".parse().expect("an instant");
    World::demo(SimClock::standing(start), 7)
}

fn call(world: &mut World, (account, region): (&str, &str), operation: &str, input: Value) -> Result<Value, ApiError> {
    let arn = format!("arn:aws:iam::{account}:user/skydeck");
    let input = input.as_object().cloned().expect("an object");
    let request = Request {
        account,
        region,
        access_key_id: "AKIATEST",
        caller_arn: &arn,
        user_id: "AIDATEST",
        operation,
        input: &input,
        behind: 0,
    };
    let answered = CloudFormation.call(world, &request);
    let service = model::service("cloudformation").expect("a model");
    let of = &service.operations[operation];
    assert_eq!(model::violations(service, of, &input), Vec::<String>::new(), "{operation}: the test's own input");
    match &answered {
        Ok(output) => assert_eq!(model::disagreements(service, of, output), Vec::<String>::new(), "{operation}"),
        Err(error) => assert!(model::may_answer(service, of, &error.code), "{operation} {error}"),
    }
    answered
}

fn ok(world: &mut World, place: (&str, &str), operation: &str, input: Value) -> Value {
    call(world, place, operation, input).unwrap_or_else(|e| panic!("{operation}: {e}"))
}

fn refused(world: &mut World, place: (&str, &str), operation: &str, input: Value) -> String {
    match call(world, place, operation, input.clone()) {
        Ok(answer) => panic!("{operation} {input} was not refused: {answer}"),
        Err(e) => format!("{} {}", e.code, e.message),
    }
}

fn pass(world: &mut World, seconds: i64) {
    world.clock.advance(TimeDelta::seconds(seconds));
}

fn stack(world: &mut World, place: (&str, &str), name: &str) -> Value {
    ok(world, place, "DescribeStacks", json!({ "StackName": name }))["Stacks"][0].clone()
}

fn status(world: &mut World, place: (&str, &str), name: &str) -> String {
    stack(world, place, name)["StackStatus"].as_str().expect("a status").to_owned()
}

/// Everything of a list that comes in pages.
fn whole(world: &mut World, place: (&str, &str), operation: &str, list: &str, input: Value) -> Vec<Value> {
    let (mut all, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut input = input.clone();
        if !token.is_null() {
            input["NextToken"] = token;
        }
        let page = ok(world, place, operation, input);
        all.extend(page[list].as_array().expect("a list").iter().cloned());
        token = page["NextToken"].clone();
        if token.is_null() {
            return all;
        }
    }
}

fn events(world: &mut World, place: (&str, &str), name: &str) -> Vec<Value> {
    whole(world, place, "DescribeStackEvents", "StackEvents", json!({ "StackName": name }))
}

const ONE: &str = r#"{"Parameters": {"Name": {"Type": "String", "Default": "a"}, "Key": {"Type": "String", "NoEcho": true, "Default": "CANARY-k"}},
 "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Name"}}},
 "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q1", "Tags": [{"Key": "k", "Value": {"Ref": "Key"}}]}}},
 "Outputs": {"Topic": {"Value": {"Ref": "Topic"}}, "Secret": {"Value": {"Fn::Sub": "key=${Key}"}}}}"#;

/// A stack made of that template by a change set.
fn made(world: &mut World, name: &str, body: &str) -> Value {
    let set = json!({ "StackName": name, "ChangeSetName": "make", "ChangeSetType": "CREATE", "TemplateBody": body });
    let set = ok(world, (DEV, SEOUL), "CreateChangeSet", set);
    pass(world, 20);
    ok(world, (DEV, SEOUL), "ExecuteChangeSet", json!({ "ChangeSetName": set["Id"] }));
    set
}

//! CloudFormation's answers and refusals, on the demo world. Each answer and each error is held against AWS's model.

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

#[test]
fn the_network_failed_on_its_address_and_went_back() {
    let mut world = demo();
    let here = (PROD, SEOUL);
    let network = stack(&mut world, here, "network-baseline");
    assert_eq!(network["StackStatus"], "UPDATE_ROLLBACK_COMPLETE");
    let told = events(&mut world, here, "network-baseline");
    let last: Vec<&Value> = told.iter().take_while(|e| e["ResourceStatusReason"] != "User Initiated").collect();
    let failed: Vec<&&Value> =
        last.iter().rev().filter(|e| e["ResourceStatus"].as_str().is_some_and(|s| s.ends_with("_FAILED"))).collect();
    assert_eq!(
        (&failed[0]["LogicalResourceId"], &failed[0]["ResourceStatus"]),
        (&json!("EipC"), &json!("CREATE_FAILED"))
    );
    let reason = failed[0]["ResourceStatusReason"].as_str().expect("a reason");
    assert!(
        reason.starts_with("The maximum number of addresses has been reached. (Service: Ec2, Status Code: 400"),
        "{reason}"
    );
    let fallout =
        failed[1..].iter().all(|e| e["ResourceStatusReason"].as_str().is_some_and(|r| r.ends_with("cancelled")));
    assert!(failed.len() > 1 && fallout, "{failed:#?}");
    let times: Vec<f64> = told.iter().filter_map(|e| e["Timestamp"].as_f64()).collect();
    assert!(times.windows(2).all(|w| w[0] >= w[1]), "newest first");
    assert!(told.len() > 150, "{} events are no history", told.len());
    // What the update added is gone, and what it changed is as it was.
    let resources = whole(
        &mut world,
        here,
        "ListStackResources",
        "StackResourceSummaries",
        json!({ "StackName": "network-baseline" }),
    );
    let names: Vec<&str> = resources.iter().filter_map(|r| r["LogicalResourceId"].as_str()).collect();
    assert!(names.contains(&"NatShared") && !names.contains(&"EipC") && !names.contains(&"SubnetC"), "{names:?}");
    let nested = resources.iter().find(|r| r["LogicalResourceId"] == "VpcNested").expect("a nested stack");
    let nested = stack(&mut world, here, nested["PhysicalResourceId"].as_str().expect("an ARN"));
    assert_eq!(
        (&nested["StackStatus"], &nested["ParentId"]),
        (&json!("UPDATE_ROLLBACK_COMPLETE"), &network["StackId"])
    );
    assert_eq!(nested["RootId"], network["StackId"]);
}

#[test]
fn the_change_set_that_waits_tells_what_it_would_do() {
    let mut world = demo();
    let here = (PROD, SEOUL);
    let ask = json!({ "StackName": "network-baseline", "ChangeSetName": "retry-nat-c", "IncludePropertyValues": true });
    let set = ok(&mut world, here, "DescribeChangeSet", ask);
    assert_eq!((&set["Status"], &set["ExecutionStatus"]), (&json!("CREATE_COMPLETE"), &json!("AVAILABLE")));
    let changes = set["Changes"].as_array().expect("changes");
    let told = |logical: &str| {
        let change = changes.iter().map(|c| &c["ResourceChange"]).find(|c| c["LogicalResourceId"] == logical);
        change.unwrap_or_else(|| panic!("{logical} does not change"))
    };
    let short: Vec<(&str, &str)> = changes
        .iter()
        .filter_map(|c| {
            Some((c["ResourceChange"]["LogicalResourceId"].as_str()?, c["ResourceChange"]["Action"].as_str()?))
        })
        .collect();
    for expected in
        [("EipC", "Add"), ("NatC", "Add"), ("RouteC", "Modify"), ("FlowLogs", "Modify"), ("NatShared", "Remove")]
    {
        assert!(short.contains(&expected), "{expected:?} is not in {short:?}");
    }
    assert_eq!(short.len(), 5, "{short:?}");
    assert_eq!(told("FlowLogs")["Replacement"], "True");
    let interval = told("FlowLogs")["Details"].as_array().expect("details").iter().map(|d| &d["Target"]);
    let interval = interval.into_iter().find(|t| t["Name"] == "MaxAggregationInterval").expect("an interval").clone();
    assert_eq!((&interval["BeforeValue"], &interval["AfterValue"]), (&json!("600"), &json!("60")));
    assert_eq!(told("RouteC")["Replacement"], "False");
    ok(
        &mut world,
        here,
        "ExecuteChangeSet",
        json!({ "StackName": "network-baseline", "ChangeSetName": "retry-nat-c" }),
    );
    assert_eq!(status(&mut world, here, "network-baseline"), "UPDATE_IN_PROGRESS");
    pass(&mut world, 1_800);
    assert_eq!(status(&mut world, here, "network-baseline"), "UPDATE_COMPLETE");
    let body = ok(&mut world, here, "GetTemplate", json!({ "StackName": "network-baseline" }))["TemplateBody"].clone();
    assert!(body.as_str().is_some_and(|b| b.contains("EipC")));
}

#[test]
fn a_stack_is_made_changed_and_tells_of_it() {
    let mut world = demo();
    let here = (DEV, SEOUL);
    let set = made(&mut world, "fresh", ONE);
    assert_eq!(status(&mut world, here, "fresh"), "CREATE_IN_PROGRESS");
    pass(&mut world, 120);
    let now = stack(&mut world, here, "fresh");
    assert_eq!((&now["StackStatus"], &now["ChangeSetId"]), (&json!("CREATE_COMPLETE"), &set["Id"]));
    let outputs = now["Outputs"].as_array().expect("outputs");
    let secret = outputs.iter().find(|o| o["OutputKey"] == "Secret").expect("an output");
    assert_eq!(secret["OutputValue"], "key=CANARY-k", "AWS does not mask outputs");
    let key = now["Parameters"].as_array().expect("parameters").iter().find(|p| p["ParameterKey"] == "Key").cloned();
    assert_eq!(key.expect("a parameter")["ParameterValue"], "****");
    let told = events(&mut world, here, "fresh");
    let short: Vec<String> = told
        .iter()
        .rev()
        .map(|e| {
            format!("{} {}", e["LogicalResourceId"].as_str().unwrap_or(""), e["ResourceStatus"].as_str().unwrap_or(""))
        })
        .collect();
    assert_eq!(short[0], "fresh REVIEW_IN_PROGRESS");
    assert_eq!(short[1], "fresh CREATE_IN_PROGRESS");
    assert_eq!(short.last().map(String::as_str), Some("fresh CREATE_COMPLETE"));
    assert!(!told.iter().any(|e| e.to_string().contains("CANARY")), "a NoEcho value is in no event");

    // A parameter and the queue's name change; the queue is made anew.
    let body = ONE.replace("q1", "q2");
    let given =
        json!([{ "ParameterKey": "Name", "ParameterValue": "b" }, { "ParameterKey": "Key", "UsePreviousValue": true }]);
    let before = ok(&mut world, here, "ListStackResources", json!({ "StackName": "fresh" }));
    ok(
        &mut world,
        here,
        "CreateChangeSet",
        json!({ "StackName": "fresh", "ChangeSetName": "two", "TemplateBody": body, "Parameters": given }),
    );
    ok(
        &mut world,
        here,
        "CreateChangeSet",
        json!({ "StackName": "fresh", "ChangeSetName": "other", "TemplateBody": body }),
    );
    let asked = json!({ "StackName": "fresh", "ChangeSetName": "two" });
    let early = ok(&mut world, here, "DescribeChangeSet", asked.clone());
    assert_eq!((&early["Status"], &early["ExecutionStatus"]), (&json!("CREATE_PENDING"), &json!("UNAVAILABLE")));
    assert_eq!(early["Changes"], json!([]));
    pass(&mut world, 20);
    let set = ok(&mut world, here, "DescribeChangeSet", asked.clone());
    let topic = set["Changes"].as_array().expect("changes").iter().map(|c| c["ResourceChange"].clone());
    let topic = topic.into_iter().find(|c| c["LogicalResourceId"] == "Topic").expect("the topic");
    assert_eq!(
        (&topic["Details"][0]["ChangeSource"], &topic["Details"][0]["CausingEntity"]),
        (&json!("ParameterReference"), &json!("Name"))
    );
    assert!(set["Changes"][0].get("BeforeContext").is_none());
    ok(&mut world, here, "ExecuteChangeSet", asked);
    assert_eq!(ok(&mut world, here, "ListChangeSets", json!({ "StackName": "fresh" }))["Summaries"], json!([]));
    let gone =
        refused(&mut world, here, "DescribeChangeSet", json!({ "StackName": "fresh", "ChangeSetName": "other" }));
    assert_eq!(gone, "ChangeSetNotFound ChangeSet [other] does not exist");
    pass(&mut world, 300);
    assert_eq!(status(&mut world, here, "fresh"), "UPDATE_COMPLETE");
    let after = ok(&mut world, here, "ListStackResources", json!({ "StackName": "fresh" }));
    let id = |list: &Value, n: usize| list["StackResourceSummaries"][n]["PhysicalResourceId"].clone();
    assert_ne!(id(&before, 0), id(&after, 0), "the queue is another");
    assert_eq!(id(&before, 1), id(&after, 1), "the topic is the same");
}

#[test]
fn a_change_set_without_changes_fails_and_cannot_be_executed() {
    let mut world = demo();
    let here = (PROD, SEOUL);
    let ask = json!({ "StackName": "github-oidc", "ChangeSetName": "same", "UsePreviousTemplate": true });
    ok(&mut world, here, "CreateChangeSet", ask);
    pass(&mut world, 20);
    let named = json!({ "StackName": "github-oidc", "ChangeSetName": "same" });
    let set = ok(&mut world, here, "DescribeChangeSet", named.clone());
    assert_eq!(
        (&set["Status"], &set["StatusReason"]),
        (&json!("FAILED"), &json!(crate::world::stack::change_set::NO_CHANGES))
    );
    let said = refused(&mut world, here, "ExecuteChangeSet", named.clone());
    assert!(
        said.starts_with("InvalidChangeSetStatus") && said.ends_with("in its current status of [FAILED]"),
        "{said}"
    );
    ok(&mut world, here, "DeleteChangeSet", named.clone());
    ok(&mut world, here, "DeleteChangeSet", named);
}

#[test]
fn what_cannot_be_done_is_refused_in_awss_words() {
    let mut world = demo();
    let set = |stack: &str, more: Value| {
        let mut ask = json!({ "StackName": stack, "ChangeSetName": "x", "TemplateBody": ONE });
        for (name, value) in more.as_object().into_iter().flatten() {
            ask[name] = value.clone();
        }
        ask
    };
    let named = |stack: &str| json!({ "StackName": stack });
    let with_set = |stack: &str| json!({ "StackName": stack, "ChangeSetName": "nope" });
    let role = r#"{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "x"}}}}"#;
    let (prod, stg, stuck) = ((PROD, SEOUL), (STG, SEOUL), (STG, IRELAND));
    let cases: Vec<((&str, &str), &str, Value, &str)> = vec![
        (prod, "DescribeStacks", named("nope"), "ValidationError Stack with id nope does not exist"),
        (stg, "DescribeStacks", named("legacy-mail"), "ValidationError Stack with id legacy-mail does not exist"),
        (prod, "ListStackResources", named("nope"), "ValidationError Stack with id nope does not exist"),
        (prod, "DescribeStackResources", named("nope"), "ValidationError Stack with id nope does not exist"),
        (prod, "DescribeStackResources", json!({}), "ValidationError Exactly one of StackName"),
        (prod, "DescribeStackEvents", named("nope"), "ValidationError Stack [nope] does not exist"),
        (prod, "GetTemplate", named("nope"), "ValidationError Stack with id nope does not exist"),
        (prod, "ListChangeSets", named("nope"), "ValidationError Stack [nope] does not exist"),
        (prod, "DescribeChangeSet", with_set("nope"), "ValidationError Stack [nope] does not exist"),
        (prod, "DescribeChangeSet", with_set("legacy-mail"), "ChangeSetNotFound ChangeSet [nope] does not exist"),
        (
            prod,
            "DescribeChangeSet",
            json!({ "ChangeSetName": "x" }),
            "ValidationError StackName must be specified if ChangeSetName is not specified as an ARN.",
        ),
        (prod, "ExecuteChangeSet", with_set("legacy-mail"), "ChangeSetNotFound"),
        (prod, "ListStacks", json!({ "NextToken": "made-up" }), "ValidationError The specified NextToken is invalid."),
        (prod, "CreateChangeSet", set("nope", json!({})), "ValidationError Stack [nope] does not exist"),
        (
            prod,
            "CreateChangeSet",
            set("legacy-mail", json!({ "ChangeSetType": "CREATE" })),
            "ValidationError Stack [legacy-mail] already exists and cannot be created again with the changeSet [x].",
        ),
        (
            prod,
            "CreateChangeSet",
            set("legacy-mail", json!({ "TemplateBody": role })),
            "InsufficientCapabilitiesException Requires capabilities : [CAPABILITY_NAMED_IAM]",
        ),
        (
            prod,
            "CreateChangeSet",
            set("legacy-mail", json!({ "TemplateBody": role, "Capabilities": ["CAPABILITY_IAM"] })),
            "InsufficientCapabilitiesException",
        ),
        (
            prod,
            "CreateChangeSet",
            set("legacy-mail", json!({ "TemplateBody": "{}" })),
            "ValidationError Template format error: At least one Resources member must be defined.",
        ),
        (
            prod,
            "CreateChangeSet",
            set("legacy-mail", json!({ "UsePreviousTemplate": true })),
            "ValidationError Either Template URL or Template Body must be specified.",
        ),
        (
            prod,
            "CreateChangeSet",
            set("legacy-mail", json!({ "Parameters": [{ "ParameterKey": "Nope", "ParameterValue": "1" }] })),
            "ValidationError Parameters: [Nope] do not exist in the template",
        ),
        (
            prod,
            "CreateChangeSet",
            set("network-baseline", json!({ "ChangeSetName": "retry-nat-c" })),
            "AlreadyExistsException ChangeSet retry-nat-c cannot be created",
        ),
        (
            stg,
            "CreateChangeSet",
            set("search-cluster", json!({})),
            "is in UPDATE_IN_PROGRESS state and can not be updated.",
        ),
        (
            stuck,
            "CreateChangeSet",
            set("analytics-warehouse", json!({})),
            "is in UPDATE_ROLLBACK_FAILED state and can not be updated.",
        ),
        (
            prod,
            "CancelUpdateStack",
            named("legacy-mail"),
            "ValidationError CancelUpdateStack cannot be called from current stack status",
        ),
        (
            prod,
            "ContinueUpdateRollback",
            named("legacy-mail"),
            "is in CREATE_COMPLETE state and can not be continued to roll back.",
        ),
        (prod, "RollbackStack", named("legacy-mail"), "is in CREATE_COMPLETE state and can not be rolled back."),
        (
            stuck,
            "ContinueUpdateRollback",
            json!({ "StackName": "analytics-warehouse", "ResourcesToSkip": ["Lake"] }),
            "not in UPDATE_FAILED state because of a failed rollback: [Lake]",
        ),
        (stg, "DetectStackDrift", named("search-cluster"), "while it is in UPDATE_IN_PROGRESS state"),
        (
            prod,
            "DetectStackDrift",
            json!({ "StackName": "legacy-mail", "LogicalResourceIds": ["Nope"] }),
            "ValidationError Resources [Nope] do not exist in stack [legacy-mail]",
        ),
        (prod, "DescribeStackDriftDetectionStatus", json!({ "StackDriftDetectionId": "1" }), "ValidationError"),
        (
            prod,
            "ListImports",
            json!({ "ExportName": "nope" }),
            "ValidationError Export 'nope' is not imported by any stack.",
        ),
        (
            prod,
            "UpdateTerminationProtection",
            json!({ "StackName": "nope", "EnableTerminationProtection": true }),
            "ValidationError Stack [nope] does not exist",
        ),
    ];
    for (place, operation, input, says) in cases {
        let said = refused(&mut world, place, operation, input.clone());
        assert!(said.contains(says), "{operation} {input}: {said}");
    }
}

#[test]
fn an_update_that_is_cancelled_goes_back() {
    let mut world = demo();
    let here = (STG, SEOUL);
    let before = events(&mut world, here, "search-cluster");
    let token = json!({ "StackName": "search-cluster", "ClientRequestToken": "stop-1" });
    ok(&mut world, here, "CancelUpdateStack", token.clone());
    ok(&mut world, here, "CancelUpdateStack", token);
    assert_eq!(status(&mut world, here, "search-cluster"), "UPDATE_ROLLBACK_IN_PROGRESS");
    pass(&mut world, 3_600);
    assert_eq!(status(&mut world, here, "search-cluster"), "UPDATE_ROLLBACK_COMPLETE");
    let after = events(&mut world, here, "search-cluster");
    assert_eq!(after[after.len() - before.len()..], before[..], "what was told stays as it was");
    let ids: std::collections::BTreeSet<&str> = after.iter().filter_map(|e| e["EventId"].as_str()).collect();
    assert_eq!(ids.len(), after.len(), "ids are distinct");
}

#[test]
fn what_is_stuck_goes_on_when_the_broken_resource_is_skipped() {
    let mut world = demo();
    let here = (STG, IRELAND);
    assert_eq!(status(&mut world, here, "analytics-warehouse"), "UPDATE_ROLLBACK_FAILED");
    ok(&mut world, here, "ContinueUpdateRollback", json!({ "StackName": "analytics-warehouse" }));
    pass(&mut world, 900);
    assert_eq!(status(&mut world, here, "analytics-warehouse"), "UPDATE_ROLLBACK_FAILED", "nobody has repaired it");
    let skip = json!({ "StackName": "analytics-warehouse", "ResourcesToSkip": ["LoaderRole"] });
    ok(&mut world, here, "ContinueUpdateRollback", skip);
    pass(&mut world, 900);
    assert_eq!(status(&mut world, here, "analytics-warehouse"), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn what_failed_and_was_kept_can_be_rolled_back() {
    let mut world = demo();
    let here = (DEV, SEOUL);
    made(&mut world, "kept", ONE);
    pass(&mut world, 120);
    let body = ONE.replace("\"Ref\": \"Name\"}}}", "\"Ref\": \"Name\"}}}, \"More\": {\"Type\": \"AWS::SNS::Topic\"}");
    ok(
        &mut world,
        here,
        "CreateChangeSet",
        json!({ "StackName": "kept", "ChangeSetName": "more", "TemplateBody": body }),
    );
    pass(&mut world, 20);
    world.fail_next_update(DEV, SEOUL, "kept", "More", "No more topics").expect("a stack");
    let ask =
        json!({ "StackName": "kept", "ChangeSetName": "more", "DisableRollback": true, "ClientRequestToken": "t1" });
    ok(&mut world, here, "ExecuteChangeSet", ask.clone());
    ok(&mut world, here, "ExecuteChangeSet", ask);
    let other = json!({ "StackName": "kept", "ClientRequestToken": "t1" });
    pass(&mut world, 120);
    assert_eq!(status(&mut world, here, "kept"), "UPDATE_FAILED");
    assert!(refused(&mut world, here, "RollbackStack", other).starts_with("TokenAlreadyExistsException"));
    ok(&mut world, here, "RollbackStack", json!({ "StackName": "kept" }));
    pass(&mut world, 120);
    assert_eq!(status(&mut world, here, "kept"), "UPDATE_ROLLBACK_COMPLETE");
    let body = ok(&mut world, here, "GetTemplate", json!({ "StackName": "kept", "TemplateStage": "Original" }));
    assert_eq!(body["TemplateBody"], ONE, "the text is the one that was submitted");
}

#[test]
fn a_stack_that_never_stood_is_deleted_by_going_back() {
    let mut world = demo();
    let here = (DEV, SEOUL);
    let set = json!({ "StackName": "never", "ChangeSetName": "make", "ChangeSetType": "CREATE", "TemplateBody": ONE });
    let set = ok(&mut world, here, "CreateChangeSet", set);
    pass(&mut world, 20);
    world.fail_next_update(DEV, SEOUL, "never", "Queue", "No").expect("a stack");
    ok(&mut world, here, "ExecuteChangeSet", json!({ "ChangeSetName": set["Id"], "DisableRollback": true }));
    pass(&mut world, 120);
    assert_eq!(status(&mut world, here, "never"), "CREATE_FAILED");
    ok(&mut world, here, "RollbackStack", json!({ "StackName": "never" }));
    pass(&mut world, 120);
    let arn = set["StackId"].as_str().expect("an ARN");
    assert_eq!(status(&mut world, here, arn), "DELETE_COMPLETE");
    assert!(refused(&mut world, here, "DescribeStacks", json!({ "StackName": "never" })).contains("does not exist"));
}

#[test]
fn deleted_stacks_are_listed_and_described_by_their_arn_alone() {
    let mut world = demo();
    let here = (DEV, SEOUL);
    let all = whole(&mut world, here, "ListStacks", "StackSummaries", json!({}));
    let gone = all.iter().find(|s| s["StackName"] == "poc-recommendations").expect("it is listed");
    assert_eq!(gone["StackStatus"], "DELETE_COMPLETE");
    assert!(
        refused(&mut world, here, "DescribeStacks", json!({ "StackName": "poc-recommendations" }))
            .contains("does not exist")
    );
    assert_eq!(status(&mut world, here, gone["StackId"].as_str().expect("an ARN")), "DELETE_COMPLETE");
    let described = whole(&mut world, here, "DescribeStacks", "Stacks", json!({}));
    assert!(described.iter().all(|s| s["StackName"] != "poc-recommendations"));
    assert_eq!(described.len() + 1, all.len());
    pass(&mut world, 60 * 86_400);
    let later = whole(&mut world, here, "ListStacks", "StackSummaries", json!({}));
    assert!(later.iter().all(|s| s["StackName"] != "poc-recommendations"), "90 days are over");
    let failed = all.iter().find(|s| s["StackName"] == "poc-vector-search").expect("it is listed");
    assert_eq!(failed["StackStatus"], "ROLLBACK_COMPLETE");
}

#[test]
fn drift_is_found_and_can_be_reverted() {
    let mut world = demo();
    let here = (PROD, SEOUL);
    let stores = stack(&mut world, here, "data-stores");
    assert_eq!(stores["DriftInformation"]["StackDriftStatus"], "DRIFTED");
    let filter = json!({ "StackName": "data-stores", "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"] });
    let drifts = ok(&mut world, here, "DescribeStackResourceDrifts", filter.clone())["StackResourceDrifts"].clone();
    let table = drifts
        .as_array()
        .expect("drifts")
        .iter()
        .find(|d| d["LogicalResourceId"] == "SessionsTable")
        .cloned()
        .expect("the table");
    let difference = &table["PropertyDifferences"][0];
    assert_eq!((&difference["ExpectedValue"], &difference["ActualValue"]), (&json!("true"), &json!("false")));
    let id = ok(&mut world, here, "DetectStackDrift", json!({ "StackName": "data-stores" }))["StackDriftDetectionId"]
        .clone();
    assert!(
        refused(&mut world, here, "DetectStackDrift", json!({ "StackName": "data-stores" }))
            .contains("already in progress")
    );
    let asked = json!({ "StackDriftDetectionId": id });
    let going = ok(&mut world, here, "DescribeStackDriftDetectionStatus", asked.clone());
    assert_eq!(going["DetectionStatus"], "DETECTION_IN_PROGRESS");
    pass(&mut world, 60);
    let over = ok(&mut world, here, "DescribeStackDriftDetectionStatus", asked);
    assert_eq!((&over["StackDriftStatus"], &over["DriftedStackResourceCount"]), (&json!("DRIFTED"), &json!(2)));

    let given = json!([{ "ParameterKey": "DbPassword", "UsePreviousValue": true }]);
    let ask = json!({ "StackName": "data-stores", "ChangeSetName": "back", "UsePreviousTemplate": true, "DeploymentMode": "REVERT_DRIFT", "Parameters": given });
    ok(&mut world, here, "CreateChangeSet", ask);
    pass(&mut world, 20);
    let named = json!({ "StackName": "data-stores", "ChangeSetName": "back", "IncludePropertyValues": true });
    let set = ok(&mut world, here, "DescribeChangeSet", named);
    assert_eq!((&set["DeploymentMode"], set["Changes"].as_array().map(Vec::len)), (&json!("REVERT_DRIFT"), Some(2)));
    ok(&mut world, here, "ExecuteChangeSet", json!({ "StackName": "data-stores", "ChangeSetName": "back" }));
    pass(&mut world, 900);
    ok(&mut world, here, "DetectStackDrift", json!({ "StackName": "data-stores" }));
    pass(&mut world, 60);
    assert_eq!(stack(&mut world, here, "data-stores")["DriftInformation"]["StackDriftStatus"], "IN_SYNC");
    assert_eq!(ok(&mut world, here, "DescribeStackResourceDrifts", filter)["StackResourceDrifts"], json!([]));
    assert_eq!(
        whole(&mut world, here, "DescribeStacks", "Stacks", json!({ "StackName": "legacy-mail" }))[0]["DriftInformation"]
            ["StackDriftStatus"],
        "DRIFTED"
    );
}

#[test]
fn exports_have_values_and_importers() {
    let mut world = demo();
    let here = (PROD, SEOUL);
    let exports = whole(&mut world, here, "ListExports", "Exports", json!({}));
    let vpc = exports.iter().find(|e| e["Name"] == "shared-vpc").expect("an export");
    assert!(vpc["Value"].as_str().is_some_and(|v| v.starts_with("vpc-0")), "{vpc}");
    let zone = exports.iter().find(|e| e["Name"] == "shared-zone").expect("an export");
    assert!(zone["Value"].as_str().is_some_and(|v| v.contains("Zone")), "it is an output of a nested stack: {zone}");
    let importers = ok(&mut world, here, "ListImports", json!({ "ExportName": "shared-vpc" }))["Imports"].clone();
    assert_eq!(importers, json!(["data-stores"]));
}

#[test]
fn a_pipelines_stack_moves_with_its_deployments() {
    let mut world = demo();
    let here = (PROD, SEOUL);
    let told = stack(&mut world, here, "web-storefront");
    let password =
        told["Parameters"].as_array().expect("parameters").iter().find(|p| p["ParameterKey"] == "DbPassword").cloned();
    assert_eq!(password.expect("a parameter")["ParameterValue"], "****");
    assert!(told["Outputs"].to_string().contains("CANARY-parameter-web-storefront"));
    let p = world.find_pipeline(PROD, SEOUL, "web-storefront").expect("a pipeline");
    let deploys: usize = world
        .pipeline(p)
        .executions
        .iter()
        .flat_map(|e| &e.runs)
        .filter(|r| world.pipeline(p).structure().stages[usize::from(r.stage)].name == "Deploy" && r.action == 0)
        .count();
    let s = world.find_stack(PROD, SEOUL, "web-storefront", i64::MAX).expect("a stack");
    assert_eq!(world.stack(s).operations.len(), deploys + 1);
    assert!(deploys > 10);
}

#[test]
fn every_stack_of_the_demo_can_be_read_whole() {
    let mut world = demo();
    let places: Vec<(String, String)> = world.inhabited().map(|(a, r)| (a.to_owned(), r.to_owned())).collect();
    let mut count = 0;
    for (account, region) in places {
        let here = (account.as_str(), region.as_str());
        for listed in whole(&mut world, here, "ListStacks", "StackSummaries", json!({})) {
            let named = json!({ "StackName": listed["StackId"] });
            let told = ok(&mut world, here, "DescribeStacks", named.clone())["Stacks"][0].clone();
            assert_eq!(told["StackStatus"], listed["StackStatus"]);
            let text = told.to_string();
            assert!(!text.contains("Fn::") && !text.contains("\"Ref\""), "an expression is left as it stands: {text}");
            assert!(!events(&mut world, here, listed["StackId"].as_str().expect("an ARN")).is_empty());
            let resources = whole(&mut world, here, "ListStackResources", "StackResourceSummaries", named.clone());
            assert!(!resources.is_empty(), "{listed}");
            ok(&mut world, here, "GetTemplate", named.clone());
            ok(&mut world, here, "GetTemplateSummary", named);
            count += 1;
        }
    }
    assert!((60..110).contains(&count), "{count} stacks");
}

#[test]
fn pages_join_and_events_come_before_them() {
    let mut world = demo();
    let here = (PROD, SEOUL);
    let named = json!({ "StackName": "network-baseline" });
    let first = ok(&mut world, here, "DescribeStackEvents", named.clone());
    assert_eq!(first["StackEvents"].as_array().map(Vec::len), Some(100));
    let all = events(&mut world, here, "network-baseline");
    // Something happens between two pages.
    ok(
        &mut world,
        here,
        "ExecuteChangeSet",
        json!({ "StackName": "network-baseline", "ChangeSetName": "retry-nat-c" }),
    );
    pass(&mut world, 5);
    let second = json!({ "StackName": "network-baseline", "NextToken": first["NextToken"] });
    let second = ok(&mut world, here, "DescribeStackEvents", second);
    assert_eq!(second["StackEvents"][0], all[100]);
}

#[test]
fn protection_is_the_root_stacks() {
    let mut world = demo();
    let here = (PROD, SEOUL);
    let ask = |name: &Value| json!({ "StackName": name, "EnableTerminationProtection": true });
    ok(&mut world, here, "UpdateTerminationProtection", ask(&json!("legacy-mail")));
    assert_eq!(stack(&mut world, here, "legacy-mail")["EnableTerminationProtection"], true);
    let described = whole(&mut world, here, "DescribeStacks", "Stacks", json!({}));
    let nested = described.iter().find(|s| s.get("ParentId").is_some()).expect("a nested stack");
    let said = refused(&mut world, here, "UpdateTerminationProtection", ask(&nested["StackName"]));
    assert!(said.contains("nested stack"), "{said}");
}

#[test]
fn a_stack_set_goes_through_its_instances() {
    let mut world = demo();
    let here = (PROD, SEOUL);
    let set = json!({ "StackSetName": "security-baseline" });
    let instances = whole(&mut world, here, "ListStackInstances", "Summaries", set.clone());
    assert_eq!(instances.len(), 6);
    assert!(instances.iter().all(|i| i["Status"] == "CURRENT"), "{instances:#?}");
    let told = ok(&mut world, here, "DescribeStackSet", set.clone())["StackSet"].clone();
    assert_eq!(told["Regions"], json!([SEOUL, IRELAND]));
    assert_eq!(ok(&mut world, here, "ListStackSets", json!({}))["Summaries"][0]["StackSetName"], "security-baseline");
    let past = whole(&mut world, here, "ListStackSetOperations", "Summaries", set.clone());
    let states: Vec<&str> = past.iter().filter_map(|o| o["Status"].as_str()).collect();
    assert_eq!(states, ["SUCCEEDED", "FAILED", "SUCCEEDED"]);

    let overrides = json!([{ "ParameterKey": "RetentionDays", "ParameterValue": "90" }]);
    let update = json!({ "StackSetName": "security-baseline", "Accounts": [DEV, STG], "Regions": [IRELAND], "ParameterOverrides": overrides, "OperationId": "op-1" });
    assert_eq!(ok(&mut world, here, "UpdateStackInstances", update.clone())["OperationId"], "op-1");
    assert!(refused(&mut world, here, "UpdateStackInstances", update).starts_with("OperationIdAlreadyExistsException"));
    let again = json!({ "StackSetName": "security-baseline", "Accounts": [DEV], "Regions": [IRELAND] });
    assert!(refused(&mut world, here, "UpdateStackInstances", again).starts_with("OperationInProgressException"));
    pass(&mut world, 10);
    let operation = json!({ "StackSetName": "security-baseline", "OperationId": "op-1" });
    let results = |world: &mut World| -> Vec<String> {
        let all = whole(world, here, "ListStackSetOperationResults", "Summaries", operation.clone());
        all.iter().filter_map(|r| r["Status"].as_str()).map(str::to_owned).collect()
    };
    assert_eq!(results(&mut world), ["RUNNING", "PENDING"]);
    let dev = instances.iter().find(|i| i["Account"] == DEV && i["Region"] == IRELAND).expect("an instance");
    let dev = dev["StackId"].as_str().expect("an ARN").to_owned();
    assert_eq!(status(&mut world, (DEV, IRELAND), &dev), "UPDATE_IN_PROGRESS");
    ok(&mut world, here, "StopStackSetOperation", operation.clone());
    let stopping = ok(&mut world, here, "DescribeStackSetOperation", operation.clone());
    assert_eq!(stopping["StackSetOperation"]["Status"], "STOPPING");
    pass(&mut world, 120);
    let stopped = ok(&mut world, here, "DescribeStackSetOperation", operation.clone());
    assert_eq!(stopped["StackSetOperation"]["Status"], "STOPPED");
    assert_eq!(results(&mut world), ["SUCCEEDED", "CANCELLED"]);
    assert_eq!(status(&mut world, (DEV, IRELAND), &dev), "UPDATE_COMPLETE");
    let told = stack(&mut world, (DEV, IRELAND), &dev)["Parameters"].to_string();
    assert!(told.contains(r#"{"ParameterKey":"RetentionDays","ParameterValue":"90"}"#), "{told}");
    assert!(refused(&mut world, here, "StopStackSetOperation", operation).starts_with("InvalidOperationException"));
    for (operation, input, code) in [
        ("DescribeStackSet", json!({ "StackSetName": "nope" }), "StackSetNotFoundException"),
        (
            "DescribeStackSetOperation",
            json!({ "StackSetName": "security-baseline", "OperationId": "nope" }),
            "OperationNotFoundException",
        ),
        (
            "UpdateStackInstances",
            json!({ "StackSetName": "security-baseline", "Accounts": ["999999999999"], "Regions": [SEOUL] }),
            "StackInstanceNotFoundException",
        ),
    ] {
        assert!(refused(&mut world, here, operation, input).starts_with(code), "{operation}");
    }
}

/// The network's template with another release, so that its nested stack changes; and the change set for it.
fn release(world: &mut World, here: (&str, &str), more: &str) {
    let named = json!({ "StackName": "network-baseline", "TemplateStage": "Original" });
    let body =
        ok(world, here, "GetTemplate", named)["TemplateBody"].as_str().expect("text").replace("\"r12\"", "\"r14\"");
    let mut template: Value = serde_json::from_str(&body).expect("JSON");
    if !more.is_empty() {
        template["Resources"][more] = template["Resources"]["DnsNested"].clone();
    }
    let body = template.to_string();
    world.templates.insert(
        "https://example-templates.s3.amazonaws.com/network.json".to_owned(),
        crate::world::template::Template::parse(&body).expect("a template"),
    );
    let set = json!({
        "StackName": "network-baseline", "ChangeSetName": "release", "Capabilities": ["CAPABILITY_IAM"],
        "TemplateURL": "https://example-templates.s3.amazonaws.com/network.json",
    });
    ok(world, here, "CreateChangeSet", set);
    pass(world, 20);
}

#[test]
fn a_nested_stack_that_fails_tells_its_own_cause() {
    let mut world = demo();
    let here = (DEV, SEOUL);
    release(&mut world, here, "");
    world
        .fail_next_update(DEV, SEOUL, "network-baseline", "VpcNested.Endpointlogs", "No such service")
        .expect("a stack");
    ok(&mut world, here, "ExecuteChangeSet", json!({ "StackName": "network-baseline", "ChangeSetName": "release" }));
    pass(&mut world, 3_600);
    assert_eq!(status(&mut world, here, "network-baseline"), "UPDATE_ROLLBACK_COMPLETE");
    let first_failure = |events: &[Value]| {
        let failed = events.iter().rev().find(|e| e["ResourceStatus"].as_str().is_some_and(|s| s.ends_with("_FAILED")));
        failed.cloned().unwrap_or_default()
    };
    let outer = first_failure(&events(&mut world, here, "network-baseline"));
    assert_eq!(outer["LogicalResourceId"], "VpcNested");
    let arn = outer["PhysicalResourceId"].as_str().expect("an ARN");
    assert!(
        outer["ResourceStatusReason"]
            .as_str()
            .is_some_and(|r| r.starts_with(&format!("Embedded stack {arn} was not successfully updated")))
    );
    let inner = first_failure(&events(&mut world, here, arn));
    assert_eq!(
        (&inner["LogicalResourceId"], &inner["ResourceStatusReason"]),
        (&json!("Endpointlogs"), &json!("No such service"))
    );
    assert!(inner["Timestamp"].as_f64() < outer["Timestamp"].as_f64(), "the cause comes first");
    assert_eq!(status(&mut world, here, arn), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn a_nested_stack_that_was_added_in_vain_is_deleted() {
    let mut world = demo();
    let here = (DEV, SEOUL);
    release(&mut world, here, "MoreNested");
    ok(&mut world, here, "ExecuteChangeSet", json!({ "StackName": "network-baseline", "ChangeSetName": "release" }));
    pass(&mut world, 60);
    let more = json!({ "StackName": "network-baseline", "LogicalResourceId": "MoreNested" });
    let arn = ok(&mut world, here, "DescribeStackResources", more)["StackResources"][0]["PhysicalResourceId"].clone();
    let arn = arn.as_str().expect("an ARN");
    assert_eq!(status(&mut world, here, arn), "CREATE_IN_PROGRESS");
    ok(&mut world, here, "CancelUpdateStack", json!({ "StackName": "network-baseline" }));
    pass(&mut world, 3_600);
    assert_eq!(status(&mut world, here, "network-baseline"), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(status(&mut world, here, arn), "DELETE_COMPLETE");
}

#[test]
fn a_deployment_into_another_account_moves_the_stack_there() {
    use crate::world::{
        build::NewPipeline,
        pipeline::{Habits, Mode},
        provider::Provider,
        structure::{ActionDef, StageDef, Structure},
    };
    let mut world = demo();
    let now = world.now_ms();
    let place = world.place_or_new(DEV, SEOUL);
    let line = world.add_line("example-shop/shared", "main", 0);
    let stages = vec![
        StageDef::new("Source").then(ActionDef::new("Source", Provider::Connection, "{}", 3_000)),
        StageDef::new("Deploy")
            .then(ActionDef::new("Deploy", Provider::CloudFormation, "shared-stack", 60_000).in_account(PROD)),
    ];
    let structure = std::sync::Arc::new(Structure { stages, variables: Vec::new(), push_branches: Vec::new() });
    let habits = Habits { line, starts_on_push: true, steady: true, ..Habits::default() };
    let p = world.add_pipeline(
        place,
        NewPipeline { name: "shared", v2: true, mode: Mode::Queued, structure, since: now, habits, tags: Vec::new() },
    );
    let author = crate::world::line::Author { name: "Demo".to_owned(), email: "demo@example.com".to_owned() };
    let commit = world.push_commit("shared", "One", author, None).expect("a line");
    pass(&mut world, 30);
    world.now_ms();
    let here = (PROD, SEOUL);
    let told = stack(&mut world, here, "shared-stack");
    assert_eq!(told["StackStatus"], "UPDATE_IN_PROGRESS");
    let events = events(&mut world, here, "shared-stack");
    let e = world.pipeline(p).executions.last().expect("an execution");
    assert_eq!(events[0]["ClientRequestToken"], json!(e.run_id(1).to_string()));
    pass(&mut world, 300);
    let told = stack(&mut world, here, "shared-stack");
    let revision =
        told["Parameters"].as_array().expect("parameters").iter().find(|p| p["ParameterKey"] == "Revision").cloned();
    assert_eq!(revision.expect("a parameter")["ParameterValue"], json!(commit));
}

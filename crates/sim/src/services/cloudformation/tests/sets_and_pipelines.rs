//! What moves stacks besides their callers: stack sets and pipelines.

use super::*;

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

//! Updates that are cancelled, stuck, kept, and what nested stacks do then.

use super::*;

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

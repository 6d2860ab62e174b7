//! Change sets, what they do, and drift.

use super::*;

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

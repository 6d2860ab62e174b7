//! What is told of stacks: lists, events, resources, exports.

use super::*;

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

//! Preconditions, and AWS's words where they are not met.

use super::*;

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

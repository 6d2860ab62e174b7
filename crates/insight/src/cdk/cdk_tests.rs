//! A really synthesized template and manifest (aws-cdk-lib 2.276.0), and lists that Python's gzip packed.

use serde_json::json;
use skydeck_domain::cdk::{CdkConstruct, CdkLibrary};

use super::*;

const ORDERS: &str = include_str!("../../tests/templates/cdk_orders.json");
const MANIFEST: &str = include_str!("../../tests/cdk/manifest.json");
const ANALYTICS: &str = include_str!("../../tests/cdk/analytics.json");

fn parse(text: &str) -> Template {
    Template::parse(text).unwrap()
}

/// A template with paths (and types), and the properties of a report, if there is one.
fn made(paths: &[&str], report: Option<Value>) -> Template {
    let mut resources = serde_json::Map::new();
    for (number, path) in paths.iter().enumerate() {
        resources.insert(format!("R{number}"), json!({"Type": "T", "Metadata": {"aws:cdk:path": path}}));
    }
    if let Some(properties) = report {
        resources.insert("CDKMetadata".to_owned(), json!({"Type": METADATA, "Properties": properties}));
    }
    parse(&json!({"Resources": resources}).to_string())
}

fn listed(key: &str) -> CdkTemplate {
    let all: Value = serde_json::from_str(ANALYTICS).unwrap();
    cdk(&made(&[], Some(json!({"Analytics": all[key]})))).unwrap()
}

fn lines(libraries: &[CdkLibrary]) -> Vec<String> {
    libraries.iter().map(|l| format!("{} {}: {}", l.name, l.version, l.constructs.join(" "))).collect()
}

fn outline(constructs: &[CdkConstruct]) -> String {
    let of = |c: &CdkConstruct| {
        let resources: Vec<&str> = c.resources.iter().map(|r| r.resource_type.as_str()).collect();
        format!("{}{}{}", c.id, resources.join("+").replace("AWS::", "="), outline(&c.children))
    };
    if constructs.is_empty() {
        String::new()
    } else {
        format!("({})", constructs.iter().map(of).collect::<Vec<_>>().join(" "))
    }
}

#[test]
fn a_synthesized_stack_tells_its_constructs_and_libraries() {
    let found = cdk(&parse(ORDERS)).unwrap();
    assert_eq!(
        (found.stage.as_deref(), found.stack.as_deref(), found.is_certain),
        (Some("Prod"), Some("Orders"), true)
    );
    assert_eq!(
        outline(&found.constructs),
        "(CDKMetadata(Default=CDK::Metadata) Orders(Resource=SQS::Queue) Receipts(Resource=S3::Bucket) \
         Worker(Resource=Lambda::Function ServiceRole(DefaultPolicy(Resource=IAM::Policy) Resource=IAM::Role)))"
    );
    assert_eq!(
        lines(&found.libraries),
        [
            "aws-cdk-lib 2.276.0: CfnOutput Stack aws_iam.CfnPolicy aws_iam.CfnRole aws_iam.Policy aws_iam.Role \
             aws_lambda.CfnFunction aws_lambda.Function aws_s3.Bucket aws_s3.CfnBucket aws_sqs.CfnQueue aws_sqs.Queue",
            "jsii-runtime node.js/v20.20.2: Runtime",
        ]
    );
    assert_eq!((found.unread, found.unplaced), (None, vec![]));
}

#[test]
fn how_constructs_were_used_is_passed_over() {
    assert_eq!(lines(&listed("with_usage").libraries), lines(&cdk(&parse(ORDERS)).unwrap().libraries));
}

#[test]
fn lists_of_every_shape_are_read() {
    assert_eq!(lines(&listed("one").libraries), ["aws-cdk-lib 1.90.0: Stack"]);
    assert_eq!(
        lines(&listed("old").libraries),
        ["@aws-cdk/aws-s3 1.204.0: Bucket CfnBucket", "@aws-cdk/core 1.204.0: CfnOutput Stack"]
    );
    assert_eq!(
        lines(&listed("split_versions").libraries),
        [
            "@aws-cdk/aws-glue-alpha 2.2.0: Job",
            "aws-cdk-lib 2.1.0: Stack",
            "aws-cdk-lib 2.2.0: App aws_s3.Bucket",
            "jsii-runtime node.js/v20.20.2: Runtime",
        ]
    );
    assert_eq!(lines(&listed("migrated").libraries), ["aws-cdk-lib 2.150.0: Stack"]);
    assert_eq!(lines(&listed("empty").libraries), [] as [&str; 0]);
    let modules = json!({"Modules": "aws-cdk=1.50.0,@aws-cdk/core=1.50.0,jsii-runtime=node.js/v12.18.0"});
    assert_eq!(
        lines(&cdk(&made(&[], Some(modules))).unwrap().libraries),
        ["@aws-cdk/core 1.50.0: ", "aws-cdk 1.50.0: ", "jsii-runtime node.js/v12.18.0: "]
    );
}

#[test]
fn a_list_that_cannot_be_read_says_why() {
    for (key, why) in [
        ("bomb", "it is longer than any stack's"),
        ("prefix_bomb", "it is longer than any stack's"),
        ("long_prefix", "it is longer than any stack's"),
        ("deep", "it is longer than any stack's"),
        ("unbalanced", "its braces do not match"),
        ("not_gzip", "it is not gzip"),
    ] {
        let found = listed(key);
        assert_eq!((found.libraries, found.unread.as_deref()), (vec![], Some(why)), "{key}");
    }
    for (analytics, why) in [
        ("v3:brotli:x", "its format is not known: v3:brotli:x"),
        ("v2:deflate64:!", "it is not base64"),
        ("v2:deflate64:", "it is not gzip"),
        ("", "its format is not known: "),
    ] {
        let found = cdk(&made(&[], Some(json!({"Analytics": analytics})))).unwrap();
        assert_eq!(found.unread.as_deref(), Some(why), "{analytics}");
    }
}

#[test]
fn without_a_report_the_stack_is_a_guess() {
    let stack = |paths: &[&str]| {
        let found = cdk(&made(paths, None)).unwrap();
        (found.stage.unwrap_or_default(), found.stack.unwrap_or_default(), found.is_certain, outline(&found.constructs))
    };
    let told =
        |stage: &str, stack: &str, outline: &str| (stage.to_owned(), stack.to_owned(), false, outline.to_owned());
    assert_eq!(stack(&["S/A/Resource", "S/B/Resource"]), told("", "S", "(A(ResourceT) B(ResourceT))"));
    assert_eq!(stack(&["P/Q/S/A/Resource", "P/Q/S/B"]), told("P/Q", "S", "(A(ResourceT) BT)"));
    assert_eq!(stack(&["S/A/Resource"]), told("S", "A", "(ResourceT)"));
    assert_eq!(stack(&["X", "Y/Z"]), told("", "", "(XT Y(ZT))"));
    let deep = "a/".repeat(100_000);
    assert!(stack(&[&deep]).3.len() > 100_000);
}

#[test]
fn what_the_cdk_did_not_make_is_none() {
    assert_eq!(cdk(&parse(r#"{"Resources": {"A": {"Type": "T", "Metadata": {"other": 1}}}}"#)), None);
    let found = cdk(&parse(r#"{"Resources": {"A": {"Type": "T"}, "M": {"Type": "AWS::CDK::Metadata"}}}"#)).unwrap();
    assert_eq!(found.unplaced.len(), 2);
}

#[test]
fn a_manifest_tells_stacks_and_stages() {
    let found = assembly(MANIFEST).unwrap();
    assert_eq!((found.version.as_str(), found.is_newer, found.missing, found.unread.len()), ("55.0.0", false, 0, 0));
    let stacks: Vec<String> = found
        .stacks
        .iter()
        .map(|s| {
            format!(
                "{} {} {:?} {:?} {} {:?}",
                s.artifact_id, s.stack_name, s.account, s.region, s.template_file, s.dependencies
            )
        })
        .collect();
    assert_eq!(
        stacks,
        ["Base Base None None Base.template.json []", r#"Top Top None None Top.template.json ["Base"]"#]
    );
    assert_eq!(
        (found.nested[0].directory.as_str(), found.nested[0].display_name.as_deref()),
        ("assembly-Prod", Some("Prod"))
    );
}

#[test]
fn a_manifest_of_other_versions_and_hands() {
    let stack = |file: &str| {
        json!({"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1",
               "properties": {"templateFile": file, "stackName": "named"}})
    };
    let root = json!({"version": "56.0.0", "missing": [{"key": "a"}], "artifacts": {
        "ok": stack("ok.json"), "up": stack("../../secret"), "root": stack("/etc/passwd"), "drive": stack("C:/x"),
        "back": stack("a\\..\\b"), "none": {"type": "aws:cloudformation:stack"}, "new": {"type": "cdk:new"},
        "nest": {"type": "cdk:cloud-assembly", "properties": {"directoryName": ".."}},
    }});
    let found = assembly(&root.to_string()).unwrap();
    assert_eq!((found.is_newer, found.missing, found.stacks.len(), found.nested.len()), (true, 1, 1, 0));
    let ok = &found.stacks[0];
    assert_eq!(
        (ok.stack_name.as_str(), ok.account.as_deref(), ok.region.as_deref()),
        ("named", Some("111122223333"), Some("eu-west-1"))
    );
    assert_eq!(found.unread.len(), 7, "{:?}", found.unread);
    assert!(found.unread.contains(&"new: its type is not known".to_owned()), "{:?}", found.unread);
    assert!(assembly(r#"{"version": "next"}"#).unwrap().is_newer);
    assert_eq!(assembly("{}"), Err(NotAnAssembly::NoVersion));
    assert!(matches!(assembly("{"), Err(NotAnAssembly::NotJson(_))));
}

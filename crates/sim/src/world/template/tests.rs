//! Templates: what they come to, and what AWS refuses.

use serde_json::json;

use super::{
    resolve::{Scope, Surroundings},
    *,
};

struct Around;

impl Surroundings for Around {
    fn physical(&self, logical: &str) -> String {
        format!("id-of-{logical}")
    }

    fn attribute(&self, logical: &str, attribute: &str) -> String {
        format!("{attribute}-of-{logical}")
    }

    fn import(&self, name: &str) -> Option<String> {
        (name == "vpc").then(|| "vpc-1".to_owned())
    }
}

const YAML: &str = r"
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Password: {Type: String, NoEcho: true}
Conditions:
  Big: !Equals [!Ref Stage, prod]
Mappings:
  Sizes: {dev: {n: 1}, prod: {n: 3}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Condition: Big}
  Topic:
    Type: AWS::SNS::Topic
    DependsOn: Role
    Properties:
      Name: !Sub '${AWS::StackName}-${Stage}-${Role.Arn}-${!x}'
      Number: !FindInMap [Sizes, !Ref Stage, n]
      Vpc: !ImportValue vpc
      Secret: !Join [':', [user, !Ref Password]]
      Gone: !If [Big, 1, !Ref 'AWS::NoValue']
      Zone: !Select [1, !GetAZs '']
  Role: {Type: AWS::IAM::Role}
";

fn scope<'a>(
    template: &'a Template,
    parameters: &'a BTreeMap<String, String>,
    around: Option<&'a dyn Surroundings>,
) -> Scope<'a> {
    let (account, region) = ("111122223333", "eu-west-1");
    Scope { template, parameters, account, region, stack: "web", arn: "arn:x", around, masks: false }
}

fn given(name: &str, value: &str) -> Given {
    Given { name: name.to_owned(), value: Some(value.to_owned()), previous: false }
}

#[test]
fn expressions_come_to_values() {
    let template = Template::parse(YAML).expect("a template");
    let parameters = template.parameters(&[given("Password", "CANARY-x")], None).expect("values");
    let open = scope(&template, &parameters, Some(&Around));
    let topic = template.resource("Topic").expect("a topic");
    assert_eq!(
        open.properties(topic),
        json!({
            "Name": "web-dev-Arn-of-Role-${x}", "Number": 1, "Vpc": "vpc-1", "Secret": "user:CANARY-x", "Zone": "eu-west-1b",
        })
    );
    let masked = Scope { masks: true, around: None, ..open }.properties(topic);
    assert_eq!((&masked["Secret"], &masked["Name"]), (&json!("user:****"), &json!("web-dev-${Role.Arn}-${x}")));
    let names: Vec<String> = order::order(&open.resources());
    assert_eq!(names, ["Role", "Topic"], "the queue's condition does not hold");
    assert_eq!(template.capability(), Some(("CAPABILITY_IAM", vec!["AWS::IAM::Role".to_owned()])));
}

#[test]
fn json_and_yaml_of_the_same_template_mean_the_same() {
    let yaml = Template::parse(YAML).expect("a template");
    let json = Template::parse(&yaml.value.to_string()).expect("a template");
    assert_eq!(yaml.value, json.value);
}

#[test]
fn parameters_are_held_against_the_template() {
    let template = Template::parse(YAML).expect("a template");
    let refused = |all: &[Given]| template.parameters(all, None).expect_err("is refused");
    assert_eq!(refused(&[]), "Parameters: [Password] must have values");
    assert_eq!(
        refused(&[given("Password", "x"), given("Nope", "y")]),
        "Parameters: [Nope] do not exist in the template"
    );
    let not_allowed = refused(&[given("Password", "x"), given("Stage", "qa")]);
    assert_eq!(not_allowed, "Parameter 'Stage' must be one of AllowedValues");
    let kept = Given { name: "Password".to_owned(), value: None, previous: true };
    let before = BTreeMap::from([("Password".to_owned(), "old".to_owned())]);
    assert_eq!(template.parameters(&[kept], Some(&before)).expect("values")["Password"], "old");
}

#[test]
fn what_is_no_template_is_refused_in_awss_words() {
    for (body, says) in [
        ("{\"Resources\":", "Template format error: JSON not well-formed. (line 1, column 13)"),
        ("a: [", "Template format error: YAML not well-formed. (line "),
        ("hello", "Template format error: unsupported structure."),
        ("{}", "Template format error: At least one Resources member must be defined."),
        (r#"{"Resorces": {}}"#, "Invalid template property or properties [Resorces]"),
        (r#"{"Resources": {"A": {}}}"#, "Every Resources object must contain a Type member."),
        (r#"{"Resources": {"A-b": {"Type": "AWS::SNS::Topic"}}}"#, "Resource name A-b is non alphanumeric."),
        (
            r#"{"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {"X": {"Ref": "B"}}}}}"#,
            "Template format error: Unresolved resource dependencies [B] in the Resources block of the template",
        ),
        (
            r#"{"Resources": {"A": {"Type": "T::T::T", "DependsOn": "B"}, "B": {"Type": "T::T::T", "DependsOn": ["A"]}}}"#,
            "Circular dependency between resources: [A, B]",
        ),
    ] {
        let error = Template::parse(body).expect_err(body);
        assert!(error.contains(says), "{body}: {error}");
    }
}

#[test]
fn a_serverless_function_becomes_a_function_and_its_role() {
    let body = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    \
                Properties: {CodeUri: 's3://bucket/key', Handler: a.b}\n";
    let template = Template::parse(body).expect("a template");
    assert_eq!(template.transforms(), ["AWS::Serverless-2016-10-31"]);
    assert_eq!(template.kind("F"), "AWS::Lambda::Function");
    assert_eq!(template.kind("FRole"), "AWS::IAM::Role");
    assert!(template.processed.as_ref().is_some_and(|p| !p.contains("Transform")) && template.body == body);
}

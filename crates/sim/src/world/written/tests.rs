//! What a world file gives, and what is said of one that is wrong.

use super::*;
use crate::world::pipeline::Status;

fn clock() -> SimClock {
    SimClock::standing("2026-11-23T05:00:00Z".parse().expect("an instant"))
}

/// A small file, with a change made to its text.
fn told(change: impl FnOnce(String) -> String) -> Result<World, WorldFileError> {
    let text = r#"{
      "accounts": [{"account": "111122223333", "name": "dev", "region": "eu-west-1"}],
      "repositories": [{"name": "example-org/web", "commits": [
        {"message": "One", "ago": "3d"},
        {"message": "Two", "ago": "2h", "spoils": "Build"}]}],
      "projects": [{"account": "111122223333", "region": "eu-west-1", "name": "web-build", "repository": "example-org/web"}],
      "pipelines": [{"account": "111122223333", "region": "eu-west-1", "name": "web", "repository": "example-org/web",
        "starts_on_push": true,
        "stages": [
          {"name": "Source", "actions": [{"name": "Source", "provider": "CodeStarSourceConnection"}]},
          {"name": "Build", "actions": [{"name": "Build", "provider": "CodeBuild", "on": "web-build"}]},
          {"name": "Deploy", "actions": [{"name": "Deploy", "provider": "ECS", "takes": "90s"}]}]}]
    }"#;
    World::from_json(&change(text.to_owned()), clock(), 1)
}

#[test]
fn what_was_pushed_ran() {
    let world = told(|text| text).expect("a world");
    let p = world.find_pipeline("111122223333", "eu-west-1", "web").expect("a pipeline");
    let how: Vec<Status> = world.pipeline(p).executions.iter().map(|e| e.status).collect();
    assert_eq!(how, [Status::Succeeded, Status::Failed]);
    assert!(!world.lively);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let replaced = |from: &'static str, to: &'static str| {
        move |text: String| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        }
    };
    for (from, to, says) in [
        (r#""name": "dev""#, r#""nmae": "dev""#, "unknown field `nmae`, expected one of `account`"),
        (r#""message": "Two""#, r#""message": "Two", "autor": 1"#, "unknown field `autor`"),
        (r#""message": "Two""#, r#""message": "Two", "autor": 1"#, "line 5 column"),
        (r#""takes": "90s""#, r#""takes": "soon""#, "`soon` is no span of time"),
        (r#""ECS""#, r#""Ecs""#, "unknown provider `Ecs`, expected one of CodeCommit"),
        ("111122223333", "1111", "accounts[0].account: `1111` is not 12 digits"),
        (
            r#""on": "web-build""#,
            r#""on": "wbe-build""#,
            "pipelines[0].stages[1].actions[0].on: there is no project `wbe-build`",
        ),
        (
            r#""region": "eu-west-1", "name": "web", "#,
            r#""region": "europe", "name": "web", "#,
            "pipelines[0].region: `europe`",
        ),
        (
            r#""repository": "example-org/web""#,
            r#""repository": "example-org/wbe""#,
            "projects[0].repository: there is no `example-org/wbe`",
        ),
        (r#""ago": "3d""#, r#""ago": "1h""#, "repositories[0].commits[1].ago: commits stand oldest first"),
        (
            r#""starts_on_push": true"#,
            r#""starts": [{"commit": 1, "ago": "5h"}]"#,
            "pipelines[0].starts[0].commit: the commit was pushed after that",
        ),
        (r#""starts_on_push": true"#, r#""starts": [{"commit": 9, "ago": "1h"}]"#, "has no such commit"),
        (
            r#""starts_on_push": true"#,
            r#""held": [{"stage": "Source", "reason": "r", "ago": "1h"}]"#,
            "pipelines[0].held[0].stage",
        ),
        (
            r#""starts_on_push": true"#,
            r#""promotes_to": {"account": "111122223333", "region": "eu-west-1", "pipeline": "x"}"#,
            "pipelines[0].promotes_to",
        ),
        (r#""starts_on_push": true"#, r#""type": "V1", "variables": [{"name": "A"}]"#, "pipelines[0].variables"),
        (r#""provider": "CodeBuild""#, r#""provider": "S3""#, "source actions stand in the first stage"),
        (r#""name": "web", "#, r#""name": "w e b", "#, "pipelines[0].name: `w e b` is no name"),
    ] {
        let error = told(replaced(from, to)).expect_err(to).to_string();
        assert!(error.contains(says), "{to}: {error}");
    }
}

const STACKS: &str = r#""repositories": [], "stacks": [
  {"account": "111122223333", "region": "eu-west-1", "name": "plain", "ago": "9d", "parameters": {"Size": "2"},
   "template": "Parameters:\n  Size: {Type: Number}\nResources:\n  A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Size}}\n",
   "drifted": [{"resource": "A", "ago": "1d", "differences": {"/DisplayName": "9"}}], "detected": "2h"},
  {"account": "111122223333", "region": "eu-west-1", "name": "stuck", "ago": "9d", "broken": {"B": "B is gone"},
   "template": {"Resources": {"A": {"Type": "AWS::SNS::Topic"}, "B": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "1"}}}},
   "updates": [{"ago": "3h", "fails": {"resource": "A", "reason": "No"}, "template":
     {"Resources": {"A": {"Type": "AWS::SNS::Topic", "DependsOn": "B", "Properties": {"DisplayName": "2"}}, "B": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "2"}}}}}]},
  {"account": "111122223333", "region": "eu-west-1", "name": "going", "ago": "9d",
   "template": {"Resources": {"A": {"Type": "AWS::SNS::Topic"}}},
   "updates": [{"ago": "1m", "takes": "10m", "template": {"Resources": {"A": {"Type": "AWS::SNS::Topic"}, "B": {"Type": "AWS::SQS::Queue"}}}}]}], "#;

fn with_stacks(change: impl FnOnce(String) -> String) -> Result<World, WorldFileError> {
    let account = r#"{"accounts": [{"account": "111122223333", "name": "dev", "region": "eu-west-1"}], "#;
    World::from_json(&change(format!("{account}{STACKS}\"lively\": false}}")), clock(), 1)
}

#[test]
fn stacks_stand_as_what_was_done_to_them_says() {
    let world = with_stacks(|text| text).expect("a world");
    let now = clock().now().timestamp_millis();
    let stack = |name: &str| world.stack(world.find_stack("111122223333", "eu-west-1", name, now).expect("a stack"));
    assert_eq!(stack("plain").status(now), "CREATE_COMPLETE");
    assert_eq!(stack("plain").drift.status(now).0, "DRIFTED");
    assert_eq!(stack("stuck").status(now), "UPDATE_ROLLBACK_FAILED");
    assert_eq!(stack("going").status(now), "UPDATE_IN_PROGRESS");
}

#[test]
fn what_is_wrong_with_a_stack_is_told_with_its_place() {
    for (from, to, says) in [
        (r#""name": "plain""#, r#""name": "p lain""#, "stacks[0].name: `p lain` is no name"),
        (r#""name": "stuck""#, r#""name": "plain""#, "stacks[1].name: there already is a stack `plain` there"),
        ("Type: Number}", "Type: Number", "stacks[0].template: Template format error: YAML not well-formed."),
        (r#""Size": "2""#, r#""Sise": "2""#, "stacks[0].template: Parameters: [Sise] do not exist in the template"),
        (
            r#""resource": "A", "reason""#,
            r#""resource": "X", "reason""#,
            "stacks[1].updates[0].fails.resource: there is no resource `X`",
        ),
        (r#""B": "B is gone""#, r#""Z": "B is gone""#, "stacks[1]: there is no resource `Z`"),
        (r#""ago": "3h""#, r#""ago": "30d""#, "stacks[1].updates[0].ago: updates stand oldest first"),
        (r#""takes": "10m""#, r#""taks": "10m""#, "unknown field `taks`"),
    ] {
        let changed = |text: String| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        };
        let error = with_stacks(changed).expect_err(to).to_string();
        assert!(error.contains(says), "{to}: {error}");
    }
}

#[test]
fn what_is_held_hangs_and_is_promoted_stands_so() {
    let world = told(|text| {
        text.replacen(r#""starts_on_push": true"#, r#""starts": [{"commit": 0, "ago": "50m"}], "hangs": [{"category": "Deploy", "ago": "1h"}], "held": [{"stage": "Build", "reason": "Wait", "ago": "30m"}]"#, 1)
    })
    .expect("a world");
    let p = world.find_pipeline("111122223333", "eu-west-1", "web").expect("a pipeline");
    let pipeline = world.pipeline(p);
    assert_eq!(pipeline.executions.last().map(|e| e.status), Some(Status::InProgress));
    assert!(!pipeline.stages[1].open());
}

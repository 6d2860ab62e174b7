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

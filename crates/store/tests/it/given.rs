//! What tests start from: instants, sources, rows, runs, actions. Accounts are the demo's.

use serde_json::json;
use skydeck_domain::{ActionRecord, Aspect, Health, Outcome, Resource, Run, RunOutcome, Scope, SourceId, Timestamp};
use skydeck_store::{Basis, By};

pub(crate) const PIPELINE: &str = "codepipeline.pipeline";
pub(crate) const EXECUTION: &str = "codepipeline.execution";
pub(crate) const BUILD: &str = "codebuild.build";

/// Minutes after the morning of the demo.
pub(crate) fn at(minutes: i64) -> Timestamp {
    "2026-11-22T08:00:00Z".parse::<Timestamp>().unwrap() + chrono::Duration::minutes(minutes)
}

/// What an action is decided on that comes after all that ended before it.
pub(crate) const BASIS: Basis = Basis { read_at: Timestamp::MAX_UTC, interrupts: false };

pub(crate) fn by(minutes: i64) -> By {
    By { who: "operator".into(), at: at(minutes) }
}

pub(crate) fn source(profile: &str, service: &str) -> SourceId {
    SourceId { profile: profile.into(), region: "eu-west-1".into(), service: service.into() }
}

pub(crate) fn scope(profile: &str) -> Scope {
    Scope { profile: profile.into(), region: "eu-west-1".into() }
}

pub(crate) fn account(profile: &str) -> &'static str {
    match profile {
        "prod" => "777788889999",
        "staging" => "444455556666",
        _ => "111122223333",
    }
}

/// A green row of that kind and name, read at minute 0.
pub(crate) fn row(profile: &str, kind: &str, name: &str) -> Resource {
    let (service, thing) = kind.split_once('.').unwrap();
    let part = if kind == PIPELINE { name.to_owned() } else { format!("{thing}/{name}") };
    let arn = format!("arn:aws:{service}:eu-west-1:{}:{part}", account(profile));
    Resource {
        id: Resource::make_id(profile, Some(&arn), "eu-west-1", kind, name),
        arn: Some(arn),
        kind: kind.into(),
        service: service.into(),
        name: name.into(),
        profile: profile.into(),
        account: account(profile).into(),
        region: "eu-west-1".into(),
        status: "Succeeded".into(),
        health: Health::Ok,
        aspect: None,
        reason: None,
        since: Some(at(-10)),
        read_at: at(0),
        tags: [("team".to_owned(), "checkout".to_owned())].into(),
        detail: json!({"stages": [{"name": "Source"}, {"name": "배포"}], "version": 3}),
    }
}

pub(crate) fn failed(mut row: Resource, reason: &str) -> Resource {
    row.status = "Failed".into();
    row.health = Health::Failed;
    row.reason = Some(reason.into());
    row
}

pub(crate) fn attention(mut row: Resource, aspect: Aspect) -> Resource {
    row.status = "InProgress".into();
    row.health = Health::Attention;
    row.aspect = Some(aspect);
    row.reason = Some("since an hour".into());
    row
}

pub(crate) fn ids(rows: &[Resource]) -> Vec<&str> {
    rows.iter().map(|r| r.id.as_str()).collect()
}

pub(crate) fn names(rows: &[Resource]) -> Vec<&str> {
    rows.iter().map(|r| r.name.as_str()).collect()
}

/// A rollback of a stage of the pipeline `web` in prod, about to be called.
pub(crate) fn action(action: &str) -> ActionRecord {
    ActionRecord {
        action: action.into(),
        verb: "rollback".into(),
        id: "arn:aws:codepipeline:eu-west-1:777788889999:web/Deploy".into(),
        target: Some("4f2c".into()),
        profile: "prod".into(),
        account: "777788889999".into(),
        region: "eu-west-1".into(),
        who: Some("assumed-role/Operator/session".into()),
        reason: "error rate".into(),
        outcome: Outcome::Intended,
        message: String::new(),
        follow_id: None,
        state: "9a1b".into(),
        calls: Vec::new(),
        started_at: at(0),
        ended_at: None,
    }
}

/// A good run of `of_arn` that took `minutes`.
pub(crate) fn run(of_arn: &str, run_id: &str, started: i64, minutes: i64) -> Run {
    Run {
        of_arn: of_arn.into(),
        run_id: run_id.into(),
        kind: EXECUTION.into(),
        outcome: RunOutcome::Succeeded,
        status: "Succeeded".into(),
        rollback: false,
        rollback_of: None,
        started_at: at(started),
        ended_at: Some(at(started + minutes)),
        by: Some("webhook".into()),
        trigger: Some("Webhook".into()),
        revisions: vec![skydeck_domain::pipeline::Revision {
            source: "Source".into(),
            id: "9f8e7d6".into(),
            ..Default::default()
        }],
        reason: None,
    }
}

//! What can be done to a build: `retry` and `stop`, each with its data, its plan, its one call, and how it is followed.

use aws_sdk_codebuild::Client;
use chrono::TimeDelta;
use skydeck_domain::{
    ActionRecord, ConfirmLevel, Detail, PlannedCall, Resource, Verb,
    action::Current,
    build::BuildDetail,
    pipeline::{self, Revision},
};

use super::{calls::Calls, rows};
use crate::{
    AwsError,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
    services::{blocks_a_plan, command::Command, text},
    session::Caller,
};

/// The verbs as data.
pub(super) static VERBS: &[VerbSpec] = &[
    VerbSpec {
        id: "retry",
        operation: "RetryBuild",
        kind: "codebuild.build",
        confirm: ConfirmLevel::Yes,
        has_targets: false,
        is_undo: false,
        interrupts: false,
        undo: Undo::None("The new build can be stopped, under its own id."),
        options: &[],
    },
    VerbSpec {
        id: "stop",
        operation: "StopBuild",
        kind: "codebuild.build",
        confirm: ConfirmLevel::Yes,
        has_targets: false,
        is_undo: false,
        interrupts: true,
        undo: Undo::By("retry"),
        options: &[],
    },
];

/// How far AWS's clock may be behind ours.
const SKEW: TimeDelta = TimeDelta::seconds(2);

/// The verbs of a build, as far as the cache tells.
pub(super) fn offers(row: &Resource) -> Vec<Verb> {
    let (Some(arn), true) = (&row.arn, row.kind == BuildDetail::KIND) else { return Vec::new() };
    let over = rows::is_over(&row.status);
    let of_pipeline = row.detail::<BuildDetail>().as_ref().and_then(of_pipeline).is_some();
    let not_again = match (of_pipeline, over) {
        (true, _) => Some("CodePipeline started it: retry its stage."),
        (false, false) => Some("The build is still under way."),
        (false, true) => None,
    };
    let verb = |id: &str, why_not: Option<&str>| Verb {
        id: id.to_owned(),
        on: arn.clone(),
        part: None,
        has_targets: false,
        why_not: why_not.map(str::to_owned),
        is_undo: false,
    };
    vec![verb("retry", not_again), verb("stop", over.then_some("The build is over."))]
}

/// The pipeline that started a build, if one did. CodeBuild runs such a build again for nobody else.
fn of_pipeline(build: &BuildDetail) -> Option<String> {
    build.initiator.as_ref()?.strip_prefix("codepipeline/").map(str::to_owned)
}

/// The id of the build that an ARN names: `project:uuid`.
fn build_id<'i>(caller: &Caller, id: &'i str) -> Result<&'i str, AwsError> {
    let named = id.split_once(":build/").map(|(_, build)| build).filter(|build| build.contains(':'));
    named.ok_or_else(|| caller.refused("NotABuild", format!("`{id}` names no build of CodeBuild.")))
}

async fn read(caller: &Caller, id: &str) -> Result<BuildDetail, AwsError> {
    let (builds, _) = Calls::new(caller).builds(&[id.to_owned()]).await?;
    let found = builds.first().and_then(rows::build);
    found.ok_or_else(|| caller.refused("NoSuchBuild", format!("Build {id} is not there any more.")))
}

/// Plans a verb. What cannot be read because it is denied or not offered is a blocked plan, not an error.
pub(super) async fn plan(ctx: &ReadCtx, request: &Request) -> Result<Draft, AwsError> {
    let caller = &ctx.caller;
    let id = build_id(caller, &request.subject.id)?;
    let retries = match request.verb.as_str() {
        "retry" => true,
        "stop" => false,
        other => return Err(caller.no_such_verb(other)),
    };
    match read(caller, id).await {
        Ok(build) => Ok(draft(caller, &build, retries)),
        Err(error) if blocks_a_plan(&error) => Ok(Draft {
            danger: None,
            effect: format!("{} build {id}.", if retries { "Runs again" } else { "Stops" }),
            current: None,
            targets: Vec::new(),
            calls: Vec::new(),
            not_undone: Vec::new(),
            blocked: Some(
                error.advised(&format!("The build could not be read ({}): {}", error.info.code, error.info.message)),
            ),
            state: vec!["unread".into(), error.info.code],
            of_arn: rows::project_arn(caller, id.split(':').next().unwrap_or(id)),
        }),
        Err(error) => Err(error),
    }
}

fn draft(caller: &Caller, build: &BuildDetail, retries: bool) -> Draft {
    let over = rows::is_over(&build.status);
    let of_pipeline = of_pipeline(build);
    let mut not_undone = vec![if retries {
        "What the earlier build has published or changed.".to_owned()
    } else {
        "What its phases so far have published or changed.".to_owned()
    }];
    if let Some(pipeline) = of_pipeline.as_ref().filter(|_| !retries) {
        not_undone.push(format!("Pipeline {pipeline} waits for it: its stage fails."));
    }
    let (effect, operation, command) = if retries {
        let effect = format!("Starts a new build of {} with the same source and settings.", build.project);
        (effect, "RetryBuild", "retry-build")
    } else {
        (format!("Stops build {} of {}.", short_id(build), build.project), "StopBuild", "stop-build")
    };
    let blocked = match (retries, over) {
        (true, _) if of_pipeline.is_some() => Some(format!(
            "Pipeline {} started this build; CodeBuild does not run it again by itself. Retry the stage instead.",
            of_pipeline.unwrap_or_default()
        )),
        (true, false) => Some(format!("The build is {}; only one that is over can run again.", build.status)),
        (false, true) => Some(format!("The build is over: it {}.", build.status)),
        _ => None,
    };
    let revision = build.source_version.as_ref().map(|id| Revision {
        source: build.project.clone(),
        id: id.clone(),
        ..Revision::default()
    });
    Draft {
        danger: None,
        effect,
        current: Some(Current {
            id: build.build_id.clone(),
            label: build.source_version.as_deref().map_or_else(|| short_id(build), pipeline::short_id),
            status: Some(build.status.clone()),
            revision,
            at: build.started_at,
        }),
        targets: Vec::new(),
        calls: vec![PlannedCall {
            operation: format!("codebuild:{operation}"),
            cli: Command::new("codebuild", command).option("id", &build.build_id).line(caller),
        }],
        not_undone,
        blocked,
        state: vec![build.build_id.clone(), build.status.clone()],
        of_arn: rows::project_arn(caller, &build.project),
    }
}

/// `#41`, or the beginning of its uuid.
fn short_id(build: &BuildDetail) -> String {
    match build.number {
        Some(number) => format!("#{number}"),
        None => text::cut(build.build_id.rsplit(':').next().unwrap_or(&build.build_id), 12),
    }
}

/// Makes the one call.
pub(super) async fn call(ctx: &ActCtx, request: &Request) -> Result<Receipt, AwsError> {
    let caller = &ctx.caller;
    let id = build_id(caller, &request.subject.id)?;
    let client = caller.client(Client::new);
    let receipt = |operation: &str, request_id, build: Option<aws_sdk_codebuild::types::Build>| Receipt {
        operation: format!("codebuild:{operation}"),
        request_id,
        follow_id: build.and_then(|b| b.id),
    };
    match request.verb.as_str() {
        "retry" => {
            let send = || client.retry_build().id(id).idempotency_token(&ctx.record.action).send();
            let (out, request_id) = caller.mutate("RetryBuild", send).await?;
            Ok(receipt("RetryBuild", request_id, out.build_value))
        }
        "stop" => {
            let send = || client.stop_build().id(id).send();
            let (out, request_id) = caller.mutate("StopBuild", send).await?;
            Ok(receipt("StopBuild", request_id, out.build_value))
        }
        other => Err(caller.no_such_verb(other)),
    }
}

/// Follows the new build to its end, or the stopped one until it is stopped.
pub(super) async fn follow(ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
    let named = build_id(&ctx.caller, &record.id)?;
    let build = read(&ctx.caller, record.follow_id.as_deref().unwrap_or(named)).await?;
    let row = rows::build_row(&ctx.caller, &build, ctx.clock.now());
    let words = row.reason.unwrap_or_else(|| build.status.clone());
    Ok(match (record.verb.as_str(), build.status.as_str()) {
        ("stop", "STOPPED") => Progress::Succeeded(format!("Build {} is stopped", short_id(&build))),
        ("stop", status) if rows::is_over(status) => {
            Progress::Failed(format!("Build {} ended {status} before it could be stopped", short_id(&build)))
        }
        (_, "SUCCEEDED") => Progress::Succeeded(format!("Build {} succeeded", short_id(&build))),
        (_, status) if rows::is_over(status) => Progress::Failed(format!("Build {}: {words}", short_id(&build))),
        _ => Progress::Running(words),
    })
}

/// Finds out by reading whether the call was executed.
pub(super) async fn find_out(ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
    let caller = &ctx.caller;
    let id = build_id(caller, &record.id)?;
    let ran = |operation: &str, id: String| {
        Found::Ran(Receipt { operation: format!("codebuild:{operation}"), request_id: None, follow_id: Some(id) })
    };
    let since = record.started_at - SKEW;
    if record.verb == "stop" {
        let build = read(caller, id).await?;
        return Ok(match build.status.as_str() {
            "STOPPED" if build.ended_at.is_none_or(|at| at >= since) => ran("StopBuild", build.build_id),
            status => Found::DidNotRun(format!("the build is {status}.")),
        });
    }
    let calls = Calls::new(caller);
    let mut ids = calls.builds_of(id.split(':').next().unwrap_or(id)).await?;
    ids.truncate(100);
    let (builds, _) = calls.builds(&ids).await?;
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let by_us = |build: &BuildDetail| {
        let told = build.initiator.as_deref().zip(record.who.as_deref());
        told.is_none_or(|(initiator, who)| last(initiator) == last(who))
    };
    let started: Vec<String> = builds
        .iter()
        .filter_map(rows::build)
        .filter(|b| b.build_id != id && b.started_at.is_some_and(|at| at >= since) && by_us(b))
        .map(|b| b.build_id)
        .collect();
    Ok(match &started[..] {
        [] => Found::DidNotRun(format!("no build of it has begun since {}.", record.started_at.format("%H:%M:%S UTC"))),
        [one] => ran("RetryBuild", one.clone()),
        several => Found::CannotTell(format!("{} could each have come from it", several.join(", "))),
    })
}

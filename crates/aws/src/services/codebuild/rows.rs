//! From CodeBuild's answers to rows: pure. Environment variables are not looked at.

use aws_sdk_codebuild::types::{Build, BuildPhase as AwsPhase, Project, ProjectSource};
use skydeck_domain::{
    Aspect, Detail, Health, Link, Resource, Run, RunOutcome, Timestamp,
    build::{BuildDetail, BuildPhase, ProjectDetail},
    pipeline::Revision,
};

use crate::{
    services::{instant, partition, redact, text},
    session::Caller,
};

/// ARN of a project.
pub(super) fn project_arn(caller: &Caller, project: &str) -> String {
    format!("arn:{}:codebuild:{}:{}:project/{project}", partition(&caller.region), caller.region, caller.account)
}

/// ARN of a build, by its id `project:uuid`.
pub(super) fn build_arn(caller: &Caller, id: &str) -> String {
    format!("arn:{}:codebuild:{}:{}:build/{id}", partition(&caller.region), caller.region, caller.account)
}

/// A project as a row keeps it.
pub(super) fn project(project: &Project, last_build_id: Option<String>) -> ProjectDetail {
    let environment = project.environment();
    ProjectDetail {
        description: project.description().and_then(redact::line),
        source_type: project.source().map(|s| s.r#type().as_str().to_owned()),
        source_location: project.source().and_then(location),
        image: environment.map(|e| e.image().to_owned()),
        compute_type: environment.map(|e| e.compute_type().as_str().to_owned()),
        timeout_minutes: project.timeout_in_minutes(),
        updated_at: instant::maybe(project.last_modified()),
        last_build_id,
    }
}

/// Where a source is; user information in a URL is hidden.
fn location(source: &ProjectSource) -> Option<String> {
    source.location().and_then(redact::line)
}

/// A project's row: as healthy as its latest build that is known.
pub(super) fn project_row(
    caller: &Caller,
    name: &str,
    detail: &ProjectDetail,
    last: Option<&Resource>,
    read_at: Timestamp,
) -> Resource {
    let arn = project_arn(caller, name);
    let unknown = || "No build of it is among the newest ones".to_owned();
    Resource {
        id: Resource::make_id(&caller.profile, Some(&arn), &caller.region, ProjectDetail::KIND, name),
        arn: Some(arn),
        kind: ProjectDetail::KIND.into(),
        service: super::ID.into(),
        name: name.to_owned(),
        profile: caller.profile.clone(),
        account: caller.account.clone(),
        region: caller.region.clone(),
        status: last.map(|b| b.status.clone()).unwrap_or_default(),
        health: last.map_or(Health::Unknown, |b| b.health),
        aspect: last.and_then(|b| b.aspect),
        reason: last.map_or_else(|| Some(unknown()), |b| b.reason.clone()),
        since: last.and_then(|b| b.since),
        read_at,
        tags: Default::default(),
        detail: serde_json::to_value(detail).unwrap_or_default(),
    }
}

/// A build as a row keeps it; none if AWS gives it no id.
pub(super) fn build(build: &Build) -> Option<BuildDetail> {
    let id = build.id()?;
    let logs = build.logs();
    let configured = logs.and_then(|l| l.cloud_watch_logs());
    let log = |told: Option<&str>, configured: Option<&str>| told.or(configured).map(str::to_owned);
    Some(BuildDetail {
        project: build.project_name().or_else(|| id.split(':').next()).unwrap_or(id).to_owned(),
        build_id: id.to_owned(),
        number: build.build_number(),
        status: build.build_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        current_phase: build.current_phase().map(str::to_owned),
        phases: build.phases().iter().filter_map(phase).collect(),
        source_version: build.resolved_source_version().or(build.source_version()).and_then(redact::line),
        started_at: instant::maybe(build.start_time()),
        ended_at: instant::maybe(build.end_time()),
        initiator: build.initiator().and_then(redact::line),
        log_group: log(logs.and_then(|l| l.group_name()), configured.and_then(|c| c.group_name())),
        log_stream: log(logs.and_then(|l| l.stream_name()), configured.and_then(|c| c.stream_name())),
        log_url: text::https(logs.and_then(|l| l.deep_link())),
    })
}

fn phase(phase: &AwsPhase) -> Option<BuildPhase> {
    let contexts = phase.contexts().iter().filter_map(|c| {
        let code = c.status_code().unwrap_or_default();
        let message = c.message().unwrap_or_default().trim();
        match (code.is_empty(), message.is_empty()) {
            (true, true) => None,
            (false, true) => Some(code.to_owned()),
            (true, false) => Some(message.to_owned()),
            (false, false) => Some(format!("{code}: {message}")),
        }
    });
    let said = contexts.collect::<Vec<_>>().join("; ");
    Some(BuildPhase {
        phase: phase.phase_type()?.as_str().to_owned(),
        status: phase.phase_status().map(|s| s.as_str().to_owned()),
        started_at: instant::maybe(phase.start_time()),
        ended_at: instant::maybe(phase.end_time()),
        message: redact::line(&said),
    })
}

/// Health, aspect and reason of a build.
fn judge(build: &BuildDetail) -> (Health, Option<Aspect>, Option<String>) {
    match build.status.as_str() {
        "SUCCEEDED" => (Health::Ok, None, None),
        "FAILED" | "FAULT" | "TIMED_OUT" => (Health::Failed, None, Some(why(build))),
        "STOPPED" => (Health::Attention, Some(Aspect::Stopped), Some("Stopped by hand".into())),
        "IN_PROGRESS" => {
            let phase = build.current_phase.as_deref().unwrap_or("SUBMITTED");
            let aspect = (phase == "QUEUED").then_some(Aspect::Queued);
            (Health::Running, aspect, Some(format!("In phase {phase}")))
        }
        other => (Health::Unknown, None, Some(format!("AWS calls it `{other}`"))),
    }
}

/// The first phase that did not succeed, and what is said of it: `exit status 1 in phase BUILD`.
fn why(build: &BuildDetail) -> String {
    let failed = |p: &&BuildPhase| p.status.as_deref().is_some_and(|s| !matches!(s, "SUCCEEDED" | "IN_PROGRESS"));
    let Some(phase) = build.phases.iter().find(failed) else {
        return format!("It ended {}", build.status);
    };
    let said = phase.message.as_deref().unwrap_or_default();
    let cause = said.split_once("Reason: ").map_or(said, |(_, reason)| reason).trim_end_matches(['.', ' ']);
    if cause.is_empty() {
        return format!("{} in phase {}", phase.status.as_deref().unwrap_or(&build.status), phase.phase);
    }
    format!("{cause} in phase {}", phase.phase)
}

/// The row of a build.
pub(super) fn build_row(caller: &Caller, detail: &BuildDetail, read_at: Timestamp) -> Resource {
    let arn = build_arn(caller, &detail.build_id);
    let (health, aspect, reason) = judge(detail);
    Resource {
        id: Resource::make_id(&caller.profile, Some(&arn), &caller.region, BuildDetail::KIND, &detail.build_id),
        arn: Some(arn),
        kind: BuildDetail::KIND.into(),
        service: super::ID.into(),
        name: detail.build_id.clone(),
        profile: caller.profile.clone(),
        account: caller.account.clone(),
        region: caller.region.clone(),
        status: detail.status.clone(),
        health,
        aspect,
        reason,
        since: detail.ended_at.or(detail.started_at),
        read_at,
        tags: Default::default(),
        detail: serde_json::to_value(detail).unwrap_or_default(),
    }
}

/// Whether a build is over.
pub(super) fn is_over(status: &str) -> bool {
    !matches!(status, "IN_PROGRESS" | "")
}

/// The same as history remembers it: a run of its project.
pub(super) fn run(caller: &Caller, build: &BuildDetail) -> Option<Run> {
    let outcome = match build.status.as_str() {
        "SUCCEEDED" => RunOutcome::Succeeded,
        "FAILED" | "FAULT" | "TIMED_OUT" => RunOutcome::Failed,
        "STOPPED" => RunOutcome::Stopped,
        _ => RunOutcome::Running,
    };
    let revision = |id: &String| Revision { source: build.project.clone(), id: id.clone(), ..Revision::default() };
    Some(Run {
        of_arn: project_arn(caller, &build.project),
        run_id: build.build_id.clone(),
        kind: BuildDetail::KIND.into(),
        outcome,
        status: build.status.clone(),
        rollback: false,
        rollback_of: None,
        started_at: build.started_at?,
        ended_at: build.ended_at,
        by: build.initiator.as_ref().map(|i| i.rsplit('/').next().unwrap_or(i).to_owned()),
        trigger: build.initiator.as_ref().and_then(|i| Some(i.split_once('/')?.0.to_owned())),
        revisions: build.source_version.iter().map(revision).collect(),
        reason: (outcome == RunOutcome::Failed).then(|| why(build)),
    })
}

/// What a build points at: its project.
pub(super) fn links(caller: &Caller, row: &Resource, build: &BuildDetail) -> Vec<Link> {
    vec![Link { from: row.id.clone(), to_arn: project_arn(caller, &build.project), rel: "of".into() }]
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;

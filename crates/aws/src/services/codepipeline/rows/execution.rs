//! Executions (`ListPipelineExecutions`) as rows and as runs for history.

use aws_sdk_codepipeline::types::PipelineExecutionSummary;
use skydeck_domain::{
    Detail, Link, Resource, Run, RunOutcome, Timestamp,
    pipeline::{ActionRun, ExecutionDetail, StageState},
};

use super::{
    judge,
    revision::{revision, started_by},
    structure::Structure,
};
use crate::{
    services::{codepipeline::ids, instant, partition, redact},
    session::Caller,
};

/// An execution as a row keeps it, without its actions.
pub(crate) fn detail(
    summary: &PipelineExecutionSummary,
    pipeline: &str,
    structure: Option<&Structure>,
) -> Option<ExecutionDetail> {
    Some(ExecutionDetail {
        pipeline: pipeline.to_owned(),
        execution_id: summary.pipeline_execution_id()?.to_owned(),
        status: summary.status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        status_summary: summary.status_summary().and_then(redact::line),
        execution_type: summary.execution_type().map_or("STANDARD", |t| t.as_str()).to_owned(),
        rollback_of: summary
            .rollback_metadata()
            .and_then(|m| m.rollback_target_pipeline_execution_id())
            .map(str::to_owned),
        execution_mode: summary.execution_mode().map(|m| m.as_str().to_owned()),
        started_at: instant::maybe(summary.start_time()),
        updated_at: instant::maybe(summary.last_update_time()),
        trigger_type: summary.trigger().and_then(|t| t.trigger_type()).map(|t| t.as_str().to_owned()),
        trigger_by: started_by(summary.trigger()),
        pipeline_version: None,
        revisions: summary.source_revisions().iter().filter_map(|r| revision(r, structure)).collect(),
        actions: Vec::new(),
        actions_whole: false,
    })
}

/// Whether an execution of that status is over.
pub(crate) fn is_over(status: &str) -> bool {
    !matches!(status, "InProgress" | "Stopping" | "")
}

/// How an execution of that status stands.
pub(crate) fn outcome(status: &str) -> RunOutcome {
    match status {
        "Succeeded" => RunOutcome::Succeeded,
        "Failed" => RunOutcome::Failed,
        "Superseded" => RunOutcome::Superseded,
        "Stopped" | "Cancelled" => RunOutcome::Stopped,
        _ => RunOutcome::Running,
    }
}

/// The row of an execution.
pub(crate) fn row(caller: &Caller, execution: &ExecutionDetail, stages: &[StageState], read_at: Timestamp) -> Resource {
    let verdict = judge::execution(execution, stages);
    Resource {
        id: ids::execution_row_id(caller, &execution.pipeline, &execution.execution_id),
        arn: None,
        kind: ExecutionDetail::KIND.into(),
        service: super::super::ID.into(),
        name: execution.execution_id.clone(),
        profile: caller.profile.clone(),
        account: caller.account.clone(),
        region: caller.region.clone(),
        status: execution.status.clone(),
        health: verdict.health,
        aspect: verdict.aspect,
        reason: verdict.reason,
        since: verdict.since,
        read_at,
        tags: Default::default(),
        detail: serde_json::to_value(execution).unwrap_or_default(),
    }
}

/// The same as history remembers it; none if AWS tells no start.
pub(crate) fn run(of_arn: &str, execution: &ExecutionDetail, stages: &[StageState]) -> Option<Run> {
    Some(Run {
        of_arn: of_arn.to_owned(),
        run_id: execution.execution_id.clone(),
        kind: ExecutionDetail::KIND.into(),
        outcome: outcome(&execution.status),
        status: execution.status.clone(),
        rollback: execution.execution_type == "ROLLBACK",
        rollback_of: execution.rollback_of.clone(),
        started_at: execution.started_at?,
        ended_at: execution.updated_at.filter(|_| is_over(&execution.status)),
        by: execution.trigger_by.clone(),
        trigger: execution.trigger_type.clone(),
        revisions: execution.revisions.clone(),
        reason: (execution.status == "Failed").then(|| judge::execution(execution, stages).reason).flatten(),
    })
}

/// What an execution points at: its pipeline, the builds it runs, the CodeCommit repositories it ships from.
pub(crate) fn links(caller: &Caller, execution: &ExecutionDetail, structure: Option<&Structure>) -> Vec<Link> {
    let from = ids::execution_row_id(caller, &execution.pipeline, &execution.execution_id);
    let link = |to_arn: String, rel: &str| Link { from: from.clone(), to_arn, rel: rel.into() };
    let mut links = vec![link(ids::pipeline_arn(caller, &execution.pipeline), "of")];
    links.extend(builds(caller, &execution.actions).into_iter().map(|arn| link(arn, "runs")));
    for revision in execution.revisions.iter().filter(|r| r.provider.as_deref() == Some("CodeCommit")) {
        let subject = structure.and_then(|s| s.source(&revision.source)).and_then(|a| a.subject.as_deref());
        if let Some(repository) = subject.and_then(|s| s.split('@').next()) {
            let (region, account) = (&caller.region, &caller.account);
            let arn = format!("arn:{}:codecommit:{region}:{account}:{repository}", partition(region));
            links.push(link(arn, "ships"));
        }
    }
    links
}

/// ARNs of the builds that action executions run, each in its action's own account and Region.
fn builds(caller: &Caller, actions: &[ActionRun]) -> Vec<String> {
    let arn = |run: &ActionRun| {
        let id = run.state.external_id.as_ref().filter(|_| run.state.def.provider == "CodeBuild")?;
        let region = run.state.def.region.as_ref().unwrap_or(&caller.region);
        let account = run.state.def.account.as_ref().unwrap_or(&caller.account);
        Some(format!("arn:{}:codebuild:{region}:{account}:build/{id}", partition(region)))
    };
    actions.iter().filter_map(arn).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};

    #[test]
    fn an_execution_tells_what_it_ships_and_who_started_it() {
        let structure = Some(samples::structure());
        let executions = samples::executions(structure.as_ref());
        let failed = &executions[0];
        assert_eq!((failed.execution_id.as_str(), failed.status.as_str()), (samples::FAILED, "Failed"));
        assert_eq!(failed.trigger_by.as_deref(), Some("jane"));
        assert_eq!(failed.revisions[0].message.as_deref(), Some("Apply coupon before tax"));
        assert_eq!(failed.revisions[0].provider.as_deref(), Some("GitHub"));
        let rollback = &executions[1];
        assert_eq!((rollback.execution_type.as_str(), rollback.rollback_of.as_deref()), ("ROLLBACK", Some("e0")));
    }

    #[test]
    fn every_word_of_aws_has_an_outcome_and_only_what_is_over_has_an_end() {
        for (status, wanted, over) in [
            ("InProgress", RunOutcome::Running, false),
            ("Stopping", RunOutcome::Running, false),
            ("Succeeded", RunOutcome::Succeeded, true),
            ("Failed", RunOutcome::Failed, true),
            ("Stopped", RunOutcome::Stopped, true),
            ("Cancelled", RunOutcome::Stopped, true),
            ("Superseded", RunOutcome::Superseded, true),
        ] {
            let mut execution = samples::executions(None).remove(0);
            execution.status = status.into();
            let run = run("arn", &execution, &[]).unwrap();
            assert_eq!((run.outcome, run.ended_at.is_some()), (wanted, over), "{status}");
        }
    }
}

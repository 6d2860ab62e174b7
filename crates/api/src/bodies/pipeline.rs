//! One pipeline: the execution looked at stage by stage, why it failed, its history, and what can be done.

use std::collections::HashMap;

use skydeck_domain::{
    CauseStep, Detail, FirstCause, Resource, Run, RunOutcome,
    build::BuildDetail,
    pipeline::{ActionState, ExecutionDetail, PipelineDetail},
};
use skydeck_insight::{
    ActionRunState, BuildEvidence, StageRunState, cause_behind, failing, first_cause, span,
    stages::{as_judged, stages_of},
};

use super::{
    row::{Locks, board_row, is_over, lock_subjects},
    verbs::offered,
};
use crate::{
    contract::{
        ApiError, Code,
        pipeline::{HistoryRun, PipelineParams, PipelineView, RunAction, RunStage},
    },
    host::Host,
    links,
    seen::Seen,
};

/// Runs of the history shown.
const HISTORY: u32 = 60;

impl Host {
    /// One pipeline, with the run looked at.
    pub async fn pipeline(&self, params: PipelineParams) -> Result<PipelineView, ApiError> {
        let row = self.row(&params.id).await?;
        let seen = self.seen_around(&row).await?;
        let arn = row.arn.clone().unwrap_or_default();
        let detail = detail_of(&row)?;
        let profile = self.profile_of(&row, &seen)?;
        let usual = self.engine.usual(&arn).await;
        let locks = self.engine.ledger().locks(seen.now).await?;
        let head = board_row(&row, usual, &Locks::of(&locks), &seen).ok_or_else(|| not_there(&params.id))?;
        let execution = match &params.execution {
            Some(id) if detail.execution.as_ref().is_none_or(|e| &e.execution_id != id) => {
                Some(self.execution(&row, &arn, id).await?)
            }
            _ => detail.execution.clone(),
        };
        let stages = stages_of(&detail, execution.as_ref());
        let builds = self.ran(&row, &stages).await?;
        let run_stages = stages.iter().map(|s| run_stage(s, &builds, &row, &head, &seen)).collect();
        let history = self.history(&row, &arn).await?;
        let cause = match &execution {
            Some(execution) => self.cause(&row, &detail, execution, &builds, &history, &seen).await?,
            None => None,
        };
        let lock = self.engine.ledger().lock_on(&lock_subjects(&row, Some(&profile)), seen.now).await?;
        Ok(PipelineView {
            verbs: offered(&row, &profile, seen.source_of(&row), lock.as_ref(), &locks),
            row: head,
            profile,
            stages: run_stages,
            execution,
            cause,
            history,
            usual,
            lock,
            source: seen.source_of(&row).cloned(),
            console_url: links::pipeline(&row.region, &row.name),
            detail,
            now: seen.now,
        })
    }

    /// The row of that id.
    pub(crate) async fn row(&self, id: &str) -> Result<Resource, ApiError> {
        self.engine.cache().get(id).await?.ok_or_else(|| not_there(id))
    }

    /// What is seen of a row's own scope, also where another profile of the account is shown in its stead.
    pub(crate) async fn seen_around(&self, row: &Resource) -> Result<Seen, ApiError> {
        let named = self.engine.profiles().await.0.iter().any(|p| p.name == row.profile);
        if named {
            self.seen(std::slice::from_ref(&row.profile), std::slice::from_ref(&row.region)).await
        } else {
            self.seen(&[], &[]).await
        }
    }

    /// The profile a row was read through.
    pub(crate) fn profile_of(&self, row: &Resource, seen: &Seen) -> Result<skydeck_domain::Profile, ApiError> {
        seen.profile(&row.profile).cloned().ok_or_else(|| {
            let what = format!("The profile `{}` of this row is not in the AWS config any more.", row.profile);
            ApiError::new(Code::NotFound, what)
        })
    }

    /// An execution that the row does not show: from the cache, else as history remembers it.
    pub(super) async fn execution(&self, row: &Resource, arn: &str, id: &str) -> Result<ExecutionDetail, ApiError> {
        let row_id = execution_row_id(row, id);
        if let Some(detail) = self.engine.cache().get(&row_id).await?.and_then(|r| r.detail::<ExecutionDetail>()) {
            return Ok(detail);
        }
        let run = self.engine.ledger().run(arn, id).await?;
        run.map(|run| remembered(&row.name, run)).ok_or_else(|| not_there(id))
    }

    /// Why the execution failed; asks for the log of the build that failed it, if that is not there yet.
    async fn cause(
        &self,
        row: &Resource,
        detail: &PipelineDetail,
        execution: &ExecutionDetail,
        builds: &HashMap<String, Resource>,
        history: &[HistoryRun],
        seen: &Seen,
    ) -> Result<Option<FirstCause>, ApiError> {
        let ran = failing(detail, execution).filter(|f| f.action.def.provider == "CodeBuild");
        let build_id = ran.as_ref().and_then(|f| f.action.external_id.as_ref());
        let build = build_id.and_then(|id| builds.get(id));
        let build_detail = build.and_then(|b| b.detail::<BuildDetail>());
        let log = build.and_then(|b| {
            self.log_views.shows(&row.id, &b.id);
            self.engine.want_log(&b.id);
            self.engine.log_tail(&b.id)
        });
        let evidence = build.zip(build_detail.as_ref()).map(|(row, detail)| BuildEvidence {
            id: &row.id,
            detail,
            log: log.as_ref(),
        });
        let deploys = failing(detail, execution).filter(|f| f.action.def.provider == "CloudFormation");
        let stack = deploys.and_then(|f| Some((builds.get(f.action.external_id.as_ref()?)?, f.action)));
        let of_stack = match stack {
            Some((stack, action)) => self.cause_in_stack(stack, action).await?,
            None => None,
        };
        let behind = of_stack.and_then(|cause| cause_behind(detail, execution, cause));
        let Some(mut cause) = behind.or_else(|| first_cause(detail, execution, evidence)) else { return Ok(None) };
        let ran_there = build.or(stack.map(|(stack, _)| stack));
        if let Some(build) = ran_there.filter(|b| b.account != row.account)
            && let Some(at) = cause.path.iter().position(|step| matches!(step.what.as_str(), "build" | "stack"))
        {
            let label = format!("{} ({})", build.profile, build.account);
            cause.path.insert(at, CauseStep { label, what: "account".into(), id: None, url: None });
        }
        if let Some(ran) = ran.filter(|_| evidence.is_none() && build_id.is_some()) {
            cause.log_note = Some(self.unread_build(row, ran.action, seen).await);
        } else if evidence.is_some() && log.is_none() {
            cause.log_note = Some("The log is being read.".to_owned());
        }
        let run = history.iter().find(|h| h.run.run_id == execution.execution_id).map(|h| &h.run);
        if let Some(reason) = run.and_then(|r| r.reason.as_ref()) {
            cause.seen = Some(self.engine.ledger().seen_count(row.arn.as_deref().unwrap_or_default(), reason).await?);
        }
        Ok(Some(cause))
    }

    /// Its executions that are in the cache.
    pub(super) async fn executions(&self, row: &Resource, arn: &str) -> Result<Vec<ExecutionDetail>, ApiError> {
        let links = self.engine.cache().links_to(arn).await?;
        let through = format!("{}/", row.profile);
        let of = links.into_iter().filter(|l| l.rel == "of" && l.from.starts_with(&through)).map(|l| l.from);
        let rows = self.engine.cache().get_many(&of.collect::<Vec<String>>()).await?;
        Ok(rows.iter().filter_map(Resource::detail).collect())
    }

    /// The runs, newest first: those under way from the cache, those that ended from the ledger.
    async fn history(&self, row: &Resource, arn: &str) -> Result<Vec<HistoryRun>, ApiError> {
        let executions = self.executions(row, arn).await?;
        let mut runs = self.engine.ledger().runs(arn, HISTORY, None).await?;
        for execution in executions.into_iter().filter(|e| !is_over(e)) {
            // What the ledger says has ended has, even where its row is older.
            if !runs.iter().any(|r| r.run_id == execution.execution_id) {
                runs.extend(under_way(arn, execution));
            }
        }
        runs.sort_by(|a, b| (b.started_at, &b.run_id).cmp(&(a.started_at, &a.run_id)));
        runs.truncate(HISTORY as usize);
        let subjects: Vec<String> = runs.iter().map(|r| mark_subject(arn, &r.run_id)).collect();
        let mut marks = self.engine.ledger().marks(&subjects).await?;
        Ok(runs
            .into_iter()
            .map(|run| HistoryRun { mark: marks.remove(&mark_subject(arn, &run.run_id)), run })
            .collect())
    }
}

/// The subject under which a version is marked.
pub(crate) fn mark_subject(of_arn: &str, run_id: &str) -> String {
    format!("{of_arn}#{run_id}")
}

/// The row's detail, if it is a pipeline's.
pub(super) fn detail_of(row: &Resource) -> Result<PipelineDetail, ApiError> {
    row.detail().ok_or_else(|| {
        let what = format!(
            "`{}` is a {}, not a pipeline, or was written by another version. Read it again.",
            row.name, row.kind
        );
        ApiError::new(Code::Invalid, what)
    })
}

/// Id of the row of one of a pipeline's executions.
pub(super) fn execution_row_id(row: &Resource, execution: &str) -> String {
    let name = format!("{}/{execution}", row.name);
    Resource::make_id(&row.profile, None, &row.region, ExecutionDetail::KIND, &name)
}

pub(super) fn not_there(id: &str) -> ApiError {
    let what = format!("`{id}` is not in the cache (any more). It may have been deleted in AWS since it was shown.");
    ApiError::new(Code::NotFound, what)
}

/// An execution that is under way, as a run.
pub(super) fn under_way(arn: &str, execution: ExecutionDetail) -> Option<Run> {
    Some(Run {
        of_arn: arn.to_owned(),
        kind: ExecutionDetail::KIND.to_owned(),
        outcome: RunOutcome::Running,
        rollback: execution.execution_type == "ROLLBACK",
        started_at: execution.started_at?,
        ended_at: None,
        run_id: execution.execution_id,
        status: execution.status,
        rollback_of: execution.rollback_of,
        by: execution.trigger_by,
        trigger: execution.trigger_type,
        revisions: execution.revisions,
        reason: None,
    })
}

/// A run that AWS may have forgotten, as an execution: what it did action by action is not known any more.
fn remembered(pipeline: &str, run: Run) -> ExecutionDetail {
    ExecutionDetail {
        pipeline: pipeline.to_owned(),
        execution_id: run.run_id,
        status: run.status,
        status_summary: run.reason,
        execution_type: if run.rollback { "ROLLBACK" } else { "STANDARD" }.to_owned(),
        rollback_of: run.rollback_of,
        execution_mode: None,
        started_at: Some(run.started_at),
        updated_at: run.ended_at,
        trigger_type: run.trigger,
        trigger_by: run.by,
        pipeline_version: None,
        revisions: run.revisions,
        actions: Vec::new(),
        actions_whole: false,
    }
}

fn run_stage(
    stage: &StageRunState<'_>,
    builds: &HashMap<String, Resource>,
    row: &Resource,
    head: &crate::contract::board::BoardRow,
    seen: &Seen,
) -> RunStage {
    let mark = |mark| as_judged(mark, row.aspect, !head.stale);
    let action = |a: &ActionRunState<'_>| run_action(a, mark(a.mark), builds, seen);
    RunStage {
        name: stage.stage.name.clone(),
        mark: mark(stage.mark),
        transition_enabled: stage.stage.transition_enabled,
        transition_reason: stage.stage.transition_reason.clone(),
        actions: stage.actions.iter().map(action).collect(),
    }
}

fn run_action(
    action: &ActionRunState<'_>,
    mark: skydeck_domain::pipeline::StageMark,
    builds: &HashMap<String, Resource>,
    seen: &Seen,
) -> RunAction {
    let state = action.state;
    let ended = |s: &ActionState| s.ended_at.or(s.changed_at.filter(|_| s.status.as_deref() != Some("InProgress")));
    RunAction {
        name: action.def.name.clone(),
        mark,
        category: action.def.category.clone(),
        provider: action.def.provider.clone(),
        run_order: action.def.run_order,
        subject: action.def.subject.clone(),
        status: state.and_then(|s| s.status.clone()),
        duration_ms: state.and_then(|s| span::elapsed_ms(s.started_at, ended(s), seen.now)),
        started_at: state.and_then(|s| s.started_at),
        note: state.and_then(|s| s.error_message.clone().or_else(|| s.summary.clone())),
        url: state.and_then(|s| s.external_url.clone().or_else(|| s.entity_url.clone())),
        runs_id: state.and_then(|s| builds.get(s.external_id.as_ref()?)).map(|b| b.id.clone()),
    }
}

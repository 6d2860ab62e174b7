//! A run beside another one of its pipeline: by default the last one before it that succeeded. From the cache and the
//! ledger: what was not read of a run that is over is asked for, and told once it is there.

use std::collections::HashMap;

use skydeck_domain::{
    Resource, Run, RunOutcome, Timestamp, Usual,
    compare::{ActionDiff, Difference, Known, Side, StageDiff},
    pipeline::{ExecutionDetail, PipelineDetail, Revision},
    repository::{Commit, RepositoryDetail},
};
use skydeck_engine::RunRead;
use skydeck_insight::{
    compare::{self, Looked},
    span,
    stages::as_judged,
};

use super::{
    pipeline::{detail_of, execution_row_id, mark_subject, not_there, under_way},
    ran::project_arn_of,
    row::is_over,
};
use crate::{
    contract::{
        ApiError, Code,
        calls::Id,
        compare::{CompareParams, ComparedRun, Comparison, Inside, RawRow},
    },
    host::Host,
};

/// Runs looked through at once for the last one that succeeded.
const PAGE: u32 = 200;

impl Host {
    /// Two runs of one pipeline beside each other.
    pub async fn compare(&self, params: CompareParams) -> Result<Comparison, ApiError> {
        let row = self.row(&params.id).await?;
        let seen = self.seen_around(&row).await?;
        let arn = row.arn.clone().unwrap_or_default();
        let detail = detail_of(&row)?;
        // What is under way is known up to the last read.
        let until = if seen.is_stale(&row) { row.read_at } else { seen.now };
        let execution = match &params.execution {
            Some(id) => self.shown_or(&row, &arn, &detail, id).await?,
            None => detail.execution.clone().ok_or_else(|| {
                ApiError::new(
                    Code::NotFound,
                    format!("`{}` has not run yet, so there is nothing to compare.", row.name),
                )
            })?,
        };
        let execution = self.filled(&row, execution).await?;
        let run = self.compared(&arn, &execution, until).await?;
        let usual = self.engine.usual(&arn).await;
        let with = match &params.with {
            Some(id) if *id == execution.execution_id => {
                let what = "A run does not differ from itself: choose another one to compare it with.";
                return Err(ApiError::new(Code::Invalid, what.to_owned()));
            }
            Some(id) => Some(id.clone()),
            None => self.last_good(&arn, run.run.started_at).await?,
        };
        let mut answer = Comparison {
            run,
            with: None,
            longer_ms: None,
            difference: Difference::None,
            usual,
            revisions: Vec::new(),
            stages: Vec::new(),
            variables: detail.variables.clone(),
            now: seen.now,
        };
        let Some(with) = with else { return Ok(answer) };
        let other = self.filled(&row, self.shown_or(&row, &arn, &detail, &with).await?).await?;
        let mut compared = self.compared(&arn, &other, until).await?;
        let usual = self.usual_of_actions(&row, &arn, &detail).await?;
        let look = |execution| Looked { execution, until };
        answer.stages = compare::stages(&detail, &look(&execution), &look(&other), &usual);
        self.look_inside(&row, &execution, &mut answer.run, inside(&answer.stages, |a| &a.run));
        self.look_inside(&row, &other, &mut compared, inside(&answer.stages, |a| &a.with));
        if detail.execution.as_ref().is_some_and(|e| e.execution_id == execution.execution_id) {
            let readable = !seen.is_stale(&row);
            for stage in &mut answer.stages {
                stage.run.mark = as_judged(stage.run.mark, row.aspect, readable);
                for action in &mut stage.actions {
                    action.run.mark = as_judged(action.run.mark, row.aspect, readable);
                }
            }
        }
        let repositories = self.repositories(&row, &execution).await?;
        let commits = |revision: &Revision| -> &[Commit] {
            let has = |r: &&RepositoryDetail| r.commits.iter().any(|c| c.id == revision.id);
            repositories.iter().find(has).map_or(&[], |r| &r.commits)
        };
        answer.revisions = compare::revisions(&answer.run.run.revisions, &compared.run.revisions, commits);
        let by = answer.run.duration_ms - compared.duration_ms;
        let both_over = answer.run.run.ended_at.is_some() && compared.run.ended_at.is_some();
        // Of what is under way only that it has taken longer already is known.
        answer.longer_ms = Some(by).filter(|by| both_over || (*by > 0 && compared.run.ended_at.is_some()));
        answer.difference =
            answer.longer_ms.map_or(Difference::None, |by| compare::of_durations(by, compared.duration_ms));
        answer.with = Some(compared);
        Ok(answer)
    }

    /// A row as it is kept in the cache.
    pub async fn raw(&self, params: Id) -> Result<RawRow, ApiError> {
        Ok(RawRow { row: self.row(&params.id).await?, now: self.engine.now() })
    }

    /// An execution: as the row has it, if it shows that one.
    async fn shown_or(
        &self,
        row: &Resource,
        arn: &str,
        detail: &PipelineDetail,
        id: &str,
    ) -> Result<ExecutionDetail, ApiError> {
        match detail.execution.as_ref().filter(|e| e.execution_id == id) {
            Some(shown) => Ok(shown.clone()),
            None => self.execution(row, arn, id).await,
        }
    }

    /// An execution as a run: as history has it, else, while it is under way, as it is known.
    async fn compared(
        &self,
        arn: &str,
        execution: &ExecutionDetail,
        until: Timestamp,
    ) -> Result<ComparedRun, ApiError> {
        let id = &execution.execution_id;
        let kept = self.engine.ledger().run(arn, id).await?;
        let run: Run = match kept {
            Some(run) => run,
            None => under_way(arn, execution.clone()).filter(|_| !is_over(execution)).ok_or_else(|| not_there(id))?,
        };
        let mark = self.engine.ledger().mark(&mark_subject(arn, id)).await?;
        Ok(ComparedRun {
            duration_ms: span::elapsed_ms(Some(run.started_at), run.ended_at, until).unwrap_or_default(),
            run,
            mark,
            execution_mode: execution.execution_mode.clone(),
            pipeline_version: execution.pipeline_version,
            inside: Inside::Known,
            inside_error: None,
        })
    }

    /// An execution with what was read of its actions since it was kept like this.
    async fn filled(&self, row: &Resource, mut execution: ExecutionDetail) -> Result<ExecutionDetail, ApiError> {
        if execution.actions_whole || !is_over(&execution) {
            return Ok(execution);
        }
        // The pipeline's row has it as it was when that last moved.
        let kept = self.engine.cache().get(&execution_row_id(row, &execution.execution_id)).await?;
        let kept = kept.and_then(|kept| kept.detail::<ExecutionDetail>());
        if let Some(kept) = kept.filter(|kept| kept.actions_whole && kept.updated_at == execution.updated_at) {
            return Ok(kept);
        }
        let ended_at = execution.updated_at;
        let read = ended_at.and_then(|at| self.engine.run_read(&row.id, &execution.execution_id, at));
        if let Some(RunRead::Read(actions)) = read
            && !actions.runs.is_empty()
        {
            actions.belong_to(&mut execution);
        }
        Ok(execution)
    }

    /// Asks for the actions of a run that is over where not all of them are known, and tells how far that is.
    fn look_inside<'a>(
        &self,
        row: &Resource,
        execution: &ExecutionDetail,
        compared: &mut ComparedRun,
        mut actions: impl Iterator<Item = &'a Side>,
    ) {
        let under_way = |side: &Side| side.status.as_deref() == Some("InProgress");
        let Some(ended_at) = execution.updated_at.filter(|_| is_over(execution) && !execution.actions_whole) else {
            return;
        };
        if !actions.any(|side| side.known == Known::Unread || under_way(side)) {
            return;
        }
        self.engine.want_run(&row.id, &execution.execution_id, ended_at);
        (compared.inside, compared.inside_error) =
            match self.engine.run_read(&row.id, &execution.execution_id, ended_at) {
                None | Some(RunRead::Reading) => (Inside::Reading, None),
                Some(RunRead::Read(actions)) if actions.runs.is_empty() => (Inside::Gone, None),
                // Read since this answer was put together: the event that tells so has it asked for again.
                Some(RunRead::Read(actions)) if actions.runs != execution.actions => (Inside::Reading, None),
                Some(RunRead::Read(_)) => (Inside::Known, None),
                Some(RunRead::Missed(error)) => (Inside::Failed, Some(error)),
            };
    }

    /// The last run that succeeded of those that started before an instant.
    async fn last_good(&self, arn: &str, before: Timestamp) -> Result<Option<String>, ApiError> {
        let mut before = before;
        loop {
            let page = self.engine.ledger().runs(arn, PAGE, Some(before)).await?;
            if let Some(good) = page.iter().find(|r| r.outcome == RunOutcome::Succeeded) {
                return Ok(Some(good.run_id.clone()));
            }
            let Some(last) = page.last() else { return Ok(None) };
            before = last.started_at;
        }
    }

    /// What is usual for each action: by its own runs, where enough of them were read, else by its CodeBuild project's.
    async fn usual_of_actions(
        &self,
        row: &Resource,
        arn: &str,
        detail: &PipelineDetail,
    ) -> Result<HashMap<(String, String), Usual>, ApiError> {
        let mut usual = compare::usual_of_actions(&self.executions(row, arn).await?);
        for stage in &detail.stages {
            for action in &stage.actions {
                let of = (stage.name.clone(), action.def.name.clone());
                if usual.contains_key(&of) {
                    continue;
                }
                let Some(project) = project_arn_of(&action.def, row) else { continue };
                if let Some(found) = self.engine.usual(&project).await {
                    usual.insert(of, found);
                }
            }
        }
        Ok(usual)
    }

    /// The CodeCommit repositories that an execution ships from, as far as they are in the cache.
    async fn repositories(
        &self,
        row: &Resource,
        execution: &ExecutionDetail,
    ) -> Result<Vec<RepositoryDetail>, ApiError> {
        let from = execution_row_id(row, &execution.execution_id);
        let mut found = Vec::new();
        for link in self.engine.cache().links_from(&from).await?.iter().filter(|l| l.rel == "ships") {
            let rows = self.engine.cache().by_arn(&link.to_arn).await?;
            found.extend(rows.iter().filter_map(|r| r.detail::<RepositoryDetail>()));
        }
        Ok(found)
    }
}

/// The actions of all stages, as they are on one side.
fn inside(stages: &[StageDiff], side: fn(&ActionDiff) -> &Side) -> impl Iterator<Item = &Side> {
    stages.iter().flat_map(|stage| &stage.actions).map(side)
}

//! Executions of one pipeline: rows of the newest ones, runs for the ledger's history.

use skydeck_domain::{Run, pipeline::ExecutionDetail};

use super::{
    super::{ids, rows::execution},
    Reader,
    glance::Glance,
};
use crate::AwsError;

/// A page when nothing is known yet: the history there is, once.
const FIRST_PAGE: i32 = 100;
/// A page afterwards. Also how many executions are kept as rows.
const NEXT_PAGE: i32 = 20;

impl Reader<'_> {
    /// The newest executions of a pipeline, newest first: as many as it takes to meet what history has already.
    pub(super) async fn executions(&self, glance: &Glance) -> Result<Vec<ExecutionDetail>, AwsError> {
        let name = &glance.known.listed.name;
        let last = self.sink.last_run(&ids::pipeline_arn(&self.ctx.caller, name)).await;
        let page = if last.is_some() { NEXT_PAGE } else { FIRST_PAGE };
        let mut summaries = self.calls.executions(name, page).await?;
        let meets = |run: &Run| summaries.iter().any(|s| s.pipeline_execution_id() == Some(run.run_id.as_str()));
        if last.is_some_and(|run| !meets(&run)) && summaries.len() >= NEXT_PAGE as usize {
            summaries = self.calls.executions(name, FIRST_PAGE).await?;
        }
        let structure = glance.known.structure.as_ref();
        let mut found: Vec<ExecutionDetail> =
            summaries.iter().filter_map(|s| execution::detail(s, name, structure)).collect();
        if glance.before.is_some() {
            for execution in found.iter_mut().take(NEXT_PAGE as usize) {
                self.keep_actions(execution).await;
            }
        }
        Ok(found)
    }

    /// What was read of an execution's actions stays with it.
    async fn keep_actions(&self, execution: &mut ExecutionDetail) {
        let id = ids::execution_row_id(&self.ctx.caller, &execution.pipeline, &execution.execution_id);
        let known = self.sink.known(&id).await.and_then(|row| row.detail::<ExecutionDetail>());
        if let Some(known) = known {
            // One that was tried again since has more of them.
            execution.actions_whole = known.actions_whole && known.updated_at == execution.updated_at;
            execution.actions = known.actions;
            execution.pipeline_version = known.pipeline_version;
        }
    }

    /// Gives the newest executions out as rows and all of them as runs. `fresh` is false where only the one shown changed.
    pub(super) async fn tell_executions(&self, glance: &Glance, fresh: bool) {
        let caller = &self.ctx.caller;
        let known = &glance.known;
        let (stages, verdict) = known.judge();
        let now = self.ctx.clock.now();
        let is_shown = |e: &ExecutionDetail| verdict.execution.as_ref() == Some(&e.execution_id);
        let told = known.executions.iter().take(NEXT_PAGE as usize).filter(|e| fresh || is_shown(e));
        let rows: Vec<_> = told.clone().map(|e| execution::row(caller, e, &stages, now)).collect();
        if fresh {
            let arn = ids::pipeline_arn(caller, &known.listed.name);
            self.sink.runs(known.executions.iter().filter_map(|e| execution::run(&arn, e, &stages)).collect()).await;
            let ids = rows.iter().map(|row| row.id.clone()).collect();
            self.seen.lock().await.executions.insert(known.listed.name.clone(), ids);
        }
        self.sink.rows(rows).await;
        for execution in told {
            let links = execution::links(caller, execution, known.structure.as_ref());
            self.sink.links(&ids::execution_row_id(caller, &execution.pipeline, &execution.execution_id), links).await;
        }
    }
}

//! The second pass over a pipeline: its structure, its executions and the actions of the one shown, each only where
//! something is new; then everything it is told by: its row, its executions, its approvals.

use skydeck_domain::{
    Health, Resource,
    pipeline::{ActionRun, ApprovalDetail},
};

use super::{
    super::{
        ids,
        rows::{action, approval, execution, stage, structure::Structure},
    },
    Reader,
    glance::Glance,
};
use crate::{AwsError, ErrorClass, services::ends_the_read};

impl Reader<'_> {
    pub(super) async fn whole(&self, mut glance: Glance) -> Result<(), AwsError> {
        let name = glance.known.listed.name.clone();
        if glance.wants_structure {
            match self.calls.structure(&name).await {
                Ok(out) => take_structure(&mut glance, Structure::read(&out, ids::here(&self.ctx.caller))),
                Err(error) if error.class == ErrorClass::NotFound => {
                    self.gone(&name).await;
                    return Ok(());
                }
                Err(error) => self.missed(&mut glance, error).await?,
            }
        }
        let mut fresh = false;
        if glance.wants_executions {
            match self.executions(&glance).await {
                Ok(executions) => {
                    glance.known.executions = executions;
                    fresh = true;
                }
                Err(error) => self.missed(&mut glance, error).await?,
            }
            glance.known.whole = true;
        }
        let mut changed = self.read_actions(&mut glance).await?;
        for execution in &mut glance.known.executions {
            changed |= self.authors.sign(execution);
        }
        let row = glance.known.row(&self.ctx.caller, self.ctx.clock.now());
        let links = glance.known.links(&self.ctx.caller);
        self.sink.rows(vec![row.clone()]).await;
        if !links.is_empty() {
            self.sink.links(&row.id, links).await;
        }
        if fresh || changed {
            self.tell_executions(&glance, fresh).await;
        }
        self.tell_approvals(&glance).await;
        Ok(())
    }

    /// A call failed: the row says what it lacks, the source ends partial; unless nothing else would work either.
    async fn missed(&self, glance: &mut Glance, error: AwsError) -> Result<(), AwsError> {
        if ends_the_read(&error) {
            return Err(error);
        }
        glance.known.missing.push(error.info.clone());
        self.sink.problem(error).await;
        Ok(())
    }

    /// The actions of the execution shown, while it is under way and when it has ended, if the state tells more of them
    /// than is known. What has always been well since it is known is not asked for. Says whether they are new.
    async fn read_actions(&self, glance: &mut Glance) -> Result<bool, AwsError> {
        let (stages, verdict) = glance.known.judge();
        let Some(shown) = verdict.execution.filter(|_| glance.state.is_some()) else { return Ok(false) };
        let Some(place) = glance.known.executions.iter().position(|e| e.execution_id == shown) else {
            return Ok(false); // executions could not be read, and the row says so
        };
        let known = &glance.known.executions[place].actions;
        // One that was watched while it ran is read a last time when it has ended well.
        let watched = !known.is_empty();
        let matters = watched || matches!(verdict.health, Health::Failed | Health::Attention | Health::Running);
        if !matters || !stage::is_behind(known, &stages, &shown) {
            return Ok(false);
        }
        let details = match self.calls.actions(&glance.known.listed.name, Some(&shown)).await {
            Ok(details) => details,
            Err(error) => {
                self.missed(glance, error).await?;
                return Ok(false);
            }
        };
        let read = &mut glance.known.executions[place];
        read.actions = action::runs(&details, glance.known.structure.as_ref());
        read.pipeline_version = details.iter().find_map(|d| d.pipeline_version());
        let ended = |run: &ActionRun| action::is_over(run.state.status.as_deref());
        read.actions_whole = execution::is_over(&read.status) && read.actions.iter().all(ended);
        Ok(true)
    }

    /// The approvals that wait now; those that were known to wait and do not any more are gone.
    async fn tell_approvals(&self, glance: &Glance) {
        let Some(stages) = &glance.known.stages else { return };
        let caller = &self.ctx.caller;
        let name = &glance.known.listed.name;
        let structure = glance.known.structure.as_ref();
        let rows: Vec<Resource> = approval::waiting(stages)
            .map(|waiting| {
                let arn = ids::action_arn(caller, name, &waiting.stage.name, &waiting.action.def.name);
                let known = self
                    .approvals
                    .get(&format!("{}/{arn}", caller.profile))
                    .and_then(Resource::detail::<ApprovalDetail>);
                let now = self.ctx.clock.now();
                approval::row(caller, name, &waiting, structure, &glance.known.executions, known.as_ref(), now)
            })
            .collect();
        let was_its = |row: &&Resource| row.detail::<ApprovalDetail>().is_some_and(|a| a.pipeline == *name);
        let over = self.approvals.values().filter(was_its).filter(|row| rows.iter().all(|r| r.id != row.id));
        let over: Vec<String> = over.map(|row| row.id.clone()).collect();
        if !over.is_empty() {
            self.sink.gone(over).await;
        }
        self.seen.lock().await.approvals.extend(rows.iter().map(|row| row.id.clone()));
        if !rows.is_empty() {
            self.sink.rows(rows).await;
        }
    }
}

/// The structure is known now: the state is read again with it.
fn take_structure(glance: &mut Glance, structure: Option<Structure>) {
    let Some(structure) = structure else { return };
    if let Some(state) = &glance.state {
        glance.known.stages = Some(stage::stages(state, Some(&structure)));
    } else {
        glance.known.listed.version = structure.version;
    }
    for execution in &mut glance.known.executions {
        for revision in execution.revisions.iter_mut().filter(|r| r.provider.is_none()) {
            revision.provider = structure.source(&revision.source).map(|a| a.provider.clone());
        }
        for run in &mut execution.actions {
            if let Some(def) = structure.action(&run.stage, &run.state.def.name) {
                run.state.def = def.clone();
            }
        }
    }
    glance.known.structure = Some(structure);
}

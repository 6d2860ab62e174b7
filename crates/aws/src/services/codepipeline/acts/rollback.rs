//! `rollback`: a stage goes back to what an earlier execution put there, as a new execution of type ROLLBACK.
//!
//! AWS takes as target an execution that succeeded in the stage, on the present structure, and is no rollback itself;
//! never in a source stage, never in PARALLEL mode. Whether a V1 pipeline may is not documented: it is tried.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_codepipeline::{
    Client,
    types::{ActionExecutionDetail, TriggerType},
};
use skydeck_domain::{
    ActionRecord, ConfirmLevel, Plan, PlannedCall, Target, Timestamp,
    pipeline::{ExecutionDetail, StageState},
};

use super::{
    super::{calls::Calls, ids, ids::Named, rows::structure::Structure},
    Act, answer, find, live,
    live::Live,
    progress, receipt,
};
use crate::{
    AwsError, ErrorClass,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
    services::instant,
};

pub(super) const SPEC: VerbSpec = VerbSpec {
    id: "rollback",
    operation: "RollbackStage",
    kind: "codepipeline.pipeline",
    confirm: ConfirmLevel::Yes,
    has_targets: true,
    is_undo: true,
    interrupts: false,
    undo: Undo::By("start"),
    options: &[],
};

/// Targets offered.
const VALID: usize = 30;
/// Other recent executions, shown with the reason why they are none.
const INVALID: usize = 20;
/// Executions whose structure version is asked for one by one, because the newest action executions do not tell it.
const ASKED: usize = 10;

pub(super) struct Rollback;

/// What was read to judge the targets of one stage.
struct Judge<'a> {
    structure: &'a Structure,
    stage: &'a StageState,
    /// Executions that succeeded in the stage.
    succeeded: Vec<ExecutionDetail>,
    /// Structure version that an execution ran on, where told.
    versions: BTreeMap<String, i32>,
    /// When an execution was done with the stage, where told.
    done: BTreeMap<String, Timestamp>,
}

impl Judge<'_> {
    /// What serves: the execution that is the latest in the stage and succeeded there, and what that went back to.
    fn serves(&self, execution: &ExecutionDetail) -> bool {
        let Some(latest) =
            self.stage.execution_id.as_ref().filter(|_| self.stage.status.as_deref() == Some("Succeeded"))
        else {
            return false;
        };
        let went_back = self.succeeded.iter().find(|e| e.execution_id == *latest).and_then(|e| e.rollback_of.as_ref());
        *latest == execution.execution_id || went_back == Some(&execution.execution_id)
    }

    fn why_not(&self, execution: &ExecutionDetail) -> Option<String> {
        if execution.execution_type == "ROLLBACK" {
            return Some("It is itself a rollback.".into());
        }
        if self.succeeded.iter().all(|e| e.execution_id != execution.execution_id) {
            return Some(format!("It did not succeed in {}.", self.stage.name));
        }
        if self.serves(execution) {
            return Some("It is what serves now.".into());
        }
        let ran_on = self.versions.get(&execution.execution_id).filter(|v| **v != self.structure.version)?;
        Some(format!("It ran on structure {ran_on} of the pipeline; it is at {} now.", self.structure.version))
    }

    /// Every execution with whether it can be gone to: valid ones first, each part newest first.
    fn targets(&self, recent: &[ExecutionDetail]) -> Vec<Target> {
        let mut all: Vec<&ExecutionDetail> = self.succeeded.iter().collect();
        let is_known = |e: &&ExecutionDetail| self.succeeded.iter().all(|s| s.execution_id != e.execution_id);
        all.extend(recent.iter().filter(is_known));
        all.sort_by_key(|e| std::cmp::Reverse(e.started_at));
        let targets = all.iter().map(|e| Target { served_ms: self.served(e), ..live::target(e, self.why_not(e)) });
        let (valid, invalid): (Vec<Target>, Vec<Target>) = targets.partition(|t| t.valid);
        valid.into_iter().take(VALID).chain(invalid.into_iter().take(INVALID)).collect()
    }

    /// How long an execution served: until the next one was done with the stage. None where either is not told.
    fn served(&self, execution: &ExecutionDetail) -> Option<i64> {
        let from = *self.done.get(&execution.execution_id)?;
        let until =
            self.succeeded.iter().filter_map(|e| self.done.get(&e.execution_id)).filter(|at| **at > from).min()?;
        Some((*until - from).num_milliseconds())
    }
}

/// Why the stage cannot be rolled back at all.
fn blocked(structure: &Structure, stage: &StageState, targets: &[Target]) -> Option<String> {
    if structure.is_source_stage(&stage.name) {
        return Some(format!("{} is the source stage; it has nothing to go back to.", stage.name));
    }
    if structure.execution_mode == "PARALLEL" {
        return Some("Its executions run in parallel; AWS rolls back no stage of such a pipeline.".into());
    }
    if let Some(status @ ("InProgress" | "Stopping")) = stage.status.as_deref() {
        let execution = stage.execution_id.as_deref().unwrap_or("another");
        return Some(format!("Stage {} is busy: execution {execution} is {status} there.", stage.name));
    }
    targets.iter().all(|t| !t.valid).then(|| format!("No earlier execution can be gone back to in {}.", stage.name))
}

#[async_trait]
impl Act for Rollback {
    fn spec(&self) -> &'static VerbSpec {
        &SPEC
    }

    fn effect(&self, named: &Named) -> String {
        format!("Rolls back stage {} of {}.", named.stage.as_deref().unwrap_or("?"), named.pipeline)
    }

    async fn plan(&self, ctx: &ReadCtx, named: &Named, request: &Request) -> Result<Draft, AwsError> {
        let live = Live::read(ctx, named).await?;
        let stage = live.stage(named)?;
        let pipeline = named.pipeline.as_str();
        let (succeeded, recent, actions) = futures::try_join!(
            live.calls.succeeded_in(pipeline, &stage.name),
            live.calls.executions(pipeline, 100),
            live.calls.actions(pipeline, None),
        )?;
        let mut judge = Judge {
            structure: &live.structure,
            stage,
            succeeded: live.details(pipeline, &succeeded),
            versions: versions(&actions),
            done: done(&actions, stage),
        };
        ask_versions(&live.calls, pipeline, &mut judge).await?;
        let recent = live.details(pipeline, &recent);
        let targets = judge.targets(&recent);
        let current = live::current_of(stage, &recent);
        let chosen = request.target.as_ref().or_else(|| targets.iter().find(|t| t.valid).map(|t| &t.id));
        let command = live::cli("rollback-stage")
            .option("pipeline-name", pipeline)
            .option("stage-name", &stage.name)
            .option("target-pipeline-execution-id", chosen.map_or("<execution>", String::as_str));
        Ok(Draft {
            danger: None,
            effect: effect(&live.structure, stage),
            calls: vec![PlannedCall {
                operation: format!("codepipeline:{}", SPEC.operation),
                cli: command.line(live.caller),
            }],
            not_undone: not_undone(&live.structure, stage),
            blocked: blocked(&live.structure, stage, &targets),
            state: live::stage_state(&live.structure, stage),
            of_arn: ids::pipeline_arn(live.caller, pipeline),
            current,
            targets,
        })
    }

    async fn call(&self, ctx: &ActCtx, named: &Named, request: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        let (Some(stage), Some(target)) = (&named.stage, &request.target) else {
            return Err(ctx.caller.refused("NoTarget", "A rollback needs a stage and a target.".into()));
        };
        let client = ctx.caller.client(Client::new);
        let send = || {
            let back = client.rollback_stage().pipeline_name(&named.pipeline).stage_name(stage);
            back.target_pipeline_execution_id(target).send()
        };
        let (out, request_id) = ctx.caller.mutate(SPEC.operation, send).await?;
        Ok(receipt(&SPEC, request_id, Some(out.pipeline_execution_id).filter(|id| !id.is_empty())))
    }

    async fn follow(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Progress, AwsError> {
        let Some(execution) = &record.follow_id else {
            return Ok(Progress::Failed("AWS accepted it without naming an execution".into()));
        };
        progress::execution(&Calls::new(&ctx.caller), &named.pipeline, execution).await
    }

    async fn find_out(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Found, AwsError> {
        let executions = Calls::new(&ctx.caller).executions(&named.pipeline, 100).await?;
        let to_target = find::started(record, &executions, TriggerType::ManualRollback).filter(|s| {
            let target = s.rollback_metadata().and_then(|m| m.rollback_target_pipeline_execution_id());
            target.is_some() && target == record.target.as_deref()
        });
        let ids = to_target.filter_map(|s| s.pipeline_execution_id().map(str::to_owned)).collect();
        Ok(answer::the_one(&SPEC, record, ids))
    }
}

fn effect(structure: &Structure, stage: &StageState) -> String {
    let effect = format!(
        "Starts a new execution of type ROLLBACK in stage {} alone. It uses the artifacts and variables of the target again.",
        stage.name
    );
    let v1 = "This is a V1 pipeline: AWS may refuse to roll back its stages.";
    if structure.pipeline_type == "V1" { format!("{effect} {v1}") } else { effect }
}

fn not_undone(structure: &Structure, stage: &StageState) -> Vec<String> {
    let mut list = vec![
        "Data that the present version has written.".to_owned(),
        "Parameters, secrets and infrastructure that were changed outside this stage.".to_owned(),
    ];
    let place = structure.stages.iter().position(|s| s.name == stage.name).map_or(usize::MAX, |i| i + 1);
    let later: Vec<&str> = structure.stages.iter().skip(place).map(|s| s.name.as_str()).collect();
    if let [first, rest @ ..] = &later[..] {
        let names = rest.iter().fold((*first).to_owned(), |all, name| format!("{all}, {name}"));
        list.push(format!("Later stages do not run: {names}."));
    }
    list
}

/// The structure version of each execution, as its newest action executions tell.
fn versions(actions: &[ActionExecutionDetail]) -> BTreeMap<String, i32> {
    let told = actions.iter().filter_map(|a| Some((a.pipeline_execution_id()?.to_owned(), a.pipeline_version()?)));
    told.collect()
}

/// When each execution was done with the stage, as its newest action executions tell.
fn done(actions: &[ActionExecutionDetail], stage: &StageState) -> BTreeMap<String, Timestamp> {
    let mut done = BTreeMap::new();
    for action in actions.iter().filter(|a| a.stage_name() == Some(&stage.name)) {
        if let Some((id, at)) = action.pipeline_execution_id().zip(instant::maybe(action.last_update_time())) {
            let latest = done.entry(id.to_owned()).or_insert(at);
            *latest = at.max(*latest);
        }
    }
    done
}

/// Asks the version of the newest targets that the action executions left open.
async fn ask_versions(calls: &Calls<'_>, pipeline: &str, judge: &mut Judge<'_>) -> Result<(), AwsError> {
    let open = judge.succeeded.iter().filter(|e| !judge.versions.contains_key(&e.execution_id));
    let open: Vec<String> =
        open.filter(|e| judge.why_not(e).is_none()).take(ASKED).map(|e| e.execution_id.clone()).collect();
    let asked = open.iter().map(|id| calls.execution(pipeline, id));
    for (id, answer) in open.iter().zip(futures::future::join_all(asked).await) {
        match answer {
            Ok(out) => {
                let version = out.pipeline_execution().and_then(|e| e.pipeline_version());
                judge.versions.extend(version.map(|v| (id.clone(), v)));
            }
            // AWS forgets executions; what is not told excludes nothing, and AWS has the last word.
            Err(error) if error.class == ErrorClass::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "rollback_tests.rs"]
mod tests;

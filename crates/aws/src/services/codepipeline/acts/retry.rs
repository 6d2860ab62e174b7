//! `retry`: the failed actions, or all actions, of a failed stage once more, in the same execution.

use async_trait::async_trait;
use aws_sdk_codepipeline::{
    Client,
    types::{ActionExecutionDetail, StageRetryMode},
};
use skydeck_domain::{ActionRecord, ConfirmLevel, Plan, PlannedCall, pipeline::StageState};

use super::{
    super::{calls::Calls, ids, ids::Named, rows::stage},
    Act, answer, find, live,
    live::Live,
    progress, receipt,
};
use crate::{
    AwsError,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
    services::instant,
    session::Caller,
};

pub(super) const SPEC: VerbSpec = VerbSpec {
    id: "retry",
    operation: "RetryStageExecution",
    kind: "codepipeline.pipeline",
    confirm: ConfirmLevel::Yes,
    has_targets: false,
    is_undo: false,
    interrupts: false,
    undo: Undo::By("stop"),
    options: &["mode"],
};

pub(super) struct Retry;

/// The mode that was asked for: the failed actions, unless all are wanted.
fn mode(caller: &Caller, request: &Request) -> Result<StageRetryMode, AwsError> {
    match request.options.mode.as_deref() {
        None | Some("failed") => Ok(StageRetryMode::FailedActions),
        Some("all") => Ok(StageRetryMode::AllActions),
        Some(other) => Err(caller.refused("NoSuchMode", format!("`{other}` is no mode of retry: `failed` or `all`."))),
    }
}

/// Why a stage in this state cannot be retried.
fn blocked(stage: &StageState, ran_on: Option<i32>, version: i32) -> Option<String> {
    match stage.status.as_deref() {
        Some("Failed") => {}
        Some(status @ ("InProgress" | "Stopping")) => {
            return Some(format!("Stage {} is {status} already.", stage.name));
        }
        Some(status) => return Some(format!("Nothing failed in stage {}: it is {status}.", stage.name)),
        None => return Some(format!("Stage {} has never run.", stage.name)),
    }
    let ran_on = ran_on.filter(|v| *v != version)?;
    Some(format!(
        "The execution ran on structure {ran_on} of the pipeline; it is at {version} now. Start a new execution instead."
    ))
}

#[async_trait]
impl Act for Retry {
    fn spec(&self) -> &'static VerbSpec {
        &SPEC
    }

    fn effect(&self, named: &Named) -> String {
        format!("Retries stage {} of {}.", named.stage.as_deref().unwrap_or("?"), named.pipeline)
    }

    async fn plan(&self, ctx: &ReadCtx, named: &Named, request: &Request) -> Result<Draft, AwsError> {
        let mode = mode(&ctx.caller, request)?;
        let live = Live::read(ctx, named).await?;
        let stage = live.stage(named)?;
        let executions = live.calls.executions(&named.pipeline, 100).await?;
        let executions = live.details(&named.pipeline, &executions);
        let current = live::current_of(stage, &executions);
        let ran_on = match stage.execution_id.as_deref().filter(|_| stage.status.as_deref() == Some("Failed")) {
            Some(id) => {
                live.calls.actions(&named.pipeline, Some(id)).await?.iter().filter_map(|a| a.pipeline_version()).max()
            }
            None => None,
        };
        let what = if mode == StageRetryMode::AllActions { "all actions" } else { "the failed actions" };
        let which = current.as_ref().map(live::execution_words).unwrap_or_else(|| "no execution".into());
        let command = live::cli("retry-stage-execution")
            .option("pipeline-name", &named.pipeline)
            .option("stage-name", &stage.name)
            .option("pipeline-execution-id", current.as_ref().map_or("<execution>", |c| &c.id))
            .option("retry-mode", mode.as_str());
        Ok(Draft {
            danger: None,
            effect: format!("Runs {what} of stage {} again, in {which}.", stage.name),
            calls: vec![PlannedCall {
                operation: format!("codepipeline:{}", SPEC.operation),
                cli: command.line(live.caller),
            }],
            not_undone: vec![
                "What the failed attempt has already changed.".into(),
                "When the stage succeeds, the execution goes on to the stages after it.".into(),
            ],
            blocked: blocked(stage, ran_on, live.structure.version),
            state: live::stage_state(&live.structure, stage),
            of_arn: ids::pipeline_arn(live.caller, &named.pipeline),
            current,
            targets: Vec::new(),
        })
    }

    async fn call(&self, ctx: &ActCtx, named: &Named, request: &Request, plan: &Plan) -> Result<Receipt, AwsError> {
        let mode = mode(&ctx.caller, request)?;
        let (Some(stage), Some(current)) = (&named.stage, &plan.current) else {
            return Err(ctx.caller.refused("NothingToRetry", "The plan names no execution to retry.".into()));
        };
        let client = ctx.caller.client(Client::new);
        let send = || {
            let retry = client.retry_stage_execution().pipeline_name(&named.pipeline).stage_name(stage);
            retry.pipeline_execution_id(&current.id).retry_mode(mode.clone()).send()
        };
        let (out, request_id) = ctx.caller.mutate(SPEC.operation, send).await?;
        Ok(receipt(&SPEC, request_id, out.pipeline_execution_id.or(Some(current.id.clone()))))
    }

    async fn follow(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Progress, AwsError> {
        let calls = Calls::new(&ctx.caller);
        let Some(execution) = &record.follow_id else {
            return Ok(Progress::Failed("AWS accepted it without naming an execution".into()));
        };
        let (status, words, stages) = progress::status(&calls, &named.pipeline, execution).await?;
        let stage = live::named_stage(&ctx.caller, &stages, named)?;
        if stage.execution_id.as_ref() != Some(execution) {
            // Another execution has the stage by now: this one got past it, or ended.
            return Ok(match status.as_str() {
                "Failed" | "Stopped" | "Cancelled" => Progress::Failed(words),
                _ => Progress::Succeeded(format!("Stage {} succeeded", stage.name)),
            });
        }
        Ok(match stage.status.as_deref() {
            Some("Succeeded") => Progress::Succeeded(format!("Stage {} succeeded", stage.name)),
            Some("Failed" | "Stopped" | "Cancelled") => Progress::Failed(words),
            _ => Progress::Running(words),
        })
    }

    async fn find_out(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Found, AwsError> {
        let calls = Calls::new(&ctx.caller);
        let state = calls.state(&named.pipeline).await?;
        let stages = stage::stages(&state, None);
        let stage = live::named_stage(&ctx.caller, &stages, named)?;
        // A retry is a second go: the execution had been in this stage before the intent, and acted in it after. It need not
        // be the one that is there now: once it has passed, the next one enters.
        let here = |a: &&ActionExecutionDetail| a.stage_name() == Some(&stage.name);
        let since = |a: &&ActionExecutionDetail| find::since(record, instant::maybe(a.start_time()));
        let newest = calls.actions(&named.pipeline, None).await?;
        let mut begun: Vec<&str> =
            newest.iter().filter(here).filter(since).filter_map(|a| a.pipeline_execution_id()).collect();
        begun.dedup();
        let mut again = Vec::new();
        for execution in &begun {
            let own = calls.actions(&named.pipeline, Some(execution)).await?;
            if own.iter().filter(here).any(|a| !since(&a)) {
                again.push((*execution).to_owned());
            }
        }
        let enters = begun.is_empty() && stage.status.as_deref() == Some("InProgress");
        Ok(match (again.is_empty(), enters, &stage.execution_id) {
            (true, true, Some(execution)) => {
                Found::CannotTell(format!("Execution {execution} is in the stage, but no action of it has begun"))
            }
            (true, ..) => answer::nothing(record, "No action of the stage was run again"),
            (false, ..) => answer::the_one(&SPEC, record, again),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::rows::samples, *};

    #[test]
    fn only_a_failed_stage_of_the_same_structure_is_retried() {
        let mut stage = stage::stages(&samples::failed_state(), None).remove(1);
        assert_eq!(blocked(&stage, Some(3), 3), None);
        assert_eq!(blocked(&stage, None, 3), None, "what is not told excludes nothing");
        assert!(blocked(&stage, Some(2), 3).unwrap().contains("structure 2 of the pipeline; it is at 3 now"));
        for (status, word) in [("InProgress", "already"), ("Succeeded", "Nothing failed")] {
            stage.status = Some(status.into());
            assert!(blocked(&stage, Some(3), 3).unwrap().contains(word));
        }
        stage.status = None;
        assert!(blocked(&stage, None, 3).unwrap().contains("never run"));
    }
}

//! `stop`: an execution under way ends where it is, after its running actions or without them.

use async_trait::async_trait;
use aws_sdk_codepipeline::Client;
use skydeck_domain::{ActionRecord, ConfirmLevel, Plan, PlannedCall, pipeline::ExecutionDetail};

use super::{
    super::{calls::Calls, ids, ids::Named, rows::execution::is_over},
    Act, answer, find, live,
    live::Live,
    progress, receipt,
};
use crate::{
    AwsError,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
    services::{instant, text},
};

pub(super) const SPEC: VerbSpec = VerbSpec {
    id: "stop",
    operation: "StopPipelineExecution",
    kind: "codepipeline.pipeline",
    confirm: ConfirmLevel::Yes,
    // Only where several are under way is there something to choose; the plan says so.
    has_targets: false,
    is_undo: false,
    interrupts: true,
    undo: Undo::By("start"),
    options: &["abandon"],
};

/// Longest reason that AWS takes.
const REASON: usize = 200;

pub(super) struct Stop;

/// The execution to stop: the chosen one, or the only one under way. Else why not.
fn chosen<'e>(under_way: &[&'e ExecutionDetail], request: &Request) -> Result<&'e ExecutionDetail, String> {
    match (request.target.as_deref(), under_way) {
        (Some(id), _) => under_way
            .iter()
            .find(|e| e.execution_id == id)
            .copied()
            .ok_or_else(|| format!("Execution {id} is not under way.")),
        (None, []) => Err("No execution is under way.".into()),
        (None, [one]) => Ok(one),
        (None, several) => Err(format!("{} executions are under way. Choose the one to stop.", several.len())),
    }
}

#[async_trait]
impl Act for Stop {
    fn spec(&self) -> &'static VerbSpec {
        &SPEC
    }

    fn effect(&self, named: &Named) -> String {
        format!("Stops an execution of {}.", named.pipeline)
    }

    async fn plan(&self, ctx: &ReadCtx, named: &Named, request: &Request) -> Result<Draft, AwsError> {
        let live = Live::read(ctx, named).await?;
        let executions = live.calls.executions(&named.pipeline, 100).await?;
        let executions = live.details(&named.pipeline, &executions);
        let under_way: Vec<&ExecutionDetail> = executions.iter().filter(|e| !is_over(&e.status)).collect();
        let chosen = chosen(&under_way, request);
        let abandon = request.options.abandon == Some(true);
        let current = chosen.as_ref().ok().map(|e| live::current(e, None));
        let which = current.as_ref().map(live::execution_words).unwrap_or_else(|| "an execution".into());
        let how =
            if abandon { "without waiting for its running actions" } else { "when its running actions have ended" };
        let mut not_undone = vec!["What its stages have already deployed stays deployed.".to_owned()];
        if abandon {
            not_undone.push(
                "Actions that run (a build, a deployment) go on in their own services; the pipeline no longer sees them."
                    .into(),
            );
        }
        let mut command = live::cli("stop-pipeline-execution")
            .option("pipeline-name", &named.pipeline)
            .option("pipeline-execution-id", current.as_ref().map_or("<execution>", |c| &c.id));
        if abandon {
            command = command.flag("abandon");
        }
        let stopping = chosen.as_ref().is_ok_and(|e| e.status == "Stopping") && !abandon;
        let mut state = vec![format!("version {}", live.structure.version)];
        state.extend(under_way.iter().map(|e| format!("{} {}", e.execution_id, e.status)));
        Ok(Draft {
            danger: None,
            effect: format!("Stops {which} of {}, {how}.", named.pipeline),
            targets: if under_way.len() > 1 {
                under_way.iter().map(|e| live::target(e, None)).collect()
            } else {
                Vec::new()
            },
            calls: vec![PlannedCall {
                operation: format!("codepipeline:{}", SPEC.operation),
                cli: command.option("reason", "<reason>").line(live.caller),
            }],
            not_undone,
            blocked: match chosen {
                Err(why) => Some(why),
                Ok(_) => stopping.then(|| "It is stopping already; abandon its actions to end it now.".into()),
            },
            state,
            of_arn: ids::pipeline_arn(live.caller, &named.pipeline),
            current,
        })
    }

    async fn call(&self, ctx: &ActCtx, named: &Named, request: &Request, plan: &Plan) -> Result<Receipt, AwsError> {
        let Some(execution) = plan.current.as_ref().map(|c| c.id.clone()) else {
            return Err(ctx.caller.refused("NothingToStop", "The plan names no execution to stop.".into()));
        };
        let reason = text::ascii_reason(&ctx.record.reason, &ctx.record.action, REASON);
        let abandon = request.options.abandon == Some(true);
        let client = ctx.caller.client(Client::new);
        let send = || {
            let stop = client.stop_pipeline_execution().pipeline_name(&named.pipeline);
            stop.pipeline_execution_id(&execution).abandon(abandon).reason(&reason).send()
        };
        let (out, request_id) = ctx.caller.mutate(SPEC.operation, send).await?;
        Ok(receipt(&SPEC, request_id, out.pipeline_execution_id.or(Some(execution))))
    }

    async fn follow(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Progress, AwsError> {
        let Some(execution) = &record.follow_id else {
            return Ok(Progress::Failed("AWS accepted it without naming an execution".into()));
        };
        let (status, words, _) = progress::status(&Calls::new(&ctx.caller), &named.pipeline, execution).await?;
        Ok(match status.as_str() {
            "Stopped" | "Cancelled" => Progress::Succeeded(format!("Execution {execution} is stopped")),
            over if is_over(over) => {
                Progress::Failed(format!("Execution {execution} ended {over} before it could stop"))
            }
            _ => Progress::Running(words),
        })
    }

    async fn find_out(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Found, AwsError> {
        let executions = Calls::new(&ctx.caller).executions(&named.pipeline, 100).await?;
        let reason = text::ascii_reason(&record.reason, &record.action, REASON);
        let asked = executions.iter().filter(|s| {
            let id = s.pipeline_execution_id();
            let is_target = record.target.is_none() || record.target.as_deref() == id;
            // However it ended after that: an action that was waited for may fail.
            let ours = match s.stop_trigger().and_then(|t| t.reason()) {
                Some(told) => told == reason,
                None => s.status().is_some_and(|status| matches!(status.as_str(), "Stopping" | "Stopped")),
            };
            is_target && ours && find::since(record, instant::maybe(s.last_update_time()))
        });
        let ids = asked.filter_map(|s| s.pipeline_execution_id().map(str::to_owned)).collect();
        Ok(answer::the_one(&SPEC, record, ids))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::rows::samples, *};

    #[test]
    fn the_only_one_under_way_is_taken_and_of_several_one_must_be_chosen() {
        let executions = samples::executions(None);
        let [a, b] = &executions[..] else { panic!("two") };
        let mut request = Request { verb: "stop".into(), ..Request::default() };
        assert_eq!(chosen(&[a], &request), Ok(a));
        assert!(chosen(&[], &request).unwrap_err().contains("No execution"));
        assert!(chosen(&[a, b], &request).unwrap_err().contains("Choose"));
        request.target = Some(b.execution_id.clone());
        assert_eq!(chosen(&[a, b], &request), Ok(b));
        assert!(chosen(&[a], &request).unwrap_err().contains("not under way"));
    }
}

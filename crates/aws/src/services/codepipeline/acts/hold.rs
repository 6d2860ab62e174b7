//! `hold` and `release`: the transition into a stage is closed, so that executions wait before it, and opened again.

use async_trait::async_trait;
use aws_sdk_codepipeline::{Client, types::StageTransitionType};
use skydeck_domain::{ActionRecord, ConfirmLevel, Plan, PlannedCall, pipeline::StageState};

use super::{
    super::{calls::Calls, ids, ids::Named, rows::stage},
    Act, answer, find, live,
    live::Live,
    receipt,
};
use crate::{
    AwsError,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
    services::text,
};

pub(super) const HOLD: VerbSpec = VerbSpec {
    id: "hold",
    operation: "DisableStageTransition",
    kind: "codepipeline.pipeline",
    confirm: ConfirmLevel::Yes,
    has_targets: false,
    is_undo: false,
    interrupts: false,
    undo: Undo::By("release"),
    options: &[],
};

pub(super) const RELEASE: VerbSpec = VerbSpec {
    id: "release",
    operation: "EnableStageTransition",
    kind: "codepipeline.pipeline",
    confirm: ConfirmLevel::Yes,
    has_targets: false,
    is_undo: false,
    interrupts: false,
    undo: Undo::By("hold"),
    options: &[],
};

/// Longest reason that AWS takes.
const REASON: usize = 300;

/// The transition into a stage.
pub(super) struct Transition {
    /// Whether it is opened.
    pub opens: bool,
}

impl Transition {
    fn data(&self) -> &'static VerbSpec {
        if self.opens { &RELEASE } else { &HOLD }
    }

    /// Why there is nothing to do.
    fn blocked(&self, stages: &[StageState], stage: &StageState) -> Option<String> {
        if stages.first().is_some_and(|first| first.name == stage.name) {
            return Some(format!("{} is the first stage: no transition leads into it.", stage.name));
        }
        if self.opens == stage.transition_enabled {
            let why = stage.transition_reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
            return Some(match self.opens {
                true => format!("The transition into {} is open.", stage.name),
                false => format!("The transition into {} is held already{why}.", stage.name),
            });
        }
        None
    }
}

#[async_trait]
impl Act for Transition {
    fn spec(&self) -> &'static VerbSpec {
        self.data()
    }

    fn effect(&self, named: &Named) -> String {
        let what = if self.opens { "Opens" } else { "Closes" };
        format!("{what} the transition into {} of {}.", named.stage.as_deref().unwrap_or("a stage"), named.pipeline)
    }

    async fn plan(&self, ctx: &ReadCtx, named: &Named, _: &Request) -> Result<Draft, AwsError> {
        let live = Live::read(ctx, named).await?;
        let stage = live.stage(named)?;
        let executions = live.calls.executions(&named.pipeline, 20).await?;
        let executions = live.details(&named.pipeline, &executions);
        let waiting = stage.inbound_execution_id.as_ref();
        let (effect, not_undone) = match (self.opens, waiting) {
            (true, Some(id)) => (
                format!(
                    "Opens the transition into {}: execution {id}, which waits there, enters it at once.",
                    stage.name
                ),
                "What the execution does once it has entered.",
            ),
            (true, None) => (format!("Opens the transition into {}: nothing waits there now.", stage.name), ""),
            (false, _) => (
                format!("Closes the transition into {}: executions wait before it until it is released.", stage.name),
                "An execution that is already in the stage goes on.",
            ),
        };
        let operation = if self.opens { "enable-stage-transition" } else { "disable-stage-transition" };
        let mut command = live::cli(operation)
            .option("pipeline-name", &named.pipeline)
            .option("stage-name", &stage.name)
            .option("transition-type", "Inbound");
        if !self.opens {
            command = command.option("reason", "<reason>");
        }
        let mut state = live::stage_state(&live.structure, stage);
        state.push(if stage.transition_enabled { "open".into() } else { "held".into() });
        state.push(waiting.cloned().unwrap_or_default());
        Ok(Draft {
            danger: None,
            effect,
            current: live::current_of(stage, &executions),
            targets: Vec::new(),
            calls: vec![PlannedCall {
                operation: format!("codepipeline:{}", self.data().operation),
                cli: command.line(live.caller),
            }],
            not_undone: Some(not_undone.to_owned()).filter(|s| !s.is_empty()).into_iter().collect(),
            blocked: self.blocked(&live.stages, stage),
            state,
            of_arn: ids::pipeline_arn(live.caller, &named.pipeline),
        })
    }

    async fn call(&self, ctx: &ActCtx, named: &Named, _: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        let Some(stage) = &named.stage else {
            return Err(ctx.caller.refused("NoStage", "A transition leads into a stage, and none is named.".into()));
        };
        let client = ctx.caller.client(Client::new);
        let request_id = if self.opens {
            let send = || {
                let enable = client.enable_stage_transition().pipeline_name(&named.pipeline).stage_name(stage);
                enable.transition_type(StageTransitionType::Inbound).send()
            };
            ctx.caller.mutate(RELEASE.operation, send).await?.1
        } else {
            let reason = text::ascii_reason(&ctx.record.reason, &ctx.record.action, REASON);
            let send = || {
                let disable = client.disable_stage_transition().pipeline_name(&named.pipeline).stage_name(stage);
                disable.transition_type(StageTransitionType::Inbound).reason(&reason).send()
            };
            ctx.caller.mutate(HOLD.operation, send).await?.1
        };
        Ok(receipt(self.data(), request_id, None))
    }

    async fn follow(&self, ctx: &ReadCtx, named: &Named, _: &ActionRecord) -> Result<Progress, AwsError> {
        let state = Calls::new(&ctx.caller).state(&named.pipeline).await?;
        let stages = stage::stages(&state, None);
        let stage = live::named_stage(&ctx.caller, &stages, named)?;
        let what = if self.opens { "open" } else { "held" };
        Ok(if stage.transition_enabled == self.opens {
            Progress::Succeeded(format!("The transition into {} is {what}", stage.name))
        } else {
            Progress::Running(format!("AWS does not show the transition into {} as {what} yet", stage.name))
        })
    }

    async fn find_out(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Found, AwsError> {
        let state = Calls::new(&ctx.caller).state(&named.pipeline).await?;
        let told = state.stage_states().iter().find(|s| s.stage_name() == named.stage.as_deref());
        let by = told.and_then(|s| s.inbound_transition_state()).and_then(|t| t.last_changed_by());
        let stages = stage::stages(&state, None);
        let stage = live::named_stage(&ctx.caller, &stages, named)?;
        Ok(if !find::since(record, stage.transition_changed_at) {
            answer::nothing(record, "The transition was not changed")
        } else if stage.transition_enabled != self.opens {
            Found::CannotTell(format!(
                "The transition into {} was changed since, and AWS tells the last change alone",
                stage.name
            ))
        } else if !find::is_who(record, by) {
            Found::DidNotRun(format!("it was changed by {}.", by.unwrap_or("another")))
        } else {
            answer::ran(self.data(), None)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::rows::samples, *};

    #[test]
    fn an_open_transition_is_held_and_a_held_one_released() {
        let mut stages = stage::stages(&samples::failed_state(), None);
        let (hold, release) = (Transition { opens: false }, Transition { opens: true });
        assert_eq!(hold.blocked(&stages, &stages[3]), None);
        assert!(release.blocked(&stages, &stages[3]).unwrap().contains("is open"));
        stages[3].transition_enabled = false;
        stages[3].transition_reason = Some("freeze".into());
        assert_eq!(release.blocked(&stages, &stages[3]), None);
        assert!(hold.blocked(&stages, &stages[3]).unwrap().ends_with("held already: freeze."));
        assert!(hold.blocked(&stages, &stages[0]).unwrap().contains("first stage"));
    }
}

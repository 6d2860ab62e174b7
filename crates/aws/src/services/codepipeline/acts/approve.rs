//! `approve` and `reject`: the answer to an approval that waits. AWS wants the approval's token; it is read right before
//! the call and handed over inside one function.

use async_trait::async_trait;
use aws_sdk_codepipeline::{
    Client,
    operation::get_pipeline_state::GetPipelineStateOutput,
    types::{ActionExecutionStatus, ApprovalResult, ApprovalStatus},
};
use skydeck_domain::{
    ActionRecord, ConfirmLevel, Plan, PlannedCall,
    pipeline::{ActionState, StageState},
};

use super::{
    super::{calls::Calls, ids, ids::Named, rows::stage},
    Act, answer, find, live,
    live::Live,
    receipt,
};
use crate::{
    AwsError,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
    services::{command::Command, instant, text},
    session::Caller,
};

pub(super) const APPROVE: VerbSpec = VerbSpec {
    id: "approve",
    operation: "PutApprovalResult",
    kind: "codepipeline.approval",
    confirm: ConfirmLevel::Yes,
    has_targets: false,
    is_undo: false,
    interrupts: false,
    undo: Undo::None("An approval cannot be taken back; what it lets through can be stopped or rolled back."),
    options: &["comment"],
};

pub(super) const REJECT: VerbSpec = VerbSpec {
    id: "reject",
    operation: "PutApprovalResult",
    kind: "codepipeline.approval",
    confirm: ConfirmLevel::Yes,
    has_targets: false,
    is_undo: false,
    interrupts: false,
    undo: Undo::By("retry"),
    options: &["comment"],
};

/// Longest summary that AWS takes.
const SUMMARY: usize = 512;

/// The answer to an approval.
pub(super) struct Review {
    /// Whether it is a yes.
    pub approves: bool,
}

impl Review {
    fn data(&self) -> &'static VerbSpec {
        if self.approves { &APPROVE } else { &REJECT }
    }

    fn status(&self) -> ApprovalStatus {
        if self.approves { ApprovalStatus::Approved } else { ApprovalStatus::Rejected }
    }

    /// How the action ends when this answer was given.
    fn ends_as(&self) -> &'static str {
        if self.approves { "Succeeded" } else { "Failed" }
    }

    fn effect_on(&self, stages: &[StageState], stage: &StageState, which: &str) -> String {
        let next = stages.iter().skip_while(|s| s.name != stage.name).nth(1);
        match (self.approves, next) {
            (true, Some(next)) => format!("Approves in {}: {which} goes on towards {}.", stage.name, next.name),
            (true, None) => format!("Approves in {}: {which} goes on.", stage.name),
            (false, _) => format!("Rejects in {}: {which} ends there, failed.", stage.name),
        }
    }
}

/// The action that is named, or an error that says which wait.
fn named_action<'s>(caller: &Caller, stage: &'s StageState, named: &Named) -> Result<&'s ActionState, AwsError> {
    let found = named.action.as_ref().and_then(|name| stage.actions.iter().find(|a| a.def.name == *name));
    found.ok_or_else(|| {
        let names = stage.actions.iter().map(|a| a.def.name.as_str()).collect::<Vec<_>>().join(", ");
        let what =
            format!("This needs an approval action: `<pipeline ARN>/{}/<action>`. Actions: {names}.", stage.name);
        caller.refused("NoSuchAction", what)
    })
}

fn waits(action: &ActionState) -> bool {
    action.status.as_deref() == Some("InProgress")
}

/// Why an action cannot be answered now.
fn blocked(stage: &StageState, action: &ActionState) -> Option<String> {
    if action.def.category != "Approval" {
        return Some(format!(
            "{} is no approval; it is {} by {}.",
            action.def.name, action.def.category, action.def.provider
        ));
    }
    let status = action.status.as_deref().unwrap_or("not reached");
    (!waits(action)).then(|| format!("{} in {} does not wait: it is {status}.", action.def.name, stage.name))
}

/// The token of an approval that waits for exactly this execution. It goes nowhere but into the call.
fn token<'t>(state: &'t GetPipelineStateOutput, stage: &str, action: &str, execution: &str) -> Option<&'t str> {
    let stage = state.stage_states().iter().find(|s| s.stage_name() == Some(stage))?;
    let holds = stage.latest_execution().is_some_and(|e| e.pipeline_execution_id() == execution);
    let action = stage.action_states().iter().find(|a| a.action_name() == Some(action) && holds)?;
    let latest = action.latest_execution().filter(|e| e.status() == Some(&ActionExecutionStatus::InProgress))?;
    latest.token()
}

#[async_trait]
impl Act for Review {
    fn spec(&self) -> &'static VerbSpec {
        self.data()
    }

    fn effect(&self, named: &Named) -> String {
        let what = if self.approves { "Approves" } else { "Rejects" };
        format!("{what} in {} of {}.", named.stage.as_deref().unwrap_or("?"), named.pipeline)
    }

    async fn plan(&self, ctx: &ReadCtx, named: &Named, _: &Request) -> Result<Draft, AwsError> {
        let live = Live::read(ctx, named).await?;
        let stage = live.stage(named)?;
        let action = named_action(live.caller, stage, named)?;
        let executions = live.calls.executions(&named.pipeline, 20).await?;
        let executions = live.details(&named.pipeline, &executions);
        let current = live::current_of(stage, &executions);
        let which = current.as_ref().map(live::execution_words).unwrap_or_else(|| "the execution".into());
        let not_undone = if self.approves {
            "What the stages after it do cannot be undone by taking back the approval: there is no taking back."
        } else {
            "The execution ends failed. Retrying the stage asks for the approval again."
        };
        let mut state = live::stage_state(&live.structure, stage);
        state.push(format!("{} {}", action.def.name, action.status.as_deref().unwrap_or("-")));
        state.push(action.action_execution_id.clone().unwrap_or_default());
        Ok(Draft {
            danger: None,
            effect: self.effect_on(&live.stages, stage, &which),
            targets: Vec::new(),
            calls: vec![PlannedCall {
                operation: format!("codepipeline:{}", self.data().operation),
                cli: cli(live.caller, named, stage, action, self.status().as_str()),
            }],
            not_undone: vec![not_undone.into()],
            blocked: blocked(stage, action),
            state,
            of_arn: ids::pipeline_arn(live.caller, &named.pipeline),
            current,
        })
    }

    async fn call(&self, ctx: &ActCtx, named: &Named, request: &Request, plan: &Plan) -> Result<Receipt, AwsError> {
        let refused = || {
            let what = format!("No approval waits any more in {} for the planned execution.", named.pipeline);
            ctx.caller.refused("NotWaiting", what)
        };
        let (Some(stage), Some(action)) = (&named.stage, &named.action) else { return Err(refused()) };
        let execution = plan.current.as_ref().map(|c| c.id.clone()).ok_or_else(refused)?;
        let state = Calls::new(&ctx.caller).state(&named.pipeline).await?;
        let token = token(&state, stage, action, &execution).ok_or_else(refused)?;
        let words = request.options.comment.as_ref().unwrap_or(&ctx.record.reason);
        let summary = text::ascii_reason(words, &ctx.record.action, SUMMARY);
        let result = ApprovalResult::builder().status(self.status()).summary(summary).build();
        let result = result.map_err(|e| ctx.caller.refused("NotBuilt", e.to_string()))?;
        let client = ctx.caller.client(Client::new);
        let send = || {
            let put = client.put_approval_result().pipeline_name(&named.pipeline).stage_name(stage);
            put.action_name(action).result(result.clone()).token(token).send()
        };
        let (_, request_id) = ctx.caller.mutate(self.data().operation, send).await?;
        Ok(receipt(self.data(), request_id, Some(execution)))
    }

    async fn follow(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Progress, AwsError> {
        let state = Calls::new(&ctx.caller).state(&named.pipeline).await?;
        let stages = stage::stages(&state, None);
        let stage = live::named_stage(&ctx.caller, &stages, named)?;
        let action = named_action(&ctx.caller, stage, named)?;
        let done = if self.approves { "Approved" } else { "Rejected" };
        let moved_on = record.follow_id.is_some() && stage.execution_id != record.follow_id;
        Ok(match action.status.as_deref() {
            _ if moved_on => Progress::Succeeded(format!("{done} in {}; the next execution is there now", stage.name)),
            Some("InProgress") => Progress::Running(format!("{done}; AWS has not moved on yet")),
            Some(status) if status == self.ends_as() => Progress::Succeeded(format!("{done} in {}", stage.name)),
            status => Progress::Failed(format!("The approval ended {} instead", status.unwrap_or("unknown"))),
        })
    }

    async fn find_out(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Found, AwsError> {
        let actions = Calls::new(&ctx.caller).actions(&named.pipeline, None).await?;
        let here = |a: &&aws_sdk_codepipeline::types::ActionExecutionDetail| {
            a.stage_name() == named.stage.as_deref() && a.action_name() == named.action.as_deref()
        };
        let gos: Vec<_> = actions.iter().filter(here).collect();
        if gos.is_empty() {
            return Ok(Found::CannotTell("AWS lists no execution of this approval".into()));
        }
        // Not only the newest go: once one is answered, the next execution waits there.
        let status = |a: &aws_sdk_codepipeline::types::ActionExecutionDetail| {
            a.status().map_or("unknown", |s| s.as_str()).to_owned()
        };
        let answered: Vec<_> = gos
            .into_iter()
            .filter(|a| find::since(record, instant::maybe(a.last_update_time())) && status(a) != "InProgress")
            .collect();
        let ours = answered.iter().filter(|a| status(a) == self.ends_as() && find::is_who(record, a.updated_by()));
        let ids: Vec<String> = ours.filter_map(|a| a.pipeline_execution_id().map(str::to_owned)).collect();
        Ok(match (answered.first(), ids.is_empty()) {
            (None, _) => answer::nothing(record, "The approval was not answered"),
            (Some(other), true) => {
                let by = other.updated_by().map(|by| format!(" by {by}")).unwrap_or_default();
                Found::DidNotRun(format!("the approval ended {}{by}.", status(other)))
            }
            (Some(_), false) => answer::the_one(self.data(), record, ids),
        })
    }
}

/// The same call for the AWS CLI. The token is never shown: the line gets it by itself when it is run.
fn cli(caller: &Caller, named: &Named, stage: &StageState, action: &ActionState, status: &str) -> String {
    let query = format!(
        "stageStates[?stageName=='{}'].actionStates[]|[?actionName=='{}'].latestExecution.token|[0]",
        stage.name, action.def.name
    );
    let token = Command::new("codepipeline", "get-pipeline-state")
        .option("name", &named.pipeline)
        .option("query", &query)
        .option("output", "text")
        .through(&caller.profile, &caller.region);
    live::cli("put-approval-result")
        .option("pipeline-name", &named.pipeline)
        .option("stage-name", &stage.name)
        .option("action-name", &action.def.name)
        .option("result", &format!("status={status},summary=<comment>"))
        .option_from("token", token)
        .line(caller)
}

#[cfg(test)]
mod tests {
    use super::{super::super::rows::samples, *};

    #[test]
    fn a_token_is_only_given_for_the_execution_that_was_planned_for() {
        let state = samples::waiting_state();
        assert!(token(&state, "Approve", "Approve", samples::FAILED).is_some());
        assert_eq!(token(&state, "Approve", "Approve", "another"), None);
        assert_eq!(token(&state, "Build", "Build", samples::FAILED), None);
    }

    #[test]
    fn only_what_waits_is_answered() {
        let stages = stage::stages(&samples::waiting_state(), None);
        assert_eq!(blocked(&stages[2], &stages[2].actions[0]), None);
        assert!(blocked(&stages[1], &stages[1].actions[0]).unwrap().contains("no approval"));
        let mut over = stages[2].actions[0].clone();
        over.status = Some("Succeeded".into());
        assert!(blocked(&stages[2], &over).unwrap().ends_with("does not wait: it is Succeeded."));
    }

    #[test]
    fn the_effect_says_where_it_goes() {
        let stages = stage::stages(&samples::waiting_state(), None);
        let yes = Review { approves: true }.effect_on(&stages, &stages[2], "execution e2");
        assert_eq!(yes, "Approves in Approve: execution e2 goes on towards Deploy.");
        let no = Review { approves: false }.effect_on(&stages, &stages[2], "execution e2");
        assert_eq!(no, "Rejects in Approve: execution e2 ends there, failed.");
    }
}

//! `stop` and `rerun`: an operation of a stack set is stopped, and the instances that are not current are updated again.

use async_trait::async_trait;
use aws_sdk_cloudformation::{
    Client,
    types::{AccountFilterType, DeploymentTargets, StackInstanceSummary},
};
use skydeck_domain::{ActionRecord, Plan, PlannedCall, action::Current};

use super::{super::calls::Calls, Act, answer, live, verb};
use crate::{
    AwsError, ErrorClass,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
    session::Caller,
};

const KIND: &str = "cloudformation.stack-set";

pub(super) const STOP: VerbSpec =
    VerbSpec { interrupts: true, ..verb("stop", "StopStackSetOperation", KIND, Undo::By("rerun")) };

pub(super) const RERUN: VerbSpec = verb("rerun", "UpdateStackInstances", KIND, Undo::By("stop"));

/// The name of a stack set, by its ARN (`…:stackset/name:uuid`).
fn name<'a>(caller: &Caller, arn: &'a str) -> Result<&'a str, AwsError> {
    let named = arn.split_once(":stackset/").and_then(|(_, rest)| rest.split(':').next()).filter(|n| !n.is_empty());
    named.ok_or_else(|| live::not_one(caller, arn, "stack set"))
}

/// Follows an operation of a stack set to its end.
async fn follow(ctx: &ReadCtx, record: &ActionRecord, stops: bool) -> Result<Progress, AwsError> {
    let set = name(&ctx.caller, &record.id)?;
    let Some(id) = &record.follow_id else { return Ok(Progress::Failed("AWS named no operation".into())) };
    let (status, reason) = Calls::new(&ctx.caller).set_operation(set, id).await?;
    let why = reason.map(|r| format!(": {r}")).unwrap_or_default();
    Ok(match (status.as_str(), stops) {
        ("STOPPED", true) => Progress::Succeeded("The operation is stopped".into()),
        ("SUCCEEDED", true) => Progress::Failed("The operation succeeded before it could be stopped".into()),
        ("SUCCEEDED", false) => Progress::Succeeded("Every instance is updated".into()),
        ("FAILED" | "STOPPED", _) => Progress::Failed(format!("The operation is {status}{why}")),
        (status, _) => Progress::Running(format!("The operation is {status}")),
    })
}

/// A running operation is stopped.
pub(super) struct Stop;

#[async_trait]
impl Act for Stop {
    fn spec(&self) -> &'static VerbSpec {
        &STOP
    }

    async fn plan(&self, ctx: &ReadCtx, arn: &str, _: &Request) -> Result<Draft, AwsError> {
        let set = name(&ctx.caller, arn)?;
        let operations = Calls::new(&ctx.caller).set_operations(set).await?;
        let running = operations.iter().find(|o| o.status().is_some_and(|s| s.as_str() == "RUNNING"));
        let id = running.and_then(|o| o.operation_id()).unwrap_or_default();
        let status = running.and_then(|o| o.status()).map(|s| s.as_str().to_owned());
        let cli = live::cli("stop-stack-set-operation").option("stack-set-name", set).option("operation-id", id);
        Ok(Draft {
            effect: format!(
                "Stops the operation of {set} that is under way: instances it has not begun stay as they are."
            ),
            current: running.map(|o| Current {
                id: id.to_owned(),
                label: o.action().map(|a| a.as_str().to_owned()).unwrap_or_default(),
                status: status.clone(),
                revision: None,
                at: crate::services::instant::maybe(o.creation_timestamp()),
            }),
            calls: vec![PlannedCall {
                operation: "cloudformation:StopStackSetOperation".into(),
                cli: cli.line(&ctx.caller),
            }],
            not_undone: vec!["Instances that are updated already stay so.".into()],
            blocked: running.is_none().then(|| "No operation of it is under way.".to_owned()),
            state: vec![arn.to_owned(), id.to_owned(), status.unwrap_or_default()],
            of_arn: arn.to_owned(),
            ..Draft::default()
        })
    }

    async fn call(&self, ctx: &ActCtx, arn: &str, _: &Request, plan: &Plan) -> Result<Receipt, AwsError> {
        let set = name(&ctx.caller, arn)?;
        let Some(current) = &plan.current else {
            return Err(ctx.caller.refused("NoOperation", "The plan names no operation to stop.".into()));
        };
        let client = ctx.caller.client(Client::new);
        let send = || client.stop_stack_set_operation().stack_set_name(set).operation_id(&current.id).send();
        let (_, request_id) = ctx.caller.mutate(STOP.operation, send).await?;
        Ok(answer::receipt(&STOP, request_id, Some(current.id.clone())))
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        follow(ctx, record, true).await
    }

    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        let set = name(&ctx.caller, &record.id)?;
        let operations = Calls::new(&ctx.caller).set_operations(set).await?;
        let newest = operations.first();
        let id = newest.and_then(|o| o.operation_id()).map(str::to_owned);
        Ok(match newest.and_then(|o| o.status()).map(|s| s.as_str()) {
            Some("STOPPING" | "STOPPED") => answer::ran(&STOP, id),
            Some("RUNNING") => Found::DidNotRun("the operation goes on.".into()),
            _ => Found::DidNotRun("no operation of it was stopped.".into()),
        })
    }
}

/// The instances that are not current are updated again.
pub(super) struct Rerun;

/// Where a stack set is to be brought up to date.
struct Where {
    accounts: Vec<String>,
    regions: Vec<String>,
    units: Vec<String>,
    /// Instances that are current and lie in these accounts and Regions, so that they are updated, too.
    beside: usize,
    behind: usize,
}

impl Where {
    /// The call as the AWS CLI makes it.
    fn cli(&self, caller: &Caller, set: &str) -> String {
        let mut command = live::cli("update-stack-instances").option("stack-set-name", set);
        for account in &self.accounts {
            command = command.option("accounts", account);
        }
        for region in &self.regions {
            command = command.option("regions", region);
        }
        command.line(caller)
    }

    fn of(instances: &[StackInstanceSummary]) -> Where {
        let current = |i: &&StackInstanceSummary| i.status().is_some_and(|s| s.as_str() == "CURRENT");
        let behind: Vec<&StackInstanceSummary> = instances.iter().filter(|i| !current(i)).collect();
        let all = |of: &dyn Fn(&StackInstanceSummary) -> Option<String>| {
            let mut found: Vec<String> = behind.iter().filter_map(|i| of(i)).collect();
            found.sort();
            found.dedup();
            found
        };
        let accounts = all(&|i| i.account().map(str::to_owned));
        let regions = all(&|i| i.region().map(str::to_owned));
        let units = all(&|i| i.organizational_unit_id().filter(|u| !u.is_empty()).map(str::to_owned));
        let lies = |i: &&StackInstanceSummary| {
            let here = |list: &[String], what: Option<&str>| what.is_some_and(|w| list.iter().any(|l| l == w));
            here(&accounts, i.account()) && here(&regions, i.region())
        };
        let beside = instances.iter().filter(current).filter(lies).count();
        Where { behind: behind.len(), beside, accounts, regions, units }
    }
}

#[async_trait]
impl Act for Rerun {
    fn spec(&self) -> &'static VerbSpec {
        &RERUN
    }

    async fn plan(&self, ctx: &ReadCtx, arn: &str, _: &Request) -> Result<Draft, AwsError> {
        let set = name(&ctx.caller, arn)?;
        let calls = Calls::new(&ctx.caller);
        let (instances, operations) = futures::try_join!(calls.instances(set), calls.set_operations(set))?;
        let to = Where::of(&instances);
        let busy = operations.iter().find(|o| o.status().is_some_and(|s| matches!(s.as_str(), "RUNNING" | "STOPPING")));
        let blocked = match (busy, to.behind) {
            (Some(_), _) => Some("An operation of it is under way.".to_owned()),
            (None, 0) => Some("Every instance is current.".to_owned()),
            _ => None,
        };
        let beside = (to.beside > 0).then(|| {
            format!(
                "{} instances that are current lie in the same accounts and Regions: they are gone through, too.",
                to.beside
            )
        });
        let mut state =
            vec![arn.to_owned(), operations.first().and_then(|o| o.operation_id()).unwrap_or_default().into()];
        state.extend(to.accounts.iter().chain(&to.regions).cloned());
        Ok(Draft {
            effect: format!(
                "Updates the {} instances of {set} that are not current, in {} accounts and {} Regions.",
                to.behind,
                to.accounts.len(),
                to.regions.len()
            ),
            calls: vec![PlannedCall {
                operation: "cloudformation:UpdateStackInstances".into(),
                cli: to.cli(&ctx.caller, set),
            }],
            not_undone: beside.into_iter().chain(["What the stacks there do on their update.".to_owned()]).collect(),
            blocked,
            state,
            of_arn: arn.to_owned(),
            ..Draft::default()
        })
    }

    async fn call(&self, ctx: &ActCtx, arn: &str, _: &Request, plan: &Plan) -> Result<Receipt, AwsError> {
        let set = name(&ctx.caller, arn)?;
        let to = Where::of(&Calls::new(&ctx.caller).instances(set).await?);
        // Exactly where the plan said, or nowhere.
        if plan.calls.first().is_none_or(|planned| planned.cli != to.cli(&ctx.caller, set)) {
            let why =
                "Which instances are not current has changed since the plan. Nothing was called. Make a new plan.";
            return Err(ctx.caller.refused("StateMoved", why.into()));
        }
        let client = ctx.caller.client(Client::new);
        let targets = DeploymentTargets::builder()
            .set_accounts(Some(to.accounts.clone()))
            .set_organizational_unit_ids(Some(to.units.clone()))
            .account_filter_type(AccountFilterType::Intersection)
            .build();
        let send = || {
            let update = client.update_stack_instances().stack_set_name(set).set_regions(Some(to.regions.clone()));
            let update = update.operation_id(&ctx.record.action);
            match to.units.is_empty() {
                true => update.set_accounts(Some(to.accounts.clone())).send(),
                false => update.deployment_targets(targets.clone()).send(),
            }
        };
        let (out, request_id) = ctx.caller.mutate(RERUN.operation, send).await?;
        Ok(answer::receipt(&RERUN, request_id, out.operation_id.or_else(|| Some(ctx.record.action.clone()))))
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        follow(ctx, record, false).await
    }

    /// Its operation has the id of the action, so that it is there or not.
    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        let set = name(&ctx.caller, &record.id)?;
        match Calls::new(&ctx.caller).set_operation(set, &record.action).await {
            Ok(_) => Ok(answer::ran(&RERUN, Some(record.action.clone()))),
            Err(error) if error.class == ErrorClass::NotFound => {
                Ok(answer::nothing(record, "The stack set has no operation of that id"))
            }
            Err(error) => Err(error),
        }
    }
}

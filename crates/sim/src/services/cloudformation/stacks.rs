//! ListStacks, DescribeStacks, UpdateTerminationProtection.

use serde_json::{Value, json};

use super::{Call, answer, invalid};
use crate::{
    service::ApiError,
    world::{
        stack::{Kind, Settings, Stack, StackRef, Standing},
        template::resolve::{MASK, Scope},
        time::{DAY, Ms, seconds},
    },
};

/// Stacks of a page, of either list.
const PAGE: usize = 100;
/// How long deleted stacks are listed.
const REMEMBERED: Ms = 90 * DAY;

impl Call<'_> {
    /// Stacks of the caller's place, newest first.
    fn all(&self) -> Vec<StackRef> {
        let Some(place) = self.world.place_number(self.request.account, self.request.region) else { return Vec::new() };
        let stacks = &self.world.places[place as usize].stacks;
        let mut known: Vec<(Ms, u32)> = stacks
            .iter()
            .enumerate()
            .map(|(n, s)| (s.created, n as u32))
            .filter(|(at, _)| *at <= self.seen())
            .collect();
        known.sort_unstable_by(|a, b| b.cmp(a));
        known.into_iter().map(|(_, index)| StackRef { place, index }).collect()
    }

    pub(super) fn list_stacks(&self) -> Result<Value, ApiError> {
        let filter = self.texts("StackStatusFilter");
        let now = self.seen();
        let wanted = |s: &StackRef| {
            let stack = self.world.stack(*s);
            let status = stack.status(now);
            let long_gone = deleted(stack, now).is_some_and(|at| now - at > REMEMBERED);
            !long_gone && (filter.is_empty() || filter.iter().any(|f| f == status))
        };
        let all: Vec<StackRef> = self.all().into_iter().filter(wanted).collect();
        let (page, next) = self.paged(&filter.join(","), all, PAGE)?;
        let summaries: Vec<Value> = page.into_iter().map(|s| self.summary(s, now)).collect();
        Ok(answer(json!({ "StackSummaries": summaries, "NextToken": next })))
    }

    fn summary(&self, s: StackRef, now: Ms) -> Value {
        let stack = self.world.stack(s);
        answer(json!({
            "StackId": stack.arn,
            "StackName": stack.name,
            "TemplateDescription": stack.told(now).and_then(|t| t.template.description()),
            "CreationTime": seconds(stack.created),
            "LastUpdatedTime": updated(stack, now).map(seconds),
            "DeletionTime": deleted(stack, now).map(seconds),
            "StackStatus": stack.status(now),
            "StackStatusReason": reason(stack, now),
            "ParentId": stack.parent.map(|(parent, _)| self.world.stack(parent).arn.clone()),
            "RootId": stack.parent.map(|(_, root)| self.world.stack(root).arn.clone()),
            "DriftInformation": drift(stack, now),
            "LastOperations": last_operations(stack, now),
        }))
    }

    pub(super) fn describe_stacks(&self) -> Result<Value, ApiError> {
        let now = self.seen();
        if self.text("StackName").is_some() {
            let s = self.stack()?;
            return Ok(json!({ "Stacks": [self.description(s, now.max(self.world.stack(s).created))] }));
        }
        let all: Vec<StackRef> = self.all().into_iter().filter(|s| !self.world.stack(*s).gone(now)).collect();
        let (page, next) = self.paged("", all, PAGE)?;
        let stacks: Vec<Value> = page.into_iter().map(|s| self.description(s, now)).collect();
        Ok(answer(json!({ "Stacks": stacks, "NextToken": next })))
    }

    fn description(&self, s: StackRef, now: Ms) -> Value {
        let stack = self.world.stack(s);
        let told = stack.told(now);
        let none = Settings::default();
        let settings = told.map_or(&none, |t| &t.settings);
        let executed = stack.change_sets.iter().rev().find(|c| c.executed.is_some_and(|(_, at)| at <= now));
        let pending = stack.change_sets.last().filter(|_| stack.operations.is_empty());
        let outputs: Vec<Value> = self
            .world
            .outputs(s, now)
            .into_iter()
            .map(|o| {
                answer(json!({
                    "OutputKey": o.key, "OutputValue": o.value, "Description": o.description, "ExportName": o.export,
                }))
            })
            .collect();
        answer(json!({
            "StackId": stack.arn,
            "StackName": stack.name,
            "ChangeSetId": executed.or(pending).map(|c| c.arn(stack)),
            "Description": told.and_then(|t| t.template.description()),
            "Parameters": told.map(|t| parameters(stack, t)),
            "CreationTime": seconds(stack.created),
            "LastUpdatedTime": updated(stack, now).map(seconds),
            "DeletionTime": deleted(stack, now).map(seconds),
            "RollbackConfiguration": rollback_configuration(settings),
            "StackStatus": stack.status(now),
            "StackStatusReason": reason(stack, now),
            "DisableRollback": stack.latest(now).is_some_and(|n| stack.operations[n].keeps),
            "NotificationARNs": settings.notification_arns,
            "Capabilities": Some(&settings.capabilities).filter(|c| !c.is_empty()),
            "Outputs": Some(outputs).filter(|o| !o.is_empty()),
            "RoleARN": settings.role,
            "Tags": tags(settings),
            "EnableTerminationProtection": stack.protected,
            "ParentId": stack.parent.map(|(parent, _)| self.world.stack(parent).arn.clone()),
            "RootId": stack.parent.map(|(_, root)| self.world.stack(root).arn.clone()),
            "DriftInformation": drift(stack, now),
            "LastOperations": last_operations(stack, now),
        }))
    }

    pub(super) fn update_termination_protection(&mut self) -> Result<Value, ApiError> {
        let name = self.text("StackName").unwrap_or_default();
        let missing = || invalid(format!("Stack [{name}] does not exist"));
        let s = self.stack_named(name).filter(|s| !self.world.stack(*s).gone(self.now)).ok_or_else(missing)?;
        let stack = self.world.stack(s);
        if stack.parent.is_some() {
            return Err(invalid(format!(
                "TerminationProtection cannot be updated on nested stack [{}]. Update the root stack instead.",
                stack.name
            )));
        }
        let protected = self.flag("EnableTerminationProtection");
        let stack = self.world.stack_mut(s);
        stack.protected = protected;
        Ok(json!({ "StackId": stack.arn }))
    }
}

/// When the stack was last told to become something else.
fn updated(stack: &Stack, now: Ms) -> Option<Ms> {
    let changed = stack.operations.iter().filter(|o| o.began <= now && !matches!(o.kind, Kind::Create | Kind::Delete));
    changed.last().map(|o| o.began).or_else(|| {
        // One made by a change set counts as updated when that was carried out.
        let made = stack.change_sets.iter().find(|c| c.creates)?;
        made.executed.map(|(_, at)| at).filter(|at| *at <= now)
    })
}

fn deleted(stack: &Stack, now: Ms) -> Option<Ms> {
    let n = stack.latest(now)?;
    match stack.operations[n].kind {
        // The way back of a stack that never stood is a deletion, too.
        Kind::Delete | Kind::Rollback if stack.status(now).starts_with("DELETE") => Some(stack.operations[n].began),
        Kind::Create if stack.status(now).starts_with("ROLLBACK") => {
            stack.plan_of(n).stack_events(now).find(|e| e.status == "ROLLBACK_IN_PROGRESS").map(|e| e.at)
        }
        _ => None,
    }
}

fn reason(stack: &Stack, now: Ms) -> Option<String> {
    let Some(n) = stack.latest(now) else { return Some("User Initiated".to_owned()) };
    let quiet = matches!(stack.status(now), "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "DELETE_COMPLETE");
    if quiet {
        return None;
    }
    stack.plan_of(n).stack_events(now).next_back().and_then(|e| e.reason.clone())
}

fn drift(stack: &Stack, now: Ms) -> Value {
    let (status, at) = stack.drift.status(now);
    answer(json!({ "StackDriftStatus": status, "LastCheckTimestamp": at.map(seconds) }))
}

fn last_operations(stack: &Stack, now: Ms) -> Value {
    let last = stack.latest(now).map(|n| &stack.operations[n]);
    last.into_iter()
        .map(|operation| {
            let word = match operation.kind {
                Kind::Create => "CREATE_STACK",
                Kind::Update => "UPDATE_STACK",
                Kind::Delete => "DELETE_STACK",
                Kind::Rollback => "ROLLBACK",
                Kind::ContinueRollback => "CONTINUE_ROLLBACK",
            };
            json!({ "OperationType": word, "OperationId": operation.id.to_string() })
        })
        .collect()
}

/// Parameters with their values, those of NoEcho parameters masked.
pub(super) fn parameters(stack: &Stack, standing: &Standing) -> Value {
    let scope = Scope {
        template: &standing.template,
        parameters: &standing.parameters,
        account: stack.account(),
        region: stack.region(),
        stack: &stack.name,
        arn: &stack.arn,
        around: None,
        masks: true,
    };
    let shown = standing.parameters.iter().map(|(name, value)| {
        let masked = standing.template.no_echo(name);
        answer(json!({
            "ParameterKey": name,
            "ParameterValue": if masked { MASK } else { value },
            "ResolvedValue": scope.resolved(name),
        }))
    });
    shown.collect()
}

pub(super) fn tags(settings: &Settings) -> Value {
    settings.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

pub(super) fn rollback_configuration(settings: &Settings) -> Value {
    let triggers: Vec<Value> =
        settings.rollback_triggers.iter().map(|(arn, kind)| json!({ "Arn": arn, "Type": kind })).collect();
    answer(json!({ "RollbackTriggers": triggers, "MonitoringTimeInMinutes": settings.monitoring_minutes }))
}

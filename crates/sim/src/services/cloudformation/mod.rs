//! CloudFormation as callers see it: reading in `stacks`, `resources`, `templates` and `exports`; change sets in
//! `change_sets`, `told_changes` and `executing`; going back in `rollback`; drift in `drift`; stack sets in `sets`. Inputs that the model
//! forbids are refused before, by the protocol layer; here stand the preconditions that AWS checks against the stack itself,
//! in its words.
//!
//! Page sizes are AWS's where it documents one (100 resources); else those that AWS is seen to use.

mod change_sets;
mod drift;
mod executing;
mod exports;
mod resources;
mod rollback;
mod sets;
mod stacks;
mod templates;
mod told_changes;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::{
    service::{ApiError, Request, Service},
    world::{
        World, page,
        stack::{Stack, StackRef},
        time::Ms,
    },
};

/// The service.
#[derive(Debug)]
pub(super) struct CloudFormation;

impl Service<World> for CloudFormation {
    fn id(&self) -> &'static str {
        "cloudformation"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "CancelUpdateStack",
            "ContinueUpdateRollback",
            "CreateChangeSet",
            "DeleteChangeSet",
            "DescribeChangeSet",
            "DescribeStackDriftDetectionStatus",
            "DescribeStackEvents",
            "DescribeStackResourceDrifts",
            "DescribeStackResources",
            "DescribeStackSet",
            "DescribeStackSetOperation",
            "DescribeStacks",
            "DetectStackDrift",
            "ExecuteChangeSet",
            "GetTemplate",
            "GetTemplateSummary",
            "ListChangeSets",
            "ListExports",
            "ListImports",
            "ListStackInstances",
            "ListStackResources",
            "ListStackSetOperationResults",
            "ListStackSetOperations",
            "ListStackSets",
            "ListStacks",
            "RollbackStack",
            "StopStackSetOperation",
            "UpdateStackInstances",
            "UpdateTerminationProtection",
        ]
    }

    fn call(&self, world: &mut World, request: &Request<'_>) -> Result<Value, ApiError> {
        let now = world.now_ms();
        let mut call = Call { world, request, now };
        match request.operation {
            "CancelUpdateStack" => call.cancel_update_stack(),
            "ContinueUpdateRollback" => call.continue_update_rollback(),
            "CreateChangeSet" => call.create_change_set(),
            "DeleteChangeSet" => call.delete_change_set(),
            "DescribeChangeSet" => call.describe_change_set(),
            "DescribeStackDriftDetectionStatus" => call.describe_detection(),
            "DescribeStackEvents" => call.describe_stack_events(),
            "DescribeStackResourceDrifts" => call.describe_drifts(),
            "DescribeStackResources" => call.describe_stack_resources(),
            "DescribeStackSet" => call.describe_stack_set(),
            "DescribeStackSetOperation" => call.describe_set_operation(),
            "DescribeStacks" => call.describe_stacks(),
            "DetectStackDrift" => call.detect_drift(),
            "ExecuteChangeSet" => call.execute_change_set(),
            "GetTemplate" => call.get_template(),
            "GetTemplateSummary" => call.get_template_summary(),
            "ListChangeSets" => call.list_change_sets(),
            "ListExports" => call.list_exports(),
            "ListImports" => call.list_imports(),
            "ListStackInstances" => call.list_stack_instances(),
            "ListStackResources" => call.list_stack_resources(),
            "ListStackSetOperationResults" => call.list_set_results(),
            "ListStackSetOperations" => call.list_set_operations(),
            "ListStackSets" => call.list_stack_sets(),
            "ListStacks" => call.list_stacks(),
            "RollbackStack" => call.rollback_stack(),
            "StopStackSetOperation" => call.stop_set_operation(),
            "UpdateStackInstances" => call.update_stack_instances(),
            "UpdateTerminationProtection" => call.update_termination_protection(),
            other => Err(ApiError::client("InvalidAction", format!("Could not find operation {other}"))),
        }
    }
}

/// One call with the world it is made in.
struct Call<'a> {
    world: &'a mut World,
    request: &'a Request<'a>,
    now: Ms,
}

/// AWS's error for all that is wrong with an input.
fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message)
}

impl Call<'_> {
    fn text(&self, member: &str) -> Option<&str> {
        self.request.input.get(member).and_then(Value::as_str)
    }

    fn flag(&self, member: &str) -> bool {
        self.request.input.get(member).and_then(Value::as_bool).unwrap_or_default()
    }

    fn texts(&self, member: &str) -> Vec<String> {
        let list = self.request.input.get(member).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The stack of that name or ARN; a deleted one by its ARN only.
    fn stack_named(&self, name: &str) -> Option<StackRef> {
        let (account, region) = (self.request.account, self.request.region);
        if !name.starts_with("arn:") {
            return self.world.find_stack(account, region, name, self.now);
        }
        let found = self.world.stack_by_arn(name)?;
        let stack = self.world.stack(found);
        (stack.account() == account && stack.region() == region).then_some(found)
    }

    /// The call's stack, for operations that call one that is missing `Stack with id …`.
    fn stack(&self) -> Result<StackRef, ApiError> {
        let name = self.text("StackName").unwrap_or_default();
        self.stack_named(name).ok_or_else(|| invalid(format!("Stack with id {name} does not exist")))
    }

    /// The same, for operations that call it `Stack […]`.
    fn stack_in_brackets(&self) -> Result<StackRef, ApiError> {
        let name = self.text("StackName").unwrap_or_default();
        self.stack_named(name).ok_or_else(|| invalid(format!("Stack [{name}] does not exist")))
    }

    /// The same, to be changed: a deleted one is refused, however it is named.
    fn live_stack(&self) -> Result<StackRef, ApiError> {
        let s = self.stack_in_brackets()?;
        let stack = self.world.stack(s);
        if stack.gone(self.now) {
            return Err(invalid(format!("Stack [{}] does not exist", stack.name)));
        }
        Ok(s)
    }

    fn refuse_state(&self, stack: &Stack, verb: &str) -> ApiError {
        let status = stack.status(self.now);
        invalid(format!("Stack:{} is in {status} state and can not be {verb}.", stack.arn))
    }

    /// Up to when lists know of the world.
    fn seen(&self) -> Ms {
        self.now - self.request.behind
    }

    /// One page of a list, and the token of the next. A token is good for the list that gave it.
    fn paged<T>(&self, of: &str, all: Vec<T>, size: usize) -> Result<(Vec<T>, Option<String>), ApiError> {
        let scope = [self.request.operation, self.request.account, self.request.region, of];
        let start = match self.text("NextToken") {
            Some(token) => {
                let key = page::key(self.world.seed, &scope, token).and_then(|key| key.parse::<usize>().ok());
                key.ok_or_else(|| invalid("The specified NextToken is invalid."))?
            }
            None => 0,
        };
        let end = (start + size).min(all.len());
        let next = (end < all.len()).then(|| page::token(self.world.seed, &scope, &end.to_string()));
        Ok((all.into_iter().skip(start).take(size).collect(), next))
    }
}

/// An answer's members without those that are absent.
fn answer(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.into_iter().filter(|(_, v)| !v.is_null()).collect::<Map<_, _>>())
        }
        other => other,
    }
}

//! CancelUpdateStack, ContinueUpdateRollback, RollbackStack.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};

use super::{Call, invalid};
use crate::{
    service::ApiError,
    world::stack::{Kind, Operation, Stack, StackRef},
};

impl Call<'_> {
    pub(super) fn cancel_update_stack(&mut self) -> Result<Value, ApiError> {
        let s = self.live_stack()?;
        if self.repeated(s, "CancelUpdateStack")? {
            return Ok(Value::Null);
        }
        if self.world.stack(s).status(self.now) != "UPDATE_IN_PROGRESS" {
            return Err(invalid("CancelUpdateStack cannot be called from current stack status"));
        }
        if self.world.stack(s).parent.is_some() {
            return Err(invalid("CancelUpdateStack cannot be invoked on child stacks"));
        }
        let token = self.text("ClientRequestToken").map(str::to_owned);
        self.world.cancel_update(s, self.now, token.as_deref());
        Ok(Value::Null)
    }

    /// Whether a request was made before with its token; one that was used for something else is refused.
    fn repeated(&self, s: StackRef, operation: &str) -> Result<bool, ApiError> {
        let Some(token) = self.text("ClientRequestToken") else { return Ok(false) };
        match self.world.stack(s).tokens.get(token) {
            None => Ok(false),
            Some((what, _)) if *what == operation => Ok(true),
            Some(_) => Err(self.token_exists(token)),
        }
    }

    pub(super) fn continue_update_rollback(&mut self) -> Result<Value, ApiError> {
        let s = self.live_stack()?;
        if self.repeated(s, "ContinueUpdateRollback")? {
            return Ok(json!({}));
        }
        let stack = self.world.stack(s);
        if stack.parent.is_some() {
            return Err(invalid("RollbackUpdatedStack cannot be invoked on child stacks"));
        }
        if stack.status(self.now) != "UPDATE_ROLLBACK_FAILED" {
            return Err(self.refuse_state(stack, "continued to roll back"));
        }
        let mut skips: BTreeSet<String> = self.texts("ResourcesToSkip").into_iter().collect();
        let force = self.flag("ForceRollback");
        if force && !skips.is_empty() {
            return Err(invalid("ForceRollback and ResourcesToSkip cannot be specified together"));
        }
        let failed = failed_to_roll_back(stack, self.now);
        let wrong: Vec<&str> =
            skips.iter().map(String::as_str).filter(|skip| !failed.iter().any(|f| f == skip)).collect();
        if !wrong.is_empty() {
            return Err(invalid(format!(
                "The following resources to skip are not in UPDATE_FAILED state because of a failed rollback: [{}]",
                wrong.join(", ")
            )));
        }
        if force {
            skips.extend(failed);
        }
        self.go_on(s, Kind::ContinueRollback, skips);
        Ok(json!({}))
    }

    /// Begins the operation that undoes the last one.
    fn go_on(&mut self, s: StackRef, kind: Kind, skips: BTreeSet<String>) {
        let stack = self.world.stack(s);
        let last = stack.operations.len() - 1;
        let undone = &stack.operations[last];
        let mut operation = Operation::new(kind, self.now, undone.before.clone(), Arc::clone(&undone.after));
        operation.undoes = Some(last);
        operation.token = self.text("ClientRequestToken").map(str::to_owned);
        let stack = self.world.stack_mut(s);
        // What was skipped once does not stand in the way again.
        stack.broken.retain(|name, _| !skips.contains(name));
        operation.skips = skips;
        self.world.begin(s, operation);
    }

    pub(super) fn rollback_stack(&mut self) -> Result<Value, ApiError> {
        let s = self.live_stack()?;
        if !self.repeated(s, "RollbackStack")? {
            let stack = self.world.stack(s);
            if !matches!(stack.status(self.now), "CREATE_FAILED" | "UPDATE_FAILED") {
                return Err(self.refuse_state(stack, "rolled back"));
            }
            self.go_on(s, Kind::Rollback, BTreeSet::new());
        }
        let stack = self.world.stack(s);
        let operation = stack.operations.last().map(|o| o.id.to_string());
        Ok(json!({ "StackId": stack.arn, "OperationId": operation }))
    }
}

/// Resources that are UPDATE_FAILED because going back failed there.
fn failed_to_roll_back(stack: &Stack, now: crate::world::time::Ms) -> Vec<String> {
    let Some(n) = stack.latest(now) else { return Vec::new() };
    let plan = stack.plan_of(n);
    let turned = plan.events.iter().position(|e| e.status == "UPDATE_ROLLBACK_IN_PROGRESS").unwrap_or_default();
    let failed = plan.events[turned..].iter().filter(|e| e.status == "UPDATE_FAILED");
    failed.filter_map(|e| e.logical.clone()).collect()
}

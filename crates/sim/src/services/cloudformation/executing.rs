//! ExecuteChangeSet.

use serde_json::{Value, json};
use std::sync::Arc;

use super::{Call, change_sets::updatable};
use crate::{
    service::ApiError,
    world::stack::{Fate, Kind, Operation, Stack, StackRef},
};

impl Call<'_> {
    pub(super) fn execute_change_set(&mut self) -> Result<Value, ApiError> {
        // A repeated request names a change set that is no longer there by its name.
        if let Some((s, token)) = self.stack_of_change_set().zip(self.text("ClientRequestToken").map(str::to_owned))
            && let Some((what, n)) = self.world.stack(s).tokens.get(&token)
        {
            let stack = self.world.stack(s);
            let name = self.text("ChangeSetName").unwrap_or_default();
            let same = |c: &crate::world::stack::change_set::ChangeSet| {
                c.executed.is_some_and(|(by, _)| by == *n) && (c.name == name || c.arn(stack) == name)
            };
            if *what == "UpdateStack" && stack.change_sets.iter().any(same) {
                return Ok(json!({}));
            }
            return Err(self.token_exists(&token));
        }
        let (s, n) = self.change_set()?;
        let stack = self.world.stack(s);
        let c = &stack.change_sets[n];
        self.executable(stack, n)?;
        let before = if c.creates { None } else { stack.settled(self.now).or_else(|| stack.told(self.now)).cloned() };
        let (kind, after) = (if c.creates { Kind::Create } else { Kind::Update }, Arc::clone(&c.after));
        let mut operation = Operation::new(kind, self.now, before, after);
        operation.keeps = self.flag("DisableRollback") || c.on_failure.as_deref() == Some("DO_NOTHING");
        operation.token = self.text("ClientRequestToken").map(str::to_owned);
        operation.reverts = match c.reverts_drift {
            true => stack.drift.standing(self.now).map(|d| d.logical.clone()).collect(),
            false => Vec::new(),
        };
        if let Some((resource, reason)) = self.world.stack_mut(s).fails_next.take() {
            operation.fate = Fate::Fails { resource, reason };
        }
        let by = self.world.begin(s, operation);
        self.executed(s, n, by);
        Ok(json!({}))
    }

    /// The change set is carried out; all others of the stack are deleted (ExecuteChangeSet's documentation).
    fn executed(&mut self, s: StackRef, n: usize, by: usize) {
        let now = self.now;
        let ends = self.world.stack(s).ends(by);
        let good = matches!(self.world.stack(s).outcome(by), "CREATE_COMPLETE" | "UPDATE_COMPLETE");
        let stack = self.world.stack_mut(s);
        for (m, c) in stack.change_sets.iter_mut().enumerate() {
            if m == n {
                c.executed = Some((by, now));
            } else if c.deleted.is_none() && c.executed.is_none() {
                c.deleted = Some(now);
            }
        }
        let reverts = stack.operations[by].reverts.clone();
        for drifted in stack.drift.drifted.iter_mut().filter(|d| good && d.until.is_none()) {
            if reverts.contains(&drifted.logical) {
                drifted.until = Some(ends);
            }
        }
    }

    fn stack_of_change_set(&self) -> Option<StackRef> {
        if let Some(name) = self.text("StackName") {
            return self.stack_named(name);
        }
        self.change_set().ok().map(|(s, _)| s)
    }

    pub(super) fn token_exists(&self, token: &str) -> ApiError {
        ApiError::client("TokenAlreadyExistsException", format!("Token {token} already exists"))
    }

    fn executable(&self, stack: &Stack, n: usize) -> Result<(), ApiError> {
        let c = &stack.change_sets[n];
        let refused = |what: &str, state: &str| {
            let arn = c.arn(stack);
            let message = format!("ChangeSet [{arn}] cannot be executed in its current {what} of [{state}]");
            Err(ApiError::client("InvalidChangeSetStatus", message))
        };
        let status = c.status(self.now);
        if status != "CREATE_COMPLETE" {
            return refused("status", status);
        }
        if stack.busy(self.now) && c.executed.is_none() {
            return Err(self.refuse_state(stack, "updated"));
        }
        match c.execution_status(stack, self.now) {
            "AVAILABLE" => {}
            other => return refused("execution status", other),
        }
        match stack.status(self.now) {
            "REVIEW_IN_PROGRESS" if c.creates => Ok(()),
            status if updatable(status) => Ok(()),
            _ => Err(self.refuse_state(stack, "updated")),
        }
    }
}

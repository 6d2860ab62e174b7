//! Change sets: what an update would do, told before it does it. How one stands follows from the clock and from what was
//! done to its stack since.

use std::sync::Arc;

use super::{Stack, Standing, changes::Change};
use crate::world::{
    id::Uuid,
    time::{Ms, SECOND},
};

/// A change set.
#[derive(Debug)]
pub struct ChangeSet {
    /// Name.
    pub name: String,
    /// Its id, the last part of its ARN.
    pub id: Uuid,
    /// When it was made.
    pub created: Ms,
    /// How long CloudFormation takes to find out what changes.
    pub lasts: Ms,
    /// Description.
    pub description: Option<String>,
    /// Whether it makes the stack.
    pub creates: bool,
    /// What the stack is to be.
    pub after: Arc<Standing>,
    /// What changes, if that could be found out; else why not.
    pub changes: Result<Vec<Change>, String>,
    /// Token its caller gave.
    pub token: Option<String>,
    /// Whether drift is reverted.
    pub reverts_drift: bool,
    /// `OnStackFailure`, where it was given.
    pub on_failure: Option<String>,
    /// Operations that the stack had seen.
    pub seen: usize,
    /// Operation that carries it out, and when it was told to.
    pub executed: Option<(usize, Ms)>,
    /// When it was deleted.
    pub deleted: Option<Ms>,
}

/// AWS's answer where there is nothing to change.
pub const NO_CHANGES: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

impl ChangeSet {
    /// AWS's word for how it was made.
    pub fn status(&self, now: Ms) -> &'static str {
        match now - self.created {
            age if age < SECOND => "CREATE_PENDING",
            age if age < self.lasts => "CREATE_IN_PROGRESS",
            _ if self.changes.is_ok() => "CREATE_COMPLETE",
            _ => "FAILED",
        }
    }

    /// AWS's word for whether it can be carried out, or was.
    pub fn execution_status(&self, stack: &Stack, now: Ms) -> &'static str {
        if let Some((n, _)) = self.executed {
            return match (stack.ends(n) <= now, stack.outcome(n)) {
                (false, _) => "EXECUTE_IN_PROGRESS",
                (true, "CREATE_COMPLETE" | "UPDATE_COMPLETE") => "EXECUTE_COMPLETE",
                (true, _) => "EXECUTE_FAILED",
            };
        }
        match self.status(now) {
            "CREATE_COMPLETE" if stack.operations.len() > self.seen => "OBSOLETE",
            "CREATE_COMPLETE" => "AVAILABLE",
            _ => "UNAVAILABLE",
        }
    }

    /// Why it failed, once it has.
    pub fn reason(&self, now: Ms) -> Option<&str> {
        self.changes.as_ref().err().filter(|_| self.status(now) == "FAILED").map(String::as_str)
    }

    /// Its ARN.
    pub fn arn(&self, stack: &Stack) -> String {
        let (account, region) = (stack.account(), stack.region());
        format!("arn:aws:cloudformation:{region}:{account}:changeSet/{}/{}", self.name, self.id)
    }
}

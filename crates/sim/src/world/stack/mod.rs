//! Stacks: what they were told to be, one operation after the other. What happens in an operation follows from its record
//! alone (`plan`), what it has to do from the two versions it lies between (`changes`), so nothing is stored for history
//! that nobody looks at. What callers do to stacks is in `steer`, change sets in `change_set`, drift in `drift`.

pub mod change_set;
pub mod changes;
pub mod drift;
pub mod many;
pub mod plan;
pub mod reading;
pub mod set;
pub mod steer;
mod way_back;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use self::{
    change_set::ChangeSet,
    changes::{Change, Identity},
    drift::Drift,
    plan::Plan,
};
use super::{id::Uuid, template::Template, time::Ms};

/// Where a stack is in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StackRef {
    /// Position of its place (account × Region).
    pub place: u32,
    /// Position there.
    pub index: u32,
}

/// A stack with its whole history.
#[derive(Debug)]
pub struct Stack {
    /// Name.
    pub name: String,
    /// ARN, which AWS calls its id.
    pub arn: String,
    /// Number its ids are drawn from.
    pub key: u64,
    /// When it was made (or its first change set was).
    pub created: Ms,
    /// The stack whose resource it is, and the outermost one of those.
    pub parent: Option<(StackRef, StackRef)>,
    /// Whether termination protection is on.
    pub protected: bool,
    /// Everything that was done to it, oldest first; nothing yet in REVIEW_IN_PROGRESS.
    pub operations: Vec<Operation>,
    /// Change sets that were made, oldest first, deleted ones too.
    pub change_sets: Vec<ChangeSet>,
    /// Operation (by number) that each client request token began, and what it was: a second use of it for something else
    /// is refused.
    pub tokens: BTreeMap<String, (&'static str, usize)>,
    /// How its resources came to differ from its template.
    pub drift: Drift,
    /// Resources that cannot be rolled back, and why: what a rollback comes to as long as they are not skipped.
    pub broken: BTreeMap<String, String>,
    /// Resource (`Nested.Inner` of a nested stack) that the next change set carried out fails on, and why.
    pub fails_next: Option<(String, String)>,
}

/// What a stack is to be: a template with everything given beside it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Template.
    pub template: Arc<Template>,
    /// Values of its parameters.
    pub parameters: BTreeMap<String, String>,
    /// What is given beside them.
    pub settings: Arc<Settings>,
}

/// What is given beside template and parameters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Acknowledged capabilities.
    pub capabilities: Vec<String>,
    /// Role CloudFormation acts by.
    pub role: Option<String>,
    /// Topics that events are sent to.
    pub notification_arns: Vec<String>,
    /// Alarms that roll an update back, and for how many minutes they are watched.
    pub rollback_triggers: Vec<(String, String)>,
    /// See `rollback_triggers`.
    pub monitoring_minutes: Option<i64>,
}

/// What is done to a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It is deleted.
    Delete,
    /// What failed and was kept is rolled back (RollbackStack).
    Rollback,
    /// A rollback that failed goes on (ContinueUpdateRollback).
    ContinueRollback,
}

/// What becomes of an operation, decided when it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It ends well.
    Good,
    /// That resource fails, for that reason.
    Fails {
        /// Logical id.
        resource: String,
        /// AWS's words.
        reason: String,
    },
    /// Some resource is not done before its time-out.
    Hangs,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// What is done.
    pub kind: Kind,
    /// AWS's id of the operation.
    pub id: Uuid,
    /// Start.
    pub began: Ms,
    /// How long it takes, where something else decides that; else it follows from its resources.
    pub lasts: Option<Ms>,
    /// Token its caller gave.
    pub token: Option<String>,
    /// What the stack was; none while it is being made.
    pub before: Option<Arc<Standing>>,
    /// What it is to be.
    pub after: Arc<Standing>,
    /// What becomes of it.
    pub fate: Fate,
    /// When it was cancelled, and how long going back takes then, where something else decides that.
    pub cancelled: Option<(Ms, Option<Ms>)>,
    /// Whether what failed is kept (DisableRollback).
    pub keeps: bool,
    /// Resources that are changed because they have drifted.
    pub reverts: Vec<String>,
    /// Resources whose rollback is skipped.
    pub skips: BTreeSet<String>,
    /// Resources whose rollback fails, and why.
    pub broken: BTreeMap<String, String>,
    /// The operation whose work this one undoes.
    pub undoes: Option<usize>,
    /// The operation of the parent that this one is part of.
    pub part_of: Option<(StackRef, usize)>,
    changes: OnceLock<Vec<Change>>,
    plan: OnceLock<Plan>,
}

impl Operation {
    /// An operation that begins now and ends well unless told otherwise.
    pub fn new(kind: Kind, began: Ms, before: Option<Arc<Standing>>, after: Arc<Standing>) -> Self {
        Operation {
            kind,
            id: Uuid::draw(0, 0),
            began,
            lasts: None,
            token: None,
            before,
            after,
            fate: Fate::Good,
            cancelled: None,
            keeps: false,
            reverts: Vec::new(),
            skips: BTreeSet::new(),
            broken: BTreeMap::new(),
            undoes: None,
            part_of: None,
            changes: OnceLock::new(),
            plan: OnceLock::new(),
        }
    }

    /// Its record has changed: what followed from it is found anew.
    fn forget(&mut self) {
        self.plan = OnceLock::new();
    }
}

impl Stack {
    /// Who the stack is, in that place.
    pub fn identity<'a>(&'a self, account: &'a str, region: &'a str) -> Identity<'a> {
        Identity { account, region, name: &self.name, arn: &self.arn }
    }

    /// Account in its ARN.
    pub fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    /// Region in its ARN.
    pub fn region(&self) -> &str {
        self.arn.split(':').nth(3).unwrap_or_default()
    }

    fn me(&self) -> Identity<'_> {
        self.identity(self.account(), self.region())
    }

    /// What an operation changes.
    pub fn changes_of(&self, n: usize) -> &[Change] {
        let operation = &self.operations[n];
        operation.changes.get_or_init(|| match operation.kind {
            Kind::Create => changes::changes(self.me(), None, &operation.after),
            Kind::Update => {
                let mut all = changes::changes(self.me(), operation.before.as_deref(), &operation.after);
                let template = &operation.after.template;
                let more = operation.reverts.iter().filter(|name| all.iter().all(|c| c.logical != **name));
                let more = more.filter(|name| template.resource(name).is_some());
                let more: Vec<Change> = more.map(|name| changes::reverted(name, template.kind(name))).collect();
                all.extend(more);
                all
            }
            Kind::Delete => {
                let mut all = changes::changes(self.me(), None, &operation.after);
                all.reverse();
                all.iter_mut().for_each(|change| change.action = "Remove");
                all
            }
            Kind::Rollback | Kind::ContinueRollback => Vec::new(),
        })
    }

    /// What happens in an operation.
    pub fn plan_of(&self, n: usize) -> &Plan {
        self.operations[n].plan.get_or_init(|| plan::plan(self, n))
    }

    /// When an operation is over.
    pub fn ends(&self, n: usize) -> Ms {
        let operation = &self.operations[n];
        match (operation.cancelled, operation.lasts) {
            (None, Some(lasts)) => operation.began + lasts,
            _ => self.plan_of(n).ends,
        }
    }

    /// How the stack stands after an operation.
    pub fn outcome(&self, n: usize) -> &'static str {
        let operation = &self.operations[n];
        match (operation.kind, &operation.fate, operation.cancelled) {
            (Kind::Create, Fate::Good, None) => "CREATE_COMPLETE",
            (Kind::Update, Fate::Good, None) => "UPDATE_COMPLETE",
            (Kind::Delete, Fate::Good, None) => "DELETE_COMPLETE",
            (Kind::Update, Fate::Fails { .. }, None) if !operation.keeps && operation.broken.is_empty() => {
                "UPDATE_ROLLBACK_COMPLETE"
            }
            _ => self.plan_of(n).outcome,
        }
    }

    /// How the stack stands.
    pub fn status(&self, now: Ms) -> &'static str {
        let Some(n) = self.latest(now) else { return "REVIEW_IN_PROGRESS" };
        if self.ends(n) <= now {
            return self.outcome(n);
        }
        self.plan_of(n).stack_events(now).next_back().map_or("UPDATE_IN_PROGRESS", |e| e.status)
    }

    /// Number of the operation that began last.
    pub fn latest(&self, now: Ms) -> Option<usize> {
        self.operations.iter().rposition(|operation| operation.began <= now)
    }

    /// Whether an operation is under way.
    pub fn busy(&self, now: Ms) -> bool {
        self.status(now).ends_with("_IN_PROGRESS") && !self.operations.is_empty()
    }

    /// Whether it is deleted.
    pub fn gone(&self, now: Ms) -> bool {
        self.status(now) == "DELETE_COMPLETE"
    }

    /// The version that AWS tells: the new one from the start of an update until that turns back.
    pub fn told(&self, now: Ms) -> Option<&Arc<Standing>> {
        let n = self.latest(now)?;
        let operation = &self.operations[n];
        let back = self.status(now).contains("ROLLBACK");
        match operation.kind {
            Kind::Create | Kind::Delete => Some(&operation.after),
            Kind::Update if !back => Some(&operation.after),
            _ => operation.before.as_ref().or(Some(&operation.after)),
        }
    }

    /// The version that stands: what the last operation that is over left; none if nothing stands.
    pub fn settled(&self, now: Ms) -> Option<&Arc<Standing>> {
        let n = self.latest(now)?;
        let operation = &self.operations[n];
        let over = self.ends(n) <= now;
        match (operation.kind, over.then(|| self.outcome(n))) {
            (_, Some("CREATE_COMPLETE" | "UPDATE_COMPLETE")) => Some(&operation.after),
            (Kind::Create | Kind::Delete, _) => None,
            _ => operation.before.as_ref(),
        }
    }

    /// Whether the operation left what it was to do.
    fn took(&self, n: usize) -> bool {
        matches!(self.outcome(n), "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "CREATE_FAILED" | "UPDATE_FAILED")
    }

    /// Number of the operation that made the physical resource that stood when operation `n` began.
    fn made_before(&self, logical: &str, n: usize) -> usize {
        let makes = |m: usize| {
            let made = |c: &Change| c.logical == logical && (c.action == "Add" || c.replacement == "True");
            self.took(m) && self.changes_of(m).iter().any(made)
        };
        (0..n).rev().find(|m| makes(*m)).unwrap_or_default()
    }
}

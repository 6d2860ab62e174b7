//! Stack sets: one template over accounts and Regions. An operation goes through its targets one after the other; what each
//! comes to is decided when it begins, and the stack there moves with it.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{Fate, Kind, Operation, Standing};
use crate::world::{
    World,
    id::Uuid,
    noise,
    time::{Ms, SECOND},
};

/// An account in a Region.
pub type Target = (String, String);

/// A stack set.
#[derive(Debug)]
pub struct StackSet {
    /// Name.
    pub name: String,
    /// Unique part of its id.
    pub id: Uuid,
    /// Description.
    pub description: String,
    /// What each of its stacks is to be, where nothing else is said.
    pub standing: Arc<Standing>,
    /// Values of parameters that one instance has of its own.
    pub overrides: BTreeMap<Target, BTreeMap<String, String>>,
    /// ARN of each instance's stack.
    pub instances: BTreeMap<Target, String>,
    /// Operations, oldest first.
    pub operations: Vec<SetOperation>,
}

/// What an operation does at one of its targets.
#[derive(Debug, Clone)]
pub struct Step {
    /// Where.
    pub target: Target,
    /// From when.
    pub start: Ms,
    /// Until when.
    pub ends: Ms,
    /// Why it fails, if it does.
    pub fails: Option<String>,
}

/// An operation on a stack set.
#[derive(Debug, Clone)]
pub struct SetOperation {
    /// Id; a caller may give it.
    pub id: String,
    /// `CREATE`, `UPDATE`.
    pub action: &'static str,
    /// Start.
    pub began: Ms,
    /// Its targets, in the order in which it comes to them.
    pub steps: Vec<Step>,
    /// How many may fail in a Region.
    pub tolerance: usize,
    /// What was asked for as preferences.
    pub preferences: Value,
    /// When somebody stopped it.
    pub stopped: Option<Ms>,
}

impl SetOperation {
    /// When nothing more begins: it was stopped, or too much has failed.
    fn closed(&self) -> Option<Ms> {
        let mut failures = self.steps.iter().filter(|step| step.fails.is_some());
        let broke = failures.nth(self.tolerance).map(|step| step.ends);
        [self.stopped, broke].into_iter().flatten().min()
    }

    /// Whether the operation does not come to that step.
    pub fn cancels(&self, step: &Step) -> bool {
        self.closed().is_some_and(|closed| step.start >= closed)
    }

    /// When it is over.
    pub fn ends(&self) -> Ms {
        let ends = self.steps.iter().filter(|step| !self.cancels(step)).map(|step| step.ends).max();
        ends.unwrap_or(self.began).max(self.closed().unwrap_or(self.began))
    }

    /// AWS's word for a step.
    pub fn result(&self, step: &Step, now: Ms) -> &'static str {
        match (self.cancels(step), &step.fails) {
            (true, _) if self.closed().is_some_and(|closed| closed <= now) => "CANCELLED",
            _ if now < step.start => "PENDING",
            _ if now < step.ends => "RUNNING",
            (_, Some(_)) => "FAILED",
            (_, None) => "SUCCEEDED",
        }
    }

    /// AWS's word for the whole.
    pub fn status(&self, now: Ms) -> &'static str {
        let over = self.ends() <= now;
        match (self.stopped.is_some_and(|at| at <= now), over) {
            (true, false) => "STOPPING",
            (true, true) => "STOPPED",
            (false, false) => "RUNNING",
            (false, true) if self.failed(now) > self.tolerance => "FAILED",
            (false, true) => "SUCCEEDED",
        }
    }

    /// How many steps have failed.
    pub fn failed(&self, now: Ms) -> usize {
        self.steps.iter().filter(|step| self.result(step, now) == "FAILED").count()
    }
}

impl StackSet {
    /// Its id: name and UUID.
    pub fn whole_id(&self) -> String {
        format!("{}:{}", self.name, self.id)
    }

    /// The newest operation that has come to an instance, and its step there.
    pub fn last_step(&self, target: &Target, now: Ms) -> Option<(&SetOperation, &Step)> {
        let began = self.operations.iter().rev().filter(|operation| operation.began <= now);
        began.into_iter().find_map(|o| o.steps.iter().find(|step| step.target == *target).map(|step| (o, step)))
    }
}

/// An operation on a stack set to be.
#[derive(Debug)]
pub struct NewSetOperation {
    /// Id; drawn if none is given.
    pub id: Option<String>,
    /// Targets, in order.
    pub targets: Vec<Target>,
    /// Where it fails, and why.
    pub fails: BTreeMap<Target, String>,
    /// See `SetOperation::tolerance`.
    pub tolerance: usize,
    /// See `SetOperation::preferences`.
    pub preferences: Value,
}

impl World {
    /// Adds a stack set without instances to a place; tells its position there.
    pub fn add_stack_set(&mut self, place: u32, name: &str, description: &str, standing: Standing) -> usize {
        let here = &self.places[place as usize];
        let id = Uuid::draw(noise::of(self.seed, &["stack set", &here.account, &here.region, name]), 0);
        let sets = &mut self.places[place as usize].stack_sets;
        sets.push(StackSet {
            name: name.to_owned(),
            id,
            description: description.to_owned(),
            standing: Arc::new(standing),
            overrides: BTreeMap::new(),
            instances: BTreeMap::new(),
            operations: Vec::new(),
        });
        sets.len() - 1
    }

    /// Begins an operation that makes or updates instances; tells its id.
    pub fn begin_set_operation(&mut self, place: u32, set: usize, new: NewSetOperation, at: Ms) -> String {
        let there = &self.places[place as usize].stack_sets[set];
        let key = noise::mix(there.id.key(), there.operations.len() as u64);
        let id = new.id.unwrap_or_else(|| Uuid::draw(key, 1).to_string());
        let first = there.operations.is_empty();
        let mut start = at + 4 * SECOND;
        let mut steps = Vec::new();
        for (n, target) in new.targets.into_iter().enumerate() {
            let ends = start + noise::duration_ms(noise::mix(key, n as u64 + 2), 24 * SECOND);
            let fails = new.fails.get(&target).cloned();
            steps.push(Step { target, start, ends, fails });
            start = ends + 2 * SECOND;
        }
        let (tolerance, preferences) = (new.tolerance, new.preferences);
        let action = if first { "CREATE" } else { "UPDATE" };
        let operation =
            SetOperation { id: id.clone(), action, began: at, steps, tolerance, preferences, stopped: None };
        for step in operation.steps.iter().filter(|step| !operation.cancels(step)) {
            self.move_instance(place, set, step);
        }
        self.places[place as usize].stack_sets[set].operations.push(operation);
        id
    }

    /// The stack of an instance becomes what its set says.
    fn move_instance(&mut self, place: u32, set: usize, step: &Step) {
        let there = &self.places[place as usize].stack_sets[set];
        let mut wanted = (*there.standing).clone();
        wanted.parameters.extend(there.overrides.get(&step.target).cloned().unwrap_or_default());
        let name = format!(
            "StackSet-{}-{}",
            there.name,
            Uuid::draw(noise::of(there.id.key(), &[&step.target.0, &step.target.1]), 3)
        );
        let known = there.instances.get(&step.target).cloned();
        let (account, region) = &step.target;
        let s = match known.as_deref().and_then(|arn| self.stack_by_arn(arn)) {
            Some(s) => s,
            None => {
                let there = self.place_or_new(account, region);
                self.add_stack(there, &name, step.start)
            }
        };
        let arn = self.stack(s).arn.clone();
        self.places[place as usize].stack_sets[set].instances.insert(step.target.clone(), arn);
        let before = self.stack(s).settled(step.start).cloned();
        let kind = if self.stack(s).operations.is_empty() { Kind::Create } else { Kind::Update };
        let mut operation = Operation::new(kind, step.start, before, Arc::new(wanted));
        operation.lasts = Some(step.ends - step.start);
        if let Some(reason) = &step.fails {
            let resource = operation.after.template.section("Resources").next().map_or("", |(logical, _)| logical);
            operation.fate = Fate::Fails { resource: resource.to_owned(), reason: reason.clone() };
        }
        self.begin(s, operation);
        // An update that would change nothing is none.
        let n = self.stack(s).operations.len() - 1;
        if kind == Kind::Update && self.stack(s).changes_of(n).is_empty() {
            self.stack_mut(s).operations.pop();
        }
    }

    /// An operation begins at no further target.
    pub(crate) fn stop_set_operation(&mut self, place: u32, set: usize, operation: usize, at: Ms) {
        let there = &mut self.places[place as usize].stack_sets[set];
        there.operations[operation].stopped = Some(at);
        let stopped = there.operations[operation].clone();
        for step in stopped.steps.iter().filter(|step| stopped.cancels(step)) {
            let arn = self.places[place as usize].stack_sets[set].instances.get(&step.target).cloned();
            if let Some(s) = arn.and_then(|arn| self.stack_by_arn(&arn)) {
                self.stack_mut(s).operations.retain(|o| o.began != step.start);
            }
        }
    }
}

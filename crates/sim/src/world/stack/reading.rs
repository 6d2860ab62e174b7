//! What can be read of a stack at an instant: its resources, its outputs, what it exports and imports.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Stack, StackRef, Standing, changes, plan::Happening};
use crate::world::{
    World,
    id::Uuid,
    noise,
    template::{
        kind_of, kinds,
        resolve::{Scope, Surroundings},
    },
    time::Ms,
};

/// A resource as it stands.
#[derive(Debug, Clone)]
pub struct ResourceNow {
    /// Logical id.
    pub logical: String,
    /// Type.
    pub kind: String,
    /// Physical id, once there is one.
    pub physical: Option<String>,
    /// AWS's word.
    pub status: &'static str,
    /// Reason.
    pub reason: Option<String>,
    /// Last change.
    pub at: Ms,
}

/// An output with its value.
#[derive(Debug, Clone)]
pub struct Output {
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
    /// Description.
    pub description: Option<String>,
    /// Name it is exported by.
    pub export: Option<String>,
}

/// What a stack's template refers to, as it stands once operation `n` is over.
struct Around<'a> {
    world: &'a World,
    stack: &'a Stack,
    standing: &'a Standing,
    n: usize,
    now: Ms,
    /// How many stacks were asked for the sake of this one: two that import from each other would never come to an end.
    depth: usize,
}

const DEEPEST: usize = 6;

impl Surroundings for Around<'_> {
    fn physical(&self, logical: &str) -> String {
        self.stack.physical(self.standing, logical, self.stack.made_before(logical, self.n + 1))
    }

    fn attribute(&self, logical: &str, attribute: &str) -> String {
        let physical = self.physical(logical);
        if let Some(output) = attribute.strip_prefix("Outputs.")
            && self.depth < DEEPEST
            && let Some(child) = self.world.stack_by_arn(&physical)
        {
            let outputs = self.world.outputs_at(child, self.now, self.depth + 1);
            return outputs.into_iter().find(|o| o.key == output).map(|o| o.value).unwrap_or_default();
        }
        let told = kinds::attribute(
            self.standing.template.kind(logical),
            attribute,
            &physical,
            self.stack.account(),
            self.stack.region(),
        );
        told.as_str().unwrap_or_default().to_owned()
    }

    fn import(&self, name: &str) -> Option<String> {
        if self.depth >= DEEPEST {
            return None;
        }
        let place = self.world.place_number(self.stack.account(), self.stack.region())?;
        self.world.export_named(place, name, self.now, self.depth + 1)
    }
}

impl Stack {
    /// The operation that made what the operation `n` works on: a rollback works on what another one made.
    fn maker(&self, n: usize) -> usize {
        self.operations[n].undoes.map_or(n, |m| self.maker(m))
    }

    /// Physical id of a resource that operation `made` made.
    fn physical(&self, standing: &Standing, logical: &str, made: usize) -> String {
        let kind = standing.template.kind(logical);
        let draw = noise::of(self.key, &["physical", logical, &made.to_string()]);
        if kind == "AWS::CloudFormation::Stack" {
            return self.child_arn(logical);
        }
        let own =
            kinds::name_property(kind).zip(standing.template.resource(logical)).and_then(|(property, resource)| {
                let scope = changes::scope(self.me(), standing, false);
                resource["Properties"].get(property).map(|value| scope.text(value))
            });
        own.unwrap_or_else(|| kinds::physical_id(kind, &self.name, logical, self.account(), self.region(), draw))
    }

    /// Name of the stack that is a resource of this one.
    pub(super) fn child_name(&self, logical: &str) -> String {
        format!("{}-{logical}-{}", self.name, noise::base32(noise::of(self.key, &["nested", logical]), 12))
    }

    /// ARN of the stack that is a resource of this one.
    pub(super) fn child_arn(&self, logical: &str) -> String {
        let name = self.child_name(logical);
        let id = Uuid::draw(noise::of(0, &["stack", self.account(), &name]), 0);
        format!("arn:aws:cloudformation:{}:{}:stack/{name}/{id}", self.region(), self.account())
    }

    /// The version that an event is about.
    fn standing_of(&self, n: usize, event: &Happening) -> &Standing {
        let operation = &self.operations[n];
        let new =
            event.fresh || operation.after.template.resource(event.logical.as_deref().unwrap_or_default()).is_some();
        match &operation.before {
            Some(before) if !new => before,
            _ => &operation.after,
        }
    }

    /// Physical id that an event tells.
    pub fn physical_of(&self, n: usize, event: &Happening) -> Option<String> {
        let Some(logical) = &event.logical else { return Some(self.arn.clone()) };
        let made = if event.fresh { self.maker(n) } else { self.made_before(logical, n) };
        event.physical.then(|| self.physical(self.standing_of(n, event), logical, made))
    }

    /// Properties that an event tells, as JSON text.
    pub fn properties_of(&self, n: usize, event: &Happening, world: &World) -> Option<String> {
        let standing = self.standing_of(n, event);
        let resource = standing.template.resource(event.logical.as_deref()?)?;
        let around = Around { world, stack: self, standing, n, now: event.at, depth: 0 };
        let scope = Scope { around: Some(&around), ..changes::scope(self.me(), standing, true) };
        (!event.status.starts_with("DELETE")).then(|| scope.properties(resource).to_string())
    }

    /// Events up to an instant, newest first, as (operation, position in its plan).
    pub fn events(&self, now: Ms) -> impl Iterator<Item = (usize, usize)> {
        let began = self.operations.iter().take_while(move |o| o.began <= now).count();
        (0..began).rev().flat_map(move |n| (0..self.plan_of(n).until(now).len()).rev().map(move |e| (n, e)))
    }

    /// Its resources, by logical id. Those that an update removed are left out, unless the whole stack is gone.
    pub fn resources(&self, now: Ms) -> Vec<ResourceNow> {
        let (whole, names) = (self.status(now), self.names(now));
        let ends = whole.starts_with("DELETE") || whole.starts_with("ROLLBACK");
        let mut found: BTreeMap<&str, (usize, &Happening)> = BTreeMap::new();
        for (n, e) in self.events(now) {
            let event = &self.plan_of(n).events[e];
            if let Some(logical) = &event.logical {
                // The old one of a pair is deleted under the same logical id: what stands is the new one.
                let old = !ends && event.status.starts_with("DELETE") && names.contains(logical);
                if !old {
                    found.entry(logical).or_insert((n, event));
                }
            }
            // Older operations tell nothing more once everything that stands was met.
            if e == 0 && !ends && names.iter().all(|name| found.contains_key(name.as_str())) {
                break;
            }
        }
        let busy = self.busy(now);
        let stands = found
            .into_iter()
            .filter(|(logical, (_, e))| ends || names.contains(*logical) || (busy && e.status != "DELETE_COMPLETE"));
        stands
            .map(|(logical, (n, event))| ResourceNow {
                logical: logical.to_owned(),
                kind: event.kind.clone(),
                physical: self.physical_of(n, event),
                status: event.status,
                reason: event.reason.clone(),
                at: event.at,
            })
            .collect()
    }

    fn names(&self, now: Ms) -> BTreeSet<String> {
        let Some(standing) = self.told(now) else { return BTreeSet::new() };
        changes::scope(self.me(), standing, false).resources().into_iter().map(|(logical, _)| logical).collect()
    }
}

impl World {
    /// The stack at that position.
    pub fn stack(&self, s: StackRef) -> &Stack {
        &self.places[s.place as usize].stacks[s.index as usize]
    }

    /// The stack with that ARN.
    pub fn stack_by_arn(&self, arn: &str) -> Option<StackRef> {
        let mut parts = arn.split(':').skip(3);
        let place = self.place_number_of(parts.next()?, parts.next()?)?;
        let index = *self.places[place as usize].stack_ids.get(arn)?;
        Some(StackRef { place, index })
    }

    fn place_number_of(&self, region: &str, account: &str) -> Option<u32> {
        self.place_number(account, region)
    }

    /// Outputs of a stack as they stand.
    pub fn outputs(&self, s: StackRef, now: Ms) -> Vec<Output> {
        self.outputs_at(s, now, 0)
    }

    fn outputs_at(&self, s: StackRef, now: Ms, depth: usize) -> Vec<Output> {
        let stack = self.stack(s);
        let (Some(standing), Some(latest)) = (stack.settled(now), stack.latest(now)) else { return Vec::new() };
        // Of an update under way, what was made before it counts.
        let n = if stack.ends(latest) <= now { latest } else { latest.saturating_sub(1) };
        let around = Around { world: self, stack, standing, n, now, depth };
        let scope = Scope { around: Some(&around), ..changes::scope(stack.me(), standing, false) };
        let here = |o: &Value| o["Condition"].as_str().is_none_or(|condition| scope.holds(condition));
        let all = standing.template.section("Outputs").filter(|(_, output)| here(output));
        all.map(|(key, output)| Output {
            key: key.to_owned(),
            value: scope.text(&output["Value"]),
            description: output["Description"].as_str().map(str::to_owned),
            export: output["Export"].get("Name").map(|name| scope.text(name)),
        })
        .collect()
    }

    /// Exports of a place, in order of name: name, value, stack.
    pub fn exports(&self, place: u32, now: Ms) -> Vec<(String, String, StackRef)> {
        let stacks = &self.places[place as usize].stacks;
        let exporting = stacks.iter().enumerate().filter(|(_, stack)| {
            stack.settled(now).is_some_and(|s| s.template.section("Outputs").any(|(_, o)| o.get("Export").is_some()))
        });
        let mut all: Vec<(String, String, StackRef)> = exporting
            .map(|(index, _)| StackRef { place, index: index as u32 })
            .flat_map(|s| self.outputs(s, now).into_iter().filter_map(move |o| Some((o.export?, o.value, s))))
            .collect();
        all.sort();
        all
    }

    fn export_named(&self, place: u32, name: &str, now: Ms, depth: usize) -> Option<String> {
        let stacks = &self.places[place as usize].stacks;
        let with_exports = stacks.iter().enumerate().filter(|(_, stack)| {
            stack.settled(now).is_some_and(|s| s.template.section("Outputs").any(|(_, o)| o.get("Export").is_some()))
        });
        let mut found =
            with_exports.flat_map(|(index, _)| self.outputs_at(StackRef { place, index: index as u32 }, now, depth));
        found.find(|o| o.export.as_deref() == Some(name)).map(|o| o.value)
    }

    /// Names of the stacks of a place that import that export.
    pub fn importers(&self, place: u32, name: &str, now: Ms) -> Vec<String> {
        let stacks = &self.places[place as usize].stacks;
        let imports = |stack: &&Stack| {
            stack.settled(now).is_some_and(|standing| {
                let scope = changes::scope(stack.me(), standing, false);
                let mut found = Vec::new();
                imported(&standing.template.value, &mut found);
                found.iter().any(|value| scope.text(value) == name)
            })
        };
        stacks.iter().filter(imports).map(|stack| stack.name.clone()).collect()
    }
}

fn imported<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| imported(element, found)),
        Value::Object(members) => {
            for (name, inner) in members {
                match name.as_str() {
                    "Fn::ImportValue" => found.push(inner),
                    _ => imported(inner, found),
                }
            }
        }
        _ => {}
    }
}

/// Whether a template has stacks among its resources.
pub(super) fn nests(standing: &Standing) -> bool {
    standing.template.section("Resources").any(|(_, r)| kind_of(r) == "AWS::CloudFormation::Stack")
}

/// The value of a nested stack's properties, references to resources filled in.
pub(super) fn nested_properties(world: &World, s: StackRef, n: usize, logical: &str) -> Value {
    let stack = world.stack(s);
    let standing = &stack.operations[n].after;
    let around = Around { world, stack, standing, n, now: stack.operations[n].began, depth: 0 };
    let scope = Scope { around: Some(&around), ..changes::scope(stack.me(), standing, false) };
    standing.template.resource(logical).map(|resource| scope.properties(resource)).unwrap_or_default()
}

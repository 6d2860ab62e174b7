//! Stacks of a world file: their members, what these may refer to, and what becomes of them. How a stack stands is not
//! written down: it follows from what was done to it and what failed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Deserialize;
use serde_json::Value;

use super::{WorldFileError, check::wrong, shape::Span};
use crate::world::{
    World,
    stack::{Fate, Kind, Operation, Settings, StackRef, Standing},
    template::{Given, Template},
    time::Ms,
};

/// A stack, made so long ago and then updated.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stack {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) name: String,
    /// JSON as it stands, or text of JSON or YAML.
    template: Value,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    /// When it was made.
    ago: Span,
    #[serde(default)]
    takes: Option<Span>,
    /// Fails its creation.
    #[serde(default)]
    fails: Option<Failure>,
    /// Whether what failed is kept.
    #[serde(default)]
    keeps: bool,
    /// Whether termination protection is on.
    #[serde(default)]
    protected: bool,
    /// Oldest first.
    #[serde(default)]
    updates: Vec<Update>,
    /// Resources that cannot be rolled back, and why.
    #[serde(default)]
    broken: BTreeMap<String, String>,
    #[serde(default)]
    drifted: Vec<Drifted>,
    /// When somebody looked for drift.
    #[serde(default)]
    detected: Option<Span>,
    /// When it was deleted.
    #[serde(default)]
    deleted: Option<Span>,
}

/// An update.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Update {
    ago: Span,
    /// None: the one before.
    #[serde(default)]
    template: Option<Value>,
    /// Those that change.
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    /// How long it takes, going back included; none: as its resources do.
    #[serde(default)]
    takes: Option<Span>,
    #[serde(default)]
    fails: Option<Failure>,
    #[serde(default)]
    keeps: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    /// Logical id of the resource that fails; `Nested.Inner` of a nested stack.
    resource: String,
    reason: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Drifted {
    resource: String,
    ago: Span,
    /// Path of a property (`/A/0/B`), and what is there now; `null`: nothing. Empty: the resource was deleted.
    #[serde(default)]
    differences: BTreeMap<String, Value>,
}

impl Stack {
    fn text(template: &Value) -> String {
        template.as_str().map_or_else(|| template.to_string(), str::to_owned)
    }

    /// Checks what does not hang on the rest of the file.
    pub(super) fn check(&self, at: &str) -> Result<(), WorldFileError> {
        let letters = self.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !letters || self.name.len() > 128 || !self.name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let what = format!("`{}` is no name: AWS takes a letter, and then letters, digits and -", self.name);
            return Err(wrong(format!("{at}.name"), what));
        }
        let first = parsed(&format!("{at}.template"), &self.template, &self.parameters)?;
        let mut names: BTreeSet<String> = first.section("Resources").map(|(name, _)| name.to_owned()).collect();
        let mut last = self.ago.0;
        for (n, update) in self.updates.iter().enumerate() {
            let at = format!("{at}.updates[{n}]");
            if update.ago.0 > last {
                return Err(wrong(format!("{at}.ago"), "updates stand oldest first, after the stack was made"));
            }
            last = update.ago.0;
            if let Some(template) = &update.template {
                let mut parameters = self.parameters.clone();
                parameters.extend(update.parameters.clone());
                let made = parsed(&format!("{at}.template"), template, &parameters)?;
                names.extend(made.section("Resources").map(|(name, _)| name.to_owned()));
            }
            fails(&format!("{at}.fails"), update.fails.as_ref(), &names)?;
        }
        fails(&format!("{at}.fails"), self.fails.as_ref(), &names)?;
        let of_drift = self.drifted.iter().map(|drifted| &drifted.resource);
        match self.broken.keys().chain(of_drift).find(|name| !names.contains(*name)) {
            Some(name) => Err(wrong(at, format!("there is no resource `{name}` in its templates"))),
            None => Ok(()),
        }
    }

    fn standing(&self, template: Arc<Template>, parameters: BTreeMap<String, String>) -> Standing {
        let capabilities = vec!["CAPABILITY_NAMED_IAM".to_owned()];
        let settings = Settings { tags: self.tags.clone(), capabilities, ..Settings::default() };
        Standing { template, parameters, settings: Arc::new(settings) }
    }

    /// Puts it into the world; `opening` is what `ago` counts from.
    pub(super) fn write(&self, world: &mut World, opening: Ms) {
        let place = world.place_or_new(&self.account, &self.region);
        let Some((template, parameters)) = filled(&self.template, &self.parameters) else { return };
        let made = opening - self.ago.0;
        let s = world.add_stack(place, &self.name, made);
        world.stack_mut(s).protected = self.protected;
        world.stack_mut(s).broken = self.broken.clone();
        let first = self.standing(template, parameters);
        let mut operation = Operation::new(Kind::Create, made, None, Arc::new(first.clone()));
        (operation.lasts, operation.keeps) = (self.takes.map(|t| t.0), self.keeps);
        operation.fate = fate(self.fails.as_ref());
        world.begin(s, operation);
        let mut now = first;
        for update in &self.updates {
            now = self.update(world, s, update, now, opening);
        }
        if let Some(deleted) = self.deleted {
            let at = opening - deleted.0;
            let before = world.stack(s).settled(at).cloned();
            world.begin(s, Operation::new(Kind::Delete, at, before, Arc::new(now)));
        }
        for drifted in &self.drifted {
            let differences: Vec<(&str, Option<Value>)> = drifted
                .differences
                .iter()
                .map(|(path, value)| (path.as_str(), (!value.is_null()).then(|| value.clone())))
                .collect();
            world.drift_resource(s, &drifted.resource, &differences, opening - drifted.ago.0);
        }
        if let Some(detected) = self.detected {
            let stack = world.stack_mut(s);
            stack.drift.detect(stack.key, opening - detected.0, 5, None);
        }
    }

    fn update(&self, world: &mut World, s: StackRef, update: &Update, now: Standing, opening: Ms) -> Standing {
        let at = opening - update.ago.0;
        let mut given = now.parameters.clone();
        given.extend(update.parameters.clone());
        let wanted = match update.template.as_ref().and_then(|template| filled(template, &given)) {
            Some((template, parameters)) => self.standing(template, parameters),
            None => Standing { parameters: given, ..now },
        };
        let before = world.stack(s).settled(at).cloned();
        let mut operation = Operation::new(Kind::Update, at, before, Arc::new(wanted.clone()));
        (operation.lasts, operation.keeps) = (update.takes.map(|t| t.0), update.keeps);
        operation.fate = fate(update.fails.as_ref());
        world.begin(s, operation);
        wanted
    }
}

fn fate(fails: Option<&Failure>) -> Fate {
    fails.map_or(Fate::Good, |f| Fate::Fails { resource: f.resource.clone(), reason: f.reason.clone() })
}

fn fails(at: &str, fails: Option<&Failure>, names: &BTreeSet<String>) -> Result<(), WorldFileError> {
    let named = fails.map(|f| f.resource.split('.').next().unwrap_or_default());
    match named.filter(|name| !names.contains(*name)) {
        Some(name) => Err(wrong(format!("{at}.resource"), format!("there is no resource `{name}` in its templates"))),
        None => Ok(()),
    }
}

/// The template with its parameters' values, of those given the ones that it has.
fn filled(template: &Value, given: &BTreeMap<String, String>) -> Option<(Arc<Template>, BTreeMap<String, String>)> {
    let template = Template::parse(&Stack::text(template)).ok()?;
    let known = given.iter().filter(|(name, _)| template.value["Parameters"].get(name.as_str()).is_some());
    let all: Vec<Given> =
        known.map(|(name, value)| Given { name: name.clone(), value: Some(value.clone()), previous: false }).collect();
    let parameters = template.parameters(&all, None).ok()?;
    Some((template, parameters))
}

fn parsed(at: &str, template: &Value, given: &BTreeMap<String, String>) -> Result<Arc<Template>, WorldFileError> {
    let parsed = Template::parse(&Stack::text(template)).map_err(|error| wrong(at, error))?;
    let all: Vec<Given> = given
        .iter()
        .map(|(name, value)| Given { name: name.clone(), value: Some(value.clone()), previous: false })
        .collect();
    parsed.parameters(&all, None).map_err(|error| wrong(at, error))?;
    Ok(parsed)
}

//! Which outputs may show what a `NoEcho` parameter holds. CloudFormation masks such a parameter's value itself, and nowhere
//! else: an output that hands it on shows it in the clear (user guide, "Parameters", on `NoEcho`).
//!
//! It errs towards masking: what cannot be told from the template counts as reached. Two things do not count: what an output
//! takes from a *resource* that was given the value, as most attributes do not hand it on (that is told, as `beside`), and
//! that a condition depends on it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Template, form};

/// Transforms of AWS's own that leave outputs as they are.
const HARMLESS: &[&str] = &[
    "AWS::CodeDeployBlueGreen",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
    "AWS::Serverless-2016-10-31",
];

/// What a template's `NoEcho` parameters reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoEcho {
    /// Names of the `NoEcho` parameters.
    pub parameters: BTreeSet<String>,
    /// Logical ids of the outputs whose value, or whose export's name, reaches one of them.
    pub outputs: BTreeSet<String>,
    /// Logical ids of the other outputs that take something from a resource which was given such a value, directly or through
    /// other resources. They are not masked.
    pub beside: BTreeSet<String>,
    /// Whether what the outputs are cannot be told: there is no template, or a macro may have written them.
    pub is_unknown: bool,
    declared: BTreeSet<String>,
}

impl NoEcho {
    /// What is known without a template: nothing, so every output is masked.
    pub fn unknown() -> Self {
        Self { is_unknown: true, ..Self::default() }
    }

    /// What can be told from a template: the one that AWS processed, if there is one (`GetTemplate`, `TemplateStage`).
    pub fn of(template: &Template) -> Self {
        let is_secret = |(_, parameter): &(&str, &Value)| is_noecho(parameter);
        let parameters: BTreeSet<String> =
            template.entries("Parameters").filter(is_secret).map(|(name, _)| name.to_owned()).collect();
        let secret = |name: &str| parameters.contains(name);
        let given = given(template, &secret);
        let mut found = Self { is_unknown: may_be_rewritten(template), ..Self::default() };
        for (name, output) in template.entries("Outputs") {
            found.declared.insert(name.to_owned());
            let shown = [output.get("Value"), output.get("Export")];
            let reaches = |of: &dyn Fn(&str) -> bool| shown.iter().flatten().any(|value| reaches(value, of));
            if reaches(&secret) {
                found.outputs.insert(name.to_owned());
            } else if reaches(&|name| given.contains(name)) {
                found.beside.insert(name.to_owned());
            }
        }
        Self { parameters, ..found }
    }

    /// Whether what this output shows is to be masked. So is an output that the template does not have: then it is not the
    /// template of this stack, or not of now.
    pub fn masks(&self, output: &str) -> bool {
        self.is_unknown || self.outputs.contains(output) || !self.declared.contains(output)
    }
}

/// Whether a parameter's value is not to be shown. What is not clearly said to be shown is not.
pub(super) fn is_noecho(parameter: &Value) -> bool {
    let said = parameter.get("NoEcho").map(|value| form::scalar(value).unwrap_or_default().to_ascii_lowercase());
    said.is_some_and(|said| !matches!(said.as_str(), "false" | "no" | "off"))
}

/// Whether a macro may have written outputs that this template does not show.
fn may_be_rewritten(template: &Template) -> bool {
    let is_harmless = |name: &Value| name.as_str().is_some_and(|name| HARMLESS.contains(&name));
    let transform = template.root().get("Transform").is_some_and(|transform| match transform {
        Value::Array(list) => !list.iter().all(is_harmless),
        one => !is_harmless(one),
    });
    let outputs = template.root().get("Outputs");
    transform
        || template.root().contains_key("Fn::Transform")
        || outputs.is_some_and(|outputs| !outputs.is_object())
        || template.entries("Outputs").any(|(name, output)| name.starts_with("Fn::") || !output.is_object())
}

/// The resources that were given what `secret` names, directly or through other resources.
fn given(template: &Template, secret: &dyn Fn(&str) -> bool) -> BTreeSet<String> {
    let names: BTreeSet<&str> = template.resources().map(|(id, _, _)| id).collect();
    let mut given: BTreeSet<String> = BTreeSet::new();
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, _, resource) in template.resources() {
        // A loop (`Fn::ForEach`) has no properties of its own: all of it counts.
        let properties = resource.get("Properties").unwrap_or(resource);
        if reaches(properties, secret) {
            given.insert(id.to_owned());
        }
        let used = std::cell::RefCell::new(BTreeSet::new());
        reaches(properties, &|name| {
            used.borrow_mut().extend(names.get(name).copied());
            false
        });
        used.into_inner().into_iter().for_each(|name| users.entry(name).or_default().push(id));
    }
    let mut next: Vec<String> = given.iter().cloned().collect();
    while let Some(id) = next.pop() {
        for user in users.get(id.as_str()).into_iter().flatten() {
            if given.insert((*user).to_owned()) {
                next.push((*user).to_owned());
            }
        }
    }
    given
}

/// Whether an expression refers to a name for which `is` holds.
fn reaches(value: &Value, is: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Array(list) => list.iter().any(|value| reaches(value, is)),
        Value::Object(map) => map.iter().any(|(key, value)| call(key, value, is)),
        _ => false,
    }
}

fn call(key: &str, value: &Value, is: &dyn Fn(&str) -> bool) -> bool {
    match (key, value) {
        ("Ref", Value::String(name)) => is(name),
        // What depends on a condition does not show what the condition looked at.
        ("Fn::If", Value::Array(parts)) => parts.iter().skip(1).any(|value| reaches(value, is)),
        ("Fn::GetAtt", Value::Array(parts)) => {
            parts.first().and_then(Value::as_str).is_some_and(is) || parts.iter().any(|value| reaches(value, is))
        }
        ("Fn::Sub", Value::String(text)) => variables(text).any(is),
        ("Fn::Sub", Value::Array(parts)) => {
            let own = parts.get(1).and_then(Value::as_object);
            let text = parts.first().and_then(Value::as_str).unwrap_or_default();
            let is_own = |name: &str| own.is_some_and(|own| own.contains_key(name));
            variables(text).filter(|name| !is_own(name)).any(is) || parts.iter().any(|value| reaches(value, is))
        }
        (key, value) if key.starts_with("Fn::") && !form::FUNCTIONS.contains(&&key[4..]) => names(value, is),
        (_, value) => reaches(value, is),
    }
}

/// The names in `${}` of a text, up to a dot; `${!x}` is literal.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("${").skip(1);
    let inside = parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name.trim());
    inside.filter(|name| !name.starts_with('!')).map(|name| name.split('.').next().unwrap_or(name))
}

/// Of a function that is not known here, every text in it may be a name, or have names in it.
fn names(value: &Value, is: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => {
            let word = |c: char| !c.is_ascii_alphanumeric();
            text.split(word).any(is)
        }
        Value::Array(list) => list.iter().any(|value| names(value, is)),
        Value::Object(map) => map.values().any(|value| names(value, is)),
        _ => false,
    }
}

//! The names by which stacks hang together: what a template exports, and what it imports of others.
//!
//! Deliberately not here: what AWS knows of them (`ListExports`, `ListImports`), where names are resolved.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Template, form};

/// Names of exports, each with where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// By name, the entries that have it, as `Section.LogicalId`.
    pub names: BTreeMap<String, BTreeSet<String>>,
    /// The entries with a name that is only known when the stack is deployed.
    pub unknown: BTreeSet<String>,
}

impl Names {
    fn add(&mut self, name: Option<String>, place: &str) {
        match name {
            Some(name) => self.names.entry(name).or_default().insert(place.to_owned()),
            None => self.unknown.insert(place.to_owned()),
        };
    }
}

/// What a template exports.
pub fn exports(template: &Template) -> Names {
    let mut found = Names::default();
    for (id, output) in template.entries("Outputs") {
        if let Some(name) = output.get("Export").and_then(|export| export.get("Name")) {
            found.add(fixed(name), &format!("Outputs.{id}"));
        }
    }
    found
}

/// What a template imports (`Fn::ImportValue`), in whatever section.
pub fn imports(template: &Template) -> Names {
    let mut found = Names::default();
    for section in template.root().keys() {
        for (id, entry) in template.entries(section) {
            within(entry, &format!("{section}.{id}"), &mut found);
        }
    }
    found
}

fn within(value: &Value, place: &str, found: &mut Names) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| within(value, place, found)),
        Value::Object(map) => {
            for (key, value) in map {
                if key == "Fn::ImportValue" {
                    found.add(fixed(value), place);
                }
                within(value, place, found);
            }
        }
        _ => {}
    }
}

/// A name that is the same in every deployment: text, or a substitution that substitutes nothing.
fn fixed(value: &Value) -> Option<String> {
    match value {
        Value::Object(map) => {
            let (_, text) = form::function(map).filter(|(name, _)| *name == "Fn::Sub")?;
            text.as_str().filter(|text| !text.contains("${")).map(str::to_owned)
        }
        value => form::scalar(value),
    }
}

//! What waits for what: references of an expression, and an order in which every resource comes after those it needs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Names that an expression refers to (by Ref, GetAtt, Sub) and that `DependsOn` gives, pseudo parameters left out.
pub fn references(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(value, &mut found);
    found.retain(|name| !name.starts_with("AWS::"));
    found
}

fn walk(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| walk(element, found)),
        Value::Object(members) => {
            for (name, inner) in members {
                match (name.as_str(), inner) {
                    ("Ref", Value::String(name)) => {
                        found.insert(name.clone());
                    }
                    ("Fn::GetAtt", Value::Array(path)) => {
                        found.extend(path.first().and_then(Value::as_str).map(str::to_owned))
                    }
                    ("Fn::GetAtt", Value::String(path)) => found.extend(path.split('.').next().map(str::to_owned)),
                    ("Fn::Sub", Value::String(text)) => found.extend(substituted(text)),
                    ("Fn::Sub", Value::Array(parts)) => {
                        let own = |name: &String| parts.get(1).is_some_and(|names| names.get(name).is_some());
                        let text = parts.first().and_then(Value::as_str).unwrap_or_default();
                        found.extend(substituted(text).into_iter().filter(|name| !own(name)));
                        parts.get(1).into_iter().for_each(|names| walk(names, found));
                    }
                    ("DependsOn", Value::String(name)) => {
                        found.insert(name.clone());
                    }
                    ("DependsOn", Value::Array(names)) => {
                        found.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => walk(inner, found),
                }
            }
        }
        _ => {}
    }
}

/// Names that a text of `Fn::Sub` refers to, without the attributes.
fn substituted(text: &str) -> Vec<String> {
    let parts = text.split("${").skip(1).filter_map(|part| part.split_once('}'));
    let names = parts.map(|(name, _)| name.trim()).filter(|name| !name.starts_with('!'));
    names.map(|name| name.split('.').next().unwrap_or(name).to_owned()).collect()
}

/// Logical ids in an order in which each comes after those it needs.
pub fn order(resources: &Map<String, Value>) -> Vec<String> {
    let mut needs: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (logical, resource) in resources {
        let of = references(resource).into_iter().filter(|name| resources.contains_key(name) && name != logical);
        needs.insert(logical, of.collect());
    }
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut order = Vec::new();
    while !needs.is_empty() {
        let mut ready: Vec<&str> =
            needs.iter().filter(|(_, needs)| needs.iter().all(|n| done.contains(n))).map(|(name, _)| *name).collect();
        if ready.is_empty() {
            // A circle: refused when the template came, so this is one that a transform made.
            ready = needs.keys().copied().collect();
        }
        for name in ready {
            needs.remove(name);
            done.insert(name.to_owned());
            order.push(name.to_owned());
        }
    }
    order
}

/// AWS's refusal of resources that need each other.
pub(super) fn circle(resources: &Map<String, Value>) -> Result<(), String> {
    let needs: BTreeMap<&String, BTreeSet<String>> =
        resources.iter().map(|(logical, resource)| (logical, references(resource))).collect();
    let mut left: BTreeSet<&String> = needs.keys().copied().collect();
    loop {
        let free: Vec<&String> =
            left.iter().filter(|name| !needs[**name].iter().any(|n| left.contains(n))).copied().collect();
        if free.is_empty() {
            break;
        }
        free.into_iter().for_each(|name| {
            left.remove(name);
        });
    }
    if left.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = left.into_iter().map(String::as_str).collect();
    Err(format!("Circular dependency between resources: [{}]", names.join(", ")))
}

//! What is different between two versions of a stack, resource by resource: what an update has to do, and what a change
//! set tells. Compared is what was written, with parameters filled in; ids of resources play no part, save that a resource
//! whose neighbour is replaced changes with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Standing;
use crate::world::template::{Template, kind_of, kinds, order, resolve::Scope};

/// One resource that changes.
#[derive(Debug, Clone)]
pub struct Change {
    /// Logical id.
    pub logical: String,
    /// Type of the resource.
    pub kind: String,
    /// `Add`, `Modify`, `Remove`.
    pub action: &'static str,
    /// `True`, `False`, `Conditional`; of a change in place only.
    pub replacement: &'static str,
    /// What of it changes.
    pub details: Vec<Detail>,
    /// The resource as it was and as it will be, values of NoEcho parameters masked.
    pub before: Value,
    /// See `before`.
    pub after: Value,
}

/// One property (or another attribute) that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// `Properties`, `Tags`, `Metadata`, `DeletionPolicy` …
    pub attribute: &'static str,
    /// Name of the property.
    pub name: Option<String>,
    /// `Never`, `Conditionally`, `Always`; of properties only.
    pub recreation: &'static str,
    /// Whether the new value is known before the update runs.
    pub known: bool,
    /// AWS's word for where the change comes from.
    pub source: &'static str,
    /// What it comes from: a parameter, a resource, an attribute of one.
    pub cause: Option<String>,
    /// Value before, if there was one.
    pub before: Option<Value>,
    /// Value after, if there is one.
    pub after: Option<Value>,
}

const ATTRIBUTES: [&str; 5] = ["Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy"];

/// Who the stack is: what `AWS::StackName` and its like come to.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// Account, 12 digits.
    pub account: &'a str,
    /// Region.
    pub region: &'a str,
    /// Name.
    pub name: &'a str,
    /// ARN.
    pub arn: &'a str,
}

/// A version of the stack as expressions see it, references to resources left as they stand.
pub fn scope<'a>(identity: Identity<'a>, standing: &'a Standing, masks: bool) -> Scope<'a> {
    Scope {
        template: &standing.template,
        parameters: &standing.parameters,
        account: identity.account,
        region: identity.region,
        stack: identity.name,
        arn: identity.arn,
        around: None,
        masks,
    }
}

/// Every resource that changes, in the order in which an update takes them; what is removed comes last.
pub fn changes(identity: Identity<'_>, before: Option<&Standing>, after: &Standing) -> Vec<Change> {
    let new = scope(identity, after, false);
    let resources = new.resources();
    let old = before.map(|b| scope(identity, b, false));
    let earlier = old.as_ref().map(Scope::resources).unwrap_or_default();
    let mut found: BTreeMap<String, Change> = BTreeMap::new();
    let mut replaced: BTreeSet<String> = BTreeSet::new();
    let order = order::order(&resources);
    for logical in &order {
        let resource = &resources[logical];
        let change = match (&old, earlier.get(logical)) {
            (Some(old), Some(was)) if kind_of(was) == kind_of(resource) => {
                let mut details = compare((old, was), (&new, resource), before, after);
                details.extend(follows(resource, &replaced, &details));
                modified(logical, kind_of(resource), details)
            }
            (_, was) => Some(Change {
                logical: logical.clone(),
                kind: kind_of(resource).to_owned(),
                action: if was.is_some() { "Modify" } else { "Add" },
                replacement: if was.is_some() { "True" } else { "" },
                details: Vec::new(),
                before: Value::Null,
                after: Value::Null,
            }),
        };
        if let Some(change) = change {
            if change.action == "Modify" && change.replacement == "True" {
                replaced.insert(logical.clone());
            }
            found.insert(logical.clone(), change);
        }
    }
    let mut all: Vec<Change> = order.iter().filter_map(|logical| found.remove(logical)).collect();
    let gone = order::order(&earlier).into_iter().rev().filter(|logical| !resources.contains_key(logical));
    all.extend(gone.map(|logical| Change {
        kind: kind_of(&earlier[&logical]).to_owned(),
        logical,
        action: "Remove",
        replacement: "",
        details: Vec::new(),
        before: Value::Null,
        after: Value::Null,
    }));
    all
}

/// The same with the resources before and after, as a change set shows them.
pub fn with_contexts(
    identity: Identity<'_>,
    before: Option<&Standing>,
    after: &Standing,
    mut changes: Vec<Change>,
) -> Vec<Change> {
    let context = |standing: Option<&Standing>, logical: &str| {
        let standing = standing?;
        let scope = scope(identity, standing, true);
        let resource = standing.template.resource(logical)?;
        let mut shown = json!({ "Properties": scope.properties(resource) });
        for attribute in ATTRIBUTES {
            if let Some(value) = resource.get(attribute) {
                shown[attribute] = scope.value(value);
            }
        }
        Some(shown)
    };
    for change in &mut changes {
        change.before = context(before.filter(|_| change.action != "Add"), &change.logical).unwrap_or_default();
        change.after = context(Some(after).filter(|_| change.action != "Remove"), &change.logical).unwrap_or_default();
        for detail in &mut change.details {
            let value = |context: &Value| match (&detail.name, detail.attribute) {
                (Some(name), _) => context["Properties"].get(name).cloned(),
                (None, "Tags") => context["Properties"].get("Tags").cloned(),
                (None, attribute) => context.get(attribute).cloned(),
            };
            (detail.before, detail.after) = (value(&change.before), value(&change.after));
        }
    }
    changes
}

/// A resource that changes only because it has drifted.
pub fn reverted(logical: &str, kind: &str) -> Change {
    Change {
        logical: logical.to_owned(),
        kind: kind.to_owned(),
        action: "Modify",
        replacement: "False",
        details: Vec::new(),
        before: Value::Null,
        after: Value::Null,
    }
}

fn modified(logical: &str, kind: &str, details: Vec<Detail>) -> Option<Change> {
    if details.is_empty() {
        return None;
    }
    let always = |known: bool| details.iter().any(|d| d.recreation == "Always" && d.known == known);
    let replacement = match () {
        () if always(true) => "True",
        () if always(false) || details.iter().any(|d| d.recreation == "Conditionally") => "Conditional",
        () => "False",
    };
    Some(Change {
        logical: logical.to_owned(),
        kind: kind.to_owned(),
        action: "Modify",
        replacement,
        details,
        before: Value::Null,
        after: Value::Null,
    })
}

fn compare(
    (old, was): (&Scope<'_>, &Value),
    (new, is): (&Scope<'_>, &Value),
    before: Option<&Standing>,
    after: &Standing,
) -> Vec<Detail> {
    let (left, right) = (old.properties(was), new.properties(is));
    let names: BTreeSet<&String> = [&left, &right]
        .into_iter()
        .flat_map(|side| side.as_object().into_iter().flatten())
        .map(|(name, _)| name)
        .collect();
    let mut details = Vec::new();
    for name in names.into_iter().filter(|name| left.get(name.as_str()) != right.get(name.as_str())) {
        let tags = name == "Tags";
        let direct = Detail {
            attribute: if tags { "Tags" } else { "Properties" },
            name: (!tags).then(|| name.clone()),
            recreation: if tags { "" } else { kinds::recreation(kind_of(is), name) },
            known: true,
            source: "DirectModification",
            cause: None,
            before: left.get(name).cloned(),
            after: right.get(name).cloned(),
        };
        let written = |resource: &Value| resource["Properties"].get(name).cloned();
        let parameters = changed_parameters(&written(is).unwrap_or_default(), before, after, new.template);
        if parameters.is_empty() || written(was) != written(is) {
            details.push(direct.clone());
        }
        for parameter in parameters {
            // AWS tells a parameter's change twice: as what it is, and as what it may come to.
            let by = Detail { source: "ParameterReference", cause: Some(parameter), ..direct.clone() };
            details.extend([by, Detail { known: false, ..direct.clone() }]);
        }
    }
    for attribute in ATTRIBUTES {
        let value = |scope: &Scope<'_>, resource: &Value| resource.get(attribute).map(|value| scope.value(value));
        let (left, right) = (value(old, was), value(new, is));
        if left != right {
            let (source, known) = ("DirectModification", true);
            details.push(Detail {
                attribute,
                name: None,
                recreation: "",
                known,
                source,
                cause: None,
                before: left,
                after: right,
            });
        }
    }
    details
}

/// Parameters that the expression names and whose values differ.
fn changed_parameters(
    expression: &Value,
    before: Option<&Standing>,
    after: &Standing,
    template: &Template,
) -> Vec<String> {
    let named =
        order::references(expression).into_iter().filter(|name| template.value["Parameters"].get(name).is_some());
    named.filter(|name| before.and_then(|b| b.parameters.get(name)) != after.parameters.get(name)).collect()
}

/// What changes in a resource because those it refers to are replaced.
fn follows(resource: &Value, replaced: &BTreeSet<String>, have: &[Detail]) -> Vec<Detail> {
    let mut details = Vec::new();
    for (name, value) in resource["Properties"].as_object().into_iter().flatten() {
        let by: Vec<String> = order::references(value).into_iter().filter(|r| replaced.contains(r)).collect();
        for cause in by.into_iter().filter(|_| !have.iter().any(|d| d.name.as_ref() == Some(name) && d.known)) {
            let text = value.to_string();
            let attribute = text.contains(&format!("[\"{cause}\"")) || text.contains(&format!("${{{cause}."));
            details.push(Detail {
                attribute: "Properties",
                name: Some(name.clone()),
                recreation: kinds::recreation(super::super::template::kind_of(resource), name),
                known: false,
                source: if attribute { "ResourceAttribute" } else { "ResourceReference" },
                cause: Some(cause),
                before: None,
                after: None,
            });
        }
    }
    details
}

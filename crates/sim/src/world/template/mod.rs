//! CloudFormation templates: text as it was submitted, and the value it means. What its expressions come to is in
//! `resolve`, what kinds of resources are like in `kinds`, what waits for what in `order`, what transforms make of it in
//! `transform`. Errors are in AWS's words.

pub mod kinds;
pub mod order;
pub mod resolve;
mod transform;
mod yaml;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};

/// The largest template that may be given as text, in bytes (CloudFormation quotas).
pub const LARGEST: usize = 51_200;

/// A template.
#[derive(Debug)]
pub struct Template {
    /// The text as it was submitted.
    pub body: String,
    /// What it means, once transforms have run: JSON with long forms.
    pub value: Value,
    /// The same as text, where that is not the submitted one.
    pub processed: Option<String>,
}

impl Template {
    /// A template from JSON or YAML; else why it is none, as AWS says it.
    pub fn parse(body: &str) -> Result<Arc<Template>, String> {
        let json = body.trim_start().starts_with(['{', '[']);
        let value = if json {
            serde_json::from_str(body).map_err(|error| {
                let (line, column) = (error.line(), error.column());
                format!("Template format error: JSON not well-formed. (line {line}, column {column})")
            })?
        } else {
            yaml::parse(body).map_err(|place| format!("Template format error: YAML not well-formed. {place}"))?
        };
        check(&value)?;
        let transformed = transform::transformed(&value);
        let processed = transformed.as_ref().map(Value::to_string);
        Ok(Arc::new(Template { body: body.to_owned(), value: transformed.unwrap_or(value), processed }))
    }

    /// The members of a section, such as `Resources`.
    pub fn section(&self, name: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.value[name].as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }

    /// A resource by its logical id.
    pub fn resource(&self, logical: &str) -> Option<&Value> {
        self.value["Resources"].get(logical)
    }

    /// Type of a resource; empty if there is none.
    pub fn kind(&self, logical: &str) -> &str {
        self.resource(logical).map_or("", kind_of)
    }

    /// Description.
    pub fn description(&self) -> Option<&str> {
        self.value["Description"].as_str().filter(|text| !text.is_empty())
    }

    /// Whether that parameter's value is masked in answers.
    pub fn no_echo(&self, parameter: &str) -> bool {
        let told = &self.value["Parameters"][parameter]["NoEcho"];
        told.as_bool().unwrap_or(told.as_str() == Some("true"))
    }

    /// Transforms it declares.
    pub fn transforms(&self) -> Vec<String> {
        // The processed value has none any more, so the text is asked.
        if self.processed.is_none() {
            return Vec::new();
        }
        let original = if self.body.trim_start().starts_with('{') {
            serde_json::from_str(&self.body).unwrap_or_default()
        } else {
            yaml::parse(&self.body).unwrap_or_default()
        };
        transform::declared(&original)
    }

    /// The capability it needs, and the resource types that it is needed for.
    pub fn capability(&self) -> Option<(&'static str, Vec<String>)> {
        let iam: Vec<(&str, &Value)> = self
            .section("Resources")
            .filter(|(_, r)| kinds::is_iam(kind_of(r)))
            .map(|(_, r)| (kind_of(r), r))
            .collect();
        let named =
            iam.iter().any(|(kind, r)| kinds::iam_name(kind).is_some_and(|name| r["Properties"].get(name).is_some()));
        let mut kinds: Vec<String> = iam.iter().map(|(kind, _)| (*kind).to_owned()).collect();
        kinds.sort();
        kinds.dedup();
        match (kinds.is_empty(), named) {
            (true, _) => None,
            (false, true) => Some(("CAPABILITY_NAMED_IAM", kinds)),
            (false, false) => Some(("CAPABILITY_IAM", kinds)),
        }
    }

    /// The parameters that have a default, with it.
    pub fn defaults(&self) -> BTreeMap<String, String> {
        self.section("Parameters").filter_map(|(name, p)| Some((name.to_owned(), text(&p["Default"])?))).collect()
    }

    /// The parameters' values: those given, else those had before where told to keep them, else defaults.
    pub fn parameters(
        &self,
        given: &[Given],
        before: Option<&BTreeMap<String, String>>,
    ) -> Result<BTreeMap<String, String>, String> {
        let names = |names: Vec<&str>| names.join(", ");
        let unknown: Vec<&str> =
            given.iter().map(|g| g.name.as_str()).filter(|g| self.value["Parameters"].get(*g).is_none()).collect();
        if !unknown.is_empty() {
            return Err(format!("Parameters: [{}] do not exist in the template", names(unknown)));
        }
        let (mut values, mut missing) = (BTreeMap::new(), Vec::new());
        for (name, parameter) in self.section("Parameters") {
            let given = given.iter().find(|g| g.name == name);
            let value = match given {
                Some(Given { value: Some(value), .. }) => Some(value.clone()),
                Some(Given { previous: true, .. }) => before.and_then(|b| b.get(name)).cloned(),
                _ => text(&parameter["Default"]),
            };
            match value {
                Some(value) => {
                    allowed(name, parameter, &value)?;
                    values.insert(name.to_owned(), value);
                }
                None => missing.push(name),
            }
        }
        if missing.is_empty() { Ok(values) } else { Err(format!("Parameters: [{}] must have values", names(missing))) }
    }
}

/// A parameter as a caller gives it.
#[derive(Debug, Clone)]
pub struct Given {
    /// Name.
    pub name: String,
    /// Its value; none if the previous one stays.
    pub value: Option<String>,
    /// Whether the previous one stays.
    pub previous: bool,
}

/// Type of a resource.
pub fn kind_of(resource: &Value) -> &str {
    resource["Type"].as_str().unwrap_or_default()
}

/// A scalar as CloudFormation compares it: as text.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

fn allowed(name: &str, parameter: &Value, value: &str) -> Result<(), String> {
    let words: Vec<String> = parameter["AllowedValues"].as_array().into_iter().flatten().filter_map(text).collect();
    if !words.is_empty() && !words.iter().any(|word| word == value) {
        return Err(format!("Parameter '{name}' must be one of AllowedValues"));
    }
    let number = parameter["Type"] == "Number" && value.parse::<f64>().is_err();
    if number { Err(format!("Parameter '{name}' must be a number.")) } else { Ok(()) }
}

const SECTIONS: [&str; 11] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
];

/// What AWS refuses in a template before it does anything with it.
fn check(value: &Value) -> Result<(), String> {
    let Value::Object(members) = value else {
        return Err("Template format error: unsupported structure.".to_owned());
    };
    let unknown: Vec<&str> =
        members.keys().map(String::as_str).filter(|k| *k != "Transform" && !SECTIONS.contains(k)).collect();
    if !unknown.is_empty() {
        return Err(format!("Invalid template property or properties [{}]", unknown.join(", ")));
    }
    let empty = Map::new();
    let resources = members.get("Resources").and_then(Value::as_object).unwrap_or(&empty);
    if resources.is_empty() {
        return Err("Template format error: At least one Resources member must be defined.".to_owned());
    }
    for (logical, resource) in resources {
        if !logical.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(format!("Template format error: Resource name {logical} is non alphanumeric."));
        }
        if kind_of(resource).is_empty() {
            return Err(format!(
                "Template format error: [/Resources/{logical}] Every Resources object must contain a Type member."
            ));
        }
    }
    let known = |name: &str| {
        resources.contains_key(name)
            || members.get("Parameters").is_some_and(|p| p.get(name).is_some())
            || name.starts_with("AWS::")
    };
    let serverless = members.contains_key("Transform");
    let missing = |section: &str| {
        let found: Vec<String> = order::references(&members.get(section).cloned().unwrap_or_default())
            .into_iter()
            .filter(|n| !known(n))
            .collect();
        // A transform makes resources that the text does not name.
        (!found.is_empty() && !serverless).then(|| {
            format!(
                "Template format error: Unresolved resource dependencies [{}] in the {section} block of the template",
                found.join(", ")
            )
        })
    };
    match missing("Resources").or_else(|| missing("Outputs")) {
        Some(error) => Err(error),
        None => order::circle(resources),
    }
}

#[cfg(test)]
mod tests;

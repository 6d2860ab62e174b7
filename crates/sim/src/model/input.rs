//! What AWS refuses before an operation runs: required members, words, lengths, ranges and patterns, in AWS's phrases.
//! Types are not judged here: a value of the wrong type does not get past the protocol's decoder.

use serde_json::{Map, Value};

use super::{Operation, ServiceModel, Shape, ShapeKind, pattern};

/// Every constraint of the model that the input breaks, as AWS phrases it.
pub(crate) fn violations(
    service: &'static ServiceModel,
    operation: &'static Operation,
    input: &Map<String, Value>,
) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(shape) = &operation.input {
        let query = service.speaks("query");
        members(&Checker { service, query }, service.shape(shape), input, "", &mut found);
    }
    found
}

struct Checker {
    service: &'static ServiceModel,
    /// Query services name members in lowerCamelCase here, whatever they are called on the wire.
    query: bool,
}

impl Checker {
    fn path(&self, parent: &str, name: &str) -> String {
        let mut name = name.to_owned();
        if self.query
            && let Some(first) = name.get_mut(0..1)
        {
            first.make_ascii_lowercase();
        }
        if parent.is_empty() { name } else { format!("{parent}.{name}") }
    }
}

fn members(
    checker: &Checker,
    shape: &'static Shape,
    given: &Map<String, Value>,
    parent: &str,
    found: &mut Vec<String>,
) {
    for (name, member) in &shape.members {
        let path = checker.path(parent, name);
        match given.get(name) {
            None | Some(Value::Null) => {
                if shape.required.contains(name) {
                    found.push(format!("Value at '{path}' failed to satisfy constraint: Member must not be null"));
                }
            }
            Some(value) => check(checker, checker.service.shape(&member.shape), value, &path, found),
        }
    }
}

fn check(checker: &Checker, shape: &'static Shape, value: &Value, path: &str, found: &mut Vec<String>) {
    match (shape.kind, value) {
        (ShapeKind::Structure, Value::Object(given)) => members(checker, shape, given, path, found),
        (ShapeKind::List, Value::Array(elements)) => {
            size(shape, elements.len() as f64, value, path, found);
            let element = checker.service.shape(&shape.element().shape);
            for (i, value) in elements.iter().enumerate() {
                check(checker, element, value, &format!("{path}.{}.member", i + 1), found);
            }
        }
        (ShapeKind::Map, Value::Object(entries)) => {
            size(shape, entries.len() as f64, value, path, found);
            let (key, entry) = shape.entry();
            for (name, value) in entries {
                let name = Value::from(name.as_str());
                check(checker, checker.service.shape(&key.shape), &name, &format!("{path}.key"), found);
                check(checker, checker.service.shape(&entry.shape), value, &format!("{path}.value"), found);
            }
        }
        (ShapeKind::String, Value::String(text)) => string(shape, text, path, found),
        (ShapeKind::Blob, Value::String(base64)) => {
            let bytes = base64.trim_end_matches('=').len() * 3 / 4;
            size(shape, bytes as f64, value, path, found);
        }
        (_, Value::Number(number)) => range(shape, number.as_f64().unwrap_or_default(), path, found),
        _ => {}
    }
}

fn string(shape: &'static Shape, text: &str, path: &str, found: &mut Vec<String>) {
    // AWS counts as Java does, in UTF-16 units.
    size(shape, text.encode_utf16().count() as f64, &Value::from(text), path, found);
    let broken = |what: String| format!("Value '{text}' at '{path}' failed to satisfy constraint: {what}");
    if let Some(pattern) = &shape.pattern
        && !pattern::matches(pattern, text)
    {
        found.push(broken(format!("Member must satisfy regular expression pattern: {pattern}")));
    }
    if !shape.words.is_empty() && !shape.words.iter().any(|word| word == text) {
        found.push(broken(format!("Member must satisfy enum value set: [{}]", shape.words.join(", "))));
    }
}

fn size(shape: &Shape, length: f64, value: &Value, path: &str, found: &mut Vec<String>) {
    let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut bound = |word: &str, bound: f64| {
        found.push(format!(
            "Value '{shown}' at '{path}' failed to satisfy constraint: Member must have length {word} than or equal to {bound}"
        ));
    };
    match (shape.min, shape.max) {
        (Some(min), _) if length < min => bound("greater", min),
        (_, Some(max)) if length > max => bound("less", max),
        _ => {}
    }
}

fn range(shape: &Shape, number: f64, path: &str, found: &mut Vec<String>) {
    let mut bound = |word: &str, bound: f64| {
        found.push(format!(
            "Value '{number}' at '{path}' failed to satisfy constraint: Member must have value {word} than or equal to {bound}"
        ));
    };
    match (shape.min, shape.max) {
        (Some(min), _) if number < min => bound("greater", min),
        (_, Some(max)) if number > max => bound("less", max),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::service;

    fn found(id: &str, operation: &str, input: Value) -> Vec<String> {
        let service = service(id).expect("a service");
        let Value::Object(input) = input else { panic!("an object") };
        violations(service, &service.operations[operation], &input)
    }

    #[test]
    fn what_is_right_is_let_through() {
        assert_eq!(found("codepipeline", "GetPipeline", json!({"name": "web", "version": 1})), Vec::<String>::new());
    }

    #[test]
    fn each_kind_of_constraint_is_phrased_as_aws_does() {
        let cases = [
            (
                "codepipeline",
                "GetPipeline",
                json!({}),
                "Value at 'name' failed to satisfy constraint: Member must not be null",
            ),
            (
                "codepipeline",
                "GetPipeline",
                json!({"name": "a b"}),
                r"Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\-_]+",
            ),
            (
                "codepipeline",
                "GetPipeline",
                json!({"name": "a", "version": 0}),
                "Value '0' at 'version' failed to satisfy constraint: Member must have value greater than or equal to 1",
            ),
            (
                "codepipeline",
                "RetryStageExecution",
                json!({"pipelineName": "a", "stageName": "b", "pipelineExecutionId": "6f6fbd46-8e09-4d5c-a1d6-2c0f6b8d5c21", "retryMode": "SOME"}),
                "Value 'SOME' at 'retryMode' failed to satisfy constraint: Member must satisfy enum value set: [FAILED_ACTIONS, ALL_ACTIONS]",
            ),
            (
                "codebuild",
                "BatchGetBuilds",
                json!({"ids": []}),
                "Value '[]' at 'ids' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ),
            (
                "codebuild",
                "BatchGetBuilds",
                json!({"ids": ["a", ""]}),
                "Value '' at 'ids.2.member' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ),
            (
                "sts",
                "AssumeRole",
                json!({"RoleArn": "arn:aws:iam::111122223333:role/x", "RoleSessionName": "x"}),
                "Value 'x' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
            ),
        ];
        for (service, operation, input, expected) in cases {
            assert_eq!(found(service, operation, input.clone()), [expected], "{operation} {input}");
        }
    }
}

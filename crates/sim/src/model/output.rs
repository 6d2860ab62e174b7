//! Whether what a service answers is what AWS's model declares. A simulator that answers what AWS cannot must say so
//! loudly, or tests would pass on it that fail on AWS.

use serde_json::{Map, Value};

use super::{Operation, ServiceModel, Shape, ShapeKind};

/// Every way in which the output is not the model's. Null stands for absent.
pub(crate) fn disagreements(service: &ServiceModel, operation: &Operation, output: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match (&operation.output, output) {
        (Some(shape), Value::Object(given)) => members(service, service.shape(shape), given, "", &mut found),
        (Some(_), other) => found.push(format!("an object is expected, not {other}")),
        (None, Value::Null) => {}
        (None, Value::Object(given)) if given.is_empty() => {}
        (None, other) => found.push(format!("the operation answers nothing, but {other} is given")),
    }
    found
}

fn members(service: &ServiceModel, shape: &Shape, given: &Map<String, Value>, path: &str, found: &mut Vec<String>) {
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let path = format!("{path}.{name}");
        match shape.members.get(name) {
            Some(member) => check(service, service.shape(&member.shape), value, &path, found),
            None => found.push(format!("{path} is not in the model")),
        }
    }
    for name in shape.required.iter().filter(|name| given.get(*name).is_none_or(Value::is_null)) {
        found.push(format!("{path}.{name} is required"));
    }
    let set = given.values().filter(|value| !value.is_null()).count();
    if shape.union && set != 1 {
        found.push(format!("{path} is a union with {set} members set"));
    }
}

fn check(service: &ServiceModel, shape: &Shape, value: &Value, path: &str, found: &mut Vec<String>) {
    match (shape.kind, value) {
        (ShapeKind::Structure, _) if shape.document => {}
        (ShapeKind::Structure, Value::Object(given)) => members(service, shape, given, path, found),
        (ShapeKind::List, Value::Array(elements)) => {
            let element = service.shape(&shape.element().shape);
            for (i, value) in elements.iter().enumerate() {
                check(service, element, value, &format!("{path}[{i}]"), found);
            }
        }
        (ShapeKind::Map, Value::Object(entries)) => {
            let (_, entry) = shape.entry();
            for (key, value) in entries {
                check(service, service.shape(&entry.shape), value, &format!("{path}[{key}]"), found);
            }
        }
        (ShapeKind::String, Value::String(text)) => {
            if !shape.words.is_empty() && !shape.words.iter().any(|word| word == text) {
                found.push(format!("{path} is {text}, but one of {}", shape.words.join(", ")));
            }
        }
        (ShapeKind::Integer, Value::Number(n)) if n.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) => {}
        (ShapeKind::Long, Value::Number(n)) if n.is_i64() => {}
        (ShapeKind::Float | ShapeKind::Double | ShapeKind::Timestamp, Value::Number(_))
        | (ShapeKind::Boolean, Value::Bool(_))
        | (ShapeKind::Blob, Value::String(_)) => {}
        (kind, other) => found.push(format!("{path} is {other}; the model has {kind:?} there")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::service;

    fn found(operation: &str, output: Value) -> Vec<String> {
        let service = service("codepipeline").expect("codepipeline");
        disagreements(service, &service.operations[operation], &output)
    }

    #[test]
    fn what_the_model_declares_is_right() {
        let output =
            json!({"pipelines": [{"name": "web", "version": 1, "created": 1.5, "updated": null}], "nextToken": null});
        assert_eq!(found("ListPipelines", output), Vec::<String>::new());
        assert_eq!(found("EnableStageTransition", Value::Null), Vec::<String>::new());
    }

    #[test]
    fn each_kind_of_error_is_found() {
        let cases = [
            ("ListPipelines", json!({"pipelines": [{"nmae": "web"}]}), ".pipelines[0].nmae is not in the model"),
            (
                "ListPipelines",
                json!({"pipelines": [{"version": "1"}]}),
                r#".pipelines[0].version is "1"; the model has Integer there"#,
            ),
            ("RollbackStage", json!({}), ".pipelineExecutionId is required"),
            ("EnableStageTransition", json!({"x": 1}), r#"the operation answers nothing, but {"x":1} is given"#),
        ];
        for (operation, output, expected) in cases {
            assert_eq!(found(operation, output), [expected]);
        }
        let wrong_word = found("GetPipelineExecution", json!({"pipelineExecution": {"status": "Done"}}));
        assert!(wrong_word[0].starts_with(".pipelineExecution.status is Done, but one of "), "{wrong_word:?}");
    }
}

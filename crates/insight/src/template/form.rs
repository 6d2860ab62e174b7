//! The normal form of a template, and what its values are.

use serde_json::{Map, Number, Value};

/// The functions with a short form, without their `Fn::` (CloudFormation user guide, "Intrinsic function reference" and
/// "Rule-specific intrinsic functions"). `Ref` and `Condition` have no `Fn::`.
pub(super) const FUNCTIONS: &[&str] = &[
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "RefAll",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
    "ValueOf",
    "ValueOfAll",
];

/// What a plain scalar is. Only what prints as it was written becomes something other than text.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        text => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    if !text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return None;
    }
    let whole = || text.parse::<i64>().ok().map(Number::from).or_else(|| text.parse::<u64>().ok().map(Number::from));
    let number = whole().or_else(|| Number::from_f64(text.parse().ok()?))?;
    (number.to_string() == text).then_some(number)
}

/// The value of YAML's own tags (`!!str`), and of `!`, which says that it is text; none of another tag.
pub(super) fn core(tag: &str, value: &Value) -> Option<Value> {
    let kind = if tag == "!" { "str" } else { tag.strip_prefix("tag:yaml.org,2002:")? };
    match (kind, value) {
        ("str", Value::String(_)) | ("seq", Value::Array(_)) | ("map", Value::Object(_)) => Some(value.clone()),
        ("int" | "float" | "bool" | "null", Value::String(text)) => Some(plain(text)),
        _ => None,
    }
}

/// Writes the equivalent spellings that both formats have in one way.
pub(super) fn normalise(root: &mut Map<String, Value>) {
    root.values_mut().for_each(attributes);
    let resources = root.get_mut("Resources").and_then(Value::as_object_mut);
    for resource in resources.into_iter().flat_map(|map| map.values_mut()) {
        if let Some(depends_on @ Value::String(_)) = resource.get_mut("DependsOn") {
            *depends_on = Value::Array(vec![depends_on.take()]);
        }
    }
}

/// `Fn::GetAtt: A.B` as `[A, B]`: what is before the first dot is the logical id.
fn attributes(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(attributes),
        Value::Object(map) => {
            if let Some(Value::String(text)) = map.get("Fn::GetAtt")
                && let Some((id, attribute)) = text.split_once('.')
            {
                let parts = vec![Value::from(id), Value::from(attribute)];
                map.insert("Fn::GetAtt".to_owned(), Value::Array(parts));
            }
            map.values_mut().for_each(attributes);
        }
        _ => {}
    }
}

/// A scalar as CloudFormation sees most of them: as text. None of `null`, and of what is no scalar.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The value under such a key may be a list of tags.
pub(super) fn is_tags_key(key: &str) -> bool {
    key.ends_with("Tags")
}

/// The keys of a list of tags, in its order: maps of `Key` and `Value`, no key twice. None of another list.
pub(super) fn tag_keys(list: &[Value]) -> Option<Vec<String>> {
    let key = |tag: &Value| {
        let tag = tag.as_object()?;
        let is_part = |part: &String| matches!(part.as_str(), "Key" | "Value" | "PropagateAtLaunch");
        tag.keys().all(is_part).then(|| scalar(tag.get("Key")?))?
    };
    let keys: Vec<String> = list.iter().map(key).collect::<Option<_>>()?;
    let mut sorted: Vec<&String> = keys.iter().collect();
    sorted.sort();
    (!keys.is_empty() && sorted.windows(2).all(|pair| pair[0] != pair[1])).then_some(keys)
}

/// The intrinsic function that a map is a call of.
pub(super) fn function(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (key, value) = map.iter().next().filter(|_| map.len() == 1)?;
    (key == "Ref" || key == "Condition" || key.starts_with("Fn::")).then_some((key.as_str(), value))
}

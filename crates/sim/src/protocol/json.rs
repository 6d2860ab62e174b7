//! Values in JSON bodies, for awsJson and restJson: checked and brought into plain form by the model, and back.

use serde_json::{Map, Number, Value};

use super::{Refusal, timestamp::Format};
use crate::model::{Member, ServiceModel, ShapeKind};

/// Members of a structure from a JSON object. Unknown ones are left out, as AWS does; a wrong type is refused.
pub(super) fn decode_members(
    service: &'static ServiceModel,
    members: impl IntoIterator<Item = (&'static String, &'static Member)>,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let mut plain = Map::new();
    for (name, member) in members {
        let wire = member.location_name.as_ref().unwrap_or(name);
        if let Some(value) = given.get(wire).filter(|value| !value.is_null()) {
            plain.insert(name.clone(), decode(service, member, value)?);
        }
    }
    Ok(plain)
}

/// A value from JSON.
pub(super) fn decode(service: &'static ServiceModel, member: &'static Member, value: &Value) -> Result<Value, Refusal> {
    let shape = service.shape(&member.shape);
    Ok(match (shape.kind, value) {
        (ShapeKind::Structure, any) if shape.document => any.clone(),
        (ShapeKind::Structure, Value::Object(given)) => Value::Object(decode_members(service, &shape.members, given)?),
        (ShapeKind::List, Value::Array(elements)) => {
            let present = elements.iter().filter(|element| !element.is_null());
            Value::Array(present.map(|e| decode(service, shape.element(), e)).collect::<Result<_, _>>()?)
        }
        (ShapeKind::Map, Value::Object(entries)) => {
            let (_, entry) = shape.entry();
            let decoded = entries.iter().map(|(key, value)| Ok((key.clone(), decode(service, entry, value)?)));
            Value::Object(decoded.collect::<Result<_, Refusal>>()?)
        }
        (ShapeKind::Integer, Value::Number(number)) => {
            Value::from(whole(number, "an Integer", i32::MIN.into(), i32::MAX.into())?)
        }
        (ShapeKind::Long, Value::Number(number)) => Value::from(whole(number, "a Long", i64::MIN, i64::MAX)?),
        (ShapeKind::Timestamp, Value::String(text)) => {
            let format = Format::of(member, shape, Format::Unix);
            let parsed = if format == Format::Unix { None } else { format.parse(text) };
            parsed.ok_or_else(|| mismatch(value, shape.kind))?
        }
        (ShapeKind::Timestamp | ShapeKind::Float | ShapeKind::Double, Value::Number(_))
        | (ShapeKind::String, Value::String(_))
        | (ShapeKind::Boolean, Value::Bool(_)) => value.clone(),
        (ShapeKind::Blob, Value::String(text)) => {
            use base64::Engine as _;
            let decoded = base64::engine::general_purpose::STANDARD.decode(text);
            decoded.map_err(|_| mismatch(value, shape.kind)).map(|_| value.clone())?
        }
        (kind, other) => return Err(mismatch(other, kind)),
    })
}

/// Members of a structure as a JSON object. Null stands for absent; what the model lacks is left out.
pub(super) fn encode_members(
    service: &'static ServiceModel,
    members: impl IntoIterator<Item = (&'static String, &'static Member)>,
    plain: &Map<String, Value>,
) -> Map<String, Value> {
    let mut wire = Map::new();
    for (name, member) in members {
        if let Some(value) = plain.get(name).filter(|value| !value.is_null()) {
            let name = member.location_name.as_ref().unwrap_or(name);
            wire.insert(name.clone(), encode(service, member, value));
        }
    }
    wire
}

/// A value as JSON.
pub(super) fn encode(service: &'static ServiceModel, member: &'static Member, value: &Value) -> Value {
    let shape = service.shape(&member.shape);
    match (shape.kind, value) {
        (ShapeKind::Structure, Value::Object(plain)) if !shape.document => {
            Value::Object(encode_members(service, &shape.members, plain))
        }
        (ShapeKind::List, Value::Array(elements)) => {
            elements.iter().map(|element| encode(service, shape.element(), element)).collect()
        }
        (ShapeKind::Map, Value::Object(entries)) => {
            let (_, entry) = shape.entry();
            let present = entries.iter().filter(|(_, value)| !value.is_null());
            Value::Object(present.map(|(key, value)| (key.clone(), encode(service, entry, value))).collect())
        }
        (ShapeKind::Timestamp, Value::Number(number)) => {
            let seconds = number.as_f64().unwrap_or_default();
            match Format::of(member, shape, Format::Unix) {
                Format::Unix => value.clone(),
                format => Value::String(format.text(seconds)),
            }
        }
        _ => value.clone(),
    }
}

fn whole(number: &Number, kind: &str, min: i64, max: i64) -> Result<i64, Refusal> {
    let whole = number.as_i64().or_else(|| number.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64));
    whole
        .filter(|n| (min..=max).contains(n))
        .ok_or_else(|| Refusal::Serialization(format!("NUMBER_VALUE can not be converted to {kind}")))
}

/// AWS's words for a value that is not of its kind.
fn mismatch(value: &Value, kind: ShapeKind) -> Refusal {
    let given = match value {
        Value::Object(_) => {
            return Refusal::Serialization("Start of structure or map found where not expected.".to_owned());
        }
        Value::Array(_) => return Refusal::Serialization("Start of list found where not expected".to_owned()),
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
    };
    let wanted = match kind {
        ShapeKind::Structure | ShapeKind::List | ShapeKind::Map => {
            return Refusal::Serialization("Unexpected field type".to_owned());
        }
        ShapeKind::String => "a String",
        ShapeKind::Integer => "an Integer",
        ShapeKind::Long => "a Long",
        ShapeKind::Float => "a Float",
        ShapeKind::Double => "a Double",
        ShapeKind::Boolean => "a Boolean",
        ShapeKind::Timestamp => "milliseconds since epoch",
        ShapeKind::Blob => "a ByteBuffer",
    };
    Refusal::Serialization(format!("{given} can not be converted to {wanted}"))
}

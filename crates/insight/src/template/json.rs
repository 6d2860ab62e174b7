//! JSON to values, telling what serde_json alone passes over: a key that is there twice, a number that is rounded.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{DEEPEST, Format, NotATemplate, Notes, Oddity, Place};

/// The digits, and the powers of ten, that serde_json reads exactly. Past them the last digit may be another one: to read
/// that exactly, too, is a feature of serde_json which everything else here would have to be built with.
const EXACT_DIGITS: usize = 15;
const EXACT: std::ops::Range<f64> = 1e-7..1e22;

/// # Errors
/// If it is no JSON, or too deep.
pub(super) fn read(text: &str, notes: &mut Notes) -> Result<Value, NotATemplate> {
    let state = State { notes: RefCell::new(std::mem::take(notes)), too_deep: RefCell::new(false) };
    let mut json = serde_json::Deserializer::from_str(text);
    let read = Node { state: &state, depth: 0 }.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    *notes = state.notes.into_inner();
    read.map_err(|error| {
        let place = (error.line() > 0).then(|| Place { line: error.line(), column: error.column().max(1) });
        if *state.too_deep.borrow() {
            return NotATemplate::TooDeep { place };
        }
        // serde_json says the place in words at the end, too.
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        NotATemplate::Unreadable { format: Format::Json, why: crate::text::one_line(why, 200), place }
    })
}

struct State {
    notes: RefCell<Notes>,
    too_deep: RefCell<bool>,
}

#[derive(Clone, Copy)]
struct Node<'s> {
    state: &'s State,
    depth: usize,
}

impl Node<'_> {
    fn within<E: Error>(self) -> Result<Self, E> {
        if self.depth == DEEPEST {
            *self.state.too_deep.borrow_mut() = true;
            return Err(E::custom("too deep"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let digits = value.to_string().chars().filter(char::is_ascii_digit).count();
        if value != 0.0 && (digits > EXACT_DIGITS || !EXACT.contains(&value.abs())) {
            self.state.notes.borrow_mut().add(Oddity::Rounded, &value.to_string(), None);
        }
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let within = self.within()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(within)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let within = self.within()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                self.state.notes.borrow_mut().add(Oddity::DuplicateKey, &key, None);
            }
            let value = entries.next_value_seed(within)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

//! Enums and lists of the domain as text in a column, spelled as in the JSON contract, so that one word has one spelling.

use serde::{Serialize, de::DeserializeOwned};

/// The word of a unit variant, as its JSON spells it.
pub(crate) fn word<T: Serialize>(value: &T) -> sqlx::Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(other) => Err(sqlx::Error::Encode(format!("{other} is not a word").into())),
        Err(e) => Err(sqlx::Error::Encode(e.into())),
    }
}

/// The variant of that word.
pub(crate) fn from_word<T: DeserializeOwned>(word: &str) -> sqlx::Result<T> {
    serde_json::from_value(serde_json::Value::from(word)).map_err(|e| sqlx::Error::Decode(e.into()))
}

/// A value as JSON text.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|e| sqlx::Error::Encode(e.into()))
}

/// The value of that JSON text.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> sqlx::Result<T> {
    serde_json::from_str(text).map_err(|e| sqlx::Error::Decode(e.into()))
}

/// The value that a word of the database stands for, where `from_word` of the domain knows it.
pub(crate) fn known<T>(word: &str, value: Option<T>) -> sqlx::Result<T> {
    value.ok_or_else(|| sqlx::Error::Decode(format!("unknown word {word:?}").into()))
}

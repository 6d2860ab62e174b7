//! Regular expressions of the model, compiled once. They are Java's, and the whole string must match.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex::Regex;

/// Whether the whole of `text` matches.
pub(super) fn matches(pattern: &'static str, text: &str) -> bool {
    static COMPILED: LazyLock<Mutex<HashMap<&'static str, Regex>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let regex = compiled.entry(pattern).or_insert_with(|| {
        compile(pattern).unwrap_or_else(|error| panic!("pattern {pattern} of the model is not understood: {error}"))
    });
    regex.is_match(text)
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    Regex::new(&format!("^(?:{pattern})$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_the_model_is_understood() {
        for service in crate::model::services() {
            for (name, shape) in &service.shapes {
                if let Some(pattern) = &shape.pattern {
                    assert!(compile(pattern).is_ok(), "{} {name}: {pattern}", service.id);
                }
            }
        }
    }

    #[test]
    fn a_pattern_holds_for_the_whole_string() {
        assert!(matches("[a-z]+|[0-9]+", "abc"));
        assert!(!matches("[a-z]+|[0-9]+", "abc1"));
        assert!(matches(r"[\u0009\u000A\u000D\u0020-\u00FF]+", "é\t"));
        assert!(!matches(r"[\u0009\u000A\u000D\u0020-\u00FF]+", "되돌리기"));
    }
}

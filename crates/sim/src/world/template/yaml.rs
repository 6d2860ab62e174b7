//! YAML as CloudFormation reads it: a document becomes JSON, short forms (`!Ref`) become their long ones, and what is not
//! plainly a number or a boolean stays text (dates among them).

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};

/// Deeper nesting than any template has is refused, before the stack ends.
const DEEPEST: usize = 200;

/// The document's value; else what is wrong, with line and column.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader { parser: Parser::new_from_str(text), last: (1, 1) };
    loop {
        match reader.next()? {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd => return Ok(Value::Null),
            first => return reader.value(first, 0),
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    last: (usize, usize),
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Event<'a>, String> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.last = (span.start.line(), span.start.col() + 1);
                Ok(event)
            }
            Some(Err(error)) => Err(format!("(line {}, column {})", error.marker().line(), error.marker().col() + 1)),
            None => Ok(Event::StreamEnd),
        }
    }

    fn here(&self) -> String {
        format!("(line {}, column {})", self.last.0, self.last.1)
    }

    fn value(&mut self, event: Event<'a>, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err(self.here());
        }
        match event {
            Event::Scalar(text, style, _, tag) => {
                let tag = tag.as_deref().and_then(short);
                let plain = matches!(style, ScalarStyle::Plain) && tag.is_none();
                let value = if plain { scalar(&text) } else { Value::from(text.into_owned()) };
                Ok(long(tag, value))
            }
            Event::SequenceStart(_, tag) => {
                let tag = tag.as_deref().and_then(short);
                let mut elements = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => break,
                        inner => elements.push(self.value(inner, depth + 1)?),
                    }
                }
                Ok(long(tag, Value::Array(elements)))
            }
            Event::MappingStart(_, tag) => {
                let tag = tag.as_deref().and_then(short);
                let mut members = Map::new();
                loop {
                    let key = match self.next()? {
                        Event::MappingEnd => break,
                        Event::Scalar(key, ..) => key.into_owned(),
                        _ => return Err(self.here()),
                    };
                    let inner = self.next()?;
                    let value = self.value(inner, depth + 1)?;
                    members.insert(key, value);
                }
                Ok(long(tag, Value::Object(members)))
            }
            // "CloudFormation doesn't support YAML aliases" (User Guide, template formats).
            _ => Err(self.here()),
        }
    }
}

/// The name of a short form: `Ref` of `!Ref`; none for YAML's own tags.
fn short(tag: &Tag) -> Option<String> {
    (tag.handle == "!" && !tag.suffix.is_empty()).then(|| tag.suffix.clone())
}

fn long(tag: Option<String>, value: Value) -> Value {
    let Some(tag) = tag else { return value };
    let (name, value) = match (tag.as_str(), value) {
        ("Ref" | "Condition", value) => (tag, value),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or((&path, ""));
            ("Fn::GetAtt".to_owned(), serde_json::json!([resource, attribute]))
        }
        (_, value) => (format!("Fn::{tag}"), value),
    };
    Value::Object(Map::from_iter([(name, value)]))
}

fn scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    // A leading zero is no number here: account ids are text.
    let digits = text.trim_start_matches(['-', '+']);
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || leading_zero {
        return Value::from(text);
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Value::from(whole);
    }
    text.parse::<f64>().ok().and_then(Number::from_f64).map_or_else(|| Value::from(text), Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn short_forms_become_long_ones_and_dates_stay_text() {
        let text = "AWSTemplateFormatVersion: 2010-09-09\nA: !Ref B\nC: !GetAtt D.E.F\nG: !Sub '${B}-x'\n\
                    H: !Join ['-', [!Ref B, 1, true]]\nI: !If [Yes, 0123, ~]\nJ: !Equals\n  - '80'\n  - 80\n";
        assert_eq!(
            parse(text),
            Ok(json!({
                "AWSTemplateFormatVersion": "2010-09-09", "A": {"Ref": "B"}, "C": {"Fn::GetAtt": ["D", "E.F"]},
                "G": {"Fn::Sub": "${B}-x"}, "H": {"Fn::Join": ["-", [{"Ref": "B"}, 1, true]]},
                "I": {"Fn::If": ["Yes", "0123", null]}, "J": {"Fn::Equals": ["80", 80]},
            }))
        );
    }

    #[test]
    fn what_is_no_yaml_is_told_with_its_place() {
        assert!(parse("a: [1, 2").is_err_and(|e| e.starts_with("(line ")));
        assert!(parse("a: &x 1\nb: *x").is_err(), "aliases are not supported");
        assert!(parse(&"[".repeat(5_000)).is_err());
    }
}

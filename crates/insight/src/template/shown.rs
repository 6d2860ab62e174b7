//! Values of templates as compact text: bounded, with what cannot be seen written out, and so that two that differ look
//! different.

use serde_json::Value;
use skydeck_domain::template::TemplateText;

/// The most characters shown of a value.
const MOST: usize = 200;

/// The most characters shown of a name: a logical id, a type.
const MOST_NAME: usize = 255;

/// The most characters shown of a path.
const MOST_PATH: usize = 400;

/// What is shown before the first difference of two long texts.
const LEAD: usize = 30;

/// A value that only one template has.
pub(super) fn alone(value: &Value) -> TemplateText {
    shown(&line(value), 0)
}

/// Two values, from a little before where they begin to differ.
pub(super) fn both(before: &Value, after: &Value) -> (TemplateText, TemplateText) {
    let (a, b) = (line(before), line(after));
    // `80` and `"80"` are told apart where one stands for the other's kind, as `null` and `"null"` do.
    let (a, b) = if a == b { (before.to_string(), after.to_string()) } else { (a, b) };
    let same = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let is_long = a.chars().nth(MOST).is_some() || b.chars().nth(MOST).is_some();
    let from = if is_long && same > 2 * LEAD { same - LEAD } else { 0 };
    (shown(&a, from), shown(&b, from))
}

/// In place of a value that is not shown.
pub(super) fn masked() -> TemplateText {
    TemplateText { text: "****".to_owned(), is_cut: false, is_masked: true }
}

/// A name on one line.
pub(super) fn name(text: &str) -> String {
    cut(&escaped(text), MOST_NAME)
}

/// A path on one line.
pub(super) fn path(text: &str) -> String {
    cut(&escaped(text), MOST_PATH)
}

/// At most so many characters; `…` for what is left out.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

fn shown(line: &str, from: usize) -> TemplateText {
    let mut text = String::new();
    if from > 0 {
        text.push('…');
    }
    text.extend(line.chars().skip(from).take(MOST));
    let is_longer = line.chars().nth(from + MOST).is_some();
    if is_longer {
        text.push('…');
    }
    TemplateText { text, is_cut: from > 0 || is_longer, is_masked: false }
}

fn line(value: &Value) -> String {
    match value {
        Value::String(text) => escaped(text),
        value => escaped(&value.to_string()),
    }
}

/// Characters that move the cursor, turn text around or cannot be seen, as escapes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || crate::text::is_unseen(c) || matches!(c, '\u{2028}' | '\u{2029}') {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

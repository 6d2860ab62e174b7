//! What holds of all templates, tried on generated ones.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{form, *};

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..4).prop_map(Value::from),
        (-8_000..8_000).prop_map(|n| Value::from(f64::from(n) / 8.0)),
        prop::sample::select(vec![
            "",
            "a",
            "80",
            "1",
            "true",
            "null",
            "0123",
            "2010-09-09",
            "a: b",
            "\u{202e}\n",
            "é🚀"
        ])
        .prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["A", "B", "C", "Tags", "a.b", "80", "on", ""]).prop_map(str::to_owned)
}

fn call(name: &'static str) -> impl Fn(Value) -> Value {
    move |value| Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 40, 5, |inner| {
        let tag = (prop::sample::select(vec!["Name", "Env", "1"]), inner.clone());
        let tag = tag.prop_map(|(key, value)| json!({"Key": key, "Value": value}));
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key(), inner.clone()), 0..4)
                .prop_map(|list| Value::Object(list.into_iter().collect())),
            prop::collection::vec(tag, 0..4).prop_map(|tags| json!({"Tags": tags})),
            "[A-C]".prop_map(Value::from).prop_map(call("Ref")),
            "[A-C]\\.[A-C]".prop_map(Value::from).prop_map(call("Fn::GetAtt")),
            "[$AB{}]{0,4}".prop_map(Value::from).prop_map(call("Fn::Sub")),
            prop::collection::vec(inner, 0..3).prop_map(Value::from).prop_map(call("Fn::If")),
        ]
    })
}

fn root() -> impl Strategy<Value = Value> {
    let resource = (prop::sample::select(vec!["A::A", "B::B"]), prop::collection::vec((key(), value()), 0..4));
    let resource = resource.prop_map(
        |(kind, list)| json!({"Type": kind, "Properties": Value::Object(list.into_iter().collect()), "DependsOn": "A"}),
    );
    let entries =
        || prop::collection::vec((key(), value()), 0..3).prop_map(|list| Value::Object(list.into_iter().collect()));
    (prop::collection::vec((key(), resource), 0..4), entries(), entries(), scalar()).prop_map(
        |(list, outputs, other, text)| {
            let resources = Value::Object(list.into_iter().collect());
            json!({"Resources": resources, "Outputs": outputs, "Metadata": other, "Description": text})
        },
    )
}

fn template(root: &Value) -> Template {
    Template::parse(&root.to_string()).unwrap()
}

/// A text that two values share exactly if they mean the same: another way to say so than by the numbers of `names`.
pub(super) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, false, &mut out);
    out
}

fn write(value: &Value, is_tags: bool, out: &mut String) {
    match value {
        Value::Array(list) => {
            let mut order: Vec<usize> = (0..list.len()).collect();
            if let Some(keys) = is_tags.then(|| form::tag_keys(list)).flatten() {
                order.sort_by(|a, b| keys[*a].cmp(&keys[*b]));
            }
            out.push('[');
            for at in order {
                write(&list[at], false, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in entries {
                text(key, out);
                write(value, form::is_tags_key(key), out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Null => out.push('~'),
        value => text(&form::scalar(value).unwrap_or_default(), out),
    }
}

/// With its length before it, no text can be taken for another with something behind it.
fn text(text: &str, out: &mut String) {
    out.push_str(&text.len().to_string());
    out.push(':');
    out.push_str(text);
}

/// YAML in flow style, keys in the other order, functions in their short form, as another program might write it.
pub(super) fn yaml_of(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("[{}]", list.iter().map(yaml_of).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            if let Some((name, value)) = form::function(map) {
                let short = name.strip_prefix("Fn::").unwrap_or(name);
                match value {
                    Value::Array(list) if short == "GetAtt" && list.len() == 2 && list.iter().all(Value::is_string) => {
                        return format!("!GetAtt {}.{}", list[0].as_str().unwrap(), list[1].as_str().unwrap());
                    }
                    Value::Null | Value::Bool(_) | Value::Number(_) => {}
                    value if ["Ref", "GetAtt", "Sub", "If", "Join", "Condition"].contains(&short) => {
                        return format!("!{short} {}", yaml_of(value));
                    }
                    _ => {}
                }
            }
            let entries = map.iter().rev().map(|(key, value)| format!("? {}\n : {}", quoted(key), yaml_of(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(",\n "))
        }
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// Double quotes with YAML's own escapes, which are not all of JSON's.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out + "\""
}

/// The value with every number and boolean as text.
fn as_text(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(as_text).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), as_text(value))).collect(),
        Value::Number(_) | Value::Bool(_) => Value::from(value.to_string()),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_difference_makes_the_one_of_the_other(before in root(), after in root()) {
        let (before, after) = (template(&before), template(&after));
        let patch = diff(&before, &after);
        let made = Value::Object(patch.apply(&before).unwrap());
        let want = Value::Object(after.root().clone());
        prop_assert_eq!(canonical(&made), canonical(&want));
        let is_same = canonical(&Value::Object(before.root().clone())) == canonical(&want);
        prop_assert_eq!(patch.is_empty(), is_same);
        let told = compare(&before, &after);
        prop_assert_eq!(told.entries.is_empty(), is_same);
        prop_assert!(told.entries.iter().all(|entry| !entry.properties.is_empty()));
        prop_assert!(diff(&after, &after).is_empty());
    }

    #[test]
    fn format_order_and_spelling_are_no_difference(root in root()) {
        let json = template(&root);
        let yaml = yaml_of(&root);
        let failed = |error: NotATemplate| TestCaseError::fail(format!("{error}\n{yaml}"));
        let yaml = Template::parse(&format!("# yaml\n{yaml}")).map_err(failed)?;
        prop_assert_eq!(json.root(), yaml.root());
        prop_assert!(diff(&json, &yaml).is_empty());
        prop_assert!(diff(&json, &template(&as_text(&root))).is_empty());
    }

    #[test]
    fn an_element_put_into_a_list_is_one_change(
        list in prop::collection::vec("[a-d]{1,2}", 0..12),
        at in 0usize..12,
        new in "[e-g]",
    ) {
        let of = |list: &[String]| template(&json!({"Resources": {"R": {"Type": "T", "Properties": {"L": list}}}}));
        let mut longer = list.clone();
        longer.insert(at.min(list.len()), new);
        let told = compare(&of(&list), &of(&longer));
        prop_assert_eq!(told.entries.len(), 1);
        prop_assert_eq!(told.entries[0].properties.len(), 1);
        prop_assert_eq!(&told.entries[0].properties[0].path, &format!("L[{}]", at.min(list.len())));
    }

    #[test]
    fn elements_taken_out_of_a_list_are_as_many_changes(keep in prop::collection::vec(any::<bool>(), 1..30)) {
        let of = |list: Vec<usize>| template(&json!({"Resources": {"R": {"Type": "T", "Properties": {"L": list}}}}));
        let (all, left) = (of((0..keep.len()).collect()), of((0..keep.len()).filter(|at| keep[*at]).collect()));
        let gone: Vec<String> = (0..keep.len()).filter(|at| !keep[*at]).map(|at| format!("L[{at}]")).collect();
        let paths = |before, after| -> Vec<String> {
            let told = compare(before, after).entries;
            told.into_iter().flat_map(|entry| entry.properties).map(|row| row.path).collect()
        };
        prop_assert_eq!(paths(&all, &left), gone.clone());
        prop_assert_eq!(paths(&left, &all), gone);
    }

    #[test]
    fn the_order_of_tags_is_no_difference(values in prop::collection::vec(value(), 1..6), turn in 0usize..6) {
        let tags: Vec<Value> =
            values.into_iter().enumerate().map(|(at, value)| json!({"Key": format!("k{at}"), "Value": value})).collect();
        let mut turned = tags.clone();
        turned.rotate_left(turn % tags.len());
        let of = |tags: Vec<Value>| template(&json!({"Resources": {"R": {"Type": "T", "Properties": {"Tags": tags}}}}));
        prop_assert!(diff(&of(tags), &of(turned)).is_empty());
    }

    #[test]
    fn no_text_does_more_than_be_refused(text in "[-\\[\\]{}:,!&*#|>'\"%@`?~ a\\n\\t\u{0}é]{0,60}", tail in ".{0,20}") {
        let _ = Template::parse(&text);
        let _ = Template::parse(&format!("Resources: {{A: {text}}}"));
        let _ = Template::parse(&format!("{{{tail}"));
        if let Ok(template) = Template::parse(&format!("Resources:\n  A: {text}\n{tail}")) {
            prop_assert!(diff(&template, &template).is_empty());
            let _ = (NoEcho::of(&template), imports(&template), exports(&template), crate::cdk::cdk(&template));
        }
    }
}

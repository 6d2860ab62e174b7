//! The templates of `tests/templates`: each is read, and what another program (cfn-flip 1.3.0) makes of it as JSON is the
//! same to us.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    property_tests::{canonical, yaml_of},
    *,
};

macro_rules! corpus {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../tests/templates/", $name)))),*]
    };
}

/// Every template, by the name of its file.
pub(super) const CORPUS: &[(&str, &str)] = corpus![
    "web.yaml",
    "network.json",
    "long_forms.yaml",
    "serverless.yaml",
    "modules.yaml",
    "loop.yaml",
    "nested.yaml",
    "macro.yaml",
    "machine.yaml",
    "hostile.yaml",
    "flow.yaml",
    "cdk_orders.json",
];

/// What cfn-flip made of those that have no tag of nobody's and are plain YAML.
const FLIPPED: &[(&str, &str)] = corpus![
    "web.flipped.json",
    "long_forms.flipped.json",
    "serverless.flipped.json",
    "modules.flipped.json",
    "loop.flipped.json",
    "nested.flipped.json",
    "machine.flipped.json",
    "hostile.flipped.json",
];

pub(super) fn template(name: &str) -> Template {
    let (_, text) = CORPUS.iter().find(|(known, _)| *known == name).unwrap();
    Template::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn all() -> impl Iterator<Item = (&'static str, Template)> {
    CORPUS.iter().map(|(name, _)| (*name, template(name)))
}

#[test]
fn what_another_program_makes_json_of_is_the_same() {
    for (name, flipped) in FLIPPED {
        let yaml = template(&name.replace(".flipped.json", ".yaml"));
        let json = Template::parse(flipped).unwrap();
        assert_eq!((yaml.format(), json.format()), (Format::Yaml, Format::Json), "{name}");
        let told = compare(&yaml, &json);
        assert!(told.entries.is_empty(), "{name}: {told:#?}");
        // Beyond meaning: dates and quoted numbers are text, numbers are numbers, as there.
        assert_eq!(yaml.root(), json.root(), "{name}");
    }
}

#[test]
fn the_format_is_no_difference() {
    for (name, template) in all() {
        let json = Template::parse(&Value::Object(template.root().clone()).to_string()).unwrap();
        assert_eq!(json.root(), template.root(), "{name}");
        let yaml = Template::parse(&yaml_of(&Value::Object(template.root().clone()))).unwrap();
        assert!(diff(&template, &yaml).is_empty(), "{name}");
    }
}

#[test]
fn every_template_becomes_every_other_one() {
    for (one, before) in all() {
        assert!(diff(&before, &before).is_empty(), "{one}");
        for (other, after) in all() {
            let patch = diff(&before, &after);
            let made = Value::Object(patch.apply(&before).unwrap());
            let want = Value::Object(after.root().clone());
            assert_eq!(canonical(&made), canonical(&want), "{one} → {other}");
            assert_eq!(patch.is_empty(), one == other);
            let told = compare(&before, &after);
            assert_eq!(told.entries.is_empty(), one == other);
            assert!(told.entries.iter().all(|entry| !entry.properties.is_empty()), "{one} → {other}: {told:#?}");
        }
    }
}

#[test]
fn oddities_are_told() {
    let odd = |name: &str| template(name).notes().iter().map(|note| note.oddity).collect::<Vec<_>>();
    assert_eq!(odd("flow.yaml"), [Oddity::NotJson]);
    assert_eq!(odd("macro.yaml"), [Oddity::UnknownTag]);
    let found = template("macro.yaml");
    let note = &found.notes()[0];
    assert_eq!((note.what.as_str(), note.place.map(|p| (p.line, p.column))), ("!Invented", Some((16, 12))));
    assert_eq!(found.root()["Resources"]["Fn"]["Properties"]["New"]["Fn::Unknown!Invented"][0], "a");
    for name in ["web.yaml", "network.json", "hostile.yaml", "cdk_orders.json"] {
        assert_eq!(odd(name), [], "{name}");
    }
}

/// A template of a megabyte: as long as CloudFormation takes, with many alike resources.
fn large(changed: usize) -> String {
    let mut text = String::from("Resources:\n");
    let mut number = 0;
    while text.len() < MOST_BYTES - 400 {
        let value = if number == changed { "changed" } else { "plain" };
        text.push_str(&format!(
            "  Parameter{number}:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Type: String\n\
             \x20     Value: !Sub '${{AWS::StackName}}-{value}-{number}'\n      Tags: {{a: b}}\n"
        ));
        number += 1;
    }
    text
}

#[test]
fn a_megabyte_is_read_and_compared_in_time() {
    let started = Instant::now();
    let (before, after) = (Template::parse(&large(usize::MAX)).unwrap(), Template::parse(&large(1_000)).unwrap());
    let told = compare(&before, &after);
    assert_eq!(told.entries.len(), 1, "{told:?}");
    assert_eq!(told.entries[0].name.as_deref(), Some("Parameter1000"));
    let nothing = Template::parse("Resources: {}").unwrap();
    let told = compare(&nothing, &after);
    assert!(told.entries.len() > 5_000 && told.untold > 3_000, "{} {}", told.entries.len(), told.untold);
    // Without optimisation, on a machine with other work.
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

#[test]
fn what_is_made_to_be_slow_is_compared_in_time() {
    let started = Instant::now();
    let of =
        |value: &str| Template::parse(&format!("{{\"Resources\": {{}}, \"Metadata\": {{\"M\": {value}}}}}")).unwrap();
    // Long lists without anything in common; many of middling length; everything behind many lists within lists.
    let long =
        |first: usize| format!("[{}]", (first..first + 60_000).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    let maps = |with: usize| {
        let map = |n: usize| format!(r#"{{"a": {}, "b": "{}", "c": {n}}}"#, n + with, "x".repeat(900));
        format!("[{}]", (0..900).map(map).collect::<Vec<_>>().join(","))
    };
    let deep = |with: usize| format!("{}[{with},{}]{}", "[[".repeat(40), vec!["1"; 200_000].join(","), "]]".repeat(40));
    for (before, after) in [(long(0), long(100_000)), (maps(0), maps(1)), (deep(1), deep(2)), (long(0), maps(0))] {
        let (before, after) = (of(&before), of(&after));
        let patch = diff(&before, &after);
        let made = Value::Object(patch.apply(&before).unwrap());
        assert_eq!(canonical(&made), canonical(&Value::Object(after.root().clone())));
        assert!(compare(&before, &after).entries.len() == 1);
    }
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

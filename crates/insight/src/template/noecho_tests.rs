//! What reaches a secret, and the names by which stacks hang together.

use serde_json::json;

use super::{corpus_tests::template, *};

/// Whether an output with this value is masked, and whether it is beside a resource that was given the secret.
fn output(value: &Value) -> (bool, bool) {
    let root = json!({
        "Parameters": {"Secret": {"Type": "String", "NoEcho": true}, "Open": {"Type": "String", "NoEcho": "false"}},
        "Resources": {
            "Given": {"Type": "T", "Properties": {"P": {"Fn::Sub": "x${Secret}"}}},
            "After": {"Type": "T", "Properties": {"P": [{"Fn::GetAtt": ["Given", "Arn"]}]}},
            "Free": {"Type": "T", "Properties": {"P": {"Ref": "Open"}}},
        },
        "Outputs": {"O": {"Value": value, "Condition": "Secret"}},
    });
    let found = NoEcho::of(&Template::parse(&root.to_string()).unwrap());
    assert_eq!(found.parameters.iter().collect::<Vec<_>>(), ["Secret"]);
    assert_eq!(found.masks("O"), found.outputs.contains("O"));
    (found.masks("O"), found.beside.contains("O"))
}

#[test]
fn every_way_to_a_secret_is_seen() {
    for value in [
        json!({"Ref": "Secret"}),
        json!({"Fn::Sub": "a${Secret}b"}),
        json!({"Fn::Sub": "${Open}${!Open}${ Secret }"}),
        json!({"Fn::Sub": ["${A}", {"A": {"Ref": "Secret"}}]}),
        json!({"Fn::Sub": ["${Secret}", {"A": 1}]}),
        json!({"Fn::Join": ["", ["a", {"Ref": "Secret"}]]}),
        json!({"Fn::If": ["C", {"Ref": "Secret"}, "x"]}),
        json!({"Fn::If": ["C", "x", {"Fn::Base64": {"Ref": "Secret"}}]}),
        json!({"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Secret"}]}]}),
        json!({"Fn::FindInMap": ["M", {"Ref": "Secret"}, "x"]}),
        json!({"Fn::ToJsonString": {"a": [{"Ref": "Secret"}]}}),
        json!({"Fn::Transform": {"Name": "M", "Parameters": {"a": {"Ref": "Secret"}}}}),
        json!({"Fn::NotYetKnown": ["Secret"]}),
        json!({"Fn::Unknown!New": "${Secret}"}),
    ] {
        assert_eq!(output(&value), (true, false), "{value}");
    }
}

#[test]
fn what_does_not_show_a_secret_is_not_masked() {
    for value in [
        json!("Secret"),
        json!("${Secret}"),
        json!({"Ref": "Open"}),
        json!({"Fn::Sub": "${!Secret}"}),
        json!({"Fn::Sub": ["${Secret}", {"Secret": "mine"}]}),
        json!({"Fn::If": ["Secret", "a", "b"]}),
        json!({"Fn::Join": ["", ["Secret"]]}),
        json!({"Fn::GetAtt": ["Free", "Arn"]}),
    ] {
        assert_eq!(output(&value), (false, false), "{value}");
    }
}

#[test]
fn what_comes_from_a_resource_with_a_secret_is_told_and_not_masked() {
    for value in [
        json!({"Fn::GetAtt": ["Given", "Arn"]}),
        json!({"Fn::GetAtt": "After.Arn"}),
        json!({"Ref": "Given"}),
        json!({"Fn::Sub": "${After.Arn}"}),
    ] {
        assert_eq!(output(&value), (false, true), "{value}");
    }
}

#[test]
fn the_templates_at_hand() {
    let names = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
    for (file, parameters, outputs, beside, is_unknown) in [
        ("web.yaml", "MasterPassword", "Url", "Endpoint", false),
        ("nested.yaml", "Token", "Told", "Further Url", false),
        ("serverless.yaml", "ApiKey", "", "FunctionArn", false),
        ("network.json", "", "", "", false),
        ("macro.yaml", "Secret", "", "", true),
        ("loop.yaml", "", "", "", true),
    ] {
        let found = NoEcho::of(&template(file));
        let is = (names(&found.parameters), names(&found.outputs), names(&found.beside), found.is_unknown);
        assert_eq!(is, (parameters.into(), outputs.into(), beside.into(), is_unknown), "{file}");
    }
}

#[test]
fn what_is_not_known_is_masked() {
    assert!(NoEcho::unknown().masks("Anything"));
    let found = NoEcho::of(&template("network.json"));
    assert!(!found.masks("VpcId"));
    assert!(found.masks("NotInThisTemplate"));
    assert!(NoEcho::of(&template("macro.yaml")).masks("Anything"));
}

#[test]
fn names_of_exports_and_imports() {
    let of = |names: &Names| {
        let known: Vec<String> =
            names.names.iter().map(|(n, at)| format!("{n}@{}", Vec::from_iter(at.clone()).join("+"))).collect();
        (known.join(" "), names.unknown.iter().cloned().collect::<Vec<_>>().join(" "))
    };
    let nested = template("nested.yaml");
    assert_eq!(
        of(&imports(&nested)),
        ("main-vpc@Outputs.Clean+Resources.Inner shared-group@Resources.Inner".into(), "Resources.Inner".into())
    );
    assert_eq!(of(&exports(&nested)), ("again-vpc@Outputs.Clean".into(), "Outputs.Told".into()));
    assert_eq!(of(&exports(&template("network.json"))), ("main-vpc@Outputs.VpcId".into(), String::new()));
    assert_eq!(of(&imports(&template("web.yaml"))), ("shared-group@Resources.Instance".into(), String::new()));
}

//! What is told of a difference, change by change.

use serde_json::json;
use skydeck_domain::template::{EntryDiff, TemplateChange, TemplateDiff};

use super::{property_tests::canonical, *};

fn template(root: &Value) -> Template {
    Template::parse(&root.to_string()).unwrap()
}

fn resource(properties: &Value) -> Value {
    json!({"Resources": {"R": {"Type": "A::B::C", "Properties": properties}}})
}

/// Every row as `change attribute path: before → after`.
fn rows(entry: &EntryDiff) -> Vec<String> {
    let text =
        |side: &Option<skydeck_domain::template::TemplateText>| side.as_ref().map_or("-", |t| &t.text).to_owned();
    let row = |p: &skydeck_domain::template::PropertyDiff| {
        let attribute = p.attribute.as_deref().unwrap_or("-");
        format!("{:?} {attribute} {}: {} → {}", p.change, p.path, text(&p.before), text(&p.after))
    };
    entry.properties.iter().map(row).collect()
}

fn told(before: &Value, after: &Value) -> TemplateDiff {
    let (before, after) = (template(before), template(after));
    let patch = diff(&before, &after);
    let made = Value::Object(patch.apply(&before).unwrap());
    assert_eq!(canonical(&made), canonical(&Value::Object(after.root().clone())));
    let told = compare(&before, &after);
    assert_eq!(told.entries.is_empty(), patch.is_empty());
    assert!(told.entries.iter().all(|entry| !entry.properties.is_empty()), "{told:#?}");
    told
}

fn changed(before: &Value, after: &Value) -> Vec<String> {
    told(&resource(before), &resource(after)).entries.iter().flat_map(rows).collect()
}

#[test]
fn one_inserted_element_is_one_change() {
    let rule = |port: u16| json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/8"});
    assert_eq!(
        changed(&json!({"Ingress": [rule(80), rule(443)]}), &json!({"Ingress": [rule(22), rule(80), rule(443)]})),
        [r#"Add Properties Ingress[0]: - → {"CidrIp":"10.0.0.0/8","FromPort":22,"IpProtocol":"tcp","ToPort":22}"#]
    );
    assert_eq!(
        changed(&json!({"L": ["a", "b", "c", "d"]}), &json!({"L": ["a", "c", "d"]})),
        ["Remove Properties L[1]: b → -"]
    );
    // One is new, and the one behind it changed: it is told by what it was, not by its place.
    let before = json!({"L": [{"Id": "a", "X": 1, "Y": 1}]});
    let after = json!({"L": [{"Id": "n", "X": 7, "Y": 7}, {"Id": "a", "X": 2, "Y": 1}]});
    assert_eq!(
        changed(&before, &after),
        [r#"Add Properties L[0]: - → {"Id":"n","X":7,"Y":7}"#, "Modify Properties L[1].X: 1 → 2"]
    );
}

#[test]
fn properties_are_told_by_their_path() {
    assert_eq!(
        changed(
            &json!({"SecurityGroupIngress": [{"CidrIp": "a"}, {"CidrIp": "10.0.0.0/8"}], "Name": "x"}),
            &json!({"SecurityGroupIngress": [{"CidrIp": "a"}, {"CidrIp": "0.0.0.0/0"}], "Size": 3})
        ),
        [
            "Remove Properties Name: x → -",
            "Modify Properties SecurityGroupIngress[1].CidrIp: 10.0.0.0/8 → 0.0.0.0/0",
            "Add Properties Size: - → 3"
        ]
    );
    assert_eq!(
        changed(&json!({"a.b": {"": 1}}), &json!({"a.b": {"": 2}})),
        [r#"Modify Properties ["a.b"][""]: 1 → 2"#]
    );
}

#[test]
fn scalars_that_print_the_same_are_no_difference() {
    let one = json!({"Port": 80, "On": true, "L": [1, "2"]});
    assert_eq!(changed(&one, &json!({"Port": "80", "On": "true", "L": ["1", 2]})), [] as [&str; 0]);
    assert_eq!(changed(&one, &json!({"Port": 81, "On": true, "L": [1, "2"]})), ["Modify Properties Port: 80 → 81"]);
    assert_eq!(changed(&json!({"X": null}), &json!({"X": "null"})), [r#"Modify Properties X: null → "null""#]);
    assert_eq!(changed(&json!({"X": ""}), &json!({"X": null})), ["Modify Properties X:  → null"]);
}

#[test]
fn tags_are_the_same_by_key() {
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let before = json!({"Tags": [tag("Name", "a"), tag("Env", "x"), tag("Old", "o")]});
    assert_eq!(
        changed(&before, &json!({"Tags": [tag("Old", "o"), tag("Name", "a"), tag("Env", "x")]})),
        [] as [&str; 0]
    );
    assert_eq!(
        changed(&before, &json!({"Tags": [tag("Env", "y"), tag("New", "n"), tag("Name", "a")]})),
        [
            "Modify Properties Tags[Key=Env].Value: x → y",
            r#"Add Properties Tags[Key=New]: - → {"Key":"New","Value":"n"}"#,
            r#"Remove Properties Tags[Key=Old]: {"Key":"Old","Value":"o"} → -"#
        ]
    );
    // A key that is there twice has no tag of its own: the list is an ordinary one.
    let twice = json!({"Tags": [tag("a", "1"), tag("a", "2")]});
    assert_eq!(changed(&twice, &json!({"Tags": [tag("a", "2"), tag("a", "1")]})).len(), 2);
    // Elsewhere order may matter.
    assert_eq!(
        changed(&json!({"L": [tag("a", "1"), tag("b", "2")]}), &json!({"L": [tag("b", "2"), tag("a", "1")]})).len(),
        2
    );
}

#[test]
fn another_function_or_argument_is_one_change() {
    assert_eq!(
        changed(&json!({"X": {"Ref": "A"}}), &json!({"X": {"Fn::GetAtt": "A.Arn"}})),
        [r#"Modify Properties X: {"Ref":"A"} → {"Fn::GetAtt":["A","Arn"]}"#]
    );
    assert_eq!(
        changed(
            &json!({"X": {"Fn::If": ["C", {"a": 1, "b": 2}, 3]}}),
            &json!({"X": {"Fn::If": ["C", {"a": 1, "b": 4}, 3]}})
        ),
        ["Modify Properties X[\"Fn::If\"][1].b: 2 → 4".replace("[\"Fn::If\"]", ".Fn::If")]
    );
}

#[test]
fn another_type_is_another_thing() {
    let of = |kind: &str| json!({"Resources": {"R": {"Type": kind}, "S": {"Type": "T"}}});
    let diff = told(&of("A::B::C"), &of("A::B::D"));
    assert_eq!(diff.entries.len(), 1);
    let entry = &diff.entries[0];
    assert_eq!(
        (entry.replaces, entry.was_type.as_deref(), entry.resource_type.as_deref()),
        (true, Some("A::B::C"), Some("A::B::D"))
    );
    let other = told(&resource(&json!({"BucketName": "a"})), &resource(&json!({"BucketName": "b"})));
    assert!(!other.entries[0].replaces);
}

#[test]
fn sections_come_in_order_with_all_that_they_lost_and_got() {
    let before = json!({
        "Description": "old", "Parameters": {"P": {"Type": "String"}}, "Mappings": {"M": {"a": {"b": 1}}},
        "Conditions": {"C": {"Fn::Equals": ["a", "b"]}}, "Resources": {"A": {"Type": "T"}, "B": {"Type": "T"}},
        "Rules": {"R": {}},
    });
    let after = json!({
        "Description": "new", "Metadata": {"m": 1}, "Parameters": {"P": {"Type": "Number"}, "Q": {"Type": "String"}},
        "Mappings": {"M": {"a": {"b": 2}}}, "Conditions": {"C": {"Fn::Equals": ["a", "c"]}}, "Transform": "T",
        "Resources": {"A": {"Type": "T", "DeletionPolicy": "Retain"}, "D": {"Type": "U"}}, "Outputs": {"O": {"Value": 1}},
        "Zone": 1,
    });
    let diff = told(&before, &after);
    let lines: Vec<String> = diff
        .entries
        .iter()
        .map(|e| format!("{:?} {} {} | {}", e.change, e.section, e.name.as_deref().unwrap_or("-"), rows(e).join("; ")))
        .collect();
    assert_eq!(
        lines,
        [
            "Modify Description - | Modify - : old → new",
            r#"Add Metadata - | Add - : - → {"m":1}"#,
            "Modify Parameters P | Modify - Type: String → Number",
            r#"Add Parameters Q | Add - : - → {"Type":"String"}"#,
            "Remove Rules R | Remove - : {} → -",
            "Modify Mappings M | Modify - a.b: 1 → 2",
            r#"Modify Conditions C | Modify - : {"Fn::Equals":["a","b"]} → {"Fn::Equals":["a","c"]}"#,
            "Add Transform - | Add - : - → T",
            "Modify Resources A | Add DeletionPolicy : - → Retain",
            r#"Remove Resources B | Remove - : {"Type":"T"} → -"#,
            r#"Add Resources D | Add - : - → {"Type":"U"}"#,
            r#"Add Outputs O | Add - : - → {"Value":1}"#,
            "Add Zone - | Add - : - → 1",
        ]
    );
    assert_eq!(diff.entries[9].resource_type.as_deref(), Some("T"));
    assert_eq!(diff.entries[10].change, TemplateChange::Add);
}

#[test]
fn long_and_unseen_text_is_shown_so_that_the_difference_is_seen() {
    let long = |middle: &str| json!({"X": format!("{}{middle}{}", "a".repeat(5_000), "z".repeat(5_000))});
    let diff = told(&resource(&long("1")), &resource(&long("2")));
    let row = &diff.entries[0].properties[0];
    let (before, after) = (row.before.as_ref().unwrap(), row.after.as_ref().unwrap());
    assert!(before.is_cut && before.text.starts_with("…aaa") && before.text.contains("a1z"), "{before:?}");
    assert!(after.text.contains("a2z") && after.text.ends_with("z…") && after.text.chars().count() <= 202);
    assert_eq!(
        changed(&json!({"X": "a\u{202e}b\n"}), &json!({"X": "ab\u{1b}[1m"})),
        [r"Modify Properties X: a\u{202e}b\n → ab\u{1b}[1m"]
    );
}

#[test]
fn the_default_of_a_noecho_parameter_is_not_told() {
    let of = |default: &str, no_echo: Value| json!({"Parameters": {"P": {"Type": "String", "Default": default, "NoEcho": no_echo}}, "Resources": {}});
    let nothing = json!({"Resources": {}});
    for (before, after) in [
        (of("hunter1", json!(true)), of("hunter2", json!(true))),
        (of("hunter1", json!("true")), of("hunter2", json!(false))),
        (of("hunter1", json!("yes")), nothing.clone()),
        (nothing.clone(), of("hunter2", json!(true))),
    ] {
        let text = format!("{:?}", told(&before, &after));
        assert!(!text.contains("hunter") && text.contains("****"), "{text}");
    }
    let open = told(&of("hunter1", json!(false)), &of("hunter2", json!("false")));
    assert!(format!("{open:?}").contains("hunter2"));
}

#[test]
fn a_patch_fits_only_to_its_own_template() {
    let (a, b) = (template(&resource(&json!({"L": [1, 2], "X": 1}))), template(&resource(&json!({"L": [1], "Y": 1}))));
    let patch = diff(&a, &b);
    assert_eq!(patch.apply(&b), Err(DoesNotFit));
    assert_eq!(patch.apply(&template(&json!({"Resources": {}}))), Err(DoesNotFit));
}

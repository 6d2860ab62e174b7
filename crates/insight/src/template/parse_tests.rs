//! What is read, what is refused, and where that is said to be.

use serde_json::json;

use super::*;

/// The properties of the one resource of a YAML template.
fn properties(yaml: &str) -> Value {
    let text = format!("Resources:\n  R:\n    Type: A::B::C\n    Properties:\n{}", indented(yaml));
    Template::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}")).root()["Resources"]["R"]["Properties"]
        .clone()
}

fn indented(yaml: &str) -> String {
    yaml.lines().map(|line| format!("      {line}\n")).collect()
}

#[test]
fn short_forms_become_long_ones() {
    for (short, long) in [
        ("!Ref A", json!({"Ref": "A"})),
        ("!Ref AWS::Region", json!({"Ref": "AWS::Region"})),
        ("!GetAtt A.B", json!({"Fn::GetAtt": ["A", "B"]})),
        ("!GetAtt A.Outputs.B", json!({"Fn::GetAtt": ["A", "Outputs.B"]})),
        ("!GetAtt [A, B]", json!({"Fn::GetAtt": ["A", "B"]})),
        ("!GetAtt [!Sub 'A${B}', C]", json!({"Fn::GetAtt": [{"Fn::Sub": "A${B}"}, "C"]})),
        ("{Fn::GetAtt: A.B}", json!({"Fn::GetAtt": ["A", "B"]})),
        ("!Sub '${A}'", json!({"Fn::Sub": "${A}"})),
        ("!Sub ['${A}', {A: !Ref B}]", json!({"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]})),
        ("!Join [',', [a, !Ref B]]", json!({"Fn::Join": [",", ["a", {"Ref": "B"}]]})),
        ("!If [C, a, !Ref AWS::NoValue]", json!({"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]})),
        ("!Select [0, [a]]", json!({"Fn::Select": [0, ["a"]]})),
        ("!Split [',', 'a,b']", json!({"Fn::Split": [",", "a,b"]})),
        ("!FindInMap [M, a, b]", json!({"Fn::FindInMap": ["M", "a", "b"]})),
        ("!ImportValue x", json!({"Fn::ImportValue": "x"})),
        ("!Base64 80", json!({"Fn::Base64": "80"})),
        ("!Cidr [10.0.0.0/8, 1, 8]", json!({"Fn::Cidr": ["10.0.0.0/8", 1, 8]})),
        ("!GetAZs ''", json!({"Fn::GetAZs": ""})),
        ("!GetAZs", json!({"Fn::GetAZs": ""})),
        ("!Equals [a, true]", json!({"Fn::Equals": ["a", true]})),
        (
            "!And [!Condition A, !Not [!Condition B]]",
            json!({"Fn::And": [{"Condition": "A"}, {"Fn::Not": [{"Condition": "B"}]}]}),
        ),
        ("!Or [!Condition A]", json!({"Fn::Or": [{"Condition": "A"}]})),
        ("!Transform {Name: M, Parameters: {a: 1}}", json!({"Fn::Transform": {"Name": "M", "Parameters": {"a": 1}}})),
        ("!ToJsonString {a: 1}", json!({"Fn::ToJsonString": {"a": 1}})),
        ("!Length [a]", json!({"Fn::Length": ["a"]})),
        ("!New {a: 1}", json!({"Fn::Unknown!New": {"a": 1}})),
        ("!!binary aGk=", json!({"Fn::Unknown!tag:yaml.org,2002:binary": "aGk="})),
    ] {
        assert_eq!(properties(&format!("X: {short}"))["X"], long, "{short}");
    }
}

#[test]
fn scalars_stay_what_they_are_written_as() {
    for (written, is) in [
        ("80", json!(80)),
        ("\"80\"", json!("80")),
        ("-1", json!(-1)),
        ("0.5", json!(0.5)),
        ("1.0", json!(1.0)),
        ("1.10", json!("1.10")),
        ("012345678901", json!("012345678901")),
        ("111122223333", json!(111_122_223_333_u64)),
        ("18446744073709551616", json!("18446744073709551616")),
        ("1e3", json!("1e3")),
        ("0x1F", json!("0x1F")),
        ("1_000", json!("1_000")),
        ("+1", json!("+1")),
        (".5", json!(".5")),
        (".inf", json!(".inf")),
        ("12:30:45", json!("12:30:45")),
        ("2010-09-09", json!("2010-09-09")),
        ("True", json!(true)),
        ("yes", json!("yes")),
        ("off", json!("off")),
        ("~", Value::Null),
        ("null", Value::Null),
        ("'null'", json!("null")),
        ("!!str 80", json!("80")),
        ("! 80", json!("80")),
        ("!!int '80'", json!(80)),
    ] {
        assert_eq!(properties(&format!("X: {written}"))["X"], is, "{written}");
    }
    assert_eq!(properties("X:")["X"], Value::Null);
    assert_eq!(properties("on: 1\n80: 2\n2012-10-17: 3"), json!({"on": 1, "80": 2, "2012-10-17": 3}));
}

#[test]
fn depends_on_is_a_list() {
    let template = Template::parse(r#"{"Resources": {"A": {"Type": "T", "DependsOn": "B"}}}"#).unwrap();
    assert_eq!(template.root()["Resources"]["A"]["DependsOn"], json!(["B"]));
}

#[test]
fn keys_that_are_there_twice_are_told_and_the_last_counts() {
    let text = "Resources:\n  A: {Type: T}\n  A: {Type: U}\n";
    let template = Template::parse(text).unwrap();
    assert_eq!(template.root()["Resources"]["A"]["Type"], "U");
    let place = Some(Place { line: 3, column: 3 });
    assert_eq!(template.notes(), [Note { oddity: Oddity::DuplicateKey, what: "A".to_owned(), place }]);
    let template = Template::parse(r#"{"Resources": {"A": {"Type": "T"}, "A": {"Type": "U"}}}"#).unwrap();
    assert_eq!(template.root()["Resources"]["A"]["Type"], "U");
    assert_eq!(template.notes()[0].oddity, Oddity::DuplicateKey);
    let many: String = (0..1_000).map(|_| "  A: {Type: T}\n").collect();
    assert_eq!(Template::parse(&format!("Resources:\n{many}")).unwrap().notes().len(), MOST_NOTES);
}

#[test]
fn aliases_are_resolved_and_told() {
    let template = Template::parse("Resources:\n  A: &a {Type: T}\n  B: *a\n  C: {<<: *a}\n").unwrap();
    assert_eq!(template.root()["Resources"]["B"]["Type"], "T");
    assert_eq!(template.root()["Resources"]["C"]["<<"]["Type"], "T");
    let odd: Vec<Oddity> = template.notes().iter().map(|note| note.oddity).collect();
    assert_eq!(odd, [Oddity::Alias, Oddity::MergeKey, Oddity::Alias]);
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut wide = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    let mut deep = String::from("a0: &a0 [x]\n");
    for i in 1..400 {
        let same = vec![format!("*a{}", i - 1); 10].join(", ");
        wide.push_str(&format!("a{i}: &a{i} [{same}]\n"));
        deep.push_str(&format!("a{i}: &a{i} [*a{}]\n", i - 1));
    }
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(500_000), vec!["*a"; 100_000].join(","));
    let nested = format!("{}[{}]{}", "&x [".repeat(60), vec!["1"; 300_000].join(","), "]".repeat(60));
    assert!(matches!(Template::parse(&wide), Err(NotATemplate::TooManyAliases { place }) if place.line < 10), "wide");
    assert!(matches!(Template::parse(&deep), Err(NotATemplate::TooDeep { place: Some(_) })), "deep");
    assert!(matches!(Template::parse(&text), Err(NotATemplate::TooManyAliases { .. })), "text");
    assert!(matches!(Template::parse(&nested), Err(NotATemplate::TooManyAliases { .. })), "anchors");
    let own = "a: &a [*a]\n";
    assert!(matches!(Template::parse(own), Err(NotATemplate::Unreadable { .. })), "own");
}

#[test]
fn what_is_too_deep_is_refused() {
    for open in ["[", "{\"a\":", "{a: ", "- ", "!Ref [", "? "] {
        for count in [101, 1_000, 100_000] {
            let text = open.repeat(count);
            let error = Template::parse(&text).unwrap_err();
            let is_told = matches!(error, NotATemplate::TooDeep { .. } | NotATemplate::Unreadable { .. });
            assert!(is_told, "{open} × {count}: {error}");
        }
    }
    let deep = |levels: usize| format!("{{\"Resources\": {}1{}}}", "{\"a\":".repeat(levels), "}".repeat(levels));
    assert!(Template::parse(&deep(DEEPEST - 1)).is_ok());
    assert!(matches!(Template::parse(&deep(DEEPEST)), Err(NotATemplate::TooDeep { place: Some(_) })));
}

#[test]
fn what_is_no_template_is_said_with_its_place() {
    for (text, said) in [
        ("", "there is nothing in it"),
        ("# only a comment\n", "there is nothing in it"),
        ("hello", "not a template: it is no map of sections"),
        ("[1, 2]", "not a template: it is no map of sections"),
        ("{\"name\": \"x\"}", "not a template: it has no `Resources`"),
        ("Resources: [a]", "not a template: its `Resources` are no map"),
        ("Resources: {}\n---\nResources: {}\n", "line 3, column 1: not YAML: there is more than one document"),
        ("Resources: {}\n? [a]\n: b\n", "line 2, column 3: not YAML: a key is no text"),
    ] {
        assert_eq!(Template::parse(text).unwrap_err().to_string(), said, "{text}");
    }
    let place = |text: &str| Template::parse(text).unwrap_err().place().map(|place| (place.line, place.column));
    assert_eq!(place("Resources:\n  A: b: c\n").map(|(line, _)| line), Some(2));
    assert_eq!(place("{\n  \"Resources\": {\n    \"A\" 1\n").map(|(line, _)| line), Some(3));
    assert_eq!(place("Resources:\n\tA: b\n").map(|(line, _)| line), Some(2));
    let long = format!("Resources: {{}} # {}", "x".repeat(MOST_BYTES));
    assert!(matches!(Template::parse(&long), Err(NotATemplate::TooLong { .. })));
    assert!(Template::parse("Transform: Example::Macro\n").is_ok());
    assert!(Template::parse("\u{feff}Resources: {}").is_ok());
}

#[test]
fn a_number_that_may_be_rounded_is_told() {
    let odd = |number: &str| {
        let text = format!(r#"{{"Resources": {{}}, "Metadata": {{"a": {number}}}}}"#);
        Template::parse(&text).unwrap().notes().iter().map(|note| note.oddity).collect::<Vec<_>>()
    };
    for number in ["123456789012345678901234567890", "0.12345678901234567", "1e30", "1e-30"] {
        assert_eq!(odd(number), [Oddity::Rounded], "{number}");
    }
    for number in ["0.5", "18446744073709551615", "123456.789012345", "-0.0", "1.0", "1e3"] {
        assert_eq!(odd(number), [], "{number}");
    }
}

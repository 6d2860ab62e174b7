//! CloudFormation against moto: rows as boto3 reads them, in two accounts and two Regions; verbs acted, and read back by boto3.
//! moto does not hide parameters with NoEcho, and puts no tokens on events: both are dealt with.

use serde_json::{Value, json};

use super::{Moto, PROFILES, REGIONS, names, read_json, seeded, skydeckctl};

const STACK: &str = "cloudformation.stack";
const CHANGE_SET: &str = "cloudformation.change-set";

/// A home synced in these Regions, with the server behind it.
fn synced(regions: &[&str]) -> (Moto, tempfile::TempDir, Value) {
    let moto = Moto::start();
    let folder = tempfile::tempdir().expect("a folder");
    moto.config(folder.path());
    let mut args = vec!["sync", "--service", "cloudformation", "--json"];
    args.extend(regions.iter().flat_map(|region| ["--region", *region]));
    skydeckctl(folder.path(), &args);
    let rows = read_json(&skydeckctl(folder.path(), &["get", "all", "--json"]));
    (moto, folder, rows)
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn by_arn<'a>(rows: &'a Value, arn: &Value) -> &'a Value {
    list(rows).iter().find(|r| r["arn"] == *arn).unwrap_or_else(|| panic!("no row of {arn}"))
}

#[test]
fn stacks_are_as_boto3_reads_them() {
    let (moto, _folder, rows) = synced(&REGIONS);
    for (profile, account) in PROFILES {
        for region in REGIONS {
            let truth = &moto.account(account, region)["cloudformation"];
            assert_eq!(names(&rows, STACK, account, region), seeded(&truth["stacks"], |s| &s["StackName"]));
            let sets: Vec<Value> = list(&truth["stack_sets"]).clone();
            let told = names(&rows, "cloudformation.stack-set", account, region);
            assert_eq!(told, seeded(&Value::Array(sets.clone()), |s| &s["StackSetName"]));
            for stack in list(&truth["stacks"]) {
                let row = by_arn(&rows, &stack["StackId"]);
                assert_eq!(row["profile"], profile);
                assert_eq!(row["status"], stack["StackStatus"]);
                assert_eq!(row["detail"]["description"], stack["Description"]);
                let outputs = row["detail"]["outputs"].as_array().map_or(0, Vec::len);
                assert_eq!(outputs, stack["Outputs"].as_array().map_or(0, Vec::len), "{}", row["name"]);
                let sets = &truth["change_sets"][stack["StackName"].as_str().expect("a name")];
                for set in list(sets).iter().filter(|s| s["ExecutionStatus"] == "AVAILABLE") {
                    let row = by_arn(&rows, &set["ChangeSetId"]);
                    assert_eq!((&row["kind"], &row["status"]), (&json!(CHANGE_SET), &set["Status"]));
                }
            }
            for set in sets {
                let row = list(&rows)
                    .iter()
                    .find(|r| r["name"] == set["StackSetName"] && r["account"] == account && r["region"] == region);
                let instances = &row.expect("a row")["detail"]["instances"];
                let wanted = &truth["instances"][set["StackSetName"].as_str().expect("a name")];
                assert_eq!(list(instances).len(), list(wanted).len());
                // moto tells another id of the stack at each call.
                assert_eq!(instances[0]["account"], wanted[0]["Account"]);
                assert_eq!(instances[0]["region"], wanted[0]["Region"]);
            }
        }
    }
}

#[test]
fn what_no_echo_hides_is_nowhere() {
    let (_moto, folder, rows) = synced(&REGIONS[..1]);
    let web = list(&rows).iter().find(|r| r["name"] == "web-one").expect("a row");
    assert_eq!(
        web["detail"]["parameters"][1],
        json!({"key": "Password", "value": null, "resolved": null, "hidden": true})
    );
    let login = list(&web["detail"]["outputs"]).iter().find(|o| o["key"] == "Login").expect("an output");
    assert_eq!((&login["hidden"], &login["value"]), (&json!(true), &Value::Null));
    for entry in std::fs::read_dir(folder.path().join("home")).expect("a home") {
        let path = entry.expect("an entry").path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let found = bytes.windows(b"CANARY-moto-noecho".len()).any(|w| w == b"CANARY-moto-noecho");
        assert!(!found, "the parameter's value is in {}", path.display());
    }
}

#[test]
fn a_change_set_is_executed_and_gone_back_on_and_boto3_agrees() {
    let (mut moto, folder, rows) = synced(&REGIONS[..1]);
    let row = |kind: &str| {
        let is_it = |r: &&Value| r["kind"] == kind && r["profile"] == "one-dev" && r["region"] == REGIONS[0];
        let found = list(&rows).iter().filter(is_it).find(|r| r["name"] == "web-one" || r["name"] == "longer");
        found.expect("a row")["arn"].as_str().expect("an ARN").to_owned()
    };
    let (stack, set) = (row(STACK), row(CHANGE_SET));
    let act = |verb: &str, id: &str, more: &[&str]| {
        let mut args = vec!["act", verb, id, "--reason", "trial", "--confirm", "yes", "--json"];
        args.extend(more);
        let done = skydeckctl(folder.path(), &args);
        (done.status.code(), read_json(&done))
    };
    let timeout = |moto: &mut Moto| {
        let told = moto.boto3("111122223333", "cloudformation", "get_template", json!({"StackName": stack}));
        told["TemplateBody"]["Resources"]["Queue"]["Properties"]["VisibilityTimeout"].clone()
    };
    assert_eq!(timeout(&mut moto), 30);
    let (code, done) = act("execute", &set, &[]);
    assert_eq!((code, &done["outcome"]), (Some(0), &json!("succeeded")), "{done}");
    assert_eq!(timeout(&mut moto), 60);
    // A second time there is nothing to execute, and nothing is called.
    let (code, again) = act("execute", &set, &[]);
    assert_eq!(code, Some(4), "{again}");

    let plan = read_json(&skydeckctl(folder.path(), &["plan", "revert", &stack, "--json"]));
    let target = list(&plan["targets"]).iter().find(|t| t["valid"] == true).expect("the template before");
    let (code, done) = act("revert", &stack, &["--to", target["id"].as_str().expect("an id")]);
    assert_eq!((code, &done["outcome"]), (Some(0), &json!("succeeded")), "{done}");
    assert_eq!(timeout(&mut moto), 60, "a change set alone changes nothing");
    skydeckctl(folder.path(), &["sync", "--service", "cloudformation", "--json"]);
    let rows = read_json(&skydeckctl(folder.path(), &["get", CHANGE_SET, "--json"]));
    let made = list(&rows).iter().find(|r| r["name"].as_str().is_some_and(|n| n.starts_with("skydeck-")));
    let (code, done) = act("execute", made.expect("the new change set")["arn"].as_str().expect("an ARN"), &[]);
    assert_eq!((code, &done["outcome"]), (Some(0), &json!("succeeded")), "{done}");
    assert_eq!(timeout(&mut moto), 30, "it is as it was");
}

#[test]
fn a_discarded_change_set_is_gone_for_boto3() {
    let (mut moto, folder, rows) = synced(&REGIONS[..1]);
    let arn = |name: &str| {
        let is_it = |r: &&Value| r["name"] == name && r["profile"] == "two-dev" && r["region"] == REGIONS[0];
        list(&rows).iter().find(is_it).expect("a row")["arn"].as_str().expect("an ARN").to_owned()
    };
    let (web, set) = (arn("web-two"), arn("longer"));
    let args = ["act", "discard", &set, "--reason", "trial", "--confirm", "yes", "--json"];
    let done = read_json(&skydeckctl(folder.path(), &args));
    assert_eq!(done["outcome"], "succeeded", "{done}");
    let told = moto.boto3("444455556666", "cloudformation", "list_change_sets", json!({"StackName": web}));
    assert_eq!(told["Summaries"], json!([]));
}

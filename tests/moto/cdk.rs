//! A CDK app that is really synthesized (tests/cdk), deployed into moto by boto3, and compared by `skydeckctl cdk`.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{Moto, read_json, skydeckctl};

const ACCOUNT: &str = "111122223333";

/// Synthesizes the app into a folder, with one value of its context.
fn synth(into: &Path, context: &str) {
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("cdk");
    let cdk = app.join("node_modules/.bin/cdk");
    assert!(cdk.exists(), "{} is missing: `cargo xtask test` installs it", cdk.display());
    let done = Command::new(cdk)
        .args(["synth", "--quiet", "--context", context, "--output"])
        .arg(into)
        .current_dir(&app)
        .env("CDK_DISABLE_CLI_TELEMETRY", "true")
        .stdin(Stdio::null())
        .output()
        .expect("cdk starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Has boto3 create the stack of that template.
fn deploy(moto: &mut Moto, name: &str, template: &Path) {
    let body = std::fs::read_to_string(template).expect("a template");
    let version = json!({"Name": "/cdk-bootstrap/hnb659fds/version", "Value": "28", "Type": "String"});
    moto.boto3(ACCOUNT, "ssm", "put_parameter", version);
    let made = moto.boto3(ACCOUNT, "cloudformation", "create_stack", json!({"StackName": name, "TemplateBody": body}));
    assert!(made["StackId"].is_string(), "{made}");
}

fn template(folder: &Path, of: &str) -> std::path::PathBuf {
    let stage = folder.join("assembly-shop-dev");
    let mut files = std::fs::read_dir(&stage).expect("the stage's folder").map(|e| e.expect("an entry").path());
    let is_it = |p: &std::path::PathBuf| {
        let name = p.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with(of) && name.ends_with(".template.json")
    };
    files.find(is_it).expect("a template")
}

#[test]
fn a_synthesized_app_is_compared_with_what_is_deployed() {
    let mut moto = Moto::start();
    let folder = tempfile::tempdir().expect("a folder");
    moto.config(folder.path());
    let (then, now) = (folder.path().join("then"), folder.path().join("now"));
    synth(&then, "timeout=30");
    synth(&now, "timeout=60");
    deploy(&mut moto, "shop-dev-orders", &template(&then, "shopdevorders"));
    skydeckctl(folder.path(), &["sync", "--service", "cloudformation", "--region", "eu-west-1", "--json"]);

    let rows = read_json(&skydeckctl(folder.path(), &["get", "cloudformation.stack", "--json"]));
    let is_it = |r: &&Value| r["name"] == "shop-dev-orders" && r["profile"] == "one-dev";
    let row = rows.as_array().expect("rows").iter().find(is_it).expect("the stack");
    let cdk = &row["detail"]["cdk"];
    assert_eq!((&cdk["path"], &cdk["app"]), (&json!("shop-dev/orders"), &json!("shop")), "{cdk}");
    assert_eq!(cdk["library"], "2.276.0");

    let told = |folder: &Path, app: &Path| {
        let app = app.to_str().expect("UTF-8");
        let answer = read_json(&skydeckctl(folder, &["cdk", app, "--json"]));
        let state = |name: &str| {
            let all = answer["stacks"].as_array().expect("stacks");
            all.iter().find(|s| s["name"] == name).expect("a stack").clone()
        };
        (state("shop-dev-orders"), state("shop-dev-mail"))
    };
    let (orders, mail) = told(folder.path(), &then);
    assert_eq!((&orders["state"], &mail["state"]), (&json!("same"), &json!("new")), "{orders}");
    let (orders, _) = told(folder.path(), &now);
    assert_eq!(orders["state"], "changed");
    let entries = orders["deployed"][0]["diff"]["entries"].as_array().expect("entries");
    let properties = entries[0]["properties"].as_array().expect("properties");
    assert_eq!((entries.len(), properties.len()), (1, 1), "{orders}");
    assert_eq!(properties[0]["path"], "VisibilityTimeout");
    assert_eq!((&properties[0]["before"]["text"], &properties[0]["after"]["text"]), (&json!("30"), &json!("60")));

    let nothing = skydeckctl(folder.path(), &["cdk", folder.path().to_str().expect("UTF-8"), "--json"]);
    assert_eq!(nothing.status.code(), Some(2), "{}", String::from_utf8_lossy(&nothing.stderr));
}

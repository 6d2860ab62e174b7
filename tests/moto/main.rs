//! Skydeck against moto, an AWS that nobody here wrote: what boto3 put there and reads back is what `skydeckctl` must
//! show, row by row. What moto lacks (`GetPipelineState`, `ListRepositories`) must show as partial or failed, never as an
//! empty list, and a plan that needs it must be blocked.
//!
//! Needs the Python venv and the `skydeckctl` binary that `cargo xtask test` makes; without them it fails and says so.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
};

use serde_json::{Value, json};

mod cdk;
mod stacks;

/// A seeded moto server; ends with this value.
struct Moto {
    child: Child,
    content: Value,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Moto {
    fn start() -> Moto {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent").to_owned();
        let venv = std::env::var_os("SKYDECK_VENV").map_or_else(|| root.join(".venv"), PathBuf::from);
        let python = venv.join("bin/python");
        assert!(python.exists(), "{} is missing: `cargo xtask test` makes it", python.display());
        let mut child = Command::new(python)
            .arg(root.join("tests/moto/seed.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python starts");
        let mut line = String::new();
        let mut answers = BufReader::new(child.stdout.take().expect("piped"));
        answers.read_line(&mut line).expect("moto answers");
        let content = serde_json::from_str(&line).expect("seed.py prints one line of JSON");
        let ask = child.stdin.take().expect("piped");
        Moto { child, content, ask, answers }
    }

    /// What boto3 answers to one call in `eu-west-1`.
    fn boto3(&mut self, account: &str, service: &str, operation: &str, arguments: Value) -> Value {
        let ask = json!({"account": account, "region": REGIONS[0], "service": service, "operation": operation,
            "arguments": arguments});
        writeln!(self.ask, "{ask}").expect("seed.py listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("seed.py answers");
        serde_json::from_str(&line).expect("one line of JSON")
    }

    /// An ordinary AWS config for its two accounts.
    fn config(&self, folder: &Path) {
        let url = self.content["url"].as_str().expect("url");
        let (mut config, mut credentials) = (String::new(), String::new());
        for (name, account) in PROFILES {
            let seeded = self.account(account, "eu-west-1");
            config += &format!("[profile {name}]\nregion = eu-west-1\nendpoint_url = {url}\n\n");
            credentials += &format!(
                "[{name}]\naws_access_key_id = {}\naws_secret_access_key = {}\n\n",
                seeded["keys"]["aws_access_key_id"].as_str().expect("key"),
                seeded["keys"]["aws_secret_access_key"].as_str().expect("key"),
            );
        }
        std::fs::write(folder.join("config"), config).expect("written");
        std::fs::write(folder.join("credentials"), credentials).expect("written");
    }

    fn account(&self, account: &str, region: &str) -> &Value {
        let all = self.content["accounts"].as_array().expect("accounts");
        all.iter().find(|a| a["account"] == account && a["region"] == region).expect("seeded")
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const PROFILES: [(&str, &str); 2] = [("one-dev", "111122223333"), ("two-dev", "444455556666")];
const REGIONS: [&str; 2] = ["eu-west-1", "ap-northeast-2"];

fn skydeckctl(folder: &Path, args: &[&str]) -> Output {
    let program = std::env::var_os("SKYDECKCTL_BIN").expect(
        "SKYDECKCTL_BIN is not set: run the tests by `cargo xtask test`, which builds skydeckctl and says where it is",
    );
    Command::new(program)
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("SKYDECK_HOME", folder.join("home"))
        .env("AWS_CONFIG_FILE", folder.join("config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", folder.join("credentials"))
        .output()
        .expect("skydeckctl starts")
}

fn read_json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!(
            "not JSON ({e}): {}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

fn names(rows: &Value, kind: &str, account: &str, region: &str) -> Vec<String> {
    let mut names: Vec<String> = rows
        .as_array()
        .expect("an array")
        .iter()
        .filter(|r| r["kind"] == kind && r["account"] == account && r["region"] == region)
        .map(|r| r["name"].as_str().expect("a name").to_owned())
        .collect();
    names.sort();
    names
}

fn seeded(list: &Value, name: impl Fn(&Value) -> &Value) -> Vec<String> {
    let list = list.as_array().expect("a list");
    let mut names: Vec<String> = list.iter().map(|v| name(v).as_str().expect("text").to_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_boto3_reads_is_what_skydeckctl_shows() {
    let moto = Moto::start();
    let folder = tempfile::tempdir().expect("a folder");
    moto.config(folder.path());

    let sync = skydeckctl(folder.path(), &["sync", "--region", REGIONS[0], "--region", REGIONS[1], "--json"]);
    // 3: some sources could not be read, which is the truth here.
    assert_eq!(sync.status.code(), Some(3), "{}", String::from_utf8_lossy(&sync.stderr));
    let report = read_json(&sync);
    let rows = read_json(&skydeckctl(folder.path(), &["get", "all", "--json"]));

    for (profile, account) in PROFILES {
        for region in REGIONS {
            let truth = moto.account(account, region);
            let of = |kind: &str| names(&rows, kind, account, region);
            assert_eq!(of("codepipeline.pipeline"), seeded(&truth["pipelines"], |p| &p["pipeline"]["name"]));
            assert_eq!(of("codebuild.project"), seeded(&truth["projects"], |p| &p["name"]));
            assert_eq!(of("codebuild.build"), seeded(&truth["builds"], |b| &b["id"]));

            let state = |service: &str| {
                let sources = report["sources"].as_array().expect("sources");
                let source = sources
                    .iter()
                    .find(|s| s["profile"] == profile && s["region"] == region && s["service"] == service)
                    .unwrap_or_else(|| panic!("{service} of {profile} in {region} is reported"));
                (source["state"].as_str().expect("a state").to_owned(), source["error"].clone())
            };
            let (codepipeline, error) = state("codepipeline");
            assert_eq!(codepipeline, "partial", "moto has no GetPipelineState: {error}");
            assert_eq!(error["operation"], "GetPipelineState");
            assert_eq!(state("codebuild").0, "ok");
            if truth["repositories"].is_null() {
                let (codecommit, error) = state("codecommit");
                assert!(["partial", "failed"].contains(&codecommit.as_str()), "{codecommit}");
                assert_eq!(error["operation"], "ListRepositories");
            }
        }
    }
}

#[test]
fn rows_carry_what_boto3_reads() {
    let moto = Moto::start();
    let folder = tempfile::tempdir().expect("a folder");
    moto.config(folder.path());
    skydeckctl(folder.path(), &["sync", "--json"]);
    let rows = read_json(&skydeckctl(folder.path(), &["get", "all", "--json"]));
    let row = |arn: &str| -> &Value {
        rows.as_array().expect("an array").iter().find(|r| r["arn"] == arn).unwrap_or_else(|| panic!("no row of {arn}"))
    };
    for (profile, account) in PROFILES {
        let truth = moto.account(account, "eu-west-1");
        for pipeline in truth["pipelines"].as_array().expect("a list") {
            let row = row(pipeline["metadata"]["pipelineArn"].as_str().expect("an ARN"));
            assert_eq!(row["profile"], profile);
            assert_eq!(row["detail"]["version"], pipeline["pipeline"]["version"]);
            let stages: Vec<&Value> =
                row["detail"]["stages"].as_array().expect("stages").iter().map(|s| &s["name"]).collect();
            let truth: Vec<&Value> =
                pipeline["pipeline"]["stages"].as_array().expect("stages").iter().map(|s| &s["name"]).collect();
            assert_eq!(stages, truth);
        }
        for project in truth["projects"].as_array().expect("a list") {
            let row = row(project["arn"].as_str().expect("an ARN"));
            assert_eq!(row["detail"]["image"], project["environment"]["image"]);
            assert_eq!(row["detail"]["compute_type"], project["environment"]["computeType"]);
        }
        for build in truth["builds"].as_array().expect("a list") {
            let row = row(build["arn"].as_str().expect("an ARN"));
            assert_eq!(row["status"], build["buildStatus"]);
            assert_eq!(row["detail"]["project"], build["projectName"]);
        }
    }
    let all = rows.to_string();
    assert!(!all.contains("CANARY"), "a secret of the seed is in what `get` shows");
}

#[test]
fn a_plan_that_cannot_be_read_is_blocked() {
    let moto = Moto::start();
    let folder = tempfile::tempdir().expect("a folder");
    moto.config(folder.path());
    skydeckctl(folder.path(), &["sync", "--json"]);
    let arn = moto.account("111122223333", "eu-west-1")["pipelines"][0]["metadata"]["pipelineArn"]
        .as_str()
        .expect("an ARN")
        .to_owned();
    let output = skydeckctl(folder.path(), &["plan", "start", &arn, "--json"]);
    assert_eq!(output.status.code(), Some(0), "a blocked plan is an answer");
    let plan = read_json(&output);
    assert!(plan["blocked"].is_string(), "{plan}");
    let act = skydeckctl(folder.path(), &["act", "start", &arn, "--reason", "trial", "--confirm", "yes", "--json"]);
    assert_eq!(act.status.code(), Some(4), "{}", String::from_utf8_lossy(&act.stderr));
    let ledger = read_json(&skydeckctl(folder.path(), &["ledger", "--json"]));
    assert_eq!(ledger[0]["outcome"], "refused");
    assert_eq!(ledger[0]["calls"], serde_json::json!([]));
}

//! The AWS files: none, malformed, with profiles, Regions or credentials that are not there. What is wrong is told with
//! file, line and cure; everything else is read; rows stay in the cache until their profile is back.

use serde_json::{Value, json};
use skydeck_api::{Code, SyncFilter};

use crate::machine::{Machine, call, refused, rows, sync, unread};

const DEV: &str = "acct-001-dev";
const PIPELINE: &str = "codepipeline.pipeline";

fn text(machine: &Machine, name: &str) -> String {
    std::fs::read_to_string(machine.path(name)).unwrap()
}

fn problems(profiles: &Value) -> Vec<String> {
    let problems = profiles["problems"].as_array().unwrap().iter();
    problems.map(|p| p["message"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn without_any_config_nothing_is_read_and_the_place_to_write_one_is_told() {
    let machine = Machine::small(1);
    std::fs::remove_dir_all(machine.path(".aws")).unwrap();
    let host = machine.open().await;
    let told = call(&host, "profiles", json!({})).await;
    assert_eq!((&told["profiles"], &told["problems"]), (&json!([]), &json!([])));
    assert_eq!(told["config_path"], machine.path(".aws/config").to_str().unwrap());
    assert_eq!(sync(&host).await.sources, []);
    let board = call(&host, "board", json!({})).await;
    assert_eq!((&board["any_read"], &board["unread"]), (&json!(false), &json!([])));
    // Written while it is open: no restart is needed.
    let world = machine.sim.with_world(|world| world.aws_config_text(None));
    machine.write(".aws/config", world.config);
    machine.write(".aws/credentials", world.credentials);
    assert!(sync(&host).await.all_read());
    host.close().await;
}

#[tokio::test]
async fn a_file_that_breaks_while_open_is_told_by_line_and_takes_no_row_away() {
    let machine = Machine::small(2);
    let host = machine.read().await;
    let (before, good) = (rows(&host, PIPELINE, "").await, text(&machine, ".aws/config"));
    let lines = good.lines().count();
    machine.write(".aws/config", format!("{good}[profile broken\nregion = eu-west-1\nwhat is this\n"));
    let told = call(&host, "profiles", json!({})).await;
    let said = problems(&told).join("\n");
    assert!(said.contains(&format!("config, line {}", lines + 1)), "{said}");
    assert_eq!(told["profiles"].as_array().unwrap().len(), 2, "the rest is read: {told:#}");
    assert!(sync(&host).await.all_read());
    // Nothing in it makes sense any more: no profile is left, every row is.
    machine.write(".aws/config", b"\xff\xfe\x00 not text");
    machine.write(".aws/credentials", "");
    let told = call(&host, "profiles", json!({})).await;
    assert_eq!(told["profiles"], json!([]));
    assert!(problems(&told).iter().any(|p| p.contains(".aws/config")), "{told:#}");
    sync(&host).await;
    machine.write(".aws/config", good);
    machine.write(".aws/credentials", machine.sim.with_world(|w| w.aws_config_text(None)).credentials);
    assert_eq!(rows(&host, PIPELINE, "").await, before);
    host.close().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_profile_is_told_with_its_cure_and_the_others_are_read() {
    let machine = Machine::small(2);
    let good = text(&machine, ".aws/config");
    // Profile, its section, the code, what is said, and what would help.
    let cases = [
        (
            "no-such-region",
            "region = eu-wset-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x",
            "UnknownRegion",
            "`eu-wset-1` is no AWS Region",
        ),
        (
            "no-source",
            "region = eu-west-1\nrole_arn = arn:aws:iam::111122223333:role/R\nsource_profile = nobody",
            "ConfigError",
            "nobody",
        ),
        (
            "half-keys",
            "region = eu-west-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE",
            "ConfigError",
            "aws_secret_access_key",
        ),
        (
            "no-program",
            "region = eu-west-1\ncredential_process = /no/such/program",
            "CredentialProcessNotFound",
            "/no/such/program",
        ),
        (
            "bad-endpoint",
            "region = eu-west-1\nendpoint_url = nowhere\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x",
            "ConfigError",
            "nowhere",
        ),
        (
            "mfa",
            "region = eu-west-1\nrole_arn = arn:aws:iam::222233334444:role/R\nsource_profile = acct-001-dev\nmfa_serial = arn:aws:iam::111122223333:mfa/me",
            "MfaNotSupported",
            "MFA",
        ),
    ];
    let more: String = cases.iter().map(|(name, section, ..)| format!("[profile {name}]\n{section}\n")).collect();
    machine.write(".aws/config", format!("{good}\n{more}"));
    let host = machine.open().await;
    let told = call(&host, "profiles", json!({})).await;
    let report = sync(&host).await;
    for (name, _, code, says) in cases {
        let profile = told["profiles"].as_array().unwrap().iter().find(|p| p["name"] == name);
        assert!(profile.is_some(), "{name} is a profile all the same: {told:#}");
        let source = report.sources.iter().find(|s| s.id.profile == name);
        let error = source.and_then(|s| s.error.clone()).unwrap_or_else(|| panic!("{name}: {report:#?}"));
        assert_eq!(error.code, code, "{name}: {error:?}");
        assert!(error.message.contains(says), "{name}: {error:?}");
        let unread = unread(&host, name, "codepipeline").await.unwrap_or_else(|| panic!("{name} is not told"));
        assert_eq!(unread["cure"], "config", "{name}: {unread:#}");
    }
    assert_eq!(rows(&host, PIPELINE, DEV).await.len(), 6);
    host.close().await;
}

#[tokio::test]
async fn a_profile_without_credentials_says_what_to_write_where() {
    let machine = Machine::small(1);
    machine.write(".aws/credentials", "");
    let host = machine.open().await;
    let told = call(&host, "profiles", json!({})).await;
    let profile = &told["profiles"][0];
    assert_eq!(profile["name"], DEV);
    let error = profile["error"]["message"].as_str().unwrap_or_else(|| panic!("{told:#}"));
    assert!(error.contains(".aws/config, line 1: ") && error.contains("add keys, sso_session"), "{error}");
    sync(&host).await;
    let source = unread(&host, DEV, "codepipeline").await.expect("it is told");
    assert_eq!(source["source"]["error"]["message"], error);
    host.close().await;
}

#[tokio::test]
async fn keys_that_aws_does_not_know_are_signed_out_and_told_so() {
    let machine = Machine::small(1);
    machine.weather_of(
        r#"{"rules": [{"service": "sts", "kind": {"error": {"code": "InvalidClientTokenId", "message": "The security token included in the request is invalid.", "status": 403}}}]}"#,
    );
    let host = machine.open().await;
    sync(&host).await;
    let told = unread(&host, DEV, "codepipeline").await.expect("it is told");
    assert_eq!((&told["source"]["state"], &told["cure"]), (&json!("signed-out"), &json!("sign-in")), "{told:#}");
    let message = told["source"]["error"]["message"].as_str().unwrap();
    assert!(message.contains("renew the access key"), "{message}");
    host.close().await;
}

#[tokio::test]
async fn names_that_are_not_there_are_answered_with_those_that_are() {
    let machine = Machine::small(1);
    let host = machine.open().await;
    let error = refused(&host, "board", json!({"profiles": ["prod"]})).await;
    assert_eq!(error.code, Code::Invalid);
    assert!(error.message.contains("`prod`") && error.message.contains(DEV), "{error}");
    let asked = SyncFilter { profiles: vec!["prod".into()], ..SyncFilter::default() };
    assert!(host.sync(&asked).await.unwrap_err().message.contains(DEV));
    let asked = SyncFilter { services: vec!["codepipe".into()], ..SyncFilter::default() };
    assert!(host.sync(&asked).await.unwrap_err().message.contains("codepipeline"));
    let asked = SyncFilter { regions: vec!["mars-1".into()], ..SyncFilter::default() };
    let report = host.sync(&asked).await.unwrap();
    assert!(!report.any_read());
    let error = report.sources[0].error.as_ref().expect("it is told");
    assert!(error.message.contains("`mars-1` is no AWS Region"), "{error:?}");
    host.close().await;
}

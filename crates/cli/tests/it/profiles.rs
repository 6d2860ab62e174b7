//! `profiles`, and what the program says of files that are missing or broken.

use serde_json::json;

use crate::ground::{Ground, REGION, Ran};

#[test]
fn every_profile_is_told_with_who_it_is_and_what_it_may() {
    let ground = Ground::unread();
    let told = ground.run(&["profiles", "--json"]).json(0);
    let of = |name: &str| told.as_array().unwrap().iter().find(|p| p["name"] == name).unwrap().clone();
    let (dev, prod) = (of("dev"), of("prod"));
    assert_eq!(dev["kind"], "static");
    assert_eq!(dev["account"], "100000000000");
    assert_eq!(dev["regions"], json!([REGION]));
    assert_eq!((&dev["protection"], &dev["environment"]), (&json!("open"), &json!("dev")));
    assert_eq!((&prod["protection"], &prod["environment"]), (&json!("protected"), &json!("prod")));
    assert_eq!(dev["sign_in"], json!({"state": "in", "expires_at": null}));
    assert_eq!(dev["error"], json!(null));
    let text = ground.run(&["profiles"]).ok().out;
    assert!(text.starts_with("PROFILE") && text.contains("100000000002"), "{text}");
}

#[test]
fn refused_keys_stand_beside_their_profile_and_harm_no_other() {
    let ground = Ground::unread();
    ground.weather(
        r#"{"rules": [{"operation": "GetCallerIdentity", "account": "100000000001", "kind": "expired_token"}]}"#,
    );
    let ran = ground.run(&["profiles", "--json"]);
    let told = ran.json(0);
    let (out, fine): (Vec<_>, Vec<_>) = told.as_array().unwrap().iter().partition(|p| p["sign_in"]["state"] == "out");
    assert_eq!((out.len(), fine.len()), (1, 2), "{told:#}");
    assert_eq!((&out[0]["name"], &out[0]["error"]["code"]), (&json!("staging"), &json!("ExpiredToken")));
    assert!(fine.iter().all(|p| p["sign_in"]["state"] == "in" && p["error"].is_null()), "{told:#}");
    assert!(ran.err.contains("staging: ExpiredToken"), "{}", ran.err);
}

#[test]
fn no_config_is_told_with_the_place_where_it_is_looked_for() {
    let ground = Ground::unread();
    let run = |line: &[&str]| {
        let mut command = ground.command(line);
        command.env_remove("AWS_CONFIG_FILE").env_remove("AWS_SHARED_CREDENTIALS_FILE");
        Ran::of(command.output().unwrap())
    };
    let ran = run(&["profiles", "--json"]);
    assert_eq!(ran.json(0), json!([]));
    assert!(ran.err.contains(ground.path(".aws/config").to_str().unwrap()), "{}", ran.err);
    let ran = run(&["sync"]);
    assert_eq!(ran.status, 1, "{ran:#?}");
    assert!(ran.err.contains("There is nothing to read"), "{}", ran.err);
    // A file that a variable names must be there.
    std::fs::remove_file(ground.path("config")).unwrap();
    let ran = ground.run(&["profiles", "--json"]);
    assert_eq!(ran.status, 3, "{ran:#?}");
    assert!(ran.err.contains("AWS_CONFIG_FILE"), "{}", ran.err);
}

#[test]
fn a_broken_config_is_told_by_file_and_line_and_the_rest_is_read() {
    let ground = Ground::unread();
    let config = std::fs::read_to_string(ground.path("config")).unwrap();
    ground.write("config", &format!("{config}\n[profile broken\nregion = x\n"));
    let ran = ground.run(&["profiles", "--json"]);
    let told = ran.json(3);
    assert!(told.as_array().unwrap().iter().any(|p| p["name"] == "prod"), "{told:#}");
    let line = config.lines().count() + 2;
    assert!(ran.err.contains("config") && ran.err.contains(&line.to_string()), "{}", ran.err);
}

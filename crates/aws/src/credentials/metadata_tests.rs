//! The machine's role as a source: who it makes a profile, how soon its absence is told and in which words.

use std::{net::TcpListener, time::Instant};

use super::*;
use crate::{
    Aws, AwsOptions, BudgetSettings, Environment,
    testing::{Answer, House, Seen, Standing, assumed, identity, query_error},
};

const CONFIG: &str = "[profile p]\nrole_arn=arn:aws:iam::777788889999:role/R\ncredential_source=Ec2InstanceMetadata\n\
                      region=eu-west-1\n";

/// An instance with a role, and an STS.
fn instance(seen: &Seen) -> Answer {
    let end = "2026-11-22T09:00:00Z".parse().expect("a time");
    let path = seen.uri.splitn(4, '/').nth(3).unwrap_or_default();
    match (path, seen.operation.as_str(), seen.key.as_str()) {
        ("latest/api/token", ..) => Answer::Json(200, "a-token".into()),
        ("latest/meta-data/iam/security-credentials/", ..) => Answer::Json(200, "web-role".into()),
        ("latest/meta-data/iam/security-credentials/web-role", ..) => Answer::Json(
            200,
            r#"{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAINSTANCE","SecretAccessKey":"canary","Token":"canary",
                "LastUpdated":"2026-11-22T07:00:00Z","Expiration":"2026-11-22T14:00:00Z"}"#
                .into(),
        ),
        (_, "AssumeRole", "ASIAINSTANCE") => assumed("AssumeRole", "ASIAROLE", end),
        (_, "GetCallerIdentity", "ASIAROLE") => identity("777788889999", "assumed-role/R/skydeck-user"),
        _ => query_error(403, "InvalidClientTokenId"),
    }
}

#[tokio::test]
async fn a_role_is_assumed_with_the_instances_own() {
    let house = House::new(CONFIG, &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")], instance);
    let session = house.aws.session("p", "eu-west-1").await.expect("a session");
    assert_eq!((session.account.as_str(), session.identity.as_str()), ("777788889999", "assumed-role/R/skydeck-user"));
    let hosts: Vec<_> = house.fake.seen().into_iter().map(|s| s.host).collect();
    assert_eq!(hosts[..3], ["127.0.0.1:9"; 3], "where the environment says");
    let shown = format!("{session:?} {:?}", house.aws.profiles());
    assert!(!shown.contains("canary") && !shown.contains("ASIA"), "{shown}");
}

#[tokio::test]
async fn an_instance_without_a_role_says_so() {
    let house = House::new(CONFIG, &[], |seen: &Seen| match seen.uri.contains("/security-credentials/") {
        true => Answer::Json(404, "Not Found".into()),
        false => instance(seen),
    });
    let error = house.aws.session("p", "eu-west-1").await.expect_err("no role");
    assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::SignedOut, "MetadataUnavailable"));
    assert!(error.info.message.contains("attach an instance profile"), "{error}");
    assert_eq!(house.fake.calls("AssumeRole"), []);
}

#[tokio::test]
async fn nothing_of_an_answer_that_makes_no_sense_is_shown() {
    let house = House::new(CONFIG, &[], |seen: &Seen| match seen.uri.contains("/web-role") {
        true => Answer::Json(200, r#"{"Code":"Success","AccessKeyId":"canary""#.into()),
        false => instance(seen),
    });
    let error = house.aws.session("p", "eu-west-1").await.expect_err("half an answer");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

/// Off EC2 nothing answers, or something does that is silent: either is told within seconds, and in words that help.
#[tokio::test]
async fn off_ec2_it_is_told_soon() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
    for place in [silent.local_addr().expect("its address"), closed] {
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(home.path().join(".aws")).expect("made");
        let config = format!("{CONFIG}ec2_metadata_service_endpoint = http://{place}\n");
        std::fs::write(home.path().join(".aws/config"), config).expect("written");
        let proxy = [("HTTP_PROXY", format!("http://{closed}"))];
        let aws = Aws::new(AwsOptions {
            env: Environment::made_up(proxy, Some(home.path().into())),
            http_client: None,
            clock: std::sync::Arc::new(Standing::new()),
            budget: BudgetSettings::default(),
        });
        let begun = Instant::now();
        let error = aws.session("p", "eu-west-1").await.expect_err("nothing is there");
        assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
        assert_eq!(error.info.code, "MetadataUnavailable");
        let told = &error.info.message;
        assert!(told.contains(&place.to_string()) && told.contains("this is no EC2 instance"), "{told}");
    }
}

#[tokio::test]
async fn a_container_is_asked_only_where_the_environment_says_it_is_one() {
    let config = CONFIG.replace("Ec2InstanceMetadata", "EcsContainer");
    let house = House::new(&config, &[], instance);
    let error = house.aws.session("p", "eu-west-1").await.expect_err("no container");
    assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::Config, "MetadataUnavailable"));
    assert!(error.info.message.contains("config, line 3") && error.info.message.contains("no ECS task"), "{error}");
    assert_eq!(house.fake.seen(), []);
}

//! `credential_process`, run for real.

use std::os::unix::fs::PermissionsExt;

use crate::{
    AwsError, ErrorClass,
    testing::{Answer, House, Seen, identity, query_error},
};

fn sts(seen: &Seen) -> Answer {
    match seen.key.as_str() {
        "AKIAPROC" => identity("111122223333", "user/proc"),
        _ => query_error(403, "InvalidClientTokenId"),
    }
}

async fn session(script: &str, env: &[(&str, &str)]) -> Result<(crate::Session, House), AwsError> {
    let house = House::new("", env, sts);
    let program = house.write("get credentials", &format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("executable");
    house.write(".aws/config", &format!("[profile p]\ncredential_process='{}' one\n", program.display()));
    house.aws.session("p", "eu-west-1").await.map(|session| (session, house))
}

#[tokio::test]
async fn what_it_prints_is_used_and_the_given_environment_is_its_own() {
    let script = r#"printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"s","Expiration":"2026-11-22T09:00:00Z"}' "$WHICH$1""#;
    let (session, house) = session(&script.replace("$1", ""), &[("WHICH", "AKIAPROC")]).await.expect("credentials");
    assert_eq!((session.account.as_str(), session.identity.as_str()), ("111122223333", "user/proc"));
    assert_eq!(session.expires_at, Some("2026-11-22T09:00:00Z".parse().expect("a time")));
    assert_eq!(house.fake.seen()[0].key, "AKIAPROC");
}

#[tokio::test]
async fn what_goes_wrong_is_told_and_nothing_printed_leaks() {
    let cases: &[(&str, ErrorClass, &str)] = &[
        ("echo canary >&2; exit 3", ErrorClass::SignedOut, "ended with exit status: 3"),
        ("echo 'canary no json'", ErrorClass::Config, "printed no JSON"),
        (r#"echo '{"Version":2,"AccessKeyId":"canary"}'"#, ErrorClass::Config, "Version"),
        (r#"echo '{"Version":1,"AccessKeyId":"canary"}'"#, ErrorClass::Config, "no AccessKeyId or no SecretAccessKey"),
        (
            r#"echo '{"Version":1,"AccessKeyId":"canary","SecretAccessKey":"canary","Expiration":"2026-11-22T07:59:59Z"}'"#,
            ErrorClass::SignedOut,
            "have expired",
        ),
    ];
    for (script, class, want) in cases {
        let error = session(script, &[("PATH", "/usr/bin:/bin")]).await.expect_err(want);
        assert_eq!(error.class, *class, "{script}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(want) && !shown.contains("canary"), "{script}: {shown}");
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told_with_the_desktops_path_in_mind() {
    let house = House::new("[profile p]\ncredential_process=no-such-program-here\n", &[("PATH", "/usr/bin:/bin")], sts);
    let error = house.aws.session("p", "eu-west-1").await.expect_err("not there");
    assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::Config, "CredentialProcessNotFound"));
    assert!(error.info.message.contains("write the full path"), "{}", error.info.message);
}

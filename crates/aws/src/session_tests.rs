//! Whose credentials a profile gets, when they are got anew, and what an actor refuses.

use skydeck_domain::SignInState;

use super::*;
use crate::{
    Aws,
    service::{Life, Operation, Pace, Practice},
    testing::{Answer, House, Seen, assumed, identity, json_error, query_error},
};

static SPEC: Spec = Spec {
    id: "codepipeline",
    title: "CodePipeline",
    endpoint_prefix: "codepipeline",
    practice: Practice::CiCd,
    life: Life::Active,
    global: false,
    operations: &[Operation {
        name: "ListPipelines",
        permission: "codepipeline:ListPipelines",
        mutates: false,
        rate: None,
    }],
    kinds: &[],
    items: None,
    pace: Pace {
        items_at_rest: true,
        changes: std::time::Duration::from_secs(60),
        all: std::time::Duration::from_secs(900),
    },
};

/// Keys and whose they are; a role's key is that of its account.
fn world(seen: &Seen) -> Answer {
    let end = "2026-11-22T09:00:00Z".parse().expect("a time");
    match (seen.operation.as_str(), seen.key.as_str()) {
        ("GetCallerIdentity", "AKIADEV") => identity("111122223333", "user/dev"),
        ("GetCallerIdentity", "AKIAPROD") => identity("777788889999", "user/prod"),
        ("GetCallerIdentity", "AKIAFOREIGN") => identity("444455556666", "user/foreign"),
        ("GetCallerIdentity", "ASIAROLE") => identity("777788889999", "assumed-role/R/skydeck-user"),
        ("GetCallerIdentity", "ASIASSO") => identity("111122223333", "assumed-role/Dev/demo"),
        ("AssumeRole" | "AssumeRoleWithWebIdentity", _) => assumed(&seen.operation, "ASIAROLE", end),
        ("GetRoleCredentials", _) => {
            let role = r#"{"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"s","sessionToken":"t","expiration":EXP}}"#;
            Answer::Json(200, role.replace("EXP", "1795338000000"))
        }
        ("ListPipelines", _) => Answer::Json(200, r#"{"pipelines":[]}"#.into()),
        _ => query_error(403, "InvalidClientTokenId"),
    }
}

const TWO: &str = "[profile dev]\naws_access_key_id=AKIADEV\naws_secret_access_key=s\nregion=eu-west-1\n\
                   [profile prod]\naws_access_key_id=AKIAPROD\naws_secret_access_key=s\nregion=eu-west-1\n";

const SSO: &str = "[sso-session corp]\nsso_start_url=https://example.awsapps.com/start\nsso_region=eu-west-1\n\
                   [profile sso]\nsso_session=corp\nsso_account_id=111122223333\nsso_role_name=Dev\nregion=eu-west-1\n\
                   [profile chained]\nrole_arn=arn:aws:iam::777788889999:role/R\nsource_profile=sso\nexternal_id=e-1\n\
                   duration_seconds=1800\n";

impl House {
    fn token(&self, expires: &str) {
        self.sso_token("corp", &format!("tok-{expires}"), expires);
    }
}

async fn account(aws: &Aws, profile: &str) -> Result<String, ErrorClass> {
    aws.session(profile, "eu-west-1").await.map(|s| s.account).map_err(|e| e.class)
}

fn record(session: &Session) -> ActionRecord {
    ActionRecord {
        action: "01J".into(),
        verb: "start".into(),
        id: "arn:aws:codepipeline:eu-west-1:111122223333:web".into(),
        target: None,
        profile: session.profile.clone(),
        account: session.account.clone(),
        region: session.region.clone(),
        who: None,
        reason: "test".into(),
        outcome: Outcome::Intended,
        message: String::new(),
        follow_id: None,
        state: String::new(),
        calls: Vec::new(),
        started_at: "2026-11-22T08:00:00Z".parse().expect("a time"),
        ended_at: None,
    }
}

#[tokio::test]
async fn foreign_keys_in_the_environment_are_never_used_for_a_named_profile() {
    let env = [
        ("AWS_ACCESS_KEY_ID", "AKIAFOREIGN"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_SESSION_TOKEN", "foreign"),
        ("AWS_PROFILE", "dev"),
        ("AWS_ROLE_ARN", "arn:aws:iam::444455556666:role/Foreign"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/"),
    ];
    let config = format!(
        "{TWO}[profile role]\nrole_arn=arn:aws:iam::777788889999:role/R\nsource_profile=dev\n[profile bare]\nregion=eu-west-1\n"
    );
    let house = House::new(&config, &env, world);
    assert_eq!(account(&house.aws, "dev").await, Ok("111122223333".into()));
    assert_eq!(account(&house.aws, "prod").await, Ok("777788889999".into()));
    assert_eq!(account(&house.aws, "role").await, Ok("777788889999".into()));
    assert_eq!(
        account(&house.aws, "bare").await,
        Err(ErrorClass::Config),
        "no keys of its own is an error, not a search"
    );
    for profile in ["dev", "prod", "role"] {
        let reader = house.aws.session(profile, "eu-west-1").await.expect("a session").reader(&SPEC);
        let client = reader.caller.client(aws_sdk_codepipeline::Client::new);
        reader.caller.call("ListPipelines", || client.list_pipelines().send()).await.expect("read");
    }
    let foreign = |s: &Seen| s.key == "AKIAFOREIGN" || s.token.as_deref() == Some("foreign");
    assert!(!house.fake.seen().iter().any(foreign), "{:?}", house.fake.seen());
    let keys: Vec<_> = house.fake.calls("ListPipelines").into_iter().map(|s| s.key).collect();
    assert_eq!(keys, ["AKIADEV", "AKIAPROD", "ASIAROLE"]);

    assert_eq!(
        account(&house.aws, crate::ENVIRONMENT).await,
        Ok("444455556666".into()),
        "they are a profile of their own"
    );
    assert!(house.fake.seen().iter().any(foreign));
}

#[tokio::test]
async fn a_session_is_kept_and_checked_once_per_region_at_its_own_sts() {
    let house = House::new(TWO, &[], world);
    for region in ["eu-west-1", "ap-northeast-2", "eu-west-1"] {
        let session = house.aws.session("dev", region).await.expect("a session");
        assert_eq!((session.generation, session.identity.as_str()), (1, "user/dev"));
        assert!(session.is_current());
    }
    let asked: Vec<_> = house.fake.seen().into_iter().map(|s| (s.host, s.signed_region)).collect();
    let at = |r: &str| (format!("sts.{r}.amazonaws.com"), r.to_owned());
    assert_eq!(asked, [at("eu-west-1"), at("ap-northeast-2")]);
}

#[tokio::test]
async fn many_who_ask_at_once_are_one_resolution() {
    let house = House::new(SSO, &[], world);
    house.token("2026-11-22T12:00:00Z");
    let sessions = futures::future::join_all((0..20).map(|_| house.aws.session("chained", "eu-west-1"))).await;
    assert!(sessions.into_iter().all(|s| s.is_ok_and(|s| s.generation == 1)));
    let operations: Vec<_> = house.fake.seen().into_iter().map(|s| s.operation).collect();
    assert_eq!(operations, ["GetRoleCredentials", "AssumeRole", "GetCallerIdentity"]);
}

#[tokio::test]
async fn many_who_ask_where_nothing_answers_wait_for_it_once() {
    let house = House::new(TWO, &[], |_: &Seen| Answer::Refused);
    for region in ["eu-west-1", "ap-northeast-2"] {
        let asked = futures::future::join_all((0..20).map(|_| house.aws.session("dev", region))).await;
        assert!(asked.into_iter().all(|s| s.is_err_and(|e| e.class == ErrorClass::Unreachable && e.region == region)));
    }
    let hosts: Vec<_> = house.fake.seen().into_iter().map(|s| s.host).collect();
    let at = |r: &str| vec![format!("sts.{r}.amazonaws.com"); 3];
    assert_eq!(hosts, [at("eu-west-1"), at("ap-northeast-2")].concat(), "three attempts each, for all of them");
}

#[tokio::test]
async fn a_token_that_cannot_even_be_sent_is_not_shown() {
    let house = House::new(SSO, &[], world);
    house.sso_token("corp", "canary\\n\u{1}canary", "2026-11-22T12:00:00Z");
    let error = house.aws.session("sso", "eu-west-1").await.expect_err("no header has a line break");
    assert_eq!(house.fake.seen(), []);
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn a_chain_from_sso_says_what_the_profile_says() {
    let house = House::new(SSO, &[("USER", "demo")], world);
    house.token("2026-11-22T12:00:00Z");
    let session = house.aws.session("chained", "eu-west-1").await.expect("a session");
    assert_eq!((session.account.as_str(), session.generation), ("777788889999", 1));
    let portal = &house.fake.calls("GetRoleCredentials")[0];
    assert_eq!((portal.host.as_str(), portal.key.as_str()), ("portal.sso.eu-west-1.amazonaws.com", ""), "not signed");
    assert!(portal.uri.contains("role_name=Dev") && portal.uri.contains("account_id=111122223333"), "{}", portal.uri);
    let assume = &house.fake.calls("AssumeRole")[0];
    assert_eq!(assume.key, "ASIASSO");
    for part in ["ExternalId=e-1", "DurationSeconds=1800", "RoleSessionName=skydeck-demo", "role%2FR"] {
        assert!(assume.body.contains(part), "{part}: {}", assume.body);
    }
}

#[tokio::test]
async fn an_expired_sign_in_says_so_and_a_renewal_elsewhere_is_picked_up() {
    let house = House::new(SSO, &[], world);
    let error = house.aws.session("sso", "eu-west-1").await.expect_err("no token");
    assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::SignedOut, "SsoTokenMissing"));
    assert!(error.info.message.contains("`aws sso login --sso-session corp`"), "{error}");
    assert_eq!(house.aws.sign_in("sso").state, SignInState::Out);

    house.token("2026-11-22T08:20:00Z");
    let first = house.aws.session("sso", "eu-west-1").await.expect("signed in meanwhile, at once");
    assert_eq!(house.aws.sign_in("sso").state, SignInState::Expiring);

    house.clock.advance(21);
    assert_eq!(house.aws.sign_in("sso").state, SignInState::Out);
    house.token("2026-11-22T08:21:00Z");
    let error = house.aws.session("sso", "eu-west-1").await.expect_err("expired");
    assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::SignedOut, "ExpiredToken"));
    assert!(error.info.message.contains("2026-11-22 08:21 UTC"), "{error}");
    let calls = house.fake.seen().len();
    house.aws.session("chained", "eu-west-1").await.expect_err("the chain with it");
    assert_eq!(house.fake.seen().len(), calls, "nothing is asked with an expired token");

    house.token("2026-11-22T16:00:00Z");
    let second = house.aws.session("sso", "eu-west-1").await.expect("renewed by the AWS CLI");
    assert!(second.generation > first.generation && !first.is_current() && second.is_current());
    let sign_in = house.aws.sign_in("sso");
    assert_eq!(
        (sign_in.state, sign_in.expires_at),
        (SignInState::In, Some("2026-11-22T16:00:00Z".parse().expect("a time")))
    );
    assert!(house.fake.calls("GetRoleCredentials").len() == 2);
}

#[tokio::test]
async fn what_the_portal_refuses_is_told_in_the_profiles_terms() {
    let cases = [
        (401, "UnauthorizedException", ErrorClass::SignedOut, "aws sso login --sso-session corp"),
        (403, "ForbiddenException", ErrorClass::Denied, "no role `Dev` in account 111122223333"),
        (404, "ResourceNotFoundException", ErrorClass::Denied, "no role `Dev` in account 111122223333"),
    ];
    for (status, code, class, want) in cases {
        let house = House::new(SSO, &[], move |_| json_error(status, code));
        house.token("2026-11-22T12:00:00Z");
        let error = house.aws.session("sso", "eu-west-1").await.expect_err(code);
        assert_eq!(error.class, class, "{code}: {error}");
        assert!(error.info.message.contains(want) && !format!("{error:?}").contains("tok-"), "{error:?}");
        assert_eq!(house.aws.sign_in("sso").state == SignInState::Out, class == ErrorClass::SignedOut);
    }
}

#[tokio::test]
async fn temporary_credentials_are_got_again_before_they_end() {
    let house = House::new(SSO, &[], world);
    house.token("2026-11-22T23:00:00Z");
    // They end at 09:00: in an hour.
    let first = house.aws.session("chained", "eu-west-1").await.expect("a session");
    assert_eq!(first.expires_at, Some("2026-11-22T09:00:00Z".parse().expect("a time")));
    house.clock.advance(54);
    assert_eq!(house.aws.session("chained", "eu-west-1").await.expect("kept").generation, 1);
    house.clock.advance(2);
    assert_eq!(house.aws.session("chained", "eu-west-1").await.expect("anew").generation, 2);
    assert!(!first.is_current());
}

#[tokio::test]
async fn a_changed_config_ends_what_was_made_from_it_and_nothing_else() {
    let house = House::new(TWO, &[], world);
    let dev = house.aws.session("dev", "eu-west-1").await.expect("dev");
    let prod = house.aws.session("prod", "eu-west-1").await.expect("prod");
    house.write(".aws/config", &format!("{}# changed\n", TWO.replace("AKIADEV", "AKIAFOREIGN")));
    house.aws.profiles();
    assert!(!dev.is_current() && prod.is_current());
    assert_eq!(account(&house.aws, "dev").await, Ok("444455556666".into()));
    house.write(
        ".aws/config",
        "[profile prod]\naws_access_key_id=AKIAPROD\naws_secret_access_key=s\nregion=eu-west-1\n",
    );
    let error = house.aws.session("dev", "eu-west-1").await.expect_err("taken out");
    assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::Config, "ProfileNotFound"));
    assert!(prod.is_current());
}

#[tokio::test]
async fn forgetting_is_a_new_generation() {
    let house = House::new(TWO, &[], world);
    let first = house.aws.session("dev", "eu-west-1").await.expect("a session");
    assert_eq!(house.aws.sign_in("dev").state, SignInState::In);
    house.aws.forget("dev");
    assert!(!first.is_current());
    assert_eq!(house.aws.sign_in("dev").state, SignInState::None);
    let second = house.aws.session("dev", "eu-west-1").await.expect("again");
    assert!(second.generation > first.generation && second.is_current());
    assert_eq!(house.fake.calls("GetCallerIdentity").len(), 2);
}

#[tokio::test]
async fn bad_keys_and_a_region_that_is_not_enabled_are_told_apart() {
    let house = House::new(TWO, &[], |seen: &Seen| match seen.signed_region.as_str() {
        "ap-east-1" => query_error(403, "InvalidClientTokenId"),
        _ => world(seen),
    });
    let error = house.aws.session("dev", "ap-east-1").await.expect_err("not enabled");
    assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::NotAvailable, "RegionNotEnabled"));
    assert_eq!(account(&house.aws, "dev").await, Ok("111122223333".into()));

    let bad = House::new(&TWO.replace("AKIADEV", "AKIABAD"), &[], world);
    let error = bad.aws.session("dev", "ap-east-1").await.expect_err("bad keys");
    assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::SignedOut, "InvalidClientTokenId"));
    assert_eq!(bad.aws.sign_in("dev").state, SignInState::Out);
    let calls = bad.fake.seen().len();
    bad.aws.session("dev", "eu-west-1").await.expect_err("still bad");
    assert_eq!(bad.fake.seen().len(), calls, "a fresh refusal is not asked for again");
}

#[tokio::test]
async fn an_unknown_profile_or_region_is_no_call() {
    let house = House::new(TWO, &[], world);
    for (profile, region, code) in [("nobody", "eu-west-1", "ProfileNotFound"), ("dev", "eu-wets-1", "UnknownRegion")] {
        let error = house.aws.session(profile, region).await.expect_err(code);
        assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::Config, code));
    }
    assert_eq!(house.fake.seen(), []);
}

#[tokio::test]
async fn credentials_that_end_in_use_are_resolved_anew_the_next_time() {
    let house = House::new(SSO, &[], |seen: &Seen| match seen.operation.as_str() {
        "ListPipelines" => json_error(400, "ExpiredTokenException"),
        _ => world(seen),
    });
    house.token("2026-11-22T12:00:00Z");
    let session = house.aws.session("sso", "eu-west-1").await.expect("a session");
    let reader = session.reader(&SPEC);
    let client = reader.caller.client(aws_sdk_codepipeline::Client::new);
    let error = reader.caller.call("ListPipelines", || client.list_pipelines().send()).await.expect_err("expired");
    assert_eq!(error.class, ErrorClass::SignedOut);
    assert_eq!(house.aws.session("sso", "eu-west-1").await.expect("anew").generation, session.generation + 1);
}

#[tokio::test]
async fn a_service_that_does_not_know_what_sts_knows_is_not_enabled_not_signed_out() {
    let house = House::new(TWO, &[], |seen: &Seen| match seen.operation.as_str() {
        "ListPipelines" => json_error(400, "UnrecognizedClientException"),
        _ => world(seen),
    });
    let mut got = Vec::new();
    for _ in 0..3 {
        let session = house.aws.session("dev", "eu-west-1").await.expect("STS knows them");
        assert_eq!(session.generation, 1, "one service's refusal does not end what others read with");
        let reader = session.reader(&SPEC);
        let client = reader.caller.client(aws_sdk_codepipeline::Client::new);
        let error = reader.caller.call("ListPipelines", || client.list_pipelines().send()).await.expect_err("refused");
        got.push(error.class);
    }
    assert_eq!(got, [ErrorClass::SignedOut, ErrorClass::NotAvailable, ErrorClass::NotAvailable]);
    assert_eq!(house.fake.calls("GetCallerIdentity").len(), 2, "STS was asked once more, and believed");
}

#[tokio::test]
async fn web_identity_reads_its_token_each_time() {
    let config =
        "[profile w]\nrole_arn=arn:aws:iam::777788889999:role/R\nweb_identity_token_file=~/token\nregion=eu-west-1\n";
    let house = House::new(config, &[], world);
    assert_eq!(account(&house.aws, "w").await, Err(ErrorClass::Config), "no file");
    house.aws.forget("w");
    house.write("token", "one\n");
    let session = house.aws.session("w", "eu-west-1").await.expect("a session");
    assert_eq!(session.account, "777788889999");
    let sent = &house.fake.calls("AssumeRoleWithWebIdentity")[0];
    assert!(
        sent.body.contains("WebIdentityToken=one&") || sent.body.ends_with("WebIdentityToken=one"),
        "{}",
        sent.body
    );
    assert_eq!(sent.key, "", "not signed");
}

#[tokio::test]
async fn endpoints_are_the_configured_ones() {
    let config = TWO.replacen("region=eu-west-1\n", "region=eu-west-1\nendpoint_url=http://127.0.0.1:4566\n", 1);
    let house = House::new(&config, &[("AWS_ENDPOINT_URL_CODEPIPELINE", "http://127.0.0.1:9")], world);
    let reader = house.aws.session("dev", "eu-west-1").await.expect("a session").reader(&SPEC);
    let client = reader.caller.client(aws_sdk_codepipeline::Client::new);
    reader.caller.call("ListPipelines", || client.list_pipelines().send()).await.expect("read");
    let hosts: Vec<_> = house.fake.seen().into_iter().map(|s| s.host).collect();
    assert_eq!(hosts, ["127.0.0.1:4566", "127.0.0.1:9"]);
}

#[tokio::test]
async fn an_actor_is_made_only_for_what_the_ledger_intends_in_the_account_it_says() {
    let house = House::new(TWO, &[], world);
    let session = house.aws.session("dev", "eu-west-1").await.expect("a session");
    session.actor(&SPEC, &record(&session)).await.expect("as intended");
    assert_eq!(house.fake.calls("GetCallerIdentity").len(), 2, "STS is asked again for an actor");

    let change = |f: fn(&mut ActionRecord)| {
        let mut record = record(&session);
        f(&mut record);
        record
    };
    let cases = [
        ("NotIntended", change(|r| r.outcome = Outcome::Accepted)),
        ("NotIntended", change(|r| r.outcome = Outcome::Refused)),
        ("WrongScope", change(|r| r.profile = "prod".into())),
        ("WrongScope", change(|r| r.region = "us-east-1".into())),
        ("WrongAccount", change(|r| r.account = "777788889999".into())),
    ];
    for (code, record) in cases {
        let Err(error) = session.actor(&SPEC, &record).await else { panic!("{code}: an actor") };
        assert_eq!((error.info.code.as_str(), error.certainly_not_run), (code, true));
    }
    house.aws.forget("dev");
    let Err(error) = session.actor(&SPEC, &record(&session)).await else { panic!("an actor with old credentials") };
    assert_eq!(error.info.code, "CredentialsChanged");
}

#[tokio::test]
async fn an_actor_refuses_an_account_that_is_not_the_one_the_profile_names() {
    // The role says 444455556666, and STS says 777788889999 for what it gave.
    let config = format!(
        "{TWO}[profile role]\nrole_arn=arn:aws:iam::444455556666:role/R\nsource_profile=dev\nregion=eu-west-1\n"
    );
    let house = House::new(&config, &[], world);
    let session = house.aws.session("role", "eu-west-1").await.expect("reading is possible");
    let Err(error) = session.actor(&SPEC, &record(&session)).await else { panic!("an actor in another account") };
    assert_eq!(error.info.code, "WrongAccount");
    assert!(error.info.message.contains("777788889999") && error.info.message.contains("444455556666"), "{error}");
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let config = TWO.replace("aws_secret_access_key=s", "aws_secret_access_key=canary-secret");
    let house = House::new(&config, &[("AWS_SESSION_TOKEN", "canary-token")], world);
    let session = house.aws.session("dev", "eu-west-1").await.expect("a session");
    let reader = session.reader(&SPEC);
    let shown = format!("{session:?} {:?} {:?} {:?}", house.aws, house.aws.profiles(), reader.caller.counters());
    assert!(!shown.contains("canary"), "{shown}");
}

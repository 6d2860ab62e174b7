//! Which keys of a profile count, and what is wrong with those that do not work.

use std::path::Path;

use super::*;

const KEYS: &str = "aws_access_key_id=AKIADEMO\naws_secret_access_key=s\n";
const ROLE: &str = "role_arn=arn:aws:iam::111122223333:role/R\n";
const SSO: &str = "[sso-session corp]\nsso_start_url=https://example.awsapps.com/start\nsso_region=eu-west-1\n";

fn catalog(config: &str, credentials: &str) -> Catalog {
    let mut catalog = Catalog::default();
    catalog.add_config(Path::new("config"), config);
    catalog.add_credentials(Path::new("credentials"), credentials);
    catalog
}

fn env() -> Environment {
    let vars = [("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "s"), ("USER", "demo user!")];
    Environment::made_up(vars, Some("/home/demo".into()))
}

fn of(config: &str, name: &str) -> Result<Source, ErrorInfo> {
    source(&catalog(config, ""), &env(), name)
}

#[test]
fn kinds_in_the_order_of_the_aws_cli() {
    let cases: &[(&str, &str, Option<ProfileKind>)] = &[
        (KEYS, "", Some(ProfileKind::Static)),
        ("", KEYS, Some(ProfileKind::Static)),
        (ROLE, KEYS, Some(ProfileKind::AssumeRole)),
        ("role_arn=x\nweb_identity_token_file=f\n", "", Some(ProfileKind::WebIdentity)),
        ("sso_session=corp\n", "", Some(ProfileKind::Sso)),
        ("sso_start_url=u\n", "", Some(ProfileKind::Sso)),
        ("sso_start_url=u\n", KEYS, Some(ProfileKind::Static)),
        ("sso_role_name=R\n", KEYS, Some(ProfileKind::Sso)),
        ("credential_process=p\n", "", Some(ProfileKind::Process)),
        ("credential_process=p\naws_access_key_id=a\n", "", Some(ProfileKind::Process)),
        ("credential_process=p\n", KEYS, Some(ProfileKind::Static)),
        ("credential_process=p\n", "aws_secret_access_key=s\n", Some(ProfileKind::Process)),
        ("login_session=s\ncredential_process=p\n", "", Some(ProfileKind::Login)),
        ("region=eu-west-1\n", "", None),
    ];
    for (config, credentials, want) in cases {
        let catalog = catalog(&format!("[profile p]\n{config}"), &format!("[p]\n{credentials}"));
        assert_eq!(kind(catalog.profile("p").expect("p")), *want, "{config} / {credentials}");
    }
}

#[test]
fn what_is_wrong_is_told_with_place_and_cure() {
    let circle = "[profile p]\nrole_arn=arn:aws:iam::111122223333:role/R\nsource_profile=q\n\
                  [profile q]\nrole_arn=arn:aws:iam::111122223333:role/Q\nsource_profile=p\n";
    let cases: &[(&str, &str)] = &[
        ("[profile p]\naws_access_key_id=a\n", "config, line 1: profile `p` has no aws_secret_access_key; add it"),
        ("[profile p]\nrole_arn=arn:aws:iam::111122223333:role/R\n", "line 2: profile `p` has a role_arn but neither"),
        (
            "[profile p]\nrole_arn=R\nsource_profile=p\n",
            "line 2: profile `p` has role_arn `R`; a role's ARN looks like",
        ),
        (
            "[profile p]\nrole_arn=arn:aws:iam::111122223333:role/R\nsource_profile=lost\n",
            "line 3: profile `p` has source_profile `lost`",
        ),
        (
            "[profile p]\nrole_arn=arn:aws:iam::111122223333:role/R\nsource_profile=p\n",
            "line 3: profile `p` closes a circle: `p` → `p`",
        ),
        (circle, "config, line 6: profile `q` closes a circle: `p` → `q` → `p`"),
        (
            "[profile p]\nrole_arn=arn:aws:iam::111122223333:role/R\nsource_profile=a\ncredential_source=Environment\n",
            "line 4: profile `p` has both",
        ),
        (
            "[profile p]\nrole_arn=arn:aws:iam::111122223333:role/R\ncredential_source=EcsContainer\n",
            "line 3: profile `p` takes its credentials from EcsContainer, and neither",
        ),
        (
            "[profile p]\nrole_arn=arn:aws:iam::111122223333:role/R\ncredential_source=Env\n",
            "AWS knows Environment, Ec2",
        ),
        (
            "[profile p]\nrole_arn=arn:aws:iam::111122223333:role/R\nmfa_serial=m\nsource_profile=a\n",
            "line 3: profile `p` wants an MFA code",
        ),
        (
            "[profile p]\nrole_arn=arn:aws:iam::111122223333:role/R\nduration_seconds=10\ncredential_source=Environment\n",
            "line 3: profile `p` has duration_seconds `10`",
        ),
        (
            "[profile p]\nsso_session=lost\n",
            "config, line 2: profile `p` has sso_session `lost`, and there is no [sso-session lost]",
        ),
        ("[profile p]\nsso_start_url=u\n", "uses SSO but has no sso_region; add it"),
        (
            "[profile p]\nweb_identity_token_file=f\n",
            "config, line 2: profile `p` has a web_identity_token_file but no role_arn",
        ),
        ("[profile p]\ncredential_process='open\n", "open quote"),
        ("[profile p]\nlogin_session=s\n", "signs in by `aws login`"),
        ("[profile p]\nregion=eu-west-1\n", "says nothing of credentials"),
        ("", "There is no profile `p`"),
    ];
    for (config, want) in cases {
        let error = of(config, "p").expect_err(want);
        assert!(error.message.contains(want), "wanted {want}\n   got {}", error.message);
    }
    let mixed =
        format!("{SSO}[profile p]\nsso_session=corp\nsso_region=us-east-1\nsso_account_id=1\nsso_role_name=R\n");
    let error = of(&mixed, "p").expect_err("two Regions");
    assert!(error.message.contains("has sso_region `us-east-1` and its sso-session `eu-west-1`"), "{}", error.message);
}

#[test]
fn chains_end_where_the_credentials_are() {
    let config = format!(
        "{SSO}[profile base]\nsso_session=corp\nsso_account_id=111122223333\nsso_role_name=Dev\n\
         [profile mid]\n{ROLE}source_profile=base\n[profile top]\n{ROLE}source_profile=mid\nexternal_id=e\nduration_seconds=900\n\
         [profile own]\n{ROLE}source_profile=own\n{KEYS}[profile keyed]\n{ROLE}source_profile=own\n\
         [profile ambient]\n{ROLE}credential_source=Environment\nrole_session_name=mine\n"
    );
    let Ok(Source::Role(role, from)) = of(&config, "top") else { panic!("a role") };
    assert_eq!((role.external_id.as_deref(), role.duration), (Some("e"), Some(Duration::from_secs(900))));
    assert_eq!(role.session_name, "skydeck-demo-user-", "the user's name in the characters STS allows");
    assert!(matches!(*from, Source::Role(_, base) if base.sso().is_some_and(|s| s.account_id == "111122223333")));

    let key_of = |name: &str| match of(&config, name) {
        Ok(Source::Role(role, from)) => match *from {
            Source::Keys(keys) => (role.session_name, keys.access_key_id),
            other => panic!("{name}: {other:?}"),
        },
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(key_of("own").1, "AKIADEMO", "a profile may source itself by its keys");
    assert_eq!(key_of("keyed").1, "AKIADEMO", "keys of the source count before its role");
    assert_eq!(key_of("ambient"), ("mine".into(), "AKIAENV".into()), "only credential_source reads the environment");
}

#[test]
fn the_machine_is_asked_only_where_a_profile_names_it() {
    let config = format!(
        "[profile ec2]\n{ROLE}credential_source=Ec2InstanceMetadata\n\
         [profile over]\n{ROLE}source_profile=ec2\nec2_metadata_service_endpoint=http://127.0.0.1:9\n"
    );
    let Ok(Source::Role(_, from)) = of(&config, "ec2") else { panic!("a role") };
    assert!(
        matches!(*from, Source::Metadata(Metadata::Instance { endpoint, .. }) if endpoint == "http://169.254.169.254")
    );
    let Ok(Source::Role(_, from)) = of(&config, "over") else { panic!("a role") };
    let Source::Role(_, from) = *from else { panic!("a chain") };
    let Source::Metadata(Metadata::Instance { endpoint, .. }) = *from else { panic!("the instance") };
    assert_eq!(endpoint, "http://127.0.0.1:9", "as the profile says that is asked for");
}

#[test]
fn keys_are_taken_whole_from_one_file() {
    let taken = |config: &str, credentials: &str| {
        let catalog = catalog(&format!("[profile p]\n{config}"), &format!("[p]\n{credentials}"));
        source(&catalog, &env(), "p").map(|source| match source {
            Source::Keys(keys) => (keys.access_key_id, keys.secret_access_key, keys.session_token),
            other => panic!("{other:?}"),
        })
    };
    let old = "aws_access_key_id=OLD\naws_secret_access_key=old\naws_session_token=old-token\n";
    let found = |id: &str, secret: &str, token: Option<&str>| Ok((id.into(), secret.into(), token.map(str::to_owned)));
    assert_eq!(taken(old, KEYS), found("AKIADEMO", "s", None), "a token of the other file is of other keys");
    assert_eq!(taken(old, "aws_secret_access_key=x\n"), found("OLD", "old", Some("old-token")));
    assert_eq!(taken("", &format!("{KEYS}aws_security_token=t\n")), found("AKIADEMO", "s", Some("t")));
    let error = taken("aws_secret_access_key=s\n", "aws_access_key_id=A\n").expect_err("torn apart");
    assert!(
        error.message.starts_with("config, line 2: profile `p` has its aws_secret_access_key in another"),
        "{error:?}"
    );
}

#[test]
fn a_source_with_keys_counts_by_what_it_has_of_its_own() {
    let config = format!(
        "{SSO}[profile p]\n{ROLE}source_profile=q\n[profile q]\n{KEYS}sso_session=corp\nsso_account_id=111122223333\n\
         sso_role_name=Dev\n[profile back]\n{ROLE}source_profile=to\n{KEYS}[profile to]\n{ROLE}source_profile=back\n"
    );
    let Ok(Source::Role(_, from)) = of(&config, "p") else { panic!("a role") };
    assert!(matches!(*from, Source::Sso(_)), "SSO before keys, as without a role: {from:?}");
    let error = of(&config, "back").expect_err("a circle, keys or not");
    assert!(error.message.contains("closes a circle: `back` → `to` → `back`"), "{}", error.message);
}

#[test]
fn an_environment_without_keys_may_speak_by_a_token_file() {
    let vars = |extra: &[(&'static str, &'static str)]| {
        let all = [("AWS_WEB_IDENTITY_TOKEN_FILE", "~/token"), ("USER", "demo")];
        Environment::made_up(all.into_iter().chain(extra.iter().copied()), Some("/home/demo".into()))
    };
    let arn = ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/Ci");
    let named = environment(&vars(&[arn, ("AWS_ROLE_SESSION_NAME", "build-7")])).expect("a role");
    let Source::WebIdentity { role, token_file } = named else { panic!("a web identity") };
    assert_eq!((role.session_name.as_str(), token_file), ("build-7", "/home/demo/token".into()));
    assert!(environment(&vars(&[])).expect_err("no role").message.contains("no AWS_ROLE_ARN"));
    let keys = [arn, ("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    assert!(matches!(environment(&vars(&keys)), Ok(Source::Keys(_))), "keys count first");
}

#[test]
fn a_command_is_split_as_a_shell_would_and_a_tilde_expanded() {
    let Ok(Source::Process(command)) = of("[profile p]\ncredential_process=~/bin/get --for \"two words\"\n", "p")
    else {
        panic!("a process")
    };
    assert_eq!(command, ["/home/demo/bin/get", "--for", "two words"]);
}

#[test]
fn debug_shows_no_key() {
    let shown = format!("{:?}", of(&format!("[profile p]\n{KEYS}"), "p"));
    assert!(!shown.contains("AKIADEMO"), "{shown}");
    let shown = format!("{:?}", of("[profile p]\ncredential_process=get --password canary\n", "p"));
    assert!(!shown.contains("canary"), "{shown}");
}

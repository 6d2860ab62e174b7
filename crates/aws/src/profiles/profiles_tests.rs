//! What the files and the environment together say of profiles.

use super::*;

struct Case {
    home: tempfile::TempDir,
}

impl Case {
    fn new(config: &str, credentials: &str) -> Self {
        let case = Case { home: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir(case.home.path().join(".aws")).expect("made");
        case.write("config", config);
        case.write("credentials", credentials);
        case
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.home.path().join(".aws").join(name), text).expect("written");
    }

    fn profiles(&self, env: &[(&str, &str)]) -> Profiles {
        Profiles::new(&Environment::made_up(env.iter().copied(), Some(self.home.path().into())))
    }

    fn read(&self, env: &[(&str, &str)]) -> Arc<Read> {
        self.profiles(env).read().0
    }
}

fn names(read: &Read) -> Vec<&str> {
    read.profiles.iter().map(|p| p.entry.name.as_str()).collect()
}

const KEYS: &str = "aws_access_key_id=AKIADEMO\naws_secret_access_key=s\n";
const ENV_KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "s")];

#[test]
fn the_environment_is_a_profile_only_if_it_has_keys() {
    let case = Case::new("[profile dev]\nregion=eu-west-1\n", &format!("[dev]\n{KEYS}"));
    assert_eq!(names(&case.read(&[])), ["dev"]);
    assert_eq!(names(&case.read(&[("AWS_REGION", "eu-west-1"), ("AWS_SECRET_ACCESS_KEY", "s")])), ["dev"]);
    let read = case.read(&ENV_KEYS);
    assert_eq!(names(&read), ["dev", ENVIRONMENT]);
    assert_eq!(read.profiles[1].entry.kind, ProfileKind::Environment);
    let half = case.read(&ENV_KEYS[..1]);
    let error = half.profiles[1].entry.error.as_ref().expect("an error");
    assert!(error.message.contains("AWS_SECRET_ACCESS_KEY"), "{}", error.message);
}

#[test]
fn the_region_of_the_environment_is_for_its_own_profile_only() {
    let config =
        format!("[default]\nregion=eu-north-1\n{KEYS}[profile dev]\nregion=eu-west-1\n{KEYS}[profile bare]\n{KEYS}");
    let case = Case::new(&config, "");
    let region = ("AWS_REGION", "us-east-1");
    let both = [ENV_KEYS[0], ENV_KEYS[1], region, ("AWS_PROFILE", "dev")];
    // environment → Regions of default, dev, bare, environment
    type Row<'a> = (&'a [(&'a str, &'a str)], [Option<&'a str>; 4]);
    let cases: &[Row<'_>] = &[
        (&[], [Some("eu-north-1"), Some("eu-west-1"), None, None]),
        (&[region], [Some("eu-north-1"), Some("eu-west-1"), None, None]),
        (&[region, ("AWS_PROFILE", "dev")], [Some("eu-north-1"), Some("us-east-1"), None, None]),
        (&[region, ("AWS_PROFILE", "bare")], [Some("eu-north-1"), Some("eu-west-1"), Some("us-east-1"), None]),
        (
            &[("AWS_DEFAULT_REGION", "x"), region, ("AWS_PROFILE", "dev")],
            [Some("eu-north-1"), Some("us-east-1"), None, None],
        ),
        (&both, [Some("eu-north-1"), Some("us-east-1"), None, Some("us-east-1")]),
        (&ENV_KEYS, [Some("eu-north-1"), Some("eu-west-1"), None, Some("eu-north-1")]),
    ];
    for (env, want) in cases {
        let read = case.read(env);
        let got = ["default", "dev", "bare", ENVIRONMENT].map(|n| read.get(n).and_then(|p| p.entry.region.as_deref()));
        assert_eq!(got, *want, "{env:?}");
    }
}

#[test]
fn a_default_of_mere_defaults_is_no_profile_and_others_without_credentials_say_so() {
    let case = Case::new("[default]\nregion=eu-west-1\noutput=json\n[profile empty]\nregion=eu-west-1\n", "");
    let read = case.read(&[]);
    assert_eq!(names(&read), ["empty"]);
    let error = read.profiles[0].entry.error.as_ref().expect("an error");
    assert!(
        error.message.contains("config, line 4") && error.message.contains("says nothing of credentials"),
        "{error:?}"
    );
}

#[test]
fn hints_come_from_the_profile_and_the_root_of_its_chain() {
    let case = Case::new(
        "[sso-session corp]\nsso_start_url=https://example.awsapps.com/start\nsso_region=eu-west-1\n\
         [profile base]\nsso_session=corp\nsso_account_id=111122223333\nsso_role_name=Dev\n\
         [profile prod]\nrole_arn=arn:aws:iam::777788889999:role/Operator\nsource_profile=base\nendpoint_url=http://127.0.0.1:1\n",
        "",
    );
    let read = case.read(&[]);
    let base = &read.get("base").expect("base").entry;
    assert_eq!((base.kind, base.account_hint.as_deref()), (ProfileKind::Sso, Some("111122223333")));
    let prod = &read.get("prod").expect("prod").entry;
    assert_eq!((prod.kind, prod.account_hint.as_deref()), (ProfileKind::AssumeRole, Some("777788889999")));
    assert_eq!((prod.sso_session.as_deref(), prod.source_profile.as_deref()), (Some("corp"), Some("base")));
    assert_eq!(prod.endpoint_url.as_deref(), Some("http://127.0.0.1:1"));
    assert_eq!(prod.error, None);
}

#[test]
fn files_are_read_again_only_when_they_changed() {
    let case = Case::new(&format!("[profile a]\n{KEYS}"), "");
    let profiles = case.profiles(&[]);
    assert!(profiles.read().1);
    assert!(!profiles.read().1);
    case.write("config", &format!("[profile a]\n{KEYS}[profile b]\n{KEYS}"));
    let (read, anew) = profiles.read();
    assert!(anew);
    assert_eq!(names(&read), ["a", "b"]);
    std::fs::remove_file(case.home.path().join(".aws/config")).expect("removed");
    assert_eq!(names(&profiles.read().0), [""; 0]);
}

#[test]
fn files_that_are_absent_named_wrongly_or_no_text_are_told_and_nothing_panics() {
    let empty = Environment::made_up([("", ""); 0], None);
    let read = Profiles::new(&empty).read().0;
    assert_eq!((names(&read), read.problems.len()), (vec![], 0), "no home, no files");

    let case = Case::new("", "");
    let read = case.read(&[("AWS_CONFIG_FILE", "/nowhere/config")]);
    assert!(read.problems[0].message.contains("/nowhere/config does not exist"), "{:?}", read.problems);

    let path = case.home.path().join(".aws/config");
    std::fs::write(&path, b"[profile a]\naws_access_key_id=AKIA\naws_secret_access_key=\xff\xfe\n").expect("written");
    let read = case.read(&[]);
    assert_eq!(names(&read), ["a"]);
    assert!(read.problems[0].message.contains("not UTF-8"), "{:?}", read.problems);

    std::fs::remove_file(&path).expect("removed");
    std::fs::create_dir(&path).expect("a folder where the file should be");
    let read = case.read(&[]);
    assert!(read.problems[0].message.contains("cannot be read"), "{:?}", read.problems);
}

#[test]
fn a_tilde_in_the_variables_is_the_home_folder() {
    let case = Case::new("", "");
    std::fs::write(case.home.path().join("elsewhere"), format!("[profile moved]\n{KEYS}")).expect("written");
    assert_eq!(names(&case.read(&[("AWS_CONFIG_FILE", "~/elsewhere")])), ["moved"]);
}

#[test]
fn a_profile_called_environment_gives_way_and_is_told() {
    let case = Case::new(&format!("[profile environment]\nregion=eu-west-1\n{KEYS}"), "");
    let read = case.read(&ENV_KEYS);
    assert_eq!(names(&read), [ENVIRONMENT]);
    assert_eq!(read.profiles[0].entry.kind, ProfileKind::Environment);
    assert!(read.problems[0].message.contains("hidden"), "{:?}", read.problems);
}

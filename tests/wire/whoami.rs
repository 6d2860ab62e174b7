//! Whether Skydeck and the AWS CLI agree on who a profile is: the same files, the same environment, the same (simulated)
//! AWS, and each is asked. Where they differ in what somebody's config means, Skydeck would act in another account than
//! the person expects.
//!
//! The AWS CLI is asked by `whoami.py`, Skydeck by `skydeckctl profiles --json`. Each case also says who it is, so that
//! the two cannot agree on the wrong one.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::Path,
    process::Command,
};

use chrono::TimeDelta;
use serde_json::{Value, json};
use skydeck_sim::{Sim, SimOptions, World, clock::SimClock};

use crate::run_python;

const DEV: &str = "111122223333";
const STG: &str = "444455556666";
const PROD: &str = "777788889999";

/// What is expected.
enum Who {
    /// This account, as this user or role (with its session's name where the config gives one).
    Is(&'static str, &'static str),
    /// Neither has credentials, and Skydeck says so with this code.
    Nobody(&'static str),
}
use Who::{Is, Nobody};

/// One question.
struct Case {
    /// `--profile` of the AWS CLI; none where the environment decides.
    asked: Option<&'static str>,
    /// The same one by Skydeck's name.
    ours: &'static str,
    /// Variables besides those of every case.
    env: Vec<(&'static str, String)>,
    who: Who,
}

/// The profiles; every one also gets a Region and the simulator's URL. `{…}` are filled in.
const CONFIG: &[(&str, &str)] = &[
    ("static", "{dev}"),
    ("split", "{prod}aws_session_token = left-over\n"),
    ("sso", "sso_session = example-sso\nsso_account_id = 444455556666\nsso_role_name = ReadOnly\n"),
    (
        "sso-legacy",
        "sso_start_url = {portal}\nsso_region = ap-northeast-2\nsso_account_id = 777788889999\nsso_role_name = ReadOnly\n",
    ),
    ("sso-before-keys", "{dev}sso_session = example-sso\nsso_account_id = 444455556666\nsso_role_name = ReadOnly\n"),
    ("token-only-sso", "sso_session = example-sso\n"),
    (
        "role",
        "role_arn = arn:aws:iam::777788889999:role/team/Deploy\nsource_profile = static\nexternal_id = e-1\n\
         duration_seconds = 1800\nrole_session_name = me\n",
    ),
    ("chain", "role_arn = arn:aws:iam::444455556666:role/Next\nsource_profile = role\nrole_session_name = two\n"),
    ("itself", "{dev}role_arn = arn:aws:iam::777788889999:role/Up\nsource_profile = itself\n"),
    ("role-of-sso", "role_arn = arn:aws:iam::777788889999:role/Up\nsource_profile = sso\n"),
    ("role-of-both", "role_arn = arn:aws:iam::777788889999:role/Up\nsource_profile = sso-before-keys\n"),
    ("role-of-env", "role_arn = arn:aws:iam::777788889999:role/Up\ncredential_source = Environment\n"),
    (
        "role-of-ec2",
        "role_arn = arn:aws:iam::777788889999:role/Up\ncredential_source = Ec2InstanceMetadata\n\
         ec2_metadata_service_endpoint = {machine}\n",
    ),
    ("role-of-ecs", "role_arn = arn:aws:iam::777788889999:role/Up\ncredential_source = EcsContainer\n"),
    (
        "chain-of-ec2",
        "role_arn = arn:aws:iam::444455556666:role/Next\nsource_profile = role-of-ec2\n\
         ec2_metadata_service_endpoint = {machine}\n",
    ),
    ("process", "credential_process = cat \"{home}/the process.json\"\n"),
    ("process-before-keys", "{dev}credential_process = cat \"{home}/the process.json\"\n"),
    (
        "web",
        "role_arn = arn:aws:iam::444455556666:role/Ci\nweb_identity_token_file = {home}/token\nrole_session_name = ci\n",
    ),
    ("role-of-web", "role_arn = arn:aws:iam::777788889999:role/Up\nsource_profile = web\n"),
    ("services", "{prod}services = local\nendpoint_url = http://127.0.0.1:1\n"),
    (
        "mfa",
        "role_arn = arn:aws:iam::777788889999:role/Up\nsource_profile = static\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n",
    ),
    ("login", "login_session = arn:aws:iam::111122223333:user/me\n"),
    ("circle", "role_arn = arn:aws:iam::777788889999:role/A\nsource_profile = circle-back\n"),
    ("circle-back", "role_arn = arn:aws:iam::777788889999:role/B\nsource_profile = circle\n"),
    ("lost", "role_arn = arn:aws:iam::777788889999:role/A\nsource_profile = nobody\n"),
    ("of-nobody", "role_arn = arn:aws:iam::999999999999:role/A\nsource_profile = static\n"),
    ("bare", ""),
];

/// Keys of the credentials file.
const CREDENTIALS: &[(&str, &str)] =
    &[("split", "{dev}"), ("token-only-sso", "{prod}"), ("in-credentials", "{prod}"), ("process", "")];

fn cases(world: &Told) -> Vec<Case> {
    let case = |ours: &'static str, who| Case { asked: Some(ours), ours, env: Vec::new(), who };
    let with = |env: &[(&'static str, &str)], case: Case| Case {
        env: env.iter().map(|(k, v)| (*k, (*v).to_owned())).collect(),
        ..case
    };
    let unasked = |case: Case| Case { asked: None, ..case };
    let keys = |of: &str| [("AWS_ACCESS_KEY_ID", world.keys[of].clone()), ("AWS_SECRET_ACCESS_KEY", "any".to_owned())];
    let stg = keys(STG);
    let stg: Vec<(&'static str, &str)> = stg.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let url = ("AWS_ENDPOINT_URL", world.url.as_str());
    let region = ("AWS_DEFAULT_REGION", "eu-west-1");
    let token = format!("{}/token", world.home);
    let web = [("AWS_WEB_IDENTITY_TOKEN_FILE", token.as_str()), ("AWS_ROLE_ARN", "arn:aws:iam::444455556666:role/Ci")];
    let container = format!("{}/container", world.machine);
    let container = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", container.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let-me-in"),
    ];
    let no_proxy = ("HTTP_PROXY", "http://127.0.0.1:1");
    let on_ec2 = [("AWS_EC2_METADATA_DISABLED", "false"), no_proxy, ("NO_PROXY", "127.0.0.1")];
    let and = |a: &[(&'static str, &'static str)], b: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        a.iter().map(|(k, v)| (*k, (*v).to_owned())).chain(b.iter().map(|(k, v)| (*k, (*v).to_owned()))).collect()
    };
    vec![
        case("static", Is(DEV, "user/skydeck")),
        case("in-credentials", Is(PROD, "user/skydeck")),
        case("split", Is(DEV, "user/skydeck")),
        case("sso", Is(STG, "assumed-role/AWSReservedSSO_ReadOnly")),
        case("sso-legacy", Is(PROD, "assumed-role/AWSReservedSSO_ReadOnly")),
        case("sso-before-keys", Is(STG, "assumed-role/AWSReservedSSO_ReadOnly")),
        case("token-only-sso", Is(PROD, "user/skydeck")),
        case("role", Is(PROD, "assumed-role/Deploy/me")),
        case("chain", Is(STG, "assumed-role/Next/two")),
        case("itself", Is(PROD, "assumed-role/Up/")),
        case("role-of-sso", Is(PROD, "assumed-role/Up/")),
        case("role-of-both", Is(PROD, "assumed-role/Up/")),
        case("process", Is(STG, "assumed-role/Printed/p")),
        case("process-before-keys", Is(STG, "assumed-role/Printed/p")),
        case("web", Is(STG, "assumed-role/Ci/ci")),
        case("role-of-web", Is(PROD, "assumed-role/Up/")),
        case("services", Is(PROD, "user/skydeck")),
        case("mfa", Nobody("MfaNotSupported")),
        case("login", Nobody("LoginNotSupported")),
        case("circle", Nobody("ConfigError")),
        case("lost", Nobody("ConfigError")),
        case("of-nobody", Nobody("AccessDenied")),
        case("bare", Nobody("ConfigError")),
        // Where the machine has a role, or is said to have one.
        with(&on_ec2, case("role-of-ec2", Is(PROD, "assumed-role/Up/"))),
        with(&on_ec2, case("chain-of-ec2", Is(STG, "assumed-role/Next/"))),
        case("role-of-ec2", Nobody("ConfigError")),
        with(&container, case("role-of-ecs", Is(PROD, "assumed-role/Up/"))),
        case("role-of-ecs", Nobody("MetadataUnavailable")),
        // Keys that lie in the environment are no named profile's.
        with(&stg, case("static", Is(DEV, "user/skydeck"))),
        with(&stg, case("sso", Is(STG, "assumed-role/AWSReservedSSO_ReadOnly"))),
        with(&stg, case("role", Is(PROD, "assumed-role/Deploy/me"))),
        with(&stg, case("bare", Nobody("ConfigError"))),
        with(&stg, case("role-of-env", Is(PROD, "assumed-role/Up/"))),
        case("role-of-env", Nobody("ConfigError")),
        with(&web, case("static", Is(DEV, "user/skydeck"))),
        with(&web, case("bare", Nobody("ConfigError"))),
        // What the environment says where no profile is named.
        unasked(with(&[("AWS_PROFILE", "role")], case("role", Is(PROD, "assumed-role/Deploy/me")))),
        unasked(Case {
            env: and(&[("AWS_PROFILE", "static"), region], &[&stg[..], &[url]].concat()),
            ..case("environment", Is(STG, "user/skydeck"))
        }),
        unasked(Case {
            env: and(&[region, ("AWS_ROLE_SESSION_NAME", "build-7")], &[&web[..], &[url]].concat()),
            ..case("environment", Is(STG, "assumed-role/Ci/build-7"))
        }),
    ]
}

/// What the cases are filled in with.
struct Told {
    home: String,
    url: String,
    machine: String,
    portal: String,
    keys: BTreeMap<&'static str, String>,
}

impl Told {
    fn fill(&self, text: &str) -> String {
        let keys = |of: &str| format!("aws_access_key_id = {}\naws_secret_access_key = any\n", self.keys[of]);
        text.replace("{dev}", &keys(DEV))
            .replace("{prod}", &keys(PROD))
            .replace("{home}", &self.home)
            .replace("{machine}", &self.machine)
            .replace("{portal}", &self.portal)
    }

    fn write(&self) {
        let aws = Path::new(&self.home).join(".aws");
        std::fs::create_dir(&aws).expect("made");
        let mut config = format!(
            "[default]\nregion = eu-west-1\n[sso-session example-sso]\nsso_start_url = {}\nsso_region = ap-northeast-2\n\
             [services local]\nsts =\n  endpoint_url = {}\n",
            self.portal, self.url
        );
        for (name, keys) in CONFIG {
            let endpoint =
                if keys.contains("endpoint_url = ") { String::new() } else { format!("endpoint_url = {}\n", self.url) };
            config += &format!("[profile {name}]\nregion = eu-west-1\n{endpoint}{}", self.fill(keys));
        }
        config += &format!("[profile in-credentials]\nregion = eu-west-1\nendpoint_url = {}\n", self.url);
        std::fs::write(aws.join("config"), config).expect("written");
        let credentials: String =
            CREDENTIALS.iter().map(|(name, keys)| format!("[{name}]\n{}", self.fill(keys))).collect();
        std::fs::write(aws.join("credentials"), credentials).expect("written");
    }
}

/// Variables of every case.
fn always(home: &str) -> Vec<(String, String)> {
    let path = std::env::var("PATH").unwrap_or_default();
    [("HOME", home), ("PATH", &path), ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_MAX_ATTEMPTS", "1")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into()
}

/// Every profile as Skydeck tells it in that environment, by name.
fn skydeck(home: &str, env: &[(&'static str, String)]) -> BTreeMap<String, Value> {
    let program = std::env::var_os("SKYDECKCTL_BIN").expect(
        "SKYDECKCTL_BIN is not set: run the tests by `cargo xtask test`, which builds skydeckctl and says where it is",
    );
    let own = tempfile::tempdir().expect("a folder");
    let output = Command::new(program)
        .args(["profiles", "--json"])
        .env_clear()
        .envs(always(home))
        .env("SKYDECK_HOME", own.path())
        .envs(env.iter().map(|(k, v)| (*k, v)))
        .output()
        .expect("skydeckctl starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let all = format!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!all.contains("CANARY") && !all.contains("let-me-in"), "a secret is shown: {all}");
    let profiles: Vec<Value> = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {all}"));
    profiles.into_iter().map(|p| (p["name"].as_str().expect("a name").to_owned(), p)).collect()
}

/// Answers as the metadata service of an instance and as the credentials endpoint of a container, each with a role of its
/// own, until the process ends.
fn machine(instance: Value, container: Value) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut lines = BufReader::new(stream.try_clone().expect("a second handle")).lines();
            let Some(Ok(first)) = lines.next() else { continue };
            let head: Vec<String> = lines.map_while(Result::ok).take_while(|l| !l.is_empty()).collect();
            let allowed = head.iter().any(|l| l.eq_ignore_ascii_case("authorization: let-me-in"));
            let (status, body) = match first.split(' ').nth(1).unwrap_or_default() {
                "/latest/api/token" => ("200 OK", "a-token".to_owned()),
                "/latest/meta-data/iam/security-credentials/" => ("200 OK", "InstanceRole".to_owned()),
                "/latest/meta-data/iam/security-credentials/InstanceRole" => ("200 OK", instance.to_string()),
                "/container" if allowed => ("200 OK", container.to_string()),
                _ => ("404 Not Found", "no".to_owned()),
            };
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\n\
                 connection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    url
}

#[test]
fn the_cli_and_skydeck_agree_on_who_a_profile_is() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sim = Sim::new(World::demo(SimClock::machine(), 7), SimOptions::default());
    let server = runtime.block_on(sim.serve(0)).expect("a port on loopback");
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().display().to_string();
    let (told, sso, printed) = sim.with_world(|world| {
        let (seed, now) = (world.seed, world.now());
        let mut temporary = |account: &str, role: &str, session: &str| {
            let s = world
                .accounts
                .open_session(seed, account, role, session, now, TimeDelta::hours(2))
                .expect("an account");
            json!({
                "Code": "Success", "Type": "AWS-HMAC", "LastUpdated": now, "Version": 1,
                "AccessKeyId": s.access_key_id, "SecretAccessKey": s.secret_access_key,
                "Token": s.session_token, "SessionToken": s.session_token,
                "Expiration": s.expires_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            })
        };
        let printed = temporary(STG, "Printed", "p");
        let url = machine(temporary(DEV, "InstanceRole", "i-1"), temporary(DEV, "TaskRole", "t-1"));
        let login = world.accounts.sso_logins[0].clone();
        let token = world.accounts.sign_in(seed, &login.start_url, now, TimeDelta::hours(8));
        let keys = world.accounts.by_id.values();
        let keys =
            [DEV, STG, PROD].into_iter().zip(keys).map(|(id, account)| (id, account.access_key_id.clone())).collect();
        let sso = json!({
            "session": login.name, "start_url": login.start_url, "region": login.region, "token": token.access_token,
        });
        (
            Told { home: home.clone(), url: server.url.clone(), machine: url, portal: login.start_url, keys },
            sso,
            printed,
        )
    });
    told.write();
    std::fs::write(folder.path().join("the process.json"), printed.to_string()).expect("written");

    let cases = cases(&told);
    let asked: Vec<Value> = cases
        .iter()
        .map(|c| json!({"profile": c.asked, "env": c.env.iter().cloned().collect::<BTreeMap<_, _>>()}))
        .collect();
    let cli = run_python("whoami.py", &json!({"cases": asked, "sso": sso}), &always(&home));
    let mut ours: BTreeMap<Vec<(&str, String)>, BTreeMap<String, Value>> = BTreeMap::new();
    for case in &cases {
        ours.entry(case.env.clone()).or_insert_with(|| skydeck(&home, &case.env));
    }
    runtime.block_on(server.stop());

    let mut wrong = Vec::new();
    for (case, cli) in cases.iter().zip(cli.as_array().expect("a list")) {
        let ours = &ours[&case.env][case.ours];
        let arn = cli["arn"].as_str().unwrap_or_default();
        let theirs = arn.splitn(6, ':').nth(5).unwrap_or_default();
        let identity = ours["identity"].as_str().unwrap_or_default();
        let agreed = match case.who {
            Is(account, name) => {
                cli["account"] == account
                    && ours["account"] == account
                    && theirs.starts_with(name)
                    && identity.starts_with(name)
                    && ours["error"].is_null()
            }
            Nobody(code) => cli["error"].is_string() && ours["error"]["code"] == code && identity.is_empty(),
        };
        if !agreed {
            let env: Vec<&str> = case.env.iter().map(|(k, _)| *k).collect();
            wrong.push(format!("{} {env:?}\n  the AWS CLI: {cli}\n  Skydeck: {ours}", case.ours));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

//! A made-up AWS for this crate's unit tests: answers from a closure, remembers who called what with which key. It checks
//! the crate's own behaviour on the wire, not AWS's; that is the simulator's and moto's part (`tests/`).

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use sha1::{Digest, Sha1};
use skydeck_domain::{Clock, Timestamp};

use crate::{Aws, AwsOptions, BudgetSettings, Environment, limiter::lock};

/// One request as it went out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Seen {
    pub(crate) operation: String,
    pub(crate) host: String,
    /// Access key id it was signed with; empty if it was not signed.
    pub(crate) key: String,
    pub(crate) signed_region: String,
    pub(crate) token: Option<String>,
    pub(crate) body: String,
    pub(crate) uri: String,
    /// When it says it was signed: `20261122T080000Z`.
    pub(crate) signed_at: String,
}

/// What is answered.
pub(crate) enum Answer {
    Json(u16, String),
    Xml(u16, String),
    /// No connection at all.
    Refused,
    /// The request went out, and then the connection broke.
    Lost,
    /// A 200 that ends in the middle.
    Garbled,
}

/// An error in the form of awsJson.
pub(crate) fn json_error(status: u16, code: &str) -> Answer {
    Answer::Json(status, format!(r#"{{"__type":"{code}","message":"as {code} says"}}"#))
}

/// An error in the form of awsQuery.
pub(crate) fn query_error(status: u16, code: &str) -> Answer {
    let body =
        format!("<ErrorResponse><Error><Code>{code}</Code><Message>as {code} says</Message></Error></ErrorResponse>");
    Answer::Xml(status, body)
}

/// STS's answer to who one is.
pub(crate) fn identity(account: &str, name: &str) -> Answer {
    Answer::Xml(
        200,
        format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::{account}:{name}</Arn>\
             <Account>{account}</Account><UserId>U</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>"
        ),
    )
}

/// STS's answer to an assumed role.
pub(crate) fn assumed(operation: &str, key: &str, expires: Timestamp) -> Answer {
    Answer::Xml(
        200,
        format!(
            "<{operation}Response><{operation}Result><Credentials><AccessKeyId>{key}</AccessKeyId>\
             <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{}</Expiration>\
             </Credentials></{operation}Result></{operation}Response>",
            expires.to_rfc3339()
        ),
    )
}

type Answerer = Arc<dyn Fn(&Seen) -> Answer + Send + Sync>;

/// The made-up AWS.
#[derive(Clone)]
pub(crate) struct FakeAws {
    answer: Answerer,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// What its clock says, in the form of HTTP.
    date: Option<&'static str>,
}

impl FakeAws {
    pub(crate) fn new(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        FakeAws { answer: Arc::new(answer), seen: Arc::default(), date: None }
    }

    /// Everything that was sent.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }

    /// What was sent of one operation.
    pub(crate) fn calls(&self, operation: &str) -> Vec<Seen> {
        self.seen().into_iter().filter(|s| s.operation == operation).collect()
    }
}

impl fmt::Debug for FakeAws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeAws")
    }
}

impl HttpClient for FakeAws {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for FakeAws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let seen = see(&request);
        lock(&self.seen).push(seen.clone());
        let respond = |status: u16, kind: &'static str, body: String| {
            let status = StatusCode::try_from(status).expect("a status");
            let mut response = HttpResponse::new(status, SdkBody::from(body));
            response.headers_mut().insert("content-type", kind);
            response.headers_mut().insert("x-amzn-requestid", "req-1");
            if seen.uri.ends_with("/latest/api/token") {
                response.headers_mut().insert("x-aws-ec2-metadata-token-ttl-seconds", "21600");
            }
            if let Some(date) = self.date {
                response.headers_mut().insert("date", date);
            }
            Ok(response)
        };
        HttpConnectorFuture::ready(match (self.answer)(&seen) {
            Answer::Json(status, body) => respond(status, "application/x-amz-json-1.1", body),
            Answer::Xml(status, body) => respond(status, "text/xml", body),
            Answer::Garbled => respond(200, "application/x-amz-json-1.1", r#"{"pipelines": [{"na"#.into()),
            Answer::Refused => {
                Err(ConnectorError::io(Box::new(std::io::Error::from(std::io::ErrorKind::ConnectionRefused))))
            }
            Answer::Lost => {
                Err(ConnectorError::io(Box::new(std::io::Error::from(std::io::ErrorKind::ConnectionReset))))
            }
        })
    }
}

fn see(request: &HttpRequest) -> Seen {
    let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
    let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
    let uri = request.uri().to_owned();
    let operation = match header("x-amz-target").rsplit_once('.') {
        Some((_, operation)) => operation.to_owned(),
        None if uri.contains("/federation/credentials") => "GetRoleCredentials".into(),
        None => body.split('&').find_map(|p| p.strip_prefix("Action=")).unwrap_or_default().to_owned(),
    };
    let authorization = header("authorization");
    let mut credential = authorization.split("Credential=").nth(1).unwrap_or_default().split('/');
    Seen {
        operation,
        host: uri.split('/').nth(2).unwrap_or_default().to_owned(),
        key: credential.next().unwrap_or_default().to_owned(),
        signed_region: credential.nth(1).unwrap_or_default().to_owned(),
        token: Some(header("x-amz-security-token")).filter(|t| !t.is_empty()),
        body,
        uri,
        signed_at: header("x-amz-date"),
    }
}

/// A clock that stands until it is turned.
#[derive(Debug, Clone)]
pub(crate) struct Standing(Arc<Mutex<Timestamp>>);

impl Standing {
    pub(crate) fn new() -> Self {
        let at = "2026-11-22T08:00:00Z".parse().expect("a time");
        Standing(Arc::new(Mutex::new(at)))
    }

    pub(crate) fn advance(&self, minutes: i64) {
        *lock(&self.0) += chrono::TimeDelta::minutes(minutes);
    }
}

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        *lock(&self.0)
    }
}

/// A home folder with an AWS config, a made-up AWS and a standing clock.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) aws: Aws,
    pub(crate) fake: FakeAws,
    pub(crate) clock: Standing,
    home: tempfile::TempDir,
}

impl House {
    pub(crate) fn new(
        config: &str,
        env: &[(&str, &str)],
        answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
    ) -> Self {
        House::on(FakeAws::new(answer), config, env)
    }

    /// At an AWS whose clock says that.
    pub(crate) fn at(
        date: &'static str,
        config: &str,
        answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
    ) -> Self {
        House::on(FakeAws { date: Some(date), ..FakeAws::new(answer) }, config, &[])
    }

    fn on(fake: FakeAws, config: &str, env: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let clock = Standing::new();
        let options = AwsOptions {
            env: Environment::made_up(env.iter().copied(), Some(home.path().into())),
            http_client: Some(SharedHttpClient::new(fake.clone())),
            clock: Arc::new(clock.clone()),
            budget: BudgetSettings {
                retry_base: Duration::from_millis(1),
                rate: 500.0,
                burst: 500.0,
                ..Default::default()
            },
        };
        let house = House { aws: Aws::new(options), fake, clock, home };
        house.write(".aws/config", config);
        house
    }

    /// A token as `aws sso login` leaves it, for a session (by name) or a start URL.
    pub(crate) fn sso_token(&self, named_by: &str, token: &str, expires: &str) {
        let name: String = Sha1::digest(named_by).iter().map(|b| format!("{b:02x}")).collect();
        let text =
            format!(r#"{{"startUrl":"u","region":"eu-west-1","accessToken":"{token}","expiresAt":"{expires}"}}"#);
        self.write(&format!(".aws/sso/cache/{name}.json"), &text);
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, text).expect("written");
        path
    }
}

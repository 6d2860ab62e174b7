//! A request's whole way, by requests as they come off the wire.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::*;
use crate::call_log::Outcome;
use crate::faults::{Fault, Rule};
use crate::world::SsoRole;

const DEV: &str = "111122223333";
const PROD: &str = "777788889999";

fn sim(options: SimOptions) -> Sim {
    let start = DateTime::from_timestamp(1_795_335_302, 0).expect("a time");
    let mut world = World::empty(SimClock::standing(start), 7);
    for (id, name) in [(DEV, "dev"), (PROD, "prod")] {
        let account = world.accounts.add(7, id, name, "eu-west-1");
        account
            .sso_roles
            .push(SsoRole { start_url: "https://demo.example.com/start".to_owned(), name: "Observer".to_owned() });
    }
    Sim::new(world, options)
}

fn faulty(kind: Fault) -> Sim {
    sim(SimOptions { faults: Some(Faults { seed: 0, rules: vec![Rule::always(kind)] }), ..SimOptions::default() })
}

fn key(sim: &Sim, account: &str) -> String {
    sim.with_world(|world| world.accounts.by_id[account].access_key_id.clone())
}

/// A signed request.
struct Signed<'a> {
    key: &'a str,
    region: &'a str,
    service: &'a str,
    token: Option<&'a str>,
}

impl<'a> Signed<'a> {
    fn by(key: &'a str) -> Self {
        Signed { key, region: "eu-west-1", service: "sts", token: None }
    }

    fn build(self, target: Option<&str>, body: &str) -> Request {
        let Signed { key, region, service, token } = self;
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={key}/20261122/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let now = SimClock::machine().now().format("%Y%m%dT%H%M%SZ").to_string();
        let mut builder = http::Request::post("/").header("authorization", authorization).header("x-amz-date", now);
        builder = match target {
            Some(target) => builder.header("x-amz-target", target),
            None => builder.header("content-type", "application/x-www-form-urlencoded"),
        };
        if let Some(token) = token {
            builder = builder.header("x-amz-security-token", token);
        }
        builder.body(Bytes::from(body.to_owned())).expect("a request")
    }

    fn whoami(self) -> Request {
        self.build(None, "Action=GetCallerIdentity&Version=2011-06-15")
    }

    fn list_pipelines(self) -> Request {
        Signed { service: "codepipeline", ..self }.build(Some("CodePipeline_20150709.ListPipelines"), "{}")
    }
}

/// Status and body of an answer.
async fn answer(sim: &Sim, request: Request) -> (u16, String) {
    match sim.answer(request).await {
        Delivery::Whole(response) => {
            (response.status().as_u16(), String::from_utf8_lossy(response.body()).into_owned())
        }
        other => panic!("no whole answer: {other:?}"),
    }
}

#[tokio::test]
async fn the_key_chooses_the_account_and_one_that_is_not_known_gets_the_first() {
    let sim = sim(SimOptions::default());
    for (key, account) in [(key(&sim, DEV), DEV), (key(&sim, PROD), PROD), ("AKIAUNKNOWN".to_owned(), DEV)] {
        let (status, body) = answer(&sim, Signed::by(&key).whoami()).await;
        assert!(status == 200 && body.contains(&format!("<Account>{account}</Account>")), "{body}");
    }
}

#[tokio::test]
async fn who_is_not_known_or_not_enabled_is_refused_in_each_protocols_words() {
    let sim = sim(SimOptions::default());
    let dev = key(&sim, DEV);
    let session = sim.with_world(|world| {
        let now = world.now();
        world.accounts.open_session(7, PROD, "Observer", "me", now, TimeDelta::hours(1)).expect("an account")
    });
    let session_key = session.access_key_id.as_str();
    let unsigned = |body: &str| {
        let form = http::Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        form.body(Bytes::from(body.to_owned())).expect("a request")
    };
    let whole = || Signed { token: Some(&session.session_token), ..Signed::by(session_key) };
    assert_eq!(answer(&sim, whole().whoami()).await.0, 200);

    let cases = [
        (unsigned("Action=GetCallerIdentity&Version=2011-06-15"), 403, "<Code>MissingAuthenticationToken</Code>"),
        (Signed { region: "ap-east-1", ..Signed::by(&dev) }.whoami(), 403, "<Code>InvalidClientTokenId</Code>"),
        (
            Signed { region: "ap-east-1", ..Signed::by(&dev) }.list_pipelines(),
            400,
            r#""__type":"UnrecognizedClientException""#,
        ),
        (
            Signed { token: Some("another"), ..Signed::by(session_key) }.whoami(),
            403,
            "<Code>InvalidClientTokenId</Code>",
        ),
        (Signed::by(session_key).whoami(), 403, "<Code>InvalidClientTokenId</Code>"),
        (
            Signed { service: "logs", ..Signed::by(&dev) }.build(Some("CodePipeline_20150709.ListPipelines"), "{}"),
            400,
            "Credential should be scoped to correct service: 'codepipeline'.",
        ),
    ];
    for (request, status, expected) in cases {
        let (got, body) = answer(&sim, request).await;
        assert!(got == status && body.contains(expected), "{got} {body}, but {expected}");
    }

    sim.clock().advance(TimeDelta::hours(1));
    let (status, body) = answer(&sim, whole().whoami()).await;
    assert!(status == 403 && body.contains("<Code>ExpiredToken</Code>"), "{body}");
    let (_, body) = answer(&sim, whole().list_pipelines()).await;
    assert!(body.contains(r#""__type":"ExpiredTokenException""#), "{body}");
}

#[tokio::test]
async fn the_portal_needs_a_token_and_no_signature() {
    let sim = sim(SimOptions::default());
    let token = sim.with_world(|world| {
        let now = world.now();
        world.accounts.sign_in(7, "https://demo.example.com/start", now, TimeDelta::hours(8)).access_token
    });
    let request = |token: &str| {
        let get = http::Request::get("/assignment/accounts?max_result=1").header("x-amz-sso_bearer_token", token);
        get.body(Bytes::new()).expect("a request")
    };
    let (status, body) = answer(&sim, request(&token)).await;
    let body: Value = serde_json::from_str(&body).expect("is JSON");
    assert_eq!((status, &body["accountList"][0]["accountId"]), (200, &json!(DEV)));
    let (status, body) = answer(&sim, request("made up")).await;
    assert!(status == 401 && body.contains("Session token not found or invalid"), "{body}");
}

#[tokio::test]
async fn nonsense_is_answered() {
    let sim = sim(SimOptions::default());
    let dev = key(&sim, DEV);
    let json = Signed { service: "codepipeline", ..Signed::by(&dev) }.build(Some("CodePipeline_20150709.Fly"), "{}");
    let (status, body) = answer(&sim, json).await;
    assert_eq!((status, body.as_str()), (400, r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#));
    let (status, body) = answer(&sim, Signed::by(&dev).build(None, "Action=Fly&Version=2011-06-15")).await;
    assert!(status == 400 && body.contains("Could not find operation Fly for version 2011-06-15"), "{body}");
    let (status, _) = answer(&sim, http::Request::get("/favicon.ico").body(Bytes::new()).expect("a request")).await;
    assert_eq!(status, 403);
    let codes: Vec<Outcome> = sim.calls().into_iter().map(|call| call.outcome).collect();
    let unknown = || Outcome::Refused("UnknownOperationException".to_owned());
    assert_eq!(codes, [unknown(), unknown(), Outcome::Refused("MissingAuthenticationTokenException".to_owned())]);
}

#[tokio::test]
async fn what_the_model_forbids_does_not_reach_the_service() {
    let sim = sim(SimOptions::default());
    let (status, body) =
        answer(&sim, Signed::by("AKIA").build(None, "Action=AssumeRole&Version=2011-06-15&RoleSessionName=a")).await;
    assert_eq!(status, 400);
    assert!(
        body.contains(
            "<Code>ValidationError</Code><Message>2 validation errors detected: Value at &apos;roleArn&apos;"
        ) || body.contains("<Code>ValidationError</Code><Message>2 validation errors detected: Value at 'roleArn'"),
        "{body}"
    );
}

#[tokio::test]
async fn calls_take_the_latency_and_meet_the_rates() {
    let sim = sim(SimOptions { latency: Duration::from_millis(20), aws_limits: true, faults: None });
    let dev = key(&sim, DEV);
    let start = Instant::now();
    let mut throttled = 0;
    for _ in 0..25 {
        let (status, body) = answer(&sim, Signed::by(&dev).whoami()).await;
        throttled += usize::from(status == 400 && body.contains("<Code>Throttling</Code>"));
    }
    let elapsed = start.elapsed();
    assert!(elapsed >= Duration::from_millis(500), "{elapsed:?}");
    // 20 at once, and ten more a second; on a slow machine the rest may all be allowed.
    let allowed = 20 + (elapsed.as_secs_f64() * 10.0) as usize;
    assert!(throttled >= 25_usize.saturating_sub(allowed + 1), "{throttled} throttled in {elapsed:?}");
    assert!(throttled <= 5, "{throttled}");
}

#[tokio::test]
async fn faults_that_prevent_a_call_answer_in_its_place() {
    let error = Fault::Error { code: "Odd".to_owned(), message: "as said".to_owned(), status: 418 };
    let cases = [
        (Fault::Throttle, 400, "ThrottlingException"),
        (Fault::AccessDenied, 400, "is not authorized to perform: codepipeline:ListPipelines with an explicit deny"),
        (Fault::ExpiredToken, 400, "ExpiredTokenException"),
        (Fault::Http503, 503, "<b>Http/1.1 Service Unavailable</b>"),
        (error, 418, r#"{"__type":"Odd","message":"as said"}"#),
        (Fault::ClockSkew { seconds: 600 }, 400, "Signature expired"),
        (Fault::ClockSkew { seconds: -600 }, 400, "Signature not yet current"),
    ];
    for (fault, status, expected) in cases {
        let sim = faulty(fault);
        let (got, body) = answer(&sim, Signed::by(&key(&sim, DEV)).list_pipelines()).await;
        assert!(got == status && body.contains(expected), "{got} {body}");
        assert!(matches!(sim.calls()[..], [Call { outcome: Outcome::Prevented(_), mutating: false, .. }]));
    }
    for (fault, closed) in [(Fault::Reset, true), (Fault::Dns, false)] {
        let sim = faulty(fault);
        let delivery = sim.answer(Signed::by(&key(&sim, DEV)).list_pipelines()).await;
        assert!(if closed { matches!(delivery, Delivery::Closed) } else { matches!(delivery, Delivery::NoSuchHost) });
    }
}

#[tokio::test]
async fn a_skewed_clock_lets_through_who_has_corrected_for_it() {
    let sim = faulty(Fault::ClockSkew { seconds: 600 });
    let Delivery::Whole(response) = sim.answer(Signed::by("AKIA").whoami()).await else { panic!("an answer") };
    let date = response.headers()["date"].to_str().expect("is text");
    let aws: DateTime<Utc> = DateTime::parse_from_rfc2822(date).expect("is a date").into();
    let mut request = Signed::by("AKIA").whoami();
    request.headers_mut().insert("x-amz-date", aws.format("%Y%m%dT%H%M%SZ").to_string().parse().expect("is a value"));
    assert_eq!(answer(&sim, request).await.0, 200);
}

#[tokio::test]
async fn a_caller_may_sign_by_the_worlds_clock() {
    for (seconds, expected) in [(600, 403), (200, 200)] {
        let sim = faulty(Fault::ClockSkew { seconds });
        let mut request = Signed::by("AKIA").whoami();
        let signed_at = (sim.clock().now() + TimeDelta::seconds(1)).format("%Y%m%dT%H%M%SZ").to_string();
        request.headers_mut().insert("x-amz-date", signed_at.parse().expect("is a value"));
        assert_eq!(answer(&sim, request).await.0, expected);
    }
}

#[tokio::test]
async fn a_call_that_ran_and_whose_answer_was_lost_has_run() {
    let sim = faulty(Fault::ExecutedThenLost);
    let assume =
        "Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=arn:aws:iam::777788889999:role/Observer";
    let delivery = sim.answer(Signed::by("AKIA").build(None, assume)).await;
    assert!(matches!(delivery, Delivery::Closed));
    assert_eq!(sim.with_world(|world| world.accounts.sessions.len()), 1);
    assert!(sim.calls()[0].outcome.ran());
}

#[tokio::test]
async fn faults_can_be_changed_while_it_runs() {
    let sim = faulty(Fault::Throttle);
    assert_eq!(answer(&sim, Signed::by("AKIA").whoami()).await.0, 400);
    sim.set_faults(None);
    assert_eq!(answer(&sim, Signed::by("AKIA").whoami()).await.0, 200);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_answers() {
    let (one, other) = (sim(SimOptions::default()), sim(SimOptions::default()));
    let assume =
        "Action=AssumeRole&Version=2011-06-15&RoleSessionName=me&RoleArn=arn:aws:iam::777788889999:role/Observer";
    for _ in 0..2 {
        let first = answer(&one, Signed::by("AKIA").build(None, assume)).await;
        assert_eq!(first, answer(&other, Signed::by("AKIA").build(None, assume)).await);
    }
}

//! What goes out on the wire for a call, and what never does.

use aws_sdk_codepipeline::Client;
use skydeck_domain::{ActionRecord, Outcome};

use super::*;
use crate::{
    service::{ActCtx, Life, Pace, Practice, ReadCtx},
    testing::{Answer, House, Seen, identity, json_error, query_error},
};

const fn op(name: &'static str, mutates: bool) -> Operation {
    Operation { name, permission: "codepipeline:Any", mutates, rate: None }
}

static SPEC: Spec = Spec {
    id: "codepipeline",
    title: "CodePipeline",
    endpoint_prefix: "codepipeline",
    practice: Practice::CiCd,
    life: Life::Active,
    global: false,
    operations: &[op("ListPipelines", false), op("GetPipelineState", false), op("StartPipelineExecution", true)],
    kinds: &[],
    items: None,
    pace: Pace { items_at_rest: true, changes: Duration::from_secs(60), all: Duration::from_secs(900) },
};

const CONFIG: &str = "[profile dev]\naws_access_key_id=AKIADEV\naws_secret_access_key=canary-secret\n";

fn house(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> House {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    House::new(CONFIG, &[], move |seen: &Seen| match seen.operation.as_str() {
        "GetCallerIdentity" => identity("111122223333", "user/dev"),
        _ => answer(asked.fetch_add(1, Ordering::SeqCst)),
    })
}

fn pipelines() -> Answer {
    Answer::Json(200, r#"{"pipelines":[{"name":"web"}]}"#.into())
}

fn started() -> Answer {
    Answer::Json(200, r#"{"pipelineExecutionId":"e-1"}"#.into())
}

fn record() -> ActionRecord {
    ActionRecord {
        action: "01J".into(),
        verb: "start".into(),
        id: "arn:aws:codepipeline:eu-west-1:111122223333:web".into(),
        target: None,
        profile: "dev".into(),
        account: "111122223333".into(),
        region: "eu-west-1".into(),
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

async fn reader(house: &House) -> ReadCtx {
    house.aws.session("dev", "eu-west-1").await.expect("a session").reader(&SPEC)
}

async fn actor(house: &House) -> ActCtx {
    let session = house.aws.session("dev", "eu-west-1").await.expect("a session");
    session.actor(&SPEC, &record()).await.expect("an actor")
}

async fn list(caller: &Caller) -> Result<usize, AwsError> {
    let client = caller.client(Client::new);
    caller.call("ListPipelines", || client.list_pipelines().send()).await.map(|out| out.pipelines().len())
}

async fn start(caller: &Caller) -> Result<Option<String>, AwsError> {
    let client = caller.client(Client::new);
    let sent = caller.mutate("StartPipelineExecution", || client.start_pipeline_execution().name("web").send()).await;
    sent.map(|(_, request_id)| request_id)
}

#[tokio::test]
async fn a_read_is_tried_three_times_and_every_attempt_is_counted() {
    type Answers = fn(usize) -> Answer;
    let cases: &[(&str, Answers, Result<usize, ErrorClass>, u64)] = &[
        ("at once", |_| pipelines(), Ok(1), 1),
        ("after a throttle", |n| if n == 0 { json_error(400, "ThrottlingException") } else { pipelines() }, Ok(1), 2),
        ("after two failures", |n| if n < 2 { json_error(500, "InternalFailure") } else { pipelines() }, Ok(1), 3),
        ("after half an answer", |n| if n == 0 { Answer::Garbled } else { pipelines() }, Ok(1), 2),
        ("after a lost connection", |n| if n == 0 { Answer::Lost } else { pipelines() }, Ok(1), 2),
        ("throttled for good", |_| json_error(400, "ThrottlingException"), Err(ErrorClass::Throttled), 3),
        ("no network", |_| Answer::Refused, Err(ErrorClass::Unreachable), 3),
        ("denied", |_| json_error(400, "AccessDeniedException"), Err(ErrorClass::Denied), 1),
        ("gone", |_| json_error(400, "PipelineNotFoundException"), Err(ErrorClass::NotFound), 1),
    ];
    for (name, answer, want, sent) in cases {
        let house = house(*answer);
        let ctx = reader(&house).await;
        let got = list(&ctx.caller).await;
        assert_eq!(got.as_ref().map_err(|e| e.class), want.as_ref().map_err(|c| *c), "{name}: {got:?}");
        assert_eq!(ctx.caller.counters().calls, *sent, "{name}");
        assert_eq!(house.fake.calls("ListPipelines").len() as u64, *sent, "{name}");
    }
}

#[tokio::test]
async fn an_error_says_what_to_whom_and_where() {
    let house = house(|_| json_error(400, "AccessDeniedException"));
    let error = list(&reader(&house).await.caller).await.expect_err("denied");
    assert_eq!((error.profile.as_str(), error.region.as_str()), ("dev", "eu-west-1"));
    assert_eq!(error.info.code, "AccessDeniedException");
    assert_eq!(error.info.operation.as_deref(), Some("ListPipelines"));
    assert!(error.certainly_not_run);
    let told = error.to_string();
    let head = "AccessDeniedException in ListPipelines (profile dev, account 111122223333, eu-west-1): ";
    assert!(told.starts_with(head), "{told}");
}

#[tokio::test]
async fn a_mutation_is_sent_again_only_if_it_certainly_did_not_run() {
    type Answers = fn(usize) -> Answer;
    // answers → how often sent, ended well, certainly not run
    let cases: &[(&str, Answers, usize, Result<(), bool>)] = &[
        ("at once", |_| started(), 1, Ok(())),
        ("throttled once", |n| if n == 0 { json_error(400, "ThrottlingException") } else { started() }, 2, Ok(())),
        ("refused once", |n| if n == 0 { Answer::Refused } else { started() }, 2, Ok(())),
        ("throttled for good", |_| json_error(400, "ThrottlingException"), 3, Err(true)),
        ("no connection", |_| Answer::Refused, 3, Err(true)),
        ("executed, answer lost", |n| if n == 0 { Answer::Lost } else { started() }, 1, Err(false)),
        (
            "executed, answer garbled",
            |n| if n == 0 { Answer::Json(200, "{\"pipe".into()) } else { started() },
            1,
            Err(false),
        ),
        ("500", |n| if n == 0 { json_error(500, "InternalFailure") } else { started() }, 1, Err(false)),
        ("503", |n| if n == 0 { json_error(503, "ServiceUnavailable") } else { started() }, 1, Err(false)),
        (
            "a throttle, then lost",
            |n| if n == 0 { json_error(400, "ThrottlingException") } else { Answer::Lost },
            2,
            Err(false),
        ),
        ("conflict", |_| json_error(400, "ConflictException"), 1, Err(true)),
        ("denied", |_| json_error(400, "AccessDeniedException"), 1, Err(true)),
    ];
    for (name, answer, sent, want) in cases {
        let house = house(*answer);
        let ctx = actor(&house).await;
        let got = start(&ctx.caller).await;
        assert_eq!(house.fake.calls("StartPipelineExecution").len(), *sent, "{name}");
        match (&got, want) {
            (Ok(request_id), Ok(())) => assert_eq!(request_id.as_deref(), Some("req-1"), "{name}"),
            (Err(error), Err(not_run)) => assert_eq!(error.certainly_not_run, *not_run, "{name}: {error}"),
            _ => panic!("{name}: {got:?}"),
        }
    }
}

#[tokio::test]
async fn what_may_have_run_is_not_sent_again_by_the_same_actor_either() {
    let lost = house(|_| Answer::Lost);
    let ctx = actor(&lost).await;
    start(&ctx.caller).await.expect_err("lost");
    let again = start(&ctx.clone().caller).await.expect_err("refused");
    assert_eq!((again.info.code.as_str(), again.certainly_not_run), ("AlreadySent", true));
    assert_eq!(lost.fake.calls("StartPipelineExecution").len(), 1);

    let house = house(|n| if n < 3 { json_error(400, "ThrottlingException") } else { started() });
    let ctx = actor(&house).await;
    start(&ctx.caller).await.expect_err("throttled three times");
    start(&ctx.caller).await.expect("what certainly did not run may be asked for again");
    start(&ctx.caller).await.expect_err("but only until it ran");
    assert_eq!(house.fake.calls("StartPipelineExecution").len(), 4);
}

#[tokio::test]
async fn a_reader_cannot_mutate_by_any_door() {
    let house = house(|_| started());
    let ctx = reader(&house).await;
    let client = ctx.caller.client(Client::new);
    let send = || client.start_pipeline_execution().name("web").send();

    let by_mutate = ctx.caller.mutate("StartPipelineExecution", send).await.expect_err("a reader");
    assert_eq!(by_mutate.info.code, "NotAnActor");
    let by_call = ctx.caller.call("StartPipelineExecution", send).await.expect_err("a mutation");
    assert_eq!(by_call.info.code, "NotAReader");
    let undeclared = ctx.caller.call("StopPipelineExecution", send).await.expect_err("not declared");
    assert_eq!(undeclared.info.code, "NotDeclared");
    let under_another_name = ctx.caller.call("ListPipelines", send).await.expect_err("another operation");
    assert_eq!((under_another_name.info.code.as_str(), under_another_name.certainly_not_run), ("NotSent", true));
    assert!(under_another_name.info.message.contains("StartPipelineExecution"), "{under_another_name}");
    send().await.expect_err("past the caller");
    client.list_pipelines().send().await.expect_err("past the caller, and so past the limits");

    assert_eq!(house.fake.calls("StartPipelineExecution"), []);
    assert_eq!(house.fake.calls("ListPipelines"), []);
    assert_eq!(list(&ctx.caller).await.map_err(|e| e.class), Ok(0), "and reading still works");
}

#[tokio::test]
async fn an_actor_cannot_pass_a_mutation_off_as_a_read() {
    let house = house(|_| started());
    let ctx = actor(&house).await;
    let client = ctx.caller.client(Client::new);
    ctx.caller
        .call("ListPipelines", || client.start_pipeline_execution().name("web").send())
        .await
        .expect_err("not a read");
    assert_eq!(house.fake.calls("StartPipelineExecution"), []);
}

#[tokio::test]
async fn five_failures_in_a_row_pause_the_service_and_only_it() {
    let house = house(|_| Answer::Refused);
    let ctx = reader(&house).await;
    for _ in 0..5 {
        assert_eq!(list(&ctx.caller).await.expect_err("no network").info.code, "ConnectionFailed");
    }
    let sent = house.fake.seen().len();
    let error = list(&ctx.caller).await.expect_err("paused");
    assert_eq!((error.info.code.as_str(), error.class), ("Paused", ErrorClass::Unreachable));
    assert!(error.retry_after.is_some_and(|d| d > TimeDelta::seconds(20) && d <= TimeDelta::seconds(60)), "{error:?}");
    assert_eq!(house.fake.seen().len(), sent, "nothing is sent while paused");

    house.aws.ask_again();
    assert_eq!(list(&ctx.caller).await.expect_err("no network").info.code, "ConnectionFailed", "asked again on demand");

    let elsewhere = house.aws.session("dev", "ap-northeast-2").await.expect("STS is another service").reader(&SPEC);
    assert_eq!(list(&elsewhere.caller).await.expect_err("no network").info.code, "ConnectionFailed", "another Region");
    assert_eq!(
        house.fake.calls("ListPipelines").last().map(|s| s.signed_region.clone()),
        Some("ap-northeast-2".into())
    );
}

#[tokio::test]
async fn refusals_do_not_pause_anything() {
    let house = house(|_| json_error(400, "AccessDeniedException"));
    let ctx = reader(&house).await;
    for _ in 0..20 {
        assert_eq!(list(&ctx.caller).await.expect_err("denied").class, ErrorClass::Denied);
    }
    assert_eq!(house.fake.calls("ListPipelines").len(), 20);
}

#[tokio::test]
async fn retries_run_out_when_every_call_needs_them() {
    // Each call succeeds at its third attempt, so that nothing is paused.
    let house = house(|n| if n % 3 == 2 { pipelines() } else { json_error(500, "InternalFailure") });
    let ctx = reader(&house).await;
    let mut without_retry = 0;
    for _ in 0..14 {
        let before = ctx.caller.counters().calls;
        without_retry += u32::from(list(&ctx.caller).await.is_err() && ctx.caller.counters().calls - before < 3);
    }
    assert!(without_retry > 0, "a hundred points at five a retry do not last for 28 retries");
}

/// Refuses what was signed more than five minutes from its own time, as AWS does.
fn strict(code: &'static str) -> impl Fn(&Seen) -> Answer {
    move |seen| match (seen.signed_at.starts_with("20261122T0810"), seen.operation.as_str()) {
        (false, "GetCallerIdentity") => query_error(403, code),
        (false, _) => json_error(400, code),
        (true, "GetCallerIdentity") => identity("111122223333", "user/dev"),
        (true, "ListPipelines") => pipelines(),
        (true, _) => started(),
    }
}

#[tokio::test]
async fn a_clock_that_is_ten_minutes_wrong_is_corrected_once_for_all() {
    for code in ["SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired"] {
        let house = House::at("Sun, 22 Nov 2026 08:10:00 GMT", CONFIG, strict(code));
        let ctx = actor(&house).await;
        assert_eq!(list(&ctx.caller).await, Ok(1), "{code}");
        start(&ctx.caller).await.expect("signed at AWS's time");
        let sent: Vec<_> = house.fake.seen().into_iter().map(|s| s.operation).collect();
        let want =
            ["GetCallerIdentity", "GetCallerIdentity", "GetCallerIdentity", "ListPipelines", "StartPipelineExecution"];
        assert_eq!(sent, want, "{code}: only the first call had to be repeated");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_not_taken_for_a_wrong_clock() {
    let house = House::at("Sun, 22 Nov 2026 08:01:00 GMT", CONFIG, strict("SignatureDoesNotMatch"));
    let error = house.aws.session("dev", "eu-west-1").await.expect_err("a wrong secret");
    assert_eq!((error.class, house.fake.seen().len()), (ErrorClass::SignedOut, 1));
}

#[tokio::test]
async fn a_region_without_the_service_is_not_called() {
    let lacking = regions::all().iter().find(|r| regions::offers("codepipeline", r) == Some(false)).expect("one");
    let house = house(|_| pipelines());
    let ctx = house.aws.session("dev", lacking).await.expect("STS is everywhere").reader(&SPEC);
    let error = list(&ctx.caller).await.expect_err("not there");
    assert_eq!((error.class, error.info.code.as_str()), (ErrorClass::NotAvailable, "NotInRegion"));
    assert_eq!(house.fake.calls("ListPipelines"), []);
}

#[tokio::test]
async fn meters_tell_what_an_account_was_asked_by_all_its_profiles() {
    let config = format!("{CONFIG}[profile same]\naws_access_key_id=AKIASAME\naws_secret_access_key=s\n");
    let house = House::new(&config, &[], |seen| match seen.operation.as_str() {
        "GetCallerIdentity" => identity("111122223333", "user/dev"),
        _ => pipelines(),
    });
    for profile in ["dev", "same"] {
        let ctx = house.aws.session(profile, "eu-west-1").await.expect("a session").reader(&SPEC);
        list(&ctx.caller).await.expect("pipelines");
    }
    let meters = house.aws.meters();
    let meter = meters.iter().find(|m| m.service == "codepipeline").expect("a meter");
    assert_eq!((meter.account.as_str(), meter.calls_last_minute, meter.total_calls), ("111122223333", 2, 2));
    assert!(meter.used_share > 0.0 && meter.used_share < 1.0, "{}", meter.used_share);
    assert_eq!(house.aws.calls_total(), house.fake.seen().len() as u64, "every call is metered");
}

#[test]
fn three_attempts_and_no_longer_than_half_a_minute_at_it() {
    let seconds = Duration::from_secs;
    let mut tries = Tries::default();
    assert!(tries.another(seconds(1)) && tries.another(seconds(2)) && !tries.another(seconds(4)));
    let mut slow = Tries::default();
    assert!(slow.another(seconds(12)) && !slow.another(seconds(18)));
}

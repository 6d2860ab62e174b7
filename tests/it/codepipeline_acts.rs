//! Acting on pipelines: what each verb plans, that its one call does it, and that reading finds out whether a call ran
//! whose answer was lost.

use skydeck_aws::{
    ErrorClass,
    service::{Found, Progress, Request, Subject},
};
use skydeck_sim::{Fault, Faults, World, clock::SimClock};

use crate::{
    acting::{act, draft, find_out, follow, follow_to_the_end, plan, try_act},
    ground::{Ground, OPENING, Scope},
};

const CP: &str = "codepipeline";

fn request(scope: &Scope<'_>, verb: &str, id: &str) -> Request {
    let id = scope.pipeline(id);
    let subject = Subject { id, name: String::new(), parts: Vec::new() };
    Request { verb: verb.into(), subject, ..Request::default() }
}

/// Prod, with nobody else doing anything.
async fn quiet<'g>(ground: &'g Ground, profile: &str, region: &str) -> Scope<'g> {
    ground.sim.with_world(World::be_quiet);
    ground.scope(profile, region).await
}

#[tokio::test]
async fn a_rollback_goes_back_and_leaves_the_stage_well() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    let mut back = request(&prod, "rollback", "checkout-api/Deploy");
    let first = plan(&prod, CP, &back).await;
    assert_eq!(first.blocked, None);
    assert_eq!(first.current.as_ref().unwrap().status.as_deref(), Some("Failed"));
    let valid: Vec<_> = first.targets.iter().filter(|t| t.valid).collect();
    assert!(!valid.is_empty() && first.targets.iter().any(|t| !t.valid));
    assert!(first.targets.iter().all(|t| t.valid == t.why_not.is_none()));
    assert!(first.targets.is_sorted_by_key(|t| !t.valid), "valid ones first");
    assert!(first.not_undone.iter().any(|n| n == "Later stages do not run: Verify."), "{:?}", first.not_undone);
    let target = valid[0].id.clone();
    assert_eq!(
        first.calls[0].cli,
        format!(
            "aws codepipeline rollback-stage --pipeline-name checkout-api --stage-name Deploy \
             --target-pipeline-execution-id {target} --profile shop-prod --region ap-northeast-2"
        )
    );
    back.target = Some(target.clone());
    let chosen = plan(&prod, CP, &back).await;
    assert_eq!((&chosen.state, &chosen.targets), (&first.state, &first.targets), "choosing moves nothing");
    let (record, receipt) = act(&prod, CP, &back, &chosen, "Coupon call answers 500").await;
    assert_eq!(receipt.operation, "codepipeline:RollbackStage");
    assert!(receipt.request_id.is_some());
    let running = follow(&prod, CP, &record).await;
    assert!(matches!(&running, Progress::Running(words) if words.starts_with("In Deploy")), "{running:?}");
    assert!(plan(&prod, CP, &back).await.blocked.unwrap().contains("busy"));
    let end = follow_to_the_end(&prod, CP, &record).await;
    assert!(matches!(end, Progress::Succeeded(_)), "{end:?}");
    prod.read_all(CP).await;
    let row = prod.shelf.row("codepipeline.pipeline", "checkout-api").unwrap();
    assert_eq!(row.health, skydeck_domain::Health::Ok);
    let after = plan(&prod, CP, &back).await;
    let went_to = after.targets.iter().find(|t| t.id == target).unwrap();
    assert_eq!(went_to.why_not.as_deref(), Some("It is what serves now."));
    assert_ne!(after.state, first.state);
}

#[tokio::test]
async fn every_reason_against_a_target_is_one_that_aws_has_too() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    let mut back = request(&prod, "rollback", "checkout-api/Deploy");
    let first = plan(&prod, CP, &back).await;
    let mut reasons: Vec<String> = Vec::new();
    for target in first.targets.iter().filter(|t| !t.valid) {
        back.target = Some(target.id.clone());
        let why = target.why_not.clone().unwrap();
        let refused = try_act(&prod, CP, &back, &first, "A test").await;
        assert!(refused.is_err_and(|e| e.certainly_not_run), "AWS takes {} though: {why}", target.id);
        reasons.push(why);
    }
    assert!(reasons.iter().any(|r| r.starts_with("It did not succeed in Deploy")));
    assert!(reasons.iter().any(|r| r.starts_with("It ran on structure")), "{reasons:?}");
    back.target = first.targets.iter().find(|t| t.valid).map(|t| t.id.clone());
    act(&prod, CP, &back, &first, "A test").await;
}

#[tokio::test]
async fn a_failed_stage_is_retried_in_the_same_execution() {
    let ground = Ground::demo();
    let stg = quiet(&ground, "shop-stg", "ap-northeast-2").await;
    let mut again = request(&stg, "retry", "payments-worker/Build");
    again.options.mode = Some("all".into());
    let planned = plan(&stg, CP, &again).await;
    assert_eq!(planned.blocked, None);
    let execution = planned.current.as_ref().unwrap().id.clone();
    assert_eq!(
        planned.calls[0].cli,
        format!(
            "aws codepipeline retry-stage-execution --pipeline-name payments-worker --stage-name Build \
             --pipeline-execution-id {execution} --retry-mode ALL_ACTIONS --profile shop-stg --region ap-northeast-2"
        )
    );
    let (record, receipt) = act(&stg, CP, &again, &planned, "Flaky").await;
    assert_eq!(receipt.follow_id, Some(execution));
    assert!(plan(&stg, CP, &again).await.blocked.unwrap().contains("already"));
    let end = follow_to_the_end(&stg, CP, &record).await;
    assert!(matches!(&end, Progress::Failed(words) if words.starts_with("Build: ")), "the commit is bad: {end:?}");
    let other = plan(&stg, CP, &request(&stg, "retry", "payments-worker/Deploy")).await;
    assert!(other.blocked.unwrap().contains("Nothing failed in stage Deploy"));
    again.options.mode = Some("some".into());
    assert_eq!(draft(&stg, CP, &again).await.expect_err("no such mode").info.code, "NoSuchMode");
}

#[tokio::test]
async fn an_old_commit_is_shipped_again_with_variables_that_are_in_no_plan() {
    let ground = Ground::demo();
    let dev = quiet(&ground, "shop-dev", "ap-northeast-2").await;
    ground.minutes(60);
    dev.read_all(CP).await;
    let old = dev.shelf.rows("codepipeline.execution").into_iter().find_map(|row| {
        let e = row.detail::<skydeck_domain::pipeline::ExecutionDetail>()?;
        (e.pipeline == "checkout-api" && e.status == "Succeeded").then(|| e.revisions[0].id.clone())
    });
    let old = old.expect("one succeeded");
    let mut start = request(&dev, "start", "checkout-api");
    start.options.revisions.insert("Source".into(), old.clone());
    start.options.variables.insert("LOG_LEVEL".into(), "CANARY-variable".into());
    let planned = plan(&dev, CP, &start).await;
    assert_eq!(planned.blocked, None);
    assert!(planned.calls[0].cli.contains(&format!("\"revisionType\":\"COMMIT_ID\",\"revisionValue\":\"{old}\"")));
    assert!(planned.calls[0].cli.contains(r#"[{"name":"LOG_LEVEL","value":"<value>"}]"#), "{}", planned.calls[0].cli);
    assert!(!serde_json::to_string(&planned).unwrap().contains("CANARY"));
    let (record, receipt) = act(&dev, CP, &start, &planned, "Again").await;
    dev.read_all(CP).await;
    let execution: skydeck_domain::pipeline::ExecutionDetail = dev.shelf.detail(receipt.follow_id.as_ref().unwrap());
    assert_eq!(execution.trigger_type.as_deref(), Some("StartPipelineExecution"));
    let end = follow_to_the_end(&dev, CP, &record).await;
    assert!(matches!(end, Progress::Succeeded(_)), "{end:?}");
    dev.read_all(CP).await;
    let execution: skydeck_domain::pipeline::ExecutionDetail = dev.shelf.detail(receipt.follow_id.as_ref().unwrap());
    assert_eq!(execution.revisions[0].id, old);
}

#[tokio::test]
async fn the_same_start_sent_twice_starts_once() {
    let ground = Ground::demo();
    let dev = quiet(&ground, "shop-dev", "ap-northeast-2").await;
    let start = request(&dev, "start", "checkout-api");
    let planned = plan(&dev, CP, &start).await;
    // The same ledger record, so the same token: as if a lost answer had been asked for again.
    let (_, one) = act(&dev, CP, &start, &planned, "Once").await;
    let (_, two) = act(&dev, CP, &start, &planned, "Once").await;
    assert_eq!(one.follow_id, two.follow_id);
}

#[tokio::test]
async fn an_execution_is_stopped_with_a_reason_that_aws_takes() {
    let ground = Ground::demo();
    let dev = quiet(&ground, "shop-dev", "ap-northeast-2").await;
    let start = request(&dev, "start", "checkout-api");
    let planned = plan(&dev, CP, &start).await;
    let (started, _) = act(&dev, CP, &start, &planned, "Go").await;
    ground.minutes(1);
    let mut stop = request(&dev, "stop", "checkout-api");
    stop.options.abandon = Some(true);
    let planned = plan(&dev, CP, &stop).await;
    assert_eq!((planned.blocked.as_ref(), planned.targets.len()), (None, 0), "there is only one");
    assert_eq!(planned.current.as_ref().map(|c| &c.id), started.follow_id.as_ref());
    assert!(planned.calls[0].cli.contains(" --abandon --reason '<reason>' "), "{}", planned.calls[0].cli);
    let (record, _) = act(&dev, CP, &stop, &planned, "결제 오류가 계속됩니다").await;
    let end = follow_to_the_end(&dev, CP, &record).await;
    assert!(matches!(&end, Progress::Succeeded(words) if words.ends_with("is stopped")), "{end:?}");
    let end = follow(&dev, CP, &started).await;
    assert!(matches!(&end, Progress::Failed(words) if words.starts_with("Stopped by hand")), "{end:?}");
    assert!(plan(&dev, CP, &stop).await.blocked.unwrap().contains("No execution is under way"));
}

#[tokio::test]
async fn an_approval_is_given_and_refused_once_and_its_token_is_seen_nowhere() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    let mut yes = request(&prod, "approve", "web-storefront/Approve/ApproveRelease");
    yes.options.comment = Some("배너 확인함, looks fine".into());
    let planned = plan(&prod, CP, &yes).await;
    assert_eq!(planned.blocked, None);
    assert!(planned.effect.contains("goes on towards Deploy"), "{}", planned.effect);
    let cli = &planned.calls[0].cli;
    assert!(cli.contains("--token \"$(aws codepipeline get-pipeline-state --name web-storefront --query "), "{cli}");
    let (record, _) = act(&prod, CP, &yes, &planned, "Ship it").await;
    let end = follow_to_the_end(&prod, CP, &record).await;
    assert!(matches!(&end, Progress::Succeeded(words) if words.starts_with("Approved in Approve")), "{end:?}");
    assert!(plan(&prod, CP, &yes).await.blocked.unwrap().contains("does not wait"));
    let error = try_act(&prod, CP, &yes, &planned, "Twice").await.expect_err("it waits no more");
    assert!(error.certainly_not_run && error.info.code == "NotWaiting", "{error}");

    let ireland = quiet(&ground, "shop-prod", "eu-west-1").await;
    let no = request(&ireland, "reject", "pricing-engine/Approve/ApproveRelease");
    let planned = plan(&ireland, CP, &no).await;
    let (record, _) = act(&ireland, CP, &no, &planned, "Not today").await;
    let end = follow_to_the_end(&ireland, CP, &record).await;
    assert!(matches!(&end, Progress::Succeeded(words) if words.starts_with("Rejected in Approve")), "{end:?}");
    let state = follow(&ireland, CP, &record).await;
    assert!(matches!(&state, Progress::Succeeded(_)), "and stays so when the next one waits there: {state:?}");
}

#[tokio::test]
async fn a_transition_is_held_and_released() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    let release = request(&prod, "release", "identity-service/Deploy");
    let planned = plan(&prod, CP, &release).await;
    assert_eq!(planned.blocked, None);
    let (record, _) = act(&prod, CP, &release, &planned, "Rotation is done").await;
    assert!(matches!(follow(&prod, CP, &record).await, Progress::Succeeded(_)));
    assert!(plan(&prod, CP, &release).await.blocked.unwrap().contains("is open"));
    let hold = request(&prod, "hold", "identity-service/Deploy");
    let planned = plan(&prod, CP, &hold).await;
    let (record, _) = act(&prod, CP, &hold, &planned, "Freeze: until \"Monday\"").await;
    assert!(matches!(follow(&prod, CP, &record).await, Progress::Succeeded(_)));
    let held = plan(&prod, CP, &hold).await.blocked.unwrap();
    assert!(held.contains("held already: Freeze- until Monday"), "{held}");
    let first = plan(&prod, CP, &request(&prod, "hold", "identity-service/Source")).await;
    assert!(first.blocked.unwrap().contains("first stage"));
}

#[tokio::test]
async fn what_cannot_be_read_is_a_blocked_plan_and_what_is_not_there_an_error() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    for (verb, id) in [
        ("start", "checkout-api"),
        ("retry", "checkout-api/Deploy"),
        ("stop", "checkout-api"),
        ("rollback", "checkout-api/Deploy"),
        ("approve", "web-storefront/Approve/ApproveRelease"),
        ("hold", "checkout-api/Deploy"),
    ] {
        let asked = request(&prod, verb, id);
        ground.sim.set_faults(Some(Faults::on("GetPipelineState", Fault::AccessDenied)));
        let blocked = draft(&prod, CP, &asked).await.expect("that is an answer").blocked.expect(verb);
        assert!(blocked.starts_with("GetPipelineState could not be read (AccessDenied"), "{blocked}");
        ground.sim.set_faults(Some(Faults::on("GetPipelineState", Fault::Dns)));
        assert_eq!(draft(&prod, CP, &asked).await.expect_err(verb).class, ErrorClass::Unreachable);
        ground.sim.set_faults(None);
        let gone = request(&prod, verb, &id.replace("checkout-api", "gone").replace("web-storefront", "gone"));
        assert_eq!(draft(&prod, CP, &gone).await.expect_err(verb).class, ErrorClass::NotFound, "{verb}");
    }
    let unknown =
        draft(&prod, CP, &request(&prod, "rollback", "checkout-api/Deplyo")).await.expect_err("no such stage");
    assert!(unknown.info.message.contains("Stages: Source, Build, Approve, Deploy, Verify"), "{unknown}");
    let none = draft(&prod, CP, &request(&prod, "explode", "checkout-api")).await.expect_err("no such verb");
    assert_eq!(none.info.code, "NoSuchVerb");
}

/// Each verb with what it takes in the demo: profile, subject, whether it needs a target.
const EACH: [(&str, &str, &str, &str); 8] = [
    ("start", "StartPipelineExecution", "shop-dev", "checkout-api"),
    ("retry", "RetryStageExecution", "shop-stg", "payments-worker/Build"),
    ("stop", "StopPipelineExecution", "shop-stg", "identity-service"),
    ("rollback", "RollbackStage", "shop-prod", "checkout-api/Deploy"),
    ("approve", "PutApprovalResult", "shop-prod", "web-storefront/Approve/ApproveRelease"),
    ("reject", "PutApprovalResult", "shop-prod", "web-storefront/Approve/ApproveRelease"),
    ("hold", "DisableStageTransition", "shop-prod", "checkout-api/Deploy"),
    ("release", "EnableStageTransition", "shop-prod", "identity-service/Deploy"),
];

#[tokio::test]
async fn reading_tells_whether_a_lost_call_ran_for_every_verb() {
    for (verb, operation, profile, id) in EACH {
        let ground = Ground::demo();
        let scope = quiet(&ground, profile, "ap-northeast-2").await;
        let mut asked = request(&scope, verb, id);
        let planned = plan(&scope, CP, &asked).await;
        assert_eq!(planned.blocked, None, "{verb}");
        asked.target = planned.targets.iter().find(|t| t.valid).map(|t| t.id.clone());
        let intended = scope.record(verb, &asked.subject.id, asked.target.as_deref(), "Lost");
        let found = find_out(&scope, CP, &intended).await;
        assert!(matches!(found, Found::DidNotRun(_)), "{verb}, before the call: {found:?}");
        ground.sim.set_faults(Some(Faults::on(operation, Fault::ExecutedThenLost)));
        let error = try_act(&scope, CP, &asked, &planned, "Lost").await.expect_err("its answer is lost");
        assert!(!error.certainly_not_run, "{verb}: {error}");
        ground.sim.set_faults(None);
        let calls = ground.sim.calls().into_iter().filter(|c| c.operation == operation).count();
        assert_eq!(calls, 1, "{verb} is never sent twice");
        let Found::Ran(receipt) = find_out(&scope, CP, &intended).await else {
            panic!("{verb}, after the call: {:?}", find_out(&scope, CP, &intended).await)
        };
        assert_eq!(receipt.operation, format!("codepipeline:{operation}"));
        // Found out late, it is still found, and can be followed.
        ground.minutes(3);
        let found = find_out(&scope, CP, &intended).await;
        assert!(matches!(found, Found::Ran(_)), "{verb}, three minutes later: {found:?}");
        let record = skydeck_domain::ActionRecord { follow_id: receipt.follow_id, ..intended };
        // What is stopped here hangs in its action, and waits for it.
        if verb != "stop" {
            follow_to_the_end(&scope, CP, &record).await;
        }
    }
}

#[tokio::test]
async fn what_somebody_else_did_is_not_taken_for_ones_own() {
    for (verb, _, profile, id) in EACH {
        let ground = Ground::demo();
        let scope = quiet(&ground, profile, "ap-northeast-2").await;
        let mut asked = request(&scope, verb, id);
        let planned = plan(&scope, CP, &asked).await;
        asked.target = planned.targets.iter().find(|t| t.valid).map(|t| t.id.clone());
        let mut intended = scope.record(verb, &asked.subject.id, asked.target.as_deref(), "Mine");
        intended.who = Some("assumed-role/Operator/somebody-else".into());
        act(&scope, CP, &asked, &planned, "Theirs").await;
        let found = find_out(&scope, CP, &intended).await;
        // AWS does not say who retried.
        let told_apart = !matches!(found, Found::Ran(_));
        assert_eq!(told_apart, verb != "retry", "{verb}: {found:?}");
    }
}

/// AWS tells the last change of a transition alone: whether a lost call came before it is not to be known.
#[tokio::test]
async fn a_transition_that_was_changed_again_tells_nothing_of_a_lost_call() {
    let ground = Ground::demo();
    let scope = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    let hold = request(&scope, "hold", "checkout-api/Deploy");
    let planned = plan(&scope, CP, &hold).await;
    let intended = scope.record("hold", &hold.subject.id, None, "Lost");
    act(&scope, CP, &hold, &planned, "Lost").await;
    let release = request(&scope, "release", "checkout-api/Deploy");
    let planned = plan(&scope, CP, &release).await;
    act(&scope, CP, &release, &planned, "By hand").await;
    let found = find_out(&scope, CP, &intended).await;
    assert!(matches!(found, Found::CannotTell(_)), "{found:?}");
}

/// Once an approval is answered, the next execution waits there: the newest go is another's.
#[tokio::test]
async fn an_answer_is_found_though_the_next_execution_waits_at_the_same_approval() {
    for (verb, fits) in [("approve", true), ("reject", false)] {
        let world = World::steering(SimClock::standing(OPENING.parse().unwrap()), 7, 1);
        let ground = Ground::of(world);
        let scope = quiet(&ground, "acct-001-dev", "ap-northeast-2").await;
        let approve = request(&scope, "approve", "waiting-0/Approve/Approve");
        let planned = plan(&scope, CP, &approve).await;
        let intended = scope.record(verb, &approve.subject.id, None, "Lost");
        act(&scope, CP, &approve, &planned, "Lost").await;
        let next = plan(&scope, CP, &approve).await;
        assert_eq!(next.blocked, None, "the next one waits there");
        assert_ne!(next.current, planned.current);
        let found = find_out(&scope, CP, &intended).await;
        assert_eq!(matches!(found, Found::Ran(_)), fits, "{verb}: {found:?}");
    }
}

//! Acting on stacks and change sets: each verb from plan to end, what it refuses, and what became of it when the answer was
//! lost.

use skydeck_aws::service::{Ask, Found, Progress, Request, Subject};
use skydeck_domain::stack::{ChangeSetDetail, StackDetail};
use skydeck_sim::{Fault, Faults, World};

use crate::{
    acting::{act, find_out, follow_to_the_end, plan, try_act},
    cloudformation::SERVICE,
    ground::{Ground, Scope},
};

/// A profile in its home Region, read, with nobody else doing anything.
async fn quiet<'g>(ground: &'g Ground, profile: &str, region: &str) -> Scope<'g> {
    ground.sim.with_world(World::be_quiet);
    let scope = ground.scope(profile, region).await;
    scope.read_all(SERVICE).await;
    scope
}

/// A verb on the thing of that name, with the templates that were kept of it.
fn request(scope: &Scope<'_>, verb: &str, name: &str) -> Request {
    let kept = scope.shelf.kept();
    let row = kept.rows.values().find(|r| r.name == name).unwrap_or_else(|| panic!("no {name}"));
    let id = row.arn.clone().expect("it has an ARN");
    let templates = kept.templates.iter().rev().filter(|(t, _)| t.of_arn == id).map(|(t, _)| t.clone()).collect();
    Request {
        verb: verb.into(),
        subject: Subject { id, name: name.into(), parts: Vec::new() },
        templates,
        ..Request::default()
    }
}

async fn blocked(scope: &Scope<'_>, verb: &str, name: &str) -> Option<String> {
    plan(scope, SERVICE, &request(scope, verb, name)).await.blocked
}

async fn status(scope: &Scope<'_>, name: &str) -> String {
    scope.read(SERVICE, Ask::Items(vec![name.into()])).await.0.expect("it is read");
    scope.shelf.row("cloudformation.stack", name).expect("it is there").status
}

#[tokio::test]
async fn a_change_set_is_executed_and_followed_to_the_end_of_its_operation() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    let asked = request(&prod, "execute", "retry-nat-c");
    let first = plan(&prod, SERVICE, &asked).await;
    assert_eq!(first.blocked, None);
    assert!(first.effect.contains("network-baseline") && first.effect.contains("removed"), "{}", first.effect);
    assert!(
        first.not_undone[0].starts_with("What is in resources that are removed or replaced"),
        "{:?}",
        first.not_undone
    );
    let (record, receipt) = act(&prod, SERVICE, &asked, &first, "The quota was raised").await;
    assert_eq!(receipt.operation, "cloudformation:ExecuteChangeSet");
    let end = follow_to_the_end(&prod, SERVICE, &record).await;
    let now = status(&prod, "network-baseline").await;
    match &end {
        Progress::Succeeded(words) => {
            assert!(words.contains("UPDATE_COMPLETE") && now == "UPDATE_COMPLETE", "{words} {now}")
        }
        Progress::Failed(words) => assert!(words.contains(':') && now == "UPDATE_ROLLBACK_COMPLETE", "{words} {now}"),
        Progress::Running(words) => panic!("{words}"),
    }
    // What was executed cannot be executed again.
    let again = plan(&prod, SERVICE, &asked).await;
    assert!(again.blocked.is_some(), "{again:?}");
}

#[tokio::test]
async fn a_lost_answer_is_found_out_by_the_token_on_the_events() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    let asked = request(&prod, "execute", "retry-nat-c");
    let planned = plan(&prod, SERVICE, &asked).await;
    let intended = prod.record("execute", &asked.subject.id, None, "Lost");
    let found = find_out(&prod, SERVICE, &intended).await;
    assert!(matches!(found, Found::DidNotRun(_)), "{found:?}");
    ground.sim.set_faults(Some(Faults::on("ExecuteChangeSet", Fault::ExecutedThenLost)));
    let error = try_act(&prod, SERVICE, &asked, &planned, "Lost").await.expect_err("the answer is lost");
    assert!(!error.certainly_not_run);
    ground.sim.set_faults(None);
    ground.minutes(1);
    let found = find_out(&prod, SERVICE, &intended).await;
    let Found::Ran(receipt) = found else { panic!("{found:?}") };
    assert!(receipt.follow_id.is_some_and(|id| id.contains(":stack/network-baseline/")));
}

#[tokio::test]
async fn a_discarded_change_set_is_gone() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    let asked = request(&prod, "discard", "retry-nat-c");
    let planned = plan(&prod, SERVICE, &asked).await;
    assert_eq!(planned.blocked, None);
    let (record, _) = act(&prod, SERVICE, &asked, &planned, "Not so").await;
    let end = follow_to_the_end(&prod, SERVICE, &record).await;
    assert!(matches!(end, Progress::Succeeded(_)), "{end:?}");
    status(&prod, "network-baseline").await;
    assert!(prod.shelf.row("cloudformation.change-set", "retry-nat-c").is_none(), "its row goes");
}

#[tokio::test]
async fn an_update_under_way_is_cancelled_and_rolled_back() {
    let ground = Ground::demo();
    let stg = quiet(&ground, "shop-stg", "ap-northeast-2").await;
    let asked = request(&stg, "cancel", "search-cluster");
    let planned = plan(&stg, SERVICE, &asked).await;
    assert_eq!(planned.blocked, None, "it is under way in the demo");
    let (record, _) = act(&stg, SERVICE, &asked, &planned, "Wrong branch").await;
    let end = follow_to_the_end(&stg, SERVICE, &record).await;
    assert!(matches!(end, Progress::Succeeded(_)), "{end:?}");
    assert_eq!(status(&stg, "search-cluster").await, "UPDATE_ROLLBACK_COMPLETE");
    assert!(blocked(&stg, "cancel", "search-cluster").await.unwrap().contains("under way"));
}

#[tokio::test]
async fn a_stuck_rollback_goes_on_past_what_is_skipped() {
    let ground = Ground::demo();
    let stg = quiet(&ground, "shop-stg", "eu-west-1").await;
    let mut asked = request(&stg, "continue", "analytics-warehouse");
    let first = plan(&stg, SERVICE, &asked).await;
    assert_eq!(first.blocked, None);
    assert!(first.effect.contains("failed at: "), "{}", first.effect);
    asked.options.skip = vec!["Nowhere".into()];
    assert!(plan(&stg, SERVICE, &asked).await.blocked.unwrap().contains("cannot be skipped"));
    let stuck = first.effect.split("failed at: ").nth(1).unwrap().split(':').next().unwrap().to_owned();
    asked.options.skip = vec![stuck];
    let planned = plan(&stg, SERVICE, &asked).await;
    assert_eq!(planned.blocked, None);
    assert!(planned.not_undone[0].contains("will not be as the template has it"));
    assert_ne!(planned.state, first.state, "what is skipped is part of what is decided on");
    let (record, _) = act(&stg, SERVICE, &asked, &planned, "By hand then").await;
    let end = follow_to_the_end(&stg, SERVICE, &record).await;
    assert!(matches!(end, Progress::Succeeded(_)), "{end:?}");
    assert_eq!(status(&stg, "analytics-warehouse").await, "UPDATE_ROLLBACK_COMPLETE");
}

#[tokio::test]
async fn drift_is_looked_for_and_brought_back_by_a_change_set() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    let asked = request(&prod, "detect-drift", "data-stores");
    let planned = plan(&prod, SERVICE, &asked).await;
    let (record, receipt) = act(&prod, SERVICE, &asked, &planned, "Again").await;
    assert!(receipt.follow_id.is_some(), "the detection has an id");
    let end = follow_to_the_end(&prod, SERVICE, &record).await;
    assert!(matches!(&end, Progress::Succeeded(words) if words.contains("drifted")), "{end:?}");

    let mut back = request(&prod, "create-change-set", "data-stores");
    assert!(plan(&prod, SERVICE, &back).await.blocked.unwrap().contains("change nothing"));
    back.options.drift_aware = Some(true);
    let planned = plan(&prod, SERVICE, &back).await;
    assert_eq!(planned.blocked, None);
    let (record, _) = act(&prod, SERVICE, &back, &planned, "As the template has it").await;
    let end = follow_to_the_end(&prod, SERVICE, &record).await;
    assert!(matches!(&end, Progress::Succeeded(words) if words.contains("execute")), "{end:?}");
    status(&prod, "data-stores").await;
    let sets = prod.shelf.rows("cloudformation.change-set");
    let made = sets.iter().find(|r| r.name.starts_with("skydeck-")).expect("its row");
    assert!(made.detail::<ChangeSetDetail>().is_some_and(|d| d.reverts_drift && !d.changes.is_empty()));
}

#[tokio::test]
async fn a_stack_that_completed_goes_back_to_a_kept_template() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    // A template that it once had, as the ledger would have kept it: as now, but for one property.
    let now = prod.shelf.kept().templates.iter().rev().find(|(t, _)| t.of_arn.contains(":stack/legacy-mail/")).cloned();
    let (facts, text) = now.expect("its template was read");
    let earlier = text.replace("RetentionInDays: 90", "RetentionInDays: 30");
    assert_ne!(earlier, text, "the demo's template has it");
    let mut back = request(&prod, "revert", "legacy-mail");
    let kept = skydeck_domain::stack::KeptTemplate { digest: "earlier".into(), ..facts };
    back.templates.push(kept);
    let first = plan(&prod, SERVICE, &back).await;
    assert_eq!(first.blocked, None);
    let told: Vec<(&str, bool)> = first.targets.iter().map(|t| (t.id.as_str(), t.valid)).collect();
    assert_eq!(told[0], ("earlier", true));
    assert!(!told[1].1, "what it has now is none: {told:?}");
    (back.target, back.template) = (Some("earlier".into()), Some(earlier));
    let planned = plan(&prod, SERVICE, &back).await;
    assert_eq!((&planned.blocked, &planned.state), (&None, &first.state));
    let (record, receipt) = act(&prod, SERVICE, &back, &planned, "As it was").await;
    assert_eq!(receipt.operation, "cloudformation:CreateChangeSet");
    let end = follow_to_the_end(&prod, SERVICE, &record).await;
    assert!(matches!(&end, Progress::Succeeded(words) if words.contains("execute")), "{end:?}");
    assert_eq!(status(&prod, "legacy-mail").await, "CREATE_COMPLETE", "it changes nothing by itself");
}

#[tokio::test]
async fn protection_is_turned_on_and_off_again() {
    let ground = Ground::demo();
    let dev = quiet(&ground, "shop-dev", "ap-northeast-2").await;
    let is_on = |scope: &Scope<'_>| scope.shelf.detail::<StackDetail>("cache-layer").termination_protection;
    let (first, second) = if is_on(&dev) { ("unprotect", "protect") } else { ("protect", "unprotect") };
    for verb in [first, second] {
        let asked = request(&dev, verb, "cache-layer");
        let planned = plan(&dev, SERVICE, &asked).await;
        assert_eq!(planned.blocked, None, "{verb}");
        let (record, _) = act(&dev, SERVICE, &asked, &planned, "Freeze").await;
        let end = follow_to_the_end(&dev, SERVICE, &record).await;
        assert!(matches!(end, Progress::Succeeded(_)), "{verb}: {end:?}");
        status(&dev, "cache-layer").await;
        assert_eq!(is_on(&dev), verb == "protect");
    }
    assert!(blocked(&dev, second, "cache-layer").await.unwrap().contains("already"));
}

/// What each verb refuses, by the state of the stack.
#[tokio::test]
async fn verbs_refuse_what_aws_would() {
    let ground = Ground::demo();
    let prod = quiet(&ground, "shop-prod", "ap-northeast-2").await;
    let nested = prod.shelf.rows("cloudformation.stack").into_iter();
    let nested = nested.filter(|r| r.detail::<StackDetail>().is_some_and(|d| d.parent_id.is_some()));
    let nested = nested.map(|r| r.name).next().expect("a nested stack");
    let table = [
        ("rollback", "checkout-api", "Revert it"),
        ("rollback", "network-baseline", "Revert it"),
        ("continue", "checkout-api", "Only a rollback that failed"),
        ("cancel", "checkout-api", "Only an update under way"),
        ("create-change-set", "checkout-api", "change nothing"),
        ("revert", "legacy-mail", "No earlier template"),
        ("rollback", nested.as_str(), "at the top"),
        ("cancel", nested.as_str(), "at the top"),
        ("continue", nested.as_str(), "at the top"),
        ("revert", nested.as_str(), "at the top"),
        ("create-change-set", nested.as_str(), "at the top"),
        ("protect", nested.as_str(), "at the top"),
    ];
    for (verb, name, wanted) in table {
        let why = blocked(&prod, verb, name).await;
        assert!(why.as_ref().is_some_and(|w| w.contains(wanted)), "{verb} {name}: {why:?}");
    }
    let stg = ground.scope("shop-stg", "ap-northeast-2").await;
    stg.read_all(SERVICE).await;
    for verb in ["create-change-set", "revert", "detect-drift", "rollback"] {
        let why = blocked(&stg, verb, "search-cluster").await;
        assert!(why.is_some(), "{verb} on a stack that is under way");
    }
}

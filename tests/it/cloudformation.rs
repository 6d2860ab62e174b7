//! Reading CloudFormation: every stack with its latest operation, what it hides, and nothing read twice.

use serde_json::Value;
use skydeck_aws::{ErrorClass, service::Ask};
use skydeck_domain::{
    Health,
    stack::{ChangeSetDetail, StackDetail, StackDrifts, StackEvents, StackPart, StackResources},
};
use skydeck_sim::{Fault, Faults, Rule, World};

use crate::ground::{Ground, Scope};

pub(crate) const SERVICE: &str = "cloudformation";
const STACK: &str = "cloudformation.stack";

/// A part of a stack's row; null if it was not read.
fn part(scope: &Scope<'_>, name: &str, part: StackPart) -> Value {
    let id = scope.shelf.row(STACK, name).map(|row| row.id).unwrap_or_default();
    scope.shelf.kept().parts.get(&(id, part.word())).cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_stack_that_was_rolled_back_says_what_failed_first() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all(SERVICE).await;
    let row = prod.shelf.row(STACK, "network-baseline").expect("it is there");
    assert_eq!((row.status.as_str(), row.health), ("UPDATE_ROLLBACK_COMPLETE", Health::Failed));
    let detail: StackDetail = row.detail().expect("a stack's");
    let operation = detail.operation.expect("its events were read");
    assert!(operation.whole && operation.rolled_back_at.is_some());
    let cause = operation.cause.expect("it failed");
    assert_eq!(cause.logical_id, "EipC");
    assert!(row.reason.is_some_and(|r| r.starts_with("EipC: The maximum number of addresses")), "the row says why");
    let events: StackEvents = serde_json::from_value(part(&prod, "network-baseline", StackPart::Events)).unwrap();
    let spans = skydeck_insight::stack::spans(&events.events, &operation.id);
    let marks: std::collections::BTreeSet<String> = spans.iter().map(|s| format!("{:?}", s.mark)).collect();
    for wanted in ["Failed", "Fallout", "RolledBack"] {
        assert!(marks.contains(wanted), "{wanted}: {marks:?}");
    }
    let runs: Vec<_> =
        prod.shelf.kept().runs.values().filter(|r| r.of_arn == *row.arn.as_ref().unwrap()).cloned().collect();
    assert!(runs.len() > 1, "its history");
    assert!(runs.iter().all(|r| r.ended_at.is_some() && r.kind == skydeck_insight::stack::RUN_KIND));
}

#[tokio::test]
async fn every_stack_says_how_it_is_and_nested_ones_point_at_their_parent() {
    let ground = Ground::demo();
    for (profile, region) in
        [("shop-prod", "ap-northeast-2"), ("shop-stg", "eu-west-1"), ("shop-dev", "ap-northeast-2")]
    {
        let scope = ground.scope(profile, region).await;
        scope.read_all(SERVICE).await;
        let kept = scope.shelf.kept();
        assert!(kept.rows.values().filter(|r| r.kind == STACK).count() > 2);
        for row in kept.rows.values() {
            assert_eq!(row.reason.is_none(), row.health == Health::Ok, "{} {:?}", row.id, row.reason);
            let Some(detail) = row.detail::<StackDetail>() else { continue };
            let up = kept.links.get(&row.id).into_iter().flatten().find(|l| l.rel == "nested-in");
            assert_eq!(up.map(|l| &l.to_arn), detail.parent_id.as_ref());
            assert_eq!(detail.missing, [], "{}", row.name);
        }
    }
}

#[tokio::test]
async fn what_cloudformation_hides_is_kept_nowhere() {
    let ground = Ground::demo();
    for (profile, region) in
        [("shop-prod", "ap-northeast-2"), ("shop-stg", "ap-northeast-2"), ("shop-dev", "ap-northeast-2")]
    {
        let scope = ground.scope(profile, region).await;
        scope.read_all(SERVICE).await;
        let names: Vec<String> = scope.shelf.rows(STACK).into_iter().map(|r| r.name).collect();
        scope.read(SERVICE, Ask::Items(names)).await.0.expect("they are looked at");
        let kept = scope.shelf.kept();
        let hidden = |d: &StackDetail| {
            d.parameters.iter().filter(|p| p.hidden).count() + d.outputs.iter().flatten().filter(|o| o.hidden).count()
        };
        let all: usize = kept.rows.values().filter_map(|r| r.detail::<StackDetail>()).map(|d| hidden(&d)).sum();
        let told =
            serde_json::to_string(&(&kept.rows.values().collect::<Vec<_>>(), kept.parts.values().collect::<Vec<_>>()))
                .unwrap();
        if let Some(at) = told.find("CANARY") {
            panic!("{profile}: …{}", &told[at.saturating_sub(200)..(at + 60).min(told.len())]);
        }
        assert!(profile != "shop-prod" || all > 0, "or it would prove nothing");
    }
}

#[tokio::test]
async fn what_has_not_moved_is_not_read_again() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all(SERVICE).await;
    ground.sim.with_world(World::be_quiet);
    ground.minutes(240);
    prod.read(SERVICE, Ask::Changes).await.0.expect("what ran is over now");
    let (result, calls) = prod.read(SERVICE, Ask::Changes).await;
    result.expect("it is read");
    assert!(calls.iter().all(|c| c == "DescribeStacks"), "{calls:?}");
    let templates = prod.shelf.kept().templates.len();
    let stacks = prod.shelf.rows(STACK).len();
    assert!(templates >= stacks - 1, "each has its template: {templates} of {stacks}");
}

#[tokio::test]
async fn what_somebody_looks_at_is_read_whole() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all(SERVICE).await;
    assert_eq!(part(&prod, "data-stores", StackPart::Resources), Value::Null, "not before");
    let (result, calls) = prod.read(SERVICE, Ask::Items(vec!["data-stores".into()])).await;
    result.expect("it is read");
    for wanted in ["ListStackResources", "ListChangeSets", "DescribeStackResourceDrifts"] {
        assert!(calls.iter().any(|c| c == wanted), "{wanted}: {calls:?}");
    }
    let resources: StackResources = serde_json::from_value(part(&prod, "data-stores", StackPart::Resources)).unwrap();
    assert!(!resources.resources.is_empty());
    let drifts: StackDrifts = serde_json::from_value(part(&prod, "data-stores", StackPart::Drifts)).unwrap();
    assert_eq!(drifts.resources.len(), 2);
    assert!(drifts.resources.iter().any(|d| d.properties.iter().any(|p| p.before != p.after)));
    let row = prod.shelf.row(STACK, "data-stores").unwrap();
    assert_eq!(row.reason.as_deref(), Some("2 resources have drifted from the template"));
    let (result, calls) = prod.read(SERVICE, Ask::Items(vec!["data-stores".into()])).await;
    result.expect("it is read");
    assert_eq!(calls, ["DescribeStacks", "ListChangeSets"], "nothing of it has moved");
}

#[tokio::test]
async fn a_change_set_tells_what_it_would_do() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all(SERVICE).await;
    let set: ChangeSetDetail = prod.shelf.detail("retry-nat-c");
    assert!(set.whole && set.execution_status == "AVAILABLE" && set.stack == "network-baseline");
    let actions: std::collections::BTreeSet<&str> = set.changes.iter().map(|c| c.action.as_str()).collect();
    assert!(actions.contains("Add") && actions.contains("Modify") && actions.contains("Remove"), "{actions:?}");
    assert!(set.changes.iter().any(|c| c.replacement.as_deref() == Some("True")), "one is replaced");
    assert!(set.changes.iter().flat_map(|c| &c.properties).any(|p| p.before != p.after), "with values");
}

#[tokio::test]
async fn a_read_that_fails_deletes_nothing_and_says_what_it_lacks() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all(SERVICE).await;
    let stacks = prod.shelf.rows(STACK).len();
    ground.sim.set_faults(Some(Faults::on("DescribeStacks", Fault::RepeatNextToken)));
    let (result, calls) = prod.read(SERVICE, Ask::All).await;
    if let Err(error) = result {
        assert_eq!(error.info.code, "EndlessList");
    }
    assert!(calls.len() < 40, "{} calls", calls.len());
    let rule = Rule { operation: Some("DescribeStacks".into()), ..Rule::always(Fault::ExpiredToken) };
    ground.sim.set_faults(Some(Faults { seed: 0, rules: vec![rule] }));
    let error = prod.read(SERVICE, Ask::All).await.0.expect_err("it fails");
    assert_eq!(error.class, ErrorClass::SignedOut);
    assert_eq!(prod.shelf.rows(STACK).len(), stacks);

    // Templates that may not be read: the stacks are there, say so, and are not asked for again at every look.
    let fresh = ground.scope("shop-stg", "ap-northeast-2").await;
    ground.sim.set_faults(Some(Faults::on("GetTemplate", Fault::AccessDenied)));
    fresh.read(SERVICE, Ask::All).await.0.expect("the stacks are read");
    assert!(!fresh.shelf.kept().problems.is_empty());
    let unread: Vec<StackDetail> = fresh.shelf.rows(STACK).iter().filter_map(|r| r.detail()).collect();
    assert!(unread.iter().all(|d: &StackDetail| d.outputs.is_none() && d.parameters.iter().all(|p| p.value.is_none())));
    assert!(unread.iter().any(|d| d.missing.iter().any(|m| m.operation.as_deref() == Some("GetTemplate"))));
    let (result, calls) = fresh.read(SERVICE, Ask::Changes).await;
    result.expect("the list is read");
    let again = calls.iter().filter(|c| *c == "GetTemplate").count();
    assert_eq!(again, 0, "{calls:?}");
}

//! Reading CodePipeline: what the rows say of the demo world, and which calls it takes to know it.

use std::collections::BTreeMap;

use skydeck_aws::{ErrorClass, service::Ask};
use skydeck_domain::{
    Aspect, Health, RunOutcome,
    pipeline::{ApprovalDetail, ExecutionDetail, PipelineDetail},
};
use skydeck_sim::{Fault, Faults};

use crate::ground::{Ground, Scope};

const PIPELINE: &str = "codepipeline.pipeline";
const EXECUTION: &str = "codepipeline.execution";
const APPROVAL: &str = "codepipeline.approval";

fn count(calls: &[String], operation: &str) -> usize {
    calls.iter().filter(|call| *call == operation).count()
}

fn items(names: &[&str]) -> Ask {
    Ask::Items(names.iter().map(|name| (*name).to_owned()).collect())
}

fn stands(scope: &Scope<'_>, name: &str) -> (Health, Option<Aspect>, String) {
    let row = scope.shelf.row(PIPELINE, name).unwrap_or_else(|| panic!("no pipeline {name}"));
    (row.health, row.aspect, row.reason.unwrap_or_default())
}

#[tokio::test]
async fn the_demo_stands_on_the_board_as_its_scenes_say() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all("codepipeline").await;
    let (health, aspect, reason) = stands(&prod, "checkout-api");
    assert_eq!((health, aspect), (Health::Failed, None));
    assert!(reason.starts_with("Deploy › SmokeTest: ") && reason.contains("in phase BUILD"), "{reason}");
    let (health, aspect, reason) = stands(&prod, "web-storefront");
    assert_eq!((health, aspect), (Health::Attention, Some(Aspect::Waiting)));
    assert_eq!(reason, "Waiting for approval in Approve");
    let (health, aspect, _) = stands(&prod, "identity-service");
    assert_eq!((health, aspect), (Health::Ok, Some(Aspect::Held)), "held, but nothing waits there");

    let stg = ground.scope("shop-stg", "ap-northeast-2").await;
    stg.read_all("codepipeline").await;
    assert_eq!(stands(&stg, "payments-worker").0, Health::Failed);
    assert_eq!(stands(&stg, "identity-service").0, Health::Running, "stuck is told from its own history, not here");
    let ireland = ground.scope("shop-stg", "eu-west-1").await;
    ireland.read_all("codepipeline").await;
    let (health, aspect, reason) = stands(&ireland, "network-baseline");
    assert_eq!((health, aspect), (Health::Running, Some(Aspect::Queued)));
    assert!(reason.ends_with("1 waiting behind it"), "{reason}");
}

#[tokio::test]
async fn every_row_says_why_unless_it_is_well_and_since_when() {
    let ground = Ground::demo();
    for (profile, region) in
        [("shop-dev", "ap-northeast-2"), ("shop-stg", "ap-northeast-2"), ("shop-prod", "eu-west-1")]
    {
        let scope = ground.scope(profile, region).await;
        scope.read_all("codepipeline").await;
        for row in scope.shelf.kept().rows.values() {
            assert_eq!(row.reason.is_none(), row.health == Health::Ok, "{} {:?} {:?}", row.id, row.health, row.reason);
            assert!(row.since.is_some() && !row.status.is_empty(), "{}", row.id);
        }
    }
}

#[tokio::test]
async fn a_pipeline_carries_structure_execution_and_what_it_ships() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all("codepipeline").await;
    let pipeline: PipelineDetail = prod.shelf.detail("checkout-api");
    let names: Vec<_> = pipeline.stages.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["Source", "Build", "Approve", "Deploy", "Verify"]);
    assert_eq!((pipeline.pipeline_type.as_str(), pipeline.execution_mode.as_str()), ("V2", "SUPERSEDED"));
    assert!(pipeline.missing.is_empty());
    let execution = pipeline.execution.expect("one is shown");
    assert_eq!(execution.status, "Failed");
    let revision = &execution.revisions[0];
    assert_eq!(revision.message.as_deref(), Some("Apply coupon before tax (#1284)"));
    assert!(revision.url.as_ref().is_some_and(|url| url.starts_with("https://")));
    let smoke = execution.actions.iter().find(|a| a.state.def.name == "SmokeTest").expect("it was read");
    assert!(smoke.state.started_at < smoke.state.ended_at);
    let build = smoke.state.external_id.as_ref().expect("a build");
    let row = prod.shelf.row(EXECUTION, &execution.execution_id).expect("its own row");
    let links = prod.shelf.kept().links.get(&row.id).cloned().expect("it points");
    assert!(links.iter().any(|l| l.rel == "of" && l.to_arn == prod.pipeline("checkout-api")));
    assert!(links.iter().any(|l| l.rel == "runs" && l.to_arn.ends_with(&format!(":build/{build}"))), "{links:?}");
}

#[tokio::test]
async fn an_approval_is_a_row_of_its_own_until_it_waits_no_more() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all("codepipeline").await;
    let row = prod
        .shelf
        .rows(APPROVAL)
        .into_iter()
        .find(|row| row.detail::<ApprovalDetail>().is_some_and(|a| a.pipeline == "web-storefront"))
        .expect("it waits");
    assert_eq!(row.arn, Some(format!("{}/Approve/ApproveRelease", prod.pipeline("web-storefront"))));
    let approval: ApprovalDetail = row.detail().expect("it is one");
    assert_eq!(approval.revisions[0].message.as_deref(), Some("추석 배너를 전체 고객에게 공개"));
    assert_eq!(approval.expires_at.zip(approval.waiting_since).map(|(e, s)| (e - s).num_days()), Some(7));
    let waited_alone = prod.shelf.rows(APPROVAL).len();
    ground.minutes(8 * 24 * 60);
    let (result, _) = prod.read("codepipeline", items(&["web-storefront"])).await;
    result.expect("it is read");
    assert_eq!(prod.shelf.rows(APPROVAL).len(), waited_alone - 1, "it timed out");
    assert!(!prod.shelf.kept().rows.contains_key(&row.id));
}

#[tokio::test]
async fn a_first_read_takes_three_calls_a_pipeline_and_shows_every_one_after_its_first() {
    let ground = Ground::demo();
    let dev = ground.scope("shop-dev", "ap-northeast-2").await;
    let calls = dev.read_all("codepipeline").await;
    let pipelines = dev.shelf.rows(PIPELINE);
    let n = pipelines.len();
    assert!(n >= 5);
    assert_eq!(count(&calls, "ListPipelines"), 1);
    assert_eq!(
        [count(&calls, "GetPipelineState"), count(&calls, "GetPipeline"), count(&calls, "ListPipelineExecutions")],
        [n, n, n]
    );
    let troubled = pipelines.iter().filter(|row| row.health != Health::Ok).count();
    assert_eq!(count(&calls, "ListActionExecutions"), troubled, "only of what runs or failed");
    let last_state = calls.iter().rposition(|c| c == "GetPipelineState").unwrap();
    let first_rest = calls.iter().position(|c| c == "GetPipeline" || c == "ListPipelineExecutions").unwrap();
    assert!(last_state < first_rest, "a glance at every pipeline comes before the rest of any");
    let kept = dev.shelf.kept();
    let ids: Vec<&String> = pipelines.iter().map(|row| &row.id).collect();
    assert!(kept.taken[..n].iter().all(|id| ids.contains(&id)), "the first rows are the pipelines");
}

#[tokio::test]
async fn what_has_not_moved_costs_one_call_a_pipeline() {
    let ground = Ground::demo();
    for profile in ["shop-stg", "shop-prod"] {
        let scope = ground.scope(profile, "eu-west-1").await;
        scope.read_all("codepipeline").await;
        let before: Vec<_> = scope.shelf.kept().rows.values().cloned().collect();
        let calls = scope.read_all("codepipeline").await;
        let n = scope.shelf.rows(PIPELINE).len();
        // One that is queued behind another has to be looked for among the executions.
        let queued = scope.shelf.rows(PIPELINE).iter().filter(|row| row.aspect == Some(Aspect::Queued)).count();
        assert_eq!(calls.len(), 1 + n + queued, "{calls:?}");
        let after: Vec<_> = scope.shelf.kept().rows.values().cloned().collect();
        assert_eq!(before, after, "and changes nothing");
    }
}

#[tokio::test]
async fn reading_again_at_every_minute_tells_the_same_as_reading_afresh() {
    let ground = Ground::demo();
    let scope = ground.scope("shop-dev", "ap-northeast-2").await;
    scope.read_all("codepipeline").await;
    for minute in 1..=40 {
        ground.minutes(1);
        let names: Vec<String> = scope.shelf.rows(PIPELINE).into_iter().map(|row| row.name).collect();
        scope.read("codepipeline", Ask::Items(names)).await.0.expect("it is read");
        let fresh = ground.scope("shop-dev", "ap-northeast-2").await;
        fresh.read_all("codepipeline").await;
        for row in fresh.shelf.rows(PIPELINE) {
            let kept = scope.shelf.row(PIPELINE, &row.name).expect("it is there");
            let said = |r: &skydeck_domain::Resource| (r.status.clone(), r.health, r.aspect, r.reason.clone(), r.since);
            assert_eq!(said(&kept), said(&row), "{} at minute {minute}", row.name);
            let (kept, row): (PipelineDetail, PipelineDetail) = (kept.detail().unwrap(), row.detail().unwrap());
            assert_eq!(stage_words(&kept), stage_words(&row), "minute {minute}");
            // Until it is over, its last update is whatever it was when its stages last changed.
            let shown = |d: &PipelineDetail| {
                let e = d.execution.clone()?;
                Some((e.execution_id, e.updated_at.filter(|_| e.status != "InProgress")))
            };
            assert_eq!(shown(&kept), shown(&row), "minute {minute}");
            // One that ended well is not asked for its actions; one that was watched keeps them, to their end.
            let actions = |d: PipelineDetail| d.execution.map(|e| e.actions).unwrap_or_default();
            let (kept, row) = (actions(kept), actions(row));
            let ended = kept.iter().all(|a| a.state.status.as_deref() != Some("InProgress"));
            assert!(kept == row || (row.is_empty() && ended), "minute {minute}: {kept:?}");
        }
        let ended = |scope: &Scope<'_>| -> BTreeMap<_, _> {
            let kept = scope.shelf.kept();
            kept.runs.iter().map(|(id, run)| (id.clone(), (run.outcome, run.ended_at))).collect()
        };
        let (kept, fresh) = (ended(&scope), ended(&fresh));
        for (id, run) in &fresh {
            assert_eq!(kept.get(id), Some(run), "{id:?} at minute {minute}");
        }
    }
}

/// Stages and actions with what the state alone tells of them.
fn stage_words(pipeline: &PipelineDetail) -> Vec<String> {
    let word = |s: &skydeck_domain::pipeline::StageState| {
        let actions: Vec<_> = s.actions.iter().map(|a| (&a.def, &a.status, a.changed_at)).collect();
        format!("{} {:?} {:?} {:?} {actions:?}", s.name, s.status, s.execution_id, s.inbound_execution_id)
    };
    pipeline.stages.iter().map(word).collect()
}

#[tokio::test]
async fn history_is_read_once_as_runs_with_every_outcome() {
    let ground = Ground::demo();
    let scope = ground.scope("shop-prod", "eu-west-1").await;
    scope.read_all("codepipeline").await;
    let kept = scope.shelf.kept();
    let outcomes = |outcome| kept.runs.values().filter(|run| run.outcome == outcome).count();
    assert!(outcomes(RunOutcome::Succeeded) > 20, "twelve weeks");
    assert!(outcomes(RunOutcome::Superseded) > 0 && outcomes(RunOutcome::Failed) > 0);
    for run in kept.runs.values() {
        assert_eq!(run.ended_at.is_none(), run.outcome == RunOutcome::Running, "{run:?}");
        assert_eq!(run.reason.is_some(), run.outcome == RunOutcome::Failed, "{run:?}");
    }
    drop(kept);
    for (pipeline, executions) in by_pipeline(&scope) {
        assert!(executions <= 20, "{pipeline} keeps {executions} executions as rows");
    }
}

fn by_pipeline(scope: &Scope<'_>) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for row in scope.shelf.rows(EXECUTION) {
        *counted.entry(row.detail::<ExecutionDetail>().expect("it is one").pipeline).or_default() += 1;
    }
    counted
}

#[tokio::test]
async fn a_deleted_pipeline_vanishes_with_all_it_had_whether_listed_or_asked_for() {
    for ask in [items(&["web-storefront"]), Ask::Changes, Ask::All] {
        let ground = Ground::demo();
        let prod = ground.scope("shop-prod", "ap-northeast-2").await;
        prod.read_all("codepipeline").await;
        let before = prod.shelf.rows(PIPELINE).len();
        ground.sim.with_world(|w| w.delete_pipeline("777788889999", "ap-northeast-2", "web-storefront").unwrap());
        prod.read("codepipeline", ask.clone()).await.0.expect("that is no error");
        let kept = prod.shelf.kept();
        assert_eq!(kept.rows.values().filter(|row| row.kind == PIPELINE).count(), before - 1, "{ask:?}");
        let left = kept.rows.values().find(|row| row.detail["pipeline"] == "web-storefront");
        assert_eq!(left.map(|row| &row.id), None, "{ask:?}");
    }
}

#[tokio::test]
async fn a_changed_structure_is_read_again_and_only_that() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all("codepipeline").await;
    let version = prod.shelf.detail::<PipelineDetail>("notifications").version;
    ground.sim.with_world(|w| w.edit_pipeline("777788889999", "ap-northeast-2", "notifications").unwrap());
    let (result, calls) = prod.read("codepipeline", Ask::Changes).await;
    result.expect("it is read");
    assert_eq!(calls, ["ListPipelines", "GetPipelineState", "GetPipeline"]);
    assert_eq!(prod.shelf.detail::<PipelineDetail>("notifications").version, version + 1);
    let (_, calls) = prod.read("codepipeline", Ask::Changes).await;
    assert_eq!(calls, ["ListPipelines"]);
}

#[tokio::test]
async fn a_list_that_fails_deletes_nothing() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all("codepipeline").await;
    let before: Vec<_> = prod.shelf.kept().rows.keys().cloned().collect();
    for (fault, class) in [
        (Fault::AccessDenied, ErrorClass::Denied),
        (Fault::Throttle, ErrorClass::Throttled),
        (Fault::Http503, ErrorClass::Failed),
        (Fault::TruncateBody, ErrorClass::Unreachable),
        (Fault::Dns, ErrorClass::Unreachable),
    ] {
        for ask in [Ask::All, Ask::Changes] {
            ground.sim.set_faults(Some(Faults::on("ListPipelines", fault.clone())));
            let error = prod.read("codepipeline", ask).await.0.expect_err("it fails");
            let passing = [class, ErrorClass::Failed, ErrorClass::Unreachable];
            assert!(passing.contains(&error.class), "{fault:?}: {error}");
            let after: Vec<_> = prod.shelf.kept().rows.keys().cloned().collect();
            assert_eq!(before, after, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_denied_state_leaves_a_row_that_says_so_and_what_else_could_be_read() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    ground.sim.set_faults(Some(Faults::on("GetPipelineState", Fault::AccessDenied)));
    prod.read("codepipeline", Ask::All).await.0.expect("the rest is read");
    let kept_problems = prod.shelf.kept().problems.len();
    assert_eq!(kept_problems, prod.shelf.rows(PIPELINE).len(), "each is told");
    let pipeline: PipelineDetail = prod.shelf.detail("checkout-api");
    assert_eq!(pipeline.missing[0].operation.as_deref(), Some("GetPipelineState"));
    assert_eq!(pipeline.stages.len(), 5, "the structure is known");
    let row = prod.shelf.row(PIPELINE, "checkout-api").unwrap();
    assert_eq!((row.status.as_str(), row.health), ("Failed", Health::Failed), "its executions tell");
}

#[tokio::test]
async fn what_is_denied_for_one_call_is_missing_and_comes_when_it_is_allowed() {
    for operation in ["GetPipeline", "ListPipelineExecutions", "ListActionExecutions"] {
        let ground = Ground::demo();
        let prod = ground.scope("shop-prod", "ap-northeast-2").await;
        ground.sim.set_faults(Some(Faults::on(operation, Fault::AccessDenied)));
        prod.read("codepipeline", Ask::All).await.0.expect("the rest is read");
        let pipeline: PipelineDetail = prod.shelf.detail("checkout-api");
        let missing: Vec<_> = pipeline.missing.iter().filter_map(|m| m.operation.as_deref()).collect();
        assert_eq!(missing, [operation]);
        assert_eq!(prod.shelf.row(PIPELINE, "checkout-api").unwrap().health, Health::Failed, "{operation}");
        ground.sim.set_faults(None);
        prod.read("codepipeline", items(&["checkout-api"])).await.0.expect("all is read");
        let fresh = ground.scope("shop-prod", "ap-northeast-2").await;
        fresh.read_all("codepipeline").await;
        let (was, is) = (prod.shelf.row(PIPELINE, "checkout-api"), fresh.shelf.row(PIPELINE, "checkout-api"));
        assert_eq!(was.unwrap().detail, is.unwrap().detail, "{operation}");
    }
}

#[tokio::test]
async fn a_passing_failure_of_one_pipeline_leaves_its_row_as_it_was() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all("codepipeline").await;
    let before = prod.shelf.row(PIPELINE, "checkout-api").unwrap();
    ground.minutes(1);
    ground.sim.set_faults(Some(Faults::on("GetPipelineState", Fault::Http503)));
    prod.read("codepipeline", items(&["checkout-api"])).await.0.expect("a part of it failed");
    assert_eq!(prod.shelf.kept().problems.len(), 1);
    assert_eq!(prod.shelf.row(PIPELINE, "checkout-api"), Some(before), "with its age");
}

#[tokio::test]
async fn a_call_that_is_down_is_found_out_by_few_and_the_rest_is_read_without_it() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    ground.sim.set_faults(Some(Faults::on("GetPipelineState", Fault::Http503)));
    let (result, calls) = prod.read("codepipeline", Ask::All).await;
    result.expect("the rest is read");
    let pipelines = prod.shelf.rows(PIPELINE);
    assert!(pipelines.len() > 3);
    assert_eq!(count(&calls, "GetPipelineState"), 3 * 3, "three pipelines, three attempts each");
    assert_eq!(count(&calls, "GetPipeline"), pipelines.len());
    for row in pipelines {
        let detail: PipelineDetail = row.detail().unwrap();
        assert_eq!(detail.missing[0].operation.as_deref(), Some("GetPipelineState"), "{}", row.name);
        assert!(!detail.stages.is_empty() && !row.status.is_empty(), "{}", row.name);
    }
}

#[tokio::test]
async fn hostile_text_stays_text_and_links_stay_https() {
    let clock = skydeck_sim::clock::SimClock::standing(crate::ground::OPENING.parse().unwrap());
    let ground = Ground::of(skydeck_sim::World::hostile(clock, 7));
    let places: Vec<(String, String)> = ground.sim.with_world(|w| {
        let name = |account: &str| w.accounts.by_id[account].name.clone();
        w.inhabited().map(|(account, region)| (name(account), region.to_owned())).collect()
    });
    let mut pipelines = 0;
    for (profile, region) in places {
        let scope = ground.scope(&profile, &region).await;
        for service in ["codepipeline", "codebuild", "codecommit"] {
            scope.read_all(service).await;
        }
        let kept = scope.shelf.kept();
        pipelines += kept.rows.values().filter(|row| row.kind == PIPELINE).count();
        for row in kept.rows.values() {
            links_are_https(&row.detail, &row.id);
            let reason = row.reason.clone().unwrap_or_default();
            assert!(!reason.contains('\n') && reason.chars().count() < 700, "{}: {reason:?}", row.id);
            let size = serde_json::to_string(row).unwrap().len();
            assert!(size < 512 * 1024, "{} takes {size} bytes", row.id);
        }
        let all = serde_json::to_string(&kept.rows).unwrap();
        assert!(!all.contains("CANARY"), "{profile} {region}");
    }
    assert!(pipelines > 0);
}

fn links_are_https(value: &serde_json::Value, id: &str) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                if let Some(link) = value.as_str().filter(|_| name.ends_with("url")) {
                    assert!(link.starts_with("https://"), "{id}: {name} is {link}");
                }
                links_are_https(value, id);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| links_are_https(item, id)),
        _ => {}
    }
}

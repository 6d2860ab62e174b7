//! Reading CodeBuild and the ends of its logs, and acting on builds.

use skydeck_aws::{
    ErrorClass,
    service::{Ask, Found, Progress, Request, Subject},
};
use skydeck_domain::{
    ActionRecord, Health, Plan,
    build::{BuildDetail, ProjectDetail},
};
use skydeck_sim::{Fault, Faults, Rule, World, clock::SimClock};

use crate::{
    acting,
    ground::{Ground, OPENING, Scope, service_of},
};

const PROJECT: &str = "codebuild.project";
const BUILD: &str = "codebuild.build";

fn failed_build(scope: &Scope<'_>, project: &str) -> BuildDetail {
    let builds = scope.shelf.rows(BUILD).into_iter().filter(|row| row.health == Health::Failed);
    let mut builds: Vec<BuildDetail> =
        builds.filter_map(|row| row.detail()).filter(|b: &BuildDetail| b.project == project).collect();
    builds.sort_by_key(|b| b.started_at);
    builds.pop().unwrap_or_else(|| panic!("no failed build of {project}"))
}

#[tokio::test]
async fn the_build_that_a_failed_pipeline_points_at_is_there_with_its_phases() {
    let ground = Ground::demo();
    let stg = ground.scope("shop-stg", "ap-northeast-2").await;
    stg.read_all("codepipeline").await;
    stg.read_all("codebuild").await;
    let build = failed_build(&stg, "payments-worker-build");
    let failed = build.phases.iter().find(|p| p.status.as_deref() == Some("FAILED")).expect("a failed phase");
    assert!(failed.message.as_ref().is_some_and(|m| m.contains("exit status")), "{failed:?}");
    let row = stg.shelf.row(BUILD, &build.build_id).unwrap();
    assert!(row.reason.is_some_and(|r| r.contains(&format!("in phase {}", failed.phase))));
    assert!(row.arn.unwrap().ends_with(&format!(":build/{}", build.build_id)));
    assert_eq!(build.initiator.as_deref(), Some("codepipeline/payments-worker"));
    let project = stg.shelf.row(PROJECT, "payments-worker-build").expect("its project");
    assert_eq!(project.health, Health::Failed, "a project is as its latest build");
    assert_eq!(project.detail::<ProjectDetail>().unwrap().last_build_id, Some(build.build_id));
}

#[tokio::test]
async fn every_project_and_every_build_says_how_it_is() {
    let ground = Ground::demo();
    let dev = ground.scope("shop-dev", "ap-northeast-2").await;
    let calls = dev.read_all("codebuild").await;
    assert_eq!(calls[..4], ["ListBuilds", "BatchGetBuilds", "ListProjects", "BatchGetProjects"]);
    // Some projects, as the nightly check, have built too long ago to be among the newest hundred.
    let (last, rest) = calls[4..].split_last().unwrap();
    let looks = |c: &String| c == "ListBuilds" || c == "ListBuildsForProject";
    assert!(last == "BatchGetBuilds" && rest.iter().all(looks), "{rest:?}");
    assert!(!rest.is_empty() && rest.len() < dev.shelf.rows(PROJECT).len());
    let again = dev.read_all("codebuild").await;
    assert!(!again.contains(&"ListBuildsForProject".to_owned()), "asked for once: {again:?}");
    assert!(dev.shelf.rows(BUILD).iter().any(|row| row.name.starts_with("nightly-browser-tests:")), "and kept");
    let kept = dev.shelf.kept();
    assert!(kept.rows.values().filter(|r| r.kind == BUILD).count() >= 50);
    for row in kept.rows.values() {
        assert_eq!(row.reason.is_none(), row.health == Health::Ok, "{} {:?}", row.id, row.reason);
    }
    assert_eq!(kept.runs.len(), kept.rows.values().filter(|r| r.kind == BUILD).count());
}

#[tokio::test]
async fn builds_that_are_over_are_not_asked_for_again() {
    let ground = Ground::demo();
    let dev = ground.scope("shop-dev", "ap-northeast-2").await;
    dev.read_all("codebuild").await;
    ground.sim.with_world(World::be_quiet);
    ground.minutes(30);
    dev.read("codebuild", Ask::Changes).await.0.expect("what ran is over now");
    let running = dev.shelf.rows(BUILD).iter().filter(|row| row.health == Health::Running).count();
    assert_eq!(running, 0);
    let (result, calls) = dev.read("codebuild", Ask::Changes).await;
    result.expect("it is read");
    assert_eq!(calls, ["ListBuilds"]);
}

#[tokio::test]
async fn a_list_of_projects_that_fails_or_never_ends_deletes_none() {
    let world = World::named("scale:1,1,210", SimClock::standing(OPENING.parse().unwrap()), 7).expect("a world");
    let ground = Ground::of(world);
    let (profile, region) = ground.sim.with_world(|w| {
        let account = w.accounts.by_id.values().next().unwrap().name.clone();
        (account, w.inhabited().next().unwrap().1.to_owned())
    });
    let scope = ground.scope(&profile, &region).await;
    scope.read_all("codebuild").await;
    let projects = scope.shelf.rows(PROJECT).len();
    assert_eq!(projects, 210, "over several pages");
    ground.sim.set_faults(Some(Faults::on("ListProjects", Fault::RepeatNextToken)));
    let (result, calls) = scope.read("codebuild", Ask::All).await;
    result.expect("the builds are read");
    assert_eq!(scope.shelf.kept().problems.pop().expect("it is noticed").info.code, "EndlessList");
    assert!(calls.len() < 12, "{calls:?}");
    // The second of three pages is refused.
    let rule = Rule { operation: Some("ListProjects".into()), from_call: 2, ..Rule::always(Fault::ExpiredToken) };
    ground.sim.set_faults(Some(Faults { seed: 0, rules: vec![rule] }));
    let error = scope.read("codebuild", Ask::All).await.0.expect_err("it fails");
    assert_eq!(error.class, ErrorClass::SignedOut);
    assert_eq!(scope.shelf.rows(PROJECT).len(), projects);
}

#[tokio::test]
async fn a_list_of_builds_that_does_not_end_is_noticed_and_not_taken_for_its_end() {
    let ground = Ground::of(World::scale(SimClock::standing(OPENING.parse().unwrap()), 7, 1, 1, 210));
    let (profile, region) = ground.sim.with_world(|w| {
        let account = w.accounts.by_id.values().next().unwrap().name.clone();
        (account, w.inhabited().next().unwrap().1.to_owned())
    });
    let scope = ground.scope(&profile, &region).await;
    ground.sim.set_faults(Some(Faults::on("ListBuilds", Fault::RepeatNextToken)));
    let (result, calls) = scope.read("codebuild", Ask::All).await;
    result.expect("the projects are read");
    assert_eq!(scope.shelf.rows(PROJECT).len(), 210);
    assert_eq!(scope.shelf.kept().problems.pop().expect("it is noticed").info.code, "EndlessList");
    assert!(calls.iter().filter(|c| *c == "ListBuilds").count() <= 3, "{calls:?}");
}

#[tokio::test]
async fn no_environment_value_is_kept() {
    let ground = Ground::demo();
    for profile in ["shop-dev", "shop-stg", "shop-prod"] {
        for region in ["ap-northeast-2", "eu-west-1"] {
            let scope = ground.scope(profile, region).await;
            for service in ["codepipeline", "codebuild", "codecommit"] {
                scope.read_all(service).await;
            }
            let kept = scope.shelf.kept();
            let rows = serde_json::to_string(&kept.rows).unwrap() + &serde_json::to_string(&kept.links).unwrap();
            let runs = serde_json::to_string(&kept.runs.values().collect::<Vec<_>>()).unwrap();
            for text in [rows, runs] {
                let at = text.find("CANARY").map(|at| text[at.saturating_sub(80)..at + 40].to_owned());
                assert_eq!(at, None, "{profile} {region}");
            }
        }
    }
}

#[tokio::test]
async fn the_end_of_a_log_shows_why_a_build_failed() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all("codebuild").await;
    let build = failed_build(&prod, "checkout-api-smoke");
    let row = prod.shelf.row(BUILD, &build.build_id).unwrap();
    let service = service_of("codebuild");
    let ctx = prod.session.urgent_reader(service.spec());
    let tail = service.log_tail(&ctx, &row, 20).await.expect("it is read").expect("it has a log");
    assert_eq!((tail.lines.len(), tail.truncated, &tail.error), (20, true, &None));
    assert!(tail.lines.is_sorted_by_key(|l| l.at), "oldest first");
    let said = tail.lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("\n");
    assert!(said.contains("exit status 1") || said.contains("coupon_id"), "{said}");
    assert!(tail.lines.iter().all(|l| !l.text.ends_with('\n')));
    let whole = service.log_tail(&ctx, &row, 5000).await.unwrap().unwrap();
    assert!(!whole.truncated && whole.lines.len() > 20);
    assert_eq!(whole.lines[whole.lines.len() - 20..], tail.lines[..], "the end of the same");
}

#[tokio::test]
async fn a_log_that_cannot_be_read_says_why() {
    let ground = Ground::demo();
    let prod = ground.scope("shop-prod", "ap-northeast-2").await;
    prod.read_all("codebuild").await;
    let build = failed_build(&prod, "checkout-api-smoke");
    let mut row = prod.shelf.row(BUILD, &build.build_id).unwrap();
    let service = service_of("codebuild");
    let ctx = prod.session.urgent_reader(service.spec());
    ground.sim.set_faults(Some(Faults::on("GetLogEvents", Fault::AccessDenied)));
    let tail = service.log_tail(&ctx, &row, 20).await.expect("that is an answer").unwrap();
    assert_eq!((tail.lines.len(), tail.error.unwrap().operation.as_deref()), (0, Some("GetLogEvents")));
    ground.sim.set_faults(Some(Faults::on("GetLogEvents", Fault::Dns)));
    assert_eq!(service.log_tail(&ctx, &row, 20).await.expect_err("no network").class, ErrorClass::Unreachable);
    ground.sim.set_faults(None);
    let gone = serde_json::to_value(BuildDetail { log_stream: Some("gone".into()), ..build.clone() }).unwrap();
    row.detail = gone;
    let tail = service.log_tail(&ctx, &row, 20).await.unwrap().unwrap();
    assert_eq!(tail.error.map(|e| e.code), Some("ResourceNotFoundException".into()));
    row.detail = serde_json::to_value(BuildDetail { log_stream: None, ..build }).unwrap();
    assert_eq!(service.log_tail(&ctx, &row, 20).await.unwrap(), None, "it has no log yet");
}

/// The nightly build of dev, which no pipeline runs.
async fn nightly(scope: &Scope<'_>) -> String {
    scope.read_all("codebuild").await;
    let builds = scope.shelf.rows(BUILD).into_iter().filter(|row| row.name.starts_with("nightly-browser-tests:"));
    builds.max_by_key(|row| row.since).and_then(|row| row.arn).expect("a nightly build")
}

fn request(verb: &str, id: &str) -> Request {
    let subject = Subject { id: id.into(), name: String::new(), parts: Vec::new() };
    Request { verb: verb.into(), subject, ..Request::default() }
}

#[tokio::test]
async fn a_build_is_retried_followed_to_its_end_and_stopped() {
    let ground = Ground::demo();
    let dev = ground.scope("shop-dev", "ap-northeast-2").await;
    let arn = nightly(&dev).await;
    let again = request("retry", &arn);
    let plan = acting::plan(&dev, "codebuild", &again).await;
    assert_eq!(plan.blocked, None);
    let of_pipeline = dev.shelf.rows(BUILD).into_iter().find(|row| row.name.starts_with("checkout-api-build:"));
    let blocked = acting::plan(&dev, "codebuild", &request("retry", &of_pipeline.unwrap().arn.unwrap())).await.blocked;
    assert!(blocked.unwrap().contains("Retry the stage instead"));
    let id = arn.split(":build/").nth(1).unwrap();
    assert_eq!(
        plan.calls[0].cli,
        format!("aws codebuild retry-build --id {id} --profile shop-dev --region ap-northeast-2")
    );
    let (record, receipt) = acting::act(&dev, "codebuild", &again, &plan, "Again").await;
    assert_ne!(receipt.follow_id.as_deref(), Some(id), "a new build");
    let followed = acting::follow_to_the_end(&dev, "codebuild", &record).await;
    assert!(matches!(followed, Progress::Succeeded(_) | Progress::Failed(_)), "{followed:?}");

    let (record, _) = acting::act(&dev, "codebuild", &again, &plan, "Once more").await;
    let new = format!("{}:build/{}", arn.split(":build/").next().unwrap(), record.follow_id.unwrap());
    let stop = request("stop", &new);
    let plan: Plan = acting::plan(&dev, "codebuild", &stop).await;
    assert_eq!(plan.blocked, None);
    let (record, _) = acting::act(&dev, "codebuild", &stop, &plan, "Enough").await;
    let followed = acting::follow_to_the_end(&dev, "codebuild", &record).await;
    assert!(matches!(&followed, Progress::Succeeded(words) if words.contains("is stopped")), "{followed:?}");
    assert!(acting::plan(&dev, "codebuild", &stop).await.blocked.unwrap().contains("is over"));
}

#[tokio::test]
async fn whether_a_lost_retry_or_stop_ran_is_found_out_by_reading() {
    for verb in ["retry", "stop"] {
        let ground = Ground::demo();
        let dev = ground.scope("shop-dev", "ap-northeast-2").await;
        let mut arn = nightly(&dev).await;
        if verb == "stop" {
            let again = request("retry", &arn);
            let plan = acting::plan(&dev, "codebuild", &again).await;
            let (record, _) = acting::act(&dev, "codebuild", &again, &plan, "Again").await;
            arn = format!("{}:build/{}", arn.split(":build/").next().unwrap(), record.follow_id.unwrap());
        }
        ground.minutes(1);
        let asked = request(verb, &arn);
        let plan = acting::plan(&dev, "codebuild", &asked).await;
        let intended: ActionRecord = dev.record(verb, &arn, None, "Lost");
        let found = acting::find_out(&dev, "codebuild", &intended).await;
        assert!(matches!(found, Found::DidNotRun(_)), "{verb}: {found:?}");
        let operation = if verb == "retry" { "RetryBuild" } else { "StopBuild" };
        ground.sim.set_faults(Some(Faults::on(operation, Fault::ExecutedThenLost)));
        let error = acting::try_act(&dev, "codebuild", &asked, &plan, "Lost").await.expect_err("the answer is lost");
        assert!(!error.certainly_not_run);
        ground.sim.set_faults(None);
        let found = acting::find_out(&dev, "codebuild", &intended).await;
        let Found::Ran(receipt) = found else { panic!("{verb}: {found:?}") };
        assert!(receipt.follow_id.is_some());
    }
}

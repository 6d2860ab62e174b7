//! Two runs of a pipeline of four stages: one that failed in the third, and one that succeeded before it.

use chrono::DateTime;
use skydeck_domain::pipeline::{StageMark as M, StageState};

use super::*;

fn at(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn action(name: &str, status: Option<&str>, from: i64, took: Option<i64>) -> ActionState {
    ActionState {
        def: ActionDef {
            name: name.into(),
            category: "Build".into(),
            provider: "CodeBuild".into(),
            owner: "AWS".into(),
            run_order: 1,
            region: None,
            account: None,
            subject: None,
        },
        status: status.map(str::to_owned),
        summary: None,
        changed_at: None,
        started_at: status.map(|_| at(from)),
        ended_at: took.map(|s| at(from + s)),
        external_id: None,
        external_url: None,
        entity_url: None,
        revision_id: None,
        error_code: None,
        error_message: None,
        action_execution_id: None,
        percent: None,
    }
}

fn stage(name: &str, held_by: &str, status: &str, actions: &[&str]) -> StageState {
    StageState {
        name: name.into(),
        status: Some(status.into()),
        execution_id: Some(held_by.into()),
        inbound_execution_id: None,
        transition_enabled: true,
        transition_reason: None,
        transition_changed_at: None,
        actions: actions.iter().map(|name| action(name, None, 0, None)).collect(),
    }
}

/// `e2` failed in Deploy; Verify was last entered by `e1`.
fn pipeline() -> PipelineDetail {
    let stages = [
        stage("Source", "e2", "Succeeded", &["Git"]),
        stage("Build", "e2", "Succeeded", &["Unit", "Image"]),
        stage("Deploy", "e2", "Failed", &["Service", "Smoke"]),
        stage("Verify", "e1", "Succeeded", &["Canary"]),
    ];
    PipelineDetail {
        pipeline_type: "V2".into(),
        execution_mode: "SUPERSEDED".into(),
        version: 2,
        updated_at: None,
        stages: stages.into(),
        variables: vec![],
        triggers: vec![],
        execution: None,
        missing: vec![],
    }
}

type Ran<'a> = (&'a str, &'a str, &'a str, i64, Option<i64>);

fn execution(id: &str, status: &str, actions: &[Ran<'_>]) -> ExecutionDetail {
    let runs: Vec<ActionRun> = actions
        .iter()
        .map(|(stage, name, status, from, took)| ActionRun {
            stage: (*stage).to_owned(),
            state: action(name, Some(status), *from, *took),
        })
        .collect();
    ExecutionDetail {
        pipeline: "web".into(),
        execution_id: id.into(),
        status: status.into(),
        status_summary: None,
        execution_type: "STANDARD".into(),
        rollback_of: None,
        execution_mode: None,
        started_at: Some(at(0)),
        updated_at: None,
        trigger_type: None,
        trigger_by: None,
        pipeline_version: None,
        revisions: vec![],
        actions: runs,
        actions_whole: false,
    }
}

fn failed() -> ExecutionDetail {
    let actions = [
        ("Source", "Git", "Succeeded", 0, Some(6)),
        ("Build", "Unit", "Succeeded", 10, Some(60)),
        ("Build", "Image", "Succeeded", 10, Some(200)),
        ("Deploy", "Service", "Succeeded", 220, Some(100)),
        ("Deploy", "Smoke", "Failed", 320, Some(30)),
        ("Deploy", "Smoke", "Failed", 400, Some(40)),
    ];
    execution("e2", "Failed", &actions)
}

fn succeeded() -> ExecutionDetail {
    let actions = [
        ("Source", "Git", "Succeeded", 0, Some(8)),
        ("Build", "Unit", "Succeeded", 10, Some(62)),
        ("Build", "Image", "Succeeded", 10, Some(80)),
        ("Deploy", "Service", "Succeeded", 100, Some(160)),
        ("Deploy", "Smoke", "Succeeded", 260, Some(42)),
        ("Verify", "Canary", "Succeeded", 310, Some(90)),
    ];
    execution("e1", "Succeeded", &actions)
}

fn compared(run: &ExecutionDetail, with: &ExecutionDetail) -> Vec<StageDiff> {
    let look = |execution| Looked { execution, until: at(1000) };
    stages(&pipeline(), &look(run), &look(with), &HashMap::new())
}

fn found<'a>(diffs: &'a [StageDiff], name: &str) -> &'a ActionDiff {
    diffs.iter().flat_map(|s| &s.actions).find(|a| a.name == name).unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn what_failed_what_was_not_reached_and_what_took_longer_is_different_and_the_rest_is_not() {
    use Difference as D;
    let diffs = compared(&failed(), &succeeded());
    let told: Vec<(&str, D, Option<i64>)> =
        diffs.iter().flat_map(|s| &s.actions).map(|a| (a.name.as_str(), a.difference, a.longer_ms)).collect();
    let expected = [
        ("Git", D::None, Some(-2_000)),
        ("Unit", D::None, Some(-2_000)),
        ("Image", D::Longer, Some(120_000)),
        ("Service", D::Shorter, Some(-60_000)),
        ("Smoke", D::State, Some(-2_000)),
        ("Canary", D::State, None),
    ];
    assert_eq!(told, expected);
    let (smoke, canary) = (found(&diffs, "Smoke"), found(&diffs, "Canary"));
    // After a retry the last one counts, and that there were two is told.
    assert_eq!((smoke.run.mark, smoke.run.duration_ms, smoke.run.tries), (M::Failed, Some(40_000), Some(2)));
    assert_eq!((smoke.with.mark, smoke.with.tries), (M::Ok, Some(1)));
    assert_eq!((canary.run.known, canary.run.duration_ms), (Known::NotRun, None));
    let stages: Vec<(D, Option<i64>)> = diffs.iter().map(|s| (s.difference, s.run.duration_ms)).collect();
    // A stage lasts from its first action to its last, all tries of it.
    let lasted = [(D::None, Some(6_000)), (D::Longer, Some(200_000)), (D::State, Some(220_000)), (D::State, None)];
    assert_eq!(stages, lasted);
}

#[test]
fn of_a_run_that_was_not_read_nothing_is_made_up() {
    let unread = execution("e1", "Succeeded", &[]);
    let diffs = compared(&failed(), &unread);
    for action in diffs.iter().flat_map(|s| &s.actions) {
        assert_eq!((action.with.known, action.with.duration_ms, action.longer_ms), (Known::Unread, None, None));
        assert_eq!(action.difference, Difference::Unknown, "{}", action.name);
    }
    // It succeeded, so its stages were passed; Deploy was not, this time.
    let stages: Vec<(M, Difference)> = diffs.iter().map(|s| (s.with.mark, s.difference)).collect();
    let told = [
        (M::Ok, Difference::Unknown),
        (M::Ok, Difference::Unknown),
        (M::Ok, Difference::State),
        (M::Ok, Difference::State),
    ];
    assert_eq!(stages, told);
    // How far one came that failed unread is not known either.
    let unread = execution("e0", "Failed", &[]);
    for stage in compared(&failed(), &unread) {
        assert_eq!((stage.with.known, stage.difference), (Known::Unread, Difference::Unknown), "{}", stage.name);
    }
}

#[test]
fn what_went_on_unseen_is_not_known() {
    // Read for the last time while it built.
    let building = [("Source", "Git", "Succeeded", 0, Some(6)), ("Build", "Unit", "InProgress", 10, None)];
    let half = execution("e1", "Succeeded", &building);
    let diffs = compared(&failed(), &half);
    let side = |name: &str| found(&diffs, name).with.clone();
    assert_eq!((side("Git").known, side("Git").duration_ms), (Known::Ran, Some(6_000)));
    assert_eq!(side("Unit").duration_ms, None, "it ended, nobody saw when");
    assert_eq!(side("Smoke").known, Known::Unread);
    // While it does run, it has taken so long, and what it has not come to has not run.
    let running = execution("e3", "InProgress", &building);
    let diffs = compared(&running, &succeeded());
    let side = |name: &str| found(&diffs, name).run.clone();
    assert_eq!(side("Unit").duration_ms, Some(990_000));
    assert_eq!(found(&diffs, "Unit").longer_ms, Some(928_000));
    assert_eq!((side("Image").known, side("Smoke").known), (Known::NotRun, Known::NotRun));
    // That it took less long so far says nothing.
    let look = |execution, until| Looked { execution, until: at(until) };
    let diffs = stages(&pipeline(), &look(&running, 30), &look(&succeeded(), 1000), &HashMap::new());
    assert_eq!((found(&diffs, "Unit").run.duration_ms, found(&diffs, "Unit").longer_ms), (Some(20_000), None));
}

#[test]
fn what_the_structure_has_no_more_is_still_compared() {
    let mut before = succeeded();
    before.actions.insert(1, ActionRun { stage: "Scan".into(), state: action("Virus", Some("Succeeded"), 8, Some(1)) });
    let diffs = compared(&failed(), &before);
    let virus = found(&diffs, "Virus");
    assert_eq!((virus.run.known, virus.with.known, virus.difference), (Known::NotRun, Known::Ran, Difference::State));
    assert_eq!(diffs.last().unwrap().name, "Scan");
}

#[test]
fn small_differences_are_none() {
    use Difference as D;
    for (by, with, told) in [
        (4_999, 1_000, D::None),
        (5_000, 1_000, D::Longer),
        (-5_000, 1_000, D::Shorter),
        (59_000, 600_000, D::None),
        (60_000, 600_000, D::Longer),
        (i64::from(i32::MAX), 0, D::Longer),
    ] {
        assert_eq!(of_durations(by, with), told, "{by} {with}");
    }
}

#[test]
fn what_is_usual_for_an_action_takes_five_that_ended_well() {
    let mut executions: Vec<ExecutionDetail> = (0..5).map(|_| succeeded()).collect();
    let usual = usual_of_actions(&executions);
    let of = |stage: &str, name: &str| usual.get(&(stage.to_owned(), name.to_owned())).copied();
    assert_eq!(of("Build", "Image"), Some(Usual { median_ms: 80_000, p90_ms: 80_000, runs: 5 }));
    executions.pop();
    executions.push(ExecutionDetail { execution_type: "ROLLBACK".into(), ..succeeded() });
    assert!(usual_of_actions(&executions).is_empty());
}

fn revision(source: &str, id: &str, url: Option<&str>, provider: &str) -> Revision {
    Revision {
        source: source.into(),
        id: id.into(),
        url: url.map(str::to_owned),
        provider: Some(provider.into()),
        ..Revision::default()
    }
}

#[test]
fn revisions_are_the_same_others_new_or_gone() {
    let of = |revisions: &[(&str, &str)]| -> Vec<Revision> {
        revisions.iter().map(|(source, id)| revision(source, id, None, "S3")).collect()
    };
    let commits: Vec<Commit> = [("c3", Some("c2")), ("c2", Some("c1")), ("c1", Some("c0"))]
        .map(|(id, parent)| Commit {
            id: id.into(),
            message: id.into(),
            author: "A".into(),
            at: None,
            parent: parent.map(str::to_owned),
        })
        .into();
    let run = of(&[("App", "c3"), ("Config", "1"), ("New", "x")]);
    let with = of(&[("Config", "1"), ("App", "c1"), ("Old", "y")]);
    let diffs = revisions(&run, &with, |_| &commits);
    let told: Vec<(&str, bool, bool, bool)> =
        diffs.iter().map(|d| (d.source.as_str(), d.same, d.run.is_some(), d.with.is_some())).collect();
    let expected = [
        ("App", false, true, true),
        ("Config", true, true, true),
        ("New", false, true, false),
        ("Old", false, false, true),
    ];
    assert_eq!(told, expected);
    let ids = |c: &Commits| c.commits.iter().map(|c| c.id.clone()).collect::<Vec<_>>().join(" ");
    let between = diffs[0].commits.as_ref().unwrap();
    assert_eq!((between.added, ids(between)), (true, "c3 c2".to_owned()));
    // Back to an earlier one: what is taken away again.
    let back = revisions(&of(&[("App", "c1")]), &of(&[("App", "c3")]), |_| &commits);
    assert!(back[0].commits.as_ref().is_some_and(|c| !c.added && ids(c) == "c3 c2"));
    // A way that is not known whole is none, and neither is one that goes round.
    assert_eq!(revisions(&of(&[("App", "c3")]), &of(&[("App", "other")]), |_| &commits)[0].commits, None);
    let round: Vec<Commit> = commits.iter().map(|c| Commit { parent: Some("c3".into()), ..c.clone() }).collect();
    assert_eq!(revisions(&of(&[("App", "c3")]), &of(&[("App", "other")]), |_| &round)[0].commits, None);
}

#[test]
fn what_lies_between_has_a_page_where_both_are_of_one_repository() {
    const A: &str = "9f3c2e1aa0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5";
    const B: &str = "4be0c7daa0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5";
    let between = |a: &str, b: &str, provider: &str| {
        let of = |id: &str, url: &str| vec![revision("App", id, Some(&url.replace("{}", id)), provider)];
        revisions(&of(A, a), &of(B, b), |_| &[])[0].between_url.clone()
    };
    let hub = "https://github.com/acme/shop/commit/{}";
    assert_eq!(between(hub, hub, "GitHub"), Some(format!("https://github.com/acme/shop/compare/{B}...{A}")));
    let lab = "https://gitlab.example.com/acme/shop/-/commit/{}";
    assert_eq!(between(lab, lab, "GitLab"), Some(format!("https://gitlab.example.com/acme/shop/-/compare/{B}...{A}")));
    let by = "https://eu-west-1.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn=arn&referenceType=COMMIT&FullRepositoryId=acme%2Fshop&Commit={}";
    assert_eq!(between(by, by, "GitHub"), Some(format!("https://github.com/acme/shop/compare/{B}...{A}")));
    assert_eq!(between(by, by, "GitLab"), None, "whose host is not told");
    assert_eq!(between(hub, "https://github.com/acme/other/commit/{}", "GitHub"), None);
    let evil = by.replace("acme%2Fshop", "acme%2Fshop%2F..");
    assert_eq!(between(&evil, &evil, "GitHub"), None);
    let page =
        "https://eu-west-1.console.aws.amazon.com/codesuite/codecommit/repositories/shop/commit/{}?region=eu-west-1";
    assert_eq!(between(page, page, "CodeCommit"), None);
}

//! Runs that failed in every way a pipeline knows, and the sentence a person would say.

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use skydeck_domain::{
    ErrorInfo,
    pipeline::{ActionDef, StageState},
};

use super::*;

fn at(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

fn action(name: &str, category: &str, status: &str, ended: i64, said: Option<&str>) -> ActionState {
    ActionState {
        def: ActionDef {
            name: name.into(),
            category: category.into(),
            provider: if category == "Source" { "GitHub" } else { "CodeBuild" }.into(),
            owner: "AWS".into(),
            run_order: 1,
            region: None,
            account: None,
            subject: None,
        },
        status: Some(status.into()),
        summary: None,
        changed_at: Some(at(ended)),
        started_at: None,
        ended_at: Some(at(ended)),
        external_id: None,
        external_url: Some("javascript:alert(1)".into()),
        entity_url: None,
        revision_id: None,
        error_code: None,
        error_message: said.map(str::to_owned),
        action_execution_id: None,
        percent: None,
    }
}

fn pipeline(stages: Vec<(&str, &str, Vec<ActionState>)>) -> PipelineDetail {
    PipelineDetail {
        pipeline_type: "V2".into(),
        execution_mode: "SUPERSEDED".into(),
        version: 1,
        updated_at: None,
        stages: stages
            .into_iter()
            .map(|(name, status, actions)| StageState {
                name: name.into(),
                status: Some(status.into()),
                execution_id: Some("e".into()),
                inbound_execution_id: None,
                transition_enabled: true,
                transition_reason: None,
                transition_changed_at: None,
                actions,
            })
            .collect(),
        variables: vec![],
        triggers: vec![],
        execution: None,
        missing: vec![],
    }
}

fn execution(status: &str, summary: Option<&str>) -> ExecutionDetail {
    ExecutionDetail {
        pipeline: "web".into(),
        execution_id: "e".into(),
        status: status.into(),
        status_summary: summary.map(str::to_owned),
        execution_type: "STANDARD".into(),
        rollback_of: None,
        execution_mode: None,
        started_at: Some(at(-100)),
        updated_at: Some(at(50)),
        trigger_type: None,
        trigger_by: None,
        pipeline_version: None,
        revisions: vec![],
        actions: vec![],
        actions_whole: false,
    }
}

fn build(phase: &str, status: &str, message: Option<&str>) -> BuildDetail {
    let done = |name: &str, status: &str, message: Option<&str>, from: i64, to: i64| BuildPhase {
        phase: name.into(),
        status: Some(status.into()),
        started_at: Some(at(from)),
        ended_at: Some(at(to)),
        message: message.map(str::to_owned),
    };
    BuildDetail {
        project: "shop-smoke".into(),
        build_id: "shop-smoke:5f0a1b91".into(),
        number: Some(4),
        status: status.into(),
        current_phase: Some("COMPLETED".into()),
        phases: vec![
            done("INSTALL", "SUCCEEDED", None, 0, 2),
            done(phase, status, message, 2, 200),
            done("POST_BUILD", "FAILED", Some("COMMAND_EXECUTION_ERROR: fallout"), 200, 201),
        ],
        source_version: None,
        started_at: Some(at(0)),
        ended_at: Some(at(201)),
        initiator: None,
        log_group: Some("/aws/codebuild/shop-smoke".into()),
        log_stream: Some("5f0a1b91".into()),
        log_url: Some("https://console.example.com/logs".into()),
    }
}

fn tail(lines: &[&str]) -> LogTail {
    LogTail {
        group: "/aws/codebuild/shop-smoke".into(),
        stream: "5f0a1b91".into(),
        lines: lines.iter().enumerate().map(|(i, l)| LogLine { at: at(i as i64), text: (*l).to_owned() }).collect(),
        truncated: false,
        read_at: at(300),
        error: None,
    }
}

const EXIT: &str = "COMMAND_EXECUTION_ERROR: Error while executing command: npm run smoke. Reason: exit status 1";

fn smoke_failed() -> PipelineDetail {
    pipeline(vec![
        ("Source", "Succeeded", vec![action("Git", "Source", "Succeeded", -50, None)]),
        (
            "Deploy",
            "Failed",
            vec![
                action("LoadTest", "Test", "Failed", 30, Some("Build terminated with state: FAILED")),
                action("SmokeTest", "Test", "Failed", 10, Some("Build terminated with state: FAILED")),
            ],
        ),
        ("Verify", "Failed", vec![action("Canary", "Test", "Failed", 1, None)]),
    ])
}

#[test]
fn the_earliest_action_of_the_earliest_stage() {
    let (detail, run) = (smoke_failed(), execution("Failed", None));
    let failing = failing(&detail, &run).unwrap();
    assert_eq!((failing.stage, failing.action.def.name.as_str()), ("Deploy", "SmokeTest"));
}

#[test]
fn down_to_the_log_line() {
    let detail = build("BUILD", "FAILED", Some(EXIT));
    let mut lines = vec!["PASS GET /healthz 200"; 60];
    lines.extend(["FAIL  POST /v1/carts/{id}/coupon", "      expected 200, received 500", "Tests: 1 failed"]);
    let log = tail(&lines);
    let evidence = BuildEvidence { id: "prod/arn:build", detail: &detail, log: Some(&log) };
    let cause = first_cause(&smoke_failed(), &execution("Failed", None), Some(evidence)).unwrap();
    assert_eq!(cause.title, "SmokeTest: POST /v1/carts/{id}/coupon answered 500");
    let path: Vec<(&str, &str)> = cause.path.iter().map(|s| (s.what.as_str(), s.label.as_str())).collect();
    assert_eq!(
        path,
        [("stage", "Deploy"), ("action", "SmokeTest"), ("build", "shop-smoke:5f0a1b91"), ("phase", "BUILD")]
    );
    assert_eq!(cause.path[2].id.as_deref(), Some("prod/arn:build"));
    // A link that is not https is none.
    assert_eq!(cause.path[1].url, None);
    assert_eq!(cause.service, "codebuild");
    assert_eq!(cause.code.as_deref(), Some("COMMAND_EXECUTION_ERROR"));
    assert_eq!(cause.at, Some(at(60)));
    assert!(cause.log_truncated);
    let said: Vec<&str> = cause.hits.iter().map(|h| cause.log[*h as usize].text.trim()).collect();
    assert_eq!(said, ["FAIL  POST /v1/carts/{id}/coupon", "expected 200, received 500"]);
    assert_eq!(cause.log.last().map(|l| l.text.as_str()), Some("Tests: 1 failed"));
}

#[test]
fn a_log_that_is_not_read_yet_leaves_what_the_phase_says() {
    let detail = build("BUILD", "FAILED", Some(EXIT));
    let cause = build_cause(&BuildEvidence { id: "x", detail: &detail, log: None }).unwrap();
    assert_eq!(cause.title, "`npm run smoke` ended with exit status 1");
    assert!(cause.log.is_empty() && cause.hits.is_empty() && !cause.log_truncated);
    let mut log = tail(&[]);
    log.error = Some(ErrorInfo { code: "AccessDeniedException".into(), message: "no".into(), operation: None });
    let cause = build_cause(&BuildEvidence { id: "x", detail: &detail, log: Some(&log) }).unwrap();
    assert_eq!(cause.log_note.as_deref(), Some("AccessDeniedException: no"));
}

#[test]
fn what_aws_itself_says_of_a_phase_beats_the_log() {
    let log = tail(&["Error: something else"]);
    for (phase, status, message, want) in [
        ("DOWNLOAD_SOURCE", "FAILED", Some("CLIENT_ERROR: repository not found"), "repository not found"),
        ("BUILD", "TIMED_OUT", Some("BUILD_TIMED_OUT: Build has timed out."), "BUILD timed out after 3m 18s"),
        ("BUILD", "STOPPED", None, "BUILD was stopped"),
        ("PROVISIONING", "FAULT", None, "PROVISIONING ended with FAULT"),
        ("BUILD", "FAILED", Some(EXIT), "something else"),
    ] {
        let detail = build(phase, status, message);
        let cause = build_cause(&BuildEvidence { id: "x", detail: &detail, log: Some(&log) }).unwrap();
        assert_eq!(cause.title, want, "{phase} {status}");
    }
}

#[test]
fn a_build_that_did_not_fail_has_no_cause() {
    let mut detail = build("BUILD", "SUCCEEDED", None);
    detail.phases.pop();
    assert_eq!(build_cause(&BuildEvidence { id: "x", detail: &detail, log: None }), None);
}

#[test]
fn runs_that_failed_without_a_build() {
    let mut late = action("Manager", "Approval", "Failed", 1, None);
    late.error_code = Some("JobTimedOut".into());
    let mut rejected = action("Manager", "Approval", "Failed", 1, None);
    rejected.summary = Some("쿠폰 검토가\n필요합니다".into());
    for (failed, want) in [
        (rejected, "Manager: rejected: 쿠폰 검토가 필요합니다"),
        (late, "Manager: nobody decided in time"),
        (action("Git", "Source", "Failed", 1, None), "Git: the source could not be read from GitHub"),
        (action("Git", "Source", "Failed", 1, Some("No branch [main] found")), "Git: No branch [main] found"),
        (action("Stack", "Deploy", "Failed", 1, None), "Stack: CodeBuild failed without a message"),
    ] {
        let detail = pipeline(vec![("Stage", "Failed", vec![failed])]);
        let cause = first_cause(&detail, &execution("Failed", None), None).unwrap();
        assert_eq!((cause.title.as_str(), cause.service.as_str()), (want, "codepipeline"));
        assert_eq!(cause.path.len(), 2);
    }
}

#[test]
fn runs_that_no_action_failed() {
    let passed = || vec![action("Git", "Source", "Succeeded", 1, None)];
    let stopped = pipeline(vec![("Source", "Succeeded", passed()), ("Build", "Stopped", vec![])]);
    let cause = first_cause(&stopped, &execution("Stopped", Some("wrong branch")), None).unwrap();
    assert_eq!(cause.title, "Build: stopped: wrong branch");
    let condition = pipeline(vec![("Source", "Succeeded", passed()), ("Deploy", "Failed", vec![])]);
    let cause = first_cause(&condition, &execution("Failed", Some("Condition BEFORE_ENTRY failed")), None).unwrap();
    assert_eq!(cause.title, "Deploy: failed: Condition BEFORE_ENTRY failed");
    for status in ["Succeeded", "InProgress", "Superseded", "Cancelled"] {
        let fine = pipeline(vec![("Source", "Succeeded", passed())]);
        assert_eq!(first_cause(&fine, &execution(status, None), None), None, "{status}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn hostile_text_neither_panics_nor_leaves_the_log(
        texts in prop::collection::vec("\\PC{0,120}|[\u{0}-\u{7f}]{0,60}|Error: .{0,1200}", 0..60),
        message in prop::option::of("\\PC{0,200}|COMMAND_EXECUTION_ERROR:.{0,80}"),
        name in ".{0,100}",
    ) {
        let detail = build("BUILD", "FAILED", message.as_deref());
        let log = tail(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let evidence = BuildEvidence { id: "x", detail: &detail, log: Some(&log) };
        let stages = pipeline(vec![("Deploy", "Failed", vec![action(&name, "Test", "Failed", 1, message.as_deref())])]);
        let cause = first_cause(&stages, &execution("Failed", None), Some(evidence)).unwrap();
        prop_assert!(cause.hits.iter().all(|h| (*h as usize) < cause.log.len()));
        prop_assert!(cause.hits.windows(2).all(|w| w[1] == w[0] + 1));
        prop_assert!(cause.log.iter().all(|l| l.text.chars().count() <= LINE + 1));
        prop_assert!(!cause.title.is_empty() && cause.title.chars().count() <= 60 + 2 + title::LONGEST + 1);
        prop_assert!(!cause.title.contains(|c: char| c.is_control()), "{:?}", cause.title);
    }
}

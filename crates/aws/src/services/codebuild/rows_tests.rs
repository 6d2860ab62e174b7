//! Builds as CodeBuild answers them, with a canary in every place that holds environment values.

use aws_sdk_codebuild::{
    primitives::DateTime,
    types::{
        BuildPhaseType, ComputeType, EnvironmentType, EnvironmentVariable, ExportedEnvironmentVariable, LogsLocation,
        PhaseContext, ProjectEnvironment, SourceType, StatusType,
    },
};

use super::*;

fn environment() -> ProjectEnvironment {
    ProjectEnvironment::builder()
        .r#type(EnvironmentType::LinuxContainer)
        .image("aws/codebuild/standard:7.0")
        .compute_type(ComputeType::BuildGeneral1Small)
        .environment_variables(EnvironmentVariable::builder().name("DB").value("CANARY-env").build().unwrap())
        .build()
        .unwrap()
}

fn failed() -> Build {
    let context = PhaseContext::builder()
        .status_code("COMMAND_EXECUTION_ERROR")
        .message("Error while executing command: npm test. Reason: exit status 1");
    let phase = |kind, status| AwsPhase::builder().phase_type(kind).phase_status(status);
    Build::builder()
        .id("web-build:5f0a")
        .project_name("web-build")
        .build_number(41)
        .build_status(StatusType::Failed)
        .start_time(DateTime::from_secs(1_763_884_800))
        .end_time(DateTime::from_secs(1_763_884_980))
        .initiator("codepipeline/web")
        .resolved_source_version("9f3c2e1")
        .environment(environment())
        .exported_environment_variables(
            ExportedEnvironmentVariable::builder().name("K").value("CANARY-exported").build(),
        )
        .phases(phase(BuildPhaseType::Install, StatusType::Succeeded).build())
        .phases(phase(BuildPhaseType::Build, StatusType::Failed).contexts(context.build()).build())
        .phases(phase(BuildPhaseType::PostBuild, StatusType::Failed).build())
        .logs(
            LogsLocation::builder()
                .group_name("/aws/codebuild/web-build")
                .stream_name("5f0a")
                .deep_link("http://x")
                .build(),
        )
        .build()
}

#[test]
fn a_failed_build_says_which_phase_and_why_and_keeps_no_environment() {
    let detail = build(&failed()).unwrap();
    let (health, _, reason) = judge(&detail);
    assert_eq!((health, reason.as_deref()), (Health::Failed, Some("exit status 1 in phase BUILD")));
    assert_eq!(detail.log_group.as_deref(), Some("/aws/codebuild/web-build"));
    assert_eq!(detail.log_url, None, "not https");
    let kept = serde_json::to_string(&detail).unwrap();
    assert!(!kept.contains("CANARY"), "{kept}");
}

#[test]
fn a_build_is_as_its_status_says() {
    let mut detail = build(&failed()).unwrap();
    for (status, health, aspect) in [
        ("SUCCEEDED", Health::Ok, None),
        ("FAULT", Health::Failed, None),
        ("TIMED_OUT", Health::Failed, None),
        ("STOPPED", Health::Attention, Some(Aspect::Stopped)),
        ("IN_PROGRESS", Health::Running, None),
        ("ODD", Health::Unknown, None),
    ] {
        detail.status = status.into();
        let judged = judge(&detail);
        assert_eq!((judged.0, judged.1), (health, aspect), "{status}");
        assert_eq!(judged.2.is_none(), health == Health::Ok, "a reason whenever it is not ok");
    }
    (detail.status, detail.current_phase) = ("IN_PROGRESS".into(), Some("QUEUED".into()));
    assert_eq!(judge(&detail).1, Some(Aspect::Queued));
}

#[test]
fn a_failure_without_words_still_names_the_phase() {
    let mut detail = build(&failed()).unwrap();
    detail.phases[1].message = None;
    assert_eq!(why(&detail), "FAILED in phase BUILD");
    detail.phases.clear();
    assert_eq!(why(&detail), "It ended FAILED");
}

#[test]
fn a_project_hides_who_it_logs_in_as() {
    let source = ProjectSource::builder().r#type(SourceType::Github).location("https://token@github.com/shop/web.git");
    let aws = Project::builder().name("web-build").source(source.build().unwrap()).environment(environment()).build();
    let detail = project(&aws, None);
    assert_eq!(detail.source_location.as_deref(), Some("https://[hidden]@github.com/shop/web.git"));
    assert!(!serde_json::to_string(&detail).unwrap().contains("CANARY"));
}

//! Answers of AWS for the tests beside: one V2 pipeline `web` with a failed, a waiting and a rolled-back history. Every
//! place that may hold a secret holds a canary.

use aws_sdk_codepipeline::{
    operation::{get_pipeline::GetPipelineOutput, get_pipeline_state::GetPipelineStateOutput},
    primitives::DateTime,
    types::*,
};
use skydeck_domain::{Timestamp, pipeline::ExecutionDetail};

use super::{execution, structure::Structure};

/// The execution that failed in Build.
pub(in super::super) const FAILED: &str = "e2";
/// The execution that went back.
pub(in super::super) const ROLLBACK: &str = "e1";

/// Minute of the sample hour.
pub(in super::super) fn at(minute: i64) -> Timestamp {
    Timestamp::from_timestamp(1_763_884_800 + minute * 60, 0).unwrap()
}

fn aws(minute: i64) -> DateTime {
    DateTime::from_secs(at(minute).timestamp())
}

fn declared(name: &str, category: ActionCategory, provider: &str, configuration: &[(&str, &str)]) -> ActionDeclaration {
    let kind = ActionTypeId::builder().category(category).owner(ActionOwner::Aws).provider(provider).version("1");
    let mut action = ActionDeclaration::builder().name(name).action_type_id(kind.build().unwrap());
    for (key, value) in configuration {
        action = action.configuration(*key, *value);
    }
    let action = action.role_arn("arn:aws:iam::111122223333:role/builds");
    action.region("eu-west-1").configuration("OAuthToken", "CANARY-oauth").build().unwrap()
}

fn stage(name: &str, action: ActionDeclaration) -> StageDeclaration {
    StageDeclaration::builder().name(name).actions(action).build().unwrap()
}

/// `GetPipeline` of `web`.
pub(in super::super) fn get_pipeline() -> GetPipelineOutput {
    let source = [("FullRepositoryId", "shop/web"), ("BranchName", "main"), ("ConnectionArn", "CANARY-connection")];
    let build = [("ProjectName", "web-build"), ("EnvironmentVariables", "[{\"value\":\"CANARY-env\"}]")];
    let approve =
        [("CustomData", "Look at the staging shop first"), ("ExternalEntityLink", "https://staging.example.com/")];
    let deploy = [("ServiceName", "web"), ("ClusterName", "shop")];
    let git = GitConfiguration::builder().source_action_name("Source").push(
        GitPushFilter::builder()
            .branches(GitBranchFilterCriteria::builder().includes("main").excludes("wip/**").build())
            .file_paths(GitFilePathFilterCriteria::builder().includes("src/**").build())
            .build(),
    );
    let trigger = PipelineTriggerDeclaration::builder()
        .provider_type(PipelineTriggerProviderType::CodeStarSourceConnection)
        .git_configuration(git.build().unwrap());
    let variable = PipelineVariableDeclaration::builder().name("CHANNEL").default_value("CANARY-default");
    let pipeline = PipelineDeclaration::builder()
        .name("web")
        .role_arn("arn:aws:iam::111122223333:role/pipeline")
        .pipeline_type(PipelineType::V2)
        .execution_mode(ExecutionMode::Superseded)
        .version(3)
        .stages(stage("Source", declared("Source", ActionCategory::Source, "CodeStarSourceConnection", &source)))
        .stages(stage("Build", declared("Build", ActionCategory::Build, "CodeBuild", &build)))
        .stages(stage("Approve", declared("Approve", ActionCategory::Approval, "Manual", &approve)))
        .stages(stage("Deploy", declared("DeployService", ActionCategory::Deploy, "ECS", &deploy)))
        .variables(variable.build().unwrap())
        .triggers(trigger.build().unwrap());
    let metadata = PipelineMetadata::builder().updated(aws(0)).build();
    GetPipelineOutput::builder().pipeline(pipeline.build().unwrap()).metadata(metadata).build()
}

/// The structure of `web`.
pub(in super::super) fn structure() -> Structure {
    Structure::read(&get_pipeline(), ("111122223333", "eu-west-1")).unwrap()
}

/// One stage of a state, with one action.
pub(in super::super) fn stage_state(
    (stage, action): (&str, &str),
    latest: Option<(&str, StageExecutionStatus)>,
    did: Option<ActionExecution>,
) -> StageState {
    let mut state = StageState::builder()
        .stage_name(stage)
        .inbound_transition_state(TransitionState::builder().enabled(true).build())
        .action_states(ActionState::builder().action_name(action).set_latest_execution(did).build());
    if let Some((execution, status)) = latest {
        state = state.latest_execution(
            StageExecution::builder().pipeline_execution_id(execution).status(status).build().unwrap(),
        );
    }
    state.build()
}

/// An action's latest execution.
pub(in super::super) fn did(id: &str, status: ActionExecutionStatus, minute: i64) -> ActionExecution {
    let error = ErrorDetails::builder().code("JobFailed").message(
        "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, \
         Message: Error while executing command: npm test. Reason: exit status 1",
    );
    let failed = status == ActionExecutionStatus::Failed;
    ActionExecution::builder()
        .action_execution_id(id)
        .status(status)
        .last_status_change(aws(minute))
        .set_error_details(failed.then(|| error.build()))
        .build()
}

fn state(stages: [StageState; 4]) -> GetPipelineStateOutput {
    GetPipelineStateOutput::builder()
        .pipeline_name("web")
        .pipeline_version(3)
        .updated(aws(0))
        .set_stage_states(Some(stages.into()))
        .build()
}

/// `web` failed in Build at minute 14.
pub(in super::super) fn failed_state() -> GetPipelineStateOutput {
    use {ActionExecutionStatus as A, StageExecutionStatus as S};
    state([
        stage_state(("Source", "Source"), Some((FAILED, S::Succeeded)), Some(did("a1", A::Succeeded, 12))),
        stage_state(("Build", "Build"), Some((FAILED, S::Failed)), Some(did("a2", A::Failed, 14))),
        stage_state(("Approve", "Approve"), None, None),
        stage_state(("Deploy", "DeployService"), None, None),
    ])
}

/// `web` waits in Approve since minute 16, with a token.
pub(in super::super) fn waiting_state() -> GetPipelineStateOutput {
    use {ActionExecutionStatus as A, StageExecutionStatus as S};
    let mut waits = did("a3", A::InProgress, 16);
    waits.token = Some("CANARY-approval-token".into());
    state([
        stage_state(("Source", "Source"), Some((FAILED, S::Succeeded)), Some(did("a1", A::Succeeded, 12))),
        stage_state(("Build", "Build"), Some((FAILED, S::Succeeded)), Some(did("a2", A::Succeeded, 14))),
        stage_state(("Approve", "Approve"), Some((FAILED, S::InProgress)), Some(waits)),
        stage_state(("Deploy", "DeployService"), None, None),
    ])
}

/// `ListPipelineExecutions` of `web`, as rows keep them: the failed one, then the one that went back.
pub(in super::super) fn executions(structure: Option<&Structure>) -> Vec<ExecutionDetail> {
    let failed = PipelineExecutionSummary::builder()
        .pipeline_execution_id(FAILED)
        .status(PipelineExecutionStatus::Failed)
        .start_time(aws(11))
        .last_update_time(aws(14))
        .trigger(
            ExecutionTrigger::builder()
                .trigger_type(TriggerType::StartPipelineExecution)
                .trigger_detail("arn:aws:sts::111122223333:assumed-role/Admin/jane")
                .build(),
        )
        .source_revisions(
            SourceRevision::builder()
                .action_name("Source")
                .revision_id("9f3c2e1aa0b1c2d3e4f5061728394a5b6c7d8e9f")
                .revision_summary(r#"{"ProviderType":"GitHub","CommitMessage":"Apply coupon before tax"}"#)
                .revision_url("https://github.com/shop/web/commit/9f3c2e1")
                .build()
                .unwrap(),
        );
    let back = PipelineExecutionSummary::builder()
        .pipeline_execution_id(ROLLBACK)
        .status(PipelineExecutionStatus::Succeeded)
        .start_time(aws(1))
        .last_update_time(aws(2))
        .execution_type(ExecutionType::Rollback)
        .rollback_metadata(PipelineRollbackMetadata::builder().rollback_target_pipeline_execution_id("e0").build());
    [failed.build(), back.build()].iter().filter_map(|s| execution::detail(s, "web", structure)).collect()
}

/// `ListActionExecutions` of the failed execution, newest first, with a canary in every place for variables.
pub(in super::super) fn action_executions() -> Vec<ActionExecutionDetail> {
    let detail = |id: &str, stage: &str, action: &str, minute: i64| {
        ActionExecutionDetail::builder()
            .pipeline_execution_id(FAILED)
            .action_execution_id(id)
            .pipeline_version(3)
            .stage_name(stage)
            .action_name(action)
            .start_time(aws(minute))
            .last_update_time(aws(minute + 1))
            .input(
                ActionExecutionInput::builder()
                    .configuration("Token", "CANARY-configuration")
                    .resolved_configuration("Token", "CANARY-resolved")
                    .build(),
            )
    };
    let output = |result: ActionExecutionResult| {
        ActionExecutionOutput::builder().execution_result(result).output_variables("KEY", "CANARY-output").build()
    };
    let failed = ActionExecutionResult::builder()
        .external_execution_id("web-build:5f0a")
        .external_execution_summary("Build FAILED, token=CANARY-summary")
        .error_details(ErrorDetails::builder().code("JobFailed").message("password=CANARY-message").build());
    let well = ActionExecutionResult::builder().external_execution_id("9f3c2e1");
    vec![
        detail("a2", "Build", "Build", 13).status(ActionExecutionStatus::Failed).output(output(failed.build())).build(),
        detail("a1", "Source", "Source", 11)
            .status(ActionExecutionStatus::Succeeded)
            .output(output(well.build()))
            .build(),
    ]
}

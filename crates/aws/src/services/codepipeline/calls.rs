//! The reading calls to CodePipeline, each paged as far as its caller needs, and nothing but the calls.

use aws_sdk_codepipeline::{
    Client,
    operation::{
        get_pipeline::GetPipelineOutput, get_pipeline_execution::GetPipelineExecutionOutput,
        get_pipeline_state::GetPipelineStateOutput,
    },
    types::{
        ActionExecutionDetail, ActionExecutionFilter, PipelineExecutionFilter, PipelineExecutionSummary,
        PipelineSummary, SucceededInStageFilter,
    },
};

use crate::{AwsError, session::Caller};

/// No account has this many pages of pipelines; a token that repeats would otherwise be followed for ever.
const MOST_PAGES: usize = 100;

/// CodePipeline, through one caller.
pub(super) struct Calls<'a> {
    caller: &'a Caller,
    client: Client,
}

impl<'a> Calls<'a> {
    pub(super) fn new(caller: &'a Caller) -> Self {
        Calls { caller, client: caller.client(Client::new) }
    }

    /// Every pipeline, or an error: never a part of them.
    pub(super) async fn pipelines(&self) -> Result<Vec<PipelineSummary>, AwsError> {
        let (mut found, mut token) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = || self.client.list_pipelines().max_results(1000).set_next_token(token.clone()).send();
            let out = self.caller.call("ListPipelines", page).await?;
            found.extend(out.pipelines.unwrap_or_default());
            if out.next_token.is_none() {
                return Ok(found);
            }
            if out.next_token == token {
                break;
            }
            token = out.next_token;
        }
        Err(self.caller.refused("EndlessList", "The list of pipelines does not end: its next page is itself.".into()))
    }

    /// The state of a pipeline's stages.
    pub(super) async fn state(&self, pipeline: &str) -> Result<GetPipelineStateOutput, AwsError> {
        self.caller.call("GetPipelineState", || self.client.get_pipeline_state().name(pipeline).send()).await
    }

    /// A pipeline's structure.
    pub(super) async fn structure(&self, pipeline: &str) -> Result<GetPipelineOutput, AwsError> {
        self.caller.call("GetPipeline", || self.client.get_pipeline().name(pipeline).send()).await
    }

    /// The newest executions, newest first, at most 100.
    pub(super) async fn executions(
        &self,
        pipeline: &str,
        most: i32,
    ) -> Result<Vec<PipelineExecutionSummary>, AwsError> {
        let list = || self.client.list_pipeline_executions().pipeline_name(pipeline).max_results(most).send();
        let out = self.caller.call("ListPipelineExecutions", list).await?;
        Ok(out.pipeline_execution_summaries.unwrap_or_default())
    }

    /// The newest executions that succeeded in a stage, at most 100.
    pub(super) async fn succeeded_in(
        &self,
        pipeline: &str,
        stage: &str,
    ) -> Result<Vec<PipelineExecutionSummary>, AwsError> {
        let in_stage = SucceededInStageFilter::builder().stage_name(stage).build();
        let filter = PipelineExecutionFilter::builder().succeeded_in_stage(in_stage).build();
        let list = || {
            let request = self.client.list_pipeline_executions().pipeline_name(pipeline);
            request.max_results(100).filter(filter.clone()).send()
        };
        let out = self.caller.call("ListPipelineExecutions", list).await?;
        Ok(out.pipeline_execution_summaries.unwrap_or_default())
    }

    /// One execution.
    pub(super) async fn execution(
        &self,
        pipeline: &str,
        execution: &str,
    ) -> Result<GetPipelineExecutionOutput, AwsError> {
        let get = || {
            let request = self.client.get_pipeline_execution().pipeline_name(pipeline);
            request.pipeline_execution_id(execution).send()
        };
        self.caller.call("GetPipelineExecution", get).await
    }

    /// Every action execution of one execution, newest first, or an error: never a part of them.
    pub(super) async fn actions_of(
        &self,
        pipeline: &str,
        execution: &str,
    ) -> Result<Vec<ActionExecutionDetail>, AwsError> {
        let filter = ActionExecutionFilter::builder().pipeline_execution_id(execution).build();
        let (mut found, mut token) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = || {
                let request = self.client.list_action_executions().pipeline_name(pipeline).max_results(100);
                request.filter(filter.clone()).set_next_token(token.clone()).send()
            };
            let out = self.caller.call("ListActionExecutions", page).await?;
            found.extend(out.action_execution_details.unwrap_or_default());
            if out.next_token.is_none() {
                return Ok(found);
            }
            if out.next_token == token {
                break;
            }
            token = out.next_token;
        }
        Err(self.caller.refused("EndlessList", "The list of actions does not end: its next page is itself.".into()))
    }

    /// The newest action executions, newest first, at most 100; of one execution, or of all.
    pub(super) async fn actions(
        &self,
        pipeline: &str,
        execution: Option<&str>,
    ) -> Result<Vec<ActionExecutionDetail>, AwsError> {
        let filter = execution.map(|id| ActionExecutionFilter::builder().pipeline_execution_id(id).build());
        let list = || {
            let request = self.client.list_action_executions().pipeline_name(pipeline);
            request.max_results(100).set_filter(filter.clone()).send()
        };
        let out = self.caller.call("ListActionExecutions", list).await?;
        Ok(out.action_execution_details.unwrap_or_default())
    }
}

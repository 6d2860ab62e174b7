//! CodePipeline.
//!
//! Reads: `ListPipelines` (all of them; names, versions, types), `GetPipelineState` (one a pipeline, each time),
//! `GetPipeline` (only when the structure is new or changed), `ListPipelineExecutions` (only when the stages hold other
//! executions than before), `ListActionExecutions` (of the execution shown, while it runs or after it failed; of another one when it is compared), and
//! for plans and followers `GetPipelineExecution`.
//!
//! Acts: `StartPipelineExecution`, `RetryStageExecution`, `StopPipelineExecution`, `RollbackStage`, `PutApprovalResult`,
//! `DisableStageTransition`, `EnableStageTransition`.
//!
//! Action configurations, output variables and approval tokens never leave the function that reads them.

mod acts;
mod calls;
mod ids;
mod offers;
mod read;
mod rows;

use std::time::Duration;

use async_trait::async_trait;
use skydeck_domain::{ActionRecord, Plan, Resource, Verb, pipeline::RunActions};

use crate::{
    AwsError,
    service::{
        ActCtx, Ask, Draft, Found, Life, Operation, Pace, Practice, Progress, ReadCtx, Receipt, Request, Service, Sink,
        Spec, VerbSpec,
    },
};

/// Id of the service.
const ID: &str = "codepipeline";

const fn reads(name: &'static str, permission: &'static str) -> Operation {
    Operation { name, permission, mutates: false, rate: None }
}

const fn mutates(name: &'static str, permission: &'static str) -> Operation {
    Operation { name, permission, mutates: true, rate: None }
}

static SPEC: Spec = Spec {
    id: ID,
    title: "CodePipeline",
    endpoint_prefix: "codepipeline",
    practice: Practice::CiCd,
    life: Life::Active,
    global: false,
    operations: &[
        reads("ListPipelines", "codepipeline:ListPipelines"),
        reads("GetPipelineState", "codepipeline:GetPipelineState"),
        reads("GetPipeline", "codepipeline:GetPipeline"),
        reads("ListPipelineExecutions", "codepipeline:ListPipelineExecutions"),
        reads("ListActionExecutions", "codepipeline:ListActionExecutions"),
        reads("GetPipelineExecution", "codepipeline:GetPipelineExecution"),
        mutates("StartPipelineExecution", "codepipeline:StartPipelineExecution"),
        mutates("RetryStageExecution", "codepipeline:RetryStageExecution"),
        mutates("StopPipelineExecution", "codepipeline:StopPipelineExecution"),
        mutates("RollbackStage", "codepipeline:RollbackStage"),
        mutates("PutApprovalResult", "codepipeline:PutApprovalResult"),
        mutates("DisableStageTransition", "codepipeline:DisableStageTransition"),
        mutates("EnableStageTransition", "codepipeline:EnableStageTransition"),
    ],
    kinds: &["codepipeline.pipeline", "codepipeline.execution", "codepipeline.approval"],
    items: Some("codepipeline.pipeline"),
    pace: Pace { items_at_rest: true, changes: Duration::from_secs(60), all: Duration::from_secs(15 * 60) },
};

/// The service.
#[derive(Debug)]
pub struct CodePipeline;

#[async_trait]
impl Service for CodePipeline {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn verbs(&self) -> &'static [VerbSpec] {
        acts::VERBS
    }

    fn offers(&self, row: &Resource) -> Vec<Verb> {
        offers::offers(row)
    }

    async fn collect(&self, ctx: &ReadCtx, ask: Ask, sink: &dyn Sink) -> Result<(), AwsError> {
        read::collect(ctx, ask, sink).await
    }

    async fn run_actions(&self, ctx: &ReadCtx, row: &Resource, execution: &str) -> Result<RunActions, AwsError> {
        read::run_actions(ctx, row, execution).await
    }

    async fn plan(&self, ctx: &ReadCtx, request: &Request) -> Result<Draft, AwsError> {
        acts::plan(ctx, request).await
    }

    async fn call(&self, ctx: &ActCtx, request: &Request, plan: &Plan) -> Result<Receipt, AwsError> {
        acts::call(ctx, request, plan).await
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        acts::follow(ctx, record).await
    }

    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        acts::find_out(ctx, record).await
    }
}

//! CodePipeline.
//!
//! Reads: `ListPipelines` (all of them; names, versions, types), `GetPipelineState` (one a pipeline, each time),
//! `GetPipeline` (only when the structure is new or changed), `ListPipelineExecutions` (only when the stages hold other
//! executions than before), `ListActionExecutions` (only of the execution shown, while it runs or after it failed), and
//! for plans and followers `GetPipelineExecution`.
//!
//! Action configurations, output variables and approval tokens never leave the function that reads them.

mod calls;
mod ids;
mod read;
mod rows;

use std::time::Duration;

use crate::{
    AwsError,
    service::{Ask, Life, Operation, Pace, Practice, ReadCtx, Service, Sink, Spec},
};
use async_trait::async_trait;

/// Id of the service.
const ID: &str = "codepipeline";

const fn reads(name: &'static str, permission: &'static str) -> Operation {
    Operation { name, permission, mutates: false, rate: None }
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
    ],
    kinds: &["codepipeline.pipeline", "codepipeline.execution", "codepipeline.approval"],
    items: Some("codepipeline.pipeline"),
    pace: Pace { changes: Duration::from_secs(60), all: Duration::from_secs(15 * 60) },
};

/// The service.
#[derive(Debug)]
pub struct CodePipeline;

#[async_trait]
impl Service for CodePipeline {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn collect(&self, ctx: &ReadCtx, ask: Ask, sink: &dyn Sink) -> Result<(), AwsError> {
        read::collect(ctx, ask, sink).await
    }
}

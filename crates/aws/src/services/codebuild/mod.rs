//! CodeBuild.
//!
//! Reads: `ListProjects` with `BatchGetProjects` (the inventory), `ListBuilds` (the newest hundred) with `BatchGetBuilds`
//! of those that are new or not over, and of those that pipelines point at; for projects that are new here and have no build
//! among them, further pages of `ListBuilds` or `ListBuildsForProject`, once, whichever takes fewer calls; the latter also
//! for finding out; the end of a build's log by `logs:GetLogEvents`.
//!
//! Acts: `RetryBuild`, `StopBuild`.
//!
//! Environment variables, of projects and of builds, are dropped as soon as the answer is read: they hold secrets.

mod acts;
mod calls;
mod read;
mod rows;

use std::time::Duration;

use async_trait::async_trait;
use skydeck_domain::{ActionRecord, Plan, Resource, Verb, build::BuildDetail, log::LogTail};

use super::logs;
use crate::{
    AwsError,
    service::{
        ActCtx, Ask, Draft, Found, Life, Operation, Pace, Practice, Progress, ReadCtx, Receipt, Request, Service, Sink,
        Spec, VerbSpec,
    },
};

/// Id of the service.
const ID: &str = "codebuild";

const fn operation(name: &'static str, permission: &'static str, mutates: bool) -> Operation {
    Operation { name, permission, mutates, rate: None }
}

static SPEC: Spec = Spec {
    id: ID,
    title: "CodeBuild",
    endpoint_prefix: "codebuild",
    practice: Practice::CiCd,
    life: Life::Active,
    global: false,
    operations: &[
        operation("ListProjects", "codebuild:ListProjects", false),
        operation("BatchGetProjects", "codebuild:BatchGetProjects", false),
        operation("ListBuilds", "codebuild:ListBuilds", false),
        operation("ListBuildsForProject", "codebuild:ListBuildsForProject", false),
        operation("BatchGetBuilds", "codebuild:BatchGetBuilds", false),
        operation("RetryBuild", "codebuild:RetryBuild", true),
        operation("StopBuild", "codebuild:StopBuild", true),
        logs::GET_LOG_EVENTS,
    ],
    kinds: &["codebuild.project", "codebuild.build"],
    items: None,
    pace: Pace { items_at_rest: false, changes: Duration::from_secs(60), all: Duration::from_secs(15 * 60) },
};

/// The service.
#[derive(Debug)]
pub struct CodeBuild;

#[async_trait]
impl Service for CodeBuild {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn verbs(&self) -> &'static [VerbSpec] {
        acts::VERBS
    }

    fn offers(&self, row: &Resource) -> Vec<Verb> {
        acts::offers(row)
    }

    async fn collect(&self, ctx: &ReadCtx, ask: Ask, sink: &dyn Sink) -> Result<(), AwsError> {
        read::collect(ctx, ask, sink).await
    }

    async fn plan(&self, ctx: &ReadCtx, request: &Request) -> Result<Draft, AwsError> {
        acts::plan(ctx, request).await
    }

    async fn call(&self, ctx: &ActCtx, request: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        acts::call(ctx, request).await
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        acts::follow(ctx, record).await
    }

    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        acts::find_out(ctx, record).await
    }

    async fn log_tail(&self, ctx: &ReadCtx, row: &Resource, lines: u32) -> Result<Option<LogTail>, AwsError> {
        let Some(build) = row.detail::<BuildDetail>() else { return Ok(None) };
        let Some((group, stream)) = build.log_group.zip(build.log_stream) else { return Ok(None) };
        logs::tail(ctx, &group, &stream, lines).await.map(Some)
    }
}

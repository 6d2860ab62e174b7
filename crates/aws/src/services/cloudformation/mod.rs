//! CloudFormation, and what CDK leaves in it.
//!
//! Reads: `DescribeStacks` (the list tells all that a row needs, so that a quiet stack is never asked for by itself). Of a
//! stack that is new or has moved: `DescribeStackEvents` back to the beginning of its latest operation, and `GetTemplate`,
//! which the ledger keeps, and `ListChangeSets` with `DescribeChangeSet`. Of one that somebody looks at, besides: `ListStackResources`,
//! `DescribeStackResourceDrifts` where drift was found, `ListImports` of its exports. Stack sets with their instances and
//! operations: `ListStackSets`, `ListStackInstances`, `ListStackSetOperations`, on a full read.
//!
//! Acts: change sets (made, executed, discarded), cancel, continue and roll back, drift detection, termination protection,
//! operations of stack sets.
//!
//! Parameters with `NoEcho` come as `****`. That is not relied on: values of parameters and outputs are kept only once the
//! template has told which of them are hidden, or repeat one that is. A template is kept exactly as AWS has it: going back to it would else lie.
//!
//! Deliberately not here: what events come to (`insight::stack`), what a template says (`insight::template`), the CDK CLI.

mod acts;
mod calls;
mod read;
mod rows;
mod template;

use std::time::Duration;

use async_trait::async_trait;
use skydeck_domain::{ActionRecord, Plan, Resource, Verb};

use crate::{
    AwsError,
    service::{
        ActCtx, Ask, Draft, Found, Life, Operation, Pace, Practice, Progress, ReadCtx, Receipt, Request, Service, Sink,
        Spec, VerbSpec,
    },
};

/// Id of the service.
const ID: &str = "cloudformation";

const fn reads(name: &'static str, permission: &'static str) -> Operation {
    Operation { name, permission, mutates: false, rate: None }
}

const fn acts_by(name: &'static str, permission: &'static str) -> Operation {
    Operation { name, permission, mutates: true, rate: None }
}

static SPEC: Spec = Spec {
    id: ID,
    title: "CloudFormation",
    endpoint_prefix: "cloudformation",
    practice: Practice::InfrastructureAsCode,
    life: Life::Active,
    global: false,
    operations: &[
        reads("DescribeStacks", "cloudformation:DescribeStacks"),
        reads("DescribeStackEvents", "cloudformation:DescribeStackEvents"),
        reads("GetTemplate", "cloudformation:GetTemplate"),
        reads("ListStackResources", "cloudformation:ListStackResources"),
        reads("ListChangeSets", "cloudformation:ListChangeSets"),
        reads("DescribeChangeSet", "cloudformation:DescribeChangeSet"),
        reads("DescribeStackResourceDrifts", "cloudformation:DescribeStackResourceDrifts"),
        reads("DescribeStackDriftDetectionStatus", "cloudformation:DescribeStackDriftDetectionStatus"),
        reads("ListImports", "cloudformation:ListImports"),
        reads("ListStackSets", "cloudformation:ListStackSets"),
        reads("ListStackInstances", "cloudformation:ListStackInstances"),
        reads("ListStackSetOperations", "cloudformation:ListStackSetOperations"),
        reads("DescribeStackSetOperation", "cloudformation:DescribeStackSetOperation"),
        acts_by("CreateChangeSet", "cloudformation:CreateChangeSet"),
        acts_by("ExecuteChangeSet", "cloudformation:ExecuteChangeSet"),
        acts_by("DeleteChangeSet", "cloudformation:DeleteChangeSet"),
        acts_by("CancelUpdateStack", "cloudformation:CancelUpdateStack"),
        acts_by("ContinueUpdateRollback", "cloudformation:ContinueUpdateRollback"),
        acts_by("RollbackStack", "cloudformation:RollbackStack"),
        acts_by("DetectStackDrift", "cloudformation:DetectStackDrift"),
        acts_by("UpdateTerminationProtection", "cloudformation:UpdateTerminationProtection"),
        acts_by("StopStackSetOperation", "cloudformation:StopStackSetOperation"),
        acts_by("UpdateStackInstances", "cloudformation:UpdateStackInstances"),
    ],
    kinds: &["cloudformation.stack", "cloudformation.change-set", "cloudformation.stack-set"],
    items: Some("cloudformation.stack"),
    pace: Pace { items_at_rest: false, changes: Duration::from_secs(60), all: Duration::from_secs(15 * 60) },
};

/// The service.
#[derive(Debug)]
pub struct CloudFormation;

#[async_trait]
impl Service for CloudFormation {
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

    fn goes_by_templates(&self, verb: &str) -> bool {
        verb == acts::REVERT
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

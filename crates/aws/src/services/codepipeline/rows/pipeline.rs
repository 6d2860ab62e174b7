//! A pipeline's row, put together from what was read of it: the listing, the structure, the state, executions, actions.

use aws_sdk_codepipeline::types::PipelineSummary;
use skydeck_domain::{
    Detail, ErrorInfo, Health, Link, Resource, Timestamp,
    pipeline::{ActionDef, ExecutionDetail, PipelineDetail, StageState},
};

use super::{
    judge::{self, Verdict},
    stage,
    structure::Structure,
};
use crate::{
    services::{codepipeline::ids, instant, partition},
    session::Caller,
};

/// What `ListPipelines` tells of a pipeline.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    /// Name.
    pub name: String,
    /// Version of the structure.
    pub version: i32,
    /// Last change of the structure.
    pub updated_at: Option<Timestamp>,
    /// `V1` or `V2`, where told.
    pub pipeline_type: Option<String>,
    /// Mode, where told.
    pub execution_mode: Option<String>,
}

impl Listed {
    /// As AWS lists it.
    pub(crate) fn read(summary: &PipelineSummary) -> Option<Listed> {
        Some(Listed {
            name: summary.name()?.to_owned(),
            version: summary.version().unwrap_or_default(),
            updated_at: instant::maybe(summary.updated()),
            pipeline_type: summary.pipeline_type().map(|t| t.as_str().to_owned()),
            execution_mode: summary.execution_mode().map(|m| m.as_str().to_owned()),
        })
    }

    /// As the row knew it.
    pub(crate) fn known(name: &str, detail: Option<&PipelineDetail>) -> Listed {
        Listed {
            name: name.to_owned(),
            version: detail.map_or(0, |d| d.version),
            updated_at: detail.and_then(|d| d.updated_at),
            pipeline_type: detail.map(|d| d.pipeline_type.clone()),
            execution_mode: detail.map(|d| d.execution_mode.clone()),
        }
    }
}

/// All that is known of a pipeline at one moment of reading it.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// Listing; version and last change as the newest answer tells them.
    pub listed: Listed,
    /// Structure, if read now or before.
    pub structure: Option<Structure>,
    /// Stages; none if their state could not be read, now or ever.
    pub stages: Option<Vec<StageState>>,
    /// Executions, newest first.
    pub executions: Vec<ExecutionDetail>,
    /// Whether the executions are as new as the stages.
    pub whole: bool,
    /// What could not be read.
    pub missing: Vec<ErrorInfo>,
}

impl Known {
    /// The stages to show and the verdict on them.
    pub(crate) fn judge(&self) -> (Vec<StageState>, Verdict) {
        let mut stages =
            self.stages.clone().or_else(|| self.structure.as_ref().map(stage::declared)).unwrap_or_default();
        for execution in &self.executions {
            if let Some(at) = execution.started_at {
                stage::clear_leftovers(&mut stages, &execution.execution_id, at);
            }
        }
        let mut verdict = judge::pipeline(&stages, &self.executions, self.whole);
        if let Some(shown) = self.shown(&verdict)
            && !stage::is_behind(&shown.actions, &stages, &shown.execution_id)
        {
            stage::lay_over(&mut stages, &shown.execution_id, &shown.actions);
        }
        if verdict.execution.is_none()
            && let Some(missing) = self.missing.first()
        {
            verdict.reason = Some(format!("Its state could not be read: {}", missing.code));
        }
        (stages, verdict)
    }

    /// The execution that a verdict is about, if more than its id is known.
    fn shown(&self, verdict: &Verdict) -> Option<&ExecutionDetail> {
        let id = verdict.execution.as_ref()?;
        self.executions.iter().find(|e| e.execution_id == *id)
    }

    /// The row's detail and the verdict it shows.
    pub(crate) fn detail(&self) -> (PipelineDetail, Verdict) {
        let (stages, verdict) = self.judge();
        let shown = self.shown(&verdict);
        let detail = PipelineDetail {
            pipeline_type: self.word(|s| &s.pipeline_type, &self.listed.pipeline_type, "V1"),
            execution_mode: self.word(|s| &s.execution_mode, &self.listed.execution_mode, "SUPERSEDED"),
            version: self.listed.version,
            updated_at: self.listed.updated_at,
            stages,
            variables: self.structure.as_ref().map(|s| s.variables.clone()).unwrap_or_default(),
            triggers: self.structure.as_ref().map(|s| s.triggers.clone()).unwrap_or_default(),
            execution: shown.map(|e| ExecutionDetail { status: verdict.status.clone(), ..e.clone() }),
            missing: self.missing.clone(),
        };
        (detail, verdict)
    }

    /// The row.
    pub(crate) fn row(&self, caller: &Caller, read_at: Timestamp) -> Resource {
        let (detail, verdict) = self.detail();
        let name = &self.listed.name;
        let arn = ids::pipeline_arn(caller, name);
        Resource {
            id: Resource::make_id(&caller.profile, Some(&arn), &caller.region, PipelineDetail::KIND, name),
            arn: Some(arn),
            kind: PipelineDetail::KIND.into(),
            service: super::super::ID.into(),
            name: name.clone(),
            profile: caller.profile.clone(),
            account: caller.account.clone(),
            region: caller.region.clone(),
            status: verdict.status,
            health: verdict.health,
            aspect: verdict.aspect,
            reason: verdict.reason.filter(|_| verdict.health != Health::Ok),
            since: verdict.since,
            read_at,
            tags: Default::default(),
            detail: serde_json::to_value(&detail).unwrap_or_default(),
        }
    }

    /// What it points at: the stacks that its actions deploy, each by the ARN of its name (`…:stack/<name>`), since the
    /// structure tells no more.
    pub(crate) fn links(&self, caller: &Caller) -> Vec<Link> {
        let actions = self.structure.iter().flat_map(|s| &s.stages).flat_map(|s| &s.actions);
        let from = Resource::make_id(
            &caller.profile,
            Some(&ids::pipeline_arn(caller, &self.listed.name)),
            &caller.region,
            PipelineDetail::KIND,
            &self.listed.name,
        );
        let link = |def: &ActionDef| {
            let stack = def.subject.as_ref().filter(|_| def.provider == "CloudFormation")?;
            let region = def.region.as_ref().unwrap_or(&caller.region);
            let account = def.account.as_ref().unwrap_or(&caller.account);
            let to_arn = format!("arn:{}:cloudformation:{region}:{account}:stack/{stack}", partition(region));
            Some(Link { from: from.clone(), to_arn, rel: "deploys".into() })
        };
        actions.filter_map(link).collect()
    }

    fn word(&self, of: fn(&Structure) -> &String, listed: &Option<String>, default: &str) -> String {
        listed.clone().or_else(|| self.structure.as_ref().map(of).cloned()).unwrap_or_else(|| default.to_owned())
    }
}

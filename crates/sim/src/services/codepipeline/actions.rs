//! ListActionExecutions, and what a run of an action left behind.

use serde_json::{Map, Value, json};

use super::{Call, answer};
use crate::{
    service::ApiError,
    world::{
        noise,
        pipeline::{ActionRun, Execution, PipelineRef, Status},
        place::Place,
        project::{Build, BuildFate, Trouble},
        provider::{External, Provider, cut},
        structure::ActionDef,
        time::seconds,
    },
};

/// What can be told of a run.
pub(super) struct Outcome {
    pub(super) summary: Option<String>,
    pub(super) external: Option<External>,
    pub(super) error: Option<(&'static str, String)>,
}

impl Call<'_> {
    pub(super) fn list_action_executions(&self) -> Result<Value, ApiError> {
        let p = self.find("pipelineName")?;
        let pipeline = self.world.pipeline(p);
        let filter = self.request.input.get("filter");
        let one = filter.and_then(|f| f["pipelineExecutionId"].as_str());
        let latest = filter.and_then(|f| f["latestInPipelineExecution"]["pipelineExecutionId"].as_str());
        if one.is_some() && latest.is_some() {
            return Err(ApiError::client(
                "ValidationException",
                "Only one of pipelineExecutionId and latestInPipelineExecution can be specified in the filter",
            ));
        }
        let only = match one.or(latest) {
            Some(id) => Some(self.execution(pipeline, id)? as usize),
            None => None,
        };
        let newest_of_each = latest.is_some()
            && filter.and_then(|f| f["latestInPipelineExecution"]["startTimeRange"].as_str()) == Some("Latest");
        let filters = format!("{} {} {}", pipeline.name, one.unwrap_or_default(), latest.unwrap_or_default());
        let after = self.go_on_after(&filters)?.and_then(|key| {
            let (execution, run) = key.split_once('.')?;
            Some((execution.parse::<usize>().ok()?, run.parse::<usize>().ok()?))
        });
        let limit = self.limit(100);
        let executions = only.map_or(0..pipeline.executions.len(), |n| n..n + 1);
        let mut rest = executions
            .rev()
            .flat_map(|n| (0..pipeline.executions[n].runs.len()).rev().map(move |run| (n, run)))
            .filter(|position| after.is_none_or(|a| *position < a))
            .filter(|(n, run)| {
                let e = &pipeline.executions[*n];
                let r = &e.runs[*run];
                // A list that is behind does not show what began since.
                r.started <= self.now - self.request.behind
                    && (!newest_of_each
                        || e.latest_run(usize::from(r.stage), usize::from(r.action)).is_some_and(|(at, _)| at == *run))
            });
        let page: Vec<(usize, usize)> = rest.by_ref().take(limit).collect();
        let more = rest.next().is_some();
        let token = page.last().filter(|_| more).map(|(n, run)| self.token_after(&filters, &format!("{n}.{run}")));
        let details: Vec<Value> = page.iter().map(|(n, run)| self.detail(p, &pipeline.executions[*n], *run)).collect();
        Ok(answer(json!({ "actionExecutionDetails": details, "nextToken": token })))
    }

    fn detail(&self, p: PipelineRef, e: &Execution, run: usize) -> Value {
        let pipeline = self.world.pipeline(p);
        let place = self.place(p);
        let r = &e.runs[run];
        let stage = &pipeline.structure_of(e).stages[usize::from(r.stage)];
        let action = &stage.actions[usize::from(r.action)];
        let setting = self.setting(p, action);
        let configuration: Map<String, Value> =
            setting.configuration().into_iter().map(|(k, v)| (k.to_owned(), v.into())).collect();
        let result = self.result_of(p, action, e, run);
        let bucket = format!("codepipeline-{}-{}", place.region, place.account);
        let artifact = |name: String| {
            let key = format!("{}/{name}/{}", cut(&pipeline.name, 20), noise::base32(e.run_id(run).key(), 7));
            json!([{ "name": name, "s3location": { "bucket": bucket, "key": key } }])
        };
        let done = r.status == Status::Succeeded;
        let outputs = match action.category {
            "Source" if done => artifact(format!("{}Output", action.name)),
            "Build" if done => artifact("BuildOutput".to_owned()),
            _ => json!([]),
        };
        let inputs = match action.category {
            "Build" => artifact("SourceOutput".to_owned()),
            "Deploy" | "Test" => artifact("BuildOutput".to_owned()),
            _ => json!([]),
        };
        let commit = (action.category == "Source").then(|| self.revision_of(e, usize::from(r.action))).flatten();
        let (there, build) = self.build_of(p, action, r);
        let build = build.map(|b| there.build_name(b));
        let variables: Map<String, Value> = if done {
            setting
                .output_variables(commit, build.as_deref())
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v.into()))
                .collect()
        } else {
            Map::new()
        };
        // … and of what ended since, not that it did.
        let runs = r.status == Status::InProgress || r.ends > self.now - self.request.behind;
        let by = r.answer.as_ref().filter(|_| !runs).map(|a| a.by.clone());
        answer(json!({
            "pipelineExecutionId": e.id.to_string(),
            "actionExecutionId": e.run_id(run).to_string(),
            "pipelineVersion": e.version,
            "stageName": stage.name,
            "actionName": action.name,
            "startTime": seconds(r.started),
            "lastUpdateTime": seconds(if runs { r.started } else { r.ends }),
            "updatedBy": by,
            "status": if runs { Status::InProgress } else { r.status }.word(),
            "input": answer(json!({
                "actionTypeId": {
                    "category": action.category, "owner": action.provider.owner(),
                    "provider": action.provider.name(), "version": "1",
                },
                "configuration": configuration.clone(),
                "roleArn": action.role_arn(),
                "resolvedConfiguration": configuration,
                "region": place.region,
                "inputArtifacts": inputs,
                "namespace": if action.category == "Source" || action.category == "Build" { json!(action.namespace()) } else { Value::Null },
            })),
            "output": answer(json!({
                "outputArtifacts": outputs,
                "executionResult": answer(json!({
                    "externalExecutionId": result.external.as_ref().map_or("", |x| x.id.as_str()),
                    "externalExecutionSummary": result.summary,
                    "externalExecutionUrl": result.external.as_ref().map(|x| &x.url),
                    "errorDetails": result.error.map(|(code, message)| json!({ "code": code, "message": message })),
                })),
                "outputVariables": variables,
            })),
        }))
    }

    /// The build that a run of `action` started, and where builds of that action are.
    fn build_of(&self, p: PipelineRef, action: &ActionDef, run: &ActionRun) -> (&Place, Option<&Build>) {
        let there = self.world.build_place(p, action).map_or_else(|| self.place(p), |n| &self.world.places[n as usize]);
        (there, run.build.map(|b| &there.builds[b as usize]))
    }

    /// What can be told of a run of `action`.
    pub(super) fn result_of(&self, p: PipelineRef, action: &ActionDef, e: &Execution, run: usize) -> Outcome {
        let place = self.place(p);
        let setting = self.setting(p, action);
        let r = &e.runs[run];
        let (there, build) = self.build_of(p, action, r);
        let name = build.map(|b| there.build_name(b));
        let external = setting.external(e.run_id(run).key(), name.as_deref());
        let failed = r.status == Status::Failed;
        let error = failed.then(|| match (action.provider, &r.answer) {
            (Provider::Approval, Some(answer)) => {
                ("RejectedByApprover", format!("Rejected by {}. Summary: {}", answer.by, answer.summary))
            }
            (Provider::Approval, None) => ("JobTimedOut", "The approval timed out after 7 days".to_owned()),
            (Provider::CodeBuild, _) if build.is_none() => (
                "ConfigurationError",
                format!(
                    "Error calling startBuild: Project cannot be found: {}",
                    action.subject_in(&place.pipelines[p.index as usize].name)
                ),
            ),
            (Provider::CloudFormation, _) => {
                let said = self.world.deployment_error(p, action, e, run);
                said.map_or_else(|| setting.error(None), |said| ("JobFailed", said))
            }
            _ => setting.error(build.map(|b| terminated(there.projects[b.project as usize].trade, b)).as_deref()),
        });
        let error =
            error.map(|(code, message)| (code, message + self.world.extra_error.as_deref().unwrap_or_default()));
        let summary = match (&r.answer, action.category, r.status) {
            (Some(answer), _, _) => Some(answer.summary.clone()).filter(|s| !s.is_empty()),
            (None, "Source", Status::Succeeded) => {
                self.revision_of(e, usize::from(r.action)).and_then(|c| action.provider.revision_summary(c))
            }
            (None, "Deploy", Status::InProgress) => Some(format!("{} is deploying", action.provider.name())),
            (None, "Deploy", Status::Succeeded) => Some("Deployment Succeeded".to_owned()),
            (None, _, Status::Abandoned) => {
                Some("The action was abandoned because the pipeline execution was stopped".to_owned())
            }
            _ => None,
        };
        Outcome { summary, external, error }
    }
}

/// What CodeBuild tells CodePipeline of a build that did not succeed.
fn terminated(trade: crate::world::project::Trade, build: &Build) -> String {
    match (build.stopped, build.fate) {
        (Some(_), _) => "Build terminated with state: STOPPED".to_owned(),
        (None, BuildFate::Hangs) => {
            "Build terminated with state: TIMED_OUT. Phase: BUILD, Code: BUILD_TIMED_OUT, Message: Build has timed out."
                .to_owned()
        }
        (None, BuildFate::Bad(trouble)) => {
            let phase = if trouble == Trouble::Dependency { "INSTALL" } else { "BUILD" };
            let message = crate::world::log::error_message(trade, trouble);
            format!(
                "Build terminated with state: FAILED. Phase: {phase}, Code: COMMAND_EXECUTION_ERROR, Message: {message}"
            )
        }
        (None, BuildFate::Good) => "Build terminated with state: FAILED".to_owned(),
    }
}

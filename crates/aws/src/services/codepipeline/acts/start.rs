//! `start`: a new execution, from the newest sources or from chosen revisions (so an old commit can be shipped again).

use async_trait::async_trait;
use aws_sdk_codepipeline::{
    Client,
    types::{PipelineVariable, SourceRevisionOverride, SourceRevisionType, TriggerType},
};
use serde_json::json;
use skydeck_domain::{
    ActionRecord, ConfirmLevel, Plan, PlannedCall,
    pipeline::{ActionDef, short_id},
};

use super::{
    super::{calls::Calls, ids, ids::Named, rows::structure::Structure},
    Act, answer, find, live,
    live::Live,
    progress, receipt,
};
use crate::{
    AwsError, ErrorClass,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
    session::Caller,
};

pub(super) const SPEC: VerbSpec = VerbSpec {
    id: "start",
    operation: "StartPipelineExecution",
    kind: "codepipeline.pipeline",
    confirm: ConfirmLevel::Yes,
    has_targets: false,
    is_undo: false,
    interrupts: false,
    undo: Undo::By("rollback"),
    options: &["revision", "variable"],
};

pub(super) struct Start;

#[async_trait]
impl Act for Start {
    fn spec(&self) -> &'static VerbSpec {
        &SPEC
    }

    fn effect(&self, named: &Named) -> String {
        format!("Starts a new execution of {}.", named.pipeline)
    }

    async fn plan(&self, ctx: &ReadCtx, named: &Named, request: &Request) -> Result<Draft, AwsError> {
        let live = Live::read(ctx, named).await?;
        let executions = live.calls.executions(&named.pipeline, 20).await?;
        let executions = live.details(&named.pipeline, &executions);
        let newest = executions.first();
        let state = vec![
            format!("version {}", live.structure.version),
            newest.map(|e| format!("{} {}", e.execution_id, e.status)).unwrap_or_default(),
        ];
        let mut not_undone = vec!["Data and parameters that the stages write.".to_owned()];
        let under_way = newest.filter(|e| e.status == "InProgress");
        if let Some(other) = under_way {
            not_undone.push(match live.structure.execution_mode.as_str() {
                "SUPERSEDED" => format!("Execution {} is superseded where the new one catches up.", other.execution_id),
                "QUEUED" => format!("Nothing: it waits behind execution {}.", other.execution_id),
                _ => format!("Nothing: it runs beside execution {}.", other.execution_id),
            });
        }
        Ok(Draft {
            danger: None,
            effect: effect(&live.structure, named, request),
            current: newest.map(|e| live::current(e, None)),
            targets: Vec::new(),
            calls: vec![PlannedCall {
                operation: format!("codepipeline:{}", SPEC.operation),
                cli: cli(live.caller, &live.structure, named, request),
            }],
            not_undone,
            blocked: blocked(&live.structure, request),
            state,
            of_arn: ids::pipeline_arn(live.caller, &named.pipeline),
        })
    }

    async fn call(&self, ctx: &ActCtx, named: &Named, request: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        let options = &request.options;
        let overrides = if options.revisions.is_empty() {
            None
        } else {
            let structure = Calls::new(&ctx.caller).structure(&named.pipeline).await?;
            let refused = |why| ctx.caller.refused("NotStartable", why);
            let structure = Structure::read(&structure, ids::here(&ctx.caller))
                .ok_or_else(|| refused("It has no structure.".to_owned()))?;
            Some(overrides(&structure, request).map_err(refused)?)
        };
        let variables: Vec<PipelineVariable> = options
            .variables
            .iter()
            .filter_map(|(n, v)| PipelineVariable::builder().name(n).value(v).build().ok())
            .collect();
        let client = ctx.caller.client(Client::new);
        let send = || {
            let start = client.start_pipeline_execution().name(&named.pipeline);
            start
                .client_request_token(&ctx.record.action)
                .set_source_revisions(overrides.clone())
                .set_variables((!variables.is_empty()).then(|| variables.clone()))
                .send()
        };
        let sent = ctx.caller.mutate(SPEC.operation, send).await;
        let (out, request_id) = sent.map_err(|error| withheld(error, !variables.is_empty()))?;
        Ok(receipt(&SPEC, request_id, out.pipeline_execution_id))
    }

    async fn follow(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Progress, AwsError> {
        let Some(execution) = &record.follow_id else {
            return Ok(Progress::Failed("AWS accepted it without naming an execution".into()));
        };
        progress::execution(&Calls::new(&ctx.caller), &named.pipeline, execution).await
    }

    async fn find_out(&self, ctx: &ReadCtx, named: &Named, record: &ActionRecord) -> Result<Found, AwsError> {
        let executions = Calls::new(&ctx.caller).executions(&named.pipeline, 100).await?;
        let started = find::started(record, &executions, TriggerType::StartPipelineExecution);
        let ids = started.filter_map(|s| s.pipeline_execution_id().map(str::to_owned)).collect();
        Ok(answer::the_one(&SPEC, record, ids))
    }
}

/// AWS quotes what it finds wrong with a request, and the value of a variable may be a secret, which no message may carry.
fn withheld(mut error: AwsError, variables: bool) -> AwsError {
    if variables && error.class == ErrorClass::Invalid {
        error.info.message =
            "AWS found fault with the request. Its words may repeat a variable's value, so they are not kept: look at \
             the variables' names, and at their values, of 1 to 1,000 characters each."
                .into();
    }
    error
}

fn effect(structure: &Structure, named: &Named, request: &Request) -> String {
    let at = request.options.revisions.iter().map(|(source, id)| format!("{source} at {}", short_id(id)));
    let at = at.collect::<Vec<_>>().join(", ");
    let from = if at.is_empty() { "the newest revision of each source".to_owned() } else { at };
    let stages = structure.stages.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
    format!("Starts a new execution of {} from {from}, through {stages}.", named.pipeline)
}

/// Why it cannot be started like this.
fn blocked(structure: &Structure, request: &Request) -> Option<String> {
    if let Err(why) = overrides(structure, request) {
        return Some(why);
    }
    let variables = &request.options.variables;
    if !variables.is_empty() && structure.pipeline_type == "V1" {
        return Some("It is a V1 pipeline; only V2 pipelines take variables.".into());
    }
    let unknown = variables.keys().find(|name| structure.variables.iter().all(|v| v.name != **name))?;
    let declared = structure.variables.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ");
    Some(format!(
        "It declares no variable `{unknown}`. Declared: {}.",
        if declared.is_empty() { "none" } else { &declared }
    ))
}

/// What a source's provider calls a revision, where it can be overridden.
fn revision_type(source: &ActionDef) -> Option<SourceRevisionType> {
    match source.provider.as_str() {
        "CodeCommit" | "CodeStarSourceConnection" | "GitHub" => Some(SourceRevisionType::CommitId),
        "ECR" => Some(SourceRevisionType::ImageDigest),
        "S3" => Some(SourceRevisionType::S3ObjectVersionId),
        _ => None,
    }
}

/// The overrides that were asked for, or why one of them cannot be.
fn overrides(structure: &Structure, request: &Request) -> Result<Vec<SourceRevisionOverride>, String> {
    let one = |(name, id): (&String, &String)| {
        let sources = || structure.sources().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
        let source = structure
            .source(name)
            .ok_or_else(|| format!("It has no source action `{name}`. Source actions: {}.", sources()))?;
        let kind = revision_type(source)
            .ok_or_else(|| format!("A revision of {} ({}) cannot be chosen.", source.name, source.provider))?;
        let built = SourceRevisionOverride::builder().action_name(name).revision_type(kind).revision_value(id).build();
        built.map_err(|e| e.to_string())
    };
    request.options.revisions.iter().map(one).collect()
}

/// The same call for the AWS CLI. Values of variables are left out: they may be secrets.
fn cli(caller: &Caller, structure: &Structure, named: &Named, request: &Request) -> String {
    let mut command = live::cli("start-pipeline-execution").option("name", &named.pipeline);
    let overrides = overrides(structure, request).unwrap_or_default();
    if !overrides.is_empty() {
        let revisions: Vec<_> = overrides
            .iter()
            .map(|o| {
                let kind = o.revision_type().as_str();
                json!({"actionName": o.action_name(), "revisionType": kind, "revisionValue": o.revision_value()})
            })
            .collect();
        command = command.option("source-revisions", &json!(revisions).to_string());
    }
    if !request.options.variables.is_empty() {
        let names = request.options.variables.keys();
        let variables: Vec<_> = names.map(|name| json!({"name": name, "value": "<value>"})).collect();
        command = command.option("variables", &json!(variables).to_string());
    }
    command.line(caller)
}

#[cfg(test)]
mod tests {
    use super::{super::super::rows::samples, *};

    fn request(revisions: &[(&str, &str)], variables: &[(&str, &str)]) -> Request {
        let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        let mut request = Request { verb: "start".into(), ..Request::default() };
        request.options.revisions = owned(revisions);
        request.options.variables = owned(variables);
        request
    }

    #[test]
    fn an_old_commit_is_asked_for_by_the_type_of_its_source() {
        let structure = samples::structure();
        let request = request(&[("Source", "9f3c2e1")], &[]);
        assert_eq!(overrides(&structure, &request).unwrap()[0].revision_type(), &SourceRevisionType::CommitId);
        assert_eq!(blocked(&structure, &request), None);
    }

    #[test]
    fn what_the_structure_does_not_declare_is_refused_with_what_it_does() {
        let mut structure = samples::structure();
        let no_source = blocked(&structure, &request(&[("Build", "1")], &[])).unwrap();
        assert!(no_source.contains("`Build`") && no_source.ends_with("Source actions: Source."), "{no_source}");
        let no_variable = blocked(&structure, &request(&[], &[("CANAL", "x")])).unwrap();
        assert!(no_variable.contains("`CANAL`") && no_variable.contains("CHANNEL"), "{no_variable}");
        assert_eq!(blocked(&structure, &request(&[], &[("CHANNEL", "x")])), None);
        structure.pipeline_type = "V1".into();
        assert!(blocked(&structure, &request(&[], &[("CHANNEL", "x")])).unwrap().contains("V1"));
    }

    #[test]
    fn values_of_variables_are_in_no_text() {
        let structure = samples::structure();
        let request = request(&[], &[("CHANNEL", "CANARY")]);
        let named = Named { pipeline: "web".into(), stage: None, action: None };
        assert!(!effect(&structure, &named, &request).contains("CANARY"));
    }
}

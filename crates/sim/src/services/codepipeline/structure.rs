//! ListPipelines, GetPipeline, ListTagsForResource.

use serde_json::{Map, Value, json};

use super::{Call, answer};
use crate::{
    service::ApiError,
    world::{
        pipeline::{Pipeline, PipelineRef},
        structure::Structure,
        time::seconds,
    },
};

impl Call<'_> {
    pub(super) fn list_pipelines(&self) -> Result<Value, ApiError> {
        let after = self.go_on_after("")?;
        let limit = self.limit(1000);
        let Some(place) = self.world.place(self.request.account, self.request.region) else {
            return Ok(json!({ "pipelines": [] }));
        };
        let mut rest = place.pipeline_names.keys().filter(|name| after.as_ref().is_none_or(|a| *name > a));
        let page: Vec<&Pipeline> = rest.by_ref().take(limit).filter_map(|name| place.pipeline(name)).collect();
        let more = rest.next().is_some();
        let token = page.last().filter(|_| more).map(|last| self.token_after("", &last.name));
        let pipelines: Vec<Value> = page
            .iter()
            .map(|p| {
                json!({
                    "name": p.name,
                    "version": p.version(),
                    "pipelineType": if p.v2 { "V2" } else { "V1" },
                    "executionMode": p.mode.word(),
                    "created": seconds(p.created),
                    "updated": seconds(p.updated()),
                })
            })
            .collect();
        Ok(answer(json!({ "pipelines": pipelines, "nextToken": token })))
    }

    pub(super) fn get_pipeline(&self) -> Result<Value, ApiError> {
        let p = self.find("name")?;
        let pipeline = self.world.pipeline(p);
        let asked = self.request.input.get("version").and_then(Value::as_u64);
        let version = match asked {
            None => &pipeline.versions[pipeline.versions.len() - 1],
            Some(number) => pipeline.versions.iter().find(|v| u64::from(v.number) == number).ok_or_else(|| {
                ApiError::client(
                    "PipelineVersionNotFoundException",
                    format!("Pipeline '{}' does not have a version '{number}'", pipeline.name),
                )
            })?,
        };
        let place = self.place(p);
        let declaration = answer(json!({
            "name": pipeline.name,
            "roleArn": format!("arn:aws:iam::{}:role/service-role/codepipeline-{}", place.account, place.region),
            "artifactStore": { "type": "S3", "location": format!("codepipeline-{}-{}", place.region, place.account) },
            "stages": self.stages_of(p, &version.structure),
            "version": version.number,
            "executionMode": pipeline.mode.word(),
            "pipelineType": if pipeline.v2 { "V2" } else { "V1" },
            "variables": variables_of(&version.structure, pipeline.v2),
            "triggers": triggers_of(&version.structure, pipeline.v2),
        }));
        Ok(json!({
            "pipeline": declaration,
            "metadata": {
                "pipelineArn": self.pipeline_arn(p),
                "created": seconds(pipeline.created),
                "updated": seconds(version.at),
            },
        }))
    }

    fn pipeline_arn(&self, p: PipelineRef) -> String {
        let place = self.place(p);
        format!("arn:aws:codepipeline:{}:{}:{}", place.region, place.account, place.pipelines[p.index as usize].name)
    }

    fn stages_of(&self, p: PipelineRef, structure: &Structure) -> Vec<Value> {
        let stage = |(number, stage): (usize, &crate::world::structure::StageDef)| {
            let actions: Vec<Value> = stage
                .actions
                .iter()
                .map(|a| {
                    let configuration: Map<String, Value> =
                        self.setting(p, a).configuration().into_iter().map(|(k, v)| (k.to_owned(), v.into())).collect();
                    let source = a.category == "Source";
                    let first_source = structure.sources().next().map_or("Source", |(_, s)| s.name.as_str());
                    let inputs = match (a.category, number) {
                        ("Source" | "Approval" | "Invoke", _) => json!([]),
                        (_, 1) => json!([{ "name": format!("{first_source}Output") }]),
                        _ => json!([{ "name": "BuildOutput" }]),
                    };
                    let outputs = match a.category {
                        "Source" => json!([{ "name": format!("{}Output", a.name) }]),
                        "Build" => json!([{ "name": "BuildOutput" }]),
                        _ => json!([]),
                    };
                    answer(json!({
                        "name": a.name,
                        "actionTypeId": {
                            "category": a.category, "owner": a.provider.owner(), "provider": a.provider.name(), "version": "1",
                        },
                        "runOrder": a.run_order,
                        "configuration": configuration,
                        "outputArtifacts": outputs,
                        "inputArtifacts": inputs,
                        "namespace": if source || a.category == "Build" { json!(a.namespace()) } else { Value::Null },
                        "region": self.place(p).region,
                        "roleArn": a.role_arn(),
                    }))
                })
                .collect();
            json!({ "name": stage.name, "actions": actions })
        };
        structure.stages.iter().enumerate().map(stage).collect()
    }

    pub(super) fn list_tags(&self) -> Result<Value, ApiError> {
        let arn = self.text("resourceArn");
        let after = self.go_on_after(arn)?;
        let limit = self.limit(100);
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let found = match parts[..] {
            ["arn", _, "codepipeline", region, account, name] => {
                if region != self.request.region || account != self.request.account {
                    return Err(ApiError::client(
                        "InvalidArnException",
                        format!("The specified ARN '{arn}' is not valid for this account and Region"),
                    ));
                }
                self.world.find_pipeline(account, region, name)
            }
            _ => return Err(ApiError::client("InvalidArnException", format!("The specified ARN '{arn}' is invalid"))),
        };
        let Some(p) = found else {
            return Err(ApiError::client("ResourceNotFoundException", format!("The resource '{arn}' was not found")));
        };
        let tags = &self.world.pipeline(p).tags;
        let mut rest = tags.iter().filter(|(key, _)| after.as_ref().is_none_or(|a| *key > a));
        let page: Vec<_> = rest.by_ref().take(limit).collect();
        let more = rest.next().is_some();
        let token = page.last().filter(|_| more).map(|(key, _)| self.token_after(arn, key));
        let tags: Vec<Value> = page.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        Ok(answer(json!({ "tags": tags, "nextToken": token })))
    }
}

fn variables_of(structure: &Structure, v2: bool) -> Value {
    if !v2 || structure.variables.is_empty() {
        return Value::Null;
    }
    structure
        .variables
        .iter()
        .map(|v| answer(json!({ "name": v.name, "defaultValue": v.default, "description": v.description })))
        .collect()
}

fn triggers_of(structure: &Structure, v2: bool) -> Value {
    let source = structure.sources().find(|(_, a)| a.provider == crate::world::provider::Provider::Connection);
    match source {
        Some((_, action)) if v2 && !structure.push_branches.is_empty() => json!([{
            "providerType": "CodeStarSourceConnection",
            "gitConfiguration": {
                "sourceActionName": action.name,
                "push": [{ "branches": { "includes": structure.push_branches } }],
            },
        }]),
        _ => Value::Null,
    }
}

//! GetTemplate, GetTemplateSummary.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Call, answer, invalid};
use crate::{
    service::ApiError,
    world::template::{self, LARGEST, Template, kind_of},
};

impl Call<'_> {
    pub(super) fn get_template(&self) -> Result<Value, ApiError> {
        let template = if self.text("ChangeSetName").is_some() {
            let (s, n) = self.change_set()?;
            Arc::clone(&self.world.stack(s).change_sets[n].after.template)
        } else if self.text("StackName").is_some() {
            let stack = self.world.stack(self.stack()?);
            let told = stack.told(self.now).ok_or_else(|| {
                invalid(format!("Template not found for stack {}: it has only been reviewed", stack.name))
            })?;
            Arc::clone(&told.template)
        } else {
            return Err(invalid("Either StackName or ChangeSetName must be specified"));
        };
        let original = self.text("TemplateStage") == Some("Original");
        let body = template.processed.as_ref().filter(|_| !original).unwrap_or(&template.body);
        Ok(json!({ "TemplateBody": body, "StagesAvailable": ["Original", "Processed"] }))
    }

    /// A template given as text or by where it lies; none if neither was given.
    pub(super) fn given_template(&self) -> Result<Option<Arc<Template>>, ApiError> {
        match (self.text("TemplateBody"), self.text("TemplateURL")) {
            (Some(_), Some(_)) => Err(invalid("Template URL and Template Body cannot both be specified.")),
            (Some(body), None) if body.len() > LARGEST => Err(invalid(format!(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to {LARGEST}"
            ))),
            (Some(body), None) => Template::parse(body).map(Some).map_err(invalid),
            (None, Some(url)) => match self.world.templates.get(url) {
                Some(template) => Ok(Some(Arc::clone(template))),
                None => Err(invalid(
                    "S3 error: Access Denied\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
                )),
            },
            (None, None) => Ok(None),
        }
    }

    pub(super) fn get_template_summary(&self) -> Result<Value, ApiError> {
        let template = match (self.given_template()?, self.text("StackName")) {
            (Some(template), None) => template,
            (None, Some(_)) => {
                let told = self.world.stack(self.stack()?).told(self.now);
                Arc::clone(&told.ok_or_else(|| invalid("The stack has no template yet"))?.template)
            }
            _ => return Err(invalid("Exactly one of StackName, TemplateBody and TemplateURL must be specified")),
        };
        let parameters: Vec<Value> = template
            .section("Parameters")
            .map(|(name, parameter)| {
                let allowed: Vec<String> =
                    parameter["AllowedValues"].as_array().into_iter().flatten().filter_map(template::text).collect();
                answer(json!({
                    "ParameterKey": name,
                    "DefaultValue": template::text(&parameter["Default"]),
                    "ParameterType": parameter["Type"].as_str().unwrap_or("String"),
                    "NoEcho": template.no_echo(name),
                    "Description": parameter["Description"].as_str(),
                    "ParameterConstraints": answer(json!({ "AllowedValues": Some(allowed).filter(|a| !a.is_empty()) })),
                }))
            })
            .collect();
        let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (logical, resource) in template.section("Resources") {
            kinds.entry(kind_of(resource)).or_default().push(logical);
        }
        let capability = template.capability();
        let transforms = template.transforms();
        Ok(answer(json!({
            "Parameters": parameters,
            "Description": template.description(),
            "Capabilities": capability.as_ref().map(|(word, _)| [word]),
            "CapabilitiesReason": capability.as_ref().map(|(_, kinds)| {
                format!("The following resource(s) require capabilities: [{}]", kinds.join(", "))
            }),
            "ResourceTypes": kinds.keys().collect::<Vec<_>>(),
            "Version": template.value["AWSTemplateFormatVersion"].as_str(),
            "Metadata": template.value.get("Metadata").map(Value::to_string),
            "DeclaredTransforms": Some(transforms).filter(|t| !t.is_empty()),
            "ResourceIdentifierSummaries": kinds.iter().map(|(kind, logical)| {
                json!({ "ResourceType": kind, "LogicalResourceIds": logical.iter().take(200).collect::<Vec<_>>() })
            }).collect::<Vec<_>>(),
        })))
    }
}

//! What the AWS CDK leaves in what it makes: who stands behind a template's resources (`tree`), with which libraries it was
//! made (`analytics`), and which stacks a synthesized app has (`assembly`).
//!
//! The formats are those of the `aws-cdk` and `aws-cdk-cli` repositories: `core/lib/private/metadata-resource.ts` and
//! `@aws-cdk/cloud-assembly-schema`. Deliberately not here: reading a folder, and starting the `cdk` command.

mod analytics;
mod assembly;
mod tree;

use serde_json::Value;
use skydeck_domain::cdk::{CdkResource, CdkTemplate};

pub use assembly::{NotAnAssembly, assembly};

use crate::template::Template;

/// The resource that the CDK adds to a stack to report which constructs it uses, unless told not to.
const METADATA: &str = "AWS::CDK::Metadata";

/// The key in a resource's metadata under which its construct's path stands, unless told not to.
const PATH: &str = "aws:cdk:path";

/// What a template tells of the CDK app that made it; none of a template that the CDK did not make, or of which it says
/// nothing.
pub fn cdk(template: &Template) -> Option<CdkTemplate> {
    let mut placed: Vec<(&str, CdkResource)> = Vec::new();
    let mut unplaced = Vec::new();
    let mut report: Option<(&str, &Value)> = None;
    for (id, kind, resource) in template.resources() {
        let path = resource.pointer("/Metadata").and_then(|metadata| metadata.get(PATH)).and_then(Value::as_str);
        let row = CdkResource { logical_id: id.to_owned(), resource_type: kind.to_owned() };
        match path.filter(|path| !path.is_empty()) {
            Some(path) => placed.push((path, row)),
            None => unplaced.push(row),
        }
        if kind == METADATA {
            report = Some((path.unwrap_or_default(), resource));
        }
    }
    if placed.is_empty() && report.is_none() {
        return None;
    }
    let (of_stack, is_certain) = tree::stack(report.map(|(path, _)| path), &placed);
    let length = of_stack.len();
    let (stage, stack) = match of_stack.split_last() {
        Some((stack, [])) => (None, Some((*stack).to_owned())),
        Some((stack, stages)) => (Some(stages.join("/")), Some((*stack).to_owned())),
        None => (None, None),
    };
    let (libraries, unread) =
        match report.and_then(|(_, resource)| resource.get("Properties")).map(analytics::libraries) {
            Some(Ok(libraries)) => (libraries, None),
            Some(Err(why)) => (Vec::new(), Some(why.to_string())),
            None => (Vec::new(), None),
        };
    let constructs = tree::constructs(placed, length);
    Some(CdkTemplate { stage, stack, is_certain, constructs, unplaced, libraries, unread })
}

#[cfg(test)]
#[path = "cdk_tests.rs"]
mod tests;

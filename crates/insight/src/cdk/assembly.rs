//! The manifest of a cloud assembly: `manifest.json` in the folder that `cdk synth` writes (`cdk.out`), and in the folder of
//! each stage within it.
//!
//! What the file names is taken only if it stays in its folder: an app in a stranger's repository may write anything.

use serde_json::Value;
use skydeck_domain::cdk::{CdkAssembly, CdkNested, CdkStack};

/// The newest major version of the schema known here: of `@aws-cdk/cloud-assembly-schema` 55, of November 2026. A new major
/// comes with anything that is added.
const NEWEST: u64 = 55;

/// The longest manifest that is read, in bytes. Metadata of every construct used to stand in it.
const MOST_BYTES: usize = 32 * 1_048_576;

/// How many sentences are kept of what could not be read.
const MOST_UNREAD: usize = 20;

/// Why a text is no manifest of an assembly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAssembly {
    /// Longer than is read.
    #[error("{0} bytes are more than is read")]
    TooLong(usize),
    /// No JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// JSON, and no manifest.
    #[error("not a cloud assembly: it has no version")]
    NoVersion,
}

/// Reads a manifest. Of a newer version than is known what is known is read, and that it is newer is told.
///
/// # Errors
/// If it is no manifest at all. An artifact that cannot be read is left out, and that is told.
pub fn assembly(text: &str) -> Result<CdkAssembly, NotAnAssembly> {
    if text.len() > MOST_BYTES {
        return Err(NotAnAssembly::TooLong(text.len()));
    }
    let manifest: Value = serde_json::from_str(text)
        .map_err(|error| NotAnAssembly::NotJson(crate::text::one_line(&error.to_string(), 200)))?;
    let version = manifest.get("version").and_then(Value::as_str).ok_or(NotAnAssembly::NoVersion)?;
    let major: Option<u64> = version.split('.').next().and_then(|major| major.parse().ok());
    let mut found = CdkAssembly {
        version: crate::text::one_line(version, 50),
        is_newer: major.is_none_or(|major| major > NEWEST),
        stacks: Vec::new(),
        nested: Vec::new(),
        missing: manifest
            .get("missing")
            .and_then(Value::as_array)
            .map_or(0, |list| list.len().try_into().unwrap_or(u32::MAX)),
        unread: Vec::new(),
    };
    for (id, artifact) in manifest.get("artifacts").and_then(Value::as_object).into_iter().flatten() {
        let read = match artifact.get("type").and_then(Value::as_str) {
            Some("aws:cloudformation:stack") => stack(id, artifact).map(|stack| found.stacks.push(stack)),
            Some("cdk:cloud-assembly") => nested(id, artifact).map(|nested| found.nested.push(nested)),
            Some("none" | "cdk:tree" | "cdk:asset-manifest" | "cdk:feature-flag-report") => Ok(()),
            _ => Err("its type is not known"),
        };
        if let Err(why) = read
            && found.unread.len() < MOST_UNREAD
        {
            found.unread.push(format!("{}: {why}", crate::text::one_line(id, 100)));
        }
    }
    // Others that a stack depends on are its assets, which are no matter of order between stacks.
    let deployed: std::collections::BTreeSet<String> = found
        .stacks
        .iter()
        .map(|s| &s.artifact_id)
        .chain(found.nested.iter().map(|n| &n.artifact_id))
        .cloned()
        .collect();
    for stack in &mut found.stacks {
        stack.dependencies.retain(|id| deployed.contains(id));
    }
    Ok(found)
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn stack(id: &str, artifact: &Value) -> Result<CdkStack, &'static str> {
    let properties = artifact.get("properties").unwrap_or(&Value::Null);
    let template_file = text(properties, "templateFile").ok_or("it names no template")?;
    if !stays_inside(&template_file) {
        return Err("its template lies outside of the assembly");
    }
    let (account, region) = environment(artifact.get("environment").and_then(Value::as_str).unwrap_or_default());
    let dependencies = artifact.get("dependencies").and_then(Value::as_array).into_iter().flatten();
    Ok(CdkStack {
        artifact_id: id.to_owned(),
        stack_name: text(properties, "stackName").unwrap_or_else(|| id.to_owned()),
        display_name: text(artifact, "displayName"),
        account,
        region,
        template_file,
        dependencies: dependencies.filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}

fn nested(id: &str, artifact: &Value) -> Result<CdkNested, &'static str> {
    let properties = artifact.get("properties").unwrap_or(&Value::Null);
    let directory = text(properties, "directoryName").ok_or("it names no folder")?;
    if !stays_inside(&directory) {
        return Err("its folder lies outside of the assembly");
    }
    let display_name = text(properties, "displayName").or_else(|| text(artifact, "displayName"));
    Ok(CdkNested { artifact_id: id.to_owned(), directory, display_name })
}

/// Account and Region of `aws://account/region`; what is only known at deployment is written `unknown-account` and
/// `unknown-region`.
fn environment(text: &str) -> (Option<String>, Option<String>) {
    let Some((account, region)) = text.strip_prefix("aws://").and_then(|rest| rest.split_once('/')) else {
        return (None, None);
    };
    let known = |name: &str, unknown: &str| Some(name.to_owned()).filter(|name| !name.is_empty() && name != unknown);
    (known(account, "unknown-account"), known(region, "unknown-region"))
}

/// Whether a relative path leads nowhere but into the folder it is relative to, on every system.
fn stays_inside(path: &str) -> bool {
    let is_plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    !path.contains(['\\', ':', '\0']) && path.split('/').all(is_plain)
}

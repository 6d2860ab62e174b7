//! What the AWS CDK leaves in what it makes: the constructs behind a stack's resources, the libraries they came from, and
//! the stacks of a synthesized app (`cdk.out`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a CDK template tells of the app it was made by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkTemplate {
    /// The stages that the stack stands in, outermost first, joined by `/`; none where it stands in the app itself.
    pub stage: Option<String>,
    /// The stack's construct id. Not its name in AWS, which may be another one.
    pub stack: Option<String>,
    /// Whether `stage` and `stack` are told by the path of the `AWS::CDK::Metadata` resource, which always stands right in
    /// its stack. Else they are what all paths have in common, which is a guess: it takes in a construct too much where the
    /// stack has only one, and of a nested stack it is the whole way to it.
    pub is_certain: bool,
    /// What stands in the stack, by id.
    pub constructs: Vec<CdkConstruct>,
    /// Resources that say no path.
    pub unplaced: Vec<CdkResource>,
    /// Libraries and their versions, as of the last synthesis, by name.
    pub libraries: Vec<CdkLibrary>,
    /// Why `libraries` is not known, where the template has it and it could not be read.
    pub unread: Option<String>,
}

/// A construct, as a segment of the paths of resources. Constructs without any resource do not occur in a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkConstruct {
    /// Its id in the scope it stands in. `Resource` and `Default` are the resource that the scope itself stands for.
    pub id: String,
    /// The resources with exactly this path: one, or none where it only has others within.
    pub resources: Vec<CdkResource>,
    /// What stands in it, by id.
    pub children: Vec<CdkConstruct>,
}

/// A resource of a CDK template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkResource {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
}

/// A construct library that a template was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkLibrary {
    /// Its name: `aws-cdk-lib`; `jsii-runtime` is the language's runtime.
    pub name: String,
    /// Its version; of the runtime, its kind and version: `node.js/v20.20.2`.
    pub version: String,
    /// Which of its classes were used, by name; none are known of apps older than CDK 1.90 or so.
    pub constructs: Vec<String>,
}

/// A synthesized app, or a stage of one: the `manifest.json` of a cloud assembly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkAssembly {
    /// Version of the assembly's schema, as it is written.
    pub version: String,
    /// Whether that is newer than what was known when this was written: there may be more than is told here.
    pub is_newer: bool,
    /// Its stacks, in the order of the manifest's ids.
    pub stacks: Vec<CdkStack>,
    /// Its stages: assemblies in folders within, with a `manifest.json` each.
    pub nested: Vec<CdkNested>,
    /// How many values of the context are missing. Unless there are none, the app was synthesized with stand-ins for them,
    /// and what it made should not be deployed.
    pub missing: u32,
    /// What was left out because it could not be read, as sentences for a log; at most 20.
    pub unread: Vec<String>,
}

/// A stack of a synthesized app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkStack {
    /// Its id in the manifest.
    pub artifact_id: String,
    /// Its name in AWS.
    pub stack_name: String,
    /// How the CDK's own command line calls it.
    pub display_name: Option<String>,
    /// Account id; none where it is only known when it is deployed.
    pub account: Option<String>,
    /// Region; none where it is only known when it is deployed.
    pub region: Option<String>,
    /// The template, relative to the folder of the manifest and never outside of it.
    pub template_file: String,
    /// Ids of the stacks and stages in this manifest that are deployed before it.
    pub dependencies: Vec<String>,
}

/// An assembly within another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CdkNested {
    /// Its id in the manifest.
    pub artifact_id: String,
    /// Its folder, relative to the folder of the manifest and never outside of it.
    pub directory: String,
    /// How the CDK's own command line calls it.
    pub display_name: Option<String>,
}

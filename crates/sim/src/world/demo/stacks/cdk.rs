//! Templates as the CDK synthesizes them: JSON, a construct path in each resource's metadata, the list of construct
//! libraries in `AWS::CDK::Metadata`, the bootstrap version as a parameter with its rule.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use flate2::{Compression, GzBuilder};
use serde_json::{Map, Value, json};

/// Version of the construct library in the demo.
const VERSION: &str = "2.219.0";

/// A template being put together.
pub(super) struct Cdk {
    path: String,
    template: Value,
    constructs: Vec<String>,
}

impl Cdk {
    /// A template of the stack whose construct has that path, such as `shop-platform/prod/network-baseline`.
    pub(super) fn new(path: &str, description: &str) -> Self {
        let constructs = ["Stage", "Stack", "CfnResource", "CfnOutput"].map(|name| format!("aws-cdk-lib.{name}"));
        Cdk {
            path: path.to_owned(),
            template: json!({
                "Description": description, "Parameters": {}, "Resources": {}, "Outputs": {},
            }),
            constructs: constructs.to_vec(),
        }
    }

    /// With one more resource; `at` is its construct's path within the stack.
    pub(super) fn with(mut self, logical: &str, kind: &str, at: &str, properties: Value) -> Self {
        self.template["Resources"][logical] = json!({
            "Type": kind, "Properties": properties, "Metadata": { "aws:cdk:path": format!("{}/{at}", self.path) },
        });
        let mut parts = kind.split("::").skip(1);
        if let (Some(service), Some(name)) = (parts.next(), parts.next()) {
            let construct = format!("aws-cdk-lib.aws_{}.Cfn{name}", service.to_lowercase());
            if !self.constructs.contains(&construct) {
                self.constructs.push(construct);
            }
        }
        self
    }

    /// With another attribute of a resource, such as `DeletionPolicy`.
    pub(super) fn attribute(mut self, logical: &str, name: &str, value: Value) -> Self {
        self.template["Resources"][logical][name] = value;
        self
    }

    /// With a parameter.
    pub(super) fn parameter(mut self, name: &str, parameter: Value) -> Self {
        self.template["Parameters"][name] = parameter;
        self
    }

    /// With an output, exported by a name if one is given.
    pub(super) fn output(mut self, key: &str, value: Value, export: Option<&str>) -> Self {
        let mut output = Map::from_iter([("Value".to_owned(), value)]);
        if let Some(export) = export {
            output.insert("Export".to_owned(), json!({ "Name": export }));
        }
        self.template["Outputs"][key] = Value::Object(output);
        self
    }

    /// The template's text.
    pub(super) fn text(self) -> String {
        let with_constructs = self.constructs.clone();
        let mut whole = self.with(
            "CDKMetadata",
            "AWS::CDK::Metadata",
            "CDKMetadata/Default",
            json!({
                "Analytics": analytics(&with_constructs),
            }),
        );
        whole.template["Parameters"]["BootstrapVersion"] = json!({
            "Type": "AWS::SSM::Parameter::Value<String>",
            "Default": "/cdk-bootstrap/hnb659fds/version",
            "Description": "Version of the CDK Bootstrap resources in this environment, automatically retrieved from SSM Parameter Store. [cdk:skip]",
        });
        whole.template["Rules"] = json!({ "CheckBootstrapVersion": { "Assertions": [{
            "Assert": { "Fn::Not": [{ "Fn::Contains": [["1", "2", "3", "4", "5"], { "Ref": "BootstrapVersion" }] }] },
            "AssertDescription": "CDK bootstrap stack version 6 required. Please run 'cdk bootstrap' with a recent version of the CDK CLI.",
        }] } });
        // As the CDK writes it: indented by one.
        let mut out = Vec::new();
        let mut writer =
            serde_json::Serializer::with_formatter(&mut out, serde_json::ser::PrettyFormatter::with_indent(b" "));
        let written = serde::Serialize::serialize(&whole.template, &mut writer);
        debug_assert!(written.is_ok(), "JSON can be written to memory");
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// The `Analytics` property for those constructs: their names, each after the library's version and `!`, shortened by common
/// beginnings, compressed by gzip (with no time and an unknown system), in base64 (aws-cdk-lib, `metadata-resource.ts`).
fn analytics(constructs: &[String]) -> String {
    let mut tree = Tree::default();
    for construct in constructs {
        tree.insert(&format!("{VERSION}!{construct}"));
    }
    let mut writer = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::default());
    let zipped = writer.write_all(tree.text().as_bytes()).and_then(|()| writer.finish());
    format!("v2:deflate64:{}", BASE64.encode(zipped.unwrap_or_default()))
}

/// Names by their parts; a part ends behind each sign that is no letter or digit.
#[derive(Default)]
struct Tree(Vec<(String, Tree)>);

impl Tree {
    fn insert(&mut self, name: &str) {
        let mut at = self;
        for part in name.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
            let n = at.0.iter().position(|(have, _)| have == part).unwrap_or_else(|| {
                at.0.push((part.to_owned(), Tree::default()));
                at.0.len() - 1
            });
            at = &mut at.0[n].1;
        }
    }

    /// `A{B{C,D},EF}` of ABC, ABD, AEF.
    fn text(&self) -> String {
        let one = |(part, below): &(String, Tree)| match below.0.len() {
            0 | 1 => format!("{part}{}", below.text()),
            _ => format!("{part}{{{}}}", below.text()),
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn common_beginnings_are_written_once() {
        let mut tree = Tree::default();
        ["1.0!a.B", "1.0!a.C", "1.0!d_e.F"].iter().for_each(|name| tree.insert(name));
        assert_eq!(tree.text(), "1.0!{a.{B,C},d_e.F}");
    }

    #[test]
    fn analytics_are_gzip_in_base64() {
        let text = analytics(&["aws-cdk-lib.Stack".to_owned(), "aws-cdk-lib.aws_sqs.Queue".to_owned()]);
        let zipped = BASE64.decode(text.strip_prefix("v2:deflate64:").expect("a prefix")).expect("base64");
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&zipped[..]).read_to_string(&mut plain).expect("gzip");
        assert_eq!((plain.as_str(), zipped[9]), ("2.219.0!aws-cdk-lib.{Stack,aws_sqs.Queue}", 255));
    }
}

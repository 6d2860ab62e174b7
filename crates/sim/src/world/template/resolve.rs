//! What a template's expressions come to for one stack. References to resources can be left as they stand, so that two
//! versions of a resource are compared by what was written and given, not by ids.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Map, Value, json};

use super::{Template, text};
use crate::world::noise;

/// What a masked value shows.
pub const MASK: &str = "****";

/// What resources and other stacks answer to a template's references.
pub trait Surroundings {
    /// Physical id of a resource.
    fn physical(&self, logical: &str) -> String;
    /// An attribute of a resource.
    fn attribute(&self, logical: &str, attribute: &str) -> String;
    /// The value exported by that name.
    fn import(&self, name: &str) -> Option<String>;
}

/// A template with what its expressions need.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The template.
    pub template: &'a Template,
    /// Values of its parameters.
    pub parameters: &'a BTreeMap<String, String>,
    /// Account, 12 digits.
    pub account: &'a str,
    /// Region.
    pub region: &'a str,
    /// Name of the stack.
    pub stack: &'a str,
    /// Its ARN.
    pub arn: &'a str,
    /// What resources are; none: references to them stay as they stand.
    pub around: Option<&'a dyn Surroundings>,
    /// Whether values of NoEcho parameters show as `****`.
    pub masks: bool,
}

impl Scope<'_> {
    /// Whether the condition of that name holds.
    pub fn holds(&self, condition: &str) -> bool {
        self.judge(&self.template.value["Conditions"][condition], 0)
    }

    /// Logical ids and definitions of the resources whose conditions hold.
    pub fn resources(&self) -> Map<String, Value> {
        let here = |r: &Value| r["Condition"].as_str().is_none_or(|condition| self.holds(condition));
        let all = self.template.section("Resources").filter(|(_, r)| here(r));
        all.map(|(logical, r)| (logical.to_owned(), r.clone())).collect()
    }

    /// Properties of a resource.
    pub fn properties(&self, resource: &Value) -> Value {
        resource.get("Properties").map_or_else(|| json!({}), |properties| self.value(properties))
    }

    /// A value that is text.
    pub fn text(&self, value: &Value) -> String {
        let value = self.value(value);
        text(&value).unwrap_or_else(|| value.to_string())
    }

    /// Value of an SSM parameter that a template's parameter names, as AWS resolves it.
    pub fn resolved(&self, parameter: &str) -> Option<String> {
        let of_ssm =
            self.template.value["Parameters"][parameter]["Type"].as_str()?.starts_with("AWS::SSM::Parameter::Value");
        let name = self.parameters.get(parameter)?;
        of_ssm.then(|| match name.starts_with("/cdk-bootstrap/") {
            true => "28".to_owned(),
            false => format!("value-of-{}", noise::hex(noise::of(0, &["ssm", self.account, name]), 6)),
        })
    }

    fn judge(&self, condition: &Value, depth: usize) -> bool {
        let Some((name, inner)) = condition.as_object().and_then(|c| c.iter().next()) else { return false };
        let parts = inner.as_array().map_or(&[][..], Vec::as_slice);
        // A condition that names itself would never come to an end.
        if depth > 30 {
            return false;
        }
        match name.as_str() {
            "Fn::Equals" => match parts {
                [left, right] => self.text(left) == self.text(right),
                _ => false,
            },
            "Fn::Not" => parts.first().is_some_and(|part| !self.judge(part, depth + 1)),
            "Fn::And" => parts.iter().all(|part| self.judge(part, depth + 1)),
            "Fn::Or" => parts.iter().any(|part| self.judge(part, depth + 1)),
            "Condition" => {
                inner.as_str().is_some_and(|name| self.judge(&self.template.value["Conditions"][name], depth + 1))
            }
            _ => false,
        }
    }

    /// What a value comes to.
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::Array(elements) => elements.iter().map(|e| self.value(e)).filter(|e| !nothing(e)).collect(),
            Value::Object(members) if members.len() == 1 => {
                let (name, inner) = members.iter().next().unwrap_or_else(|| unreachable!("it has one member"));
                self.function(name, inner).unwrap_or_else(|| self.members(members))
            }
            Value::Object(members) => self.members(members),
            scalar => scalar.clone(),
        }
    }

    fn members(&self, members: &Map<String, Value>) -> Value {
        let resolved = members.iter().map(|(name, value)| (name.clone(), self.value(value)));
        Value::Object(resolved.filter(|(_, value)| !nothing(value)).collect())
    }

    /// What an intrinsic function comes to; none if the name is none of one.
    fn function(&self, name: &str, inner: &Value) -> Option<Value> {
        let parts = inner.as_array().map_or(&[][..], Vec::as_slice);
        Some(match (name, parts) {
            ("Ref", _) => self.reference(inner.as_str()?),
            ("Fn::GetAtt", [logical, attribute]) => {
                let (logical, attribute) = (logical.as_str()?, self.text(attribute));
                match self.around {
                    Some(around) => around.attribute(logical, &attribute).into(),
                    None => json!({ "Fn::GetAtt": [logical, attribute] }),
                }
            }
            ("Fn::Sub", [template, names]) => self.substitute(template.as_str()?, names).into(),
            ("Fn::Sub", _) => self.substitute(inner.as_str()?, &Value::Null).into(),
            ("Fn::Join", [by, list]) => {
                let list = self.value(list);
                match list.as_array().filter(|list| list.iter().all(|e| text(e).is_some())) {
                    Some(list) => list.iter().filter_map(text).collect::<Vec<_>>().join(by.as_str()?).into(),
                    None => json!({ "Fn::Join": [by, list] }),
                }
            }
            ("Fn::If", [condition, yes, no]) => self.value(if self.holds(condition.as_str()?) { yes } else { no }),
            ("Fn::Select", [index, list]) => {
                let (index, list) = (text(index)?.parse::<usize>().ok()?, self.value(list));
                match list.as_array() {
                    Some(list) => list.get(index).cloned().unwrap_or_default(),
                    None => json!({ "Fn::Select": [index, list] }),
                }
            }
            ("Fn::Split", [by, whole]) => self.text(whole).split(by.as_str()?).map(Value::from).collect(),
            ("Fn::FindInMap", [map, first, second]) => {
                let map = &self.template.value["Mappings"][self.text(map)];
                map[self.text(first)][self.text(second)].clone()
            }
            ("Fn::ImportValue", _) => {
                let name = self.text(inner);
                match self.around.and_then(|around| around.import(&name)) {
                    Some(value) => value.into(),
                    None => json!({ "Fn::ImportValue": name }),
                }
            }
            ("Fn::Base64", _) => BASE64.encode(self.text(inner)).into(),
            ("Fn::GetAZs", _) => ["a", "b", "c"].iter().map(|zone| format!("{}{zone}", self.region)).collect(),
            _ => return None,
        })
    }

    fn reference(&self, name: &str) -> Value {
        if let Some(value) = self.parameters.get(name) {
            return if self.masks && self.template.no_echo(name) {
                MASK.into()
            } else {
                let value = self.resolved(name).unwrap_or_else(|| value.clone());
                let kind = self.template.value["Parameters"][name]["Type"].as_str().unwrap_or_default();
                if kind.contains("List") { value.split(',').map(str::trim).collect() } else { value.into() }
            };
        }
        match (name, self.around) {
            ("AWS::AccountId", _) => self.account.into(),
            ("AWS::Region", _) => self.region.into(),
            ("AWS::StackName", _) => self.stack.into(),
            ("AWS::StackId", _) => self.arn.into(),
            ("AWS::Partition", _) => "aws".into(),
            ("AWS::URLSuffix", _) => "amazonaws.com".into(),
            ("AWS::NotificationARNs", _) => json!([]),
            (_, Some(around)) if name != "AWS::NoValue" => around.physical(name).into(),
            _ => json!({ "Ref": name }),
        }
    }

    fn substitute(&self, template: &str, names: &Value) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            rest = behind;
            let name = name.trim();
            let value = match (name.strip_prefix('!'), names.get(name), name.split_once('.')) {
                (Some(literal), ..) => Value::from(format!("${{{literal}}}")),
                (_, Some(own), _) => self.value(own),
                (_, None, Some((logical, attribute))) => self.value(&json!({ "Fn::GetAtt": [logical, attribute] })),
                (_, None, None) => self.reference(name),
            };
            // What is left as it stands stays in the text.
            out.push_str(&text(&value).unwrap_or_else(|| format!("${{{name}}}")));
        }
        out + rest
    }
}

fn nothing(value: &Value) -> bool {
    value.get("Ref").is_some_and(|name| name == "AWS::NoValue")
}

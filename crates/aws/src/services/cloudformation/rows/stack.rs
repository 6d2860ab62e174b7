//! Stacks: the row, and what carries over from what was known of it.

use aws_sdk_cloudformation::types::{Output, Parameter, Stack};
use skydeck_domain::{
    Detail, Health, Link, Resource, Timestamp,
    stack::{StackDetail, StackOperation, StackOutput, StackParameter, TemplateFacts},
};
use skydeck_insight::stack as insight;

use super::value;
use crate::{
    services::{instant, redact, text},
    session::Caller,
};

/// What CloudFormation tells in the place of a hidden value.
const MASKED: &str = "****";

/// Row id of a stack, by its ARN.
pub(crate) fn row_id(caller: &Caller, arn: &str) -> String {
    Resource::make_id(&caller.profile, Some(arn), &caller.region, StackDetail::KIND, "")
}

/// A stack as read just now, on top of what was known of it.
pub(crate) struct Read {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Status.
    pub status: String,
    /// AWS's words about it, redacted.
    pub why: Option<String>,
    /// Tags.
    pub tags: std::collections::BTreeMap<String, String>,
    /// Everything else.
    pub detail: StackDetail,
    /// Outputs as AWS tells them, not to be kept before it is known which repeat a secret.
    pub outputs: Vec<StackOutput>,
    /// Parameters as AWS tells them, likewise: that it hides those with NoEcho is no reason to rely on it.
    parameters: Vec<StackParameter>,
}

impl Read {
    /// None if AWS gives it no name or ARN. `known` is its detail as last read.
    pub(crate) fn of(stack: &Stack, known: Option<StackDetail>) -> Option<Read> {
        let name = text::one_line(stack.stack_name()?)?;
        let drift = stack.drift_information();
        let known = known.as_ref();
        let drift_checked_at = instant::maybe(drift.and_then(|d| d.last_check_timestamp()));
        // Counted by the check that it is of, and by no other.
        let drifted = known.filter(|k| k.drift_checked_at == drift_checked_at).and_then(|k| k.drifted);
        let drift = drift.and_then(|d| d.stack_drift_status()).map_or("NOT_CHECKED", |s| s.as_str()).to_owned();
        let mut read = Read {
            arn: stack.stack_id()?.to_owned(),
            status: stack.stack_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
            why: stack.stack_status_reason().and_then(redact::line),
            tags: tags(stack),
            outputs: stack.outputs().iter().filter_map(output).collect(),
            parameters: stack.parameters().iter().filter_map(parameter).collect(),
            detail: StackDetail {
                description: stack.description().and_then(redact::line),
                parent_id: stack.parent_id().map(str::to_owned),
                root_id: stack.root_id().map(str::to_owned),
                role_arn: stack.role_arn().map(str::to_owned),
                termination_protection: stack.enable_termination_protection().unwrap_or_default(),
                rollback_disabled: stack.disable_rollback().unwrap_or_default(),
                capabilities: stack.capabilities().iter().map(|c| c.as_str().to_owned()).collect(),
                drifted: drifted.filter(|_| drift == "DRIFTED"),
                drift,
                drift_checked_at,
                created_at: instant::maybe(stack.creation_time()),
                updated_at: instant::maybe(stack.last_updated_time()),
                parameters: Vec::new(),
                outputs: None,
                stack_set: stack_set(&name),
                cdk: known.and_then(|k| k.cdk.clone()),
                template: known.and_then(|k| k.template.clone()),
                operation: known.and_then(|k| k.operation.clone()),
                events_for: known.and_then(|k| k.events_for.clone()),
                missing: known.map(|k| k.missing.clone()).unwrap_or_default(),
            },
            name,
        };
        read.tell_values();
        Some(read)
    }

    /// What moves when the stack does: a template, resources or events read for the same one need no reading again.
    pub(crate) fn state(&self) -> String {
        let at = self.detail.updated_at.or(self.detail.created_at);
        format!("{}@{}", self.status, at.map(|t| t.timestamp_millis()).unwrap_or_default())
    }

    /// Whether the template that is known is the one that the stack has.
    pub(crate) fn template_is_current(&self) -> bool {
        self.detail.template.as_ref().is_some_and(|t| t.read_for == self.state())
    }

    /// Whether it has one: not before its first change set was executed, and none to be told of while it moves.
    pub(crate) fn has_template(&self) -> bool {
        !self.moves() && self.status != "REVIEW_IN_PROGRESS"
    }

    /// Takes over values: of parameters and outputs once the template has told which are hidden. Before, of parameters the
    /// names.
    fn tell_values(&mut self) {
        let template = self.detail.template.as_ref().filter(|_| self.template_is_current());
        let Some(template) = template else {
            let name_only = |p: &StackParameter| StackParameter { value: None, resolved: None, ..p.clone() };
            self.detail.parameters = self.parameters.iter().map(name_only).collect();
            return;
        };
        let all = template.defect.is_some();
        let parameters = self.parameters.iter().map(|p| match all || template.hidden_parameters.contains(&p.key) {
            true => StackParameter { value: None, resolved: None, hidden: true, ..p.clone() },
            false => p.clone(),
        });
        self.detail.parameters = parameters.collect();
        let hide = |output: &StackOutput| all || template.hidden_outputs.contains(&output.key);
        let told = self.outputs.iter().map(|output| match hide(output) {
            true => StackOutput { value: None, hidden: true, ..output.clone() },
            false => output.clone(),
        });
        self.detail.outputs = Some(told.collect());
    }

    /// Takes what a template came to.
    pub(crate) fn take_template(&mut self, facts: TemplateFacts, cdk: Option<skydeck_domain::stack::CdkOrigin>) {
        self.detail.template = Some(facts);
        self.detail.cdk = cdk;
        self.tell_values();
    }

    /// Whether it is under way.
    pub(crate) fn moves(&self) -> bool {
        insight::health(&self.status) == Health::Running
    }

    /// The row.
    pub(crate) fn row(&self, caller: &Caller, read_at: Timestamp) -> Resource {
        let (health, reason) = self.judge();
        Resource {
            id: row_id(caller, &self.arn),
            arn: Some(self.arn.clone()),
            kind: StackDetail::KIND.into(),
            service: super::super::ID.into(),
            name: self.name.clone(),
            profile: caller.profile.clone(),
            account: caller.account.clone(),
            region: caller.region.clone(),
            status: self.status.clone(),
            health,
            aspect: None,
            reason,
            since: self.since(),
            read_at,
            tags: self.tags.clone(),
            detail: serde_json::to_value(&self.detail).unwrap_or_default(),
        }
    }

    /// Its latest operation, if that is the one that brought it to its present status.
    fn operation(&self) -> Option<&StackOperation> {
        self.detail.operation.as_ref().filter(|o| o.status == self.status)
    }

    fn since(&self) -> Option<Timestamp> {
        let told =
            self.operation().map(|o| if self.moves() { o.started_at } else { o.ended_at.unwrap_or(o.started_at) });
        told.or(self.detail.updated_at).or(self.detail.created_at)
    }

    /// Health by status; one that stands well but has drifted is off its course.
    pub(crate) fn judge(&self) -> (Health, Option<String>) {
        let health = insight::health(&self.status);
        let cause = self.operation().and_then(|o| o.cause.as_ref()).map(insight::cause_line);
        let words = match health {
            Health::Ok if self.detail.drift == "DRIFTED" => {
                let what = match self.detail.drifted {
                    Some(1) => "1 resource has drifted from the template".to_owned(),
                    Some(n) => format!("{n} resources have drifted from the template"),
                    None => "Resources have drifted from the template".to_owned(),
                };
                return (Health::Attention, Some(what));
            }
            Health::Ok => return (health, None),
            Health::Attention => Some("A change set waits; the stack has no resources yet".to_owned()),
            Health::Unknown => Some(format!("CloudFormation tells a status that is not known here: {}", self.status)),
            Health::Running => {
                let so_far = |o: &StackOperation| format!("{} of {} resources so far", o.done, o.begun);
                cause.map(|c| format!("Rolling back: {c}")).or_else(|| self.operation().map(so_far))
            }
            _ => cause.or_else(|| self.why.clone()),
        };
        (health, words.or_else(|| Some(self.status.clone())).and_then(|w| text::one_line(&w)))
    }
}

/// What a stack points at: the stack that it is nested in, and the one at the top.
pub(crate) fn links(row: &Resource, detail: &StackDetail) -> Vec<Link> {
    let link = |to: &String, rel: &str| Link { from: row.id.clone(), to_arn: to.clone(), rel: rel.into() };
    let parent = detail.parent_id.iter().map(|to| link(to, "nested-in"));
    let root = detail.root_id.iter().filter(|root| Some(*root) != detail.parent_id.as_ref());
    parent.chain(root.map(|to| link(to, "under"))).collect()
}

fn tags(stack: &Stack) -> std::collections::BTreeMap<String, String> {
    let told =
        stack.tags().iter().filter_map(|t| Some((text::one_line(t.key()?)?, value::value(t.key()?, t.value())?)));
    told.collect()
}

fn parameter(told: &Parameter) -> Option<StackParameter> {
    let hidden = told.parameter_value() == Some(MASKED);
    let key = text::one_line(told.parameter_key()?)?;
    let shown = |told: Option<&str>| value::value(&key, told.filter(|_| !hidden));
    Some(StackParameter { value: shown(told.parameter_value()), resolved: shown(told.resolved_value()), hidden, key })
}

fn output(told: &Output) -> Option<StackOutput> {
    Some(StackOutput {
        value: value::value(told.output_key()?, told.output_value()),
        key: text::one_line(told.output_key()?)?,
        description: told.description().and_then(redact::line),
        export: told.export_name().and_then(text::one_line),
        hidden: false,
    })
}

/// The stack set that made a stack, by the name that it gives to its stacks: `StackSet-<name>-<uuid>`.
fn stack_set(name: &str) -> Option<String> {
    let rest = name.strip_prefix("StackSet-")?;
    let at = rest.len().checked_sub(37)?;
    let (set, id) = (rest.get(..at)?, rest.get(at..)?);
    let is_id = id.starts_with('-') && id[1..].bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    (is_id && !set.is_empty()).then(|| set.to_owned())
}

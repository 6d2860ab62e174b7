//! `create-change-set` and `revert`: a change set is made, which changes nothing by itself; it is then looked at and executed
//! or discarded by a verb of its own. `revert` makes it from a template that the ledger kept, because CloudFormation has no
//! way back for a stack that completed. A drift-aware one (`DeploymentMode` `REVERT_DRIFT`) brings back what drifted, too.

use async_trait::async_trait;
use aws_sdk_cloudformation::{
    Client,
    types::{Capability, ChangeSetType, DeploymentMode, Parameter},
};
use sha2::{Digest as _, Sha256};
use skydeck_domain::{ActionRecord, Plan, PlannedCall, Target, stack::KeptTemplate};
use skydeck_insight::template::Template;

use super::{
    super::{calls::Calls, rows::stack::Read},
    Act, answer, live, verb,
};
use crate::{
    AwsError, ErrorClass,
    service::{ActCtx, Draft, Found, Progress, ReadCtx, Receipt, Request, Undo, VerbSpec},
    services::text,
};

const KIND: &str = "cloudformation.stack";

pub(super) const CREATE: VerbSpec = VerbSpec {
    options: &["variable", "drift-aware"],
    ..verb("create-change-set", "CreateChangeSet", KIND, Undo::By("discard"))
};

pub(super) const REVERT: VerbSpec =
    VerbSpec { has_targets: true, is_undo: true, ..verb(super::REVERT, "CreateChangeSet", KIND, Undo::By("discard")) };

/// Bytes of a template that CloudFormation takes in the call itself; a longer one it takes from S3 alone (service quotas).
const MOST_BYTES: i64 = 51_200;
/// Targets offered.
const TARGETS: usize = 50;

/// A change set is made.
pub(super) struct NewChangeSet {
    /// Whether from a kept template.
    pub goes_back: bool,
}

/// Name of the change set that an action makes: found again by it.
fn set_name(action: &str) -> String {
    format!("skydeck-{}", action.to_ascii_lowercase())
}

/// Every parameter as it is, but for those that are given anew.
fn parameters(stack: &Read, given: &Request, declared: Option<&[String]>) -> Vec<Parameter> {
    let stays = |key: &&str| declared.is_none_or(|d| d.iter().any(|name| name == key));
    let known = stack.detail.parameters.iter().map(|p| p.key.as_str()).filter(stays);
    let given_too = given.options.variables.keys().map(String::as_str);
    let keys: std::collections::BTreeSet<&str> = known.chain(given_too).collect();
    let parameter = |key: &str| {
        let one = Parameter::builder().parameter_key(key);
        match given.options.variables.get(key) {
            Some(value) => one.parameter_value(value).build(),
            None => one.use_previous_value(true).build(),
        }
    };
    keys.into_iter().map(parameter).collect()
}

/// The parameters that a template declares, and those of them that need a value which the stack does not have.
fn declared(template: &Template, stack: &Read) -> (Vec<String>, Vec<String>) {
    let names: Vec<String> = template.entries("Parameters").map(|(name, _)| name.to_owned()).collect();
    let wants = |(name, told): (&str, &serde_json::Value)| {
        let has = stack.detail.parameters.iter().any(|p| p.key == name) || told.get("Default").is_some();
        (!has).then(|| name.to_owned())
    };
    let wanting = template.entries("Parameters").filter_map(wants).collect();
    (names, wanting)
}

fn capabilities(stack: &Read, template: Option<&Template>) -> Vec<Capability> {
    let mut all: Vec<Capability> = stack.detail.capabilities.iter().map(|c| Capability::from(c.as_str())).collect();
    let transforms = template.is_some_and(|t| t.root().contains_key("Transform"));
    if transforms && !all.contains(&Capability::CapabilityAutoExpand) {
        all.push(Capability::CapabilityAutoExpand);
    }
    all
}

/// The digest of a text, as the ledger names it.
fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

fn targets(kept: &[KeptTemplate], now: &str) -> Vec<Target> {
    let target = |t: &KeptTemplate| {
        let why_not = if t.digest == now {
            Some("It is what the stack has now.".to_owned())
        } else if t.size > MOST_BYTES {
            let size = t.size / 1024;
            Some(format!(
                "It has {size} KB: CloudFormation takes more than 50 KB from S3 alone, where nothing is written."
            ))
        } else {
            None
        };
        Target {
            id: t.digest.clone(),
            label: format!("Template {} ({})", text::cut(&t.digest, 13), t.status),
            valid: why_not.is_none(),
            why_not,
            revision: None,
            at: Some(t.at),
            served_ms: None,
            mark: None,
        }
    };
    let (valid, invalid): (Vec<Target>, Vec<Target>) = kept.iter().map(target).partition(|t| t.valid);
    valid.into_iter().chain(invalid).take(TARGETS).collect()
}

/// Why no change set can be made of it now, as far as the stack itself tells.
fn blocked(stack: &Read) -> Option<String> {
    if stack.detail.parent_id.is_some() {
        return Some("It is nested: change the stack at the top.".into());
    }
    let stands = matches!(
        stack.status.as_str(),
        "CREATE_COMPLETE"
            | "UPDATE_COMPLETE"
            | "UPDATE_ROLLBACK_COMPLETE"
            | "IMPORT_COMPLETE"
            | "IMPORT_ROLLBACK_COMPLETE"
            | "UPDATE_FAILED"
            | "CREATE_FAILED"
    );
    live::busy(stack).or_else(|| (!stands).then(|| format!("A stack that is {} cannot be updated.", stack.status)))
}

impl NewChangeSet {
    async fn revert(&self, ctx: &ReadCtx, arn: &str, request: &Request) -> Result<Draft, AwsError> {
        let calls = Calls::new(&ctx.caller);
        let (stack, now) = futures::try_join!(live::stack(&calls, arn), calls.template(arn))?;
        let now = digest(&now);
        let targets = targets(&request.templates, &now);
        let chosen = request.template.as_deref().map(Template::parse);
        let wanting = match &chosen {
            Some(Ok(template)) => declared(template, &stack).1,
            _ => Vec::new(),
        };
        let unread = match &chosen {
            Some(Err(defect)) => Some(format!("The kept template cannot be understood: {defect}")),
            _ => None,
        };
        let none = targets.iter().all(|t| !t.valid);
        let nothing =
            || none.then(|| "No earlier template of it is kept here yet: each one is from now on.".to_owned());
        let wanted = (!wanting.is_empty())
            .then(|| format!("That template wants parameters which the stack does not have: {}.", wanting.join(", ")));
        let mut state = live::state(&stack);
        state.push(now);
        Ok(Draft {
            effect: format!(
                "Makes a change set that brings {} to an earlier template. It changes nothing until it is executed.",
                stack.name
            ),
            current: Some(live::current(&stack)),
            targets,
            calls: self.planned(ctx, arn, false),
            not_undone: vec![
                "Values of parameters stay as they are now; the ledger keeps templates, not the values of then.".into(),
                "Data in resources that the change set replaces or removes: it names them before you execute it."
                    .into(),
            ],
            blocked: blocked(&stack).or_else(nothing).or(unread).or(wanted),
            state,
            of_arn: stack.arn.clone(),
            ..Draft::default()
        })
    }

    async fn anew(&self, ctx: &ReadCtx, arn: &str, request: &Request) -> Result<Draft, AwsError> {
        let stack = live::stack(&Calls::new(&ctx.caller), arn).await?;
        let drift = request.options.drift_aware.unwrap_or_default();
        let given = &request.options.variables;
        let unknown = given.keys().find(|key| stack.detail.parameters.iter().all(|p| p.key != **key));
        let nothing = (given.is_empty() && !drift).then(|| {
            "It would change nothing: give a parameter another value (--variable NAME=VALUE), or bring back what drifted \
             (--drift-aware)."
                .to_owned()
        });
        let unknown = unknown.map(|key| format!("The stack has no parameter {key}."));
        let never = (drift && stack.detail.drift != "DRIFTED").then(|| match stack.detail.drift.as_str() {
            "IN_SYNC" => "Nothing has drifted.".to_owned(),
            _ => "Whether it has drifted is not known: detect drift first.".to_owned(),
        });
        let what = match (drift, given.len()) {
            (true, 0) => "brings back what has drifted".to_owned(),
            (true, n) => format!("brings back what has drifted, with {n} parameters changed"),
            (false, n) => format!("has the same template with {n} parameters changed"),
        };
        let mut state = live::state(&stack);
        state.push(format!("{} {:?}", stack.detail.drift, stack.detail.drift_checked_at));
        Ok(Draft {
            effect: format!(
                "Makes a change set of {} that {what}. It changes nothing until it is executed.",
                stack.name
            ),
            current: Some(live::current(&stack)),
            calls: self.planned(ctx, arn, drift),
            blocked: blocked(&stack).or(nothing).or(unknown).or(never),
            state,
            of_arn: stack.arn.clone(),
            ..Draft::default()
        })
    }

    /// The call, with what is long or may be secret left out.
    fn planned(&self, ctx: &ReadCtx, arn: &str, drift: bool) -> Vec<PlannedCall> {
        let command = live::cli("create-change-set").option("stack-name", arn).option("change-set-name", "<name>");
        let command = match self.goes_back {
            true => command.option("template-body", "file://<kept template>"),
            false => command.flag("use-previous-template"),
        };
        let command = command.option("parameters", "<values>");
        let command = if drift { command.option("deployment-mode", "REVERT_DRIFT") } else { command };
        vec![PlannedCall { operation: "cloudformation:CreateChangeSet".into(), cli: command.line(&ctx.caller) }]
    }
}

#[async_trait]
impl Act for NewChangeSet {
    fn spec(&self) -> &'static VerbSpec {
        if self.goes_back { &REVERT } else { &CREATE }
    }

    async fn plan(&self, ctx: &ReadCtx, arn: &str, request: &Request) -> Result<Draft, AwsError> {
        match self.goes_back {
            true => self.revert(ctx, arn, request).await,
            false => self.anew(ctx, arn, request).await,
        }
    }

    async fn call(&self, ctx: &ActCtx, arn: &str, request: &Request, _: &Plan) -> Result<Receipt, AwsError> {
        let stack = live::stack(&Calls::new(&ctx.caller), arn).await?;
        let unread = |why: String| ctx.caller.refused("NoTemplate", why);
        let template = match (self.goes_back, &request.template) {
            (true, None) => return Err(unread("The ledger does not have the text of that template.".into())),
            (true, Some(text)) => Some(Template::parse(text).map_err(|e| unread(e.to_string()))?),
            (false, _) => None,
        };
        let names = template.as_ref().map(|t| declared(t, &stack).0);
        let parameters = parameters(&stack, request, names.as_deref());
        let capabilities = capabilities(&stack, template.as_ref());
        let drift = request.options.drift_aware == Some(true);
        let client = ctx.caller.client(Client::new);
        let words = text::cut(&text::one_line(&ctx.record.reason).unwrap_or_default(), 900);
        let send = || {
            let make = client.create_change_set().stack_name(arn).change_set_name(set_name(&ctx.record.action));
            let make = make.change_set_type(ChangeSetType::Update).client_token(&ctx.record.action).description(&words);
            let make = make.set_parameters(Some(parameters.clone())).set_capabilities(Some(capabilities.clone()));
            let make = if drift { make.deployment_mode(DeploymentMode::RevertDrift) } else { make };
            match (&template, &request.template) {
                (Some(_), Some(text)) => make.template_body(text).send(),
                _ => make.use_previous_template(true).send(),
            }
        };
        let (out, request_id) = ctx.caller.mutate("CreateChangeSet", send).await?;
        Ok(answer::receipt(self.spec(), request_id, out.id))
    }

    async fn follow(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Progress, AwsError> {
        let Some(set) = &record.follow_id else { return Ok(Progress::Failed("AWS named no change set".into())) };
        let told = Calls::new(&ctx.caller).change_set(set, None).await?;
        let name = told.change_set_name().unwrap_or_default();
        Ok(match told.status().map(|s| s.as_str()) {
            Some("CREATE_COMPLETE") => {
                Progress::Succeeded(format!("Change set {name} is made: look at it, then execute it"))
            }
            Some("FAILED") => {
                Progress::Failed(told.status_reason().unwrap_or("CloudFormation says not why").to_owned())
            }
            status => Progress::Running(format!("Change set {name} is {}", status.unwrap_or("being made"))),
        })
    }

    /// The change set has the action's name, so that it is there or not.
    async fn find_out(&self, ctx: &ReadCtx, record: &ActionRecord) -> Result<Found, AwsError> {
        let sets = match Calls::new(&ctx.caller).change_sets(&record.id).await {
            Err(error) if error.class == ErrorClass::NotFound => Vec::new(),
            sets => sets?,
        };
        let name = set_name(&record.action);
        let made = sets.iter().find(|s| s.change_set_name() == Some(&name));
        Ok(match made {
            Some(set) => answer::ran(self.spec(), set.change_set_id().map(str::to_owned)),
            None => answer::nothing(record, "The stack has no change set of its name"),
        })
    }
}

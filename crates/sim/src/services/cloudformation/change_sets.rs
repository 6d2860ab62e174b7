//! CreateChangeSet, ListChangeSets, DescribeChangeSet, DeleteChangeSet.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{Call, answer, invalid, stacks};
use crate::{
    service::ApiError,
    world::{
        id::Uuid,
        noise,
        stack::{
            Settings, StackRef, Standing,
            change_set::{ChangeSet, NO_CHANGES},
            changes::{self, Change},
        },
        template::{Given, Template},
        time::{SECOND, seconds},
    },
};

/// Change sets, and changes, of a page.
const PAGE: usize = 100;

impl Call<'_> {
    pub(super) fn create_change_set(&mut self) -> Result<Value, ApiError> {
        let name = self.text("ChangeSetName").unwrap_or_default().to_owned();
        let creates = match self.text("ChangeSetType") {
            Some("CREATE") => true,
            Some("IMPORT") => return Err(invalid("Importing resources is not offered by this simulated AWS")),
            _ => false,
        };
        let found = self.changed_stack(creates, &name)?;
        if let Some(again) = self.same_change_set(found, &name)? {
            return Ok(again);
        }
        let before = found.and_then(|s| {
            let stack = self.world.stack(s);
            stack.settled(self.now).or_else(|| stack.told(self.now)).cloned()
        });
        let template = match (self.given_template()?, self.flag("UsePreviousTemplate"), &before) {
            (Some(template), false, _) => template,
            (None, true, Some(before)) => Arc::clone(&before.template),
            _ => return Err(invalid("Either Template URL or Template Body must be specified.")),
        };
        let after = Arc::new(self.standing(template, before.as_deref())?);
        let s = match found {
            Some(s) => s,
            None => self.reviewed_stack(),
        };
        let reverts_drift = self.text("DeploymentMode") == Some("REVERT_DRIFT");
        let changes = self.what_changes(s, before.as_deref(), &after, reverts_drift);
        let stack = self.world.stack(s);
        let draw = noise::mix(noise::mix(stack.key, 31), stack.change_sets.len() as u64);
        let change_set = ChangeSet {
            name,
            id: Uuid::draw(draw, 0),
            created: self.now,
            lasts: 3 * SECOND + noise::below(draw, 5_000) as i64,
            description: self.text("Description").map(str::to_owned),
            creates,
            after,
            changes,
            token: self.text("ClientToken").map(str::to_owned),
            reverts_drift,
            on_failure: self.text("OnStackFailure").map(str::to_owned),
            seen: stack.operations.len(),
            executed: None,
            deleted: None,
        };
        let answered = json!({ "Id": change_set.arn(stack), "StackId": stack.arn });
        self.world.stack_mut(s).change_sets.push(change_set);
        Ok(answered)
    }

    /// The stack that a change set is to be made for; none where it makes the stack.
    fn changed_stack(&self, creates: bool, change_set: &str) -> Result<Option<StackRef>, ApiError> {
        let name = self.text("StackName").unwrap_or_default();
        let found = self.stack_named(name).filter(|s| !self.world.stack(*s).gone(self.now));
        let Some(s) = found else {
            return if creates && !name.starts_with("arn:") {
                Ok(None)
            } else {
                Err(invalid(format!("Stack [{name}] does not exist")))
            };
        };
        let stack = self.world.stack(s);
        let status = stack.status(self.now);
        if creates {
            return if status == "REVIEW_IN_PROGRESS" {
                Ok(Some(s))
            } else {
                Err(invalid(format!(
                    "Stack [{name}] already exists and cannot be created again with the changeSet [{change_set}]."
                )))
            };
        }
        if !updatable(status) {
            return Err(self.refuse_state(stack, "updated"));
        }
        Ok(Some(s))
    }

    /// The answer to a request that was made before, by its token.
    fn same_change_set(&self, s: Option<StackRef>, name: &str) -> Result<Option<Value>, ApiError> {
        let Some(stack) = s.map(|s| self.world.stack(s)) else { return Ok(None) };
        let Some(there) = stack.change_sets.iter().find(|c| c.name == name && listed(c)) else { return Ok(None) };
        if there.token.is_some() && there.token.as_deref() == self.text("ClientToken") {
            return Ok(Some(json!({ "Id": there.arn(stack), "StackId": stack.arn })));
        }
        Err(ApiError::client(
            "AlreadyExistsException",
            format!("ChangeSet {name} cannot be created due to a mismatch with existing attribute Template"),
        ))
    }

    fn reviewed_stack(&mut self) -> StackRef {
        let place = self.world.place_or_new(self.request.account, self.request.region);
        let name = self.text("StackName").unwrap_or_default().to_owned();
        self.world.add_stack(place, &name, self.now)
    }

    /// What the stack would be.
    fn standing(&self, template: Arc<Template>, before: Option<&Standing>) -> Result<Standing, ApiError> {
        let list = |member: &str| self.request.input.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
        let given: Vec<Given> = list("Parameters")
            .iter()
            .map(|p| Given {
                name: p["ParameterKey"].as_str().unwrap_or_default().to_owned(),
                value: p["ParameterValue"].as_str().map(str::to_owned),
                previous: p["UsePreviousValue"].as_bool().unwrap_or_default(),
            })
            .collect();
        let parameters = template.parameters(&given, before.map(|b| &b.parameters)).map_err(invalid)?;
        let capabilities = self.texts("Capabilities");
        if let Some((needed, _)) = template.capability() {
            let enough = |c: &String| c == needed || c == "CAPABILITY_NAMED_IAM";
            if !capabilities.iter().any(enough) {
                return Err(ApiError::client(
                    "InsufficientCapabilitiesException",
                    format!("Requires capabilities : [{needed}]"),
                ));
            }
        }
        let had = before.map(|b| (*b.settings).clone()).unwrap_or_default();
        let tags: BTreeMap<String, String> = list("Tags")
            .iter()
            .filter_map(|t| Some((t["Key"].as_str()?.to_owned(), t["Value"].as_str()?.to_owned())))
            .collect();
        let configuration = self.request.input.get("RollbackConfiguration");
        let triggers = configuration.and_then(|c| c["RollbackTriggers"].as_array());
        let triggers = triggers.map(|all| {
            all.iter().filter_map(|t| Some((t["Arn"].as_str()?.to_owned(), t["Type"].as_str()?.to_owned()))).collect()
        });
        let given = |member: &str| self.request.input.contains_key(member);
        let settings = Settings {
            tags: if given("Tags") { tags } else { had.tags },
            capabilities,
            role: self.text("RoleARN").map(str::to_owned).or(had.role),
            notification_arns: if given("NotificationARNs") {
                self.texts("NotificationARNs")
            } else {
                had.notification_arns
            },
            rollback_triggers: triggers.unwrap_or(had.rollback_triggers),
            monitoring_minutes: configuration
                .and_then(|c| c["MonitoringTimeInMinutes"].as_i64())
                .or(had.monitoring_minutes),
        };
        Ok(Standing { template, parameters, settings: Arc::new(settings) })
    }

    fn what_changes(
        &self,
        s: StackRef,
        before: Option<&Standing>,
        after: &Standing,
        reverts: bool,
    ) -> Result<Vec<Change>, String> {
        let stack = self.world.stack(s);
        let identity = stack.identity(stack.account(), stack.region());
        let before = before.filter(|_| !stack.operations.is_empty());
        let mut found = changes::changes(identity, before, after);
        if reverts {
            for drifted in stack.drift.standing(self.now) {
                let there = found.iter().any(|change| change.logical == drifted.logical);
                if !there && after.template.resource(&drifted.logical).is_some() {
                    found.push(changes::reverted(&drifted.logical, after.template.kind(&drifted.logical)));
                }
            }
        }
        let same_settings =
            before.is_some_and(|b| b.settings.tags == after.settings.tags && b.settings.role == after.settings.role);
        let same_outputs = before.is_some_and(|b| {
            let outputs = |standing: &Standing| {
                changes::scope(identity, standing, false).value(&standing.template.value["Outputs"])
            };
            outputs(b) == outputs(after)
        });
        if found.is_empty() && same_settings && same_outputs {
            return Err(NO_CHANGES.to_owned());
        }
        Ok(changes::with_contexts(identity, before, after, found))
    }

    pub(super) fn list_change_sets(&self) -> Result<Value, ApiError> {
        let s = self.stack_in_brackets()?;
        let stack = self.world.stack(s);
        let all: Vec<&ChangeSet> = stack.change_sets.iter().filter(|c| listed(c) && c.created <= self.seen()).collect();
        let (page, next) = self.paged(&stack.arn, all, PAGE)?;
        let shown: Vec<Value> = page
            .into_iter()
            .map(|c| {
                answer(json!({
                    "StackId": stack.arn,
                    "StackName": stack.name,
                    "ChangeSetId": c.arn(stack),
                    "ChangeSetName": c.name,
                    "ExecutionStatus": c.execution_status(stack, self.now),
                    "Status": c.status(self.now),
                    "StatusReason": c.reason(self.now),
                    "CreationTime": seconds(c.created),
                    "Description": c.description,
                    "IncludeNestedStacks": false,
                    "ImportExistingResources": false,
                }))
            })
            .collect();
        Ok(answer(json!({ "Summaries": shown, "NextToken": next })))
    }

    /// The call's change set, by name and stack, or by ARN. One that was carried out is found by its ARN.
    pub(super) fn change_set(&self) -> Result<(StackRef, usize), ApiError> {
        let name = self.text("ChangeSetName").unwrap_or_default();
        let missing = || ApiError {
            status: 404,
            ..ApiError::client("ChangeSetNotFound", format!("ChangeSet [{name}] does not exist"))
        };
        if name.starts_with("arn:") {
            let place = self.world.place_number(self.request.account, self.request.region).ok_or_else(missing)?;
            let id = name.rsplit('/').next().and_then(Uuid::parse).ok_or_else(missing)?;
            let stacks = &self.world.places[place as usize].stacks;
            let found = stacks.iter().enumerate().find_map(|(index, stack)| {
                let n = stack.change_sets.iter().position(|c| c.id == id && c.arn(stack) == name)?;
                let there = listed(&stack.change_sets[n]) || stack.change_sets[n].executed.is_some();
                there.then_some((StackRef { place, index: index as u32 }, n))
            });
            return found.ok_or_else(missing);
        }
        if self.text("StackName").is_none() {
            return Err(invalid("StackName must be specified if ChangeSetName is not specified as an ARN."));
        }
        let s = self.stack_in_brackets()?;
        let found = self.world.stack(s).change_sets.iter().rposition(|c| c.name == name && listed(c));
        found.map(|n| (s, n)).ok_or_else(missing)
    }

    pub(super) fn describe_change_set(&self) -> Result<Value, ApiError> {
        let (s, n) = self.change_set()?;
        let stack = self.world.stack(s);
        let c = &stack.change_sets[n];
        let with_values = self.flag("IncludePropertyValues");
        let all: Vec<Value> = match &c.changes {
            Ok(all) if c.status(self.now) == "CREATE_COMPLETE" => {
                all.iter().map(|change| self.shown(stack, c, change, with_values)).collect()
            }
            _ => Vec::new(),
        };
        let (page, next) = self.paged(&c.id.to_string(), all, PAGE)?;
        let settings = &c.after.settings;
        Ok(answer(json!({
            "ChangeSetName": c.name,
            "ChangeSetId": c.arn(stack),
            "StackId": stack.arn,
            "StackName": stack.name,
            "Description": c.description,
            "Parameters": stacks::parameters(stack, &c.after),
            "CreationTime": seconds(c.created),
            "ExecutionStatus": c.execution_status(stack, self.now),
            "Status": c.status(self.now),
            "StatusReason": c.reason(self.now),
            "StackDriftStatus": c.reverts_drift.then(|| stack.drift.status(self.now).0),
            "NotificationARNs": settings.notification_arns,
            "RollbackConfiguration": stacks::rollback_configuration(settings),
            "Capabilities": settings.capabilities,
            "Tags": stacks::tags(settings),
            "Changes": page,
            "NextToken": next,
            "IncludeNestedStacks": false,
            "OnStackFailure": c.on_failure,
            "ImportExistingResources": false,
            "DeploymentMode": c.reverts_drift.then_some("REVERT_DRIFT"),
        })))
    }

    pub(super) fn delete_change_set(&mut self) -> Result<Value, ApiError> {
        let (s, n) = match self.change_set() {
            Ok(found) => found,
            // Deleting what is not there is no error of this operation.
            Err(error) if error.code == "ChangeSetNotFound" => return Ok(json!({})),
            Err(error) => return Err(error),
        };
        let stack = self.world.stack(s);
        let c = &stack.change_sets[n];
        let state = c.execution_status(stack, self.now);
        if c.status(self.now).ends_with("_PROGRESS") || c.status(self.now).ends_with("PENDING") {
            let (arn, status) = (c.arn(stack), c.status(self.now));
            return Err(ApiError::client(
                "InvalidChangeSetStatus",
                format!("ChangeSet [{arn}] cannot be deleted in its current status of [{status}]"),
            ));
        }
        if state == "EXECUTE_IN_PROGRESS" {
            return Err(ApiError::client(
                "InvalidChangeSetStatus",
                format!("ChangeSet [{}] cannot be deleted in its current execution status of [{state}]", c.arn(stack)),
            ));
        }
        self.world.stack_mut(s).change_sets[n].deleted = Some(self.now);
        Ok(json!({}))
    }
}

/// Whether a stack in that state can be updated.
pub(super) fn updatable(status: &str) -> bool {
    let stands = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_FAILED"];
    stands.contains(&status) || status.starts_with("IMPORT") && status.ends_with("COMPLETE")
}

/// Whether a change set is active: neither deleted nor carried out.
fn listed(c: &ChangeSet) -> bool {
    c.deleted.is_none() && c.executed.is_none()
}

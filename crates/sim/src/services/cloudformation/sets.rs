//! Stack sets: ListStackSets, DescribeStackSet, ListStackInstances, ListStackSetOperations, DescribeStackSetOperation,
//! ListStackSetOperationResults, StopStackSetOperation, UpdateStackInstances. Sets are self-managed: the caller's account
//! administers them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Call, answer, invalid, stacks};
use crate::{
    service::ApiError,
    world::{
        stack::set::{NewSetOperation, SetOperation, StackSet, Target},
        template::resolve::MASK,
        time::{Ms, seconds},
    },
};

/// The most of a page, and how many where nothing is asked.
const PAGE: u64 = 100;

fn not(status: u16, code: &str, message: String) -> ApiError {
    ApiError { status, ..ApiError::client(code, message) }
}

impl Call<'_> {
    fn sets(&self) -> &[StackSet] {
        let place = self.world.place_number(self.request.account, self.request.region);
        place.map_or(&[], |place| &self.world.places[place as usize].stack_sets)
    }

    /// The call's stack set, by name, or by name and UUID.
    fn set(&self) -> Result<(u32, usize), ApiError> {
        let name = self.text("StackSetName").unwrap_or_default();
        let found = self.sets().iter().position(|set| set.name == name || set.whole_id() == name);
        let place = self.world.place_number(self.request.account, self.request.region);
        let missing = || not(404, "StackSetNotFoundException", format!("StackSet {name} not found"));
        place.zip(found).ok_or_else(missing)
    }

    fn set_operation(&self) -> Result<(u32, usize, usize), ApiError> {
        let (place, set) = self.set()?;
        let id = self.text("OperationId").unwrap_or_default();
        let operations = &self.sets()[set].operations;
        let found = operations.iter().position(|operation| operation.id == id);
        let missing = || not(404, "OperationNotFoundException", format!("Operation {id} not found"));
        Ok((place, set, found.ok_or_else(missing)?))
    }

    fn size(&self) -> usize {
        self.request.input.get("MaxResults").and_then(Value::as_u64).unwrap_or(PAGE) as usize
    }

    pub(super) fn list_stack_sets(&self) -> Result<Value, ApiError> {
        // None of the world's sets was ever deleted.
        let wanted = self.text("Status") != Some("DELETED");
        let all: Vec<&StackSet> = self.sets().iter().filter(|_| wanted).collect();
        let (page, next) = self.paged("", all, self.size())?;
        let shown: Vec<Value> = page
            .into_iter()
            .map(|set| {
                let (drift, checked) = self.set_drift(set);
                answer(json!({
                    "StackSetName": set.name, "StackSetId": set.whole_id(), "Description": set.description,
                    "Status": "ACTIVE", "PermissionModel": "SELF_MANAGED", "DriftStatus": drift,
                    "LastDriftCheckTimestamp": checked.map(seconds), "ManagedExecution": { "Active": false },
                }))
            })
            .collect();
        Ok(answer(json!({ "Summaries": shown, "NextToken": next })))
    }

    /// Drift of an instance's stack, and when it was last looked for.
    fn instance_drift(&self, arn: &str) -> (&'static str, Option<Ms>) {
        self.world.stack_by_arn(arn).map_or(("NOT_CHECKED", None), |s| self.world.stack(s).drift.status(self.now))
    }

    fn set_drift(&self, set: &StackSet) -> (&'static str, Option<Ms>) {
        let all: Vec<(&str, Option<Ms>)> = set.instances.values().map(|arn| self.instance_drift(arn)).collect();
        let checked = all.iter().filter_map(|(_, at)| *at).max();
        let status = match () {
            () if all.iter().any(|(status, _)| *status == "DRIFTED") => "DRIFTED",
            () if checked.is_some() => "IN_SYNC",
            () => "NOT_CHECKED",
        };
        (status, checked)
    }

    fn drift_details(&self, set: &StackSet) -> Value {
        let (status, checked) = self.set_drift(set);
        let count = |wanted: &str| set.instances.values().filter(|arn| self.instance_drift(arn).0 == wanted).count();
        answer(json!({
            "DriftStatus": status,
            "DriftDetectionStatus": checked.map(|_| "COMPLETED"),
            "LastDriftCheckTimestamp": checked.map(seconds),
            "TotalStackInstancesCount": set.instances.len(),
            "DriftedStackInstancesCount": count("DRIFTED"),
            "InSyncStackInstancesCount": count("IN_SYNC"),
            "InProgressStackInstancesCount": 0,
            "FailedStackInstancesCount": 0,
        }))
    }

    pub(super) fn describe_stack_set(&self) -> Result<Value, ApiError> {
        let (_, n) = self.set()?;
        let set = &self.sets()[n];
        let (account, region) = (self.request.account, self.request.region);
        let parameters: Vec<Value> = set
            .standing
            .parameters
            .iter()
            .map(|(name, value)| {
                let masked = set.standing.template.no_echo(name);
                json!({ "ParameterKey": name, "ParameterValue": if masked { MASK } else { value } })
            })
            .collect();
        let regions: BTreeSet<&String> = set.instances.keys().map(|(_, region)| region).collect();
        Ok(json!({ "StackSet": {
            "StackSetName": set.name,
            "StackSetId": set.whole_id(),
            "StackSetARN": format!("arn:aws:cloudformation:{region}:{account}:stackset/{}", set.whole_id()),
            "Description": set.description,
            "Status": "ACTIVE",
            "TemplateBody": set.standing.template.body,
            "Parameters": parameters,
            "Capabilities": set.standing.settings.capabilities,
            "Tags": stacks::tags(&set.standing.settings),
            "AdministrationRoleARN": format!("arn:aws:iam::{account}:role/AWSCloudFormationStackSetAdministrationRole"),
            "ExecutionRoleName": "AWSCloudFormationStackSetExecutionRole",
            "StackSetDriftDetectionDetails": self.drift_details(set),
            "PermissionModel": "SELF_MANAGED",
            "ManagedExecution": { "Active": false },
            "Regions": regions,
        } }))
    }

    pub(super) fn list_stack_instances(&self) -> Result<Value, ApiError> {
        let (_, n) = self.set()?;
        let set = &self.sets()[n];
        let filters = self.request.input.get("Filters").and_then(Value::as_array).cloned().unwrap_or_default();
        let matches = |shown: &Value| {
            filters.iter().all(|filter| {
                let value = match filter["Name"].as_str() {
                    Some("DETAILED_STATUS") => &shown["StackInstanceStatus"]["DetailedStatus"],
                    Some("LAST_OPERATION_ID") => &shown["LastOperationId"],
                    _ => &shown["DriftStatus"],
                };
                filter["Values"].as_str().is_some_and(|v| v.split(',').any(|v| value == v))
            })
        };
        let (account, region) = (self.text("StackInstanceAccount"), self.text("StackInstanceRegion"));
        let all: Vec<Value> = set
            .instances
            .iter()
            .filter(|((a, r), _)| account.is_none_or(|wanted| a == wanted) && region.is_none_or(|wanted| r == wanted))
            .map(|(target, arn)| self.instance(set, target, arn))
            .filter(matches)
            .collect();
        let (page, next) = self.paged(&set.name, all, self.size())?;
        Ok(answer(json!({ "Summaries": page, "NextToken": next })))
    }

    fn instance(&self, set: &StackSet, target: &Target, arn: &str) -> Value {
        let last = set.last_step(target, self.now);
        let result = last.map_or("SUCCEEDED", |(operation, step)| operation.result(step, self.now));
        let reason = last.and_then(|(_, step)| step.fails.clone()).filter(|_| result == "FAILED");
        let current = result == "SUCCEEDED";
        let (drift, checked) = self.instance_drift(arn);
        answer(json!({
            "StackSetId": set.whole_id(),
            "Account": target.0,
            "Region": target.1,
            "StackId": arn,
            "Status": if current { "CURRENT" } else { "OUTDATED" },
            "StatusReason": reason.or_else(|| (!current).then(|| "User initiated operation".to_owned())),
            "StackInstanceStatus": { "DetailedStatus": result },
            "DriftStatus": drift,
            "LastDriftCheckTimestamp": checked.map(seconds),
            "LastOperationId": last.map(|(operation, _)| &operation.id),
        }))
    }

    pub(super) fn list_set_operations(&self) -> Result<Value, ApiError> {
        let (_, n) = self.set()?;
        let set = &self.sets()[n];
        let all: Vec<&SetOperation> = set.operations.iter().rev().filter(|o| o.began <= self.seen()).collect();
        let (page, next) = self.paged(&set.name, all, self.size())?;
        let shown: Vec<Value> = page.into_iter().map(|operation| self.told(operation)).collect();
        Ok(answer(json!({ "Summaries": shown, "NextToken": next })))
    }

    fn told(&self, operation: &SetOperation) -> Value {
        let over = operation.ends() <= self.now;
        answer(json!({
            "OperationId": operation.id,
            "Action": operation.action,
            "Status": operation.status(self.now),
            "CreationTimestamp": seconds(operation.began),
            "EndTimestamp": over.then(|| seconds(operation.ends())),
            "OperationPreferences": operation.preferences,
            "StatusDetails": { "FailedStackInstancesCount": operation.failed(self.now) },
        }))
    }

    pub(super) fn describe_set_operation(&self) -> Result<Value, ApiError> {
        let (_, set, n) = self.set_operation()?;
        let set = &self.sets()[set];
        let operation = &set.operations[n];
        let accounts: BTreeSet<&String> = operation.steps.iter().map(|step| &step.target.0).collect();
        let mut told = self.told(operation);
        told["StackSetId"] = set.whole_id().into();
        told["RetainStacks"] = false.into();
        told["AdministrationRoleARN"] =
            format!("arn:aws:iam::{}:role/AWSCloudFormationStackSetAdministrationRole", self.request.account).into();
        told["ExecutionRoleName"] = "AWSCloudFormationStackSetExecutionRole".into();
        told["DeploymentTargets"] = json!({ "Accounts": accounts });
        Ok(json!({ "StackSetOperation": told }))
    }

    pub(super) fn list_set_results(&self) -> Result<Value, ApiError> {
        let (_, set, n) = self.set_operation()?;
        let operation = &self.sets()[set].operations[n];
        let filter = self.request.input.get("Filters").and_then(|f| f[0]["Values"].as_str());
        let all: Vec<Value> = operation
            .steps
            .iter()
            .map(|step| (step, operation.result(step, self.now)))
            .filter(|(_, result)| filter.is_none_or(|wanted| wanted == *result))
            .map(|(step, result)| {
                let cancelled = (result == "CANCELLED").then(|| "Cancelled since failure tolerance has exceeded".to_owned());
                let stopped = operation.stopped.is_some() && result == "CANCELLED";
                let reason = step.fails.clone().filter(|_| result == "FAILED");
                let gate = json!({ "Status": "SKIPPED", "StatusReason": "Function not found: AWSCloudFormationStackSetAccountGate" });
                answer(json!({
                    "Account": step.target.0,
                    "Region": step.target.1,
                    "Status": result,
                    "StatusReason": if stopped { Some("Cancelled by user".to_owned()) } else { reason.or(cancelled) },
                    "AccountGateResult": (result != "PENDING").then_some(gate),
                }))
            })
            .collect();
        let (page, next) = self.paged(&operation.id, all, self.size())?;
        Ok(answer(json!({ "Summaries": page, "NextToken": next })))
    }

    pub(super) fn stop_set_operation(&mut self) -> Result<Value, ApiError> {
        let (place, set, n) = self.set_operation()?;
        let operation = &self.sets()[set].operations[n];
        let status = operation.status(self.now);
        if status != "RUNNING" {
            let message = format!("Operation {} cannot be stopped, since its status is {status}", operation.id);
            return Err(ApiError::client("InvalidOperationException", message));
        }
        self.world.stop_set_operation(place, set, n, self.now);
        Ok(json!({}))
    }

    pub(super) fn update_stack_instances(&mut self) -> Result<Value, ApiError> {
        let (place, n) = self.set()?;
        let set = &self.sets()[n];
        let targets = self.targets(set)?;
        let id = self.text("OperationId").map(str::to_owned);
        if id.as_ref().is_some_and(|id| set.operations.iter().any(|operation| operation.id == *id)) {
            let message = format!("Operation {} already exists", id.unwrap_or_default());
            return Err(not(409, "OperationIdAlreadyExistsException", message));
        }
        if let Some(running) = set.operations.iter().find(|operation| operation.ends() > self.now) {
            let message = format!("Another Operation on StackSet {} is in progress: {}", set.whole_id(), running.id);
            return Err(not(409, "OperationInProgressException", message));
        }
        let overrides = self.overrides(set)?;
        let preferences = self.request.input.get("OperationPreferences").cloned().unwrap_or_else(|| json!({}));
        let accounts = targets.iter().map(|(account, _)| account).collect::<BTreeSet<_>>().len();
        let per_cent = |name: &str| preferences[name].as_u64().map(|n| accounts * n as usize / 100);
        let tolerance = preferences["FailureToleranceCount"].as_u64().map(|n| n as usize);
        let tolerance = tolerance.or_else(|| per_cent("FailureTolerancePercentage")).unwrap_or_default();
        if let Some(overrides) = overrides {
            let own = &mut self.world.places[place as usize].stack_sets[n].overrides;
            for target in &targets {
                own.insert(target.clone(), overrides.clone());
            }
        }
        let new = NewSetOperation { id, targets, fails: BTreeMap::new(), tolerance, preferences };
        let id = self.world.begin_set_operation(place, n, new, self.now);
        Ok(json!({ "OperationId": id }))
    }

    /// The instances that the call names, Region by Region.
    fn targets(&self, set: &StackSet) -> Result<Vec<Target>, ApiError> {
        let mut accounts = self.texts("Accounts");
        let given = self.request.input.get("DeploymentTargets").and_then(|t| t["Accounts"].as_array());
        accounts.extend(given.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        let regions = self.texts("Regions");
        if accounts.is_empty() || regions.is_empty() {
            return Err(invalid("Accounts and Regions must be specified"));
        }
        let mut targets = Vec::new();
        for region in regions {
            for account in &accounts {
                let target = (account.clone(), region.clone());
                if !set.instances.contains_key(&target) {
                    let message =
                        format!("StackInstance [{account}, {region}] not found in StackSet {}", set.whole_id());
                    return Err(not(404, "StackInstanceNotFoundException", message));
                }
                targets.push(target);
            }
        }
        Ok(targets)
    }

    /// Parameters that the instances get of their own; none if nothing is said of them. An empty list takes them back.
    fn overrides(&self, set: &StackSet) -> Result<Option<BTreeMap<String, String>>, ApiError> {
        let Some(given) = self.request.input.get("ParameterOverrides").and_then(Value::as_array) else {
            return Ok(None);
        };
        let mut own = BTreeMap::new();
        for parameter in given {
            let name = parameter["ParameterKey"].as_str().unwrap_or_default();
            if !set.standing.parameters.contains_key(name) {
                return Err(invalid(format!("Parameters: [{name}] do not exist in the template")));
            }
            let value = parameter["ParameterValue"].as_str().unwrap_or_default();
            own.insert(name.to_owned(), value.to_owned());
        }
        Ok(Some(own))
    }
}

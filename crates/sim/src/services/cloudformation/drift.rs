//! DetectStackDrift, DescribeStackDriftDetectionStatus, DescribeStackResourceDrifts.

use serde_json::{Value, json};

use super::{Call, answer, invalid};
use crate::{
    service::ApiError,
    world::{
        stack::{
            Stack, StackRef, changes,
            drift::{Detection, Drifted},
            reading::ResourceNow,
        },
        template::{kinds, text},
        time::seconds,
    },
};

impl Call<'_> {
    pub(super) fn detect_drift(&mut self) -> Result<Value, ApiError> {
        let s = self.live_stack()?;
        let stack = self.world.stack(s);
        let status = stack.status(self.now);
        let allowed = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"];
        if !allowed.contains(&status) {
            return Err(invalid(format!(
                "Drift detection cannot be performed on stack [{}] while it is in {status} state",
                stack.name
            )));
        }
        if stack.drift.detecting(self.now) {
            return Err(invalid(format!("Drift detection is already in progress for stack [{}]", stack.arn)));
        }
        let resources = stack.resources(self.now);
        let only = self.texts("LogicalResourceIds");
        let wrong: Vec<&str> =
            only.iter().map(String::as_str).filter(|id| !resources.iter().any(|r| r.logical == **id)).collect();
        if !wrong.is_empty() {
            return Err(invalid(format!("Resources [{}] do not exist in stack [{}]", wrong.join(", "), stack.name)));
        }
        let only = Some(only).filter(|only| !only.is_empty());
        let count = only.as_ref().map_or(resources.len(), Vec::len);
        let now = self.now;
        let stack = self.world.stack_mut(s);
        let id = stack.drift.detect(stack.key, now, count, only);
        Ok(json!({ "StackDriftDetectionId": id.to_string() }))
    }

    pub(super) fn describe_detection(&self) -> Result<Value, ApiError> {
        let id = self.text("StackDriftDetectionId").unwrap_or_default();
        let place = self.world.place_number(self.request.account, self.request.region);
        let stacks = place.map_or(&[][..], |place| &self.world.places[place as usize].stacks[..]);
        let found = stacks.iter().find_map(|stack| {
            stack.drift.detections.iter().find(|d| d.id.to_string() == id).map(|detection| (stack, detection))
        });
        let (stack, detection) =
            found.ok_or_else(|| invalid(format!("Stack drift detection with id {id} does not exist")))?;
        let over = detection.at + detection.lasts <= self.now;
        let drifted = stack.drift.found(detection).count();
        Ok(answer(json!({
            "StackId": stack.arn,
            "StackDriftDetectionId": id,
            "StackDriftStatus": over.then_some(if drifted > 0 { "DRIFTED" } else { "IN_SYNC" }),
            "DetectionStatus": if over { "DETECTION_COMPLETE" } else { "DETECTION_IN_PROGRESS" },
            "DetectionStatusReason": (!over).then_some("User Initiated"),
            "DriftedStackResourceCount": over.then_some(drifted),
            "Timestamp": seconds(detection.at),
        })))
    }

    pub(super) fn describe_drifts(&self) -> Result<Value, ApiError> {
        let s = self.live_stack()?;
        let stack = self.world.stack(s);
        let filters = self.texts("StackResourceDriftStatusFilters");
        let all: Vec<Value> = stack
            .resources(self.now)
            .iter()
            .filter(|r| kinds::detects_drift(&r.kind))
            .filter_map(|r| stack.drift.of(&r.logical, self.now).map(|(detection, found)| (r, detection, found)))
            .filter(|(_, _, found)| filters.is_empty() || filters.iter().any(|f| f == word(*found)))
            .map(|(r, detection, found)| self.drift_of(s, stack, r, detection, found))
            .collect();
        let size = self.request.input.get("MaxResults").and_then(Value::as_u64).unwrap_or(100);
        let (page, next) = self.paged(&format!("{} {}", stack.arn, filters.join(",")), all, size as usize)?;
        Ok(answer(json!({ "StackResourceDrifts": page, "NextToken": next })))
    }

    fn drift_of(
        &self,
        _: StackRef,
        stack: &Stack,
        r: &ResourceNow,
        detection: &Detection,
        found: Option<&Drifted>,
    ) -> Value {
        let expected = stack.settled(self.now).and_then(|standing| {
            let scope = changes::scope(stack.identity(stack.account(), stack.region()), standing, true);
            standing.template.resource(&r.logical).map(|resource| scope.properties(resource))
        });
        let expected = expected.unwrap_or_else(|| json!({}));
        let mut actual = expected.clone();
        let shown = |value: Option<&Value>| value.map_or(String::new(), |v| text(v).unwrap_or_else(|| v.to_string()));
        let differences: Vec<Value> = found
            .into_iter()
            .flat_map(|found| &found.differences)
            .map(|(path, value)| {
                let was = expected.pointer(path).cloned();
                put(&mut actual, path, value.clone());
                let kind = match (&was, value) {
                    (None, _) => "ADD",
                    (_, None) => "REMOVE",
                    _ => "NOT_EQUAL",
                };
                json!({
                    "PropertyPath": path, "ExpectedValue": shown(was.as_ref()), "ActualValue": shown(value.as_ref()),
                    "DifferenceType": kind,
                })
            })
            .collect();
        let deleted = word(found) == "DELETED";
        answer(json!({
            "StackId": stack.arn,
            "LogicalResourceId": r.logical,
            "PhysicalResourceId": r.physical,
            "ResourceType": r.kind,
            "ExpectedProperties": expected.to_string(),
            "ActualProperties": (!deleted).then(|| actual.to_string()),
            "PropertyDifferences": differences,
            "StackResourceDriftStatus": word(found),
            "Timestamp": seconds(detection.at + detection.lasts),
        }))
    }
}

/// AWS's word for what was found.
fn word(found: Option<&Drifted>) -> &'static str {
    match found {
        None => "IN_SYNC",
        Some(found) if found.differences.is_empty() => "DELETED",
        Some(_) => "MODIFIED",
    }
}

/// Puts a value where the path (`/A/0/B`) leads, as far as there is something; removes what is there for none.
fn put(into: &mut Value, path: &str, value: Option<Value>) {
    let Some((parent, last)) = path.rsplit_once('/') else { return };
    let Some(parent) = into.pointer_mut(parent) else { return };
    match (parent, value) {
        (Value::Object(members), Some(value)) => {
            members.insert(last.to_owned(), value);
        }
        (Value::Object(members), None) => {
            members.remove(last);
        }
        (Value::Array(elements), Some(value)) => match last.parse::<usize>() {
            Ok(at) if at < elements.len() => elements[at] = value,
            _ => elements.push(value),
        },
        (Value::Array(elements), None) => {
            if let Some(at) = last.parse::<usize>().ok().filter(|at| *at < elements.len()) {
                elements.remove(at);
            }
        }
        _ => {}
    }
}

//! ListStackResources, DescribeStackResources, DescribeStackEvents.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::{Call, answer, invalid};
use crate::{
    service::ApiError,
    world::{
        page,
        stack::{Stack, StackRef, reading::ResourceNow},
        template::kinds,
        time::{Ms, instant, seconds},
    },
};

/// Resources of a page, and the most that DescribeStackResources answers (its documentation).
const RESOURCES: usize = 100;
/// Events of a page.
const EVENTS: usize = 100;

impl Call<'_> {
    pub(super) fn list_stack_resources(&self) -> Result<Value, ApiError> {
        let s = self.stack()?;
        let stack = self.world.stack(s);
        let now = self.seen().max(stack.created);
        let (page, next) = self.paged(&stack.arn, stack.resources(now), RESOURCES)?;
        let shown: Vec<Value> = page
            .into_iter()
            .map(|r| {
                answer(json!({
                    "LogicalResourceId": r.logical,
                    "PhysicalResourceId": r.physical,
                    "ResourceType": r.kind,
                    "LastUpdatedTimestamp": seconds(r.at),
                    "ResourceStatus": r.status,
                    "ResourceStatusReason": r.reason,
                    "DriftInformation": drift_of(stack, &r, now),
                }))
            })
            .collect();
        Ok(answer(json!({ "StackResourceSummaries": shown, "NextToken": next })))
    }

    pub(super) fn describe_stack_resources(&self) -> Result<Value, ApiError> {
        let s = match (self.text("StackName"), self.text("PhysicalResourceId")) {
            (Some(_), Some(_)) | (None, None) => {
                return Err(invalid("Exactly one of StackName and PhysicalResourceId must be specified"));
            }
            (Some(_), None) => self.stack()?,
            (None, Some(physical)) => self.owner(physical)?,
        };
        let stack = self.world.stack(s);
        let now = self.seen().max(stack.created);
        let only = self.text("LogicalResourceId");
        let all = stack.resources(now).into_iter().filter(|r| only.is_none_or(|only| r.logical == only));
        let shown: Vec<Value> = all
            .take(RESOURCES)
            .map(|r| {
                answer(json!({
                    "StackName": stack.name,
                    "StackId": stack.arn,
                    "LogicalResourceId": r.logical,
                    "PhysicalResourceId": r.physical,
                    "ResourceType": r.kind,
                    "Timestamp": seconds(r.at),
                    "ResourceStatus": r.status,
                    "ResourceStatusReason": r.reason,
                    "DriftInformation": drift_of(stack, &r, now),
                }))
            })
            .collect();
        if let Some(logical) = only.filter(|_| shown.is_empty()) {
            return Err(invalid(format!("Resource {logical} does not exist for stack {}", stack.name)));
        }
        Ok(json!({ "StackResources": shown }))
    }

    /// The stack that a physical resource belongs to.
    fn owner(&self, physical: &str) -> Result<StackRef, ApiError> {
        let place = self.world.place_number(self.request.account, self.request.region);
        let stacks = place.map(|place| &self.world.places[place as usize].stacks);
        let owns = |stack: &Stack| {
            !stack.gone(self.now) && stack.resources(self.now).iter().any(|r| r.physical.as_deref() == Some(physical))
        };
        let found = stacks.and_then(|stacks| stacks.iter().position(owns)).zip(place);
        found
            .map(|(index, place)| StackRef { place, index: index as u32 })
            .ok_or_else(|| invalid(format!("Stack for {physical} does not exist")))
    }

    pub(super) fn describe_stack_events(&self) -> Result<Value, ApiError> {
        let s = self.stack_in_brackets()?;
        let stack = self.world.stack(s);
        let scope = [self.request.operation, self.request.account, self.request.region, stack.arn.as_str()];
        let after = match self.text("NextToken") {
            Some(token) => {
                let key = page::key(self.world.seed, &scope, token);
                let read = key.and_then(|key| {
                    let (operation, event) = key.split_once('.')?;
                    Some((operation.parse::<usize>().ok()?, event.parse::<usize>().ok()?))
                });
                Some(read.ok_or_else(|| invalid("The specified NextToken is invalid."))?)
            }
            None => None,
        };
        // A page goes on behind the last one, whatever happened since: new events come before the first.
        let mut rest = stack.events(self.seen()).filter(|position| after.is_none_or(|after| *position < after));
        let page: Vec<(usize, usize)> = rest.by_ref().take(EVENTS).collect();
        let more = rest.next().is_some();
        let next = page.last().filter(|_| more).map(|(n, e)| page::token(self.world.seed, &scope, &format!("{n}.{e}")));
        let mut events: Vec<Value> = page.iter().map(|(n, e)| self.event(stack, *n, *e)).collect();
        // What came first is that it was reviewed, where a change set made it.
        if let Some(first) = stack.change_sets.first().filter(|c| c.creates && !more) {
            let id = first.id.part(1);
            events.push(self.stack_event(
                stack,
                (first.created, id.to_string()),
                "REVIEW_IN_PROGRESS",
                Some("User Initiated"),
            ));
        }
        Ok(answer(json!({ "StackEvents": events, "NextToken": next })))
    }

    fn stack_event(&self, stack: &Stack, (at, id): (Ms, String), status: &str, reason: Option<&str>) -> Value {
        answer(json!({
            "StackId": stack.arn,
            "EventId": id,
            "StackName": stack.name,
            "LogicalResourceId": stack.name,
            "PhysicalResourceId": stack.arn,
            "ResourceType": "AWS::CloudFormation::Stack",
            "Timestamp": seconds(at),
            "ResourceStatus": status,
            "ResourceStatusReason": reason,
        }))
    }

    fn event(&self, stack: &Stack, n: usize, e: usize) -> Value {
        let operation = &stack.operations[n];
        let event = &stack.plan_of(n).events[e];
        let mut shown = match &event.logical {
            None => {
                let id = operation.id.part(e as u64).to_string();
                self.stack_event(stack, (event.at, id), event.status, event.reason.as_deref())
            }
            Some(logical) => {
                let at = instant(event.at).to_rfc3339_opts(SecondsFormat::Millis, true);
                answer(json!({
                    "StackId": stack.arn,
                    "EventId": format!("{logical}-{}-{at}", event.status),
                    "StackName": stack.name,
                    "LogicalResourceId": logical,
                    "PhysicalResourceId": stack.physical_of(n, event).unwrap_or_default(),
                    "ResourceType": event.kind,
                    "Timestamp": seconds(event.at),
                    "ResourceStatus": event.status,
                    "ResourceStatusReason": event.reason,
                    "ResourceProperties": stack.properties_of(n, event, self.world),
                }))
            }
        };
        shown["OperationId"] = operation.id.to_string().into();
        if let Some(token) = &operation.token {
            shown["ClientRequestToken"] = token.as_str().into();
        }
        shown
    }
}

fn drift_of(stack: &Stack, resource: &ResourceNow, now: Ms) -> Value {
    if !kinds::detects_drift(&resource.kind) {
        return json!({ "StackResourceDriftStatus": "NOT_CHECKED" });
    }
    match stack.drift.of(&resource.logical, now) {
        // What was made since has not been looked at.
        Some((detection, found)) if resource.at <= detection.at || found.is_some() => {
            let status = match found {
                Some(found) if found.differences.is_empty() => "DELETED",
                Some(_) => "MODIFIED",
                None => "IN_SYNC",
            };
            json!({ "StackResourceDriftStatus": status, "LastCheckTimestamp": seconds(detection.at + detection.lasts) })
        }
        _ => json!({ "StackResourceDriftStatus": "NOT_CHECKED" }),
    }
}

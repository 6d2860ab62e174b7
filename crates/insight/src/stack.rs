//! What the events of a stack come to: its operations, the first failure of each, and one bar a resource. Pure.
//!
//! By AWS's documentation of stack events: an operation begins with the stack's own `…_IN_PROGRESS` and ends with its own
//! `…_COMPLETE` or `…_FAILED`; what fails first is the cause, and CloudFormation cancels the rest, which it tells as failures
//! of their own (`Resource creation cancelled`).
//!
//! Deliberately elsewhere: reading events (`aws`), following a failure into a nested stack (`api`, which has the rows).

use std::collections::HashMap;

use skydeck_domain::{
    Health, Run, RunOutcome,
    stack::{ResourceSpan, SpanMark, StackCause, StackEvent, StackOperation},
};

/// Kind of the runs of stacks.
pub const RUN_KIND: &str = "cloudformation.operation";

/// The operations that events (newest first) tell of, newest first.
pub fn operations(events: &[StackEvent]) -> Vec<StackOperation> {
    let mut found: Vec<StackOperation> = Vec::new();
    for part in parts(events) {
        found.push(operation(&part));
    }
    found.reverse();
    found
}

/// The bars of the operation with that id, in the order in which they begin.
pub fn spans(events: &[StackEvent], id: &str) -> Vec<ResourceSpan> {
    let Some(part) = parts(events).into_iter().find(|part| part.iter().any(|e| e.id == id)) else { return Vec::new() };
    let operation = operation(&part);
    let mut spans: Vec<ResourceSpan> = Vec::new();
    let mut open: HashMap<&str, usize> = HashMap::new();
    for event in &part {
        let Some(verb) = Verb::of(&event.status) else { continue };
        let place = open.get(event.logical_id.as_str()).copied();
        let rolls_back = operation.rolled_back_at.is_some_and(|at| event.at >= at);
        match (verb.over, place) {
            (false, Some(at)) if spans[at].mark != SpanMark::RolledBack && rolls_back => {
                // The stack itself turns round in the middle: one bar ends, the way back begins.
                close(&mut spans[at], event, fallen(&operation, event));
                open.insert(&event.logical_id, push(&mut spans, event, SpanMark::RolledBack));
            }
            (false, Some(at)) => {
                spans[at].status.clone_from(&event.status);
                spans[at].physical_id = event.physical_id.clone().or(spans[at].physical_id.take());
            }
            (false, None) => {
                let mark = if rolls_back { SpanMark::RolledBack } else { SpanMark::Running };
                open.insert(&event.logical_id, push(&mut spans, event, mark));
            }
            (true, place) => {
                let at = place.unwrap_or_else(|| push(&mut spans, event, SpanMark::Running));
                let mark = match spans[at].mark {
                    SpanMark::RolledBack => SpanMark::RolledBack,
                    _ if verb.failed => fallen(&operation, event),
                    _ => SpanMark::Complete,
                };
                close(&mut spans[at], event, mark);
                open.remove(event.logical_id.as_str());
            }
        }
    }
    if operation.ended_at.is_some() {
        for at in open.into_values() {
            spans[at].ended_at = operation.ended_at;
            if spans[at].mark == SpanMark::Running {
                spans[at].mark = SpanMark::Complete;
            }
        }
    }
    spans
}

/// An operation as a run of its stack; none for the review of a first change set, which runs nothing.
pub fn run(of_arn: &str, operation: &StackOperation) -> Option<Run> {
    if operation.kind == "REVIEW" {
        return None;
    }
    let outcome = match operation.ended_at {
        None => RunOutcome::Running,
        Some(_) if went_well(operation) => RunOutcome::Succeeded,
        Some(_) => RunOutcome::Failed,
    };
    Some(Run {
        of_arn: of_arn.to_owned(),
        run_id: operation.id.clone(),
        kind: RUN_KIND.to_owned(),
        outcome,
        status: operation.status.clone(),
        rollback: operation.kind.ends_with("ROLLBACK"),
        rollback_of: None,
        started_at: operation.started_at,
        ended_at: operation.ended_at,
        by: None,
        trigger: Some(operation.kind.clone()),
        revisions: Vec::new(),
        reason: operation.cause.as_ref().map(cause_line),
    })
}

/// `EipC: The maximum number of addresses has been reached.`
pub fn cause_line(cause: &StackCause) -> String {
    format!("{}: {}", cause.logical_id, cause.reason.as_deref().unwrap_or(&cause.status))
}

/// Health of a stack by its status alone. `UPDATE_ROLLBACK_COMPLETE` is a failure: the stack works, but not as was wanted.
pub fn health(status: &str) -> Health {
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => Health::Ok,
        "REVIEW_IN_PROGRESS" => Health::Attention,
        "DELETE_COMPLETE" => Health::Retired,
        s if s.ends_with("_IN_PROGRESS") => Health::Running,
        s if s.ends_with("_FAILED") || s.ends_with("ROLLBACK_COMPLETE") => Health::Failed,
        _ => Health::Unknown,
    }
}

fn went_well(operation: &StackOperation) -> bool {
    let status = operation.status.as_str();
    match operation.kind.as_str() {
        "ROLLBACK" | "UPDATE_ROLLBACK" => status.ends_with("ROLLBACK_COMPLETE"),
        _ => matches!(status, "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" | "DELETE_COMPLETE"),
    }
}

/// A status taken apart.
struct Verb {
    over: bool,
    failed: bool,
}

impl Verb {
    fn of(status: &str) -> Option<Verb> {
        let over = status.ends_with("_COMPLETE") || status.ends_with("_FAILED") || status.ends_with("_SKIPPED");
        (over || status.ends_with("_IN_PROGRESS")).then_some(Verb { over, failed: status.ends_with("_FAILED") })
    }
}

/// The events of each operation, oldest operation first, each oldest event first.
fn parts(events: &[StackEvent]) -> Vec<Vec<&StackEvent>> {
    let mut parts: Vec<Vec<&StackEvent>> = Vec::new();
    let mut over = true;
    for event in events.iter().rev() {
        if over || (event.of_stack && begins(&event.status, parts.last())) {
            // What a stack tells after its end (`DELETE_COMPLETE` of what an update replaced) is of what was before.
            if !event.of_stack && !parts.is_empty() {
                if let Some(last) = parts.last_mut() {
                    last.push(event);
                }
                continue;
            }
            parts.push(Vec::new());
            over = false;
        }
        if let Some(last) = parts.last_mut() {
            last.push(event);
        }
        over = over || (event.of_stack && Verb::of(&event.status).is_some_and(|v| v.over));
    }
    parts
}

/// Whether a stack's own status begins another operation than the one that is under way.
fn begins(status: &str, part: Option<&Vec<&StackEvent>>) -> bool {
    if !status.ends_with("_IN_PROGRESS") || status.ends_with("CLEANUP_IN_PROGRESS") {
        return false;
    }
    let Some(last) = part.and_then(|p| p.iter().rev().find(|e| e.of_stack)) else { return false };
    let goes_on = status.ends_with("ROLLBACK_IN_PROGRESS") || last.status == status;
    !goes_on
}

fn operation(part: &[&StackEvent]) -> StackOperation {
    let first = part[0];
    let begins = first.of_stack && first.status.ends_with("_IN_PROGRESS");
    let own: Vec<&&StackEvent> = part.iter().filter(|e| e.of_stack).collect();
    let end = own.iter().rev().find(|e| Verb::of(&e.status).is_some_and(|v| v.over));
    let kind = |status: &str| {
        let cut = ["_IN_PROGRESS", "_COMPLETE", "_FAILED"].iter().find_map(|end| status.strip_suffix(end));
        cut.unwrap_or(status).trim_end_matches("_CLEANUP").trim_end_matches("_COMPLETE").to_owned()
    };
    let turned = own.iter().skip(1).find(|e| e.status.ends_with("ROLLBACK_IN_PROGRESS"));
    let failures: Vec<&&StackEvent> = part.iter().filter(|e| !e.of_stack && e.status.ends_with("_FAILED")).collect();
    let cancelled = |e: &StackEvent| e.reason.as_deref().is_some_and(|r| r.to_lowercase().contains("cancelled"));
    let cause = failures.iter().find(|e| !cancelled(e)).or(failures.first()).map(|e| StackCause {
        logical_id: e.logical_id.clone(),
        resource_type: e.resource_type.clone(),
        physical_id: e.physical_id.clone(),
        status: e.status.clone(),
        at: e.at,
        reason: e.reason.clone(),
    });
    let (done, begun) = progress(part);
    StackOperation {
        id: first.id.clone(),
        kind: kind(&own.first().map_or(&first.status, |e| &e.status).clone()),
        status: own.last().map_or_else(|| first.status.clone(), |e| e.status.clone()),
        started_at: first.at,
        ended_at: end.map(|e| e.at),
        rolled_back_at: turned.map(|e| e.at),
        fallout: failures.len().saturating_sub(1) as u32,
        done,
        begun,
        cause: cause.or_else(|| own_failure(end)),
        whole: begins,
    }
}

/// A stack that fails before any of its resources does (a hook, a template that cannot be used) says so itself.
fn own_failure(end: Option<&&&StackEvent>) -> Option<StackCause> {
    let end = end.filter(|e| e.status.ends_with("_FAILED"))?;
    Some(StackCause {
        logical_id: end.logical_id.clone(),
        resource_type: end.resource_type.clone(),
        physical_id: None,
        status: end.status.clone(),
        at: end.at,
        reason: end.reason.clone(),
    })
}

fn fallen(operation: &StackOperation, event: &StackEvent) -> SpanMark {
    let is_cause = operation
        .cause
        .as_ref()
        .is_some_and(|c| c.logical_id == event.logical_id && c.at == event.at && !event.of_stack);
    if is_cause { SpanMark::Failed } else { SpanMark::Fallout }
}

fn push(spans: &mut Vec<ResourceSpan>, event: &StackEvent, mark: SpanMark) -> usize {
    spans.push(ResourceSpan {
        logical_id: event.logical_id.clone(),
        resource_type: event.resource_type.clone(),
        physical_id: event.physical_id.clone(),
        mark,
        status: event.status.clone(),
        started_at: event.at,
        ended_at: None,
        reason: None,
        of_stack: event.of_stack,
    });
    spans.len() - 1
}

fn close(span: &mut ResourceSpan, event: &StackEvent, mark: SpanMark) {
    span.mark = mark;
    span.status.clone_from(&event.status);
    span.ended_at = Some(event.at);
    span.reason.clone_from(&event.reason);
    span.physical_id = event.physical_id.clone().or(span.physical_id.take());
}

/// How many resources are through by their last event, and how many were begun with.
fn progress(part: &[&StackEvent]) -> (u32, u32) {
    let mut last: HashMap<&str, bool> = HashMap::new();
    for event in part.iter().filter(|e| !e.of_stack) {
        if let Some(verb) = Verb::of(&event.status) {
            last.insert(&event.logical_id, verb.over);
        }
    }
    (last.values().filter(|over| **over).count() as u32, last.len() as u32)
}

#[cfg(test)]
#[path = "stack_tests.rs"]
mod tests;

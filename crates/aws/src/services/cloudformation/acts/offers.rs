//! The verbs that a row has, as far as the cache tells. Offered too much rather than too little: the plan, read live, has
//! the last word.

use skydeck_domain::{
    Detail, Resource, Verb,
    stack::{ChangeSetDetail, StackDetail, StackSetDetail},
};

use super::VERBS;

/// The verbs of a stack, a change set or a stack set.
pub(in super::super) fn offers(row: &Resource) -> Vec<Verb> {
    let Some(arn) = &row.arn else { return Vec::new() };
    let offer = |id: &str, why_not: Option<String>| {
        let data = VERBS.iter().find(|v| v.id == id && v.kind == row.kind);
        Verb {
            id: id.to_owned(),
            on: arn.clone(),
            part: None,
            has_targets: data.is_some_and(|v| v.has_targets),
            why_not,
            is_undo: data.is_some_and(|v| v.is_undo),
        }
    };
    match row.kind.as_str() {
        StackDetail::KIND => row.detail::<StackDetail>().map(|d| of_stack(row, &d, &offer)).unwrap_or_default(),
        ChangeSetDetail::KIND => row.detail::<ChangeSetDetail>().map(|d| of_change_set(&d, &offer)).unwrap_or_default(),
        StackSetDetail::KIND => row.detail::<StackSetDetail>().map(|d| of_set(&d, &offer)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn of_stack(row: &Resource, detail: &StackDetail, offer: &dyn Fn(&str, Option<String>) -> Verb) -> Vec<Verb> {
    let status = row.status.as_str();
    let nested = detail.parent_id.is_some();
    let moves = status.ends_with("_IN_PROGRESS");
    let at_top = || nested.then(|| "It is nested: act on the stack at the top.".to_owned());
    let busy = || moves.then(|| format!("The stack is {status}."));
    let mut verbs = match status {
        "UPDATE_IN_PROGRESS" => vec![offer("cancel", at_top())],
        "UPDATE_ROLLBACK_FAILED" => vec![offer("continue", at_top())],
        "CREATE_FAILED" | "UPDATE_FAILED" => vec![offer("rollback", at_top())],
        _ => Vec::new(),
    };
    verbs.push(offer("create-change-set", at_top().or_else(busy)));
    verbs.push(offer("revert", at_top().or_else(busy)));
    verbs.push(offer("detect-drift", busy()));
    verbs.push(offer(if detail.termination_protection { "unprotect" } else { "protect" }, at_top()));
    verbs
}

fn of_change_set(detail: &ChangeSetDetail, offer: &dyn Fn(&str, Option<String>) -> Verb) -> Vec<Verb> {
    let execution = detail.execution_status.as_str();
    let not_now = (execution != "AVAILABLE").then(|| format!("It is {execution}."));
    let over = matches!(execution, "EXECUTE_IN_PROGRESS" | "EXECUTE_COMPLETE").then(|| format!("It is {execution}."));
    vec![offer("execute", not_now), offer("discard", over)]
}

fn of_set(detail: &StackSetDetail, offer: &dyn Fn(&str, Option<String>) -> Verb) -> Vec<Verb> {
    let runs =
        detail.operations.first().is_some_and(|o| matches!(o.status.as_str(), "RUNNING" | "STOPPING" | "QUEUED"));
    let current = detail.whole && detail.instances.iter().all(|i| i.status == "CURRENT");
    let not_again = match (runs, current) {
        (true, _) => Some("An operation of it is under way.".to_owned()),
        (_, true) => Some("Every instance is current.".to_owned()),
        _ => None,
    };
    vec![offer("stop", (!runs).then(|| "No operation of it is under way.".to_owned())), offer("rerun", not_again)]
}

//! How an execution and a pipeline are: health, aspect, reason and since when, from stages and executions.
//!
//! A pipeline shows the execution furthest from fine among those that still matter: what is under way, and the latest
//! one of each stage. One that failed stops mattering when a newer one is under way, or has taken its stage.

use skydeck_domain::{
    Aspect, Health, Timestamp,
    pipeline::{ActionState, ExecutionDetail, StageState},
};

use super::execution::is_over;

/// How something is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    /// Execution it is about; none if the pipeline never ran.
    pub execution: Option<String>,
    /// AWS's word.
    pub status: String,
    /// Health.
    pub health: Health,
    /// What kind of it.
    pub aspect: Option<Aspect>,
    /// Why, unless it is well.
    pub reason: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// How one execution is, with the stages telling where it is.
pub(crate) fn execution(execution: &ExecutionDetail, stages: &[StageState]) -> Verdict {
    let id = execution.execution_id.as_str();
    let (health, aspect, reason, since) = match execution.status.as_str() {
        "Succeeded" => (Health::Ok, None, None, execution.updated_at),
        "Superseded" => (Health::Ok, Some(Aspect::Superseded), None, execution.updated_at),
        "Failed" => {
            let (reason, since) = failure(execution, stages);
            (Health::Failed, None, Some(reason), since.or(execution.updated_at))
        }
        status @ ("Stopped" | "Cancelled") => {
            let told = execution.status_summary.as_ref().map(|s| format!(": {s}")).unwrap_or_default();
            let what = if status == "Stopped" { "Stopped by hand" } else { "Cancelled: the structure changed" };
            (Health::Attention, Some(Aspect::Stopped), Some(format!("{what}{told}")), execution.updated_at)
        }
        "InProgress" | "Stopping" => {
            let place = place(id, stages);
            let since = place.since.or(execution.started_at);
            let stopping = execution.status == "Stopping";
            let reason = if stopping { "Stopping: waits for its actions to end".into() } else { place.reason };
            (place.health, place.aspect, Some(reason), since)
        }
        other => (Health::Unknown, None, Some(format!("AWS calls it `{other}`")), execution.updated_at),
    };
    Verdict { execution: Some(id.to_owned()), status: execution.status.clone(), health, aspect, reason, since }
}

/// How a pipeline is. `executions` newest first; `whole` if they are as new as the stages, so that an execution that only
/// the stages name is an old one and not one that has just begun.
pub(crate) fn pipeline(stages: &[StageState], executions: &[ExecutionDetail], whole: bool) -> Verdict {
    let candidates = candidates(stages, executions, whole);
    let under_way = |e: &ExecutionDetail| !is_over(&e.status);
    let newest_under_way = candidates.iter().position(under_way);
    let counts = |(place, e): &(usize, &ExecutionDetail)| match e.status.as_str() {
        // Past: matters while it is the last word of the stage that it ended in, and nothing newer is on its way.
        status @ ("Failed" | "Stopped" | "Cancelled") => {
            let holds = |s: &StageState| {
                s.execution_id.as_deref() == Some(e.execution_id.as_str()) && s.status.as_deref() == Some(status)
            };
            newest_under_way.is_none_or(|newest| newest > *place) && (stages.iter().any(holds) || *place == 0)
        }
        _ => true,
    };
    let mut verdict = candidates
        .iter()
        .enumerate()
        .filter(counts)
        .map(|(_, e)| execution(e, stages))
        // Of equally healthy ones the newest, but what is moving before what waits behind it.
        .min_by_key(|v| (v.health.rank(), v.aspect == Some(Aspect::Queued)))
        .unwrap_or_else(never_ran);
    if verdict.health == Health::Ok && stages.iter().any(|s| !s.transition_enabled) {
        verdict.aspect = Some(Aspect::Held); // nothing waits there, so it troubles nobody yet
    }
    let queued = candidates.iter().filter(|e| execution(e, stages).aspect == Some(Aspect::Queued)).count();
    if verdict.health == Health::Running && verdict.aspect.is_none() && queued > 0 {
        verdict.aspect = Some(Aspect::Queued);
        let reason = verdict.reason.unwrap_or_default();
        verdict.reason = Some(format!("{reason}; {queued} waiting behind it"));
    }
    verdict
}

fn never_ran() -> Verdict {
    Verdict {
        execution: None,
        status: String::new(),
        health: Health::Unknown,
        aspect: None,
        reason: Some("It has never run".into()),
        since: None,
    }
}

/// The executions that a pipeline's health can come from, newest first: what is under way, what the stages hold, and the
/// newest of all. Their status is what the stages say, where these say it.
fn candidates(stages: &[StageState], executions: &[ExecutionDetail], whole: bool) -> Vec<ExecutionDetail> {
    let held: Vec<&str> =
        stages.iter().flat_map(|s| [s.inbound_execution_id.as_deref(), s.execution_id.as_deref()]).flatten().collect();
    let mut found: Vec<ExecutionDetail> = executions
        .iter()
        .enumerate()
        .filter(|(place, e)| *place == 0 || !is_over(&e.status) || held.contains(&e.execution_id.as_str()))
        .map(|(_, e)| e.clone())
        .collect();
    for id in held {
        let telling = !whole || executions.is_empty() || status_in(id, stages).is_some();
        if telling && found.iter().all(|e| e.execution_id != id) {
            found.push(unlisted(id, stages));
        }
    }
    for e in &mut found {
        if let Some(status) = status_in(&e.execution_id, stages) {
            e.status = status.to_owned();
        }
    }
    // Stable: listed ones are newest first already; one that is not listed takes its place by when its stage moved.
    found.sort_by_key(|e| std::cmp::Reverse(e.started_at));
    found
}

/// The status of an execution as the stages tell it, where that leaves no doubt.
fn status_in<'a>(id: &str, stages: &'a [StageState]) -> Option<&'a str> {
    if stages.iter().any(|s| s.inbound_execution_id.as_deref() == Some(id)) {
        return Some("InProgress");
    }
    let mine = || stages.iter().filter(|s| s.execution_id.as_deref() == Some(id));
    let telling = mine().filter_map(|s| s.status.as_deref()).find(|s| !matches!(*s, "Succeeded" | "Skipped"));
    let last = stages.last().filter(|s| s.execution_id.as_deref() == Some(id)).and_then(|s| s.status.as_deref());
    telling.or(last)
}

/// An execution of which only the stages know.
fn unlisted(id: &str, stages: &[StageState]) -> ExecutionDetail {
    let mine = stages.iter().filter(|s| s.execution_id.as_deref() == Some(id));
    let moved: Vec<Timestamp> = mine.flat_map(|s| &s.actions).filter_map(|a| a.changed_at).collect();
    ExecutionDetail {
        pipeline: String::new(),
        execution_id: id.to_owned(),
        status: "InProgress".into(),
        status_summary: None,
        execution_type: "STANDARD".into(),
        rollback_of: None,
        execution_mode: None,
        started_at: moved.iter().min().copied(),
        updated_at: moved.iter().max().copied(),
        trigger_type: None,
        trigger_by: None,
        pipeline_version: None,
        revisions: Vec::new(),
        actions: Vec::new(),
        actions_whole: false,
    }
}

/// Where an execution under way is.
struct Place {
    health: Health,
    aspect: Option<Aspect>,
    reason: String,
    since: Option<Timestamp>,
}

fn place(id: &str, stages: &[StageState]) -> Place {
    let running = |reason: String| Place { health: Health::Running, aspect: None, reason, since: None };
    for stage in stages.iter().filter(|s| s.execution_id.as_deref() == Some(id)) {
        let mut moving = stage.actions.iter().filter(|a| a.status.as_deref() == Some("InProgress"));
        if let Some(approval) = moving.clone().find(|a| a.def.category == "Approval") {
            return Place {
                health: Health::Attention,
                aspect: Some(Aspect::Waiting),
                reason: format!("Waiting for approval in {}", name_of(stage, approval)),
                since: approval.changed_at,
            };
        }
        if matches!(stage.status.as_deref(), Some("InProgress" | "Stopping")) {
            return running(format!("In {}", moving.next().map_or(stage.name.clone(), |a| name_of(stage, a))));
        }
    }
    let Some(stage) = stages.iter().find(|s| s.inbound_execution_id.as_deref() == Some(id)) else {
        let behind = stages.iter().any(|s| s.status.as_deref() == Some("InProgress"));
        let known = stages.iter().any(|s| s.execution_id.as_deref() == Some(id));
        let aspect = (behind && !known).then_some(Aspect::Queued);
        let reason = if aspect.is_some() { "Queued behind another execution" } else { "Between stages" };
        return Place { aspect, ..running(reason.into()) };
    };
    if !stage.transition_enabled {
        let why = stage.transition_reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
        return Place {
            health: Health::Attention,
            aspect: Some(Aspect::Held),
            reason: format!("Held before {}{why}", stage.name),
            since: stage.transition_changed_at,
        };
    }
    if matches!(stage.status.as_deref(), Some("InProgress" | "Stopping")) {
        let reason = format!("Queued before {}, behind another execution", stage.name);
        return Place { aspect: Some(Aspect::Queued), ..running(reason) };
    }
    running(format!("About to enter {}", stage.name))
}

/// `Deploy › DeployService`; the stage alone where its one action adds nothing.
pub(crate) fn name_of(stage: &StageState, action: &ActionState) -> String {
    let alone = stage.actions.len() == 1 || stage.name == action.def.name;
    if alone { stage.name.clone() } else { format!("{} › {}", stage.name, action.def.name) }
}

/// Where and why an execution failed, and when, in one line.
fn failure(execution: &ExecutionDetail, stages: &[StageState]) -> (String, Option<Timestamp>) {
    let id = execution.execution_id.as_str();
    let stage = stages.iter().find(|s| s.execution_id.as_deref() == Some(id) && s.status.as_deref() == Some("Failed"));
    if let Some(stage) = stage {
        let failed = stage.actions.iter().filter(|a| a.status.as_deref() == Some("Failed"));
        let first = failed.min_by_key(|a| a.changed_at);
        return match first {
            Some(action) => (format!("{}: {}", name_of(stage, action), why(action)), action.changed_at),
            None => (format!("{} failed", stage.name), None),
        };
    }
    // Its stage has moved on; what it left behind is its own action executions, where they were read.
    let run = execution.actions.iter().find(|r| r.state.status.as_deref() == Some("Failed"));
    match run {
        Some(run) => (format!("{} › {}: {}", run.stage, run.state.def.name, why(&run.state)), run.state.changed_at),
        None => (execution.status_summary.clone().unwrap_or_else(|| "It failed".into()), None),
    }
}

/// Why an action failed, in AWS's words but without CodeBuild's frame around them.
fn why(action: &ActionState) -> String {
    if action.def.category == "Approval" {
        let said = action.summary.as_ref().map(|s| format!(": {s}")).unwrap_or_default();
        return format!("rejected or timed out{said}");
    }
    let Some(message) = action.error_message.as_ref().or(action.summary.as_ref()) else {
        return action.error_code.clone().unwrap_or_else(|| "it failed".into());
    };
    // "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: …Reason: exit status 1"
    let after = |mark: &str| message.split_once(mark).map(|(_, rest)| rest);
    let phase = after("Phase: ").and_then(|rest| rest.split([',', ' ']).next()).filter(|p| !p.is_empty());
    let cause = after("Reason: ").or_else(|| after("Message: ")).map(|c| c.trim_end_matches(['.', ' ']));
    match (phase, cause.filter(|c| !c.is_empty())) {
        (Some(phase), Some(cause)) => format!("{cause} in phase {phase}"),
        (Some(phase), None) => format!("failed in phase {phase}"),
        _ => message.clone(),
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;

//! Action executions: one action of one execution with its times and its id in the external system
//! (`ListActionExecutions`). Inputs and output variables are not even looked at: they hold secrets.

use aws_sdk_codepipeline::types::{ActionExecutionDetail, ErrorDetails};
use skydeck_domain::pipeline::{ActionDef, ActionRun, ActionState};

use super::{revision::action_summary, structure::Structure};
use crate::services::{instant, redact, text};

/// Action executions as a row keeps them, oldest first.
pub(crate) fn runs<'a>(
    details: impl IntoIterator<Item = &'a ActionExecutionDetail>,
    structure: Option<&Structure>,
) -> Vec<ActionRun> {
    let mut runs: Vec<ActionRun> = details.into_iter().filter_map(|d| run(d, structure)).collect();
    runs.sort_by(|a, b| {
        (a.state.started_at, &a.state.action_execution_id).cmp(&(b.state.started_at, &b.state.action_execution_id))
    });
    runs
}

fn run(detail: &ActionExecutionDetail, structure: Option<&Structure>) -> Option<ActionRun> {
    let (stage, name) = (detail.stage_name()?, detail.action_name()?);
    let status = detail.status().map(|s| s.as_str().to_owned());
    let changed_at = instant::maybe(detail.last_update_time());
    let result = detail.output().and_then(|o| o.execution_result());
    let error = result.and_then(|r| r.error_details());
    let state = ActionState {
        status: status.clone(),
        summary: result.and_then(|r| r.external_execution_summary()).and_then(action_summary),
        changed_at,
        started_at: instant::maybe(detail.start_time()),
        ended_at: changed_at.filter(|_| is_over(status.as_deref())),
        external_id: result.and_then(|r| r.external_execution_id()).filter(|id| !id.is_empty()).map(str::to_owned),
        external_url: text::https(result.and_then(|r| r.external_execution_url())),
        error_code: error.and_then(|e| e.code()).map(str::to_owned),
        error_message: error_message(error),
        action_execution_id: detail.action_execution_id().map(str::to_owned),
        ..not_reached(structure.and_then(|s| s.action(stage, name)).cloned().unwrap_or_else(|| undeclared(name)))
    };
    Some(ActionRun { stage: stage.to_owned(), state })
}

/// Whether an action execution of that status is over.
pub(crate) fn is_over(status: Option<&str>) -> bool {
    matches!(status, Some("Succeeded" | "Failed" | "Abandoned"))
}

/// What AWS says of an error, redacted.
pub(crate) fn error_message(error: Option<&ErrorDetails>) -> Option<String> {
    error.and_then(|e| e.message()).and_then(redact::line)
}

/// An action that its execution has not reached.
pub(crate) fn not_reached(def: ActionDef) -> ActionState {
    ActionState {
        def,
        status: None,
        summary: None,
        changed_at: None,
        started_at: None,
        ended_at: None,
        external_id: None,
        external_url: None,
        entity_url: None,
        revision_id: None,
        error_code: None,
        error_message: None,
        action_execution_id: None,
        percent: None,
    }
}

/// An action of which only the name is known, because the structure was not read (yet).
pub(crate) fn undeclared(name: &str) -> ActionDef {
    ActionDef {
        name: name.to_owned(),
        category: String::new(),
        provider: String::new(),
        owner: String::new(),
        run_order: 1,
        region: None,
        account: None,
        subject: None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};

    #[test]
    fn keeps_times_and_external_ids_and_no_variable() {
        let details = samples::action_executions();
        let runs = runs(&details, None);
        let names: Vec<_> = runs.iter().map(|r| r.state.def.name.as_str()).collect();
        assert_eq!(names, ["Source", "Build"], "oldest first");
        let build = &runs[1].state;
        assert_eq!(build.external_id.as_deref(), Some("web-build:5f0a"));
        assert_eq!(build.error_code.as_deref(), Some("JobFailed"));
        assert!(build.started_at < build.ended_at);
        assert!(!format!("{runs:?}").contains("CANARY"));
    }
}

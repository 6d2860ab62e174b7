//! The earliest event that explains a failed run: which action of which stage, which phase of which build, which lines of
//! which log, and one sentence for all of it.
//!
//! Deliberately elsewhere: finding the build's row and reading its log (`api` asks, `engine` reads); how often the same
//! cause was seen (`store` counts).

mod log;
mod score;
mod stack;
mod title;

pub use stack::{StackEvidence, is_nested, stack_cause};

use skydeck_domain::{
    CauseStep, FirstCause, Timestamp,
    build::{BuildDetail, BuildPhase},
    log::{LogLine, LogTail},
    pipeline::{ActionState, ExecutionDetail, PipelineDetail, StageMark},
};

use crate::{span, stages::stages_of, text};

/// Lines shown before those that explain it.
const CONTEXT: usize = 12;
/// Lines shown at least, where the log has them.
const LEAST: usize = 24;
/// Characters of a shown line at most; a log line may be 16 KiB, and 500 of them travel to the front.
const LINE: usize = 1_000;

/// The action that failed first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Failing<'a> {
    /// Its stage.
    pub stage: &'a str,
    /// The action as the execution left it; `external_id` names the build or deployment it ran.
    pub action: &'a ActionState,
}

/// A build with the end of its log, as far as it was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BuildEvidence<'a> {
    /// Row id of the build.
    pub id: &'a str,
    /// The build.
    pub detail: &'a BuildDetail,
    /// End of its log; none if not read yet.
    pub log: Option<&'a LogTail>,
}

/// The earliest failing action of the earliest failing stage. Actions that run side by side are told apart by when they
/// ended.
pub fn failing<'a>(pipeline: &'a PipelineDetail, execution: &'a ExecutionDetail) -> Option<Failing<'a>> {
    let stages = stages_of(pipeline, Some(execution));
    let stage = stages.iter().find(|s| s.actions.iter().any(|a| a.mark == StageMark::Failed))?;
    let action = stage
        .actions
        .iter()
        .filter(|a| a.mark == StageMark::Failed)
        .filter_map(|a| a.state)
        .min_by_key(|a| (a.ended_at.or(a.changed_at).unwrap_or(Timestamp::MAX_UTC), a.def.run_order))?;
    Some(Failing { stage: &stage.stage.name, action })
}

/// Why an execution failed or was stopped; none if it did neither. `build` is what the failing action ran, where it is
/// in the cache.
pub fn first_cause(
    pipeline: &PipelineDetail,
    execution: &ExecutionDetail,
    build: Option<BuildEvidence<'_>>,
) -> Option<FirstCause> {
    let Some(failing) = failing(pipeline, execution) else { return without_action(pipeline, execution) };
    let action = failing.action;
    let path = path_to(&failing);
    if let Some(cause) = build.and_then(|b| build_cause(&b)) {
        return Some(behind(action, path, cause));
    }
    let said = action.error_message.as_deref().or(action.summary.as_deref());
    let what = match (action.def.category.as_str(), said) {
        ("Approval", said) if timed_out(action) => with("nobody decided in time", said),
        ("Approval", said) => with("rejected", said),
        (_, Some(said)) => text::one_line(said, title::LONGEST),
        ("Source", None) => format!("the source could not be read from {}", action.def.provider),
        (_, None) => format!("{} failed without a message", action.def.provider),
    };
    Some(FirstCause {
        title: sentence(&action.def.name, &what),
        at: action.ended_at.or(action.changed_at),
        path,
        code: action.error_code.clone(),
        message: said.map(str::to_owned),
        ..nothing_yet("codepipeline")
    })
}

/// Why an execution failed whose failing action ran something (a stack) that says itself why.
pub fn cause_behind(pipeline: &PipelineDetail, execution: &ExecutionDetail, cause: FirstCause) -> Option<FirstCause> {
    let failing = failing(pipeline, execution)?;
    Some(behind(failing.action, path_to(&failing), cause))
}

fn behind(action: &ActionState, mut path: Vec<CauseStep>, mut cause: FirstCause) -> FirstCause {
    path.append(&mut cause.path);
    cause.path = path;
    cause.title = sentence(&action.def.name, &cause.title);
    cause
}

/// The stage and the action that failed.
fn path_to(failing: &Failing<'_>) -> Vec<CauseStep> {
    let action = failing.action;
    let url = https(action.external_url.as_deref());
    vec![
        CauseStep { label: failing.stage.to_owned(), what: "stage".into(), id: None, url: None },
        CauseStep { label: action.def.name.clone(), what: "action".into(), id: None, url },
    ]
}

/// An execution that stopped, or that failed where no action did (a condition of a stage, an action that was not read).
fn without_action(pipeline: &PipelineDetail, execution: &ExecutionDetail) -> Option<FirstCause> {
    let what = match execution.status.as_str() {
        "Failed" => "failed",
        "Stopped" => "stopped",
        _ => return None,
    };
    let stages = stages_of(pipeline, Some(execution));
    let stage = stages.iter().find(|s| matches!(s.mark, StageMark::Failed | StageMark::Stopped));
    let name = stage.map_or(execution.pipeline.as_str(), |s| s.stage.name.as_str());
    Some(FirstCause {
        title: sentence(name, &with(what, execution.status_summary.as_deref())),
        at: execution.updated_at,
        path: stage
            .map(|s| CauseStep { label: s.stage.name.clone(), what: "stage".into(), id: None, url: None })
            .into_iter()
            .collect(),
        code: Some(execution.status.clone()),
        message: execution.status_summary.clone(),
        ..nothing_yet("codepipeline")
    })
}

/// Why a build failed; none if it did not.
pub fn build_cause(build: &BuildEvidence<'_>) -> Option<FirstCause> {
    let detail = build.detail;
    let failed = |status: &str| matches!(status, "FAILED" | "FAULT" | "TIMED_OUT" | "STOPPED");
    let phase = detail.phases.iter().find(|p| p.status.as_deref().is_some_and(failed));
    if phase.is_none() && !failed(&detail.status) {
        return None;
    }
    let status = phase.and_then(|p| p.status.as_deref()).unwrap_or(&detail.status);
    let message = phase.and_then(|p| p.message.as_deref()).filter(|m| !m.trim().is_empty());
    let code = message.and_then(title::code_of);
    // Only a command that failed says in the log why; AWS's own failures say it in the phase.
    let in_log = status == "FAILED" && code.is_none_or(|c| c == "COMMAND_EXECUTION_ERROR");
    let lines = build.log.map_or(&[][..], |l| &l.lines);
    let (from, to) = phase.map_or((None, None), |p| (p.started_at, p.ended_at));
    let explained = if in_log { log::explain(lines, from, to) } else { None };
    let title = explained
        .as_ref()
        .and_then(|e| title::of_lines(&e.said))
        .unwrap_or_else(|| without_log(detail, phase, status, message));
    let hits = explained.as_ref().map_or(0..0, |e| e.range.clone());
    let start = lines.len().saturating_sub(LEAST).min(if hits.is_empty() {
        usize::MAX
    } else {
        hits.start.saturating_sub(CONTEXT)
    });
    let mut path = vec![CauseStep {
        label: detail.build_id.clone(),
        what: "build".into(),
        id: Some(build.id.to_owned()),
        url: https(detail.log_url.as_deref()),
    }];
    path.extend(phase.map(|p| CauseStep { label: p.phase.clone(), what: "phase".into(), id: None, url: None }));
    let at = explained.as_ref().and_then(|e| lines.get(e.range.start)).map(|l| l.at);
    Some(FirstCause {
        title,
        at: at.or(phase.and_then(|p| p.ended_at)).or(detail.ended_at),
        path,
        code: Some(code.unwrap_or(status).to_owned()),
        message: message.map(str::to_owned),
        log: lines[start..].iter().map(shown).collect(),
        hits: hits.map(|i| (i - start) as u32).collect(),
        log_truncated: start > 0 || build.log.is_some_and(|l| l.truncated),
        log_name: detail.log_group.as_ref().map(|group| match &detail.log_stream {
            Some(stream) => format!("{group} {stream}"),
            None => group.clone(),
        }),
        log_url: https(detail.log_url.as_deref()),
        log_note: build.log.and_then(|l| l.error.as_ref()).map(|e| format!("{}: {}", e.code, e.message)),
        ..nothing_yet("codebuild")
    })
}

fn without_log(detail: &BuildDetail, phase: Option<&BuildPhase>, status: &str, message: Option<&str>) -> String {
    let name = phase.map_or(detail.project.as_str(), |p| p.phase.as_str());
    match (status, message) {
        ("TIMED_OUT", _) => {
            let length = phase.and_then(|p| Some((p.ended_at? - p.started_at?).num_milliseconds()));
            let after = length.map(|ms| format!(" after {}", span::brief(ms))).unwrap_or_default();
            format!("{name} timed out{after}")
        }
        ("STOPPED", _) => format!("{name} was stopped"),
        (_, Some(message)) => title::of_phase_message(message),
        _ => format!("{name} ended with {status}"),
    }
}

/// A log line as it travels: whole up to a length at which nobody reads on.
fn shown(line: &LogLine) -> LogLine {
    match line.text.char_indices().nth(LINE) {
        Some((cut, _)) => LogLine { at: line.at, text: format!("{}…", &line.text[..cut]) },
        None => line.clone(),
    }
}

/// `SmokeTest: POST /v1/carts answered 500`.
fn sentence(name: &str, what: &str) -> String {
    format!("{}: {what}", text::one_line(name, 60))
}

fn with(what: &str, said: Option<&str>) -> String {
    match said.map(|s| text::one_line(s, title::LONGEST)).filter(|s| !s.is_empty()) {
        Some(said) => format!("{what}: {said}"),
        None => what.to_owned(),
    }
}

fn timed_out(action: &ActionState) -> bool {
    action.error_code.as_deref().is_some_and(|c| c.to_lowercase().contains("timeout") || c.contains("TimedOut"))
}

fn https(url: Option<&str>) -> Option<String> {
    url.filter(|u| u.starts_with("https://")).map(str::to_owned)
}

fn nothing_yet(service: &str) -> FirstCause {
    FirstCause {
        title: String::new(),
        at: None,
        path: Vec::new(),
        service: service.to_owned(),
        code: None,
        message: None,
        log: Vec::new(),
        hits: Vec::new(),
        log_truncated: false,
        log_name: None,
        log_url: None,
        log_note: None,
        seen: None,
    }
}

#[cfg(test)]
#[path = "cause_tests.rs"]
mod tests;

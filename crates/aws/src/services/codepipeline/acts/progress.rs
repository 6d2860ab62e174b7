//! How far an execution is, in words.

use skydeck_domain::{
    Aspect,
    pipeline::{ExecutionDetail, StageState},
};

use super::super::{
    calls::Calls,
    rows::{execution::is_over, judge, stage},
};
use crate::{AwsError, service::Progress};

/// An execution by its status alone, as the judge takes it.
fn bare(pipeline: &str, execution: &str, status: &str, summary: Option<String>) -> ExecutionDetail {
    ExecutionDetail {
        pipeline: pipeline.to_owned(),
        execution_id: execution.to_owned(),
        status: status.to_owned(),
        status_summary: summary,
        execution_type: "STANDARD".into(),
        rollback_of: None,
        execution_mode: None,
        started_at: None,
        updated_at: None,
        trigger_type: None,
        trigger_by: None,
        pipeline_version: None,
        revisions: Vec::new(),
        actions: Vec::new(),
        actions_whole: false,
    }
}

/// An execution as it is now: its status, and where it stands or why it ended so.
pub(super) async fn status(
    calls: &Calls<'_>,
    pipeline: &str,
    execution: &str,
) -> Result<(String, String, Vec<StageState>), AwsError> {
    let (out, state) = futures::try_join!(calls.execution(pipeline, execution), calls.state(pipeline))?;
    let told = out.pipeline_execution();
    let status = told.and_then(|e| e.status()).map(|s| s.as_str().to_owned()).unwrap_or_default();
    let summary = told.and_then(|e| e.status_summary()).map(str::to_owned);
    let stages = stage::stages(&state, None);
    let verdict = judge::execution(&bare(pipeline, execution, &status, summary), &stages);
    let held = verdict.aspect == Some(Aspect::Held);
    let words = verdict.reason.unwrap_or_else(|| status.clone());
    let words = if held { format!("{words}. Release it to let it go on") } else { words };
    Ok((status, words, stages))
}

/// Follows an execution to its end.
pub(super) async fn execution(calls: &Calls<'_>, pipeline: &str, execution: &str) -> Result<Progress, AwsError> {
    let (status, words, _) = status(calls, pipeline, execution).await?;
    Ok(match status.as_str() {
        "Succeeded" => Progress::Succeeded(format!("Execution {execution} succeeded")),
        "Superseded" => Progress::Failed(format!("Execution {execution} was superseded by a newer one")),
        over if is_over(over) => Progress::Failed(words),
        _ => Progress::Running(words),
    })
}

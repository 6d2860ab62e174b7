//! A pipeline as one row: of the board, and at the head of its own view.

use std::collections::HashSet;

use skydeck_domain::{
    Health, Lock, Profile, Resource, Usual,
    pipeline::{ExecutionDetail, PipelineDetail},
};
use skydeck_insight::{matters, stages_of, strip};

use crate::{contract::board::BoardRow, seen::Seen};

/// Row and detail as the board shows them. None if the row's detail is not that of a pipeline (written by another version).
pub(crate) fn board_row(row: &Resource, usual: Option<Usual>, locks: &Locks, seen: &Seen) -> Option<BoardRow> {
    let detail: PipelineDetail = row.detail()?;
    let execution = detail.execution.as_ref();
    let stale = seen.is_stale(row);
    // What ran has gone on unseen: nobody knows how it is now.
    let unknown = stale && row.health == Health::Running;
    let stages = strip(&stages_of(&detail, execution), row.aspect, !stale);
    Some(BoardRow {
        id: row.id.clone(),
        arn: row.arn.clone().unwrap_or_default(),
        name: row.name.clone(),
        profile: row.profile.clone(),
        colour: seen.colour(&row.profile),
        account: row.account.clone(),
        region: row.region.clone(),
        status: row.status.clone(),
        health: if unknown { Health::Unknown } else { row.health },
        aspect: row.aspect.filter(|_| !unknown),
        reason: row.reason.clone(),
        stage: matters(&stages, row.aspect).map(str::to_owned),
        stages,
        revision: execution.and_then(|e| e.revisions.first()).cloned(),
        started_at: execution.and_then(|e| e.started_at),
        ended_at: execution.filter(|e| is_over(e)).and_then(|e| e.updated_at),
        usual,
        since: row.since,
        read_at: row.read_at,
        stale,
        locked: locks.hold(row, seen.profile(&row.profile)),
    })
}

/// Whether an execution has ended.
pub(crate) fn is_over(execution: &ExecutionDetail) -> bool {
    !matches!(execution.status.as_str(), "InProgress" | "Stopping")
}

/// The locks in force.
pub(crate) struct Locks(HashSet<String>);

impl Locks {
    pub(crate) fn of(locks: &[Lock]) -> Locks {
        Locks(locks.iter().map(|l| l.subject.clone()).collect())
    }

    /// Whether one holds the row or its environment.
    fn hold(&self, row: &Resource, profile: Option<&Profile>) -> bool {
        lock_subjects(row, profile).iter().any(|subject| self.0.contains(subject))
    }
}

/// What a lock on a row can be on.
pub(crate) fn lock_subjects(row: &Resource, profile: Option<&Profile>) -> Vec<String> {
    let environment = profile.and_then(|p| p.environment.as_ref()).map(|e| format!("environment:{e}"));
    row.arn.iter().cloned().chain(environment).collect()
}

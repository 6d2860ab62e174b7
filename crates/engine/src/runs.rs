//! What a run did, action by action, where no read of its pipeline has a reason to ask for it: a run that succeeded before
//! anybody watched it. Asked for when somebody compares it, read in the background, told by an event when it is there.
//!
//! A run that is over does not change, so it is asked for once: what was read stays with the run's row, where it has one,
//! and in memory for as long as the process lives, for history is longer than the rows are many.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use chrono::TimeDelta;
use skydeck_aws::{AwsError, ErrorClass, Session};
use skydeck_domain::{
    ErrorInfo, Resource, SourceId, Timestamp,
    pipeline::{ExecutionDetail, RunActions},
};

use crate::{Engine, lock};

/// How many runs are kept in memory; the one not asked for the longest goes first.
const MOST: usize = 256;
/// How long after a failure a run is not asked for again.
const REST: TimeDelta = TimeDelta::seconds(30);
/// The same where AWS does not permit it: that is not changed in seconds.
const DENIED_REST: TimeDelta = TimeDelta::minutes(10);
/// AWS's lists lag: what is read so shortly after the end of a run may lack its last actions, and is not all of it.
const LAG: TimeDelta = TimeDelta::seconds(30);

/// How far a run that was asked for is read.
#[derive(Debug, Clone, PartialEq)]
pub enum RunRead {
    /// It is being read.
    Reading,
    /// This was read. No actions: AWS has none of it (any more; it keeps them for 12 months).
    Read(RunActions),
    /// It could not be read.
    Missed(ErrorInfo),
}

/// Which run: the row id of its pipeline, its execution id, and when it ended. One whose stage is tried again ends again.
type Which = (String, String, Timestamp);

#[derive(Default)]
pub(crate) struct Runs(Mutex<HashMap<Which, Entry>>);

struct Entry {
    read: RunRead,
    /// When it may be asked for again; none is never.
    again_at: Option<Timestamp>,
    asked_at: Timestamp,
}

impl Engine {
    /// How far the actions of a run are read that were asked for with [`Engine::want_run`]; none if they were not.
    pub fn run_read(&self, pipeline: &str, execution: &str, ended_at: Timestamp) -> Option<RunRead> {
        let which = (pipeline.to_owned(), execution.to_owned(), ended_at);
        lock(&self.runs.0).get(&which).map(|e| e.read.clone())
    }

    /// Asks for the actions of a run that ended then, by the row id of its pipeline; `runs:<row id>` tells when they are
    /// there or could not be read.
    pub fn want_run(self: &Arc<Self>, pipeline: &str, execution: &str, ended_at: Timestamp) {
        let now = self.now();
        let which = (pipeline.to_owned(), execution.to_owned(), ended_at);
        {
            let mut runs = lock(&self.runs.0);
            if let Some(entry) = runs.get_mut(&which) {
                entry.asked_at = now;
                if entry.again_at.is_none_or(|at| now < at) {
                    return;
                }
            } else if runs.len() >= MOST
                && let Some(oldest) = runs.iter().min_by_key(|(_, e)| e.asked_at).map(|(which, _)| which.clone())
            {
                runs.remove(&oldest);
            }
            runs.insert(which.clone(), Entry { read: RunRead::Reading, again_at: None, asked_at: now });
        }
        let engine = self.clone();
        self.keep_task(tokio::spawn(async move { engine.read_run(which).await }));
    }

    /// Lets the runs of these pipelines, or of all if none is named, be asked for again at once that could not be read.
    pub fn forget_missed_runs(&self, pipelines: &[String]) {
        let mut runs = lock(&self.runs.0);
        let asked = |which: &Which| pipelines.is_empty() || pipelines.contains(&which.0);
        let missed = runs.extract_if(|which, entry| asked(which) && matches!(entry.read, RunRead::Missed(_)));
        let tags: Vec<String> = missed.map(|(which, _)| format!("runs:{}", which.0)).collect();
        drop(runs);
        self.event_bus().changed(tags);
    }

    async fn read_run(&self, which: Which) {
        self.may_read().await;
        let result = self.read_run_actions(&which).await;
        let (read, again_at) = match result {
            Ok(actions) => {
                let lags = !actions.whole && !actions.runs.is_empty();
                (RunRead::Read(actions), lags.then(|| which.2 + LAG))
            }
            Err(error) => {
                let rest = if error.class == ErrorClass::Denied { DENIED_REST } else { REST };
                (RunRead::Missed(error.info), Some(self.now() + rest))
            }
        };
        let tag = format!("runs:{}", which.0);
        if let Some(entry) = lock(&self.runs.0).get_mut(&which) {
            (entry.read, entry.again_at) = (read, again_at);
        }
        self.event_bus().changed([tag]);
    }

    async fn read_run_actions(&self, which: &Which) -> Result<RunActions, AwsError> {
        let (pipeline, execution, ended_at) = which;
        let nothing = RunActions::default();
        let Ok(Some(row)) = self.cache().get(pipeline).await else { return Ok(nothing) };
        let Some(service) = skydeck_aws::services::by_id(&row.service) else { return Ok(nothing) };
        let session = self.aws().session(&row.profile, &row.region).await?;
        let source =
            SourceId { profile: row.profile.clone(), region: row.region.clone(), service: row.service.clone() };
        let read = service.run_actions(&session.reader(service.spec()), &row, execution).await;
        let mut actions = read.inspect_err(|error| self.note_refusal(&source, error))?;
        actions.whole = !actions.runs.is_empty() && self.now() - *ended_at >= LAG;
        self.keep_run(&source, &session, &row, execution, &actions).await;
        Ok(actions)
    }

    /// Puts what was read of a run into its row, if it has one. Only the process that reads writes rows.
    async fn keep_run(
        &self,
        source: &SourceId,
        session: &Session,
        pipeline: &Resource,
        execution: &str,
        actions: &RunActions,
    ) {
        let name = format!("{}/{execution}", pipeline.name);
        let id = Resource::make_id(&pipeline.profile, None, &pipeline.region, EXECUTION, &name);
        let Ok(Some(row)) = self.cache().get(&id).await else { return };
        let Some(mut detail) = row.detail::<ExecutionDetail>().filter(|_| !actions.runs.is_empty()) else { return };
        if !self.reads_here() || !session.is_current() {
            return;
        }
        actions.clone().belong_to(&mut detail);
        let Ok(detail) = serde_json::to_value(&detail) else { return };
        match self.cache().upsert(source, &[Resource { detail, ..row }]).await {
            Ok(changes) => self.event_bus().rows(changes),
            Err(error) => self.trouble(&error),
        }
    }
}

/// Kind of an execution's row.
const EXECUTION: &str = <ExecutionDetail as skydeck_domain::Detail>::KIND;

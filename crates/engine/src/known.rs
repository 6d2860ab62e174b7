//! What the engine remembers between reads, in memory: sources, who a profile is, what is usual, what was denied.

use std::{collections::HashMap, sync::Arc};

use skydeck_aws::{AwsError, ErrorClass, Session};
use skydeck_domain::{
    ActionRecord, Aspect, Health, Profile, Resource, SourceId, SourceStatus, Timestamp, Usual,
    pipeline::PipelineDetail, stack::StackDetail,
};
use skydeck_store::{CountBy, Query, Standing};

use crate::{Engine, SyncFilter, lock, profiles, read};

/// When the run that a row is in began.
fn began(row: &Resource) -> Option<Timestamp> {
    if let Some(pipeline) = row.detail::<PipelineDetail>() {
        return pipeline.execution.and_then(|e| e.started_at);
    }
    row.detail::<StackDetail>()?.operation.filter(|o| o.ended_at.is_none()).map(|o| o.started_at)
}

/// See the file's head.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) sources: HashMap<SourceId, SourceStatus>,
    pub(crate) profiles: HashMap<String, profiles::Known>,
    told: Option<Vec<Profile>>,
    usual: HashMap<String, Option<Usual>>,
    denied: HashMap<(String, String), Timestamp>,
}

impl Known {
    /// A source as the cache tells it: read by another process or by an earlier one.
    pub(crate) fn heard_of(&mut self, source: SourceStatus) {
        // Whose account a profile is decides what else of that account is protected: from the first moment on.
        if let Some(account) = &source.account {
            self.profiles.entry(source.id.profile.clone()).or_default().account = Some(account.clone());
        }
        self.sources.insert(source.id.clone(), source);
    }
}

impl Engine {
    /// Every source that was ever read or is to be read, with its next reading.
    pub async fn sources(&self) -> Vec<SourceStatus> {
        let mut sources: Vec<SourceStatus> = lock(&self.known).sources.values().cloned().collect();
        {
            let tables = self.timetables();
            for source in &mut sources {
                source.next_at = tables.0.get(&source.id).map(|t| t.next_at());
            }
        }
        sources.sort_by(|a, b| a.id.cmp(&b.id));
        sources
    }

    /// One source.
    pub async fn source(&self, id: &SourceId) -> Option<SourceStatus> {
        lock(&self.known).sources.get(id).cloned()
    }

    pub(crate) async fn keep_source(&self, status: &SourceStatus) {
        let moved = {
            let mut known = lock(&self.known);
            let old = known.sources.insert(status.id.clone(), status.clone());
            old.is_none_or(|o| o.state != status.state || o.error != status.error)
        };
        if let Err(error) = self.cache().put_source(status).await {
            self.trouble(&error);
        }
        // Whether rows are stale hangs on their source, so a change of state is a change of every list.
        let tags: &[&str] = if moved { &["sources", "board", "rows"] } else { &["sources"] };
        self.event_bus().changed(tags.iter().copied());
    }

    pub(crate) async fn count_rows(&self, id: &SourceId) -> Option<i64> {
        let query = Query { scopes: Some(vec![id.scope()]), ..Query::default() };
        let counts = self.cache().count_by(&query, CountBy::Service).await.ok()?;
        Some(counts.into_iter().find(|(service, _)| *service == id.service).map_or(0, |(_, n)| n))
    }

    /// Who a profile turned out to be.
    pub(crate) fn note_session(&self, session: &Session) {
        let moved = {
            let mut known = lock(&self.known);
            let entry = known.profiles.entry(session.profile.clone()).or_default();
            let moved = entry.account.as_ref() != Some(&session.account);
            entry.account = Some(session.account.clone());
            entry.identity = Some(session.identity.clone());
            moved
        };
        if moved {
            self.scopes_moved.store(true, std::sync::atomic::Ordering::SeqCst);
            self.event_bus().changed(["profiles"]);
        }
    }

    /// Tells the fronts if the profiles are not what they were when this was last asked: a sign-in ended by itself or was
    /// renewed elsewhere, a file was changed. No call of ours stands behind any of these.
    pub(crate) fn tell_moved_profiles(&self, now: &[Profile]) {
        let before = lock(&self.known).told.replace(now.to_vec());
        if before.is_some_and(|before| before != now) {
            self.event_bus().changed(["profiles"]);
        }
    }

    /// What a refused call says of a profile's permissions.
    pub(crate) fn note_refusal(&self, source: &SourceId, error: &AwsError) {
        if let Some(operation) = &error.info.operation {
            self.note_denied(&source.profile, &format!("{}:{operation}", source.service), error);
        }
        if error.class == ErrorClass::SignedOut {
            self.event_bus().changed(["profiles"]);
        }
    }

    pub(crate) fn note_denied(&self, profile: &str, operation: &str, error: &AwsError) {
        if error.class == ErrorClass::Denied {
            lock(&self.known).denied.insert((profile.to_owned(), operation.to_owned()), self.now());
        }
    }

    /// When a permission was last seen denied, if ever in this process.
    pub(crate) fn denied_at(&self, profile: &str, operation: &str) -> Option<Timestamp> {
        lock(&self.known).denied.get(&(profile.to_owned(), operation.to_owned())).copied()
    }

    /// What is usual for a thing, by its ARN.
    pub async fn usual(&self, of_arn: &str) -> Option<Usual> {
        if let Some(known) = lock(&self.known).usual.get(of_arn) {
            return *known;
        }
        match self.ledger().usual(of_arn).await {
            Ok(usual) => {
                lock(&self.known).usual.insert(of_arn.to_owned(), usual);
                usual
            }
            Err(error) => {
                self.trouble(&error);
                None
            }
        }
    }

    pub(crate) fn forget_usual(&self, of_arn: &str) {
        lock(&self.known).usual.remove(of_arn);
    }

    /// History was written by another process: what is usual is worked out anew when it is next asked for.
    pub(crate) fn forget_all_usual(&self) {
        lock(&self.known).usual.clear();
    }

    /// Judges running rows against their own history: longer than usual is stuck.
    pub(crate) async fn judge(&self, rows: &mut [Resource]) {
        let now = self.now();
        for row in rows.iter_mut().filter(|r| read::can_be_stuck(r)) {
            let Some(arn) = row.arn.clone() else { continue };
            let Some(started) = began(row) else { continue };
            let usual = self.usual(&arn).await;
            if skydeck_insight::is_stuck(started, usual.as_ref(), now) {
                row.health = Health::Attention;
                row.aspect = Some(Aspect::Stuck);
                row.reason.get_or_insert_with(|| "Longer under way than 90 % of its own runs".to_owned());
            }
        }
    }

    pub(crate) fn saw_items(&self, source: &SourceId, rows: &[Resource]) {
        let now = self.now();
        if let Some(table) = self.timetables().0.get_mut(source) {
            for row in rows {
                table.saw(Standing { read_at: now, ..Standing::from(row) }, now);
            }
        }
    }

    /// Makes a row's item due now.
    pub(crate) fn hurry(&self, row: &Resource) {
        let id = SourceId { profile: row.profile.clone(), region: row.region.clone(), service: row.service.clone() };
        let is_item =
            skydeck_aws::services::by_id(&row.service).and_then(|s| s.spec().items) == Some(row.kind.as_str());
        let names = if is_item { vec![row.name.clone()] } else { Vec::new() };
        let now = self.now();
        if let Some(table) = self.timetables().0.get_mut(&id) {
            table.hurry(&names, now);
        }
    }

    pub(crate) async fn hurry_id(&self, record: &ActionRecord) {
        if let Ok((row, _)) = self.find_row(&record.id, Some(&record.profile)).await {
            self.hurry(&row);
        }
    }

    /// The sources that are being read, and not only single items of them, by this process.
    pub fn under_way(&self) -> Vec<SourceId> {
        let mut ids: Vec<SourceId> =
            self.timetables().0.iter().filter(|(_, t)| t.is_under_way()).map(|(id, _)| id.clone()).collect();
        ids.sort();
        ids
    }

    /// Reads these rows' sources and these sources now, or everything shown if there are none. Only makes them due: what is
    /// then called waits for its budget as every read does.
    pub async fn refresh(self: &Arc<Self>, ids: &[String], sources: &[SourceId]) {
        // Whoever asks wants to know now, also of what is left alone because it did not answer.
        self.aws().ask_again();
        let now = self.now();
        if ids.is_empty() && sources.is_empty() {
            for table in self.timetables().0.values_mut() {
                table.hurry(&[], now);
            }
            return;
        }
        for id in sources {
            if self.reads_here() {
                if let Some(table) = self.timetables().0.get_mut(id) {
                    table.hurry(&[], now);
                }
            } else {
                self.ask_for(id);
            }
        }
        for id in ids {
            if let Ok(Some(row)) = self.cache().get(id).await {
                self.hurry(&row);
            }
        }
    }

    /// Has a source read by the process that reads, whose reading is told as all that other processes write is.
    fn ask_for(self: &Arc<Self>, id: &SourceId) {
        let engine = self.clone();
        let SourceId { profile, region, service } = id.clone();
        let filter = SyncFilter { profiles: vec![profile], regions: vec![region], services: vec![service] };
        self.keep_task(tokio::spawn(async move {
            if let Err(error) = engine.sync(&filter).await {
                engine.report(&format!("What was to be read now was not: {error}"));
            }
        }));
    }

    /// Says which rows are on screen: they are read first, and more often.
    pub async fn watching(self: &Arc<Self>, ids: Vec<String>) {
        let rows = self.cache().get_many(&ids).await.unwrap_or_default();
        let mut by_source: HashMap<SourceId, Vec<String>> = HashMap::new();
        for row in rows {
            let id = SourceId { profile: row.profile, region: row.region, service: row.service };
            by_source.entry(id).or_default().push(row.name);
        }
        let now = self.now();
        for (id, table) in &mut self.timetables().0 {
            table.look_at(by_source.get(id).map_or(&[], Vec::as_slice), now);
        }
    }
}

//! One read of one source: session, collector, and the sink that writes what it yields. Ends in a [`SourceStatus`].
//!
//! An answer that belongs to an older generation of its profile's credentials is dropped, and a read that failed deletes
//! nothing: only `complete` and `gone`, which a collector calls after error-free reads, remove rows.

use std::collections::HashSet;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use serde_json::Value;
use skydeck_aws::{
    AwsError, Session,
    service::{Ask, Service, Sink},
};
use skydeck_domain::{
    ErrorInfo, Health, Link, Resource, Run, SourceId, SourceState, SourceStatus, Timestamp, stack::KeptTemplate,
};
use skydeck_store::{Change, HealthChange, Query};
use tokio::sync::Mutex;

use crate::Engine;

/// What a read came to.
#[derive(Debug, Clone)]
pub(crate) struct ReadOutcome {
    /// Status of the source, as kept.
    pub(crate) status: SourceStatus,
    /// Names of items that are gone.
    pub(crate) lost: Vec<String>,
}

/// Reads a source and keeps what comes.
pub(crate) async fn read_source(
    engine: &Arc<Engine>,
    id: &SourceId,
    service: &'static dyn Service,
    ask: Ask,
) -> ReadOutcome {
    let started = engine.now();
    let whole = ask == Ask::All;
    let (result, sink, counters, account) = match engine.aws().session(&id.profile, &id.region).await {
        Ok(session) => {
            engine.note_session(&session);
            let ctx = session.reader(service.spec());
            let sink = StoreSink::new(engine.clone(), id.clone(), session.clone(), service.spec().items);
            let result = service.collect(&ctx, ask, &sink).await;
            sink.judge_again().await;
            let counters = ctx.caller.counters();
            (result, Some(sink), (counters.calls as i64, counters.throttles as i64), Some(session.account.clone()))
        }
        Err(error) => (Err(error), None, (0, 0), None),
    };
    let ended = engine.now();
    let (lost, problem, stale) = match sink {
        Some(sink) => sink.into_parts().await,
        None => (Vec::new(), None, false),
    };
    let (state, error) = match (&result, problem) {
        (Ok(()), None) => (SourceState::Ok, None),
        (Ok(()), Some(problem)) => (SourceState::Partial, Some(problem.info)),
        (Err(error), _) => {
            engine.note_refusal(id, error);
            (error.source_state(), Some(error.info.clone()))
        }
    };
    // As it stands now: a whole read that ended while single items were read has the word on the whole.
    let old = engine.source(id).await.unwrap_or_else(|| pending(id));
    // A part that went well says nothing about the whole: the last word on the whole stays, unless it was an error that
    // this read has just disproved.
    let (state, error) = match (whole, state) {
        (false, SourceState::Ok)
            if matches!(old.state, SourceState::Ok | SourceState::Partial | SourceState::Pending) =>
        {
            (old.state, old.error.clone())
        }
        (false, SourceState::Ok) => (SourceState::Partial, old.error.clone()),
        (_, state) => (state, error),
    };
    let status = SourceStatus {
        id: id.clone(),
        account: account.or(old.account),
        state,
        error,
        ok_at: if whole && state == SourceState::Ok { Some(ended) } else { old.ok_at },
        read_at: if state == SourceState::SignedOut { old.read_at } else { Some(ended) },
        next_at: None,
        rows: engine.count_rows(id).await.unwrap_or(old.rows),
        api_calls: counters.0,
        throttles: counters.1,
        elapsed_ms: (ended - started).num_milliseconds(),
    };
    if !stale {
        engine.keep_source(&status).await;
    }
    ReadOutcome { status, lost }
}

/// A source that was never read.
pub(crate) fn pending(id: &SourceId) -> SourceStatus {
    SourceStatus {
        id: id.clone(),
        account: None,
        state: SourceState::Pending,
        error: None,
        ok_at: None,
        read_at: None,
        next_at: None,
        rows: 0,
        api_calls: 0,
        throttles: 0,
        elapsed_ms: 0,
    }
}

/// The status of a source whose read ended in a panic: the defect is ours, the rest goes on.
pub(crate) fn crashed(id: &SourceId, old: Option<SourceStatus>, now: Timestamp) -> SourceStatus {
    let mut status = old.unwrap_or_else(|| pending(id));
    status.state = SourceState::Failed;
    status.read_at = Some(now);
    status.error = Some(ErrorInfo {
        code: "InternalError".into(),
        message: "Reading it ended in a defect of Skydeck. Its rows stay as last read; it is tried again.".into(),
        operation: None,
    });
    status
}

/// Writes what a collector yields.
struct StoreSink {
    engine: Arc<Engine>,
    source: SourceId,
    session: Session,
    item_kind: Option<&'static str>,
    problem: Mutex<Option<AwsError>>,
    lost: Mutex<Vec<String>>,
    running: Mutex<Vec<Resource>>,
    /// Rows that this read saw for the first time. What it finds out about them later, that they are stuck, is how they were
    /// found and no change that anybody waits to be told of.
    fresh: Mutex<HashSet<String>>,
    stale: AtomicBool,
    /// Whether what is known could not be gone through to its end: what a collector then takes for all there is may be less.
    known_in_part: AtomicBool,
}

impl StoreSink {
    fn new(engine: Arc<Engine>, source: SourceId, session: Session, item_kind: Option<&'static str>) -> Self {
        StoreSink {
            engine,
            source,
            session,
            item_kind,
            problem: Mutex::default(),
            lost: Mutex::default(),
            running: Mutex::default(),
            fresh: Mutex::default(),
            stale: AtomicBool::new(false),
            known_in_part: AtomicBool::new(false),
        }
    }

    /// Judges what runs once more: the history that came with this very read may tell only now what is usual.
    async fn judge_again(&self) {
        let mut rows: Vec<Resource> = std::mem::take(&mut *self.running.lock().await);
        self.engine.judge(&mut rows).await;
        rows.retain(|r| !can_be_stuck(r));
        if !rows.is_empty() && self.is_current() {
            let result = self.engine.cache().upsert(&self.source, &rows).await;
            self.wrote(result).await;
        }
    }

    async fn into_parts(self) -> (Vec<String>, Option<AwsError>, bool) {
        (self.lost.into_inner(), self.problem.into_inner(), self.stale.load(Ordering::SeqCst))
    }

    /// Whether what comes still belongs to the credentials that are in force.
    fn is_current(&self) -> bool {
        let current = self.session.is_current();
        if !current {
            self.stale.store(true, Ordering::SeqCst);
        }
        current
    }

    async fn wrote(&self, result: skydeck_store::Result<Vec<Change>>) {
        match result {
            Ok(changes) => {
                let at = self.engine.now();
                let mut fresh = self.fresh.lock().await;
                fresh.extend(changes.iter().filter(|c| c.was.is_none()).map(|c| c.id.clone()));
                let health: Vec<HealthChange> = changes
                    .iter()
                    .filter(|c| c.was.is_some() && c.health_changed() && !fresh.contains(&c.id))
                    .map(|change| HealthChange { at, change: change.clone() })
                    .collect();
                drop(fresh);
                if !health.is_empty()
                    && let Err(error) = self.engine.ledger().put_health_changes(&health).await
                {
                    self.engine.trouble(&error);
                }
                self.engine.event_bus().rows(changes);
            }
            Err(error) => self.local(error).await,
        }
    }

    async fn local(&self, error: skydeck_store::Error) {
        self.engine.trouble(&error);
        let mut problem = self.problem.lock().await;
        if problem.is_none() {
            *problem = Some(AwsError {
                class: skydeck_aws::ErrorClass::Config,
                info: error.info(),
                profile: self.source.profile.clone(),
                account: Some(self.session.account.clone()),
                region: self.source.region.clone(),
                retry_after: None,
                certainly_not_run: true,
            });
        }
    }
}

#[async_trait]
impl Sink for StoreSink {
    async fn rows(&self, mut rows: Vec<Resource>) {
        if !self.is_current() || rows.is_empty() {
            return;
        }
        self.engine.judge(&mut rows).await;
        let result = self.engine.cache().upsert(&self.source, &rows).await;
        self.wrote(result).await;
        if let Some(kind) = self.item_kind {
            let items: Vec<Resource> = rows.into_iter().filter(|r| r.kind == kind).collect();
            self.engine.saw_items(&self.source, &items);
            let mut running = self.running.lock().await;
            running.retain(|known| !items.iter().any(|item| item.id == known.id));
            running.extend(items.into_iter().filter(can_be_stuck));
        }
    }

    async fn complete(&self, kind: &'static str, seen: Vec<String>) {
        if !self.is_current() || self.known_in_part.load(Ordering::SeqCst) {
            return;
        }
        let result = self.engine.cache().complete(&self.source, kind, &seen, self.engine.now()).await;
        if let Ok(changes) = &result
            && Some(kind) == self.item_kind
        {
            let names = changes.iter().filter(|c| c.now.is_none()).map(|c| name_of(&c.id));
            self.lost.lock().await.extend(names);
        }
        self.wrote(result).await;
    }

    async fn gone(&self, ids: Vec<String>) {
        if !self.is_current() {
            return;
        }
        self.lost.lock().await.extend(ids.iter().map(|id| name_of(id)));
        let result = self.engine.cache().remove(&self.source, &ids).await;
        self.wrote(result).await;
    }

    async fn runs(&self, runs: Vec<Run>) {
        if !self.is_current() {
            return;
        }
        let finished: Vec<Run> = runs.into_iter().filter(|r| r.ended_at.is_some()).collect();
        if finished.is_empty() {
            return;
        }
        match self.engine.ledger().put_runs(&finished).await {
            Ok(0) => {}
            Ok(_) => {
                let mut arns: Vec<&str> = finished.iter().map(|r| r.of_arn.as_str()).collect();
                arns.sort_unstable();
                arns.dedup();
                for arn in arns {
                    self.engine.forget_usual(arn);
                }
            }
            Err(error) => self.local(error).await,
        }
    }

    async fn links(&self, from: &str, links: Vec<Link>) {
        if self.is_current()
            && let Err(error) = self.engine.cache().put_links(from, &links).await
        {
            self.local(error).await;
        }
    }

    async fn problem(&self, error: AwsError) {
        self.engine.note_refusal(&self.source, &error);
        self.problem.lock().await.get_or_insert(error);
    }

    async fn known(&self, id: &str) -> Option<Resource> {
        self.engine.cache().get(id).await.ok().flatten()
    }

    async fn each_known(&self, kind: &str, take: &mut (dyn FnMut(Resource) + Send)) {
        let query = of_kind(&self.source, kind);
        if let Err(error) = self.engine.cache().each(&query, take).await {
            self.known_in_part.store(true, Ordering::SeqCst);
            self.local(error).await;
        }
    }

    async fn last_run(&self, of_arn: &str) -> Option<Run> {
        self.engine.ledger().runs(of_arn, 1, None).await.ok()?.into_iter().next()
    }

    async fn part(&self, id: &str, part: &'static str, body: Value) {
        if !self.is_current() {
            return;
        }
        match self.engine.cache().put_part(id, part, &body.to_string(), self.engine.now()).await {
            Ok(true) => self.engine.event_bus().changed([format!("row:{id}")]),
            Ok(false) => {}
            Err(error) => self.local(error).await,
        }
    }

    async fn known_part(&self, id: &str, part: &'static str) -> Option<Value> {
        self.engine.cache().part(id, part).await.ok().flatten().map(|(body, _)| body)
    }

    async fn template(&self, kept: KeptTemplate, text: String) {
        if !self.is_current() {
            return;
        }
        if let Err(error) = self.engine.ledger().put_template(&kept, &text).await {
            self.local(error).await;
        }
    }

    async fn known_template(&self, digest: &str) -> Option<String> {
        self.engine.ledger().template_text(digest).await.ok().flatten()
    }
}

/// Asks for all rows of a kind in the scope of a source.
pub(crate) fn of_kind(source: &SourceId, kind: &str) -> Query {
    Query {
        kinds: vec![kind.to_owned()],
        scopes: Some(vec![source.scope()]),
        sort: skydeck_store::Sort::Name,
        ..Query::default()
    }
}

/// The name in a row id: what follows the last `:` of an ARN; of `stack/web/<id>` that is `web`.
fn name_of(id: &str) -> String {
    let last = id.rsplit(':').next().unwrap_or(id);
    let named = last.strip_prefix("stack/").and_then(|rest| rest.split('/').next());
    named.unwrap_or(last).to_owned()
}

/// Whether a row's health may be judged against its own history.
pub(crate) fn can_be_stuck(row: &Resource) -> bool {
    row.health == Health::Running && row.aspect.is_none()
}

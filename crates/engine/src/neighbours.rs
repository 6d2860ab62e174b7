//! Living with other processes of the same home: what they write is told here as if this process had written it, what
//! they do in AWS is read soon, what they left behind when they died is taken over, and so is the right to read.
//!
//! Deliberately elsewhere: who holds which lock (`home`), how an action is found out about (`act`).

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use skydeck_domain::ActionRecord;
use tokio::{task::JoinSet, time::Instant};

use crate::{Engine, lock};

/// Between two looks at whether another process wrote. Costs two glances at shared memory.
const LOOK: Duration = Duration::from_millis(400);

/// Between two looks for what nobody carries out or reads any more.
const TAKE_OVER: Duration = Duration::from_secs(2);

/// The versions of both files as last seen; none before the first look.
#[derive(Default)]
struct Seen {
    cache: Option<i64>,
    ledger: Option<i64>,
    open: BTreeMap<String, ActionRecord>,
}

/// Watches until its task is aborted.
pub(crate) async fn watch(engine: Arc<Engine>) {
    let mut seen = Seen::default();
    // Ends with this task.
    let mut taking_over = JoinSet::new();
    let mut took_over = Instant::now();
    loop {
        cache(&engine, &mut seen).await;
        ledger(&engine, &mut seen).await;
        if took_over.elapsed() >= TAKE_OVER {
            took_over = Instant::now();
            if !engine.reads_here()
                && let Err(error) = engine.try_read().await
            {
                engine.report(&format!("Whether AWS could be read here was not found out: {error}"));
            }
            // The process that reads is the one that finds out: one is enough, and there is always one.
            while taking_over.try_join_next().is_some() {}
            if engine.reads_here() && taking_over.is_empty() {
                let recovering = engine.clone();
                taking_over.spawn(async move { recovering.take_over().await });
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn cache(engine: &Arc<Engine>, seen: &mut Seen) {
    let Some(version) = told(engine, engine.cache().written_elsewhere().await) else { return };
    let before = seen.cache.replace(version);
    if before.is_none_or(|before| before == version) {
        return;
    }
    if !engine.reads_here() {
        match engine.cache().sources().await {
            Ok(sources) => engine.heard_of_sources(sources),
            Err(error) => engine.trouble(&error),
        }
    }
    engine.event_bus().changed(["*"]);
}

async fn ledger(engine: &Arc<Engine>, seen: &mut Seen) {
    let Some(version) = told(engine, engine.ledger().written_elsewhere().await) else { return };
    let before = seen.ledger.replace(version);
    if before == Some(version) {
        return;
    }
    let Some(open) = told(engine, engine.ledger().open_actions().await) else { return };
    let open: BTreeMap<String, ActionRecord> = open.into_iter().map(|a| (a.action.clone(), a)).collect();
    let was = std::mem::replace(&mut seen.open, open);
    if before.is_none() {
        return;
    }
    // What began, moved or ended since the last look; who did it does not matter.
    let now = &seen.open;
    let ended = was.values().filter(|a| !now.contains_key(&a.action));
    let moved: Vec<&ActionRecord> = now.values().filter(|a| was.get(&a.action) != Some(a)).chain(ended).collect();
    for record in &moved {
        engine.hurry_id(record).await;
    }
    engine.forget_all_usual();
    engine.scopes_moved.store(true, Ordering::SeqCst);
    // Which of these it was is not told; a user's decision is rare, and reading them again is cheap.
    let tags = ["ledger", "locks", "marks", "settings", "profiles", "board", "rows"].map(str::to_owned);
    let actions = moved.iter().map(|a| format!("action:{}", a.action));
    engine.event_bus().changed(tags.into_iter().chain(actions));
}

fn told<T>(engine: &Engine, result: skydeck_store::Result<T>) -> Option<T> {
    result.inspect_err(|error| engine.trouble(error)).ok()
}

impl Engine {
    /// Another process read AWS.
    fn heard_of_sources(&self, sources: Vec<skydeck_domain::SourceStatus>) {
        let mut known = lock(&self.known);
        for source in sources {
            known.heard_of(source);
        }
    }
}

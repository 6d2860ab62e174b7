//! The scheduler: a timetable a source, one task a read, and a tick that starts what is due. Every read runs in its own
//! task, so that one that hangs or panics harms nobody else.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt as _;
use skydeck_aws::service::{Ask, Service};
use skydeck_domain::{Scope, SourceId, SourceState};
use tokio::task::JoinHandle;

use crate::{
    Engine,
    profiles::visible_scopes,
    read,
    schedule::{Due, Timetable},
};

/// How often the timetables are looked at. Finer than the shortest interval, so that it adds little to it.
const TICK: Duration = Duration::from_millis(200);

/// How often the profiles are looked at again: a renewed token, a changed file, another choice of profiles.
const LOOK_AT_PROFILES: Duration = Duration::from_secs(2);

/// How often it is looked whether the meters moved: a minute after the last call they show none, and no read tells so.
const LOOK_AT_METERS: Duration = Duration::from_secs(5);

/// The timetables of all sources that are read now.
#[derive(Default)]
pub(crate) struct Timetables(pub(crate) HashMap<SourceId, Timetable>);

/// The running scheduler.
pub(crate) struct Watching {
    task: JoinHandle<()>,
    _right: crate::home::HeldLock,
}

impl Watching {
    pub(crate) fn start(engine: &Arc<Engine>, right: crate::home::HeldLock) -> Watching {
        Watching { task: tokio::spawn(run(engine.clone())), _right: right }
    }

    pub(crate) async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

async fn run(engine: Arc<Engine>) {
    engine.may_read().await;
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut looked: Option<tokio::time::Instant> = None;
    let mut slept_at = engine.now();
    let mut metered = (tokio::time::Instant::now(), Vec::new());
    loop {
        tick.tick().await;
        // After sleep of the machine every due time has passed at once: spread the first reads again.
        let now = engine.now();
        let woke = now - slept_at > chrono::TimeDelta::seconds(60);
        slept_at = now;
        if woke {
            // What did not answer before the sleep says nothing about now.
            engine.aws().ask_again();
        }
        if woke || looked.is_none_or(|at| at.elapsed() > LOOK_AT_PROFILES) || engine.take_scopes_moved() {
            looked = Some(tokio::time::Instant::now());
            set_up(&engine, woke).await;
        }
        start_due(&engine).await;
        engine.answer_wishes().await;
        if metered.0.elapsed() > LOOK_AT_METERS {
            let now: Vec<(u64, u64)> =
                engine.aws().meters().iter().map(|m| (m.calls_last_minute, m.throttles_last_minute)).collect();
            if metered.1 != now {
                engine.event_bus().changed(["meters"]);
            }
            metered = (tokio::time::Instant::now(), now);
        }
    }
}

/// Brings the timetables in line with the scopes that are shown.
async fn set_up(engine: &Arc<Engine>, woke: bool) {
    let (profiles, _) = engine.profiles().await;
    engine.tell_moved_profiles(&profiles);
    let wanted = sources_of(&visible_scopes(&profiles));
    let now = engine.now();
    let (missing, dropped) = {
        let mut tables = engine.timetables();
        if woke {
            tables.0.clear();
        }
        let dropped: Vec<SourceId> =
            tables.0.keys().filter(|id| !wanted.iter().any(|(w, _)| w == *id)).cloned().collect();
        for id in &dropped {
            tables.0.remove(id);
        }
        let missing: Vec<(SourceId, &'static dyn Service)> =
            wanted.into_iter().filter(|(id, _)| !tables.0.contains_key(id)).collect();
        (missing, !dropped.is_empty())
    };
    for (id, service) in &missing {
        let last = engine.source(id).await.filter(|s| s.state == SourceState::Ok).and_then(|s| s.ok_at);
        let mut table = Timetable::new(service.spec().pace, now, last, engine.jitter(id));
        if let Some(kind) = service.spec().items {
            match engine.cache().standings(&read::of_kind(id, kind), u32::MAX).await {
                Ok(rows) => rows.into_iter().for_each(|row| table.saw(row, now)),
                Err(error) => engine.trouble(&error),
            }
        }
        engine.timetables().0.insert(id.clone(), table);
        if engine.source(id).await.is_none() {
            engine.keep_source(&read::pending(id)).await;
        }
    }
    if dropped || !missing.is_empty() {
        engine.event_bus().changed(["sources", "board", "rows"]);
    }
}

/// Every source of these scopes.
pub(crate) fn sources_of(scopes: &[Scope]) -> Vec<(SourceId, &'static dyn Service)> {
    let mut sources = Vec::new();
    for scope in scopes {
        for service in skydeck_aws::services::ALL.iter().copied().filter(|s| !s.spec().kinds.is_empty()) {
            let id = SourceId {
                profile: scope.profile.clone(),
                region: scope.region.clone(),
                service: service.spec().id.to_owned(),
            };
            sources.push((id, service));
        }
    }
    sources
}

async fn start_due(engine: &Arc<Engine>) {
    let now = engine.now();
    let due: Vec<(SourceId, Due)> = {
        let mut tables = engine.timetables();
        let mut all = Vec::new();
        for (id, table) in &mut tables.0 {
            for due in table.due(now) {
                table.started(&due);
                all.push((id.clone(), due));
            }
        }
        all
    };
    // That a source is being read whole is worth telling: it takes a while, and may be what somebody asked for.
    if due.iter().any(|(_, due)| *due == Due::All) {
        engine.event_bus().changed(["sources"]);
    }
    for (id, due) in due {
        let Some(service) = skydeck_aws::services::by_id(&id.service) else { continue };
        let reading = engine.clone();
        // Kept, so that stopping ends it before the files are closed.
        engine.keep_task(tokio::spawn(async move {
            let engine = reading;
            let ask = match &due {
                Due::All => Ask::All,
                Due::Changes => Ask::Changes,
                Due::Items(names) => Ask::Items(names.clone()),
            };
            // Nothing of a read that panicked is used again: what it wrote stands in the store, whole or not at all.
            let was = engine.source(&id).await.map(|s| s.state);
            let read = AssertUnwindSafe(read::read_source(&engine, &id, service, ask)).catch_unwind();
            let (state, rows, lost) = match read.await {
                Ok(outcome) => (outcome.status.state, outcome.status.rows, outcome.lost),
                Err(_) => {
                    let status = read::crashed(&id, engine.source(&id).await, engine.now());
                    engine.keep_source(&status).await;
                    (status.state, status.rows, Vec::new())
                }
            };
            if let Some(table) = engine.timetables().0.get_mut(&id) {
                for name in lost {
                    table.lost(&name);
                }
                table.ended(&due, state, rows, engine.now());
            }
            heed_network(&engine, was, state).await;
        }));
    }
}

/// What a read tells of the network. Where nothing answers at all, it is ours that is gone: what did not answer then says
/// nothing about AWS, and the next attempts are really made. Where one answers again, the others are asked at once, and
/// not only when their pauses, which grew meanwhile, are over.
async fn heed_network(engine: &Engine, was: Option<SourceState>, is: SourceState) {
    let mut read = engine.sources().await;
    read.retain(|s| engine.timetables().0.contains_key(&s.id));
    let answers = |state| matches!(state, SourceState::Ok | SourceState::Partial);
    if is == SourceState::Unreachable && !read.iter().any(|s| answers(s.state)) {
        engine.aws().ask_again();
    }
    if was == Some(SourceState::Unreachable) && answers(is) {
        engine.aws().ask_again();
        let now = engine.now();
        let mut tables = engine.timetables();
        for source in read.iter().filter(|s| s.state == SourceState::Unreachable) {
            if let Some(table) = tables.0.get_mut(&source.id) {
                table.hurry(&[], now);
            }
        }
    }
}

//! When to read what, and how an action runs.
//!
//! - `schedule`, `watch`, `read`, `sync`: reading AWS into the store, each source in its own time.
//! - `profiles`: who reads and who acts; what is protected.
//! - `act`: plan → guard → record → call → follow → record.
//! - `neighbours`: other processes of the same home.
//! - `logs`: ends of logs, in memory. `runs`: actions of runs that no schedule reads.
//!
//! Deliberately elsewhere: what a service is (`aws`), what is kept (`store`), what it means (`insight`), what a front is
//! told (`api`).

pub mod act;
mod decide;
mod error;
mod events;
mod home;
mod identify;
mod known;
mod logs;
mod neighbours;
pub mod profiles;
mod read;
mod runs;
pub mod schedule;
mod sync;
mod watch;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use skydeck_aws::Aws;
use skydeck_domain::{Clock, Profile, Timestamp};
use skydeck_store::{Cache, CacheOpened, Ledger};

pub use act::{ActRequest, PlanRequest, Step};
pub use decide::ProfileChange;
pub use error::{ActError, EngineError};
pub use events::EngineEvent;
pub use runs::RunRead;
pub use sync::{SyncFilter, SyncReport};

/// What a front says of how AWS is reached and asks of what a service is, so that `aws` stays unknown to fronts.
pub use skydeck_aws::{
    AwsOptions, BudgetSettings, Environment, ErrorClass, SharedHttpClient, logging, service::Spec, services,
};

/// What an engine works on.
pub struct EngineOptions {
    /// Folder of cache, ledger and settings.
    pub home: PathBuf,
    /// How AWS is reached.
    pub aws: AwsOptions,
}

/// The engine of one home. One a process; shared by everything in it.
pub struct Engine {
    home: home::Home,
    aws: Aws,
    cache: Cache,
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    user: String,
    events: events::Events,
    known: Mutex<known::Known>,
    logs: logs::Logs,
    runs: runs::Runs,
    tables: Mutex<watch::Timetables>,
    scopes_moved: AtomicBool,
    watching: tokio::sync::Mutex<Option<watch::Watching>>,
    reads: AtomicBool,
    held: tokio::sync::watch::Sender<bool>,
    neighbours: Mutex<Option<tokio::task::JoinHandle<()>>>,
    tasks: Mutex<Vec<tokio::task::JoinHandle<()>>>,
}

impl Engine {
    /// Opens the files of a home. The notices say what the user should know: a cache that was rebuilt.
    pub async fn open(options: EngineOptions) -> Result<(Arc<Engine>, Vec<String>), EngineError> {
        let clock = options.aws.clock.clone();
        let home = home::Home::make(&options.home)?;
        let user = ["USER", "USERNAME", "LOGNAME"]
            .iter()
            .find_map(|name| options.aws.env.var(name))
            .unwrap_or("unknown")
            .to_owned();
        let ledger = Ledger::open(&home.ledger(), clock.now()).await?;
        let (cache, opened) = Cache::open(&home.cache(), clock.now()).await?;
        let mut notices = Vec::new();
        if let CacheOpened::Rebuilt { aside, why } = opened {
            notices.push(format!(
                "The cache could not be used ({why}) and is rebuilt from AWS. The old file is kept as {}. The ledger was not touched.",
                aside.display()
            ));
        }
        let mut known = known::Known::default();
        for source in cache.sources().await? {
            known.heard_of(source);
        }
        let engine = Arc::new(Engine {
            home,
            aws: Aws::new(options.aws),
            cache,
            ledger,
            clock,
            user,
            events: events::Events::default(),
            known: Mutex::new(known),
            logs: logs::Logs::default(),
            runs: runs::Runs::default(),
            tables: Mutex::default(),
            scopes_moved: AtomicBool::new(false),
            watching: tokio::sync::Mutex::default(),
            reads: AtomicBool::new(false),
            held: tokio::sync::watch::Sender::new(false),
            neighbours: Mutex::default(),
            tasks: Mutex::default(),
        });
        Ok((engine, notices))
    }

    /// Starts reading, if no other process reads AWS for this home, and taking over actions left open; else as soon as that
    /// one has ended. From now on, what other processes write is told. True if it reads now.
    pub async fn start(self: &Arc<Self>) -> Result<bool, EngineError> {
        lock(&self.neighbours).get_or_insert_with(|| tokio::spawn(neighbours::watch(self.clone())));
        self.try_read().await
    }

    /// From now on, starting takes the right to read but reads nothing, until [`Engine::begin`].
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Reads what was held back.
    pub fn begin(&self) {
        self.held.send_replace(false);
    }

    /// Waits for as long as reading is held back.
    pub(crate) async fn may_read(&self) {
        // The sender lives as long as the engine, so that waiting cannot fail.
        let _ = self.held.subscribe().wait_for(|held| !held).await;
    }

    /// Starts reading, if no other process does.
    pub(crate) async fn try_read(self: &Arc<Self>) -> Result<bool, EngineError> {
        let mut watching = self.watching.lock().await;
        if watching.is_none()
            && let Some(right) = self.home.try_read_right()?
        {
            *watching = Some(watch::Watching::start(self, right));
            self.reads.store(true, Ordering::SeqCst);
            self.event_bus().changed(["sources"]);
            let engine = self.clone();
            self.keep_task(tokio::spawn(async move {
                engine.may_read().await;
                engine.take_over().await;
            }));
        }
        Ok(watching.is_some())
    }

    /// Stops reading and following, and closes the files. Open actions stay open in the ledger and are taken over next time.
    pub async fn stop(&self) {
        // First, for it may start reading.
        let neighbours = lock(&self.neighbours).take();
        if let Some(task) = neighbours {
            task.abort();
            let _ = task.await;
        }
        if let Some(watching) = self.watching.lock().await.take() {
            watching.stop().await;
        }
        self.reads.store(false, Ordering::SeqCst);
        let tasks = std::mem::take(&mut *lock(&self.tasks));
        for task in &tasks {
            task.abort();
        }
        for task in tasks {
            let _ = task.await;
        }
        for closed in [self.cache.close().await, self.ledger.close().await] {
            if let Err(error) = closed {
                self.trouble(&error);
            }
        }
    }

    /// Whether this process is the one that reads AWS for this home.
    pub fn reads_here(&self) -> bool {
        self.reads.load(Ordering::SeqCst)
    }

    /// The cache.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// AWS.
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What changes, as it changes.
    pub fn events(&self) -> tokio::sync::broadcast::Receiver<EngineEvent> {
        self.events.subscribe()
    }

    /// The profiles, and what is wrong with their files.
    pub async fn profiles(&self) -> (Vec<Profile>, Vec<skydeck_domain::ErrorInfo>) {
        let read = self.aws.profiles();
        let settings = match self.ledger.profiles().await {
            Ok(all) => all.into_iter().map(|s| (s.name.clone(), s)).collect(),
            Err(error) => {
                // Without the user's decisions nothing may be taken as open: `merge` protects what nobody opened, and a
                // read-only profile that is not known as such would still want its name typed.
                self.trouble(&error);
                HashMap::new()
            }
        };
        let mut known = lock(&self.known).profiles.clone();
        for entry in &read.profiles {
            known.entry(entry.name.clone()).or_default().sign_in = Some(self.aws.sign_in(&entry.name));
        }
        (profiles::merge(&read.profiles, &settings, &known), read.problems)
    }

    /// The scopes whose rows are shown: one profile for each account × Region.
    pub async fn visible_scopes(&self) -> Vec<skydeck_domain::Scope> {
        profiles::visible_scopes(&self.profiles().await.0)
    }

    pub(crate) fn home(&self) -> &home::Home {
        &self.home
    }

    pub(crate) fn event_bus(&self) -> &events::Events {
        &self.events
    }

    pub(crate) fn timetables(&self) -> MutexGuard<'_, watch::Timetables> {
        lock(&self.tables)
    }

    pub(crate) fn take_scopes_moved(&self) -> bool {
        self.scopes_moved.swap(false, Ordering::SeqCst)
    }

    /// A ULID of the present instant.
    #[allow(clippy::disallowed_methods, reason = "an id must be unique over processes, not repeatable")]
    pub(crate) fn new_id(&self) -> String {
        let ms = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        ulid::Ulid::from_parts(ms, rand::random()).to_string()
    }

    /// A number from 0 to 1 that is the source's own, so that many sources do not start at the same instant.
    pub(crate) fn jitter(&self, id: &skydeck_domain::SourceId) -> f64 {
        use sha2::{Digest as _, Sha256};
        let hash = Sha256::digest(id.to_string().as_bytes());
        f64::from(u16::from_be_bytes([hash[0], hash[1]])) / f64::from(u16::MAX)
    }

    pub(crate) fn keep_task(&self, task: tokio::task::JoinHandle<()>) {
        let mut tasks = lock(&self.tasks);
        tasks.retain(|t| !t.is_finished());
        tasks.push(task);
    }

    /// A local file failed: told in the log; what it means for a read or an action is told where it matters.
    pub(crate) fn trouble(&self, error: &skydeck_store::Error) {
        tracing::error!(code = error.code(), "{error}");
    }

    pub(crate) fn report(&self, text: &str) {
        tracing::error!("{text}");
    }
}

/// A lock whose holder panicked is taken all the same: the values under it are whole after every statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

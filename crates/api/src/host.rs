//! One open Skydeck: the engine behind the contract. Window, browser and command line each hold one.
//!
//! Deliberately not here: what a call answers (`bodies/`), one file a subject.

use std::{
    panic::AssertUnwindSafe,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use futures::FutureExt as _;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use skydeck_domain::Clock;
use skydeck_engine::{AwsOptions, BudgetSettings, Engine, EngineOptions, Environment, SharedHttpClient};
use tokio::{sync::broadcast, task::JoinHandle};

use crate::{
    contract::{
        ApiError, Code, Event, attention, board, calls::*, compare, list, pipeline, profiles, report, settings, stack,
        verbs,
    },
    events::{self, Changes, LogViews},
    links::Links,
    recent::Recent,
};

/// What a host works on.
#[derive(Debug)]
pub struct HostOptions {
    /// Folder of cache, ledger and settings; [`crate::home()`] tells the usual one.
    pub home: PathBuf,
    /// Variables and home folder: the process's own, or made up.
    pub environment: Environment,
    /// Takes the place of the network (demo, tests).
    pub http_client: Option<SharedHttpClient>,
    /// The time: the machine's, or the demo world's.
    pub clock: Arc<dyn Clock>,
    /// How much of what AWS allows is used.
    pub budget: BudgetSettings,
    /// Whether this is the demo world.
    pub demo: bool,
    /// Whether to read AWS for as long as it is open, if no other process of this home does.
    pub read: Reading,
}

/// When AWS is read by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Not before [`Host::start`].
    No,
    /// From the first moment on.
    AtOnce,
    /// From [`Host::begin`] on: a window shows what is known before it asks for what is new, and has the machine for itself
    /// until then. A home that was never used is read only once its user has said which profiles are shown.
    Held,
}

/// An open Skydeck.
pub struct Host {
    pub(crate) engine: Arc<Engine>,
    pub(crate) notices: Vec<String>,
    pub(crate) demo: bool,
    pub(crate) config_path: String,
    pub(crate) ledger_path: String,
    pub(crate) recent: Recent,
    /// Whether nobody has used this home yet, and so nothing may be asked of anybody's AWS.
    first: AtomicBool,
    pub(crate) log_views: LogViews,
    links: Links,
    events: broadcast::Sender<Event>,
    forwarding: JoinHandle<()>,
}

impl Host {
    /// Opens the files of a home; reads AWS only after, if it is to read at all.
    pub async fn open(options: HostOptions) -> Result<Host, ApiError> {
        let config_path = config_path(&options.environment);
        let ledger_path = options.home.join("ledger.db").display().to_string();
        let aws = AwsOptions {
            env: options.environment,
            http_client: options.http_client,
            clock: options.clock,
            budget: options.budget,
        };
        let (engine, mut notices) = Engine::open(EngineOptions { home: options.home, aws }).await?;
        let (events, _) = broadcast::channel(1024);
        let log_views = LogViews::default();
        let forwarding = tokio::spawn(events::forward(engine.events(), events.clone(), log_views.clone()));
        let first = !options.demo && never_used(&engine).await?;
        if options.read == Reading::Held {
            engine.hold();
        }
        let waits = first && options.read == Reading::Held;
        if options.read != Reading::No && !waits && !engine.start().await? {
            notices.push(
                "Another Skydeck reads AWS for this home. Its rows are shown here, and it is asked to read.".to_owned(),
            );
        }
        Ok(Host {
            engine,
            notices,
            demo: options.demo,
            config_path,
            ledger_path,
            recent: Recent::default(),
            first: AtomicBool::new(first),
            log_views,
            links: Links::default(),
            events,
            forwarding,
        })
    }

    /// Starts reading AWS, if no other process of this home does. True if it reads.
    pub async fn start(&self) -> Result<bool, ApiError> {
        Ok(self.engine.start().await?)
    }

    /// Starts reading AWS for somebody who looks at a page, unless they have yet to say which profiles are shown.
    pub async fn start_for_page(&self) -> Result<(), ApiError> {
        if !self.is_first().await? {
            self.start().await?;
        }
        Ok(())
    }

    /// Whether nobody has used this home yet, here or by another process.
    pub(crate) async fn is_first(&self) -> Result<bool, ApiError> {
        Ok(self.first.load(Ordering::SeqCst) && never_used(&self.engine).await?)
    }

    /// From now on it is used, and so read.
    pub(crate) async fn begin_first(&self) -> Result<(), ApiError> {
        if self.first.load(Ordering::SeqCst) {
            // Only once that went well: who is told that it did not can try again.
            self.start().await?;
            self.begin();
            self.first.store(false, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Begins to read what was held back ([`Reading::Held`]). Any number of times.
    pub fn begin(&self) {
        self.engine.begin();
    }

    /// What happened on opening that the user should know.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The changes of rows, from now on.
    pub fn changes(&self) -> Changes {
        Changes::of(&self.engine)
    }

    /// Stops reading and following, and closes the files. Open actions stay open in the ledger.
    pub async fn close(&self) {
        self.engine.stop().await;
        self.forwarding.abort();
    }

    /// What changes, from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Whether an answer carried exactly this link, so that the shell may open it.
    pub fn link_allowed(&self, url: &str) -> bool {
        self.links.handed_out(url)
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("demo", &self.demo).finish_non_exhaustive()
    }
}

/// A call by name takes its parameters as JSON and answers JSON. A declared call without a body does not compile.
macro_rules! dispatch {
    ($($(#[$doc:meta])* $name:ident($params:ty) -> $answer:ty, $mode:ident $([$($tag:literal),*])?;)*) => {
        impl Host {
            async fn dispatched(&self, name: &str, params: Value) -> Result<Value, ApiError> {
                match name {
                    $(stringify!($name) => {
                        // Boxed, so that the one future of all calls does not hold the bodies of each.
                        let answer: $answer = Box::pin(self.$name(parameters::<$params>(name, params)?)).await?;
                        self.answer(name, &answer)
                    })*
                    _ => Err(ApiError::new(Code::Invalid, format!("There is no call `{name}`."))),
                }
            }
        }

        /// Every call, as declared.
        pub const CALLS: &[CallDecl] = &[
            $(CallDecl {
                name: stringify!($name),
                provides: &[$($($tag),*)?],
                writes: matches!(stringify!($mode).as_bytes(), b"writes"),
            }),*
        ];
    };
}
crate::for_each_call!(dispatch);

fn parameters<P: DeserializeOwned>(name: &str, params: Value) -> Result<P, ApiError> {
    let params = if params.is_null() { Value::Object(Default::default()) } else { params };
    serde_json::from_value(params)
        .map_err(|e| ApiError::new(Code::Invalid, format!("The parameters of `{name}` do not fit: {e}.")))
}

impl Host {
    /// Makes the call of that name. A defect of ours that ends it is an error of this call; all else goes on.
    pub async fn call(&self, name: &str, params: Value) -> Result<Value, ApiError> {
        // Nothing of a call that panicked is used again: what it wrote stands in the store, whole or not at all.
        let called = AssertUnwindSafe(self.dispatched(name, params)).catch_unwind().await;
        let answer = called.unwrap_or_else(|_| {
            let what = format!(
                "A defect of Skydeck ended `{name}` without an answer; everything else goes on. If it was to act, the \
                 ledger tells whether it did."
            );
            Err(ApiError::new(Code::Internal, what))
        });
        if let Err(error) = &answer {
            self.recent.failed(self.engine.now(), name, error, CALLS);
        }
        answer
    }

    fn answer<A: Serialize>(&self, name: &str, answer: &A) -> Result<Value, ApiError> {
        let mut value = serde_json::to_value(answer)
            .map_err(|e| ApiError::new(Code::Internal, format!("The answer of `{name}` cannot be written: {e}.")))?;
        self.links.screen(&mut value);
        Ok(value)
    }
}

/// Whether nothing was ever read into this home, and nothing decided about a profile.
async fn never_used(engine: &Engine) -> Result<bool, ApiError> {
    let read = engine.sources().await.iter().any(|source| source.read_at.is_some());
    Ok(!read && engine.ledger().profiles().await?.is_empty())
}

/// Where the AWS config file is or would be, to show.
fn config_path(environment: &Environment) -> String {
    match (environment.var("AWS_CONFIG_FILE"), environment.home()) {
        (Some(path), _) => path.to_owned(),
        (None, Some(home)) => home.join(".aws").join("config").display().to_string(),
        (None, None) => "~/.aws/config".to_owned(),
    }
}

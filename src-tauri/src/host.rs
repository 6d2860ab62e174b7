//! The product behind the page: opened beside the window, so that neither waits for the other, and closed with it.
//!
//! If it cannot be opened (a ledger from a newer version, a folder that cannot be written), every call answers with that
//! error and the page shows it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use skydeck_api::domain::{Clock as _, SystemClock};
use skydeck_api::{ApiError, Asked, Batches, BudgetSettings, Environment, GATHER, Host, HostOptions, Reading};
use tauri::{AppHandle, Emitter as _};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, OnceCell, oneshot};

use crate::{Options, attention, deep, demo, window};

/// The event the page listens to.
const EVENT: &str = "skydeck://event";

type Opened = Result<Host, ApiError>;

/// A host on its way.
pub(crate) struct Opening {
    options: Options,
    opened: Arc<OnceCell<Opened>>,
    ahead: Mutex<Option<oneshot::Receiver<Vec<Asked>>>>,
    shown: Arc<Notify>,
    /// A link that is followed once the page is there.
    link: Mutex<Option<String>>,
    /// Whether the desktop is told what happens; once is enough, however often a page is loaded.
    telling: Arc<AtomicBool>,
}

impl Opening {
    /// Starts opening it, and from then on tells the page what changed.
    pub(crate) fn start(app: &AppHandle, options: Options, link: Option<String>) -> Opening {
        let (made, ahead) = oneshot::channel();
        let opening = Opening {
            options,
            opened: Arc::default(),
            ahead: Mutex::new(Some(ahead)),
            shown: Arc::default(),
            link: Mutex::new(link),
            telling: Arc::default(),
        };
        let (opened, shown, app) = (Arc::clone(&opening.opened), Arc::clone(&opening.shown), app.clone());
        tauri::async_runtime::spawn(async move {
            match opened.get_or_init(|| open(options)).await {
                Ok(host) => {
                    // Made while the page is still loading. Nobody there to take it is fine.
                    let ahead = async { drop(made.send(host.ahead().await)) };
                    tokio::join!(tell(host, &app, &shown), ahead);
                }
                Err(error) => tracing::error!(%error, "could not be opened"),
            }
        });
        opening
    }

    /// The host once it is open, or why it is not.
    pub(crate) async fn host(&self) -> Result<&Host, ApiError> {
        self.opened.get_or_init(|| open(self.options)).await.as_ref().map_err(Clone::clone)
    }

    /// The host, if it is open.
    #[cfg(target_os = "linux")]
    pub(crate) fn opened(&self) -> Option<&Host> {
        self.opened.get()?.as_ref().ok()
    }

    /// What the page is going to ask first, answered once: who comes again (a page that was loaded anew) wants to know how
    /// it is now. Nothing if it could not be opened; the page hears why when it asks.
    pub(crate) async fn ahead(&self) -> Vec<Asked> {
        let ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner).take();
        match ahead {
            Some(ahead) => ahead.await.unwrap_or_default(),
            None => Vec::new(),
        }
    }

    /// What is known can be seen: now AWS may be read. If it is not open yet, it is read once it is.
    pub(crate) fn begin(&self, app: &AppHandle) {
        self.shown.notify_one();
        let opened = Arc::clone(&self.opened);
        let (options, app) = (self.options, app.clone());
        let telling = Arc::clone(&self.telling);
        let link = self.link.lock().unwrap_or_else(PoisonError::into_inner).take();
        tauri::async_runtime::spawn(async move {
            if let Ok(host) = opened.get_or_init(|| open(options)).await {
                // A home that was new when it was opened may be in use by now, through another process.
                if let Err(error) = host.start_for_page().await {
                    tracing::warn!("AWS is not read: {}", error.message);
                }
                host.begin();
                if let Some(link) = link {
                    deep::open(&app, &link).await;
                }
                if !telling.swap(true, Ordering::Relaxed) {
                    attention::begin(host, &app).await;
                }
            }
        });
    }

    /// Closes the files, if they were opened.
    pub(crate) async fn close(&self) {
        if let Some(Ok(host)) = self.opened.get() {
            host.close().await;
        }
    }
}

/// The folder whose rows the window shows: the user's own home, or the demo's in it.
pub(crate) async fn home(options: Options) -> Result<PathBuf, ApiError> {
    let home = skydeck_api::home(&Environment::of_process())?;
    if options.demo {
        return Ok(demo::home(&home));
    }
    if !options.or_demo {
        return Ok(home);
    }
    let host = Host::open(own(home.clone(), Reading::No)).await?;
    let profiles = any_profile(&host).await;
    host.close().await;
    Ok(if profiles? { home } else { demo::home(&home) })
}

/// The user's own profiles; the demo world if that is wanted, or wanted where there is none. Else the page bids a user without
/// profiles welcome, and has them choose.
async fn open(options: Options) -> Opened {
    let home = skydeck_api::home(&Environment::of_process())?;
    if !options.demo {
        let host = Host::open(own(home.clone(), Reading::Held)).await?;
        if !options.or_demo || any_profile(&host).await? {
            return Ok(host);
        }
        host.close().await;
    }
    demo::open(demo::home(&home), SystemClock.now()).await
}

fn own(home: PathBuf, read: Reading) -> HostOptions {
    HostOptions {
        home,
        environment: Environment::of_process(),
        http_client: None,
        clock: Arc::new(SystemClock),
        budget: BudgetSettings::default(),
        demo: false,
        read,
    }
}

/// Whether there is anything of the user's to show: a profile, or a config file that needs mending.
async fn any_profile(host: &Host) -> Result<bool, ApiError> {
    let answer = host.call("profiles", Value::Null).await?;
    let none = |list: &str| answer[list].as_array().is_none_or(Vec::is_empty);
    Ok(!none("profiles") || !none("problems"))
}

/// Tells the page what changed, for as long as the host is there.
async fn tell(host: &Host, app: &AppHandle, shown: &Notify) {
    let mut events = host.events();
    let mut batches = Batches::default();
    let mut gathering: Option<tokio::time::Instant> = None;
    loop {
        let gathered = async {
            match gathering {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            heard = events.recv() => match heard {
                Ok(event) => batches.add(event),
                Err(RecvError::Lagged(_)) => batches.lost(),
                Err(RecvError::Closed) => return,
            },
            // What changed between the page's first questions and its listening, it did not hear.
            () = shown.notified() => batches.lost(),
            () = gathered => {
                gathering = None;
                if let Some(batch) = batches.take()
                    && let Err(error) = app.emit_to(window::MAIN, EVENT, batch)
                {
                    tracing::warn!(%error, "the page could not be told what changed");
                }
                continue;
            }
        }
        gathering.get_or_insert_with(|| tokio::time::Instant::now() + GATHER);
    }
}

//! What a person is told while the window is not looked at: notifications of what turned, and the tray with what is wrong.
//!
//! What is worth telling is decided behind the contract (`skydeck_api::Watch`, and the board itself); here it is put into
//! words and handed to the desktop. Nothing here acts on AWS: everything that is clicked opens the thing in the window.

mod badge;
#[cfg(target_os = "linux")]
mod notify;
mod said;
mod told;
#[cfg(target_os = "linux")]
mod tray;
mod words;

use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use skydeck_api::Host;
use tauri::{AppHandle, Emitter as _, Manager as _};
use tokio::sync::broadcast::error::RecvError;

use crate::{host::Opening, window};
use told::Glance;
use words::Language;

/// The event by which the page is asked to open a thing.
pub(crate) const OPEN: &str = "skydeck://open";
/// How long a window that is being closed waits for the user's choice.
#[cfg(target_os = "linux")]
const PATIENCE: Duration = Duration::from_millis(500);
/// The tray follows what changes at most this often.
const REST: Duration = Duration::from_secs(1);
/// Things in the tray's menu.
const MOST: u32 = 10;

/// Tells what happens from now on, for as long as the host is there.
pub(crate) async fn begin(host: &Host, app: &AppHandle) {
    tokio::join!(tell(host, app), glance(host, app));
}

/// Notifies of what turned.
async fn tell(host: &Host, app: &AppHandle) {
    let mut watch = host.watch();
    while let Some(news) = watch.next().await {
        for telling in told::tellings(&news, language(host).await) {
            #[cfg(target_os = "linux")]
            notify::show(app, telling);
            #[cfg(not(target_os = "linux"))]
            drop((app, telling));
        }
    }
}

/// Keeps the tray and the badge as the board is.
async fn glance(host: &Host, app: &AppHandle) {
    let mut events = host.events();
    #[cfg(target_os = "linux")]
    let mut tray = tray::Shown::default();
    loop {
        let problems = json!({ "segment": "problems", "limit": MOST });
        if let Ok(board) = host.call("board", problems).await {
            let glance = Glance::of(&board, language(host).await);
            badge::set(app, &glance);
            #[cfg(target_os = "linux")]
            tray.set(app, glance).await;
        }
        tokio::time::sleep(REST).await;
        // One look for all that came meanwhile.
        match events.recv().await {
            Ok(_) | Err(RecvError::Lagged(_)) => while events.try_recv().is_ok() {},
            Err(RecvError::Closed) => return,
        }
    }
}

/// Whether closing the window leaves the program where it can be had back from: as the user chose, where there is a tray.
#[cfg(target_os = "linux")]
pub(crate) fn stays(app: &AppHandle) -> bool {
    let opening = app.state::<Opening>();
    let chosen = async { Some(opening.opened()?.attention().await.stay_in_tray) };
    // Files that another process holds must not keep a window from closing.
    let chosen = async { tokio::time::timeout(PATIENCE, chosen).await.ok().flatten() };
    tray::is_seen() && tauri::async_runtime::block_on(chosen).unwrap_or(false)
}

/// Elsewhere there is no tray of ours.
#[cfg(not(target_os = "linux"))]
pub(crate) fn stays(_app: &AppHandle) -> bool {
    false
}

/// The language the user chose, or the system's.
async fn language(host: &Host) -> Language {
    let chosen = host.call("boot", serde_json::Value::Null).await.ok();
    let chosen = chosen.as_ref().and_then(|boot| boot["settings"]["language"].as_str());
    Language::of(chosen, |name| std::env::var(name).ok())
}

/// A thing that can be opened in the window, as its row says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Thing {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) name: String,
}

/// Brings the window to the front and has the page open a thing, or the board where it is more than one.
pub(crate) fn open(app: &AppHandle, thing: Option<&Thing>) {
    let Some(window) = app.get_webview_window(window::MAIN) else { return };
    window::show(&window);
    if let Err(error) = app.emit_to(window::MAIN, OPEN, thing) {
        tracing::warn!(%error, "the page could not be asked to open what was clicked");
    }
}

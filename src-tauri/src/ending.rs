//! Asked to end by the system (a log-out, a shutdown, Ctrl-C) the program ends as if its window had been closed: the files
//! are closed, so that the next start need not check them page by page.

use tauri::AppHandle;

/// Ends the program in order when the system asks for it.
#[cfg(unix)]
pub(crate) fn in_order(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    tauri::async_runtime::spawn(async move {
        let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()), signal(SignalKind::hangup()))
        else {
            tracing::warn!("the system's request to end cannot be heard; ending by it leaves the files unclosed");
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        app.exit(0);
    });
}

/// Elsewhere the window system itself closes the window.
#[cfg(not(unix))]
pub(crate) fn in_order(_app: AppHandle) {}

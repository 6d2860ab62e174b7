//! The number on the program's icon in a dock or taskbar, where the platform has one. Where it has none, nothing is shown.

use tauri::{AppHandle, Manager as _};

use super::told::Glance;
use crate::window;

/// Shows how many need a person; none if nobody is needed.
pub(crate) fn set(app: &AppHandle, glance: &Glance) {
    if let Some(window) = app.get_webview_window(window::MAIN) {
        // Refused where there is no such thing, which is nothing to tell.
        let _ = window.set_badge_count(Some(glance.problems).filter(|n| *n > 0));
    }
}

//! The one window: built hidden, shown in the colour of its theme while the page is still loading, and never led elsewhere.

use std::time::Duration;

use serde_json::Value;
use tauri::plugin::TauriPlugin;
use tauri::webview::NewWindowResponse;
use tauri::window::Color;
use tauri::{App, AppHandle, Manager as _, Theme, Url, WebviewWindow, WebviewWindowBuilder, Wry};
use tauri_plugin_window_state::StateFlags;

use crate::{host::Opening, webview};

/// Its label, as in tauri.conf.json and in the capabilities.
pub(crate) const MAIN: &str = "main";

/// The canvas of each theme (`--bg-canvas` in `ui/src/styles/tokens.css`).
const LIGHT_CANVAS: Color = Color(0xf3, 0xf4, 0xf6, 0xff);
const DARK_CANVAS: Color = Color(0x0b, 0x0d, 0x10, 0xff);

/// Fetches what the page is going to ask first before the page is there to ask it; `ui/src/platform/tauri.ts` takes it.
const AHEAD: &str = "globalThis.skydeckAhead = globalThis.__TAURI_INTERNALS__.invoke('ahead');\
     globalThis.skydeckAhead.catch(() => undefined);";

/// Remembers size and place. Not whether it was visible: it always is.
pub(crate) fn state_plugin() -> TauriPlugin<Wry> {
    let flags = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    tauri_plugin_window_state::Builder::new().with_state_flags(flags).build()
}

/// Builds the window, not yet visible.
pub(crate) fn build(app: &App) -> tauri::Result<WebviewWindow> {
    let config = app.config().app.windows.iter().find(|window| window.label == MAIN);
    let config = config.ok_or(tauri::Error::WindowNotFound)?.clone();
    let window = WebviewWindowBuilder::from_config(app, &config)?
        .initialization_script(AHEAD)
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    webview::spare(&window)?;
    Ok(window)
}

/// How long the window waits for the user's theme: files that another process holds must not keep it from being seen.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shows the window as soon as the user's theme is known, which is long before the page is there: to come up, to be placed
/// and to be drawn for the first time then takes none of the page's time. The page fills it at once with all it has.
pub(crate) async fn appear(window: WebviewWindow) {
    // A task of its own, so that giving up on the answer ends no opening of files.
    let app = window.app_handle().clone();
    let asked = tauri::async_runtime::spawn(async move { theme(&app.state::<Opening>()).await });
    let chosen = tokio::time::timeout(PATIENCE, asked).await.ok().and_then(Result::ok).flatten();
    let light = match chosen.as_deref() {
        Some("light") => true,
        Some("dark") => false,
        _ => window.theme().is_ok_and(|theme| theme == Theme::Light),
    };
    if let Err(error) = window.set_background_color(Some(if light { LIGHT_CANVAS } else { DARK_CANVAS })) {
        tracing::warn!(%error, "the window's colour could not be set");
    }
    show(&window);
}

/// The theme the user chose; none if the files cannot be opened.
async fn theme(opening: &Opening) -> Option<String> {
    let boot = opening.host().await.ok()?.call("boot", Value::Null).await.ok()?;
    boot["settings"]["theme"].as_str().map(str::to_owned)
}

/// Shows the window and brings it to the front.
pub(crate) fn show(window: &WebviewWindow) {
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
}

/// Takes the window off the screen; its page lives on.
pub(crate) fn hide(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.hide()
    {
        tracing::warn!(%error, "the window could not be hidden");
    }
}

/// Only the page that is part of the program: what navigates elsewhere would keep its way to the commands
/// (CVE-2023-31134). Links are opened outside, by `open_link`.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // Windows has no custom schemes in its web view.
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_led_nowhere_else() {
        let ours = |url: &str| is_ours(&Url::parse(url).unwrap());
        assert!(ours("tauri://localhost/index.html"));
        for elsewhere in [
            "https://github.com/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
            "tauri://elsewhere/",
            "http://tauri.localhost.evil.example/",
        ] {
            assert!(!ours(elsewhere), "{elsewhere}");
        }
    }
}

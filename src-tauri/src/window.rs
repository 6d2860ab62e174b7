//! The one window: built hidden, shown when the page says that there is something to see, and never led elsewhere.

use std::time::Duration;

use tauri::plugin::TauriPlugin;
use tauri::webview::NewWindowResponse;
use tauri::window::Color;
use tauri::{App, Manager, Theme, Url, WebviewWindow, WebviewWindowBuilder, Wry};
use tauri_plugin_window_state::StateFlags;

use crate::{host::Opening, webview};

/// Its label, as in tauri.conf.json and in the capabilities.
pub(crate) const MAIN: &str = "main";

/// The canvas of the light theme (`ui/src/styles`); the dark one's is in tauri.conf.json.
const LIGHT_CANVAS: Color = Color(0xf3, 0xf4, 0xf6, 0xff);

/// How long the page may take to paint before the window is shown all the same: a page that broke must be seen too.
const PATIENCE: Duration = Duration::from_secs(5);

/// Remembers size and place. Not whether it was visible: it is shown when there is something to see.
pub(crate) fn state_plugin() -> TauriPlugin<Wry> {
    let flags = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    tauri_plugin_window_state::Builder::new().with_state_flags(flags).build()
}

/// Builds the window, not yet visible.
pub(crate) fn build(app: &App) -> tauri::Result<WebviewWindow> {
    let config = app.config().app.windows.iter().find(|window| window.label == MAIN);
    let config = config.ok_or(tauri::Error::WindowNotFound)?.clone();
    let window = WebviewWindowBuilder::from_config(app, &config)?
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    webview::spare(&window)?;
    if window.theme().is_ok_and(|theme| theme == Theme::Light) {
        window.set_background_color(Some(LIGHT_CANVAS))?;
    }
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        if let Some(window) = handle.get_webview_window(MAIN)
            && !window.is_visible().unwrap_or(true)
        {
            tracing::warn!("the page has painted nothing for {PATIENCE:?}; showing the window as it is");
            show(&window);
            handle.state::<Opening>().begin();
        }
    });
    Ok(window)
}

/// Shows the window and brings it to the front.
pub(crate) fn show(window: &WebviewWindow) {
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
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

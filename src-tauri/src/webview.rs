//! What the page does without. WebKitGTK draws through OpenGL and keeps the caches of a browser by itself; a window of text
//! that changes a few rows at a time has nothing of either.
//!
//! Deliberately not here: anything about macOS and Windows, whose web views offer no such choice.

use tauri::WebviewWindow;

/// Spares the web view what the page does not need.
///
/// No OpenGL: where there is no graphics card (a virtual machine, a remote desktop) it is computed by LLVM, which costs
/// 100 MB and a fifth of a second until the first rows; where there is one, its drivers are what windows that stay blank
/// come from. No caches for going back or for pages seen before: there is one page, and it comes from the program itself.
#[cfg(target_os = "linux")]
pub(crate) fn spare(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{CacheModel, HardwareAccelerationPolicy, SettingsExt as _, WebContextExt as _, WebViewExt as _};
    window.with_webview(|webview| {
        let view = webview.inner();
        if let Some(settings) = view.settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
            settings.set_enable_page_cache(false);
        }
        if let Some(context) = view.context() {
            context.set_cache_model(CacheModel::DocumentViewer);
        }
    })
}

/// Nothing to spare.
#[cfg(not(target_os = "linux"))]
pub(crate) fn spare(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

//! What the page does without. WebKitGTK draws through OpenGL and keeps the caches of a browser by itself; a window of text
//! that changes a few rows at a time has nothing of either.
//!
//! Deliberately not here: anything about macOS and Windows, whose web views offer no such choice.

/// The variable by which WebKitGTK is told to draw without OpenGL; `0` asks for OpenGL.
#[cfg(target_os = "linux")]
const NO_OPENGL: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Draws without OpenGL, unless the user chose otherwise. To be called first of all, while there is one thread.
///
/// Where there is no graphics card (a virtual machine, a remote desktop) OpenGL is computed by LLVM, which costs 100 MB and a
/// fifth of a second until the first rows; where there is one, its drivers are what windows that stay blank come from.
///
/// By a variable, since it must stand before the web view is made, and Tauri makes that: changed afterwards
/// (`webkit_settings_set_hardware_acceleration_policy`), WebKitGTK's web process now and then ends with a segmentation fault.
#[cfg(target_os = "linux")]
pub fn draw_plainly() {
    if std::env::var_os(NO_OPENGL).is_none() {
        #[expect(unsafe_code, reason = "no other thread runs yet that could read the environment meanwhile")]
        // SAFETY: see above.
        unsafe {
            std::env::set_var(NO_OPENGL, "1");
        }
    }
}

/// Nothing to do.
#[cfg(not(target_os = "linux"))]
pub fn draw_plainly() {}

/// Keeps none of a browser's caches: there is one page, and it comes from the program itself.
#[cfg(target_os = "linux")]
pub(crate) fn spare(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{CacheModel, SettingsExt as _, WebContextExt as _, WebViewExt as _};
    window.with_webview(|webview| {
        let view = webview.inner();
        if let Some(settings) = view.settings() {
            settings.set_enable_page_cache(false);
        }
        if let Some(context) = view.context() {
            context.set_cache_model(CacheModel::DocumentViewer);
        }
    })
}

/// Nothing to spare.
#[cfg(not(target_os = "linux"))]
pub(crate) fn spare(_window: &tauri::WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

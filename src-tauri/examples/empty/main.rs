//! The least that a Tauri window can be: what `cargo xtask bench` holds Skydeck's start and memory against. Like Skydeck's
//! it is built hidden and shown when its page says that it has painted.
//!
//! Deliberately nothing else: no plugin, no state, no style sheet.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

#[tauri::command]
fn painted(window: tauri::WebviewWindow) {
    if let Err(error) = window.show() {
        eprintln!("the window could not be shown: {error}");
    }
}

fn main() -> Result<(), tauri::Error> {
    #[expect(clippy::disallowed_methods, reason = "inside generate_context!, which is Tauri's")]
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![painted])
        .run(tauri::generate_context!("src-tauri/examples/empty/tauri.conf.json"))
}

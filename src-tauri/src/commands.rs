//! What the page may ask of the shell; `build.rs` and `capabilities/` name the same three.

use serde_json::Value;
use skydeck_api::ApiError;
use tauri::{State, WebviewWindow};

use crate::host::Opening;
use crate::{links, window};

/// One call of the contract, passed on as it came. The shell knows no call by name.
#[tauri::command]
pub(crate) async fn call(host: State<'_, Opening>, name: String, params: Value) -> Result<Value, ApiError> {
    host.host().await?.call(&name, params).await
}

/// The page has something to show: from now on the window is seen, and AWS is read.
#[tauri::command]
pub(crate) fn painted(host: State<'_, Opening>, window: WebviewWindow) {
    host.begin();
    if !window.is_visible().unwrap_or(false) {
        window::show(&window);
    }
}

/// Opens a link in the user's browser, if it is one that may leave the program.
#[tauri::command]
pub(crate) async fn open_link(host: State<'_, Opening>, url: String) -> Result<(), ApiError> {
    links::open(&host, &url).await
}

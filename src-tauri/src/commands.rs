//! What the page may ask of the shell; `build.rs` and `capabilities/` name the same four.

use serde_json::Value;
use skydeck_api::{ApiError, Asked};
use tauri::{AppHandle, State};

use crate::host::Opening;
use crate::links;

/// One call of the contract, passed on as it came. The shell knows no call by name.
#[tauri::command]
pub(crate) async fn call(host: State<'_, Opening>, name: String, params: Value) -> Result<Value, ApiError> {
    host.host().await?.call(&name, params).await
}

/// What the page is going to ask first, with the answers; nothing but the first time.
#[tauri::command]
pub(crate) async fn ahead(host: State<'_, Opening>) -> Result<Vec<Asked>, ApiError> {
    Ok(host.ahead().await)
}

/// The page shows what is known: from now on AWS is read.
#[tauri::command]
pub(crate) fn painted(app: AppHandle, host: State<'_, Opening>) {
    host.begin(&app);
}

/// Opens a link in the user's browser, if it is one that may leave the program.
#[tauri::command]
pub(crate) async fn open_link(host: State<'_, Opening>, url: String) -> Result<(), ApiError> {
    links::open(&host, &url).await
}

//! What the page may ask of the shell; `build.rs` and `capabilities/` name the same six.

use serde_json::Value;
use skydeck_api::{ApiError, Asked};
use tauri::{AppHandle, State};

use crate::demo;
use crate::host::Opening;
use crate::links;
use crate::save;

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

/// Starts the demo world in place of this window: a program of its own, since its world, clock and files are others.
#[tauri::command]
pub(crate) fn open_demo(app: AppHandle) -> Result<(), ApiError> {
    demo::in_place_of(&app)
}

/// Saves a text where the user says; the page only suggests a name. Where it is then, or nothing if they thought better of it.
#[tauri::command]
pub(crate) async fn save_file(app: AppHandle, name: String, text: String) -> Result<Option<String>, ApiError> {
    save::save(&app, &name, text).await
}

/// Opens a link in the user's browser, if it is one that may leave the program.
#[tauri::command]
pub(crate) async fn open_link(host: State<'_, Opening>, url: String) -> Result<(), ApiError> {
    links::open(&host, &url).await
}

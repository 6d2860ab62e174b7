//! The desktop shell: one window around the contract. What the product does is behind `skydeck_api`; what it looks like
//! is in `ui/`.
//!
//! Deliberately not here: any call by name, any row, any rule about profiles. Linux, macOS and Windows share all of it.

mod attention;
mod commands;
mod deep;
mod demo;
mod ending;
mod host;
mod instance;
mod links;
mod logging;
mod save;
mod webview;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

/// The link into the program among the arguments of a start.
pub use deep::among as link_among;
use skydeck_api::ApiError;
use tauri::{Manager, RunEvent, WindowEvent};
pub use webview::draw_plainly;

/// What the user asked for on the command line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// The demo world, whatever profiles there are.
    pub demo: bool,
    /// The demo world if there is no profile: for looking around, where nobody is there to choose.
    pub or_demo: bool,
}

/// The folder whose rows the window shows, for who wants to look into it with `skydeckctl`.
pub fn home(options: Options) -> Result<PathBuf, ApiError> {
    tauri::async_runtime::block_on(host::home(options))
}

/// Runs until the window is closed.
///
/// A `link` into it (`skydeck://…`) is followed once the page is there.
pub fn run(options: Options, link: Option<String>) -> ExitCode {
    logging::start();
    #[expect(clippy::disallowed_methods, reason = "inside generate_context!, which is Tauri's")]
    let app = tauri::Builder::default()
        // First, so that a second start ends before it touches any file.
        .plugin(instance::plugin(options))
        .plugin(window::state_plugin())
        .invoke_handler(tauri::generate_handler![
            commands::ahead,
            commands::call,
            commands::open_demo,
            commands::open_link,
            commands::painted,
            commands::save_file
        ])
        .setup(move |app| {
            app.manage(host::Opening::start(app.handle(), options, link));
            ending::in_order(app.handle().clone());
            let window = window::build(app)?;
            tauri::async_runtime::spawn(window::appear(window));
            Ok(())
        })
        .build(tauri::generate_context!());
    let app = match app {
        Ok(app) => app,
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            return ExitCode::FAILURE;
        }
    };
    let status = app.run_return(|app, event| match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } if attention::stays(app) => {
            api.prevent_close();
            window::hide(app);
        }
        RunEvent::Exit => tauri::async_runtime::block_on(app.state::<host::Opening>().close()),
        _ => {}
    });
    u8::try_from(status).map_or(ExitCode::FAILURE, ExitCode::from)
}

//! `cargo xtask run` where there is no display: opens the window on a virtual one, waits for the first rows, and saves
//! what it looks like. `look PICTURE [argument of the program]…`
#![allow(clippy::print_stdout, reason = "a command line")]

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use skydeck_tests::window::{Setup, WindowError};

/// A first sync over slow connections may take a while.
const PATIENCE: Duration = Duration::from_secs(60);

/// After the first rows, so that the picture has more than one.
const SETTLED: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(picture) = args.next() else {
        eprintln!("look PICTURE [argument of the program]…");
        return ExitCode::from(2);
    };
    let setup = args.fold(Setup::as_user(), |setup, arg| setup.arg(&arg));
    match look(setup, Path::new(&picture)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn look(setup: Setup, picture: &Path) -> Result<(), WindowError> {
    let window = setup.open().await?;
    let rows = window.wait_for("[data-line]", PATIENCE).await;
    // Fonts, and the rest of the first read. Rows or not: the picture then shows why not.
    tokio::time::sleep(SETTLED).await;
    window.screenshot(picture).await?;
    window.close().await?;
    rows
}

//! Where the files are: `SKYDECK_HOME`, else the platform's folder for an application's data.

use std::path::PathBuf;

use etcetera::{AppStrategy, AppStrategyArgs};

use crate::contract::{ApiError, Code};

/// The folder of cache, ledger and settings. Relative values of `SKYDECK_HOME` are of the working folder.
pub fn home(environment: &skydeck_engine::Environment) -> Result<PathBuf, ApiError> {
    if let Some(chosen) = environment.var("SKYDECK_HOME") {
        return std::path::absolute(chosen)
            .map_err(|e| ApiError::new(Code::Local, format!("SKYDECK_HOME={chosen}: {e}")));
    }
    let args = AppStrategyArgs { top_level_domain: "dev".into(), author: "Skydeck".into(), app_name: "skydeck".into() };
    etcetera::app_strategy::choose_native_strategy(args).map(|strategy| strategy.data_dir()).map_err(|_| {
        ApiError::new(Code::Local, "The home folder of the user is not known. Set SKYDECK_HOME to a folder.")
    })
}

//! Logging to standard error: warnings, unless `SKYDECK_LOG` says more. What may hold keys is shut, whatever it says.

use tracing_subscriber::EnvFilter;

/// Starts logging; does nothing if someone already did.
pub(crate) fn start() {
    let asked = std::env::var("SKYDECK_LOG").ok().filter(|asked| !asked.trim().is_empty());
    let filter = EnvFilter::new(skydeck_api::log_filter(asked.as_deref().unwrap_or("warn")));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

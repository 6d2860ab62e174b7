//! Logging to standard error: warnings, unless `SKYDECK_LOG` says more.

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts logging; does nothing if someone already did.
pub(crate) fn start() {
    let asked = std::env::var("SKYDECK_LOG").unwrap_or_default();
    let asked = EnvFilter::try_new(&asked).ok().filter(|_| !asked.is_empty());
    let filter = asked
        .unwrap_or_else(|| EnvFilter::new("warn"))
        .and(filter_fn(|said: &Metadata<'_>| !may_hold_keys(said.target(), *said.level())));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_filter(filter);
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// The AWS crates write keys and signed requests at their most talkative levels (CVE-2023-30610): shut, whatever is
/// asked for.
fn may_hold_keys(target: &str, level: Level) -> bool {
    level > Level::INFO && ["aws_", "hyper", "rustls", "h2"].iter().any(|family| target.starts_with(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_keys_is_shut() {
        assert!(may_hold_keys("aws_sigv4::http_request::sign", Level::TRACE));
        assert!(may_hold_keys("aws_smithy_runtime::client", Level::DEBUG));
        assert!(!may_hold_keys("aws_config::profile", Level::WARN));
        assert!(!may_hold_keys("skydeck_engine::sync", Level::TRACE));
    }
}

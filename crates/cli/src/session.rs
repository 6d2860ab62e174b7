//! The open Skydeck of one command: the user's own environment, files and network.

use std::sync::Arc;

use skydeck_api::{BudgetSettings, Environment, Host, HostOptions, Reading, domain::SystemClock, home};

use crate::failure::{Failure, cause};

/// Opens the user's home.
pub(crate) async fn open() -> Result<Host, Failure> {
    let environment = Environment::of_process();
    let host = Host::open(HostOptions {
        home: home(&environment)?,
        environment,
        http_client: None,
        clock: Arc::new(SystemClock),
        budget: BudgetSettings::default(),
        demo: false,
        read: Reading::No,
    })
    .await?;
    for notice in host.notices() {
        cause(notice);
    }
    Ok(host)
}

/// Completes when the process is asked to stop: Ctrl-C, or SIGTERM. Listens from the call on, not only from the first poll.
pub(crate) fn asked_to_stop() -> Result<impl Future<Output = ()>, Failure> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(|e| Failure::local(format!("Signals cannot be heard: {e}.")));
        let (mut interrupted, mut terminated) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async {
            let _ = tokio::signal::ctrl_c().await;
        })
    }
}

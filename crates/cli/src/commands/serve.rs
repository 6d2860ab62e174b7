//! `skydeckctl serve`: the UI in a browser, on this machine or through a tunnel.

use std::{
    io::{BufRead as _, IsTerminal as _},
    sync::Arc,
};

use serde_json::json;
use tokio::sync::mpsc;

use crate::{
    failure::{Exit, Failure},
    out::Out,
    serve::{Listener, Serving},
    session,
};

/// The UI in a browser: on loopback, behind a link that is good once
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Port of the loopback; 0 for a free one.
    #[arg(long, default_value_t = 7478, value_name = "N")]
    port: u16,
}

impl Serve {
    pub(crate) async fn run(self, out: &mut Out) -> Result<Exit, Failure> {
        // Before the line that says it is ready: whoever reads it may already want to stop it.
        let stop = session::asked_to_stop()?;
        // Before the files are opened: a port that is taken ends it without a trace.
        let listener = Listener::bind(self.port).await?;
        let serving = Arc::new(Serving::new(session::open().await?));
        let served = tokio::select! {
            () = stop => Ok(Exit::Done),
            never = served(&serving, listener, out) => never.map(|never| match never {}),
        };
        serving.close().await;
        served
    }
}

/// Serves, and prints another link whenever Enter is pressed, until it is dropped.
async fn served(
    serving: &Arc<Serving>,
    listener: Listener,
    out: &mut Out,
) -> Result<std::convert::Infallible, Failure> {
    let port = listener.port;
    let keys = pressed();
    tell(serving, port, out)?;
    if !out.json {
        out.line(format!("From another machine, first: ssh -L {port}:127.0.0.1:{port} HOST, HOST being this one."))?;
        let another = if keys.is_some() { " Enter prints another." } else { "" };
        out.line(format!("The link is good once.{another} Ctrl-C ends it."))?;
    }
    let serve = listener.serve(Arc::clone(serving));
    tokio::pin!(serve);
    let Some(mut keys) = keys else { return Ok(serve.await) };
    loop {
        tokio::select! {
            never = &mut serve => return Ok(never),
            key = keys.recv() => match key {
                Some(()) => tell(serving, port, out)?,
                None => return Ok(serve.await),
            },
        }
    }
}

/// Prints a new link.
fn tell(serving: &Serving, port: u16, out: &mut Out) -> Result<(), Failure> {
    let token = serving.invite()?;
    let url = format!("http://127.0.0.1:{port}/?token={}", token.text());
    if out.json {
        out.json_line(&json!({"url": url, "port": port}))?
    } else {
        out.line(url)?
    }
    Ok(())
}

/// Hears Enter, if somebody sits there who can press it. In a thread of its own that ends with the process: reading a
/// terminal cannot be called off.
fn pressed() -> Option<mpsc::Receiver<()>> {
    if !std::io::stdin().is_terminal() || !in_front() {
        return None;
    }
    let (to, keys) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_err() || to.blocking_send(()).is_err() {
                return;
            }
        }
    });
    Some(keys)
}

/// Whether the terminal is ours to read: one that was started with `&` would be stopped for trying.
fn in_front() -> bool {
    match std::fs::read_to_string("/proc/self/stat") {
        Ok(stat) => is_in_front(&stat).unwrap_or(false),
        // No Linux.
        Err(_) => true,
    }
}

/// Fields 5 and 8 of proc(5): the group of the process, and the one that has the terminal. A name may hold anything, so
/// they are counted from its end.
fn is_in_front(stat: &str) -> Option<bool> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(2)? == fields.get(5)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_has_the_terminal_reads_it() {
        assert_eq!(is_in_front("42 (skydeckctl) S 1 42 7 34816 42 4194304"), Some(true));
        assert_eq!(is_in_front("42 (a ) S 9) S 1 42 7 34816 99 4194304"), Some(false));
        assert_eq!(is_in_front("42 (skydeckctl) S 1 42 7 0 -1 4194304"), Some(false));
        assert_eq!(is_in_front("42"), None);
    }
}

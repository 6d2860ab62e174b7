//! WebKitWebDriver on a session bus of its own; it starts the program and speaks WebDriver on loopback.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::children::Group;
use super::{WindowError, desktop};

const PROGRAM: &str = "WebKitWebDriver";

/// How long the driver may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A driver that ends with this value, and with it the window.
pub struct Driver {
    port: u16,
    _group: Group,
}

impl Driver {
    /// Starts it with these variables, which the program inherits; without the user's AWS variables if `no_aws`. What
    /// all of them write on standard error goes to the file `said`.
    pub fn start(env: &[(String, String)], no_aws: bool, said: &Path) -> Result<Driver, WindowError> {
        let failed = |why: String| WindowError::Start { program: PROGRAM, why };
        let said = File::create(said).map_err(|source| WindowError::Write { path: said.to_owned(), source })?;
        let port = free_port().map_err(|error| failed(error.to_string()))?;
        // On a bus of its own, unless the test is a desktop and has one.
        let mut command = if env.iter().any(|(name, _)| name == desktop::ADDRESS) {
            Command::new(PROGRAM)
        } else {
            let mut command = Command::new("dbus-run-session");
            command.args(["--", PROGRAM]);
            command
        };
        command.arg(format!("--port={port}"));
        if no_aws {
            for (name, _) in std::env::vars_os() {
                if name.to_string_lossy().starts_with("AWS_") {
                    command.env_remove(name);
                }
            }
        }
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.env_remove("WAYLAND_DISPLAY");
        command.envs(env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
        let mut group = Group::start(PROGRAM, &mut command)?;
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Ok(Some(status)) = group.child().try_wait() {
                return Err(failed(format!("it ended with {status}")));
            }
            if Instant::now() > until {
                return Err(failed(format!("it did not listen within {PATIENCE:?}")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Driver { port, _group: group })
    }

    /// Opens the program's window.
    pub async fn open(&self, program: &Path, args: &[String]) -> Result<Client, WindowError> {
        let options = json!({ "binary": program, "args": args });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await?;
        Ok(client)
    }
}

/// A port that was free a moment ago; the driver cannot pick one itself.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

//! The real window on a virtual display, driven by WebKitWebDriver: nothing between the test and what a user gets.
//!
//! Each window has its own display, its own session bus and its own folders, so windows do not know of each other and
//! several can be open at once. Everything ends when `Window` is dropped, also when a test fails.

mod children;
mod chooser;
mod desktop;
mod display;
mod drag;
mod driver;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fantoccini::{Client, Locator};

pub use children::Group;
pub use chooser::{Asked, Chooser};
pub use desktop::{Desktop, Noted, Tray};
pub use display::Display;
pub use driver::Driver;

/// What went wrong on the way to a window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// A program that the machine must have is missing or ended at once.
    #[error("cannot start {program}: {why} (`cargo xtask setup` installs it)")]
    Start {
        /// Its name.
        program: &'static str,
        /// What happened.
        why: String,
    },
    /// The driver answered that it cannot open the window.
    #[error("the driver cannot open the window: {0}")]
    Session(#[from] fantoccini::error::NewSessionError),
    /// The driver refused a command.
    #[error("the driver refused: {0}")]
    Command(#[from] fantoccini::error::CmdError),
    /// Something never appeared.
    #[error("{what} did not appear within {waited:?}")]
    Absent {
        /// What was waited for.
        what: String,
        /// How long.
        waited: Duration,
    },
    /// A file could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The shell shows its window after five seconds at the latest; the machine may be busy.
const SHOWN_WITHIN: Duration = Duration::from_secs(30);

/// What is opened, and where.
#[derive(Debug, Clone)]
pub struct Setup {
    program: PathBuf,
    args: Vec<String>,
    env: Vec<(String, String)>,
    own_folders: bool,
    folder: Option<Arc<tempfile::TempDir>>,
    size: (u32, u32),
}

impl Setup {
    /// The program as built (`SKYDECK_BIN`, which `cargo xtask` sets), with folders of its own and no AWS settings of
    /// the user's.
    pub fn isolated() -> Setup {
        let program = std::env::var_os("SKYDECK_BIN").map_or_else(beside_this_program, PathBuf::from);
        Setup { program, args: Vec::new(), env: Vec::new(), own_folders: true, folder: None, size: (1280, 800) }
    }

    /// The program as the user would start it: their folders, their profiles.
    pub fn as_user() -> Setup {
        Setup { own_folders: false, ..Setup::isolated() }
    }

    /// With its own folders below this one, so that a window opened later finds what an earlier one left.
    #[must_use]
    pub fn folder(mut self, folder: &Arc<tempfile::TempDir>) -> Setup {
        self.folder = Some(Arc::clone(folder));
        self
    }

    /// With an argument.
    #[must_use]
    pub fn arg(mut self, arg: &str) -> Setup {
        self.args.push(arg.to_owned());
        self
    }

    /// With an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Setup {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// On this desktop's bus.
    #[must_use]
    pub fn desktop(self, desktop: &Desktop) -> Setup {
        self.env(desktop::ADDRESS, desktop.address.clone())
    }

    /// On a display of this size, which the window fills.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Setup {
        self.size = (width, height);
        self
    }

    /// Opens the window and waits until it is shown.
    pub async fn open(self) -> Result<Window, WindowError> {
        let new = || tempfile::tempdir().map_err(|source| WindowError::Write { path: std::env::temp_dir(), source });
        let folder = self.folder.map_or_else(|| new().map(Arc::new), Ok)?;
        let display = Display::start(self.size)?;
        let mut env = vec![("DISPLAY".to_owned(), display.name())];
        if self.own_folders {
            for (name, below) in [
                ("HOME", "home"),
                ("XDG_CONFIG_HOME", "config"),
                ("XDG_DATA_HOME", "data"),
                ("XDG_CACHE_HOME", "cache"),
                ("SKYDECK_HOME", "skydeck"),
                ("AWS_CONFIG_FILE", "aws-config"),
                ("AWS_SHARED_CREDENTIALS_FILE", "aws-credentials"),
            ] {
                env.push((name.to_owned(), folder.path().join(below).display().to_string()));
            }
        }
        env.extend(self.env);
        let said = folder.path().join("stderr");
        let driver = Driver::start(&env, self.own_folders, &said)?;
        let page = driver.open(&self.program, &self.args).await?;
        let window = Window { page, folder, program: self.program, env, _driver: driver, display };
        // The driver hangs for good if it is asked to size a window that is not shown yet.
        window.wait_until_shown().await?;
        window.page.set_window_rect(0, 0, self.size.0, self.size.1).await?;
        Ok(window)
    }
}

/// An open window.
pub struct Window {
    /// The page in it.
    pub page: Client,
    folder: Arc<tempfile::TempDir>,
    program: PathBuf,
    env: Vec<(String, String)>,
    _driver: Driver,
    display: Display,
}

impl Window {
    /// Its own folder: `skydeck/` is its SKYDECK_HOME, `aws-config` and `aws-credentials` its profiles.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the program has written on standard error so far, among what its bus and its driver wrote.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.folder().join("stderr")).unwrap_or_default()
    }

    /// Starts the program once more beside it, with these arguments, and waits for that start to end.
    pub async fn start_again(&self, args: &[&str]) -> Result<std::process::ExitStatus, WindowError> {
        let failed = |error: std::io::Error| WindowError::Start { program: "skydeck", why: error.to_string() };
        let mut command = tokio::process::Command::new(&self.program);
        command.args(args).envs(self.env.iter().map(|(name, value)| (name, value))).env_remove("WAYLAND_DISPLAY");
        let mut second = command.kill_on_drop(true).spawn().map_err(failed)?;
        match tokio::time::timeout(SHOWN_WITHIN, second.wait()).await {
            Ok(ended) => ended.map_err(failed),
            Err(_) => Err(WindowError::Absent { what: "the end of a second start".to_owned(), waited: SHOWN_WITHIN }),
        }
    }

    /// Asks it to close, as a person does by the cross in its corner: without a window manager, by the message that one
    /// would send.
    pub fn ask_to_close(&self) -> Result<(), WindowError> {
        self.display.ask_to_close()
    }

    /// Drags these addresses from another program over its middle and lets go there.
    pub fn drop_on(&self, uris: &[&str]) -> Result<(), WindowError> {
        let failed =
            |error: Box<dyn std::error::Error>| WindowError::Start { program: "a drag", why: error.to_string() };
        drag::drop_on_window(&self.display.name(), uris).map_err(failed)
    }

    /// Whether it is on the display.
    pub fn is_shown(&self) -> Result<bool, WindowError> {
        self.display.shows_a_window()
    }

    async fn wait_until_shown(&self) -> Result<(), WindowError> {
        let until = Instant::now() + SHOWN_WITHIN;
        while self.page.execute("return document.visibilityState", Vec::new()).await? != "visible" {
            if Instant::now() > until {
                return Err(WindowError::Absent { what: "the window".to_owned(), waited: SHOWN_WITHIN });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Waits until something that the CSS selector names is in the page.
    pub async fn wait_for(&self, css: &str, patience: Duration) -> Result<(), WindowError> {
        let until = Instant::now() + patience;
        while self.page.find_all(Locator::Css(css)).await?.is_empty() {
            if Instant::now() > until {
                return Err(WindowError::Absent { what: format!("`{css}`"), waited: patience });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// What the page shows as text.
    pub async fn text(&self) -> Result<String, WindowError> {
        Ok(self.page.find(Locator::Css("body")).await?.text().await?)
    }

    /// Writes what the page looks like as PNG.
    pub async fn screenshot(&self, path: &Path) -> Result<(), WindowError> {
        let png = self.page.screenshot().await?;
        let write = |source| WindowError::Write { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(write)?;
        }
        std::fs::write(path, png).map_err(write)
    }

    /// Closes the window as a user does, so that the program ends in order.
    pub async fn close(self) -> Result<(), WindowError> {
        Ok(self.page.clone().close().await?)
    }
}

/// Where cargo puts the window's program: the folder of this one, or above it for a test.
fn beside_this_program() -> PathBuf {
    let this = std::env::current_exe().unwrap_or_default();
    let folder = this.parent().unwrap_or(Path::new("."));
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    folder.join("skydeck").with_extension(std::env::consts::EXE_EXTENSION)
}

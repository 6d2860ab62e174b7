//! A virtual display: Xvfb, on a number that it picks itself.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, MapState};

use super::WindowError;
use super::children::Group;

/// A display that ends with this value.
pub struct Display {
    name: String,
    _server: Group,
}

impl Display {
    /// Starts one of this size and waits until it takes clients.
    pub fn start((width, height): (u32, u32)) -> Result<Display, WindowError> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{width}x{height}x24")]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Group::start("Xvfb", &mut command)?;
        let mut number = String::new();
        if let Some(pipe) = server.child().stdout.take() {
            // It writes its number once it is ready, or ends.
            let _ = BufReader::new(pipe).read_line(&mut number);
        }
        let number = number.trim();
        if number.is_empty() {
            return Err(WindowError::Start { program: "Xvfb", why: "it ended before it was ready".into() });
        }
        Ok(Display { name: format!(":{number}"), _server: server })
    }

    /// Whether a window is on it that fills most of it.
    pub(super) fn shows_a_window(&self) -> Result<bool, WindowError> {
        shows_a_window(&self.name()).map_err(|error| WindowError::Start { program: "Xvfb", why: error.to_string() })
    }

    /// Asks its windows to close.
    pub(super) fn ask_to_close(&self) -> Result<(), WindowError> {
        ask_to_close(&self.name()).map_err(|error| WindowError::Start { program: "Xvfb", why: error.to_string() })
    }

    /// What DISPLAY is set to.
    pub fn name(&self) -> String {
        self.name.clone()
    }
}

fn shows_a_window(name: &str) -> Result<bool, Box<dyn std::error::Error>> {
    let (x, screen) = x11rb::connect(Some(name))?;
    let (root, width) = (x.setup().roots[screen].root, x.setup().roots[screen].width_in_pixels);
    for window in x.query_tree(root)?.reply()?.children {
        let viewable = x.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE;
        if viewable && x.get_geometry(window)?.reply()?.width > width / 2 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Asks every window that can be asked to close (ICCCM, `WM_DELETE_WINDOW`).
fn ask_to_close(name: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (x, screen) = x11rb::connect(Some(name))?;
    let root = x.setup().roots[screen].root;
    let atom = |name: &str| -> Result<u32, Box<dyn std::error::Error>> {
        Ok(x.intern_atom(false, name.as_bytes())?.reply()?.atom)
    };
    let (protocols, delete) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
    let mut asked = 0;
    for window in x.query_tree(root)?.reply()?.children {
        let known = x.get_property(false, window, protocols, AtomEnum::ATOM, 0, 16)?.reply()?;
        if known.value32().is_some_and(|mut atoms| atoms.any(|atom| atom == delete)) {
            let message = ClientMessageEvent::new(32, window, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
            x.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
            asked += 1;
        }
    }
    if asked == 0 { Err("no window can be asked to close".into()) } else { Ok(()) }
}

//! A virtual display: Xvfb, on a number that it picks itself.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

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

    /// What DISPLAY is set to.
    pub fn name(&self) -> String {
        self.name.clone()
    }
}

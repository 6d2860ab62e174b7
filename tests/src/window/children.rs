//! Programs that end with the test, together with what they started.

use std::process::{Child, Command};

use super::WindowError;

/// A running program, at the head of its own process group.
pub struct Group(Child);

impl Group {
    /// Starts it.
    pub fn start(program: &'static str, command: &mut Command) -> Result<Group, WindowError> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn();
        child.map(Group).map_err(|error| WindowError::Start { program, why: error.to_string() })
    }

    /// The program itself.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
        // Where there are no groups, at least the program itself.
        #[cfg(not(unix))]
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

//! A program with all that it started, and what of memory is theirs.

use std::collections::HashMap;
use std::fs;
use std::process::{Child, Command};

use crate::Failed;

/// Ticks of proc(5) in a second: what `sysconf(_SC_CLK_TCK)` has answered on every Linux for twenty years.
const TICKS: f64 = 100.0;

/// A running program, ended with this value.
pub(crate) struct Program(Child);

impl Program {
    pub(crate) fn start(command: &mut Command) -> std::io::Result<Program> {
        Ok(Program(command.spawn()?))
    }

    /// Memory of the program and of all that it started, in MB: the sum of their proportional set sizes (a page that
    /// several processes share is counted once).
    pub(crate) fn memory(&self) -> Result<f64, Failed> {
        let mut kilobytes = 0.0;
        for pid in self.all()? {
            // One that has just ended has no memory.
            let Ok(rollup) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else { continue };
            let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
            kilobytes += pss.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default();
        }
        Ok(kilobytes / 1024.0)
    }

    /// Processor time that the program and all that it started have used, in seconds.
    pub(crate) fn processor(&self) -> Result<f64, Failed> {
        let mut ticks = 0;
        for pid in self.all()? {
            // In user and in kernel mode: the 12th and 13th field after the name.
            ticks += stat(pid)
                .map_or(0, |fields| fields.iter().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum());
        }
        Ok(ticks as f64 / TICKS)
    }

    /// The program and all that it started.
    fn all(&self) -> Result<Vec<u32>, Failed> {
        let mut parents: HashMap<u32, u32> = HashMap::new();
        for entry in fs::read_dir("/proc")? {
            let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            if let Some(parent) = stat(pid).and_then(|fields| fields.get(1)?.parse().ok()) {
                parents.insert(pid, parent);
            }
        }
        let ours = |mut pid: u32| {
            while pid != self.0.id() {
                match parents.get(&pid) {
                    Some(parent) => pid = *parent,
                    None => return false,
                }
            }
            true
        };
        Ok(parents.keys().copied().filter(|pid| ours(*pid)).collect())
    }
}

/// What stands after the name in a process's line of proc(5): `pid (name) state parent …`. The name may hold anything, so
/// what follows its last bracket is read.
fn stat(pid: u32) -> Option<Vec<String>> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(line.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

impl Drop for Program {
    fn drop(&mut self) {
        // Asked first, so that its helpers end with it; a program that does not listen is ended.
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        for _ in 0..100 {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

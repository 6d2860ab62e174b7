//! How many tests passed and failed, read from what the runners print.
//!
//! A runner that ended badly without telling of a failed test (it did not compile, it was killed) counts as one failed,
//! so that the last line of `cargo xtask test` never looks better than the run was.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};

/// A count of tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Takes in one line of a runner's output; only the summary lines of libtest count.
    pub(crate) fn read_libtest(&mut self, line: &str) {
        let Some(summary) = line.trim().strip_prefix("test result: ") else { return };
        let count = |word: &str| -> u64 {
            let part = summary.split([';', '.']).find_map(|part| part.trim().strip_suffix(word));
            part.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
        };
        self.passed += count(" passed");
        self.failed += count(" failed");
    }

    /// Takes in the JSON report that vitest wrote.
    pub(crate) fn read_vitest(&mut self, report: &Path) -> Result<()> {
        let text = std::fs::read_to_string(report).with_context(|| format!("vitest left no {}", report.display()))?;
        let report: serde_json::Value = serde_json::from_str(&text)?;
        let count = |key: &str| report[key].as_u64().with_context(|| format!("vitest's report has no {key}"));
        self.passed += count("numPassedTests")?;
        self.failed += count("numFailedTests")?;
        Ok(())
    }

    /// The count of one runner: at least one failed when the runner itself says so.
    pub(crate) fn of_runner(mut self, succeeded: bool) -> Tally {
        if !succeeded && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read_libtest(line));
        tally
    }

    #[test]
    fn libtest_summaries_are_added_up() {
        let tally = read(&[
            "running 3 tests",
            "test a ... FAILED",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1.20s",
        ]);
        assert_eq!(tally, Tally { passed: 42, failed: 1 });
        assert_eq!(tally.to_string(), "42 passed, 1 failed");
    }

    #[test]
    fn other_lines_do_not_count() {
        assert_eq!(read(&["3 passed; 1 failed", "a test result: ok. 9 passed"]), Tally::default());
    }

    #[test]
    fn a_runner_that_broke_counts_as_a_failure() {
        assert_eq!(read(&[]).of_runner(false), Tally { passed: 0, failed: 1 });
        assert_eq!(read(&[]).of_runner(true), Tally::default());
        assert_eq!(Tally { passed: 5, failed: 2 }.of_runner(false), Tally { passed: 5, failed: 2 });
    }
}

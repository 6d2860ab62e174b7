//! The lines of a log that explain why a build failed: the earliest of the strongest ones of the command that failed, with
//! what belongs to it. One contiguous block.

use std::ops::Range;

use chrono::TimeDelta;
use skydeck_domain::{Timestamp, log::LogLine};

use super::score;
use crate::text;

/// Lines of a block at most.
const MOST: usize = 6;
/// CloudWatch's clock and CodeBuild's are not the same one.
const LEEWAY: TimeDelta = TimeDelta::seconds(2);

/// The lines that explain it: an index range of `lines`, never empty, and what they say without escapes and prefixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Explained {
    pub(super) range: Range<usize>,
    pub(super) said: Vec<String>,
}

/// Finds them among the lines written between two instants (those of the phase that failed), where they are known.
pub(super) fn explain(lines: &[LogLine], from: Option<Timestamp>, to: Option<Timestamp>) -> Option<Explained> {
    let said: Vec<String> = lines.iter().map(|l| without_prefix(&text::plain(&l.text)).to_owned()).collect();
    let judged: Vec<score::Judged> = said.iter().map(|s| score::judge(s)).collect();
    let phase = within(lines, from, to);
    let window = failed_command(&said, phase);
    let seed = window.clone().filter(|i| judged[*i].score > 0).reduce(|best, i| {
        // Earliest of the strongest.
        if judged[i].score > judged[best].score { i } else { best }
    })?;
    let mut end = seed + 1;
    let mut next = end;
    let indent = indent_of(&said[seed]);
    while next < window.end && next < seed + MOST {
        let line = &said[next];
        if line.trim().is_empty() && next == end {
            // Test tools leave a line between the name of a test and what came.
            next += 1;
            continue;
        }
        let belongs = indent_of(line) > indent || judged[next].score >= score::DETAIL;
        if line.trim().is_empty() || judged[next].frame || !belongs {
            break;
        }
        next += 1;
        end = next;
    }
    Some(Explained { said: said[seed..end].to_vec(), range: seed..end })
}

/// The lines of the phase, or all where none was written then.
fn within(lines: &[LogLine], from: Option<Timestamp>, to: Option<Timestamp>) -> Range<usize> {
    let start = lines.iter().position(|l| from.is_none_or(|from| l.at >= from - LEEWAY)).unwrap_or(0);
    let end = lines.iter().rposition(|l| to.is_none_or(|to| l.at <= to + LEEWAY)).map_or(lines.len(), |i| i + 1);
    if start < end { start..end } else { 0..lines.len() }
}

/// The lines of the command that CodeBuild says did not exit successfully: from where it was started to where that is said.
fn failed_command(said: &[String], phase: Range<usize>) -> Range<usize> {
    let lines = &said[phase.clone()];
    let failed = lines.iter().position(|l| l.contains("Command did not exit successfully"));
    let end = failed.unwrap_or(lines.len());
    let start = lines[..end].iter().rposition(|l| l.starts_with("Running command ")).map_or(0, |i| i + 1);
    // The command's own lines, and the verdict over it for want of better.
    let end = failed.map_or(lines.len(), |i| i + 1);
    phase.start + start..phase.start + end
}

/// A line without CodeBuild's own `[Container] 2026/11/22 08:14:38.123456 `.
fn without_prefix(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("[Container] ") else { return line };
    let mut words = rest.splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (Some(date), Some(time), Some(text)) if date.contains('/') && time.contains(':') => text,
        _ => rest,
    }
}

fn indent_of(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;

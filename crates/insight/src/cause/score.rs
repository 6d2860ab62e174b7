//! What a log line is: the word for a failure, a detail of it, its fallout, a stack frame, or neither.
//!
//! Words of the common tools, gathered by family; no tool is required. A line that looks like success, or that only
//! mentions an error in passing, is neither.

/// What a line is, as told by itself alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judged {
    /// How well it explains a failure; 0 not at all.
    pub(super) score: u8,
    /// Whether it is a frame of a stack trace.
    pub(super) frame: bool,
}

/// Says itself that something failed.
pub(super) const STRONG: u8 = 10;
/// Names a common way to fail.
const KNOWN: u8 = 8;
/// Says what was expected and what came.
pub(super) const DETAIL: u8 = 6;
/// Counts failures or heads a trace.
const SUMMARY: u8 = 4;
/// Follows from the failure: an exit status, a phase that ended.
const FALLOUT: u8 = 2;

/// First words of a line that says that something failed.
const FIRST: [&str; 22] = [
    "fail",
    "failed",
    "failure",
    "error",
    "err",
    "fatal",
    "panic",
    "critical",
    "exception",
    "not ok",
    "--- fail",
    "✕",
    "✗",
    "×",
    "✘",
    "❌",
    "npm err",
    "npm error",
    "killed",
    "segmentation fault",
    "bus error",
    "caused by",
];

/// Anywhere in a line that says that something failed.
const ANYWHERE: [&str; 12] = [
    " error: ",
    "error[e",
    "panicked at",
    "assertion failed",
    "assertionerror",
    ": error ",
    "] error ",
    "] fatal ",
    "unhandled ",
    "uncaught ",
    "exception:",
    "error:",
];

/// Common ways to fail.
const WAYS: [&str; 38] = [
    "command not found",
    "no such file or directory",
    "permission denied",
    "access denied",
    "accessdenied",
    "not authorized",
    "unauthorized",
    "forbidden",
    "cannot find",
    "can't find",
    "could not ",
    "couldn't ",
    "unable to ",
    "undefined reference",
    "is not defined",
    "is not a function",
    "out of memory",
    "outofmemory",
    "no space left",
    "connection refused",
    "econnrefused",
    "enotfound",
    "enoent",
    "eacces",
    "timed out",
    "etimedout",
    "deadline exceeded",
    "toomanyrequests",
    "too many requests",
    "rate exceeded",
    "does not exist",
    "not found",
    "mismatch",
    "unresolved ",
    "syntax error",
    "invalid ",
    "_failed",
    "refused",
];

/// What was expected, and what came.
const DETAILS: [&str; 12] = [
    "expected",
    "received",
    "actual",
    "but got",
    "assert",
    "left:",
    "right:",
    "got:",
    "want:",
    "diff",
    "status code",
    "returned ",
];

/// What follows from a failure.
const FALLOUTS: [&str; 14] = [
    "exit status",
    "exit code",
    "exited with",
    "did not exit successfully",
    "phase complete:",
    "phase context status code",
    "elifecycle",
    "make: ***",
    "make[",
    "complete log of this run",
    "lifecycle script",
    "returned non-zero",
    "errorlevel",
    "command_execution_error",
];

/// First words of a line about something else.
const ELSE: [&str; 26] = [
    "pass",
    "passed",
    "ok",
    "success",
    "✓",
    "✔",
    "√",
    "warn",
    "warning",
    "npm warn",
    "npm notice",
    "info",
    "debug",
    "trace",
    "compiling",
    "downloading",
    "downloaded",
    "fetching",
    "installing",
    "added",
    "running",
    "entering",
    "notice",
    "note",
    "deprecated",
    "hint",
];

/// Where an error is only mentioned.
const IN_PASSING: [&str; 12] = [
    "retrying",
    "will retry",
    "ignored",
    "ignoring",
    "deprecat",
    "allow-fail",
    "no error",
    "without error",
    "error handling",
    "errorhandl",
    "on-failure",
    "fail-fast",
];

/// Judges a line that is plain already (no escape codes).
pub(super) fn judge(line: &str) -> Judged {
    let text = untagged(line.trim());
    let lower = text.to_lowercase();
    if is_frame(&lower) {
        return Judged { score: 0, frame: true };
    }
    Judged { score: score(text, &lower), frame: false }
}

fn score(text: &str, lower: &str) -> u8 {
    if lower.is_empty() || ELSE.iter().any(|w| starts_with_word(lower, w)) {
        return 0;
    }
    if IN_PASSING.iter().any(|w| lower.contains(w)) {
        return 0;
    }
    if FALLOUTS.iter().any(|w| lower.contains(w)) {
        return FALLOUT;
    }
    match counted(lower) {
        Some(0) => return 0,
        Some(_) => return SUMMARY,
        None => {}
    }
    if lower.starts_with("traceback") {
        return SUMMARY;
    }
    if FIRST.iter().any(|w| starts_with_word(lower, w))
        || ANYWHERE.iter().any(|w| lower.contains(w))
        || names_an_exception(text)
        || text.starts_with("E   ")
    {
        return STRONG;
    }
    if WAYS.iter().any(|w| lower.contains(w)) {
        return KNOWN;
    }
    if DETAILS.iter().any(|w| lower.contains(w)) { DETAIL } else { 0 }
}

/// The line without a level in brackets before it: `[ERROR] x` is as `ERROR x`, `[INFO] x` as `INFO x`.
fn untagged(line: &str) -> &str {
    line.strip_prefix('[').map_or(line, |rest| if rest.contains(']') { rest } else { line })
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| {
        let ends = |c: char| !c.is_alphanumeric() && c != '_' && c != '-';
        // A mark is a word by itself; a word ends where no letter follows.
        rest.chars().next().is_none_or(ends) || !word.ends_with(char::is_alphanumeric)
    })
}

/// How many failures a line counts, if it is one that counts: `Tests: 1 failed, 11 passed`, `Failures: 0, Errors: 0`.
fn counted(lower: &str) -> Option<u64> {
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let mut most: Option<u64> = None;
    let is_count = |w: &str| matches!(w, "failed" | "failures" | "failing" | "errors" | "fail");
    for (i, word) in words.iter().enumerate().filter(|(_, w)| is_count(w)) {
        // `failures: 1` or `1 failed`.
        let number =
            if lower.contains(&format!("{word}:")) { words.get(i + 1) } else { i.checked_sub(1).map(|i| &words[i]) };
        if let Some(n) = number.and_then(|n| n.parse().ok()) {
            most = Some(most.unwrap_or(0).max(n));
        }
    }
    most
}

/// `TypeError: …`, `java.lang.IllegalStateException: …`: a name in capitals and small letters that ends so.
fn names_an_exception(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let name = word.trim_end_matches([':', ',']);
        word.len() > name.len()
            && (name.ends_with("Error") || name.ends_with("Exception"))
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '$'))
    })
}

/// `at f (file.js:1:2)`, `at com.shop.A.b(A.java:8)`, `File "x.py", line 3`, `#4 0x…`.
fn is_frame(lower: &str) -> bool {
    (lower.starts_with("at ") && (lower.contains(':') || lower.contains('(')))
        || lower.starts_with("file \"")
        || (lower.starts_with('#') && lower[1..].starts_with(|c: char| c.is_ascii_digit()))
        || (lower.starts_with("--> ") && lower.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_people_take_them_for() {
        for (line, score) in [
            ("FAIL  POST /v1/carts/{id}/coupon", STRONG),
            ("      expected 200, received 500", DETAIL),
            ("column \"coupon_id\" does not exist", KNOWN),
            ("PASS  GET  /healthz 200 · 12 ms", 0),
            ("Tests: 1 failed, 11 passed, 12 total", SUMMARY),
            ("Tests: 0 failed, 12 passed", 0),
            ("Tests run: 12, Failures: 0, Errors: 0, Skipped: 0", 0),
            ("Tests run: 12, Failures: 1, Errors: 0, Skipped: 0", SUMMARY),
            ("npm run smoke: exit status 1", FALLOUT),
            ("Command did not exit successfully npm test exit status 1", FALLOUT),
            ("Phase complete: BUILD State: FAILED", FALLOUT),
            ("error[E0308]: mismatched types", STRONG),
            ("src/main.rs:3:5: error: expected `;`", STRONG),
            ("[ERROR] Failed to execute goal", STRONG),
            ("[INFO] BUILD SUCCESS", 0),
            ("TypeError: coupon is not a function", STRONG),
            ("java.lang.IllegalStateException: no coupon", STRONG),
            ("E   assert 500 == 200", STRONG),
            ("Traceback (most recent call last):", SUMMARY),
            ("sh: 1: jest: command not found", KNOWN),
            ("npm error code ERESOLVE", STRONG),
            ("npm warn deprecated glob@7: error prone", 0),
            ("curl: (7) Failed to connect; retrying", 0),
            ("Compiling thiserror v2.0.0", 0),
            ("✕ applies the coupon before tax (41 ms)", STRONG),
            ("failing-forward.md", 0),
            ("error-handling tests", 0),
            ("Deployed to staging", 0),
            ("", 0),
        ] {
            assert_eq!(judge(line), Judged { score, frame: false }, "{line}");
        }
    }

    #[test]
    fn frames_are_frames() {
        for line in [
            "    at checkout (checkout.smoke.ts:88:14)",
            "  File \"app.py\", line 3, in <module>",
            "  --> src/main.rs:3:5",
            "#4 0x7f in main",
        ] {
            assert!(judge(line).frame, "{line}");
        }
        assert!(!judge("at last").frame);
    }
}

//! One sentence out of the lines that explain a failure, or out of what AWS says.

use crate::text::one_line;

/// Characters of a title at most.
pub(super) const LONGEST: usize = 140;

/// Marks and words that only say *that* it failed; what comes behind them says what.
const LEADS: [&str; 23] = [
    "--- FAIL:",
    "FAILED:",
    "FAILED",
    "FAIL:",
    "FAIL",
    "not ok",
    "[ERROR]",
    "[error]",
    "ERROR:",
    "ERROR",
    "Error:",
    "error:",
    "fatal:",
    "FATAL:",
    "npm ERR!",
    "npm error",
    "✕",
    "✗",
    "×",
    "✘",
    "❌",
    "●",
    "E   ",
];

/// The sentence of a block of log lines; none if nothing is left of it.
pub(super) fn of_lines(said: &[String]) -> Option<String> {
    if let Some(http) = http_answer(said) {
        return Some(http);
    }
    let mut lines = said.iter().map(|l| without_leads(l)).filter(|l| !l.is_empty());
    let first = lines.next()?;
    // A bare name (of a file, of a test) says where, not what.
    let title = match lines.next() {
        Some(second) if !first.contains(' ') => format!("{}: {second}", first.trim_end_matches(':')),
        _ => first,
    };
    Some(one_line(&title, LONGEST))
}

fn without_leads(line: &str) -> String {
    let mut rest = line.trim();
    while let Some(shorter) = LEADS.iter().find_map(|lead| {
        let after = rest.strip_prefix(lead)?;
        let ends = after.is_empty()
            || lead.ends_with(|c: char| !c.is_alphanumeric())
            || after.starts_with(|c: char| !c.is_alphanumeric());
        ends.then(|| after.trim_start_matches([' ', ':', '-']))
    }) {
        if shorter.is_empty() {
            return String::new();
        }
        rest = shorter;
    }
    one_line(rest, LONGEST)
}

/// `POST /v1/carts/{id}/coupon answered 500`, where the lines name a request and the status that came.
fn http_answer(said: &[String]) -> Option<String> {
    const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    let words: Vec<&str> = said.iter().flat_map(|l| l.split_whitespace()).collect();
    let request = words.windows(2).find_map(|pair| {
        let path = pair[1].trim_end_matches([',', ':', ';']);
        (METHODS.contains(&pair[0]) && path.starts_with('/') && path.len() > 1).then(|| (pair[0], path))
    })?;
    let status = words.windows(2).find_map(|pair| {
        let said = pair[0].trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let status: u16 = pair[1].trim_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
        let answered = matches!(
            said.as_str(),
            "received" | "got" | "returned" | "answered" | "status" | "actual" | "was" | "code" | "responded"
        );
        (answered && (400..600).contains(&status)).then_some(status)
    })?;
    Some(one_line(&format!("{} {} answered {status}", request.0, request.1), LONGEST))
}

/// The sentence of a build phase's message: the command and its status where it names them, else what stands behind the code.
pub(super) fn of_phase_message(message: &str) -> String {
    let line = one_line(message, 1_000);
    if let Some((_, rest)) = line.split_once("executing command: ") {
        let (command, reason) = rest.rsplit_once(". Reason: ").unwrap_or((rest, "it failed"));
        return one_line(&format!("`{}` ended with {}", one_line(command, 80), reason.trim_end_matches('.')), LONGEST);
    }
    match code_of(&line) {
        Some(code) => one_line(line[code.len() + 1..].trim_start(), LONGEST),
        None => one_line(&line, LONGEST),
    }
}

/// The code before the first colon, if it is one: `COMMAND_EXECUTION_ERROR`, `CLIENT_ERROR`.
pub(super) fn code_of(message: &str) -> Option<&str> {
    let (code, rest) = message.split_once(':')?;
    let is_code = code.len() > 2 && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    (is_code && !rest.trim().is_empty()).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Option<String> {
        of_lines(&lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn sentences_of_lines() {
        for (lines, want) in [
            (
                &["FAIL  POST /v1/carts/{id}/coupon", "      expected 200, received 500"][..],
                "POST /v1/carts/{id}/coupon answered 500",
            ),
            (&["Error: Cannot find module './coupon'"], "Cannot find module './coupon'"),
            (&["TypeError: total is not a function"], "TypeError: total is not a function"),
            (&["FAIL src/cart.test.ts", "  expected 2, received 3"], "src/cart.test.ts: expected 2, received 3"),
            (&["✕ applies the coupon (41 ms)"], "applies the coupon (41 ms)"),
            (&["E   assert 500 == 200"], "assert 500 == 200"),
            (&["--- FAIL: TestCoupon (0.02s)", "    got 500"], "TestCoupon (0.02s)"),
            (&["Errors were found"], "Errors were found"),
            (&["[ERROR] Failed to execute goal"], "Failed to execute goal"),
        ] {
            assert_eq!(of(lines).as_deref(), Some(want), "{lines:?}");
        }
        assert_eq!(of(&["FAIL"]), None);
        assert_eq!(of(&["GET /a", "status 200"]).as_deref(), Some("GET /a"));
    }

    #[test]
    fn sentences_of_messages() {
        for (message, want) in [
            (
                "COMMAND_EXECUTION_ERROR: Error while executing command: npm run smoke. Reason: exit status 1",
                "`npm run smoke` ended with exit status 1",
            ),
            ("CLIENT_ERROR: repository not found for primary source", "repository not found for primary source"),
            ("Build timed out", "Build timed out"),
            ("Note: this", "Note: this"),
        ] {
            assert_eq!(of_phase_message(message), want);
        }
        assert_eq!(code_of("CLIENT_ERROR: x"), Some("CLIENT_ERROR"));
        assert_eq!(code_of("CLIENT_ERROR:"), None);
    }
}

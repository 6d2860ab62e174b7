//! Hides what looks like a secret in text that AWS or a build wrote: summaries, error messages, commit messages.
//! Members that are known to hold secrets (configurations, output variables, tokens) never come here: they are dropped
//! where they are read. This is the second line, for what people let slip into messages; it prefers hiding too much.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::text::one_line;

/// What stands where something was hidden.
pub(crate) const HIDDEN: &str = "[hidden]";
/// More than this of one text is not looked at, and not kept.
const MOST: usize = 64 * 1024;

/// `key=value`, `key: value`, `"key": "value"`, `--key value`, with a key that names a secret.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"(?i)([\w.-]*(?:passw(?:or)?d|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|"#,
        r#"credential|authorization|signature|session[_-]?id)[\w.-]*["']?\s*(?:=>|[:=])\s*["']?)"#,
        r#"((?:bearer|basic|digest)\s+)?[^\s"',;&]+"#,
    ))
    .expect("checked by a test")
});
/// `scheme://user:password@host`, `scheme://token@host`.
static USER_INFO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"([A-Za-z][A-Za-z0-9+.-]*://)[^\s/@]+@").expect("checked by a test"));
/// Tokens known by how they begin: AWS key ids, GitHub, GitLab, Slack, npm, PyPI, JWT; and private keys in PEM.
static KNOWN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?:A[KS]IA[A-Z0-9]{12,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|",
        r"npm_\w{20,}|pypi-[\w-]{20,}|eyJ[\w-]{8,}\.[\w.-]{8,})|-----BEGIN [A-Z ]*PRIVATE KEY-----.*",
    ))
    .expect("checked by a test")
});
/// Runs of the characters that random tokens are written in.
static RUN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_-]{24,}").expect("checked by a test"));

/// The text without what looks like a secret.
pub(crate) fn redact(text: &str) -> String {
    let text = named(text);
    RUN.replace_all(&text, |run: &regex_lite::Captures<'_>| {
        let run = &run[0];
        if looks_random(run) { HIDDEN.to_owned() } else { run.to_owned() }
    })
    .into_owned()
}

/// The text without what is named as a secret, or known as one by how it begins. What only looks random stays: for values
/// that are names and ids most of the time (`web-Topic-1AB2C3D4E5F6`), and useless without.
pub(crate) fn named(text: &str) -> String {
    let mut end = text.len().min(MOST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = USER_INFO.replace_all(&text[..end], format!("${{1}}{HIDDEN}@"));
    let text = KNOWN.replace_all(&text, HIDDEN);
    NAMED.replace_all(&text, format!("${{1}}{HIDDEN}")).into_owned()
}

/// Redacted, then the first line of it.
pub(crate) fn line(text: &str) -> Option<String> {
    one_line(&redact(text))
}

/// Whether a run of characters is mixed as only chance mixes them. Words, CamelCase, paths, commit ids, digests and UUIDs
/// are not; a random base64 or base62 text of this length is, but for about one in a thousand.
fn looks_random(run: &str) -> bool {
    let class = |b: u8| match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    if run.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        return false;
    }
    let classes: Vec<u8> = run.bytes().map(class).collect();
    let has = |wanted| classes.contains(&wanted);
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let share = changes as f64 / (classes.len() - 1) as f64;
    match (has(0), has(1), has(2)) {
        (true, true, true) => share >= 0.36,
        (true, true, false) => share >= 0.48,
        (true, false, true) | (false, true, true) => share >= 0.36,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn leaves_what_people_need_to_read() {
        for text in [
            "Error while executing command: npm test. Reason: exit status 1",
            "User: arn:aws:sts::111122223333:assumed-role/deploy-role/session is not authorized to perform: ecs:UpdateService",
            "arn:aws:iam::111122223333:role/AdminRoleForDeploymentOfCheckout",
            "Merge 9f3c2e1aa0b1c2d3e4f5061728394a5b6c7d8e9f into main",
            "image sha256:7be1c04ca7be1c04ca7be1c04ca7be1c04ca7be1c04ca7be1c04ca7be1c04ca0",
            "execution 4f0a9b52-6c1e-4d83-9f27-0b6e5a7d31c8 failed",
            "결제 재시도 간격을 지수 백오프로 변경",
            "Deployment d-ABC123DEF failed: HEALTH_CHECKS_FAILED",
            "services/checkout/handlers/coupon_apply.ts:88:14",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn hides_what_looks_like_a_secret() {
        for (text, secret) in [
            ("DB_PASSWORD=hunter2 npm start", "hunter2"),
            (r#"{"oauthToken": "abc-def"}"#, "abc-def"),
            ("Authorization: Bearer abcdef.123", "abcdef.123"),
            ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalr"),
            ("key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY was refused", "wJalr"),
            ("clone https://user:pw@git.example.com/x failed", "user:pw"),
            ("AKIAIOSFODNN7EXAMPLE is expired", "AKIAIOSFODNN7EXAMPLE"),
            ("remote: ghp_16C7e42F292c6912E7710c838347Ae178B4a", "16C7e42F"),
            ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "eyJzdWIi"),
            ("-----BEGIN RSA PRIVATE KEY----- MIIEow", "MIIEow"),
            ("--api-key=12345", "12345"),
        ] {
            let shown = redact(text);
            assert!(!shown.contains(secret) && shown.contains(HIDDEN), "{shown}");
        }
    }

    #[test]
    fn a_huge_text_is_bounded_and_a_cut_falls_between_characters() {
        assert!(redact(&"가".repeat(1_000_000)).len() <= MOST);
    }

    proptest! {
        #[test]
        fn the_value_of_a_secret_key_never_stays(
            key in "(db_)?(password|Secret|API_KEY|token|accessKey)(_2)?",
            joint in "(=|: |=\"|\": \")",
            value in "[A-Za-z0-9!#$%*()]{6,30}",
            before in "[a-z ]{0,10}",
        ) {
            let shown = redact(&format!("{before} {key}{joint}{value} end"));
            prop_assert!(!shown.contains(&value), "{shown}");
        }

        #[test]
        fn a_well_mixed_token_never_stays(token in "([a-z][A-Z0-9][a-z]?[A-Z]){10,20}") {
            prop_assert_eq!(redact(&format!("got {token} back")), format!("got {HIDDEN} back"));
        }

        #[test]
        fn redacting_twice_changes_nothing_more(text in any::<String>()) {
            let once = redact(&text);
            prop_assert_eq!(redact(&once), once);
        }
    }
}

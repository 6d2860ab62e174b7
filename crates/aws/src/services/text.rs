//! Text from AWS made fit for a row: one line, bounded, links that are https or nothing; and our own words in the form
//! that AWS accepts. What hides secrets is `redact`; rendering stays the UI's business, so nothing is escaped here.

/// Longest line kept in a row.
const LINE: usize = 500;

/// Whether a character is acted on instead of shown: controls, and what turns the direction of the text around it.
pub(crate) fn acts(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns
}

/// The first line that says anything, without what is acted on instead of shown, at most 500 characters.
pub(crate) fn one_line(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let clean: String = line.chars().filter(|c| !acts(*c)).collect();
    (!clean.is_empty()).then(|| cut(&clean, LINE))
}

/// All of its lines, without what is acted on instead of shown and without blank ends.
pub(crate) fn lines(text: &str) -> String {
    let clean = |line: &str| line.chars().filter(|c| *c == '\t' || !acts(*c)).collect::<String>();
    let lines: Vec<String> = text.trim_end().split('\n').map(clean).collect();
    lines.join("\n")
}

/// At most `most` characters; a cut text ends in `…`.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The link, if it is https, names a host, carries no user information and is of a believable length.
pub(crate) fn https(link: Option<&str>) -> Option<String> {
    let link = link?.trim();
    let host = link.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
    let plain = link.len() <= 2048 && !link.chars().any(|c| c.is_control() || c.is_whitespace());
    (plain && !host.is_empty() && !host.contains(['@', '\\'])).then(|| link.to_owned())
}

/// The user's words in the form that AWS accepts for reasons and summaries (`[a-zA-Z0-9!@ ().*?-]+`), at most `most`
/// characters. Words of which nothing would be left are answered by pointing at the ledger entry, which has them whole.
pub(crate) fn ascii_reason(words: &str, action: &str, most: usize) -> String {
    let mut text = String::new();
    for c in words.chars() {
        let fit = match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '!' | '@' | '(' | ')' | '.' | '*' | '?' | '-' => c,
            '_' | '/' | ':' | '=' | '–' | '—' => '-',
            _ => ' ',
        };
        if fit != ' ' || !text.ends_with(' ') {
            text.push(fit);
        }
    }
    let text = text.trim();
    if text.chars().any(|c| c.is_ascii_alphanumeric()) {
        text.chars().take(most).collect()
    } else {
        format!("Skydeck action {action}").chars().take(most).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_the_first_line_that_says_anything() {
        assert_eq!(one_line("\n  \r\nfix: tax\n\nbody"), Some("fix: tax".into()));
        assert_eq!(one_line("\u{1b}[31mred\u{7}"), Some("[31mred".into()));
        assert_eq!(one_line("Revert \u{202e}drow\u{202c} 👩‍👧"), Some("Revert drow 👩‍👧".into()));
        assert_eq!(one_line(" \n\t"), None);
        assert_eq!(one_line(&"x".repeat(1_000_000)).unwrap().chars().count(), LINE);
    }

    #[test]
    fn a_link_is_plain_https_or_nothing() {
        for good in ["https://github.com/a/b/commit/1", "https://eu-west-1.console.aws.amazon.com/x?y#z"] {
            assert_eq!(https(Some(good)).as_deref(), Some(good));
        }
        for bad in [
            "http://example.com",
            "javascript:alert(1)",
            "https://",
            "https:///path",
            "https://user:pw@example.com/",
            "https://a b",
            "https://a\nb",
            " file:///etc/passwd",
            "HTTPS://example.com",
        ] {
            assert_eq!(https(Some(bad)), None, "{bad}");
        }
        assert_eq!(https(Some(&format!("https://e.example/{}", "a".repeat(3000)))), None);
    }

    #[test]
    fn words_that_aws_refuses_point_at_the_ledger() {
        assert_eq!(ascii_reason("Coupon: 500s, since 14:09", "01J", 300), "Coupon- 500s since 14-09");
        assert_eq!(ascii_reason("결제 오류", "01JABC", 300), "Skydeck action 01JABC");
        assert_eq!(ascii_reason("", "01JABC", 300), "Skydeck action 01JABC");
        assert_eq!(ascii_reason("결제 오류 HTTP 500", "01J", 300), "HTTP 500");
    }

    proptest! {
        #[test]
        fn a_reason_always_fits_aws(words in ".*", most in 20usize..300) {
            let text = ascii_reason(&words, "01JABCDEFGHJKMNPQRSTVWXYZ0", most);
            prop_assert!(!text.is_empty() && text.len() <= most);
            let fits = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!@ ().*?-".contains(&b));
            prop_assert!(fits, "{text}");
        }

        #[test]
        fn a_line_is_one_line(text in any::<String>()) {
            if let Some(line) = one_line(&text) {
                prop_assert!(!line.contains('\n') && !line.is_empty());
            }
        }
    }
}

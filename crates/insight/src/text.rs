//! Hostile text made fit for one line of ours (a title, a terminal): escape codes, control and direction characters go,
//! blanks collapse, length is bounded. Log lines themselves are handed on as AWS has them; whoever draws them draws text.

/// The text without escape sequences, control and direction characters; tabs become blanks. Leading blanks stay: they tell
/// what belongs to the line before.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    let mut chars = text.chars().take(LONGEST).peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.next() {
                // CSI … final byte
                Some('[') => {
                    for c in chars.by_ref() {
                        if ('\u{40}'..='\u{7e}').contains(&c) {
                            break;
                        }
                    }
                }
                // OSC … BEL or ESC \
                Some(']') => {
                    while let Some(c) = chars.next() {
                        if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                            break;
                        }
                    }
                }
                _ => {}
            },
            '\t' => out.push_str("  "),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => out.push(' '),
            c if c.is_control() || is_unseen(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// What may be read of a line: enough to judge it, whatever its length.
const LONGEST: usize = 2_000;

/// Characters that turn the direction of text, or that cannot be seen.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line of at most `most` characters, blanks collapsed; what was cut ends in `…`.
pub fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in plain(text).split_whitespace() {
        let blank = usize::from(!line.is_empty());
        let word_length = word.chars().count();
        if length + blank + word_length > most {
            let room = most.saturating_sub(length + blank + 1);
            // Half a word is worth showing only if much of the line would else be empty.
            if length < most / 2 {
                line.extend(std::iter::repeat_n(' ', blank).chain(word.chars().take(room)));
            } else if length == most {
                line.pop();
            }
            line.push('…');
            return line;
        }
        line.extend(std::iter::repeat_n(' ', blank));
        line.push_str(word);
        length += blank + word_length;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_controls_and_directions_go() {
        for (text, want) in [
            ("\u{1b}[31mFAIL\u{1b}[0m  x", "FAIL  x"),
            ("\u{1b}]0;title\u{7}rest", "rest"),
            ("\u{1b}]8;;https://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("a\u{202e}b\u{200b}c\u{0}d", "abcd"),
            ("p\u{ad}a\u{61c}i\u{e0041}d\u{2028}x", "paid x"),
            ("\ta", "  a"),
            ("a\r\nb", "a  b"),
            ("\u{1b}[", ""),
            ("\u{1b}", ""),
        ] {
            assert_eq!(plain(text), want, "{text:?}");
        }
    }

    #[test]
    fn one_line_is_bounded_by_characters() {
        assert_eq!(one_line("  a \n b  ", 10), "a b");
        assert_eq!(one_line("결제 서비스가 응답하지 않음", 8), "결제 서비스가…");
        assert_eq!(one_line(&"x".repeat(50), 10), "xxxxxxxxx…");
        assert_eq!(one_line("exact size and more", 10), "exact siz…");
        assert_eq!(one_line("", 10), "");
    }
}

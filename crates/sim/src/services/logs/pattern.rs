//! CloudWatch's filter patterns for unstructured lines: words that must all be there, `?word` of which one must be there,
//! `-word` that must not, phrases in quotes. Regular expressions and patterns for JSON or columns are not offered.

/// A pattern, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pattern {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl Pattern {
    /// Reads a pattern; none if it is not one that is offered.
    pub(super) fn read(text: &str) -> Option<Pattern> {
        let mut pattern = Pattern::default();
        let mut rest = text.trim_start();
        if rest.starts_with(['{', '[', '%']) {
            return None;
        }
        while !rest.is_empty() {
            let list = match rest.as_bytes()[0] {
                b'?' => {
                    rest = &rest[1..];
                    &mut pattern.any
                }
                b'-' => {
                    rest = &rest[1..];
                    &mut pattern.none
                }
                _ => &mut pattern.all,
            };
            let word = if let Some(quoted) = rest.strip_prefix('"') {
                let end = quoted.find('"')?;
                rest = &quoted[end + 1..];
                &quoted[..end]
            } else {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                let word = &rest[..end];
                rest = &rest[end..];
                word
            };
            if word.is_empty() {
                return None;
            }
            list.push(word.to_owned());
            rest = rest.trim_start();
        }
        Some(pattern)
    }

    /// Whether a line fits. Case counts.
    pub(super) fn fits(&self, line: &str) -> bool {
        self.all.iter().all(|w| line.contains(w))
            && (self.any.is_empty() || self.any.iter().any(|w| line.contains(w)))
            && !self.none.iter().any(|w| line.contains(w))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_what_they_should() {
        let cases = [
            ("", "anything", true),
            ("FAIL", "FAIL src/a", true),
            ("FAIL", "fail src/a", false),
            ("FAIL src", "src FAIL", true),
            ("?one ?two", "two", true),
            ("?one ?two", "three", false),
            ("FAIL -retry", "FAIL retry", false),
            ("\"exit status 1\"", "command exit status 1", true),
            ("\"exit status 1\"", "exit 1 status", false),
        ];
        for (pattern, line, fits) in cases {
            assert_eq!(Pattern::read(pattern).expect(pattern).fits(line), fits, "{pattern} on {line}");
        }
    }

    #[test]
    fn what_is_not_offered_is_refused() {
        for text in ["{ $.level = \"error\" }", "[a, b]", "%a.*%", "\"open", "?"] {
            assert_eq!(Pattern::read(text), None, "{text}");
        }
    }
}

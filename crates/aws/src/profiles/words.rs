//! Splits a line into words as a POSIX shell does: quotes and backslashes, and nothing else. The AWS CLI reads section
//! headers and `credential_process` this way (Python's `shlex`), without a shell, so nothing is expanded.

/// The words, or none if a quote is not closed.
pub(crate) fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        inner => word.push(inner),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            escaped @ ('"' | '\\') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        inner => word.push(inner),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next()?),
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_as_a_shell_does() {
        let cases: &[(&str, Option<&[&str]>)] = &[
            ("", Some(&[])),
            ("profile dev", Some(&["profile", "dev"])),
            ("profile  'two words' ", Some(&["profile", "two words"])),
            (r#"a "b \" c" d\ e"#, Some(&["a", r#"b " c"#, "d e"])),
            (r#""keeps \n""#, Some(&[r"keeps \n"])),
            ("x''y ''", Some(&["xy", ""])),
            ("$HOME `id` a;b", Some(&["$HOME", "`id`", "a;b"])),
            ("'open", None),
            ("\"open", None),
            ("end\\", None),
        ];
        for (line, want) in cases {
            let want = want.map(|w| w.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
            assert_eq!(split(line), want, "{line}");
        }
    }
}

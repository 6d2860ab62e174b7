//! What a person types into a search, as queries of the two full-text tables. Words are joined by *and*.

/// No more words than a person types; the rest is ignored.
const MOST_TERMS: usize = 12;

/// A search text taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Terms {
    /// For `search` (trigrams): the words of three characters and more.
    pub(super) anywhere: Option<String>,
    /// For `beginnings`: the words of one or two.
    pub(super) beginning: Option<String>,
}

/// The terms of a text. A text of punctuation alone asks for nothing.
pub(super) fn terms(text: &str) -> Terms {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut anywhere = Vec::new();
    let mut beginning = Vec::new();
    for term in text.split_whitespace().flat_map(parts).take(MOST_TERMS) {
        if term.chars().count() >= 3 {
            anywhere.push(quoted(term));
        } else if term.chars().any(char::is_alphanumeric) {
            beginning.push(format!("{} *", quoted(term)));
        }
    }
    let all = |terms: Vec<String>| (!terms.is_empty()).then(|| terms.join(" AND "));
    Terms { anywhere: all(anywhere), beginning: all(beginning) }
}

/// An ARN as the parts of it that are indexed, the account and what follows; any other word as it is.
fn parts(term: &str) -> Vec<&str> {
    if !term.starts_with("arn:") {
        return vec![term];
    }
    term.splitn(6, ':').skip(4).filter(|part| !part.is_empty()).collect()
}

/// As a string of FTS5's query language, in which nothing has a meaning but the quote. <https://sqlite.org/fts5.html#full_text_query_syntax>
fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_terms() {
        let some = |s: &str| Some(s.to_owned());
        let cases = [
            ("", None, None),
            ("  -  ", None, None),
            ("web", some("\"web\""), None),
            ("we", None, some("\"we\" *")),
            ("결제", None, some("\"결제\" *")),
            ("결제-api", some("\"결제-api\""), None),
            ("prod qa deploy", some("\"prod\" AND \"deploy\""), some("\"qa\" *")),
            ("say \"no\" OR *", some("\"say\" AND \"\"\"no\"\"\""), some("\"OR\" *")),
            ("a\0b", None, some("\"a\" * AND \"b\" *")),
            ("arn:aws:codepipeline:eu-west-1:111122223333:web", some("\"111122223333\" AND \"web\""), None),
        ];
        for (text, anywhere, beginning) in cases {
            assert_eq!(terms(text), Terms { anywhere, beginning }, "{text:?}");
        }
    }
}

//! Writes XML elements. Reading XML is nobody's need here: requests of the query protocol are forms.

/// Appends `<name>content</name>`, whatever `content` appends.
pub(super) fn element(to: &mut String, name: &str, content: impl FnOnce(&mut String)) {
    to.push('<');
    to.push_str(name);
    to.push('>');
    content(to);
    to.push_str("</");
    to.push_str(name);
    to.push('>');
}

/// Appends `<name>text</name>`, escaped.
pub(super) fn text(to: &mut String, name: &str, text: &str) {
    element(to, name, |to| escape(to, text));
}

fn escape(to: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '\r' => to.push_str("&#xD;"),
            '\t' | '\n' => to.push(c),
            // XML 1.0 has no way to write the other control characters.
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => to.push('\u{FFFD}'),
            c => to.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let mut xml = String::new();
        text(&mut xml, "Message", "</Message><b>&\u{1b}[31m 되돌리기");
        assert_eq!(xml, "<Message>&lt;/Message&gt;&lt;b&gt;&amp;\u{FFFD}[31m 되돌리기</Message>");
    }
}

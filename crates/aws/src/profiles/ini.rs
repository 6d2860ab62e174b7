//! The grammar of the AWS config and credentials files: sections, keys, values, one level of nesting. It reads what
//! Python's `configparser` reads for the AWS CLI, but goes on after a broken line, keeps line numbers, and says what is
//! wrong instead of refusing the file.
//!
//! Deliberately elsewhere: what a section or key means (`source`).

use std::collections::BTreeMap;

/// A file's sections in order, and what is wrong with it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Ini {
    pub(crate) sections: Vec<Section>,
    pub(crate) faults: Vec<Fault>,
}

/// Something wrong, with its line (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    /// What is wrong and what to do about it.
    pub(crate) text: String,
}

/// `[name]` and its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) line: usize,
    /// What stands between the brackets, trimmed.
    pub(crate) header: String,
    /// Keys in lower case.
    pub(crate) keys: BTreeMap<String, Value>,
}

/// A value with its line. A block of indented `key = value` lines under an empty value is `nested`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) line: usize,
    pub(crate) text: String,
    pub(crate) nested: BTreeMap<String, String>,
}

/// Reads a file's text.
pub(crate) fn parse(text: &str) -> Ini {
    let mut ini = Ini::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The key that an indented line continues, with its own indentation.
    let mut open: Option<(String, usize)> = None;
    for (index, raw) in text.lines().enumerate() {
        let line = index + 1;
        let content = raw.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        let indent = raw.chars().take_while(|c| c.is_whitespace()).count();
        if let Some((key, at)) = &open
            && indent > *at
        {
            if let Some(value) = ini.sections.last_mut().and_then(|s| s.keys.get_mut(key)) {
                continue_value(key, value, content, line, &mut ini.faults);
            }
            continue;
        }
        open = None;
        if let Some(rest) = content.strip_prefix('[') {
            match rest.rfind(']').map(|end| rest[..end].trim()).filter(|h| !h.is_empty()) {
                Some(header) => section(&mut ini, header, line),
                None => {
                    let text = "this section header has no name or no closing bracket; write [profile name]".into();
                    ini.faults.push(Fault { line, text });
                    // What follows belongs to no known section: keep it out of the one before.
                    ini.sections.push(Section { line, header: String::new(), keys: BTreeMap::new() });
                }
            }
            continue;
        }
        let Some((key, value)) = content.split_once(['=', ':']) else {
            ini.faults.push(Fault { line, text: "this line is neither `key = value` nor a [section]".into() });
            continue;
        };
        let key = key.trim().to_lowercase();
        let value = Value { line, text: value.trim().into(), nested: BTreeMap::new() };
        match ini.sections.last_mut() {
            _ if key.is_empty() => ini.faults.push(Fault { line, text: "this line has a value but no key".into() }),
            None => ini.faults.push(Fault { line, text: format!("`{key}` stands before the first [section]") }),
            Some(section) => {
                if let Some(before) = section.keys.insert(key.clone(), value) {
                    let text = format!("`{key}` is already set in line {}; this one counts. Delete one", before.line);
                    ini.faults.push(Fault { line, text });
                }
                open = Some((key, indent));
            }
        }
    }
    ini.sections.retain(|s| !s.header.is_empty());
    ini
}

/// A section met again is one with the first, and its later values count.
fn section(ini: &mut Ini, header: &str, line: usize) {
    match ini.sections.iter().position(|s| s.header == header) {
        Some(at) => {
            let mut same = ini.sections.remove(at);
            let text = format!(
                "[{header}] is already in line {}; both are read as one here, but the AWS CLI refuses the file. Join them",
                same.line
            );
            ini.faults.push(Fault { line, text });
            same.line = line;
            ini.sections.push(same);
        }
        None => ini.sections.push(Section { line, header: header.into(), keys: BTreeMap::new() }),
    }
}

fn continue_value(key: &str, value: &mut Value, content: &str, line: usize, faults: &mut Vec<Fault>) {
    if !value.text.is_empty() {
        // No AWS value goes over several lines: it is a key that slipped to the right.
        let text = format!(
            "this line is indented, so it goes on with `{key}` of line {}; start it where `{key}` starts",
            value.line
        );
        faults.push(Fault { line, text });
        value.text.push('\n');
        value.text.push_str(content);
        return;
    }
    match content.split_once('=') {
        Some((key, inner)) => {
            value.nested.insert(key.trim().to_lowercase(), inner.trim().into());
        }
        None => faults.push(Fault { line, text: "this indented line is not `key = value`".into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ini: &Ini, header: &str) -> Vec<(String, String)> {
        let section = ini.sections.iter().find(|s| s.header == header).expect(header);
        section.keys.iter().map(|(k, v)| (k.clone(), v.text.clone())).collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect()
    }

    #[test]
    fn reads_what_people_write() {
        // name, text → keys
        type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);
        let cases: &[Case<'_>] = &[
            ("plain", "[a]\nk = v\n", &[("k", "v")]),
            ("no spaces", "[a]\nk=v", &[("k", "v")]),
            ("colon", "[a]\nk: v", &[("k", "v")]),
            ("first delimiter splits", "[a]\nk = a=b:c", &[("k", "a=b:c")]),
            ("url", "[a]\nk = http://127.0.0.1:1", &[("k", "http://127.0.0.1:1")]),
            ("CRLF", "[a]\r\nk = v\r\n\r\nl = w\r\n", &[("k", "v"), ("l", "w")]),
            ("BOM", "\u{feff}[a]\nk = v", &[("k", "v")]),
            ("comments", "# x\n[a]\n; y\nk = v\n  # z\n", &[("k", "v")]),
            ("no inline comments, as in the AWS CLI", "[a]\nk = v # w", &[("k", "v # w")]),
            ("keys in lower case", "[a]\nAWS_Key = V", &[("aws_key", "V")]),
            ("text after the bracket", "[a] # mine\nk = v", &[("k", "v")]),
            ("spaces in the brackets", "[ a ]\nk = v", &[("k", "v")]),
            ("empty value", "[a]\nk =\nl = w", &[("k", ""), ("l", "w")]),
            ("indented whole", "  [a]\n  k = v\n  l = w", &[("k", "v"), ("l", "w")]),
        ];
        for (name, text, want) in cases {
            let ini = parse(text);
            assert_eq!((texts(&ini, "a"), &ini.faults), (pairs(want), &vec![]), "{name}");
        }
    }

    #[test]
    fn nests_one_level() {
        let ini =
            parse("[services x]\ncodepipeline =\n  endpoint_url = http://127.0.0.1:1\n  other=2\nsts =\n  a = 1\n");
        let keys = &ini.sections[0].keys;
        assert_eq!(keys["codepipeline"].nested["endpoint_url"], "http://127.0.0.1:1");
        assert_eq!(keys["codepipeline"].nested["other"], "2");
        assert_eq!(keys["sts"].nested["a"], "1");
        assert_eq!(ini.faults, []);
    }

    #[test]
    fn a_fault_names_its_line_and_the_rest_goes_on() {
        let cases: &[(&str, &str, usize, &str)] = &[
            ("no delimiter", "[a]\nk = v\nnonsense\nl = w", 3, "neither"),
            ("no section", "k = v\n[a]\nk = v\nl = w", 1, "before the first"),
            ("no key", "[a]\nk = v\n= x\nl = w", 3, "no key"),
            ("unclosed", "[a]\nk = v\nl = w\n[b\nz = 1", 4, "closing bracket"),
            ("twice a key", "[a]\nk = x\nl = w\nk = v", 4, "already set in line 2"),
            ("twice a section", "[a]\nl = w\nk = x\n[a]\nk = v", 4, "already in line 1"),
            ("slipped to the right", "[a]\nk = v\nl = w\nm = x\n  n = y", 5, "goes on with `m` of line 4"),
            ("nested nonsense", "[a]\nk = v\nl = w\nm =\n  nonsense", 5, "indented"),
        ];
        for (name, text, line, want) in cases {
            let ini = parse(text);
            assert_eq!(ini.faults.iter().map(|f| f.line).next(), Some(*line), "{name}: {:?}", ini.faults);
            assert!(ini.faults[0].text.contains(want), "{name}: {:?}", ini.faults);
            let read = texts(&ini, "a");
            assert!(read.contains(&("k".into(), "v".into())) && read.contains(&("l".into(), "w".into())), "{name}");
            assert!(!read.iter().any(|(k, _)| k == "z"), "{name}: a key of a broken section is nobody's");
        }
    }
}

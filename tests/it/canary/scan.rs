//! Looks for secrets in bytes, in the forms in which they get about: as they are, in either case, inside base64 (also of a
//! longer text), percent-encoded, with JSON's escapes, in hex, and in UTF-16.

use std::collections::{BTreeMap, HashMap};

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};

/// What is looked for, by the two bytes that each of its forms begins with, so that one pass over the bytes finds all.
#[derive(Debug)]
pub(crate) struct Scanner {
    secrets: Vec<String>,
    forms: HashMap<[u8; 2], Vec<(usize, Vec<u8>)>>,
    begins: Vec<bool>,
}

impl Scanner {
    /// Looks for these.
    pub(crate) fn of(secrets: impl IntoIterator<Item = String>) -> Scanner {
        let secrets: Vec<String> = secrets.into_iter().collect();
        let mut scanner = Scanner { forms: HashMap::new(), begins: vec![false; 1 << 16], secrets };
        for (number, secret) in scanner.secrets.iter().enumerate() {
            for form in forms(secret) {
                let head = [form[0], form[1]];
                scanner.begins[usize::from(u16::from_be_bytes(head))] = true;
                scanner.forms.entry(head).or_default().push((number, form));
            }
        }
        scanner
    }

    /// Those that are in these bytes, each with what stands around it.
    pub(crate) fn found(&self, bytes: &[u8]) -> Vec<String> {
        let lower = bytes.to_ascii_lowercase();
        let mut found = BTreeMap::new();
        for at in 0..lower.len().saturating_sub(1) {
            let head = [lower[at], lower[at + 1]];
            if !self.begins[usize::from(u16::from_be_bytes(head))] {
                continue;
            }
            for (number, form) in &self.forms[&head] {
                if lower[at..].starts_with(form) {
                    let (from, to) = (at.saturating_sub(80), (at + form.len() + 40).min(bytes.len()));
                    let around = || String::from_utf8_lossy(&bytes[from..to]).into_owned();
                    found.entry(&self.secrets[*number]).or_insert_with(around);
                }
            }
        }
        found.into_iter().map(|(secret, around)| format!("{secret}: …{around}…")).collect()
    }
}

/// The forms, in lower case like what they are compared with. Base64 loses little by it: its runs are long.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let each = |form: fn(u8) -> String| bytes.iter().map(|b| form(*b)).collect::<String>().into_bytes();
    let mut forms = vec![
        bytes.to_vec(),
        each(|b| format!("{b:02x}")),
        each(|b| format!("%{b:02x}")),
        each(|b| format!("\\u{b:04x}")),
        bytes.iter().flat_map(|b| [*b, 0]).collect(),
    ];
    // Wherever in a text that is encoded it begins: the digits that hang on its own bytes alone.
    for before in 0..3 {
        let padded: Vec<u8> = std::iter::repeat_n(0, before).chain(bytes.iter().copied()).collect();
        let whole = BASE64_STANDARD_NO_PAD.encode(&padded);
        forms.push(whole.as_bytes()[(before * 8).div_ceil(6)..padded.len() * 8 / 6].to_vec());
    }
    forms.iter().map(|form| form.to_ascii_lowercase()).collect()
}

#[test]
fn a_secret_is_found_in_every_form_and_nothing_else_is() {
    let scanner = Scanner::of(["CANARY-one".to_owned(), "AKIAIOSFODNN7EXAMPLE".to_owned()]);
    for (form, text) in [
        ("as it is", "x CANARY-one y".to_owned()),
        ("in another case", "x canary-ONE y".to_owned()),
        // By Python's base64.b64encode of `CANARY-one`, `xCANARY-one&`, `{"CANARY-one` and `gk=CANARY-one&`.
        ("base64", "Q0FOQVJZLW9uZQ==".to_owned()),
        ("base64 after one byte", "eENBTkFSWS1vbmUm".to_owned()),
        ("base64 after two bytes", "eyJDQU5BUlktb25l".to_owned()),
        ("base64 within", "Z2s9Q0FOQVJZLW9uZSY=".to_owned()),
        ("hex", "43414e4152592d6f6e65".to_owned()),
        ("percent-encoded", "%43%41%4E%41%52%59%2D%6F%6E%65".to_owned()),
        ("escaped in JSON", r"\u0043\u0041\u004E\u0041\u0052\u0059\u002d\u006f\u006e\u0065".to_owned()),
        ("UTF-16", "CANARY-one".chars().flat_map(|c| [c, '\0']).collect()),
    ] {
        assert_eq!(scanner.found(text.as_bytes()).len(), 1, "{form}");
    }
    for text in ["CANARY-two", "AKIA", "Q0FOQVJZ", "C", ""] {
        assert_eq!(scanner.found(text.as_bytes()), Vec::<String>::new(), "{text}");
    }
}

//! The window's translations of the backend's sentences have those sentences as keys (`ui/src/i18n/said.ts`). A sentence
//! that is said otherwise now would be shown in English from then on without anyone noticing: hence this.

use std::{fs, path::Path};

use super::house::root;

/// Every Rust source of the crates, with strings that go over several lines put together.
fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, text);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            let source = fs::read_to_string(&entry).expect("a source");
            for line in source.lines() {
                match line.strip_suffix('\\') {
                    Some(goes_on) => text.push_str(goes_on.trim_start()),
                    None => text.push_str(line.trim_start()),
                }
                if !line.ends_with('\\') {
                    text.push('\n');
                }
            }
        }
    }
}

/// What stands between the holes of a key.
fn words(key: &str) -> impl Iterator<Item = &str> {
    let pieces = key.split('{').enumerate();
    pieces.filter_map(|(n, piece)| if n == 0 { Some(piece) } else { piece.split_once('}').map(|(_, words)| words) })
}

#[test]
fn translated_sentences_are_still_said() {
    let table = fs::read_to_string(root().join("ui/src/i18n/messages/said.ko.json")).expect("the table");
    let table: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&table).expect("JSON");
    assert!(table.len() > 50, "the table is there");
    let mut said = String::new();
    for folder in ["aws", "insight", "engine", "api"] {
        sources(&root().join("crates").join(folder).join("src"), &mut said);
    }
    // Strings are put together from pieces: the stop at the end may stand elsewhere.
    let gone = |key: &&String| words(key).any(|w| !said.contains(w.trim_end_matches('.')));
    let gone: Vec<&String> = table.keys().filter(gone).collect();
    assert!(gone.is_empty(), "nobody says these any more; see what is said instead:\n{gone:#?}");
}

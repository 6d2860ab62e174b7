//! What may stand in a report: placeholders for what is somebody's, and words only of kinds that are nobody's.
//!
//! It lets through and does not strike out: nobody can list everything that may not be told, since names, messages and
//! ids are whatever their owners and AWS make of them. Equal things have equal placeholders within one report.

use std::collections::{BTreeMap, HashSet};

/// Placeholders, given out in the order in which things are met.
#[derive(Debug, Default)]
pub(crate) struct Placeholders(BTreeMap<&'static str, Vec<String>>);

impl Placeholders {
    /// The placeholder of a thing: `profile-1`.
    pub(crate) fn of(&mut self, what: &'static str, thing: &str) -> String {
        let met = self.0.entry(what).or_default();
        let at = met.iter().position(|known| known == thing).unwrap_or_else(|| {
            met.push(thing.to_owned());
            met.len() - 1
        });
        format!("{what}-{}", at + 1)
    }
}

/// Longest word that is let through.
const LONGEST_WORD: usize = 64;

/// Most of a message or stack that is looked at.
const LONGEST_TEXT: usize = 2_000;

/// A code or an operation of AWS (`ThrottlingException`, `GetPipelineState`): letters, and a digit or two.
pub(crate) fn identifier(text: &str) -> &str {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    let fits =
        !text.is_empty() && text.len() <= LONGEST_WORD && plain && text.starts_with(|c: char| c.is_ascii_alphabetic());
    if fits && !long_number(text) { text } else { "(other)" }
}

/// A Region as AWS names them; what else somebody typed there gets a placeholder.
pub(crate) fn region(text: &str, placeholders: &mut Placeholders) -> String {
    let parts: Vec<&str> = text.split('-').collect();
    let word = |part: &&str| (2..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase());
    let number = parts.last().is_some_and(|last| matches!(last.as_bytes(), [b'0'..=b'9']));
    if (3..=4).contains(&parts.len()) && number && parts[..parts.len() - 1].iter().all(word) {
        text.to_owned()
    } else {
        placeholders.of("region", text)
    }
}

/// What draws the page, as it says itself: words, `Name/1.2.3`, and kinds of machines.
pub(crate) fn agent(text: &str, names: &HashSet<String>) -> String {
    let letters = |text: &str| !text.is_empty() && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_alphabetic());
    let version =
        |text: &str| text.len() <= 16 && !long_number(text) && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let fits = |word: &&str| {
        let core = word.trim_matches(['(', ')', ';', ',']);
        let known = ["X11", "x64", "x86_64", "Win64"].contains(&core)
            || (letters(core) && !names.contains(&core.to_lowercase()));
        known || core.split_once('/').is_some_and(|(name, number)| letters(name) && version(number))
    };
    text.split_whitespace().take(24).filter(fits).collect::<Vec<_>>().join(" ")
}

/// A message of our own page: plain words stay, unless they are the name of something (`names`, in lower case). What has a
/// digit, a hyphen, a slash or a dot within is `…`: an id, an ARN, a path, an address, a name with parts.
pub(crate) fn words(text: &str, names: &HashSet<String>) -> String {
    let text: String = text.chars().take(LONGEST_TEXT).collect();
    let kept = text.split_whitespace().map(|word| {
        let core = word.trim_matches(|c: char| c.is_ascii_punctuation());
        let plain = core.len() <= 32 && core.bytes().all(|b| b.is_ascii_alphabetic() || b == b'\'');
        if core.is_empty() {
            word.chars().filter(char::is_ascii).take(3).collect()
        } else if plain && !names.contains(&core.to_lowercase()) {
            word.to_owned()
        } else {
            "…".to_owned()
        }
    });
    kept.collect::<Vec<String>>().join(" ")
}

/// Places in our own scripts: `index-C3f.js:1:2345`. Of where they were loaded from, and of all else, nothing.
pub(crate) fn frames(stack: &str) -> Vec<String> {
    let text: String = stack.chars().take(4 * LONGEST_TEXT).collect();
    let frame = |line: &str| {
        let (_, script) = line.rsplit_once("/assets/")?;
        let script = script.trim_end_matches(')');
        let (rest, column) = script.rsplit_once(':')?;
        let (file, row) = rest.rsplit_once(':')?;
        let number = |n: &str| !n.is_empty() && n.len() <= 7 && n.bytes().all(|b| b.is_ascii_digit());
        let stem = file.strip_suffix(".js")?;
        let named = stem.len() <= 40 && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        (named && !long_number(stem) && number(row) && number(column)).then(|| script.to_owned())
    };
    text.lines().filter_map(frame).take(12).collect()
}

/// Nine digits in a row: a part of an account id.
fn long_number(text: &str) -> bool {
    let mut digits = 0;
    text.bytes().any(|b| {
        digits = if b.is_ascii_digit() { digits + 1 } else { 0 };
        digits >= 9
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_has_the_same_placeholder() {
        let mut placeholders = Placeholders::default();
        let told = ["prod", "dev", "prod"].map(|name| placeholders.of("profile", name));
        assert_eq!(told, ["profile-1", "profile-2", "profile-1"]);
        assert_eq!(placeholders.of("account", "prod"), "account-1");
    }

    #[test]
    fn codes_and_regions_are_let_through_and_what_only_looks_so_is_not() {
        for code in ["ThrottlingException", "GetPipelineState", "InvalidClientTokenId", "Http503"] {
            assert_eq!(identifier(code), code);
        }
        for other in ["", "123456789012", "AKIA1234567890123", "arn:aws:iam::1:role/x", "a b", "a-b", &"x".repeat(65)] {
            assert_eq!(identifier(other), "(other)", "{other}");
        }
        let mut placeholders = Placeholders::default();
        for name in ["eu-west-1", "ap-northeast-2", "us-gov-west-1"] {
            assert_eq!(region(name, &mut placeholders), name);
        }
        for name in ["prod", "jane-doe-x", "123456789012", "acme-secret-12", "/home/jane-1"] {
            assert!(region(name, &mut placeholders).starts_with("region-"), "{name}");
        }
    }

    #[test]
    fn a_message_keeps_its_words_and_loses_what_is_somebodys() {
        let names = HashSet::from(["checkout".to_owned()]);
        let said = words("Cannot read properties of undefined (reading 'foo') of checkout, Checkout-api", &names);
        assert_eq!(said, "Cannot read properties of undefined (reading 'foo') of … …");
        for hidden in [
            "arn:aws:codepipeline:eu-west-1:111122223333:web",
            "111122223333",
            "/home/jane/.aws/config",
            "C:\\Users\\jane",
            "jane@example.com",
            "https://example.com/x",
            "AKIAIOSFODNN7EXAMPLE",
            "(111122223333)",
            "결제",
        ] {
            assert_eq!(words(&format!("at {hidden} now"), &names), "at … now", "{hidden}");
        }
    }

    #[test]
    fn of_a_stack_only_places_in_our_scripts() {
        let stack = "Error: x\n    at f (tauri://localhost/assets/index-C3f_a.js:1:2345)\nfoo@http://127.0.0.1:7478/assets/rest-B1.js:2:10\n\
                     at /home/jane/secret.js:1:1\nat http://x/assets/../../111122223333.js:1:1\nat assets/x.js:1:1";
        assert_eq!(frames(stack), ["index-C3f_a.js:1:2345", "rest-B1.js:2:10"]);
        let names = HashSet::from(["checkout".to_owned()]);
        let said =
            agent("Mozilla/5.0 (X11; Linux x86_64) WebKit/605.1.15 jane@x green-0 a/111122223333 Checkout", &names);
        assert_eq!(said, "Mozilla/5.0 (X11; Linux x86_64) WebKit/605.1.15");
    }
}

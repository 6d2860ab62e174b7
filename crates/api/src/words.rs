//! What a person types to narrow a list: words to be found in a row, and words with a name before them
//! (`health:failed env:prod stage:Deploy`) that look at one thing. Deliberately not here: how words are found in a row
//! (`skydeck_store`), and the palette's search, which takes every word as it stands.
//!
//! A colon alone makes no name: an ARN, a time or an image with its tag stay words to be found.

use skydeck_domain::{Aspect, Health, Profile};
use skydeck_store::Need;

use crate::contract::board::Ununderstood;

/// Names that look at one thing, in the order in which they are offered.
pub(crate) const NAMES: [&str; 6] = ["health", "env", "profile", "account", "region", "stage"];

/// A text taken apart. Of one name any value fits; different names must all fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// The words to be found in a row.
    pub(crate) text: Option<String>,
    /// Healths and aspects; none lets every row through, an empty list none.
    pub(crate) needs: Option<Vec<Need>>,
    /// Beginnings of names of stages.
    pub(crate) stages: Vec<String>,
    environments: Vec<String>,
    profiles: Vec<String>,
    accounts: Vec<String>,
    regions: Vec<String>,
    /// What no row can fit, since there is no such value at all.
    pub(crate) not_understood: Vec<Ununderstood>,
}

impl Words {
    /// Takes a text apart. A value in quotes may hold spaces; several are parted by commas: `stage:"To prod",Deploy`.
    pub(crate) fn of(text: Option<&str>) -> Words {
        let mut words = Words::default();
        let mut found = Vec::new();
        for word in split(text.unwrap_or_default()) {
            match named(&word) {
                Some((name, values)) => words.take(name, values),
                None => found.push(word),
            }
        }
        words.text = Some(found.join(" ")).filter(|text| !text.trim().is_empty());
        words
    }

    fn take(&mut self, name: &str, values: &str) {
        let values = parted(values, ',').into_iter().map(|v| v.replace('"', "").trim().to_lowercase());
        let values: Vec<String> = values.filter(|v| !v.is_empty()).collect();
        if values.is_empty() {
            // Still being typed.
            return;
        }
        match name {
            "health" => {
                let needs = self.needs.get_or_insert_default();
                for value in values {
                    let before = needs.len();
                    needs.extend(needs_called(&value));
                    if needs.len() == before {
                        self.not_understood.push(Ununderstood { name: name.to_owned(), value, known: health_words() });
                    }
                }
            }
            "env" => self.environments.extend(values),
            "profile" => self.profiles.extend(values),
            "account" => self.accounts.extend(values),
            "region" => self.regions.extend(values),
            _ => self.stages.extend(values),
        }
    }

    /// Whether rows of that health and aspect are wanted.
    pub(crate) fn wants(&self, health: Health, aspect: Option<Aspect>) -> bool {
        self.needs.as_ref().is_none_or(|needs| needs.iter().any(|need| need.fits(health, aspect)))
    }

    /// Whether a profile is one of those that are named, if any is.
    pub(crate) fn fits(&self, profile: &Profile) -> bool {
        let any = |wanted: &[String], having: &[&str], how: fn(&str, &str) -> bool| {
            let fits = |value: &String| having.iter().any(|h| how(&h.to_lowercase(), value));
            wanted.is_empty() || wanted.iter().any(fits)
        };
        let names = Vec::from_iter([Some(profile.name.as_str()), profile.label.as_deref()].into_iter().flatten());
        any(&self.environments, &Vec::from_iter(profile.environment.as_deref()), |having, value| {
            having.starts_with(value)
        }) && any(&self.profiles, &names, |having, value| having.contains(value))
            && any(&self.accounts, &Vec::from_iter(profile.account.as_deref()), |having, value| {
                having.starts_with(value)
            })
    }

    /// Whether a Region is one of those that are named, if any is.
    pub(crate) fn fits_region(&self, region: &str) -> bool {
        self.regions.is_empty() || self.regions.iter().any(|value| region.contains(value.as_str()))
    }
}

fn needs_called(value: &str) -> Vec<Need> {
    let healths = Health::ALL.into_iter().filter(|h| h.word().starts_with(value)).map(Need::Health);
    let aspects = Aspect::ALL.into_iter().filter(|a| a.word().starts_with(value)).map(Need::Aspect);
    healths.chain(aspects).collect()
}

fn health_words() -> Vec<String> {
    let healths = Health::ALL.into_iter().map(Health::word);
    healths.chain(Aspect::ALL.into_iter().map(Aspect::word)).map(str::to_owned).collect()
}

/// The name and the values of a word, if it begins with one of the names.
fn named(word: &str) -> Option<(&'static str, &str)> {
    let (name, values) = word.split_once(':')?;
    let name = name.to_lowercase();
    let long = match name.as_str() {
        "environment" => "env",
        name => name,
    };
    NAMES.into_iter().find(|known| *known == long).map(|known| (known, values))
}

/// The words of a text: parted by spaces, but for those between quotes.
fn split(text: &str) -> Vec<String> {
    let text: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    parted(&text, ' ').into_iter().filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A text cut at a character, but for where it stands between quotes; a quote that does not close closes at the end.
fn parted(text: &str, at: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == at && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use skydeck_domain::{Colour, ProfileKind, Protection, SignIn, SignInState};

    use super::*;

    fn of(text: &str) -> Words {
        Words::of(Some(text))
    }

    #[test]
    fn words_with_a_name_are_taken_out_and_the_rest_is_looked_for() {
        let words = of(r#"checkout health:failed,wait stage:"To prod",dep env:prod  api"#);
        assert_eq!(words.text.as_deref(), Some("checkout api"));
        assert_eq!(words.needs, Some(vec![Need::Health(Health::Failed), Need::Aspect(Aspect::Waiting)]));
        assert_eq!(words.stages, ["to prod", "dep"]);
        assert_eq!(words.environments, ["prod"]);
        assert!(words.not_understood.is_empty());
    }

    #[test]
    fn a_colon_alone_makes_no_name() {
        for text in [
            "arn:aws:codepipeline:eu-west-1:111122223333:web",
            "web:1.4.2",
            "12:30",
            ":",
            "https://example.com",
            "\"",
            "a\"b",
        ] {
            assert_eq!(of(text), Words { text: Some(text.to_owned()), ..Words::default() }, "{text}");
        }
        assert_eq!(of("  "), Words::default());
    }

    #[test]
    fn a_name_without_a_value_is_still_being_typed() {
        for text in ["health:", "env:,", "stage:\"\"", "HEALTH:"] {
            assert_eq!(of(text), Words::default(), "{text}");
        }
        // A quote that is not closed yet holds the rest.
        assert_eq!(of("stage:\"To pr").stages, ["to pr"]);
    }

    #[test]
    fn a_health_that_is_none_lets_no_row_through_and_is_said() {
        let words = of("health:borked");
        assert_eq!(words.needs, Some(vec![]));
        assert!(!words.wants(Health::Failed, None));
        let said = &words.not_understood[0];
        assert_eq!((said.name.as_str(), said.value.as_str()), ("health", "borked"));
        assert!(said.known.contains(&"failed".to_owned()) && said.known.contains(&"waiting".to_owned()));
        // Beside one that is one, that one counts.
        assert!(of("health:borked,failed").wants(Health::Failed, None));
    }

    #[test]
    fn profiles_and_regions_are_named_by_what_they_begin_with_or_hold() {
        let profile = Profile {
            name: "acme-prod".into(),
            kind: ProfileKind::Static,
            account: Some("111122223333".into()),
            identity: None,
            regions: vec![],
            protection: Protection::Open,
            protection_chosen: false,
            environment: Some("prod".into()),
            label: Some("Shop".into()),
            colour: Colour::Slate,
            shown: true,
            sso_session: None,
            sign_in: SignIn { state: SignInState::None, expires_at: None },
            error: None,
        };
        for fitting in ["", "env:pr", "env:dev,prod", "profile:ACME", "profile:shop", "account:1111 env:prod"] {
            assert!(of(fitting).fits(&profile), "{fitting}");
        }
        for other in ["env:rod", "env:dev", "profile:other", "account:3333", "account:1111 env:dev"] {
            assert!(!of(other).fits(&profile), "{other}");
        }
        assert!(of("region:eu").fits_region("eu-west-1") && !of("region:eu").fits_region("us-east-1"));
        assert!(of("").fits_region("us-east-1"));
    }
}

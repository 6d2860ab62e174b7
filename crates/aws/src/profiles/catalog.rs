//! What the config and the credentials file say together: profiles, SSO sessions and `services` sections, merged as the
//! AWS CLI merges them (the credentials file's values win), each value with its file and line.
//!
//! Deliberately elsewhere: the grammar ([`super::ini`]), how a profile gets its credentials ([`super::source`]).

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use skydeck_domain::ErrorInfo;

use super::{
    ini::{self, Ini},
    words,
};

/// Both files, read.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    /// In the order of the files.
    pub(crate) profiles: Vec<Section>,
    pub(crate) sso_sessions: BTreeMap<String, Section>,
    pub(crate) services: BTreeMap<String, Section>,
    pub(crate) problems: Vec<ErrorInfo>,
}

/// A named section with its values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) place: Place,
    values: BTreeMap<String, Value>,
    /// Values of the config file that the credentials file has too.
    shadowed: BTreeMap<String, Value>,
}

/// File and line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: Arc<PathBuf>,
    pub(crate) line: usize,
    /// Whether it is the credentials file: keys there win over `credential_process`, keys in the config file do not.
    pub(crate) credentials: bool,
}

#[derive(Debug, Clone)]
struct Value {
    place: Place,
    text: String,
    nested: BTreeMap<String, String>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, line {}", self.file.display(), self.line)
    }
}

impl Section {
    /// A value, unless it is absent or empty.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|v| v.text.as_str()).filter(|t| !t.is_empty())
    }

    /// A value of one of the two files alone: a key, its secret and its token belong together only within a file.
    pub(crate) fn get_in(&self, key: &str, credentials: bool) -> Option<&str> {
        let found = [self.values.get(key), self.shadowed.get(key)];
        let there = found.into_iter().flatten().find(|v| v.place.credentials == credentials);
        there.map(|v| v.text.as_str()).filter(|t| !t.is_empty())
    }

    /// Where a value stands; where the section stands if there is none.
    pub(crate) fn place_of(&self, key: &str) -> &Place {
        self.values.get(key).map_or(&self.place, |v| &v.place)
    }

    /// The values of one key in all nested blocks, by block.
    pub(crate) fn nested_values(&self, inner: &str) -> BTreeMap<String, String> {
        let blocks = self.values.iter().filter_map(|(k, v)| Some((k.clone(), v.nested.get(inner)?.clone())));
        blocks.filter(|(_, v)| !v.is_empty()).collect()
    }

    /// An error about this profile, with the place.
    pub(crate) fn fault(&self, key: &str, what: impl std::fmt::Display) -> ErrorInfo {
        problem(self.place_of(key), format_args!("profile `{}` {what}", self.name))
    }
}

/// A configuration error with its place.
pub(crate) fn problem(place: &Place, what: impl std::fmt::Display) -> ErrorInfo {
    ErrorInfo { code: "ConfigError".into(), message: format!("{place}: {what}."), operation: None }
}

/// Keys that only a profile has: a section with one of them and no `profile` in its header is a slip.
const PROFILE_KEYS: &[&str] =
    &["aws_access_key_id", "credential_process", "role_arn", "sso_account_id", "sso_session", "sso_start_url"];

impl Catalog {
    /// The profile of that name.
    pub(crate) fn profile(&self, name: &str) -> Option<&Section> {
        self.profiles.iter().find(|p| p.name == name)
    }

    /// Adds the text of the config file.
    pub(crate) fn add_config(&mut self, path: &Path, text: &str) {
        let file = Arc::new(path.to_path_buf());
        for section in self.sections(&file, false, text) {
            let place = section.place.clone();
            let Some(parts) = words::split(&section.name) else {
                self.problems.push(problem(&place, format_args!("[{}] has a quote that is not closed", section.name)));
                continue;
            };
            match parts.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["default"] => self.put_profile(Section { name: "default".into(), ..section }),
                ["profile", name] => self.put_profile(Section { name: name.into(), ..section }),
                ["sso-session", name] => {
                    self.sso_sessions.insert(name.into(), Section { name: name.into(), ..section });
                }
                ["services", name] => {
                    self.services.insert(name.into(), Section { name: name.into(), ..section });
                }
                [word @ ("profile" | "sso-session" | "services"), ..] => {
                    let what = format_args!("[{}] must have one name; write [{word} \"a name\"]", section.name);
                    self.problems.push(problem(&place, what));
                }
                _ if PROFILE_KEYS.iter().any(|k| section.get(k).is_some()) => {
                    let what = format_args!("[{0}] is not read as a profile; write [profile {0}]", section.name);
                    self.problems.push(problem(&place, what));
                }
                _ => {}
            }
        }
    }

    /// Adds the text of the credentials file, after the config file.
    pub(crate) fn add_credentials(&mut self, path: &Path, text: &str) {
        let file = Arc::new(path.to_path_buf());
        for section in self.sections(&file, true, text) {
            if section.name.starts_with("profile ") {
                let what = format_args!(
                    "in this file [{}] names a profile `{}`; write the name alone",
                    section.name, section.name
                );
                self.problems.push(problem(&section.place, what));
            }
            match self.profiles.iter_mut().find(|p| p.name == section.name) {
                Some(profile) => {
                    for (key, value) in section.values {
                        if let Some(before) = profile.values.insert(key.clone(), value) {
                            profile.shadowed.insert(key, before);
                        }
                    }
                }
                None => self.profiles.push(section),
            }
        }
    }

    /// `[default]` and `[profile default]` are the same profile: the later one counts, whole, as in the AWS CLI.
    fn put_profile(&mut self, profile: Section) {
        match self.profiles.iter_mut().find(|p| p.name == profile.name) {
            Some(before) => {
                let what = format_args!(
                    "profile `{}` is already in line {}; this one counts. Delete one",
                    profile.name, before.place.line
                );
                self.problems.push(problem(&profile.place, what));
                *before = profile;
            }
            None => self.profiles.push(profile),
        }
    }

    fn sections(&mut self, file: &Arc<PathBuf>, credentials: bool, text: &str) -> Vec<Section> {
        let Ini { sections, faults } = ini::parse(text);
        let place = |line| Place { file: file.clone(), line, credentials };
        self.problems.extend(faults.into_iter().map(|f| problem(&place(f.line), f.text)));
        sections
            .into_iter()
            .map(|s| Section {
                name: s.header,
                place: place(s.line),
                shadowed: BTreeMap::new(),
                values: s
                    .keys
                    .into_iter()
                    .map(|(k, v)| (k, Value { place: place(v.line), text: v.text, nested: v.nested }))
                    .collect(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(config: &str, credentials: &str) -> Catalog {
        let mut catalog = Catalog::default();
        catalog.add_config(Path::new("config"), config);
        catalog.add_credentials(Path::new("credentials"), credentials);
        catalog
    }

    #[test]
    fn names_profiles_as_the_aws_cli_does() {
        let catalog = read(
            "[default]\nregion=a\n[profile dev]\nregion=b\n[profile \"two words\"]\nregion=c\n\
             [plugins]\ncli=x\n[sso-session corp]\nsso_region=d\n[services local]\nsts =\n  endpoint_url = http://x\n",
            "[dev]\naws_access_key_id=k\n[only-keys]\naws_access_key_id=k\n",
        );
        let names: Vec<_> = catalog.profiles.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["default", "dev", "two words", "only-keys"]);
        assert_eq!(catalog.sso_sessions["corp"].get("sso_region"), Some("d"));
        assert_eq!(catalog.services["local"].nested_values("endpoint_url")["sts"], "http://x");
        assert_eq!(catalog.problems, []);
    }

    #[test]
    fn the_credentials_file_wins_value_by_value() {
        let catalog = read("[profile dev]\nregion=a\naws_access_key_id=c1\n", "[dev]\naws_access_key_id=c2\n");
        let dev = catalog.profile("dev").expect("dev");
        assert_eq!((dev.get("region"), dev.get("aws_access_key_id")), (Some("a"), Some("c2")));
        assert!(dev.place_of("aws_access_key_id").credentials && !dev.place_of("region").credentials);
    }

    #[test]
    fn slips_are_told_with_file_line_and_cure() {
        let cases: &[(&str, &str, &str)] = &[
            ("\n[dev]\nrole_arn = x\n", "", "config, line 2: [dev] is not read as a profile; write [profile dev]"),
            ("[profile a b]\nregion=x\n", "", "config, line 1: [profile a b] must have one name"),
            ("[profile 'a]\nregion=x\n", "", "config, line 1: [profile 'a] has a quote that is not closed"),
            (
                "[default]\nregion=x\n[profile default]\nregion=y",
                "",
                "config, line 3: profile `default` is already in line 1",
            ),
            ("", "[profile dev]\naws_access_key_id=x\n", "credentials, line 1: in this file [profile dev] names"),
            ("[profile a]\nnonsense\n", "", "config, line 2: this line is neither"),
        ];
        for (config, credentials, want) in cases {
            let catalog = read(config, credentials);
            assert_eq!(catalog.problems.len(), 1, "{want}: {:?}", catalog.problems);
            assert!(catalog.problems[0].message.starts_with(want), "{want}: {:?}", catalog.problems);
        }
    }

    #[test]
    fn the_later_default_counts_whole() {
        let catalog = read("[default]\nregion=a\nrole_arn=x\n[profile default]\nregion=b\n", "");
        let default = catalog.profile("default").expect("default");
        assert_eq!((default.get("region"), default.get("role_arn")), (Some("b"), None));
    }
}

//! What a front needs to start, and the user's settings: those of the front, and by key those of profiles.

use serde_json::{Value, json};
use skydeck_domain::{Colour, Profile, Protection};
use skydeck_engine::ProfileChange;

use crate::{
    contract::{
        ApiError, Code,
        attention::Attention,
        calls::Nothing,
        settings::{Boot, Settings, SettingsPatch, Theme},
    },
    host::Host,
};

pub(super) const THEME: &str = "theme";
pub(super) const LANGUAGE: &str = "language";
pub(super) const ATTENTION: &str = "attention";
/// One key a view, so that a view that moved does not write the others again.
pub(super) const VIEW: &str = "view.";

impl Host {
    /// What a front needs to start.
    pub async fn boot(&self, _: Nothing) -> Result<Boot, ApiError> {
        Ok(Boot {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            demo: self.demo,
            first: self.is_first().await?,
            settings: self.settings().await?,
            notices: self.notices.clone(),
            now: self.engine.now(),
        })
    }

    pub(super) async fn settings(&self) -> Result<Settings, ApiError> {
        let mut kept = self.engine.ledger().settings().await?;
        // A value that another version wrote and this one does not know is as if it were not set.
        let theme = kept.remove(THEME).and_then(|v| serde_json::from_value::<Theme>(v).ok()).unwrap_or_default();
        let language = kept.remove(LANGUAGE).and_then(|v| v.as_str().map(str::to_owned));
        let attention = kept.remove(ATTENTION).and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default();
        let views = kept.into_iter().filter_map(|(k, v)| Some((k.strip_prefix(VIEW)?.to_owned(), v))).collect();
        Ok(Settings { theme, language, attention, views })
    }

    /// What the desktop is told; as it is by itself if that cannot be read.
    pub async fn attention(&self) -> Attention {
        self.settings().await.map(|settings| settings.attention).unwrap_or_default()
    }

    /// Changes what the patch names, and nothing else: another front may have changed the rest meanwhile.
    pub async fn set_settings(&self, patch: SettingsPatch) -> Result<Nothing, ApiError> {
        let before = self.settings().await?;
        let mut changes: Vec<(String, Option<Value>)> = Vec::new();
        if let Some(theme) = patch.theme.filter(|theme| *theme != before.theme) {
            changes.push((THEME.to_owned(), Some(json!(theme))));
        }
        let language = patch.language.map(|l| Some(l).filter(|l| !l.is_empty()));
        if let Some(language) = language.filter(|language| *language != before.language) {
            changes.push((LANGUAGE.to_owned(), language.map(|l| json!(l))));
        }
        if let Some(attention) = patch.attention.filter(|attention| *attention != before.attention) {
            changes.push((ATTENTION.to_owned(), Some(json!(attention))));
        }
        for (view, state) in patch.views {
            let state = Some(state).filter(|state| !state.is_null());
            if before.views.get(&view) != state.as_ref() {
                changes.push((format!("{VIEW}{view}"), state));
            }
        }
        if !changes.is_empty() {
            let changes: Vec<_> = changes.iter().map(|(key, value)| (key.as_str(), value.as_ref())).collect();
            self.engine.set_settings(changes).await?;
        }
        Ok(Nothing {})
    }

    /// Every setting by its key, as `skydeckctl settings get` shows them.
    pub async fn settings_by_key(&self) -> Result<Vec<(String, Value)>, ApiError> {
        let settings = self.settings().await?;
        let mut all = vec![(THEME.to_owned(), json!(settings.theme)), (LANGUAGE.to_owned(), json!(settings.language))];
        for profile in self.engine.profiles().await.0 {
            all.extend(PROFILE_KEYS.map(|key| (format!("profile.{}.{key}", profile.name), value_of(&profile, key))));
        }
        Ok(all)
    }

    /// Sets one setting from text, as `skydeckctl settings set KEY VALUE` does; an empty text takes it away.
    pub async fn set_setting_by_key(&self, key: &str, text: &str) -> Result<(), ApiError> {
        match SettingKey::parse(key)? {
            SettingKey::Theme => {
                let theme: Theme = word(key, if text.is_empty() { "system" } else { text })?;
                Ok(self.engine.set_setting(THEME, Some(&json!(theme))).await?)
            }
            SettingKey::Language => match text {
                "" => Ok(self.engine.set_setting(LANGUAGE, None).await?),
                "en" | "ko" => Ok(self.engine.set_setting(LANGUAGE, Some(&json!(text))).await?),
                _ => Err(unfit(key, text, "en, ko, or nothing for the system's")),
            },
            SettingKey::Profile { name, member } => self.set_profile_member(key, &name, member, text).await,
        }
    }

    async fn set_profile_member(&self, key: &str, name: &str, member: &str, text: &str) -> Result<(), ApiError> {
        let mut change = ProfileChange::default();
        let list = || text.split(',').map(|r| r.trim().to_owned()).filter(|r| !r.is_empty()).collect::<Vec<_>>();
        match member {
            "label" => change.label = Some(text.to_owned()),
            "environment" => change.environment = Some(text.to_owned()),
            "regions" => change.regions = Some(list()),
            "colour" => change.colour = Some(word::<Colour>(key, text)?),
            "protection" => change.protection = Some(word::<Protection>(key, text)?),
            _ => return self.set_shown(key, name, text).await,
        }
        Ok(self.engine.set_profile(name, change).await?)
    }

    async fn set_shown(&self, key: &str, name: &str, text: &str) -> Result<(), ApiError> {
        let shown = match text {
            "true" => true,
            "false" => false,
            _ => return Err(unfit(key, text, "true, false")),
        };
        let profiles = self.engine.profiles().await.0;
        if !profiles.iter().any(|p| p.name == name) {
            return Err(ApiError::new(Code::Invalid, format!("There is no profile `{name}`.")));
        }
        let now_shown = |p: &Profile| if p.name == name { shown } else { p.shown };
        let names: Vec<String> = profiles.iter().filter(|p| now_shown(p)).map(|p| p.name.clone()).collect();
        Ok(self.engine.show(&names).await?)
    }
}

/// What is kept of a profile, by the last part of its key.
const PROFILE_KEYS: [&str; 6] = ["label", "colour", "environment", "regions", "protection", "shown"];

fn value_of(profile: &Profile, key: &str) -> Value {
    match key {
        "label" => json!(profile.label),
        "colour" => json!(profile.colour),
        "environment" => json!(profile.environment),
        "regions" => json!(profile.regions),
        "protection" => json!(profile.protection),
        _ => json!(profile.shown),
    }
}

/// A setting as named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingKey {
    /// `theme`.
    Theme,
    /// `language`.
    Language,
    /// `profile.<name>.<member>`.
    Profile {
        /// The profile; its name may hold dots.
        name: String,
        /// One of the six that are kept of a profile.
        member: &'static str,
    },
}

impl SettingKey {
    /// Reads a key.
    pub fn parse(key: &str) -> Result<SettingKey, ApiError> {
        let of_profile = || {
            let (name, member) = key.strip_prefix("profile.")?.rsplit_once('.')?;
            let member = PROFILE_KEYS.into_iter().find(|k| *k == member)?;
            (!name.is_empty()).then(|| SettingKey::Profile { name: name.to_owned(), member })
        };
        match key {
            THEME => Ok(SettingKey::Theme),
            LANGUAGE => Ok(SettingKey::Language),
            _ => of_profile().ok_or_else(|| {
                let keys = PROFILE_KEYS.join("|");
                let what = format!("There is no setting `{key}`. Settings: theme, language, profile.NAME.({keys}).");
                ApiError::new(Code::Invalid, what)
            }),
        }
    }
}

/// A word of an enum of the contract; an error names those there are.
fn word<T: serde::de::DeserializeOwned>(key: &str, text: &str) -> Result<T, ApiError> {
    serde_json::from_value(json!(text)).map_err(|e| {
        // serde's own words name the variants: "unknown variant `x`, expected one of `open`, …".
        let told = e.to_string();
        unfit(key, text, told.split_once("expected ").map_or("another word", |(_, e)| e.trim_start_matches("one of ")))
    })
}

fn unfit(key: &str, text: &str, wanted: &str) -> ApiError {
    ApiError::new(Code::Invalid, format!("`{text}` is no value of `{key}`. It takes: {wanted}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let profile = |name: &str, member| SettingKey::Profile { name: name.to_owned(), member };
        for (key, want) in [
            ("theme", Some(SettingKey::Theme)),
            ("language", Some(SettingKey::Language)),
            ("profile.prod.protection", Some(profile("prod", "protection"))),
            ("profile.team.a.regions", Some(profile("team.a", "regions"))),
            ("profile.prod.secret", None),
            ("profile..label", None),
            ("profile.prod", None),
            ("view.board", None),
        ] {
            assert_eq!(SettingKey::parse(key).ok(), want, "{key}");
        }
    }

    #[test]
    fn a_wrong_word_is_answered_with_the_right_ones() {
        let error = word::<Protection>("profile.prod.protection", "ajar").unwrap_err();
        assert!(error.message.contains("`open`") && error.message.contains("`read-only`"), "{error}");
        assert_eq!(word::<Theme>("theme", "dark").ok(), Some(Theme::Dark));
    }
}

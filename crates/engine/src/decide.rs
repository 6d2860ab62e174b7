//! The user's decisions: profiles, what is shown, locks, marks. Each is in the ledger with who and when.

use chrono::TimeDelta;
use skydeck_domain::{Colour, Lock, MarkValue, Profile, Protection, Timestamp};
use skydeck_store::{By, Export, ProfileSettings};

use crate::{
    Engine,
    error::{ActError, EngineError},
};

/// What to change about a profile; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// Own name; empty takes it away.
    pub label: Option<String>,
    /// Hue.
    pub colour: Option<Colour>,
    /// Environment; empty takes it away.
    pub environment: Option<String>,
    /// Regions; empty is the profile's own.
    pub regions: Option<Vec<String>>,
    /// Protection.
    pub protection: Option<Protection>,
}

impl Engine {
    fn by(&self) -> By {
        By { who: self.user.clone(), at: self.now() }
    }

    /// Changes what is kept about a profile.
    pub async fn set_profile(&self, name: &str, change: ProfileChange) -> Result<(), EngineError> {
        let mut settings = self.settings_of(name).await?;
        let text = |t: String| Some(t.trim().to_owned()).filter(|t| !t.is_empty());
        if let Some(label) = change.label {
            settings.label = text(label);
        }
        if let Some(environment) = change.environment {
            settings.environment = text(environment);
        }
        if let Some(regions) = change.regions {
            settings.regions = regions;
        }
        settings.colour = change.colour.or(settings.colour);
        settings.protection = change.protection.or(settings.protection);
        self.ledger().put_profiles(&[settings], &self.by()).await?;
        self.profiles_moved();
        Ok(())
    }

    /// Shows these profiles and no others.
    pub async fn show(&self, names: &[String]) -> Result<(), EngineError> {
        let (profiles, _) = self.profiles().await;
        self.choose(&profiles, names, false).await
    }

    /// The choice of who starts for the first time: it is on record for every profile, so that the next start is no first.
    pub async fn show_at_first(&self, names: &[String]) -> Result<(), EngineError> {
        let (profiles, _) = self.profiles().await;
        self.choose(&profiles, names, true).await
    }

    async fn choose(&self, profiles: &[Profile], names: &[String], each: bool) -> Result<(), EngineError> {
        if let Some(name) = names.iter().find(|n| !profiles.iter().any(|p| &p.name == *n)) {
            let found: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
            return Err(EngineError::NoSuchProfile { name: name.clone(), found: found.join(", ") });
        }
        let kept = self.ledger().profiles().await?;
        let moved = profiles.iter().filter(|profile| each || profile.shown != names.contains(&profile.name));
        let settings: Vec<ProfileSettings> = moved
            .map(|profile| {
                let kept = kept.iter().find(|s| s.name == profile.name).cloned();
                let fresh = || ProfileSettings { name: profile.name.clone(), ..ProfileSettings::default() };
                ProfileSettings { shown: names.contains(&profile.name), ..kept.unwrap_or_else(fresh) }
            })
            .collect();
        // All in one: a choice of profiles is one decision, and the view waits for it.
        self.ledger().put_profiles(&settings, &self.by()).await?;
        self.profiles_moved();
        Ok(())
    }

    /// Forgets what was set for profiles, but for which of them are shown: nothing more is read by it than before.
    pub async fn reset_profiles(&self) -> Result<(), EngineError> {
        let kept = self.ledger().profiles().await?;
        let fresh =
            kept.into_iter().map(|s| ProfileSettings { name: s.name, shown: s.shown, ..ProfileSettings::default() });
        self.ledger().put_profiles(&fresh.collect::<Vec<_>>(), &self.by()).await?;
        self.profiles_moved();
        Ok(())
    }

    fn profiles_moved(&self) {
        self.scopes_moved.store(true, std::sync::atomic::Ordering::SeqCst);
        self.event_bus().changed(["profiles", "board", "rows", "sources"]);
    }

    /// The settings of a profile that exists, kept or not yet.
    async fn settings_of(&self, name: &str) -> Result<ProfileSettings, EngineError> {
        if let Some(kept) = self.ledger().profile(name).await? {
            return Ok(kept);
        }
        let (profiles, _) = self.profiles().await;
        match profiles.iter().find(|p| p.name == name) {
            Some(profile) => {
                Ok(ProfileSettings { name: name.to_owned(), shown: profile.shown, ..ProfileSettings::default() })
            }
            None => {
                let found: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
                Err(EngineError::NoSuchProfile { name: name.to_owned(), found: found.join(", ") })
            }
        }
    }

    /// Locks a thing (row id or ARN) until it is unlocked, or until an instant.
    pub async fn lock_thing(&self, id: &str, reason: &str, until: Option<Timestamp>) -> Result<Lock, ActError> {
        let subject = match self.find_row(id, None).await {
            Ok((_, subject)) => subject,
            // What several profiles hold is one thing all the same: the lock holds it through each of them.
            Err(ActError::Ambiguous { .. }) => id.to_owned(),
            Err(other) => return Err(other),
        };
        self.put_lock(subject, reason, until).await
    }

    /// Locks an environment.
    pub async fn lock_environment(&self, name: &str, reason: &str, until: Option<Timestamp>) -> Result<Lock, ActError> {
        self.put_lock(format!("environment:{name}"), reason, until).await
    }

    async fn put_lock(&self, subject: String, reason: &str, until: Option<Timestamp>) -> Result<Lock, ActError> {
        if reason.trim().is_empty() {
            return Err(ActError::Invalid("A lock needs a reason: it is shown to whoever meets it.".into()));
        }
        let at = self.now();
        if until.is_some_and(|until| until - at < TimeDelta::zero()) {
            return Err(ActError::Invalid("The end of the lock has already passed.".into()));
        }
        let lock = Lock { subject, reason: reason.trim().to_owned(), at, until };
        self.ledger().lock(&lock, &self.by()).await?;
        self.event_bus().changed(["locks"]);
        Ok(lock)
    }

    /// Takes the lock of a subject (ARN form, or `environment:<name>`) away. False if there was none.
    pub async fn unlock(&self, subject: &str, reason: Option<&str>) -> Result<bool, ActError> {
        let had = self.ledger().unlock(subject, reason, &self.by()).await?;
        self.event_bus().changed(["locks"]);
        Ok(had)
    }

    /// Marks a version (`<of_arn>#<run_id>`).
    pub async fn mark(&self, subject: &str, value: Option<MarkValue>, reason: Option<&str>) -> Result<(), ActError> {
        self.ledger().set_mark(subject, value, reason, &self.by()).await?;
        self.event_bus().changed(["marks"]);
        Ok(())
    }

    /// Keeps a setting.
    pub async fn set_setting(&self, key: &str, value: Option<&serde_json::Value>) -> Result<(), EngineError> {
        self.ledger().set_setting(key, value, &self.by()).await?;
        self.event_bus().changed(["settings"]);
        Ok(())
    }

    /// Keeps or forgets settings: all of these, or none if one cannot be written.
    pub async fn set_settings<'a, I>(&self, changes: I) -> Result<(), EngineError>
    where
        I: IntoIterator<Item = (&'a str, Option<&'a serde_json::Value>)>,
    {
        self.ledger().set_settings(changes, &self.by()).await?;
        self.event_bus().changed(["settings"]);
        Ok(())
    }

    /// Takes over settings that were exported.
    pub async fn import_settings(&self, import: &Export) -> Result<(), EngineError> {
        self.ledger().import(import, &self.by()).await?;
        self.event_bus().changed(["settings", "marks", "locks"]);
        self.profiles_moved();
        Ok(())
    }
}

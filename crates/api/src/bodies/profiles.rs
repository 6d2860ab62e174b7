//! The profiles, what the user decided about them, and which are shown.

use std::collections::BTreeMap;

use skydeck_domain::Timestamp;
use skydeck_engine::ProfileChange;

use crate::{
    contract::{
        ApiError,
        calls::Nothing,
        profiles::{ProfilePatch, Profiles, ShowParams},
    },
    host::Host,
};

impl Host {
    /// The profiles.
    pub async fn profiles(&self, _: Nothing) -> Result<Profiles, ApiError> {
        let (profiles, problems) = self.engine.profiles().await;
        let mut read_at: BTreeMap<String, Timestamp> = BTreeMap::new();
        for source in self.engine.sources().await {
            if let Some(at) = source.fresh_at() {
                let newest = read_at.entry(source.id.profile).or_insert(at);
                *newest = at.max(*newest);
            }
        }
        let config_path = self.config_path.clone();
        Ok(Profiles { profiles, problems, config_path, read_at, now: self.engine.now() })
    }

    /// The profiles, after asking STS who each of them is. What was refused stands in the profile's error.
    pub async fn identified_profiles(&self) -> Result<Profiles, ApiError> {
        let mut refused = self.engine.identify().await;
        let mut told = self.profiles(Nothing {}).await?;
        for profile in told.profiles.iter_mut().filter(|p| p.error.is_none()) {
            profile.error = refused.remove(&profile.name);
        }
        Ok(told)
    }

    /// Changes what is kept about a profile.
    pub async fn set_profile(&self, patch: ProfilePatch) -> Result<Profiles, ApiError> {
        let change = ProfileChange {
            label: patch.label,
            colour: patch.colour,
            environment: patch.environment,
            regions: patch.regions,
            protection: patch.protection,
        };
        self.engine.set_profile(&patch.name, change).await?;
        self.profiles(Nothing {}).await
    }

    /// Ends the first start of a home: these profiles are shown, and AWS is read from now on. Any number of times.
    pub async fn welcome(&self, params: ShowParams) -> Result<Profiles, ApiError> {
        self.engine.show_at_first(&params.profiles).await?;
        self.begin_first().await?;
        self.profiles(Nothing {}).await
    }

    /// Chooses the profiles shown.
    pub async fn show(&self, params: ShowParams) -> Result<Profiles, ApiError> {
        self.engine.show(&params.profiles).await?;
        self.profiles(Nothing {}).await
    }
}

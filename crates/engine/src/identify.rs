//! Asking STS who the profiles are, all at once, for a list that tells the truth before anything was read.

use std::collections::HashMap;

use futures::{StreamExt as _, stream};
use skydeck_domain::ErrorInfo;

use crate::Engine;

/// Profiles asked at the same time: a hundred of them must neither queue up for minutes nor flood the SSO portal.
const AT_ONCE: usize = 12;

/// Region whose STS is asked where the profile names none.
const ANYWHERE: &str = "us-east-1";

impl Engine {
    /// Asks for the account and identity of every profile and remembers them. The errors, by profile.
    pub async fn identify(&self) -> HashMap<String, ErrorInfo> {
        let (profiles, _) = self.profiles().await;
        let asked = profiles.into_iter().filter(|p| p.error.is_none()).map(|profile| async move {
            let region = profile.regions.first().map_or(ANYWHERE, String::as_str);
            match self.aws().session(&profile.name, region).await {
                Ok(session) => {
                    self.note_session(&session);
                    None
                }
                Err(error) => Some((profile.name, error.info)),
            }
        });
        stream::iter(asked).buffer_unordered(AT_ONCE).filter_map(|told| async { told }).collect().await
    }
}

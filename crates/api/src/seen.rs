//! What a list looks at: the scopes it shows, the profiles they belong to, and how fresh their sources are.

use std::collections::{HashMap, HashSet};

use skydeck_domain::{Colour, Profile, Resource, Scope, SourceId, SourceState, SourceStatus, Timestamp};
use skydeck_engine::{profiles::visible_scopes, services};
use skydeck_store::Standing;

use crate::{
    contract::{ApiError, Code, board::UnreadSource},
    host::Host,
    policy,
    words::Words,
};

/// Rows of a source that was read only in part are stale once they are this much older than that read: the full reads
/// are a quarter of an hour apart, and one may just have missed them.
const PARTLY: chrono::TimeDelta = chrono::TimeDelta::minutes(20);

/// See the file's head.
pub(crate) struct Seen {
    /// All profiles.
    pub(crate) profiles: Vec<Profile>,
    /// Scopes shown: one profile for each account × Region.
    pub(crate) scopes: Vec<Scope>,
    /// Those of the scopes, and of those that were only left out by words: whether anything was read does not depend on them.
    sources: HashMap<SourceId, SourceStatus>,
    pub(crate) now: Timestamp,
}

impl Host {
    /// What is shown: of the shown profiles, or of the named ones; in their Regions, or in the named ones.
    pub(crate) async fn seen(&self, profiles: &[String], regions: &[String]) -> Result<Seen, ApiError> {
        self.seen_by(profiles, regions, &Words::default()).await
    }

    /// The same, narrowed to the profiles and Regions that the words name.
    pub(crate) async fn seen_by(
        &self,
        profiles: &[String],
        regions: &[String],
        words: &Words,
    ) -> Result<Seen, ApiError> {
        let (all, _) = self.engine.profiles().await;
        let mut chosen = chosen(&all, profiles)?;
        if !regions.is_empty() {
            for profile in &mut chosen {
                profile.regions = regions.to_vec();
            }
        }
        Ok(self.seen_with(all, chosen, words).await)
    }

    /// As [`Host::seen_by`], but of everything that was ever read, also in Regions that are not the profile's own any more.
    pub(crate) async fn seen_ever(
        &self,
        profiles: &[String],
        regions: &[String],
        words: &Words,
    ) -> Result<Seen, ApiError> {
        let (all, _) = self.engine.profiles().await;
        let mut chosen = chosen(&all, profiles)?;
        let read: HashSet<Scope> = self
            .engine
            .sources()
            .await
            .into_iter()
            .filter(|s| s.rows > 0 || s.read_at.is_some())
            .map(|s| s.id.scope())
            .collect();
        for profile in &mut chosen {
            let mut known: Vec<String> =
                read.iter().filter(|s| s.profile == profile.name).map(|s| s.region.clone()).collect();
            known.retain(|r| regions.is_empty() || regions.contains(r));
            known.sort();
            profile.regions = known;
        }
        Ok(self.seen_with(all, chosen, words).await)
    }

    async fn seen_with(&self, profiles: Vec<Profile>, mut chosen: Vec<Profile>, words: &Words) -> Seen {
        let everything = visible_scopes(&chosen);
        // Narrowed before it is told which profile shows an account that several reach: the one that is named does.
        chosen.retain(|profile| words.fits(profile));
        chosen.iter_mut().for_each(|profile| profile.regions.retain(|region| words.fits_region(region)));
        let scopes = visible_scopes(&chosen);
        let known: HashSet<&Scope> = everything.iter().chain(&scopes).collect();
        let sources = self.engine.sources().await.into_iter().filter(|s| known.contains(&s.id.scope()));
        let sources = sources.map(|s| (s.id.clone(), s)).collect();
        Seen { profiles, scopes, sources, now: self.engine.now() }
    }
}

/// The named profiles, or the shown ones, as if they were all there is.
fn chosen(all: &[Profile], names: &[String]) -> Result<Vec<Profile>, ApiError> {
    if let Some(name) = names.iter().find(|n| !all.iter().any(|p| &p.name == *n)) {
        let found: Vec<&str> = all.iter().map(|p| p.name.as_str()).collect();
        let message = format!("There is no profile `{name}`. Profiles found: {}.", found.join(", "));
        return Err(ApiError::new(Code::Invalid, message));
    }
    let mut chosen: Vec<Profile> =
        all.iter().filter(|p| if names.is_empty() { p.shown } else { names.contains(&p.name) }).cloned().collect();
    for profile in &mut chosen {
        profile.shown = true;
    }
    Ok(chosen)
}

impl Seen {
    /// The profile of that name.
    pub(crate) fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|p| p.name == name)
    }

    /// The hue of a profile; one that is in no file any more has that of things past.
    pub(crate) fn colour(&self, profile: &str) -> Colour {
        self.profile(profile).map_or(Colour::Slate, |p| p.colour)
    }

    /// The source of a row.
    pub(crate) fn source_of(&self, row: &Resource) -> Option<&SourceStatus> {
        self.source(&row.profile, &row.region, &row.service)
    }

    pub(crate) fn source(&self, profile: &str, region: &str, service: &str) -> Option<&SourceStatus> {
        self.sources.get(&SourceId { profile: profile.into(), region: region.into(), service: service.into() })
    }

    /// Whether a row's source cannot be read now, so that the row is as last read.
    pub(crate) fn is_stale(&self, row: &Resource) -> bool {
        self.source_of(row).is_some_and(|source| is_stale(source, row.read_at))
    }

    /// The same of a service's row of which only little is known.
    pub(crate) fn stands_stale(&self, service: &str, row: &Standing) -> bool {
        let source = self.source(&row.scope.profile, &row.scope.region, service);
        source.is_some_and(|source| is_stale(source, row.read_at))
    }

    /// Whether any row of a service can be stale.
    pub(crate) fn any_stale(&self, service: &str) -> bool {
        let mut of_service = self.sources.values().filter(|s| s.id.service == service);
        of_service.any(|s| !is_readable(s) || s.state == SourceState::Partial)
    }

    /// The scopes in which a service can be read now, and those in which it cannot.
    pub(crate) fn by_readable(&self, service: &str) -> (Vec<Scope>, Vec<Scope>) {
        self.scopes.iter().cloned().partition(|s| self.source(&s.profile, &s.region, service).is_none_or(is_readable))
    }

    /// Whether anything was ever read, of these kinds or at all.
    pub(crate) fn any_read(&self, kinds: &[String]) -> bool {
        self.sources_of(kinds).any(|s| s.read_at.is_some() || s.rows > 0)
    }

    /// Sources of these kinds (of all, if none is named) that could not be read whole, with what would help.
    pub(crate) fn unread(&self, kinds: &[String]) -> Vec<UnreadSource> {
        let scopes: HashSet<&Scope> = self.scopes.iter().collect();
        let mut unread: Vec<UnreadSource> = self
            .sources_of(kinds)
            .filter(|source| scopes.contains(&source.id.scope()))
            .filter_map(|source| {
                let cure = skydeck_insight::cure(source)?;
                let title = services::by_id(&source.id.service).map_or(source.id.service.as_str(), |s| s.spec().title);
                let policy =
                    (cure == skydeck_domain::Cure::Permission).then(|| policy::reading(&source.id.service)).flatten();
                Some(UnreadSource {
                    source: source.clone(),
                    service_title: title.to_owned(),
                    colour: self.colour(&source.id.profile),
                    cure,
                    policy,
                })
            })
            .collect();
        unread.sort_by(|a, b| a.source.id.cmp(&b.source.id));
        unread
    }

    /// The sources that fill these kinds; every source if none is named.
    pub(crate) fn sources_of<'a>(&'a self, kinds: &'a [String]) -> impl Iterator<Item = &'a SourceStatus> {
        let fills = |service: &str, kind: &str| kind.split_once('.').is_some_and(|(id, _)| id == service);
        self.sources.values().filter(move |s| kinds.is_empty() || kinds.iter().any(|k| fills(&s.id.service, k)))
    }
}

/// Whether a row that was read then is only as last read.
fn is_stale(source: &SourceStatus, row_read_at: Timestamp) -> bool {
    match (is_readable(source), source.state, source.read_at) {
        (false, ..) => true,
        (true, SourceState::Partial, Some(read_at)) => read_at - row_read_at > PARTLY,
        _ => false,
    }
}

/// Whether what is under way there is still watched. What was not tried yet is about to be; what is not available counts
/// as read, but rows from the time before it was switched off are watched by nobody.
fn is_readable(source: &SourceStatus) -> bool {
    matches!(source.state, SourceState::Ok | SourceState::Partial | SourceState::Pending)
}

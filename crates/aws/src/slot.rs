//! What is remembered of one profile's credentials: the present ones with their generation, and the last refusal.
//!
//! Every resolution is a new generation. An answer that was got with an older one is dropped by whoever asked for it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use aws_credential_types::Credentials;
use chrono::TimeDelta;
use skydeck_domain::{ErrorInfo, Timestamp};

use crate::{
    AwsError, ErrorClass,
    caller::Clients,
    classify::NOT_KNOWN_HERE,
    credentials::Identity,
    ground::Wire,
    limiter::lock,
    profiles::{Basis, Stamp},
};

/// A refusal is not asked for again this soon: many sources of a profile ask at once.
const REFUSAL_HOLDS: Duration = Duration::from_secs(5);

/// Credentials as they were resolved, and all that was made with them.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) generation: u64,
    pub(crate) credentials: Credentials,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) made_of: MadeOf,
    pub(crate) wire: Wire,
    resolved_at: Timestamp,
    /// Who STS said it is, by Region asked.
    pub(crate) identities: Mutex<HashMap<String, Identity>>,
    /// Regions where a service did not know them.
    doubted: Mutex<HashSet<String>>,
    /// Reading clients, by Region and service.
    pub(crate) clients: Mutex<HashMap<(String, &'static str), Arc<Clients>>>,
}

/// What credentials depend on: what the config says, and the SSO token's file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MadeOf {
    pub(crate) basis: Basis,
    pub(crate) token: Option<Stamp>,
}

impl Resolved {
    /// Whether they will do for a while: not within five minutes (or a quarter of a short life) of their end.
    fn fresh(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| {
            let margin = ((end - self.resolved_at) / 4).clamp(TimeDelta::zero(), TimeDelta::minutes(5));
            now < end - margin
        })
    }
}

/// One profile's place.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    state: Mutex<State>,
    /// Held while credentials are resolved or checked, so that this is done once for all who wait.
    pub(crate) resolving: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    generation: u64,
    resolved: Option<Arc<Resolved>>,
    refusal: Option<(AwsError, Instant, MadeOf)>,
}

impl Slot {
    /// The present generation; 0 before the first.
    pub(crate) fn generation(&self) -> u64 {
        lock(&self.state).generation
    }

    /// What was resolved from the same things and is still fresh.
    pub(crate) fn usable(&self, made_of: &MadeOf, now: Timestamp) -> Option<Arc<Resolved>> {
        lock(&self.state).resolved.clone().filter(|r| r.made_of == *made_of && r.fresh(now))
    }

    /// The last resolved, whether or not it is fresh.
    pub(crate) fn last(&self) -> Option<Arc<Resolved>> {
        lock(&self.state).resolved.clone()
    }

    /// Takes new credentials in: a new generation.
    pub(crate) fn put(&self, credentials: Credentials, made_of: MadeOf, wire: Wire, now: Timestamp) -> Arc<Resolved> {
        let mut state = lock(&self.state);
        state.generation += 1;
        let resolved = Arc::new(Resolved {
            generation: state.generation,
            expires_at: crate::credentials::expires_at(&credentials),
            credentials,
            made_of,
            wire,
            resolved_at: now,
            identities: Mutex::default(),
            doubted: Mutex::default(),
            clients: Mutex::default(),
        });
        state.resolved = Some(resolved.clone());
        resolved
    }

    /// They work: whatever was refused before is over.
    pub(crate) fn accepted(&self) {
        lock(&self.state).refusal = None;
    }

    /// Getting or checking credentials ended so.
    pub(crate) fn refused(&self, error: AwsError, made_of: MadeOf) {
        let mut state = lock(&self.state);
        if error.class == ErrorClass::SignedOut {
            state.resolved = None;
        }
        state.refusal = Some((error, Instant::now(), made_of));
    }

    /// A call with credentials of that generation was answered with a refusal of the credentials. Gives the error back,
    /// or what it turns out to mean.
    pub(crate) fn refused_in_use(&self, generation: u64, error: AwsError) -> AwsError {
        let mut state = lock(&self.state);
        let Some(resolved) = state.resolved.clone().filter(|r| r.generation == generation) else { return error };
        if !NOT_KNOWN_HERE.contains(&error.info.code.as_str()) {
            state.resolved = None;
            return error;
        }
        // Either the credentials are gone, or the service is not enabled here. STS of the Region is asked again before
        // anyone goes on; if it still knows them and the service again does not, it is the service.
        let known_again = lock(&resolved.identities).contains_key(&error.region);
        if !lock(&resolved.doubted).insert(error.region.clone()) && known_again {
            return not_enabled(error);
        }
        lock(&resolved.identities).remove(&error.region);
        error
    }

    /// The last refusal, if nothing it depended on has changed since.
    pub(crate) fn refusal(&self, made_of: &MadeOf) -> Option<AwsError> {
        lock(&self.state).refusal.as_ref().filter(|(_, _, m)| m == made_of).map(|(error, _, _)| error.clone())
    }

    /// The last refusal, if it is so fresh that asking again is not worth it.
    pub(crate) fn recent_refusal(&self, made_of: &MadeOf) -> Option<AwsError> {
        let state = lock(&self.state);
        let (error, at, of) = state.refusal.as_ref()?;
        (of == made_of && at.elapsed() < REFUSAL_HOLDS).then(|| error.clone())
    }

    /// Forgets everything but the count of generations, which goes on: what is under way becomes old at once.
    pub(crate) fn forget(&self) {
        let mut state = lock(&self.state);
        *state = State { generation: state.generation + 1, ..State::default() };
    }

    /// Drops credentials that were resolved from something else than what the config says now.
    pub(crate) fn keep_only(&self, basis: Option<&Basis>) {
        let stale = lock(&self.state).resolved.as_ref().is_some_and(|r| Some(&r.made_of.basis) != basis);
        if stale {
            self.forget();
        }
    }
}

/// Credentials that work elsewhere are not known in this Region.
pub(crate) fn not_enabled(error: AwsError) -> AwsError {
    let message = format!(
        "{} is not enabled in this account: it refuses credentials that work elsewhere. Enable the Region in the account's \
         settings, or take it out of the profile's Regions.",
        error.region
    );
    let info = ErrorInfo { code: "RegionNotEnabled".into(), message, operation: error.info.operation };
    AwsError { class: ErrorClass::NotAvailable, info, ..error }
}

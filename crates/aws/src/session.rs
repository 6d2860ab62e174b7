//! One profile's credentials of one generation in one Region, checked by STS: what readers and actors are made from.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use skydeck_domain::{ActionRecord, ErrorInfo, Outcome, Timestamp};

pub use crate::caller::{Caller, Counters};
use crate::{
    AwsError, ErrorClass,
    caller::{Clients, Mode, OnRefusal},
    credentials::{self, Ask},
    ground::{Ground, local_error},
    limiter::lock,
    service::{ActCtx, ReadCtx, Spec},
    slot::{Resolved, Slot},
};

/// Credentials in use. Cheap to clone; ends by becoming old ([`Session::is_current`]), never by being taken away.
#[derive(Clone)]
pub struct Session {
    /// Profile.
    pub profile: String,
    /// Account, as STS said for these very credentials.
    pub account: String,
    /// Role or user, as STS said: `assumed-role/Operator/session`.
    pub identity: String,
    /// Region.
    pub region: String,
    /// When the credentials end, where they do.
    pub expires_at: Option<Timestamp>,
    /// Counts the resolutions of this profile's credentials.
    pub generation: u64,
    pub(crate) account_hint: Option<String>,
    pub(crate) ground: Arc<Ground>,
    pub(crate) slot: Arc<Slot>,
    pub(crate) resolved: Arc<Resolved>,
}

impl Session {
    /// Whether its credentials are still the profile's: else what was read with them is to be dropped.
    pub fn is_current(&self) -> bool {
        self.slot.generation() == self.generation
    }

    /// Reads a service, in line with everyone else.
    pub fn reader(&self, service: &'static Spec) -> ReadCtx {
        self.reading(service, Mode::Read { urgent: false })
    }

    /// Reads a service while someone waits for the answer (a plan, a log): goes before the line.
    pub fn urgent_reader(&self, service: &'static Spec) -> ReadCtx {
        self.reading(service, Mode::Read { urgent: true })
    }

    /// Makes the one mutating call of an action that is in the ledger as intended and not yet made.
    ///
    /// STS is asked again, with these very credentials, whose account it is; that must be the record's, and the one that
    /// the profile itself names, if it names one.
    pub async fn actor(&self, service: &'static Spec, record: &ActionRecord) -> Result<ActCtx, AwsError> {
        let refused = |code: &str, message: String| {
            let info = ErrorInfo { code: code.into(), message, operation: None };
            local_error(&self.profile, &self.region, ErrorClass::Config, info)
        };
        if record.outcome != Outcome::Intended || !record.calls.is_empty() {
            let what = format!(
                "Action {} is {} in the ledger; only an intended one is carried out.",
                record.action,
                record.outcome.word()
            );
            return Err(refused("NotIntended", what));
        }
        if record.profile != self.profile || record.region != self.region {
            let what = format!(
                "Action {} is for {} in {}, not for {} in {}.",
                record.action, record.profile, record.region, self.profile, self.region
            );
            return Err(refused("WrongScope", what));
        }
        if !self.is_current() {
            let what = format!("The credentials of `{}` changed since the plan. Plan again.", self.profile);
            return Err(refused("CredentialsChanged", what));
        }
        let wire = &self.resolved.wire;
        let ask = Ask { ground: &self.ground, profile: &self.profile, wire, region: &self.region };
        let now = credentials::caller_identity(ask, Some(&self.account), &self.resolved.credentials).await?;
        let wanted = [Some(&record.account), Some(&self.account), self.account_hint.as_ref()];
        if let Some(other) = wanted.into_iter().flatten().find(|a| **a != now.account) {
            let what = format!(
                "These credentials are of account {}, and the action or the profile is for {other}. Nothing was called.",
                now.account
            );
            return Err(refused("WrongAccount", what));
        }
        Ok(ActCtx {
            caller: self.caller(service, Mode::Act, Arc::new(self.new_clients())),
            clock: self.ground.clock.clone(),
            record: record.clone(),
        })
    }

    fn reading(&self, service: &'static Spec, mode: Mode) -> ReadCtx {
        let key = (self.region.clone(), service.id);
        let clients = lock(&self.resolved.clients).entry(key).or_insert_with(|| Arc::new(self.new_clients())).clone();
        ReadCtx { caller: self.caller(service, mode, clients), clock: self.ground.clock.clone() }
    }

    fn new_clients(&self) -> Clients {
        let credentials = Some(self.resolved.credentials.clone());
        self.ground.clients(&self.resolved.wire, &self.region, credentials)
    }

    fn caller(&self, service: &'static Spec, mode: Mode, clients: Arc<Clients>) -> Caller {
        let (slot, generation): (Weak<Slot>, u64) = (Arc::downgrade(&self.slot), self.generation);
        let on_refusal: OnRefusal = Arc::new(move |error| match slot.upgrade() {
            Some(slot) => slot.refused_in_use(generation, error),
            None => error,
        });
        let who = (self.profile.as_str(), self.account.as_str(), self.region.as_str());
        Caller::new(who, service, mode, clients, self.ground.limiter.clone(), Some(on_refusal))
    }
}

/// Shows who and where, never with what.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("profile", &self.profile)
            .field("account", &self.account)
            .field("identity", &self.identity)
            .field("region", &self.region)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;

//! The door of this crate: the profiles, a session of one of them in a Region, what each budget was used for.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use chrono::TimeDelta;
use skydeck_domain::{Clock, ErrorInfo, SignIn, SignInState};

use crate::{
    AwsError, ErrorClass,
    classify::NOT_KNOWN_HERE,
    credentials::{self, Ask, Identity, sso},
    environment::Environment,
    ground::{Ground, SigningTime, config_error},
    http::Http,
    limiter::{BudgetSettings, Limiter, Meter, lock},
    profiles::{Basis, Profile, Profiles, ProfilesRead, stamp},
    regions,
    session::Session,
    slot::{MadeOf, Resolved, Slot, not_enabled},
};

/// Credentials that end sooner than this, and that only a person can renew, are shown as expiring.
const EXPIRING: TimeDelta = TimeDelta::minutes(30);

/// What everything here is made from.
#[derive(Debug)]
pub struct AwsOptions {
    /// Variables and home folder: the process's own in the product, made up in tests.
    pub env: Environment,
    /// Takes the place of the network (demo, tests).
    pub http_client: Option<SharedHttpClient>,
    /// The time that expiry is judged and requests are signed by.
    pub clock: Arc<dyn Clock>,
    /// How much of what AWS allows is used.
    pub budget: BudgetSettings,
}

/// AWS, through the user's profiles. Cheap to clone; clones share budgets and credentials.
#[derive(Clone)]
pub struct Aws(Arc<Inner>);

struct Inner {
    ground: Arc<Ground>,
    profiles: Profiles,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

impl Aws {
    /// Reads nothing yet.
    pub fn new(options: AwsOptions) -> Self {
        let AwsOptions { env, http_client, clock, budget } = options;
        Aws(Arc::new(Inner {
            profiles: Profiles::new(&env),
            ground: Arc::new(Ground {
                time: SigningTime::new(clock.clone()),
                http: Http::new(http_client, &env),
                env,
                clock,
                limiter: Arc::new(Limiter::new(budget)),
            }),
            slots: Mutex::default(),
        }))
    }

    /// The profiles as the files say now; the files are read again only if they changed.
    pub fn profiles(&self) -> ProfilesRead {
        let read = self.read();
        ProfilesRead {
            profiles: read.profiles.iter().map(|p| p.entry.clone()).collect(),
            problems: read.problems.clone(),
        }
    }

    /// Credentials of a profile, checked by the STS of the Region. Kept until they are about to expire or until what
    /// they are made of (config, SSO token) changed; then resolved anew, as a new generation.
    pub async fn session(&self, profile: &str, region: &str) -> Result<Session, AwsError> {
        if !regions::exists(region) {
            let message =
                format!("`{region}` is no AWS Region. Mend the `region` of profile `{profile}`, or the setting.");
            let info = ErrorInfo { code: "UnknownRegion".into(), message, operation: None };
            return Err(config_error(profile, region, info));
        }
        let read = self.read();
        let Some(Profile { entry, basis }) = read.get(profile) else {
            let message =
                format!("There is no profile `{profile}` in the AWS config. `skydeckctl profiles` lists them.");
            let info = ErrorInfo { code: "ProfileNotFound".into(), message, operation: None };
            return Err(config_error(profile, region, info));
        };
        let basis = basis.as_ref().map_err(|info| config_error(profile, region, info.clone()))?;
        let slot = self.slot(profile);
        let _alone = slot.resolving.lock().await;
        let home = entry.region.as_deref().filter(|r| regions::exists(r)).unwrap_or(region);
        let resolved = self.resolved(&slot, profile, basis, home).await?;
        let hint = entry.account_hint.as_deref();
        let identity = self.identity(&slot, &resolved, (profile, region), hint).await?;
        Ok(Session {
            profile: profile.into(),
            account: identity.account,
            identity: identity.name,
            region: region.into(),
            expires_at: resolved.expires_at,
            generation: resolved.generation,
            account_hint: entry.account_hint.clone(),
            ground: self.0.ground.clone(),
            slot: slot.clone(),
            resolved,
        })
    }

    /// Whether a profile's credentials work, as far as is known without asking AWS.
    pub fn sign_in(&self, profile: &str) -> SignIn {
        let none = SignIn { state: SignInState::None, expires_at: None };
        let read = self.read();
        let Some(Ok(basis)) = read.get(profile).map(|p| p.basis.as_ref()) else { return none };
        let now = self.0.ground.clock.now();
        let slot = self.slot(profile);
        let refused = slot.refusal(&self.made_of(basis)).is_some_and(|e| e.class == ErrorClass::SignedOut);
        if let Some(sso) = basis.source.sso() {
            // What a person renews is the sign-in; the role's credentials follow by themselves.
            let expires_at = sso::read_token(&self.0.ground.env, sso).map(|t| t.expires_at);
            let state = match expires_at {
                Some(end) if end <= now || refused => SignInState::Out,
                Some(end) if end - now < EXPIRING => SignInState::Expiring,
                Some(_) => SignInState::In,
                None => SignInState::Out,
            };
            return SignIn { state, expires_at };
        }
        match slot.last() {
            _ if refused => SignIn { state: SignInState::Out, expires_at: None },
            Some(resolved) => SignIn { state: SignInState::In, expires_at: resolved.expires_at },
            None => none,
        }
    }

    /// Drops a profile's credentials: what is under way becomes old, and the next session is a new generation.
    pub fn forget(&self, profile: &str) {
        self.slot(profile).forget();
    }

    /// Asks again at once what was left alone because it did not answer: the network came back, the machine woke, the
    /// user wants to know.
    pub fn ask_again(&self) {
        self.0.ground.limiter.reset_breakers();
    }

    /// What each budget was used for.
    pub fn meters(&self) -> Vec<Meter> {
        self.0.ground.limiter.meters()
    }

    /// How much every budget allows.
    pub fn budget(&self) -> crate::BudgetSettings {
        self.0.ground.limiter.settings()
    }

    /// Calls sent to AWS since start, retries included.
    pub fn calls_total(&self) -> u64 {
        self.meters().iter().map(|m| m.total_calls).sum()
    }

    /// The files as they are now. What they no longer say is no longer in force.
    fn read(&self) -> Arc<crate::profiles::Read> {
        let (read, anew) = self.0.profiles.read();
        if anew {
            for (name, slot) in lock(&self.0.slots).iter() {
                slot.keep_only(read.get(name).and_then(|p| p.basis.as_ref().ok()));
            }
        }
        read
    }

    fn slot(&self, profile: &str) -> Arc<Slot> {
        lock(&self.0.slots).entry(profile.into()).or_default().clone()
    }

    fn made_of(&self, basis: &Basis) -> MadeOf {
        let token = basis.source.sso().and_then(|sso| stamp(&sso::token_path(&self.0.ground.env, sso)));
        MadeOf { basis: basis.clone(), token }
    }

    async fn resolved(
        &self,
        slot: &Slot,
        profile: &str,
        basis: &Basis,
        region: &str,
    ) -> Result<Arc<Resolved>, AwsError> {
        let made_of = self.made_of(basis);
        let now = self.0.ground.clock.now();
        if let Some(resolved) = slot.usable(&made_of, now) {
            return Ok(resolved);
        }
        if let Some(refusal) = slot.recent_refusal(&made_of) {
            return Err(refusal);
        }
        let wire = self.0.ground.wire(basis).map_err(|info| config_error(profile, region, info))?;
        let ask = Ask { ground: &self.0.ground, profile, wire: &wire, region };
        match credentials::resolve(ask, &basis.source).await {
            Ok(credentials) => Ok(slot.put(credentials, made_of, wire, now)),
            Err(error) => {
                slot.refused(error.clone(), made_of);
                Err(error)
            }
        }
    }

    /// Who the credentials belong to, as the STS of the Region says. STS is always asked in the Region itself: a Region
    /// that is not enabled refuses credentials that work elsewhere.
    async fn identity(
        &self,
        slot: &Slot,
        resolved: &Resolved,
        (profile, region): (&str, &str),
        hint: Option<&str>,
    ) -> Result<Identity, AwsError> {
        if let Some(identity) = lock(&resolved.identities).get(region) {
            return Ok(identity.clone());
        }
        // Where STS has just not answered, nobody waits for it once more: all sources of a profile ask at once.
        if let Some(refusal) = slot.recent_refusal(&resolved.made_of).filter(|e| e.region == region) {
            return Err(refusal);
        }
        let ask = Ask { ground: &self.0.ground, profile, wire: &resolved.wire, region };
        let error = match credentials::caller_identity(ask, hint, &resolved.credentials).await {
            Ok(identity) => {
                slot.accepted();
                lock(&resolved.identities).insert(region.into(), identity.clone());
                return Ok(identity);
            }
            Err(error) => error,
        };
        let elsewhere = regions::always_enabled(region);
        let not_known_here = NOT_KNOWN_HERE.contains(&error.info.code.as_str());
        if not_known_here && elsewhere != region {
            let known = !lock(&resolved.identities).is_empty() || {
                let there = Ask { region: elsewhere, ..ask };
                credentials::caller_identity(there, hint, &resolved.credentials).await.is_ok()
            };
            if known {
                return Err(not_enabled(AwsError { region: region.into(), ..error }));
            }
        }
        slot.refused(error.clone(), resolved.made_of.clone());
        Err(error)
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws").finish_non_exhaustive()
    }
}

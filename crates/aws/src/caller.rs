//! The paced, counted, time-limited way to make a call with one session's credentials. Every attempt of every call to AWS
//! passes here, so that the budget sees them all; the SDK's own retries are off.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::{SdkConfig, request_id::RequestId};
use chrono::TimeDelta;
use skydeck_domain::ErrorInfo;
use tokio::time::Instant;

use crate::{
    AwsError, ErrorClass,
    classify::{Verdict, classify},
    ground::SigningTime,
    guard,
    limiter::{Budget, Limiter, lock},
    regions,
    service::{Operation, Spec},
};

/// Attempts of a reading call, the first included.
const ATTEMPTS: u32 = 3;
/// No attempt is begun after this long, the waits between attempts included. Waiting for the budget does not count: the
/// line is longest when AWS throttles, which is when another attempt is worth most.
const DEADLINE: Duration = Duration::from_secs(30);
/// Longest wait between attempts.
const LONGEST_BACKOFF: Duration = Duration::from_secs(20);

/// Who calls, and how: profile, account, Region, budget, counters, time limits. Clones share counters and clients.
#[derive(Clone)]
pub struct Caller {
    /// Profile.
    pub profile: String,
    /// Account, as STS said for these very credentials.
    pub account: String,
    /// Region.
    pub region: String,
    inner: Arc<Inner>,
}

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Read, in line with the others, or before them where someone waits for the answer.
    Read { urgent: bool },
    /// Make the one mutating call of an action that is in the ledger, and read for it.
    Act,
}

/// Told of refused credentials, so that the next session resolves them anew; says what the refusal means.
pub(crate) type OnRefusal = Arc<dyn Fn(AwsError) -> AwsError + Send + Sync>;

struct Inner {
    spec: &'static Spec,
    mode: Mode,
    clients: Arc<Clients>,
    limiter: Arc<Limiter>,
    on_refusal: Option<OnRefusal>,
    calls: AtomicU64,
    throttles: AtomicU64,
    /// Whether the one mutating call was made (or may have been).
    acted: AtomicBool,
}

/// How many calls were sent through a caller, and how many of them AWS throttled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Sent, retries included.
    pub calls: u64,
    /// Throttled.
    pub throttles: u64,
}

/// Clients of one session, made when first asked for and kept by type.
pub(crate) struct Clients {
    config: SdkConfig,
    time: SigningTime,
    made: Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>,
}

/// Shows nothing: the configuration holds credentials.
impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clients").finish_non_exhaustive()
    }
}

impl Clients {
    pub(crate) fn new(config: SdkConfig, time: SigningTime) -> Self {
        Clients { config, time, made: Mutex::default() }
    }

    fn get<C: Clone + Send + Sync + 'static>(&self, make: impl FnOnce(&SdkConfig) -> C) -> C {
        let mut made = lock(&self.made);
        let client = made.entry(TypeId::of::<C>()).or_insert_with(|| Box::new(make(&self.config)));
        match client.downcast_ref::<C>() {
            Some(client) => client.clone(),
            None => unreachable!("kept by its own type"),
        }
    }
}

/// Attempts of one reading call, and how long they took.
#[derive(Debug, Default)]
struct Tries {
    failed: u32,
    spent: Duration,
}

impl Tries {
    /// One more attempt has failed, and took so long with the wait after it: whether there may be another.
    fn another(&mut self, took: Duration) -> bool {
        self.failed += 1;
        self.spent += took;
        self.failed < ATTEMPTS && self.spent < DEADLINE
    }
}

impl Caller {
    pub(crate) fn new(
        who: (&str, &str, &str),
        spec: &'static Spec,
        mode: Mode,
        clients: Arc<Clients>,
        limiter: Arc<Limiter>,
        on_refusal: Option<OnRefusal>,
    ) -> Self {
        let (profile, account, region) = who;
        Caller {
            profile: profile.into(),
            account: account.into(),
            region: region.into(),
            inner: Arc::new(Inner {
                spec,
                mode,
                clients,
                limiter,
                on_refusal,
                calls: AtomicU64::new(0),
                throttles: AtomicU64::new(0),
                acted: AtomicBool::new(false),
            }),
        }
    }

    /// A service's SDK client, made on first use and kept: `caller.client(aws_sdk_codepipeline::Client::new)`.
    ///
    /// It has no credentials but inside [`Caller::call`] and [`Caller::mutate`].
    pub fn client<C: Clone + Send + Sync + 'static>(&self, make: impl FnOnce(&SdkConfig) -> C) -> C {
        self.inner.clients.get(make)
    }

    /// How many calls were sent through this caller (and its clones).
    pub fn counters(&self) -> Counters {
        Counters {
            calls: self.inner.calls.load(Ordering::Relaxed),
            throttles: self.inner.throttles.load(Ordering::Relaxed),
        }
    }

    /// Makes a reading call: waits for the budget, sends, tries again what is worth it, up to three attempts.
    ///
    /// `operation` is its name in AWS's model and must be declared in the service's [`Spec`] as one that does not mutate.
    pub async fn call<O, E, F, Fut>(&self, operation: &'static str, send: F) -> Result<O, AwsError>
    where
        F: Fn() -> Fut + Send,
        Fut: Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let op = self.declared(operation)?;
        if op.mutates {
            return Err(self.refused("NotAReader", format!("`{operation}` changes things; a reader may not call it.")));
        }
        let budget = self.budget(op);
        budget.check_breaker().map_err(|wait| self.paused(operation, wait))?;
        let urgent = self.inner.mode != Mode::Read { urgent: false };
        let mut tries = Tries::default();
        loop {
            budget.wait(op, urgent).await;
            let sent_at = Instant::now();
            let verdict = match self.attempt(op, &budget, send()).await {
                Ok(out) => {
                    budget.answered();
                    return Ok(out);
                }
                Err(verdict) => verdict,
            };
            let backoff = self.backoff(operation, tries.failed + 1, &verdict);
            if tries.another(sent_at.elapsed() + backoff) && verdict.retryable && budget.may_retry() {
                tokio::time::sleep(backoff).await;
                continue;
            }
            if verdict.answered {
                budget.answered()
            } else {
                budget.failed()
            }
            return Err(self.error(operation, &verdict, true));
        }
    }

    /// Makes the one mutating call of an action, and gives AWS's request id with the answer.
    ///
    /// Sends again only what certainly did not run (throttled, never connected). An error says truthfully, in
    /// `certainly_not_run`, whether the call may have run. Once it may have, this caller refuses another.
    pub async fn mutate<O, E, F, Fut>(&self, operation: &'static str, send: F) -> Result<(O, Option<String>), AwsError>
    where
        O: RequestId,
        F: Fn() -> Fut + Send,
        Fut: Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let op = self.declared(operation)?;
        if self.inner.mode != Mode::Act || !op.mutates {
            let why = if op.mutates { "a reader may not act" } else { "it is declared as a read" };
            return Err(self.refused("NotAnActor", format!("`{operation}` was not sent: {why}.")));
        }
        if self.inner.acted.swap(true, Ordering::SeqCst) {
            return Err(self.refused("AlreadySent", format!("`{operation}` was not sent: an action makes one call.")));
        }
        let budget = self.budget(op);
        let mut attempt = 1;
        loop {
            budget.wait(op, true).await;
            let verdict = match self.attempt(op, &budget, send()).await {
                Ok(out) => {
                    budget.answered();
                    let request_id = out.request_id().map(str::to_owned);
                    return Ok((out, request_id));
                }
                Err(verdict) => verdict,
            };
            let send_again = verdict.certainly_not_run
                && (verdict.class == ErrorClass::Throttled || verdict.class == ErrorClass::Unreachable);
            if send_again && attempt < ATTEMPTS {
                tokio::time::sleep(self.backoff(operation, attempt, &verdict)).await;
                attempt += 1;
                continue;
            }
            if verdict.answered {
                budget.answered()
            } else {
                budget.failed()
            }
            self.inner.acted.store(!verdict.certainly_not_run, Ordering::SeqCst);
            return Err(self.error(operation, &verdict, verdict.certainly_not_run));
        }
    }

    /// The error of asking a service for a verb it does not have.
    pub fn no_such_verb(&self, verb: &str) -> AwsError {
        self.refused(
            "NoSuchVerb",
            format!("This kind of thing has no verb `{verb}`. `skydeckctl plan --verbs ID` lists those it has."),
        )
    }

    async fn attempt<O, E, Fut>(&self, op: &'static Operation, budget: &Budget, sent: Fut) -> Result<O, Verdict>
    where
        Fut: Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        self.inner.calls.fetch_add(1, Ordering::Relaxed);
        guard::as_operation(op.name, sent).await.map_err(|error| {
            let mut verdict = classify(&error);
            if verdict.may_be_time
                && let Some(date) = error.raw_response().and_then(|r| r.headers().get("date"))
            {
                verdict.retryable = self.inner.clients.time.corrected(date);
            }
            if verdict.class == ErrorClass::Throttled {
                self.inner.throttles.fetch_add(1, Ordering::Relaxed);
                budget.throttled(op);
            }
            verdict
        })
    }

    fn declared(&self, operation: &str) -> Result<&'static Operation, AwsError> {
        let spec = self.inner.spec;
        let Some(op) = spec.operations.iter().find(|o| o.name == operation) else {
            let message = format!("`{operation}` is not declared by {}, so it is not called.", spec.title);
            return Err(self.refused("NotDeclared", message));
        };
        let prefix = if regions::knows_service(service_of(op)) { service_of(op) } else { spec.endpoint_prefix };
        if regions::offers(prefix, &self.region) == Some(false) {
            return Err(AwsError {
                class: ErrorClass::NotAvailable,
                ..self.refused("NotInRegion", format!("AWS does not offer {} in {}.", spec.title, self.region))
            });
        }
        Ok(op)
    }

    fn budget(&self, op: &Operation) -> Arc<Budget> {
        self.inner.limiter.budget(&self.account, &self.region, service_of(op))
    }

    /// Exponential, jittered, never sooner than AWS asked for. The jitter comes from who calls what how often, so that
    /// callers spread and the same world still gives the same result.
    fn backoff(&self, operation: &str, attempt: u32, verdict: &Verdict) -> Duration {
        let base = self.inner.limiter.settings().retry_base;
        let full = (base * 2u32.saturating_pow(attempt - 1)).min(LONGEST_BACKOFF);
        let mut hasher = DefaultHasher::new();
        (&self.account, &self.region, operation, self.inner.calls.load(Ordering::Relaxed)).hash(&mut hasher);
        let jitter = (hasher.finish() % 1024) as f64 / 1024.0;
        let asked = verdict.retry_after.and_then(|d| d.to_std().ok()).unwrap_or_default();
        full.mul_f64(0.5 + 0.5 * jitter).max(asked)
    }

    fn paused(&self, operation: &str, wait: Duration) -> AwsError {
        AwsError {
            class: ErrorClass::Unreachable,
            info: ErrorInfo {
                code: "Paused".into(),
                message: format!(
                    "{} did not answer several times in a row; it is asked again in {} s.",
                    self.inner.spec.title,
                    wait.as_secs().max(1)
                ),
                operation: Some(operation.into()),
            },
            retry_after: TimeDelta::from_std(wait).ok(),
            ..self.refused("", String::new())
        }
    }

    fn error(&self, operation: &str, verdict: &Verdict, certainly_not_run: bool) -> AwsError {
        let error = AwsError {
            class: verdict.class,
            info: verdict.info(operation),
            profile: self.profile.clone(),
            account: self.known_account(),
            region: self.region.clone(),
            retry_after: verdict.retry_after,
            certainly_not_run,
        };
        match &self.inner.on_refusal {
            Some(tell) if error.class == ErrorClass::SignedOut => tell(error),
            _ => error,
        }
    }

    /// The account, once STS has told it: before, another word stands in its place (see `credentials`).
    fn known_account(&self) -> Option<String> {
        let told = self.account.len() == 12 && self.account.bytes().all(|b| b.is_ascii_digit());
        told.then(|| self.account.clone())
    }

    /// An error of ours, before anything was sent.
    pub(crate) fn refused(&self, code: &str, message: String) -> AwsError {
        AwsError {
            class: ErrorClass::Invalid,
            info: ErrorInfo { code: code.into(), message, operation: None },
            profile: self.profile.clone(),
            account: self.known_account(),
            region: self.region.clone(),
            retry_after: None,
            certainly_not_run: true,
        }
    }
}

/// The service whose budget an operation uses: a service file may read another service's API (a build's log).
fn service_of(op: &Operation) -> &'static str {
    op.permission.split(':').next().unwrap_or_default()
}

#[cfg(test)]
#[path = "caller_tests.rs"]
mod tests;

//! The budget of calls: a token bucket, a breaker and a store of retries per account × Region × service, shared by all
//! profiles of the account, so that Skydeck neither eats the account's quota nor lets one account's trouble reach another.
//!
//! Deliberately elsewhere: what a failure means ([`crate::classify`]), when to read at all (engine).

mod breaker;
mod bucket;
mod meter;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use breaker::Breaker;
use bucket::Bucket;
use meter::Count;

use crate::service::Operation;

/// How much of what AWS allows is used, and how failures are tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BudgetSettings {
    /// Part of a published rate that is used.
    pub share: f64,
    /// Calls per second where AWS publishes no rate. The budget itself: the share does not apply.
    pub rate: f64,
    /// Calls at once where AWS publishes no rate.
    pub burst: f64,
    /// First wait before trying again; doubled for each attempt, up to 20 s, then jittered.
    pub retry_base: Duration,
}

impl Default for BudgetSettings {
    fn default() -> Self {
        BudgetSettings { share: 0.5, rate: 5.0, burst: 10.0, retry_base: Duration::from_secs(1) }
    }
}

/// What one budget was used for.
#[derive(Debug, Clone, PartialEq)]
pub struct Meter {
    /// Account (or, before the account is known, the profile or the SSO portal).
    pub account: String,
    /// Region.
    pub region: String,
    /// Service, as its permissions are prefixed (`codepipeline`, `logs`, `sts`).
    pub service: String,
    /// Calls sent in the last minute.
    pub calls_last_minute: u64,
    /// Of them throttled by AWS.
    pub throttles_last_minute: u64,
    /// Part of the budget used in the last minute, of the operation that used most; above 1 for a short burst.
    pub used_share: f64,
    /// Calls sent since start.
    pub total_calls: u64,
    /// Of them throttled.
    pub total_throttles: u64,
}

/// Whose budget.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct BudgetKey {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

/// All budgets of the process.
#[derive(Debug)]
pub(crate) struct Limiter {
    settings: BudgetSettings,
    budgets: Mutex<HashMap<BudgetKey, Arc<Budget>>>,
}

impl Limiter {
    pub(crate) fn new(settings: BudgetSettings) -> Self {
        Limiter { settings, budgets: Mutex::default() }
    }

    pub(crate) fn settings(&self) -> BudgetSettings {
        self.settings
    }

    /// The budget of that account × Region × service.
    pub(crate) fn budget(&self, account: &str, region: &str, service: &str) -> Arc<Budget> {
        let key = BudgetKey { account: account.into(), region: region.into(), service: service.into() };
        lock(&self.budgets).entry(key).or_insert_with(|| Arc::new(Budget::new(self.settings))).clone()
    }

    /// Forgets the failures that made services be left alone.
    pub(crate) fn reset_breakers(&self) {
        for budget in lock(&self.budgets).values() {
            lock(&budget.breaker).answered();
        }
    }

    /// What every budget was used for, in order of account, Region, service.
    pub(crate) fn meters(&self) -> Vec<Meter> {
        let budgets: Vec<_> = lock(&self.budgets).iter().map(|(k, b)| (k.clone(), b.clone())).collect();
        let mut meters: Vec<_> = budgets.into_iter().map(|(key, budget)| budget.meter(key)).collect();
        meters.sort_by(|a, b| (&a.account, &a.region, &a.service).cmp(&(&b.account, &b.region, &b.service)));
        meters
    }
}

/// The budget of one account × Region × service.
#[derive(Debug)]
pub(crate) struct Budget {
    settings: BudgetSettings,
    breaker: Mutex<Breaker>,
    retries: Mutex<Retries>,
    counts: Mutex<(Count, Count)>,
    /// The shared gate (`None`), and one for each operation whose rate is published.
    gates: Mutex<HashMap<Option<&'static str>, Arc<Gate>>>,
}

impl Budget {
    fn new(settings: BudgetSettings) -> Self {
        let now = Instant::now();
        Budget {
            settings,
            breaker: Mutex::default(),
            retries: Mutex::new(Retries(RETRIES)),
            counts: Mutex::new((Count::new(now), Count::new(now))),
            gates: Mutex::default(),
        }
    }

    fn gate(&self, operation: &Operation) -> Arc<Gate> {
        let key = operation.rate.map(|_| operation.name);
        let (rate, burst) = match operation.rate {
            Some((rate, burst)) => (rate * self.settings.share, burst * self.settings.share),
            None => (self.settings.rate, self.settings.burst),
        };
        lock(&self.gates).entry(key).or_insert_with(|| Arc::new(Gate::new(rate, burst))).clone()
    }

    /// Waits for leave to send one call. Urgent calls (someone waits for the answer) go before the others.
    pub(crate) async fn wait(&self, operation: &Operation, urgent: bool) {
        self.gate(operation).pass(urgent).await;
        lock(&self.counts).0.add(Instant::now());
    }

    /// AWS throttled that call.
    pub(crate) fn throttled(&self, operation: &Operation) {
        let now = Instant::now();
        lock(&self.gate(operation).bucket).throttled(now);
        lock(&self.counts).1.add(now);
    }

    /// Whether the service is worth asking: `Err` says how long to wait.
    pub(crate) fn check_breaker(&self) -> Result<(), Duration> {
        lock(&self.breaker).check(Instant::now())
    }

    /// The service answered a call, be it with a refusal.
    pub(crate) fn answered(&self) {
        lock(&self.breaker).answered();
        lock(&self.retries).refund();
    }

    /// A call failed for good without an answer worth having.
    pub(crate) fn failed(&self) {
        lock(&self.breaker).failed(Instant::now());
    }

    /// Whether one more retry is within this budget.
    pub(crate) fn may_retry(&self) -> bool {
        lock(&self.retries).take()
    }

    fn meter(&self, key: BudgetKey) -> Meter {
        let now = Instant::now();
        let gates: Vec<_> = lock(&self.gates).values().cloned().collect();
        let used_share = gates.iter().map(|g| g.used_share(now)).fold(0.0, f64::max);
        let counts = lock(&self.counts);
        Meter {
            account: key.account,
            region: key.region,
            service: key.service,
            calls_last_minute: counts.0.last_minute(now),
            throttles_last_minute: counts.1.last_minute(now),
            used_share,
            total_calls: counts.0.total(),
            total_throttles: counts.1.total(),
        }
    }
}

/// Retries are a store of their own, as in the SDK's retry partitions but never shared between accounts: what fails all
/// the time is soon no longer tried three times.
const RETRIES: u32 = 100;
const RETRY_COST: u32 = 5;

#[derive(Debug)]
struct Retries(u32);

impl Retries {
    fn take(&mut self) -> bool {
        let enough = self.0 >= RETRY_COST;
        if enough {
            self.0 -= RETRY_COST;
        }
        enough
    }

    fn refund(&mut self) {
        self.0 = (self.0 + 1).min(RETRIES);
    }
}

/// Where calls wait for the bucket, in the order they came, urgent ones first.
#[derive(Debug)]
struct Gate {
    bucket: Mutex<Bucket>,
    count: Mutex<Count>,
    line: tokio::sync::Mutex<()>,
    urgent_line: tokio::sync::Mutex<()>,
    urgent_waiting: AtomicUsize,
}

impl Gate {
    fn new(rate: f64, burst: f64) -> Self {
        let now = Instant::now();
        Gate {
            bucket: Mutex::new(Bucket::new(rate, burst, now)),
            count: Mutex::new(Count::new(now)),
            line: tokio::sync::Mutex::default(),
            urgent_line: tokio::sync::Mutex::default(),
            urgent_waiting: AtomicUsize::new(0),
        }
    }

    async fn pass(&self, urgent: bool) {
        let _counted = urgent.then(|| Waiting::new(&self.urgent_waiting));
        let _place = if urgent { self.urgent_line.lock().await } else { self.line.lock().await };
        loop {
            let wait = if !urgent && self.urgent_waiting.load(Ordering::SeqCst) > 0 {
                // One token's time: whoever is urgent takes it.
                Duration::from_secs_f64(1.0 / lock(&self.bucket).full_rate())
            } else {
                match lock(&self.bucket).try_take(Instant::now()) {
                    Ok(()) => break,
                    Err(wait) => wait,
                }
            };
            tokio::time::sleep(wait).await;
        }
        lock(&self.count).add(Instant::now());
    }

    fn used_share(&self, now: Instant) -> f64 {
        let used = lock(&self.count).last_minute(now) as f64;
        used / (lock(&self.bucket).full_rate() * 60.0)
    }
}

/// Counts a waiter for as long as it lives, also when its task is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A lock whose holder panicked still guards plain numbers and maps: they are as good as before.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Operation = Operation { name: "List", permission: "x:List", mutates: false, rate: None };
    const RATED: Operation = Operation { name: "Get", permission: "x:Get", mutates: false, rate: Some((40.0, 20.0)) };

    #[tokio::test]
    async fn published_rates_are_used_by_half_and_stand_apart_from_the_shared_one() {
        let limiter = Limiter::new(BudgetSettings { rate: 1.0, burst: 2.0, ..BudgetSettings::default() });
        let budget = limiter.budget("1", "r", "x");
        let tokens = |op: &Operation| {
            (0..100).take_while(|_| lock(&budget.gate(op).bucket).try_take(Instant::now()).is_ok()).count()
        };
        assert_eq!(tokens(&PLAIN), 2);
        assert_eq!(tokens(&RATED), 10, "half of the published burst, though the shared tokens are gone");
        let other = limiter.budget("2", "r", "x");
        assert!(lock(&other.gate(&PLAIN).bucket).try_take(Instant::now()).is_ok(), "another account has its own");
        assert!(Arc::ptr_eq(&budget, &limiter.budget("1", "r", "x")), "and one account has one");
    }

    #[tokio::test]
    async fn who_is_waited_for_goes_before_the_line() {
        let budget = Arc::new(Budget::new(BudgetSettings { rate: 50.0, burst: 1.0, ..BudgetSettings::default() }));
        let order = Arc::new(Mutex::new(Vec::new()));
        let enter = |urgent: bool| {
            let (budget, order) = (budget.clone(), order.clone());
            tokio::spawn(async move {
                budget.wait(&PLAIN, urgent).await;
                lock(&order).push(urgent);
            })
        };
        let line: Vec<_> = (0..40).map(|_| enter(false)).collect();
        tokio::time::sleep(Duration::from_millis(50)).await;
        enter(true).await.expect("passed");
        assert!(lock(&order).len() < 20, "it passed most of the line: {}", lock(&order).len());
        for waiting in line {
            waiting.await.expect("nobody is left behind");
        }
        assert_eq!(lock(&order).len(), 41);
    }

    #[tokio::test]
    async fn a_waiter_that_gives_up_holds_nobody_back() {
        let budget = Arc::new(Budget::new(BudgetSettings { rate: 20.0, burst: 1.0, ..BudgetSettings::default() }));
        budget.wait(&PLAIN, false).await;
        for urgent in [false, true] {
            let gone = tokio::time::timeout(Duration::from_millis(5), budget.wait(&PLAIN, urgent)).await;
            assert!(gone.is_err(), "it had to wait");
        }
        tokio::time::timeout(Duration::from_secs(5), budget.wait(&PLAIN, false)).await.expect("the next one passes");
    }

    #[test]
    fn retries_are_earned_by_answers() {
        let budget = Budget::new(BudgetSettings::default());
        assert_eq!((0..1000).take_while(|_| budget.may_retry()).count() as u32, RETRIES / RETRY_COST);
        (0..RETRY_COST - 1).for_each(|_| budget.answered());
        assert!(!budget.may_retry());
        budget.answered();
        assert!(budget.may_retry() && !budget.may_retry());
    }
}

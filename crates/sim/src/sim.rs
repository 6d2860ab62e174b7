//! `Sim`: a world that answers calls. How a call comes in is `http_client`'s and `server`'s business, what happens to it on
//! its way `visit`'s; here is what all calls share.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use tokio::time::Instant;

use crate::call_log::{Call, CallLog};
use crate::clock::SimClock;
use crate::faults::{FaultState, Faults, Struck, Weather};
use crate::limits::Limits;
use crate::protocol::{self, Request, Response, Target};
use crate::world::{World, noise};
use crate::{http_client, server, visit};

/// How a simulator behaves besides its world.
#[derive(Debug, Clone, Default)]
pub struct SimOptions {
    /// Time that every call takes, in real time.
    pub latency: Duration,
    /// Whether calls are throttled at AWS's rates.
    pub aws_limits: bool,
    /// Bad weather.
    pub faults: Option<Faults>,
}

/// A simulated AWS. Cheap to clone; clones share the world.
#[derive(Debug, Clone)]
pub struct Sim(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: SimClock,
    seed: u64,
    latency: Duration,
    world: Mutex<World>,
    limits: Option<Mutex<Limits>>,
    faults: Mutex<FaultState>,
    log: Mutex<CallLog>,
    under_way: Mutex<Vec<(u64, String)>>,
    arrivals: std::sync::atomic::AtomicU64,
    requests: std::sync::atomic::AtomicU64,
}

/// A call that has arrived. Dropped with the answer, or with the connection.
#[derive(Debug)]
pub(crate) struct UnderWay {
    sim: Sim,
    number: u64,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        held(&self.sim.0.under_way).retain(|(number, _)| *number != self.number);
    }
}

/// What reaches the caller.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// This answer.
    Whole(Response),
    /// Half of this answer's body, and then the connection's end.
    Truncated(Response),
    /// The connection's end.
    Closed,
    /// Not even a connection: the name has no address.
    NoSuchHost,
}

impl Sim {
    /// A simulator of that world.
    pub fn new(world: World, options: SimOptions) -> Sim {
        Sim(Arc::new(Inner {
            clock: world.clock.clone(),
            seed: world.seed,
            latency: options.latency,
            world: Mutex::new(world),
            limits: options.aws_limits.then(Mutex::default),
            faults: Mutex::new(FaultState::new(options.faults)),
            log: Mutex::default(),
            under_way: Mutex::default(),
            arrivals: 0.into(),
            requests: 0.into(),
        }))
    }

    /// The world's clock.
    pub fn clock(&self) -> SimClock {
        self.0.clock.clone()
    }

    /// Looks at the world or changes it, between calls.
    pub fn with_world<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut held(&self.0.world))
    }

    /// An SDK's HTTP client whose requests never leave the process.
    pub fn http_client(&self) -> SharedHttpClient {
        http_client::of(self.clone())
    }

    /// Serves on loopback, so that any AWS client can call; port 0 for a free one. Needs a tokio runtime, which it uses
    /// until it is stopped or dropped.
    pub async fn serve(&self, port: u16) -> std::io::Result<server::Server> {
        server::serve(self.clone(), port).await
    }

    /// The calls so far, oldest first (the last 100,000 of them).
    pub fn calls(&self) -> Vec<Call> {
        held(&self.0.log).all()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        held(&self.0.log).clear();
    }

    /// Operations of the calls that have arrived and are not answered yet, oldest first: where a caller stands now.
    pub fn under_way(&self) -> Vec<String> {
        held(&self.0.under_way).iter().map(|(_, operation)| operation.clone()).collect()
    }

    /// Other weather from now on; counts begin anew.
    pub fn set_faults(&self, faults: Option<Faults>) {
        *held(&self.0.faults) = FaultState::new(faults);
    }

    /// A call has arrived; it is under way until what is given here is dropped.
    pub(crate) fn arrived(&self, operation: &str) -> UnderWay {
        let number = self.0.arrivals.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        held(&self.0.under_way).push((number, operation.to_owned()));
        UnderWay { sim: self.clone(), number }
    }

    /// Answers a request.
    pub(crate) async fn answer(&self, request: Request) -> Delivery {
        let dated = |response| self.dated(response);
        match visit::answer(self, &request).await {
            Delivery::Whole(response) => Delivery::Whole(dated(response)),
            Delivery::Truncated(response) => Delivery::Truncated(dated(response)),
            other => other,
        }
    }

    /// What a call meets, which counts it.
    pub(crate) fn weather(&self, call: Struck<'_>) -> Weather {
        let mut weather = held(&self.0.faults).strike(call);
        weather.latency += self.0.latency;
        weather
    }

    /// Whether one more call is within AWS's rates, if those are kept here; counts it.
    pub(crate) fn within_rates(&self, account: &str, region: &str, target: Target) -> bool {
        self.0
            .limits
            .as_ref()
            .is_none_or(|limits| held(limits).allow(account, region, &target.service.id, target.name, Instant::now()))
    }

    pub(crate) fn log(&self, call: Call) {
        held(&self.0.log).add(call);
    }

    /// A request id that no other request has; the same in the same order.
    pub(crate) fn request_id(&self) -> String {
        let number = self.0.requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let hex = noise::hex(noise::of(self.0.seed, &["request", &number.to_string()]), 32);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    fn dated(&self, mut response: Response) -> Response {
        if !response.headers().contains_key("date")
            && let Ok(date) = protocol::http_date(self.0.clock.now()).parse()
        {
            response.headers_mut().insert("date", date);
        }
        response
    }
}

/// Holds a lock. A panic while it was held has been seen already; what it guards is still whole enough to look at.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
#[path = "sim_tests.rs"]
mod tests;

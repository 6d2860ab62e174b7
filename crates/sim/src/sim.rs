//! `Sim`: a world answering calls. Here a request goes its way: recognised, authenticated, met by faults and limits,
//! checked, run in the world, checked again, written out. How it came in is `http_client`'s and `server`'s business.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use serde_json::Value;
use tokio::time::Instant;

use crate::call_log::{Call, CallLog, Outcome, mutates};
use crate::clock::SimClock;
use crate::faults::{Fault, FaultState, Faults, Struck, Weather};
use crate::limits::Limits;
use crate::protocol::{self, About, Protocol, Recognised, Refusal, Request, Response, Target, auth};
use crate::world::{Caller, World, noise};
use crate::{http_client, model, server, service, services};

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
    requests: std::sync::atomic::AtomicU64,
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

/// Who calls.
struct Authenticated {
    account: String,
    region: String,
    access_key_id: String,
    arn: String,
    user_id: String,
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

    /// Other weather from now on; counts begin anew.
    pub fn set_faults(&self, faults: Option<Faults>) {
        *held(&self.0.faults) = FaultState::new(faults);
    }

    /// Answers a request.
    pub(crate) async fn answer(&self, request: Request) -> Delivery {
        let request_id = self.request_id();
        let signature = auth::read(&request);
        let signing = signature.as_ref().ok().and_then(Option::as_ref).map(|signature| signature.service.clone());
        let (protocol, recognised) = protocol::recognise(&request, signing.as_deref());
        let (about, target, named) = match recognised {
            Recognised::Target(target) => (target.into(), Ok(target), target.name.to_owned()),
            Recognised::Unknown { service, operation } => {
                let about = About { service, operation: None };
                (about, Err(Refusal::UnknownOperation(operation.clone())), operation)
            }
            Recognised::No => (About::default(), Err(Refusal::UnknownOperation(String::new())), String::new()),
        };
        let mut visit = Visit { sim: self, protocol, about, request_id, caller: None, named };
        let delivery = visit.answer(&request, signature, target).await;
        match delivery {
            Delivery::Whole(response) => Delivery::Whole(self.dated(response)),
            Delivery::Truncated(response) => Delivery::Truncated(self.dated(response)),
            other => other,
        }
    }

    fn request_id(&self) -> String {
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

/// One request on its way.
struct Visit<'a> {
    sim: &'a Sim,
    protocol: &'static dyn Protocol,
    about: About,
    request_id: String,
    caller: Option<Authenticated>,
    named: String,
}

impl Visit<'_> {
    async fn answer(
        &mut self,
        request: &Request,
        signature: Result<Option<auth::Signature>, Refusal>,
        target: Result<Target, Refusal>,
    ) -> Delivery {
        let authenticated = self.authenticate(&signature, target.as_ref().ok());
        let weather = self.weather();
        tokio::time::sleep(self.sim.0.latency + weather.latency).await;
        let fault = weather.fault;
        if let Some(fault) = &fault {
            let signed_at = signature.ok().flatten().map(|signature| signature.signed_at);
            if let Some(delivery) = self.prevented(fault, signed_at).await {
                return delivery;
            }
        }
        match authenticated.and(target).and_then(|target| Ok((target, self.run(target, request, fault.as_ref())?))) {
            Err(refusal) => self.refused(refusal),
            Ok((target, output)) => self.delivered(self.protocol.encode(target, &output, &self.request_id), fault),
        }
    }

    /// Whose call it is. The key chooses the account; one that is not known gets the world's first.
    fn authenticate(
        &mut self,
        signature: &Result<Option<auth::Signature>, Refusal>,
        target: Option<&Target>,
    ) -> Result<(), Refusal> {
        let Some(signature) = signature.as_ref().map_err(Clone::clone)? else {
            let unsigned = target.is_some_and(|target| target.operation.unsigned);
            return if unsigned { Ok(()) } else { Err(Refusal::MissingAuthenticationToken) };
        };
        let mut world = held(&self.sim.0.world);
        let now = world.now();
        let known = world.accounts.caller(&signature.access_key_id, now);
        let first = || {
            let first = world.accounts.by_id.values().next()?;
            world.accounts.caller(&first.access_key_id, now)
        };
        let Caller { account, arn, user_id, session_token, expired } =
            known.or_else(first).ok_or(Refusal::UnrecognizedClient)?;
        let enabled = world.accounts.region_enabled(&account, &signature.region);
        let (region, access_key_id) = (signature.region.clone(), signature.access_key_id.clone());
        self.caller = Some(Authenticated { account, region, access_key_id, arn, user_id });
        if !enabled || session_token.is_some_and(|token| signature.session_token.as_ref() != Some(&token)) {
            return Err(Refusal::UnrecognizedClient);
        }
        if expired {
            return Err(Refusal::ExpiredToken);
        }
        match target {
            Some(target) if target.service.signing != signature.service => {
                let service = &target.service.signing;
                Err(Refusal::InvalidSignature(format!("Credential should be scoped to correct service: '{service}'.")))
            }
            _ => Ok(()),
        }
    }

    fn weather(&self) -> Weather {
        let (account, region) = self.account_and_region();
        let struck = Struck { service: self.service_id(), operation: &self.named, account, region };
        held(&self.sim.0.faults).strike(struck)
    }

    /// What a fault answers in place of running the call; none if the call runs all the same.
    async fn prevented(&self, fault: &Fault, signed_at: Option<chrono::DateTime<chrono::Utc>>) -> Option<Delivery> {
        let refuse = |word, refusal: Refusal| {
            self.log(Outcome::Prevented(word));
            Some(Delivery::Whole(self.protocol.refuse(self.about, &refusal, &self.request_id)))
        };
        let end = |word, delivery| {
            self.log(Outcome::Prevented(word));
            Some(delivery)
        };
        match fault {
            Fault::Throttle => refuse("throttle", Refusal::Throttling),
            Fault::Error { code, message, status } => {
                let error = service::ApiError { code: code.clone(), message: message.clone(), status: *status };
                refuse("error", Refusal::Injected(error))
            }
            Fault::AccessDenied => refuse("access_denied", Refusal::AccessDenied(self.denial())),
            Fault::ExpiredToken => refuse("expired_token", Refusal::ExpiredToken),
            Fault::Http503 => end("http_503", Delivery::Whole(balancer_503())),
            Fault::Reset => end("reset", Delivery::Closed),
            Fault::Dns => end("dns", Delivery::NoSuchHost),
            Fault::ClockSkew { seconds } => {
                let aws = SimClock::machine().now() + chrono::TimeDelta::seconds(*seconds);
                let off = signed_at.map(|at| aws - at).filter(|off| off.abs() > chrono::TimeDelta::minutes(5))?;
                let when =
                    if off > chrono::TimeDelta::zero() { "Signature expired" } else { "Signature not yet current" };
                self.log(Outcome::Prevented("clock_skew"));
                let refusal = Refusal::InvalidSignature(format!("{when}: it is now {}", aws.format("%Y%m%dT%H%M%SZ")));
                let mut response = self.protocol.refuse(self.about, &refusal, &self.request_id);
                response.headers_mut().insert("date", protocol::http_date(aws).parse().ok()?);
                Some(Delivery::Whole(response))
            }
            Fault::Stall { ms } => {
                tokio::time::sleep(Duration::from_millis(*ms)).await;
                None
            }
            Fault::TruncateBody | Fault::ExecutedThenLost | Fault::RepeatNextToken | Fault::Latency { .. } => None,
        }
    }

    /// Runs the call in the world, if it is within the rates and the model allows its input.
    fn run(&self, target: Target, request: &Request, fault: Option<&Fault>) -> Result<Value, Refusal> {
        let (account, region) = self.account_and_region();
        if let Some(limits) = &self.sim.0.limits
            && !held(limits).allow(account, region, &target.service.id, target.name, Instant::now())
        {
            return Err(Refusal::Throttling);
        }
        let input = self.protocol.decode(target, request)?;
        let violations = model::violations(target.service, target.operation, &input);
        if !violations.is_empty() {
            return Err(Refusal::Validation(violations));
        }
        let Some(service) = services::find(&target.service.id) else {
            return Err(Refusal::UnknownOperation(target.name.to_owned()));
        };
        let caller = self.caller.as_ref();
        let call = service::Request {
            account,
            region,
            access_key_id: caller.map_or("", |caller| &caller.access_key_id),
            caller_arn: caller.map_or("", |caller| &caller.arn),
            user_id: caller.map_or("", |caller| &caller.user_id),
            operation: target.name,
            input: &input,
        };
        let answered = service.call(&mut held(&self.sim.0.world), &call);
        judge(target, &answered);
        let mut output = answered.map_err(Refusal::Declared)?;
        if fault == Some(&Fault::RepeatNextToken) {
            for name in ["nextToken", "NextToken", "Marker"] {
                if let (Some(asked), Some(answered)) = (input.get(name), output.get_mut(name)) {
                    *answered = asked.clone();
                }
            }
        }
        Ok(output)
    }

    fn refused(&self, refusal: Refusal) -> Delivery {
        self.log(Outcome::Refused(refusal.code(self.about)));
        Delivery::Whole(self.protocol.refuse(self.about, &refusal, &self.request_id))
    }

    /// The answer of a call that ran, as far as the weather lets it through.
    fn delivered(&self, response: Response, fault: Option<Fault>) -> Delivery {
        let (outcome, delivery) = match fault {
            Some(Fault::TruncateBody) => (Outcome::Lost("truncate_body"), Delivery::Truncated(response)),
            Some(Fault::ExecutedThenLost) => (Outcome::Lost("executed_then_lost"), Delivery::Closed),
            _ => (Outcome::Answered, Delivery::Whole(response)),
        };
        self.log(outcome);
        delivery
    }

    fn log(&self, outcome: Outcome) {
        let (account, region) = self.account_and_region();
        held(&self.sim.0.log).add(Call {
            number: 0,
            at: self.sim.0.clock.now(),
            account: account.to_owned(),
            region: region.to_owned(),
            service: self.service_id().to_owned(),
            operation: self.named.clone(),
            mutating: self.about.operation.is_some() && mutates(&self.named),
            outcome,
        });
    }

    fn denial(&self) -> String {
        let (service, operation) = (self.about.service.map_or("", |service| &service.signing), &self.named);
        let caller = self.caller.as_ref().map_or("anonymous", |caller| &caller.arn);
        format!(
            "User: {caller} is not authorized to perform: {service}:{operation} with an explicit deny in a service control policy"
        )
    }

    fn service_id(&self) -> &'static str {
        self.about.service.map_or("", |service| &service.id)
    }

    fn account_and_region(&self) -> (&str, &str) {
        self.caller.as_ref().map_or(("", ""), |caller| (&caller.account, &caller.region))
    }
}

/// Stops loudly, in debug builds, at an answer that AWS could not give: a test on it would prove nothing.
fn judge(target: Target, answered: &Result<Value, service::ApiError>) {
    if !cfg!(debug_assertions) {
        return;
    }
    let found = match answered {
        Ok(output) => model::disagreements(target.service, target.operation, output),
        Err(error) if model::may_answer(target.service, target.operation, &error.code) => Vec::new(),
        Err(error) => vec![format!("it does not declare {error}")],
    };
    assert!(found.is_empty(), "{} {}: {}", target.service.id, target.name, found.join("; "));
}

fn balancer_503() -> Response {
    let body = "<html><body><b>Http/1.1 Service Unavailable</b></body></html>";
    let response = http::Response::builder().status(503).header("content-type", "text/html").body(body.into());
    response.expect("status and header are well-formed")
}

/// Holds a lock. A panic while it was held has been seen already; what it guards is still whole enough to look at.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
#[path = "sim_tests.rs"]
mod tests;

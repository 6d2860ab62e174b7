//! A request's way through the simulator: authenticated, met by faults and limits, checked by the model, run in the world,
//! checked again, written out.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::call_log::{Call, Outcome, mutates};
use crate::clock::SimClock;
use crate::faults::{Fault, Struck, Weather};
use crate::protocol::{self, About, Protocol, Recognised, Refusal, Request, Response, Target, auth};
use crate::sim::{Delivery, Sim};
use crate::world::Caller;
use crate::{model, service, services};

/// Answers a request, as far as the weather lets the answer through.
pub(crate) async fn answer(sim: &Sim, request: &Request) -> Delivery {
    let signature = auth::read(request);
    let signing = signature.as_ref().ok().and_then(Option::as_ref).map(|signature| signature.service.as_str());
    let (protocol, recognised) = protocol::recognise(request, signing);
    let (about, target, named) = match recognised {
        Recognised::Target(target) => (target.into(), Ok(target), target.name.to_owned()),
        Recognised::Unknown { service, operation } => {
            let about = About { service, operation: None };
            (about, Err(Refusal::UnknownOperation(operation.clone())), operation)
        }
        Recognised::No => (About::default(), Err(Refusal::UnknownOperation(String::new())), String::new()),
    };
    let mut visit = Visit { sim, protocol, about, request_id: sim.request_id(), caller: None, named };
    let _under_way = sim.arrived(&visit.named);
    visit.answer(request, signature, target).await
}

/// Who calls.
struct Authenticated {
    account: String,
    region: String,
    access_key_id: String,
    arn: String,
    user_id: String,
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
        tokio::time::sleep(weather.latency).await;
        let fault = weather.fault;
        if let Some(fault) = &fault {
            let signed_at = signature.ok().flatten().map(|signature| signature.signed_at);
            if let Some(delivery) = self.prevented(fault, signed_at).await {
                return delivery;
            }
        }
        match authenticated.and(target).and_then(|target| Ok((target, self.run(target, request, fault.as_ref())?))) {
            Err(refusal) => self.refused(refusal),
            Ok((target, output)) => {
                let late = match &fault {
                    Some(Fault::LateAnswer { ms }) => Duration::from_millis(*ms),
                    _ => Duration::ZERO,
                };
                let delivery = self.delivered(self.protocol.encode(target, &output, &self.request_id), fault);
                tokio::time::sleep(late).await;
                delivery
            }
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
        let (known, enabled) = self.sim.with_world(|world| {
            let now = world.now();
            let first = || {
                let first = world.accounts.by_id.values().next()?;
                world.accounts.caller(&first.access_key_id, now)
            };
            let known = world.accounts.caller(&signature.access_key_id, now).or_else(first);
            let in_region = |caller: &Caller| world.accounts.region_enabled(&caller.account, &signature.region);
            let enabled = known.as_ref().is_some_and(in_region);
            (known, enabled)
        });
        let Caller { account, arn, user_id, session_token, expired } = known.ok_or(Refusal::UnrecognizedClient)?;
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
        self.sim.weather(struck)
    }

    /// What a fault answers in place of running the call; none if the call runs all the same.
    async fn prevented(&self, fault: &Fault, signed_at: Option<DateTime<Utc>>) -> Option<Delivery> {
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
                let signed_at = signed_at?;
                let aws = self.callers_now(signed_at) + TimeDelta::seconds(*seconds);
                let off = aws - signed_at;
                if off.abs() <= TimeDelta::minutes(5) {
                    return None;
                }
                let when = if off > TimeDelta::zero() { "Signature expired" } else { "Signature not yet current" };
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
            Fault::TruncateBody
            | Fault::ExecutedThenLost
            | Fault::LateAnswer { .. }
            | Fault::Behind { .. }
            | Fault::RepeatNextToken
            | Fault::Latency { .. } => None,
        }
    }

    /// The present by the clock that the caller seems to sign by: the world's, as tests hand it in, or the machine's.
    fn callers_now(&self, signed_at: DateTime<Utc>) -> DateTime<Utc> {
        let (world, machine) = (self.sim.clock().now(), SimClock::machine().now());
        if (signed_at - world).abs() < (signed_at - machine).abs() { world } else { machine }
    }

    /// Runs the call in the world, if it is within the rates and the model allows its input.
    fn run(&self, target: Target, request: &Request, fault: Option<&Fault>) -> Result<Value, Refusal> {
        let (account, region) = self.account_and_region();
        if !self.sim.within_rates(account, region, target) {
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
            behind: match fault {
                Some(Fault::Behind { ms }) => i64::try_from(*ms).unwrap_or(i64::MAX),
                _ => 0,
            },
        };
        let answered = self.sim.with_world(|world| service.call(world, &call));
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
        self.sim.log(Call {
            number: 0,
            at: self.sim.clock().now(),
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

//! Bad weather, as a file says: which calls meet which fault.
//!
//! ```json
//! {"seed": 7, "rules": [
//!   {"service": "codepipeline", "operation": "GetPipelineState", "from_call": 3, "times": 2, "kind": "throttle"},
//!   {"account": "111122223333", "operation": "ListPipelines", "kind": "access_denied"},
//!   {"service": "codebuild", "probability": 0.1, "kind": {"stall": {"ms": 20000}}},
//!   {"operation": "RollbackStage", "times": 1, "kind": "executed_then_lost"}
//! ]}
//! ```
//! A rule without `service`, `operation`, `account` or `region` is for all of them. `from_call` (from 1) counts the calls
//! that the rule is for, `times` how often it strikes at most, `probability` how likely each time. Of the rules that are
//! for a call the first that strikes counts; `latency` adds to whatever else happens.

use std::time::Duration;

use rand::{RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

/// A faults file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// What the draws of `probability` are made from.
    #[serde(default)]
    pub seed: u64,
    /// Rules in order.
    pub rules: Vec<Rule>,
}

impl Faults {
    /// Reads a faults file's text. The error says line and column.
    pub fn from_json(text: &str) -> Result<Faults, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// One rule for all calls of an operation, as tests use most.
    pub fn on(operation: &str, kind: Fault) -> Faults {
        Faults { seed: 0, rules: vec![Rule { operation: Some(operation.to_owned()), ..Rule::always(kind) }] }
    }
}

/// Which calls meet a fault.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Endpoint prefix (`codepipeline`, `logs`, `portal.sso`).
    #[serde(default)]
    pub service: Option<String>,
    /// Operation.
    #[serde(default)]
    pub operation: Option<String>,
    /// Account, 12 digits.
    #[serde(default)]
    pub account: Option<String>,
    /// Region.
    #[serde(default)]
    pub region: Option<String>,
    /// First of the calls it is for that it can strike, from 1.
    #[serde(default = "first")]
    pub from_call: u64,
    /// How often it strikes at most.
    #[serde(default)]
    pub times: Option<u64>,
    /// How likely it strikes, 0 to 1.
    #[serde(default = "certain")]
    pub probability: f64,
    /// What happens.
    pub kind: Fault,
}

impl Rule {
    /// The fault on every call.
    pub fn always(kind: Fault) -> Rule {
        let (service, operation, account, region) = (None, None, None, None);
        Rule { service, operation, account, region, from_call: 1, times: None, probability: 1.0, kind }
    }

    fn is_for(&self, call: &Struck<'_>) -> bool {
        let fits = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is);
        fits(&self.service, call.service)
            && fits(&self.operation, call.operation)
            && fits(&self.account, call.account)
            && fits(&self.region, call.region)
    }
}

fn first() -> u64 {
    1
}

fn certain() -> f64 {
    1.0
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// AWS's throttling error; the call does not run.
    Throttle,
    /// This error; the call does not run.
    Error {
        /// Code.
        code: String,
        /// Message.
        message: String,
        /// HTTP status.
        status: u16,
    },
    /// The caller may not, by a service control policy; the call does not run.
    AccessDenied,
    /// A 503 of a load balancer, which is HTML and knows nothing of the protocol; the call does not run.
    #[serde(rename = "http_503")]
    Http503,
    /// The call runs; the connection ends in the middle of the answer's body.
    TruncateBody,
    /// Silence before the call runs and is answered.
    Stall {
        /// How long.
        ms: u64,
    },
    /// The connection is closed before the call runs.
    Reset,
    /// The host has no address. In-process only: a server cannot take its own name away.
    Dns,
    /// The credentials have ended; the call does not run.
    ExpiredToken,
    /// The call runs; the connection is closed instead of an answer.
    ExecutedThenLost,
    /// The call runs; its answer comes so much later.
    LateAnswer {
        /// How much.
        ms: u64,
    },
    /// A list shows how things were so long ago: what began since is not in it, what changed since is as it was before.
    Behind {
        /// How long.
        ms: u64,
    },
    /// AWS's clock is ahead of the caller's by this much; calls signed more than five minutes off are refused.
    ClockSkew {
        /// How much; negative if it is behind.
        seconds: i64,
    },
    /// The call runs; the answer's token is the one it was asked with.
    RepeatNextToken,
    /// The call takes longer by this much.
    Latency {
        /// How much.
        ms: u64,
    },
}

/// A call, as rules look at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Struck<'a> {
    pub(crate) service: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
}

/// What a call meets.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Weather {
    pub(crate) latency: Duration,
    pub(crate) fault: Option<Fault>,
}

/// Rules with what they have counted.
#[derive(Debug, Default)]
pub(crate) struct FaultState {
    rules: Vec<(Rule, Counted)>,
}

#[derive(Debug)]
struct Counted {
    seen: u64,
    struck: u64,
    draws: ChaCha8Rng,
}

impl FaultState {
    pub(crate) fn new(faults: Option<Faults>) -> FaultState {
        let faults = faults.unwrap_or_default();
        let counted =
            |i: u64| Counted { seen: 0, struck: 0, draws: ChaCha8Rng::seed_from_u64(faults.seed ^ (i << 32)) };
        FaultState { rules: faults.rules.iter().cloned().zip((1..).map(counted)).collect() }
    }

    /// What this call meets; counts it.
    pub(crate) fn strike(&mut self, call: Struck<'_>) -> Weather {
        let mut weather = Weather::default();
        for (rule, counted) in self.rules.iter_mut().filter(|(rule, _)| rule.is_for(&call)) {
            counted.seen += 1;
            let due = counted.seen >= rule.from_call && rule.times.is_none_or(|times| counted.struck < times);
            let taken = weather.fault.is_some() && !matches!(rule.kind, Fault::Latency { .. });
            if !due || taken || (rule.probability < 1.0 && !counted.draws.random_bool(rule.probability.max(0.0))) {
                continue;
            }
            counted.struck += 1;
            match &rule.kind {
                Fault::Latency { ms } => weather.latency += Duration::from_millis(*ms),
                kind => weather.fault = Some(kind.clone()),
            }
        }
        weather
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call<'a>(operation: &'a str, account: &'a str) -> Struck<'a> {
        Struck { service: "codepipeline", operation, account, region: "eu-west-1" }
    }

    #[test]
    fn a_file_says_every_kind() {
        let kinds = r#"["throttle", {"error": {"code": "A", "message": "b", "status": 500}}, "access_denied", "http_503",
            "truncate_body", {"stall": {"ms": 1}}, "reset", "dns", "expired_token", "executed_then_lost",
            {"late_answer": {"ms": 1}}, {"behind": {"ms": 1}}, {"clock_skew": {"seconds": -600}}, "repeat_next_token",
            {"latency": {"ms": 1}}]"#;
        let kinds: Vec<Fault> = serde_json::from_str(kinds).expect("kinds");
        assert_eq!(kinds.len(), 15);
    }

    #[test]
    fn a_typing_error_is_an_error() {
        for text in [r#"{"rules": [{"kind": "trottle"}]}"#, r#"{"rules": [{"kind": "throttle", "opration": "X"}]}"#] {
            let error = Faults::from_json(text).expect_err("has a typing error");
            assert!(error.to_string().contains("line 1"), "{error}");
        }
    }

    #[test]
    fn rules_strike_where_and_as_often_as_they_say() {
        let rule =
            Rule { from_call: 2, times: Some(2), account: Some("1".to_owned()), ..Rule::always(Fault::Throttle) };
        let mut state = FaultState::new(Some(Faults { seed: 0, rules: vec![rule] }));
        let mut struck = |account| state.strike(call("ListPipelines", account)).fault.is_some();
        assert_eq!(
            [struck("1"), struck("2"), struck("1"), struck("1"), struck("1")],
            [false, false, true, true, false]
        );
    }

    #[test]
    fn the_first_fault_counts_and_latencies_add_up() {
        let kinds = [Fault::Latency { ms: 5 }, Fault::Reset, Fault::Throttle, Fault::Latency { ms: 7 }];
        let mut state = FaultState::new(Some(Faults { seed: 0, rules: kinds.map(Rule::always).into() }));
        let weather = state.strike(call("ListPipelines", "1"));
        assert_eq!(weather, Weather { latency: Duration::from_millis(12), fault: Some(Fault::Reset) });
    }

    #[test]
    fn probability_is_drawn_from_the_seed() {
        let draws = |seed| {
            let rule = Rule { probability: 0.3, ..Rule::always(Fault::Throttle) };
            let mut state = FaultState::new(Some(Faults { seed, rules: vec![rule] }));
            (0..1000).map(|_| state.strike(call("ListPipelines", "1")).fault.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
        let struck = draws(1).iter().filter(|struck| **struck).count();
        assert!((240..360).contains(&struck), "{struck} of 1000");
    }
}

//! AWS's request rates: a token bucket an account × Region × service (× operation where AWS publishes a rate for it).
//! In real time, like latency: the world's clock may stand or jump.

use std::collections::HashMap;

use tokio::time::Instant;

/// Calls a second and burst where AWS publishes nothing.
const UNPUBLISHED: Rate = Rate { per_second: 10.0, burst: 20.0 };

/// Rates AWS publishes (CloudWatch Logs quotas; the lower bound where it depends on the Region), and what is known of the SSO portal.
const PUBLISHED: &[(&str, Option<&str>, Rate)] = &[
    ("logs", Some("DescribeLogGroups"), Rate { per_second: 10.0, burst: 10.0 }),
    ("logs", Some("DescribeLogStreams"), Rate { per_second: 25.0, burst: 25.0 }),
    ("logs", Some("FilterLogEvents"), Rate { per_second: 5.0, burst: 5.0 }),
    ("logs", Some("GetLogEvents"), Rate { per_second: 10.0, burst: 10.0 }),
    ("portal.sso", None, Rate { per_second: 20.0, burst: 40.0 }),
];

/// Operations that AWS publishes a rate of, of all that this simulator answers: service, operation, calls per second, burst.
pub fn published() -> impl Iterator<Item = (&'static str, &'static str, f64, f64)> {
    PUBLISHED
        .iter()
        .filter_map(|(service, operation, rate)| Some((*service, (*operation)?, rate.per_second, rate.burst)))
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Rate {
    per_second: f64,
    burst: f64,
}

/// A bucket's owner: account, Region, service, and the operation if that has a bucket of its own.
type Key = (String, String, &'static str, Option<&'static str>);

#[derive(Debug, Default)]
pub(crate) struct Limits {
    buckets: HashMap<Key, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

impl Limits {
    /// Whether one more call is within the rate; if so it is counted.
    pub(crate) fn allow(
        &mut self,
        account: &str,
        region: &str,
        service: &'static str,
        operation: &str,
        now: Instant,
    ) -> bool {
        let of = |wanted: Option<&str>| PUBLISHED.iter().find(|(id, op, _)| *id == service && *op == wanted);
        let (own, rate) = match of(Some(operation)).or_else(|| of(None)) {
            Some((_, own, rate)) => (*own, *rate),
            None => (None, UNPUBLISHED),
        };
        let key = (account.to_owned(), region.to_owned(), service, own);
        let bucket = self.buckets.entry(key).or_insert(Bucket { tokens: rate.burst, filled_at: now });
        let since = now.saturating_duration_since(bucket.filled_at).as_secs_f64();
        bucket.tokens = (bucket.tokens + since * rate.per_second).min(rate.burst);
        bucket.filled_at = now;
        let allowed = bucket.tokens >= 1.0;
        if allowed {
            bucket.tokens -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn allowed(limits: &mut Limits, tries: usize, account: &str, operation: &str, now: Instant) -> usize {
        (0..tries).filter(|_| limits.allow(account, "eu-west-1", "codepipeline", operation, now)).count()
    }

    #[test]
    fn a_burst_and_then_the_rate_each_account_for_itself() {
        let (mut limits, start) = (Limits::default(), Instant::now());
        assert_eq!(allowed(&mut limits, 50, "1", "ListPipelines", start), 20);
        assert_eq!(allowed(&mut limits, 50, "1", "GetPipeline", start), 0, "one bucket a service");
        assert_eq!(allowed(&mut limits, 50, "2", "ListPipelines", start), 20);
        assert_eq!(allowed(&mut limits, 50, "1", "ListPipelines", start + Duration::from_millis(500)), 5);
        assert_eq!(allowed(&mut limits, 50, "1", "ListPipelines", start + Duration::from_secs(60)), 20);
    }

    #[test]
    fn an_operation_with_a_published_rate_has_a_bucket_of_its_own() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        let mut logs = |operation: &str| (0..50).filter(|_| limits.allow("1", "r", "logs", operation, now)).count();
        assert_eq!((logs("FilterLogEvents"), logs("GetLogEvents")), (5, 10));
    }

    #[test]
    fn published_rates_are_of_offered_operations() {
        for (service, operation, _) in PUBLISHED {
            let model = crate::model::service(service).expect("a service");
            assert!(operation.is_none_or(|op| model.operations.contains_key(op)), "{service} {operation:?}");
        }
    }
}

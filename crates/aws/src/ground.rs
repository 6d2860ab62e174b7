//! What every call stands on: environment, clock, HTTP, budgets; and how an SDK configuration is made of them. Nothing of
//! the SDK's defaults that reads the process's environment is used.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::{rt::sleep::TokioSleep, time::TimeSource};
use aws_smithy_runtime_api::client::{behavior_version::BehaviorVersion, http::SharedHttpClient};
use aws_smithy_types::{date_time::Format, retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, app_name::AppName, region::Region};
use chrono::TimeDelta;
use skydeck_domain::{Clock, ErrorInfo};

use crate::{
    AwsError, ErrorClass,
    caller::{Caller, Clients, Mode},
    endpoints::Endpoints,
    environment::Environment,
    guard::Guard,
    http::Http,
    limiter::Limiter,
    profiles::Basis,
    service::Spec,
};

const CONNECT_TIMEOUT: Duration = Duration::from_millis(3_100);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// Shared by all sessions.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) env: Environment,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) http: Http,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) time: SigningTime,
}

impl Ground {
    /// The configuration of clients that call with these credentials, or with none (for the two calls that need none).
    fn sdk_config(&self, wire: &Wire, region: &str, credentials: Option<Credentials>) -> SdkConfig {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .build();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .http_client(wire.http.clone())
            .sleep_impl(TokioSleep::new())
            .time_source(self.time.clone())
            .disable_clock_skew_correction(true)
            .identity_cache(Guard)
            // Retries are the caller's: the limiter must see every attempt, and a mutation is never re-sent blindly.
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .service_config(wire.endpoints.clone());
        config.set_app_name(AppName::new("skydeck").ok());
        config.set_credentials_provider(credentials.map(SharedCredentialsProvider::new));
        config.build()
    }

    /// Clients that call with these credentials.
    pub(crate) fn clients(&self, wire: &Wire, region: &str, credentials: Option<Credentials>) -> Clients {
        Clients::new(self.sdk_config(wire, region, credentials), self.time.clone())
    }

    /// A caller for getting credentials and checking them: whoever waits for it waits for everything, so it is urgent.
    pub(crate) fn entrance(
        &self,
        wire: &Wire,
        who: (&str, &str, &str),
        spec: &'static Spec,
        credentials: Option<Credentials>,
    ) -> Caller {
        let clients = Arc::new(self.clients(wire, who.2, credentials));
        Caller::new(who, spec, Mode::Read { urgent: true }, clients, self.limiter.clone(), None)
    }

    /// The wire that a profile's calls go over.
    pub(crate) fn wire(&self, basis: &Basis) -> Result<Wire, ErrorInfo> {
        let http = self.http.client(basis.ca_bundle.as_deref())?;
        Ok(Wire { http, endpoints: basis.endpoints.clone() })
    }
}

/// Where a profile's calls go, and over which connections.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    http: SharedHttpClient,
    endpoints: Endpoints,
}

/// The time that requests are signed with: the given clock, corrected by what AWS says of its own. One for the process,
/// so that what the first call learned also serves a mutating one. (The SDK's own correction is per client.)
#[derive(Debug, Clone)]
pub(crate) struct SigningTime {
    clock: Arc<dyn Clock>,
    ahead_ms: Arc<AtomicI64>,
}

/// AWS refuses what was signed five minutes from its own time; a little less is no reason to believe its clock.
const SKEW: TimeDelta = TimeDelta::minutes(4);

impl SigningTime {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        SigningTime { clock, ahead_ms: Arc::default() }
    }

    /// AWS refused a signature or its time, at `date` by its own clock. Whether that was ours being wrong, and so worth
    /// another attempt.
    pub(crate) fn corrected(&self, date: &str) -> bool {
        let Ok(theirs) = aws_smithy_types::DateTime::from_str(date, Format::HttpDate) else { return false };
        let ahead = theirs.secs().saturating_mul(1000).saturating_sub(self.clock.now().timestamp_millis());
        let wrong =
            ahead.saturating_sub(self.ahead_ms.load(Ordering::Relaxed)).saturating_abs() > SKEW.num_milliseconds();
        if wrong {
            self.ahead_ms.store(ahead, Ordering::Relaxed);
        }
        wrong
    }
}

impl TimeSource for SigningTime {
    fn now(&self) -> SystemTime {
        let ahead = TimeDelta::try_milliseconds(self.ahead_ms.load(Ordering::Relaxed)).unwrap_or_default();
        self.clock.now().checked_add_signed(ahead).unwrap_or_else(|| self.clock.now()).into()
    }
}

/// An error of the local configuration.
pub(crate) fn config_error(profile: &str, region: &str, info: ErrorInfo) -> AwsError {
    local_error(profile, region, ErrorClass::Config, info)
}

/// An error that no call had to be made for.
pub(crate) fn local_error(profile: &str, region: &str, class: ErrorClass, info: ErrorInfo) -> AwsError {
    AwsError {
        class,
        info,
        profile: profile.into(),
        account: None,
        region: region.into(),
        retry_after: None::<TimeDelta>,
        certainly_not_run: true,
    }
}

//! `skydeckctl lock` and `unlock`: nothing acts on a thing or an environment.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use skydeck_api::{
    Host,
    contract::{calls::Nothing, verbs::LockParams},
    domain::Timestamp,
};

use crate::{
    failure::{Exit, Failure},
    out::Out,
};

/// What a lock is on.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct On {
    /// Id or ARN of the thing.
    id: Option<String>,
    /// Or an environment: dev, staging, prod …
    #[arg(long, value_name = "E")]
    environment: Option<String>,
}

/// Locks a thing or an environment: nothing acts on it until it is unlocked
#[derive(Debug, clap::Args)]
pub(crate) struct Lock {
    #[command(flatten)]
    on: On,
    /// Why; shown to whoever meets the lock.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Until when: a time (2026-11-23T18:00:00Z) or a length from now (90m, 2h, 3d). Without, until unlocked.
    #[arg(long, value_name = "T")]
    until: Option<String>,
}

/// Takes a lock away
#[derive(Debug, clap::Args)]
pub(crate) struct Unlock {
    #[command(flatten)]
    on: On,
    /// Why; kept in the ledger.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Lock {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        let now = host.boot(Nothing {}).await?.now;
        let until = self.until.as_deref().map(|text| until(text, now)).transpose()?;
        let params = LockParams { id: self.on.id, environment: self.on.environment, reason: self.reason, until };
        host.lock(params.clone()).await?;
        answer(&params, true, out)
    }
}

impl Unlock {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        let reason = self.reason.unwrap_or_default();
        let params = LockParams { id: self.on.id, environment: self.on.environment, reason, until: None };
        host.unlock(params.clone()).await?;
        answer(&params, false, out)
    }
}

fn answer(params: &LockParams, locked: bool, out: &mut Out) -> Result<Exit, Failure> {
    if out.json {
        out.json(&json!({
            "id": params.id, "environment": params.environment, "locked": locked, "reason": params.reason, "until": params.until,
        }))?;
    }
    Ok(Exit::Done)
}

/// A time, or a length from now.
fn until(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.with_timezone(&Utc));
    }
    let length = text.char_indices().last().and_then(|(at, unit)| {
        let number: u32 = text[..at].parse().ok()?;
        match unit {
            'm' => TimeDelta::try_minutes(number.into()),
            'h' => TimeDelta::try_hours(number.into()),
            'd' => TimeDelta::try_days(number.into()),
            _ => None,
        }
    });
    length.and_then(|l| now.checked_add_signed(l)).ok_or_else(|| {
        Failure::arguments(format!(
            "`{text}` is no time: write 2026-11-23T18:00:00Z, or a length from now as 90m, 2h, 3d."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_time_or_a_length() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        for (text, want) in [
            ("2026-11-23T18:00:00+09:00", Some("2026-11-23T09:00:00Z")),
            ("90m", Some("2026-11-22T13:30:00Z")),
            ("2h", Some("2026-11-22T14:00:00Z")),
            ("3d", Some("2026-11-25T12:00:00Z")),
            ("tomorrow", None),
            ("-2h", None),
            ("h", None),
            ("", None),
            ("4294967295d", None),
            ("3일", None),
        ] {
            let want: Option<Timestamp> = want.map(|w| w.parse().unwrap());
            assert_eq!(until(text, now).ok(), want, "{text}");
        }
    }
}

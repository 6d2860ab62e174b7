//! `skydeckctl sync`: reads AWS into the cache, once or until stopped.

use serde_json::{Value, json};
use skydeck_api::{Host, SyncFilter, SyncReport, contract::calls::Nothing, domain::SourceStatus, span};

use super::{unread, watch};
use crate::{
    failure::{Exit, Failure, cause},
    out::Out,
    table::{Cell, Table},
};

/// Reads AWS into the cache: once, or with --watch until stopped
#[derive(Debug, clap::Args)]
pub(crate) struct Sync {
    /// Only this profile (repeatable); without, those that are shown.
    #[arg(long = "profile", value_name = "P")]
    profiles: Vec<String>,
    /// Only this Region (repeatable); without, each profile's own.
    #[arg(long = "region", value_name = "R")]
    regions: Vec<String>,
    /// Only this service (repeatable).
    #[arg(long = "service", value_name = "S")]
    services: Vec<String>,
    /// Reads on until stopped, each thing at its own pace; one line a change.
    #[arg(long)]
    watch: bool,
}

impl Sync {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        for problem in &host.profiles(Nothing {}).await?.problems {
            cause(&problem.message);
        }
        let filter = SyncFilter { profiles: self.profiles, regions: self.regions, services: self.services };
        if self.watch {
            return watch::run(host, &filter, out).await;
        }
        let (report, ()) = tokio::join!(host.sync(&filter), host.recover());
        let report = report?;
        if out.json {
            out.json(&as_json(&report))?;
        } else {
            write(&report, out)?;
        }
        unread::tell(&report.sources);
        if report.sources.is_empty() {
            cause("There is nothing to read: no profile with a Region is shown. `skydeckctl profiles` lists them.");
        }
        Ok(exit(&report))
    }
}

fn exit(report: &SyncReport) -> Exit {
    match (report.any_read(), report.all_read()) {
        (false, _) => Exit::Bad,
        (true, true) => Exit::Done,
        (true, false) => Exit::Partly,
    }
}

fn as_json(report: &SyncReport) -> Value {
    let source = |s: &SourceStatus| {
        json!({
            "profile": s.id.profile, "account": s.account, "region": s.id.region, "service": s.id.service,
            "state": s.state, "rows": s.rows, "api_calls": s.api_calls, "elapsed_ms": s.elapsed_ms, "error": s.error,
        })
    };
    json!({
        "elapsed_ms": report.elapsed_ms, "api_calls": report.api_calls, "rows": report.rows,
        "sources": report.sources.iter().map(source).collect::<Vec<_>>(),
    })
}

fn write(report: &SyncReport, out: &mut Out) -> Result<(), Failure> {
    let mut table = Table::new(&["PROFILE", "ACCOUNT", "REGION", "SERVICE", "STATE", "ROWS", "CALLS", "TOOK"]);
    for source in &report.sources {
        let shade = (!source.state.is_read()).then_some(31);
        table.row([
            Cell::of(&source.id.profile),
            Cell::from(source.account.as_ref()),
            Cell::of(&source.id.region),
            Cell::of(&source.id.service),
            Cell::of(source.state.word()).shaded(shade),
            Cell::right(source.rows),
            Cell::right(source.api_calls),
            Cell::right(format!("{:.1}s", source.elapsed_ms as f64 / 1000.0)),
        ]);
    }
    out.table(&table)?;
    let sources = report.sources.len();
    let read = report.sources.iter().filter(|s| s.state.is_read()).count();
    out.line(format!(
        "{read} of {sources} sources read, {} rows, {} calls, {}",
        report.rows,
        report.api_calls,
        span::brief(report.elapsed_ms)
    ))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use skydeck_api::domain::{SourceId, SourceState};

    use super::*;

    fn report(states: &[SourceState]) -> SyncReport {
        let source = |state: &SourceState| SourceStatus {
            id: SourceId { profile: "prod".into(), region: "eu-west-1".into(), service: "codepipeline".into() },
            account: Some("111122223333".into()),
            state: *state,
            error: None,
            ok_at: None,
            read_at: None,
            next_at: None,
            rows: 12,
            api_calls: 25,
            throttles: 0,
            elapsed_ms: 310,
        };
        SyncReport { elapsed_ms: 812, api_calls: 25, rows: 12, sources: states.iter().map(source).collect() }
    }

    #[test]
    fn the_exit_status_says_how_much_was_read() {
        use SourceState as S;
        for (states, want) in [
            (&[S::Ok, S::Retired, S::NotAvailable][..], Exit::Done),
            (&[S::Ok, S::Denied], Exit::Partly),
            (&[S::Partial], Exit::Partly),
            (&[S::Denied, S::SignedOut], Exit::Bad),
            (&[], Exit::Bad),
        ] {
            assert_eq!(exit(&report(states)), want, "{states:?}");
        }
    }

    #[test]
    fn json_is_as_the_contract_has_it() {
        let json = as_json(&report(&[SourceState::Ok]));
        assert_eq!(
            json,
            json!({"elapsed_ms": 812, "api_calls": 25, "rows": 12, "sources": [{
                "profile": "prod", "account": "111122223333", "region": "eu-west-1", "service": "codepipeline",
                "state": "ok", "rows": 12, "api_calls": 25, "elapsed_ms": 310, "error": null}]})
        );
    }
}

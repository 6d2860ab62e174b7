//! `skydeckctl sync --watch`: reads on until stopped, one line a change.

use std::time::Duration;

use serde_json::{Value, json};
use skydeck_api::{Host, RowChange, RowState, SyncFilter, domain::Timestamp};

use crate::{
    failure::{Exit, Failure, cause},
    out::{Out, shade},
    session,
    table::{Cell, Table},
};

/// Between two tries to take over reading from another process.
const TAKE_OVER: Duration = Duration::from_secs(2);

pub(crate) async fn run(host: &Host, filter: &SyncFilter, out: &mut Out) -> Result<Exit, Failure> {
    let mut changes = host.changes();
    host.check(filter).await?;
    let stop = session::asked_to_stop()?;
    tokio::pin!(stop);
    let mut reads = host.start().await?;
    if !reads {
        cause("Another Skydeck reads AWS for this home. This one takes over when that one ends.");
    }
    loop {
        tokio::select! {
            () = &mut stop => return Ok(Exit::Done),
            () = tokio::time::sleep(TAKE_OVER), if !reads => reads = host.start().await?,
            heard = changes.next() => {
                let Some(heard) = heard else { return Ok(Exit::Bad) };
                if heard.missed {
                    cause("Changes came faster than they could be told; some were left out.");
                }
                for change in heard.changes.iter().filter(|c| c.state_changed() && wanted(c, filter)) {
                    tell(change, heard.at, out)?;
                }
            }
        }
    }
}

/// Whether a change is of what was asked for, by its id: `<profile>/<arn>` or `<profile>/<region>/<kind>/<name>`.
fn wanted(change: &RowChange, filter: &SyncFilter) -> bool {
    let service = change.kind.split('.').next().unwrap_or_default();
    let profile = |p: &String| change.id.strip_prefix(p.as_str()).is_some_and(|rest| rest.starts_with('/'));
    let region = |r: &String| change.id.contains(&format!(":{r}:")) || change.id.contains(&format!("/{r}/"));
    (filter.profiles.is_empty() || filter.profiles.iter().any(profile))
        && (filter.regions.is_empty() || filter.regions.iter().any(region))
        && (filter.services.is_empty() || filter.services.iter().any(|s| s == service))
}

fn tell(change: &RowChange, at: Timestamp, out: &mut Out) -> Result<(), Failure> {
    if out.json {
        out.json_line(&as_json(change, at))?;
        return Ok(());
    }
    let status = |s: &Option<RowState>| s.as_ref().map(|s| s.status.clone());
    let now = change.now.as_ref();
    let mut line = Table::headless(6);
    line.row([
        Cell::of(at.format("%H:%M:%S").to_string()),
        Cell::of(&change.id),
        Cell::of(status(&change.was).unwrap_or_else(|| "new".into())),
        Cell::of("→"),
        Cell::of(status(&change.now).unwrap_or_else(|| "gone".into())).shaded(now.and_then(|s| shade(s.health))),
        Cell::of(now.and_then(|s| s.reason.clone()).unwrap_or_default()),
    ]);
    out.table(&line)?;
    Ok(())
}

fn as_json(change: &RowChange, at: Timestamp) -> Value {
    let was = change.was.as_ref().map(|s| json!({"status": s.status, "health": s.health}));
    let now = change.now.as_ref().map(|s| json!({"status": s.status, "health": s.health, "reason": s.reason}));
    json!({"at": at, "kind": change.kind, "id": change.id, "was": was, "now": now})
}

#[cfg(test)]
mod tests {
    use skydeck_api::domain::Health;

    use super::*;

    fn change(id: &str) -> RowChange {
        let state = |status: &str, health, reason: Option<&str>| RowState {
            status: status.into(),
            health,
            aspect: None,
            reason: reason.map(str::to_owned),
        };
        RowChange {
            id: id.into(),
            kind: "codepipeline.pipeline".into(),
            was: Some(state("InProgress", Health::Running, None)),
            now: Some(state("Failed", Health::Failed, Some("Build: exit status 1"))),
            content: true,
        }
    }

    #[test]
    fn a_change_is_one_line_of_the_contract() {
        let at = "2026-11-22T08:14:38Z".parse().unwrap();
        assert_eq!(
            as_json(&change("prod/arn:aws:codepipeline:eu-west-1:1:web"), at),
            json!({"at": "2026-11-22T08:14:38Z", "kind": "codepipeline.pipeline",
                "id": "prod/arn:aws:codepipeline:eu-west-1:1:web",
                "was": {"status": "InProgress", "health": "running"},
                "now": {"status": "Failed", "health": "failed", "reason": "Build: exit status 1"}})
        );
    }

    #[test]
    fn a_filter_lets_through_what_was_asked_for() {
        let change = change("prod/arn:aws:codepipeline:eu-west-1:1:web");
        let filter = |p: &[&str], r: &[&str], s: &[&str]| {
            let all = |l: &[&str]| l.iter().map(|t| (*t).to_owned()).collect();
            SyncFilter { profiles: all(p), regions: all(r), services: all(s) }
        };
        assert!(wanted(&change, &filter(&[], &[], &[])));
        assert!(wanted(&change, &filter(&["prod"], &["eu-west-1"], &["codepipeline"])));
        assert!(!wanted(&change, &filter(&["pro"], &[], &[])));
        assert!(!wanted(&change, &filter(&[], &["eu-west-2"], &[])));
        assert!(!wanted(&change, &filter(&[], &[], &["codebuild"])));
    }
}

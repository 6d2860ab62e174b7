//! `skydeckctl status`: the problem-first summary that the window opens on.

use skydeck_api::{
    Host,
    contract::board::{Board, BoardParams, BoardRow, Count, GroupKey},
    domain::{Timestamp, pipeline::short_id},
    span,
};

use super::unread;
use crate::{
    failure::{Exit, Failure, cause},
    out::{Out, shade},
    table::{Cell, Table},
};

/// What is broken, waiting, stuck or running, over all shown profiles, from the cache
#[derive(Debug, clap::Args)]
pub(crate) struct Status {}

impl Status {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        let board = host.board(BoardParams::default()).await?;
        if out.json {
            out.json(&board)?;
        } else {
            write(&board, out)?;
        }
        unread::tell(board.unread.iter().map(|u| &u.source));
        if !board.any_read {
            cause("Nothing was read yet: `skydeckctl sync` reads AWS.");
        }
        Ok(Exit::Done)
    }
}

fn write(board: &Board, out: &mut Out) -> Result<(), Failure> {
    let counts: Vec<String> =
        board.groups.iter().map(|g| format!("{} {}", number(g.count), word(g.key).to_lowercase())).collect();
    out.line(if counts.is_empty() { "Nothing to show.".to_owned() } else { counts.join(" · ") })?;
    let loud = board.groups.iter().filter(|g| g.key != GroupKey::Ok);
    let mut table =
        Table::new(&["", "PIPELINE", "PROFILE", "REGION", "STAGE", "REVISION", "ELAPSED", "SINCE", "READ", "REASON"]);
    for group in loud {
        for row in &group.rows {
            table.row(cells(word(group.key), row, board.now));
        }
        let more = group.count.n - group.rows.len() as i64;
        if more > 0 {
            table.row([Cell::of(word(group.key)), Cell::of(format!("and {more} more"))]);
        }
    }
    out.table(&table)?;
    if !board.quiet_by_profile.is_empty() {
        let quiet: Vec<String> = board.quiet_by_profile.iter().map(|p| format!("{} {}", p.profile, p.n)).collect();
        out.line(format!("Quiet: {}", quiet.join(" · ")))?;
    }
    Ok(())
}

fn cells(group: &'static str, row: &BoardRow, now: Timestamp) -> [Cell; 10] {
    let revision = row
        .revision
        .as_ref()
        .map(|r| [short_id(&r.id), r.message.clone().unwrap_or_default()].join(" ").trim_end().to_owned());
    let elapsed = span::elapsed_ms(row.started_at, row.ended_at, now).map(|ms| match &row.usual {
        Some(usual) => format!("{} / {}", span::brief(ms), span::brief(usual.median_ms)),
        None => span::brief(ms),
    });
    let right = |text: Option<String>| text.map_or_else(|| Cell::of("-"), Cell::right);
    [
        Cell::of(group).shaded(shade(row.health)),
        Cell::of(&row.name),
        Cell::of(&row.profile),
        Cell::of(&row.region),
        Cell::from(row.stage.as_ref()),
        Cell::from(revision),
        right(elapsed),
        right(row.since.map(|s| span::age(s, now))),
        Cell::right(format!("{}{}", span::age(row.read_at, now), if row.stale { "!" } else { "" })),
        Cell::from(row.reason.as_ref()),
    ]
}

fn number(count: Count) -> String {
    format!("{}{}", count.n, if count.exact { "" } else { "+" })
}

fn word(key: GroupKey) -> &'static str {
    match key {
        GroupKey::Failed => "Failed",
        GroupKey::Waiting => "Waiting",
        GroupKey::Stuck => "Stuck",
        GroupKey::Attention => "Attention",
        GroupKey::Running => "Running",
        GroupKey::Unknown => "Unknown",
        GroupKey::Ok => "Quiet",
    }
}

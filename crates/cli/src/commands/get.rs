//! `skydeckctl get`: rows from the cache, never from AWS.

use skydeck_api::{
    Host,
    contract::list::{ListRow, RowsParams},
    domain::{Health, Timestamp},
    kinds, span,
};

use super::unread;
use crate::{
    failure::{Exit, Failure, cause},
    out::{Out, shade},
    table::{Cell, Table},
};

/// Rows from the cache, never from AWS
#[derive(Debug, clap::Args)]
pub(crate) struct Get {
    /// Kinds, such as codepipeline.pipeline; `all` for every kind.
    #[arg(value_name = "KIND", required_unless_present = "list")]
    kinds: Vec<String>,
    /// Lists the kinds.
    #[arg(long = "kinds")]
    list: bool,
    /// Only this profile (repeatable).
    #[arg(long = "profile", value_name = "P")]
    profiles: Vec<String>,
    /// Only this Region (repeatable).
    #[arg(long = "region", value_name = "R")]
    regions: Vec<String>,
    /// Only this health (repeatable): failed, attention, running, unknown, ok, retired.
    #[arg(long = "health", value_name = "H", value_parser = health)]
    healths: Vec<Health>,
    /// Only rows that hold these words.
    #[arg(long = "match", value_name = "TEXT")]
    text: Option<String>,
}

/// Rows a page.
const PAGE: u32 = 1000;

impl Get {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        if self.list {
            return list(out);
        }
        let all = self.kinds.iter().any(|k| k == "all");
        let mut params = RowsParams {
            kinds: if all { Vec::new() } else { self.kinds },
            profiles: self.profiles,
            regions: self.regions,
            healths: self.healths,
            text: self.text,
            limit: PAGE,
            ..RowsParams::default()
        };
        let mut rows: Vec<ListRow> = Vec::new();
        let last = loop {
            let mut page = host.rows_ever(params.clone()).await?;
            rows.append(&mut page.rows);
            match page.next.take() {
                Some(next) => params.after = Some(next),
                None => break page,
            }
        };
        if out.json {
            out.json(&rows)?;
        } else {
            write(&rows, params.kinds.len() != 1, last.now, out)?;
        }
        unread::tell(last.unread.iter().map(|u| &u.source));
        if !last.any_read {
            cause("Nothing of this was read yet: `skydeckctl sync` reads it.");
        }
        Ok(Exit::Done)
    }
}

fn health(word: &str) -> Result<Health, String> {
    Health::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Health::ALL.into_iter().map(Health::word).collect();
        format!("one of {}", words.join(", "))
    })
}

fn list(out: &mut Out) -> Result<Exit, Failure> {
    if out.json {
        out.json(&kinds())?;
    } else {
        for kind in kinds() {
            out.line(kind)?;
        }
    }
    Ok(Exit::Done)
}

fn write(rows: &[ListRow], with_kind: bool, now: Timestamp, out: &mut Out) -> Result<(), Failure> {
    let mut table = Table::new(&["KIND", "NAME", "PROFILE", "REGION", "STATUS", "HEALTH", "SINCE", "READ", "REASON"]);
    for ListRow { row, stale, .. } in rows {
        let read = format!("{}{}", span::age(row.read_at, now), if *stale { "!" } else { "" });
        table.row([
            if with_kind { Cell::of(&row.kind) } else { Cell::default() },
            Cell::of(&row.name),
            Cell::of(&row.profile),
            Cell::of(&row.region),
            Cell::of(&row.status),
            Cell::of(row.aspect.map_or(row.health.word(), |a| a.word())).shaded(shade(row.health)),
            row.since.map_or_else(|| Cell::of("-"), |s| Cell::right(span::age(s, now))),
            Cell::right(read).shaded(stale.then_some(33)),
            Cell::from(row.reason.as_ref()),
        ]);
    }
    out.table(&table)?;
    Ok(())
}

//! `skydeckctl ledger`: every action ever asked for here, newest first.

use skydeck_api::{
    Host,
    contract::verbs::LedgerParams,
    domain::{ActionRecord, Outcome},
};

use crate::{
    failure::{Exit, Failure},
    out::Out,
    table::{Cell, Table},
};

/// Every action ever asked for here, with its outcome, newest first
#[derive(Debug, clap::Args)]
pub(crate) struct Ledger {}

/// Entries a page.
const PAGE: u32 = 1000;

impl Ledger {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        // What a process that died left open is found out first: this is what one looks here for.
        host.recover().await;
        let mut entries: Vec<ActionRecord> = Vec::new();
        loop {
            let before = entries.last().map(|e| e.action.clone());
            let mut page = host.ledger(LedgerParams { before, limit: PAGE }).await?;
            entries.append(&mut page.entries);
            if !page.more {
                break;
            }
        }
        if out.json {
            out.json(&entries)?;
            return Ok(Exit::Done);
        }
        let heads = ["WHEN", "OUTCOME", "VERB", "ID", "TARGET", "PROFILE", "WHO", "REASON", "MESSAGE"];
        let mut table = Table::new(&heads);
        for entry in &entries {
            let shade = match entry.outcome {
                Outcome::Failed | Outcome::Unknown => Some(31),
                Outcome::Refused => Some(33),
                _ => None,
            };
            table.row([
                Cell::of(entry.started_at.format("%Y-%m-%d %H:%M:%S").to_string()),
                Cell::of(entry.outcome.word()).shaded(shade),
                Cell::of(&entry.verb),
                Cell::of(&entry.id),
                Cell::from(entry.target.as_ref()),
                Cell::of(&entry.profile),
                Cell::from(entry.who.as_ref()),
                Cell::of(&entry.reason),
                Cell::of(&entry.message),
            ]);
        }
        out.table(&table)?;
        Ok(Exit::Done)
    }
}

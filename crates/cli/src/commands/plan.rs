//! `skydeckctl plan`: what an action would do, read live.

use skydeck_api::{
    Host,
    domain::{ConfirmLevel, MarkValue, Target},
    text,
};

use crate::{
    args,
    failure::{Exit, Failure},
    out::Out,
    table::{Cell, Table},
};

/// What an action would do, read live: targets, the exact calls, what it will not undo
#[derive(Debug, clap::Args)]
pub(crate) struct Plan {
    /// Verb: start, retry, stop, rollback, approve, reject, hold, release …
    #[arg(value_name = "VERB", required_unless_present = "verbs")]
    name: Option<String>,
    /// Id or ARN of a row, or of a part of one: `<pipeline ARN>/<stage>`.
    #[arg(value_name = "ID", required_unless_present = "verbs")]
    id: Option<String>,
    /// Lists the verbs that a row has.
    #[arg(long, value_name = "ID", conflicts_with_all = ["name", "id"])]
    verbs: Option<String>,
    #[command(flatten)]
    pub(crate) verb: args::Verb,
}

impl Plan {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        if let Some(id) = &self.verbs {
            return verbs(host, id, self.verb.profile(), out).await;
        }
        let (name, id) = (self.name.unwrap_or_default(), self.id.unwrap_or_default());
        let plan = host.plan(self.verb.params(name, id)).await?;
        if out.json {
            out.json(&plan)?;
        } else {
            write(&plan, out)?;
        }
        Ok(Exit::Done)
    }
}

async fn verbs(host: &Host, id: &str, profile: Option<&str>, out: &mut Out) -> Result<Exit, Failure> {
    let verbs = host.verbs_of(id, profile).await?;
    if out.json {
        out.json(&verbs)?;
    } else {
        let mut table = Table::new(&["VERB", "ON", "NOT NOW"]);
        for verb in &verbs {
            table.row([Cell::of(&verb.id), Cell::of(&verb.on), Cell::from(verb.why_not.as_ref())]);
        }
        out.table(&table)?;
    }
    Ok(Exit::Done)
}

fn write(plan: &skydeck_api::domain::Plan, out: &mut Out) -> Result<(), Failure> {
    out.line(format!("{} in {} ({}), {}", plan.id, plan.profile, plan.account, plan.region))?;
    out.line(&plan.effect)?;
    if let Some(current) = &plan.current {
        let status = current.status.as_deref().unwrap_or("-");
        out.line(format!("Now: {} ({status})", text::one_line(&current.label, 200)))?;
    }
    let mut targets = Table::new(&["TARGET", "WHAT", "BY", "WHEN", "MARK", "NOT BECAUSE"]);
    for target in &plan.targets {
        targets.row(cells(target));
    }
    out.table(&targets)?;
    for (head, lines) in [
        ("Calls:", plan.calls.iter().map(|c| format!("{}  {}", c.operation, c.cli)).collect::<Vec<_>>()),
        ("DANGER:", plan.danger.iter().cloned().collect()),
        ("Not undone:", plan.not_undone.clone()),
        ("Checked:", plan.checks.iter().map(|c| format!("{} {}: {}", check(c.ok), c.id, c.note)).collect()),
    ] {
        if !lines.is_empty() {
            out.line(head)?;
        }
        for line in lines {
            out.line(format!("  {}", text::one_line(&line, 2_000)))?;
        }
    }
    out.line(match (plan.confirm.level, &plan.confirm.text) {
        (ConfirmLevel::None, _) => "Confirmation: none".to_owned(),
        (ConfirmLevel::Yes, _) => "Confirmation: --confirm yes".to_owned(),
        (ConfirmLevel::Type, typed) => format!("Confirmation: --confirm {}", typed.as_deref().unwrap_or_default()),
    })?;
    out.line(format!("State: {}", plan.state))?;
    if let Some(blocked) = &plan.blocked {
        out.line(format!("Blocked: {}", text::one_line(blocked, 2_000)))?;
    }
    Ok(())
}

fn cells(target: &Target) -> [Cell; 6] {
    let mark = target.mark.map(|m| if m == MarkValue::Good { "good" } else { "bad" });
    [
        Cell::of(&target.id),
        Cell::of(&target.label),
        Cell::from(target.revision.as_ref().and_then(|r| r.author.as_ref())),
        Cell::from(target.at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string())),
        Cell::from(mark),
        Cell::from(target.why_not.as_ref()),
    ]
}

fn check(ok: Option<bool>) -> &'static str {
    match ok {
        Some(true) => "ok",
        Some(false) => "no",
        None => "? ",
    }
}

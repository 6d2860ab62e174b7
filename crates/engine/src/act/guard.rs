//! Why an action may not run, in order: protection, lock, permission, account, state, confirmation. The last guard, one
//! action at a time, is the ledger's own: a unique row, so that it holds across processes.

use skydeck_aws::service::VerbSpec;
use skydeck_domain::{ActionRecord, ConfirmLevel, Lock, Outcome, Profile, Protection};

use super::{ActRequest, Found, plan::Planned};
use crate::{Engine, error::ActError};

/// A guard that refuses: which, and what it saw.
pub(crate) struct Refusal {
    pub guard: &'static str,
    pub reason: String,
}

/// All guards over a plan read just now.
pub(crate) fn check(planned: &Planned, request: &ActRequest) -> Result<(), Refusal> {
    let plan = &planned.plan;
    let refuse = |guard, reason: String| Err(Refusal { guard, reason });
    if let Some(reason) = protection(&planned.profile) {
        return refuse("protection", reason);
    }
    for guard in ["lock", "account", "busy"] {
        if let Some(check) = plan.checks.iter().find(|c| c.id == guard && c.ok == Some(false)) {
            return refuse(guard, check.note.clone());
        }
    }
    if let Some(expect) = request.expect.as_deref().filter(|e| !e.is_empty())
        && expect != plan.state
    {
        return refuse(
            "state",
            format!(
                "The state moved since the plan (it was {expect}, it is {}). Nothing was called. Make a new plan.",
                plan.state
            ),
        );
    }
    if let Some(reason) = &plan.blocked {
        return refuse("blocked", reason.clone());
    }
    if planned.found.verb.has_targets {
        match &request.plan.to {
            None => return refuse("target", "It needs a target: name one of the plan's with --to.".into()),
            Some(to) => match plan.targets.iter().find(|t| &t.id == to) {
                None => return refuse("target", format!("`{to}` is not among the plan's targets.")),
                Some(target) if !target.valid => {
                    let why = target.why_not.as_deref().unwrap_or("it is not valid");
                    return refuse("target", format!("`{to}` cannot be gone to: {why}"));
                }
                Some(_) => {}
            },
        }
    }
    confirmation(planned, request)?;
    if request.reason.trim().is_empty() {
        return refuse("confirmation", "It needs a reason: it is kept in the ledger.".into());
    }
    Ok(())
}

fn confirmation(planned: &Planned, request: &ActRequest) -> Result<(), Refusal> {
    let given = request.confirm.as_deref().unwrap_or_default();
    let confirm = &planned.plan.confirm;
    let (ok, wanted) = match confirm.level {
        ConfirmLevel::None => (true, String::new()),
        ConfirmLevel::Yes => (given == "yes", "yes".to_owned()),
        ConfirmLevel::Type => {
            let text = confirm.text.clone().unwrap_or_default();
            (!text.is_empty() && given == text, text)
        }
    };
    if ok {
        return Ok(());
    }
    Err(Refusal { guard: "confirmation", reason: format!("It was not confirmed: `{wanted}` is wanted.") })
}

/// Why the profile's protection forbids any action.
pub(crate) fn protection(profile: &Profile) -> Option<String> {
    (profile.protection == Protection::ReadOnly).then(|| {
        format!(
            "The profile {} is read-only here. Its protection is changed in Settings, or by `skydeckctl settings`.",
            profile.name
        )
    })
}

/// A lock, in words.
pub(crate) fn lock_note(lock: &Lock) -> String {
    let until = lock.until.map(|t| format!(" until {}", t.format("%Y-%m-%d %H:%M UTC"))).unwrap_or_default();
    format!("{} is locked{until}: {}", lock.subject, lock.reason)
}

/// An action that nobody carries out any more, in words.
pub(crate) fn left_note(record: &ActionRecord) -> String {
    format!(
        "{} was left open on it at {} (action {}): what became of it is found out first",
        record.verb,
        record.started_at.format("%H:%M:%S UTC"),
        record.action
    )
}

/// An action that is under way, or was just now, in words.
pub(crate) fn busy_note(record: &ActionRecord) -> String {
    if let Some(ended) = record.ended_at {
        return format!(
            "{} ended on it at {} (action {}), while this was being planned. Nothing was called. Make a new plan.",
            record.verb,
            ended.format("%H:%M:%S UTC"),
            record.action
        );
    }
    format!(
        "{} is already under way on it since {} (action {})",
        record.verb,
        record.started_at.format("%H:%M:%S UTC"),
        record.action
    )
}

impl Engine {
    /// The lock that holds what was found: on it, on a part of it, on what it is a part of, or on its environment.
    pub(crate) async fn lock_on(&self, found: &Found, profile: &Profile) -> Result<Option<Lock>, ActError> {
        let mut subjects = vec![found.subject.id.clone()];
        subjects.extend(found.row.arn.clone());
        let mut rest = found.subject.id.as_str();
        while let Some((shorter, _)) = rest.rsplit_once('/') {
            subjects.push(shorter.to_owned());
            rest = shorter;
        }
        subjects.extend(profile.environment.as_ref().map(|e| format!("environment:{e}")));
        Ok(self.ledger().lock_on(&subjects, self.now()).await?)
    }

    /// The actions that are under way on it, here or in another process, or were left open there.
    pub(crate) async fn open_on(&self, account: &str, id: &str) -> Result<Vec<ActionRecord>, ActError> {
        let mut open = self.ledger().open_actions().await?;
        open.retain(|a| a.account == account && a.id == id);
        Ok(open)
    }
}

/// Whether an open action keeps a verb from running on the same thing; the ledger says the same when it comes to it.
pub(crate) fn in_the_way(open: &ActionRecord, verb: &VerbSpec) -> bool {
    open.outcome == Outcome::Intended || !verb.interrupts || open.verb == verb.id
}

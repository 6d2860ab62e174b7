//! What plans and followers read live: a stack, the operation that an action began, a change set.

use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use skydeck_domain::{
    ActionRecord,
    action::Current,
    stack::{ResourceChange, StackEvent},
};
use skydeck_insight::stack as insight;

use super::{
    super::{
        calls::Calls,
        rows::{change_set, event, stack::Read},
    },
    answer,
};
use crate::{
    AwsError, ErrorClass,
    service::{Found, Progress, VerbSpec},
    services::command::Command,
    session::Caller,
};

/// Pages of events that are looked through for an action's own.
const PAGES: usize = 10;

/// A stack as it is right now.
pub(super) async fn stack(calls: &Calls<'_>, name: &str) -> Result<Read, AwsError> {
    let told = calls.stack(name).await?;
    Read::of(&told, None)
        .ok_or_else(|| calls.caller.refused("NoStack", format!("AWS gave no name or ARN of stack {name}.")))
}

/// Why a plan could not be made, and what would help.
pub(super) fn unreadable(error: &AwsError) -> String {
    let operation = error.info.operation.as_deref().unwrap_or("its state");
    error.advised(&format!("{operation} could not be read ({}): {}", error.info.code, error.info.message))
}

/// A stack as what serves now.
pub(super) fn current(stack: &Read) -> Current {
    Current {
        id: stack.arn.clone(),
        label: stack.name.clone(),
        status: Some(stack.status.clone()),
        revision: None,
        at: stack.detail.updated_at.or(stack.detail.created_at),
    }
}

/// A stack for the fingerprint: which, in what status, by which update.
pub(super) fn state(stack: &Read) -> Vec<String> {
    vec![stack.arn.clone(), stack.state()]
}

/// Why nothing can be begun on a stack now.
pub(super) fn busy(stack: &Read) -> Option<String> {
    stack.moves().then(|| format!("{} is busy: it is {}.", stack.name, stack.status))
}

/// `aws cloudformation <operation>`.
pub(super) fn cli(operation: &str) -> Command {
    Command::new(super::super::ID, operation)
}

/// A change set with all of its changes.
pub(super) struct ChangeSet {
    /// As AWS tells it, its first page.
    pub told: DescribeChangeSetOutput,
    /// What it does.
    pub changes: Vec<ResourceChange>,
}

impl ChangeSet {
    /// Reads it, every page.
    pub(super) async fn read(calls: &Calls<'_>, arn: &str) -> Result<ChangeSet, AwsError> {
        let told = calls.change_set(arn, None).await?;
        let mut changes: Vec<ResourceChange> = told.changes().iter().filter_map(change_set::change).collect();
        let mut token = told.next_token.clone();
        while token.is_some() {
            let page = calls.change_set(arn, token).await?;
            changes.extend(page.changes().iter().filter_map(change_set::change));
            token = page.next_token;
        }
        Ok(ChangeSet { told, changes })
    }

    /// Status.
    pub(super) fn status(&self) -> &str {
        self.told.status().map(|s| s.as_str()).unwrap_or_default()
    }

    /// Execution status.
    pub(super) fn execution(&self) -> &str {
        self.told.execution_status().map(|s| s.as_str()).unwrap_or_default()
    }

    /// `2 added, 3 changed (1 replaced), 1 removed`.
    pub(super) fn words(&self) -> String {
        let count = |action: &str| self.changes.iter().filter(|c| c.action == action).count();
        let replaced = self.changes.iter().filter(|c| replaces(c)).count();
        let mut parts = Vec::new();
        for (action, word) in [("Add", "added"), ("Import", "imported"), ("Modify", "changed"), ("Remove", "removed")] {
            match count(action) {
                0 => {}
                n if action == "Modify" && replaced > 0 => parts.push(format!("{n} {word} ({replaced} replaced)")),
                n => parts.push(format!("{n} {word}")),
            }
        }
        let other = self.changes.len() - ["Add", "Import", "Modify", "Remove"].iter().map(|a| count(a)).sum::<usize>();
        if other > 0 {
            parts.push(format!("{other} others"));
        }
        if parts.is_empty() { "no resource changes".into() } else { parts.join(", ") }
    }
}

/// Whether a change makes a new thing in the place of the old one, as far as is certain.
pub(super) fn replaces(change: &ResourceChange) -> bool {
    change.replacement.as_deref() == Some("True")
}

/// The events since an action began, newest first.
async fn events_since(calls: &Calls<'_>, arn: &str, record: &ActionRecord) -> Result<Vec<StackEvent>, AwsError> {
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..PAGES {
        let (page, next) = calls.events(arn, token).await?;
        let events: Vec<StackEvent> = page.iter().filter_map(event::event).collect();
        let past = events.iter().any(|e| !answer::since(record, Some(e.at)));
        found.extend(events.into_iter().filter(|e| answer::since(record, Some(e.at))));
        if past || next.is_none() {
            break;
        }
        token = next;
    }
    Ok(found)
}

/// Of these events, those of the action: by AWS's documentation all events of an operation carry the token of the request
/// that began it.
fn own(events: &[StackEvent], record: &ActionRecord) -> Vec<StackEvent> {
    events.iter().filter(|e| e.token.as_deref() == Some(&record.action)).cloned().collect()
}

/// Follows the operation that an action began on a stack, by its token, to its end.
pub(super) async fn follow(calls: &Calls<'_>, arn: &str, record: &ActionRecord) -> Result<Progress, AwsError> {
    let all = events_since(calls, arn, record).await?;
    let mut events = own(&all, record);
    if events.is_empty() {
        // Stand-ins of AWS put no tokens on events. A stack does one thing at a time, and this was accepted: what began since
        // without anybody's token is it.
        events = all.into_iter().filter(|e| e.token.is_none()).collect();
    }
    let operations = insight::operations(&events);
    // One whose beginning is not among them began before this was asked for.
    let operations: Vec<_> = operations.into_iter().filter(|o| o.whole).collect();
    // The last word is the stack's own: what follows on its own (a rollback) carries the token, too.
    let Some(operation) = operations.first() else {
        return Ok(Progress::Running("CloudFormation has not begun with it yet".into()));
    };
    let why = || operation.cause.as_ref().map(insight::cause_line);
    let Some(_) = operation.ended_at else {
        let words = match why() {
            Some(why) if operation.rolled_back_at.is_some() => format!("{}: {why}", operation.status),
            _ => format!("{}, {} of {} resources so far", operation.status, operation.done, operation.begun),
        };
        return Ok(Progress::Running(words));
    };
    let run = insight::run(arn, operation);
    let well = run.is_some_and(|r| r.outcome == skydeck_domain::RunOutcome::Succeeded);
    Ok(match (well, why()) {
        (true, _) => Progress::Succeeded(format!("The stack is {}", operation.status)),
        (false, Some(why)) => Progress::Failed(format!("{}: {why}", operation.status)),
        (false, None) => Progress::Failed(format!("The stack is {}", operation.status)),
    })
}

/// Whether an action's own token is on any event of a stack.
pub(super) async fn has_begun(calls: &Calls<'_>, arn: &str, record: &ActionRecord) -> Result<bool, AwsError> {
    Ok(!own(&events_since(calls, arn, record).await?, record).is_empty())
}

/// Finds out by the events whether an action began on a stack: they carry its token, or it did not run.
pub(super) async fn find_out(
    calls: &Calls<'_>,
    spec: &VerbSpec,
    arn: &str,
    record: &ActionRecord,
) -> Result<Found, AwsError> {
    let all = match events_since(calls, arn, record).await {
        Err(error) if error.class == ErrorClass::NotFound => Vec::new(),
        all => all?,
    };
    Ok(match (own(&all, record).is_empty(), all.iter().any(|e| e.of_stack && e.token.is_none())) {
        (false, _) => answer::ran(spec, Some(arn.to_owned())),
        (true, true) => Found::CannotTell("the stack was changed since, and its events carry no token".into()),
        (true, false) => answer::nothing(record, "No event of the stack carries its token"),
    })
}

/// An error for an ARN that is none of the kind.
pub(super) fn not_one(caller: &Caller, arn: &str, what: &str) -> AwsError {
    caller.refused("NotOne", format!("`{arn}` names no {what} of CloudFormation."))
}

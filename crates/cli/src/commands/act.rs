//! `skydeckctl act`: runs a plan, follows it to its end, writes the ledger.

use serde_json::json;
use skydeck_api::{
    Host,
    contract::verbs::ActParams,
    domain::{ActionRecord, Outcome},
    text,
};

use crate::{
    args,
    failure::{Exit, Failure},
    out::Out,
};

/// Runs the plan, follows it to its end, writes the ledger
#[derive(Debug, clap::Args)]
pub(crate) struct Act {
    /// Verb: start, retry, stop, rollback, approve, reject, hold, release …
    #[arg(value_name = "VERB")]
    name: String,
    /// Id or ARN of a row, or of a part of one: `<pipeline ARN>/<stage>`.
    #[arg(value_name = "ID")]
    id: String,
    /// Why; kept in the ledger.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// `yes`, or the text that the plan wants typed.
    #[arg(long, value_name = "TEXT")]
    confirm: Option<String>,
    /// The plan's `state`: refuses if it moved.
    #[arg(long, value_name = "STATE")]
    expect: Option<String>,
    /// Ends once AWS has accepted the call.
    #[arg(long)]
    no_follow: bool,
    #[command(flatten)]
    verb: args::Verb,
}

impl Act {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        let params = ActParams {
            plan: self.verb.params(self.name, self.id),
            reason: self.reason,
            confirm: self.confirm,
            expect: self.expect,
        };
        let record = match host.act_or_refusal(params).await {
            Ok(view) => view.record,
            Err((error, record)) => {
                let mut failure = Failure::from(error);
                if let Some(record) = record {
                    // AWS said no to the call itself: that is no guard of ours.
                    if !record.calls.is_empty() {
                        failure.exit = Exit::Bad;
                    }
                    failure.answer = Some(json!(record));
                }
                return Err(failure);
            }
        };
        let record = if self.no_follow || record.outcome.is_final() {
            record
        } else {
            if !out.json {
                out.line(format!("{}: {}", record.action, text::one_line(&record.message, 200)))?;
            }
            host.wait(&record.action).await?.record
        };
        if out.json {
            out.json(&record)?;
        } else {
            write(&record, out)?;
        }
        Ok(exit(record.outcome))
    }
}

fn exit(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Succeeded | Outcome::Accepted => Exit::Done,
        Outcome::Refused => Exit::Refused,
        Outcome::Failed | Outcome::Unknown | Outcome::Intended => Exit::Bad,
    }
}

fn write(record: &ActionRecord, out: &mut Out) -> Result<(), Failure> {
    out.line(format!("{}: {}: {}", record.action, record.outcome.word(), text::one_line(&record.message, 500)))?;
    for call in &record.calls {
        let id = call.request_id.as_deref().unwrap_or("no answer");
        out.line(format!("  {} at {} ({id})", call.operation, call.at.format("%H:%M:%S UTC")))?;
    }
    Ok(())
}

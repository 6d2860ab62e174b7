//! The record, the one call, and what its answer means.

use std::sync::Arc;

use skydeck_aws::{AwsError, ErrorClass, service::Receipt};
use skydeck_domain::{ActionRecord, Call, Outcome, Timestamp};
use skydeck_store::Basis;

use super::{ActRequest, guard, plan::Planned};
use crate::{Engine, error::ActError};

/// A step of an action, as drawn beside the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `read`, `intent`, `call`, `follow`, `outcome`.
    pub id: &'static str,
    /// `todo`, `doing`, `done`, `failed`.
    pub state: &'static str,
    /// What was seen.
    pub note: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

impl Engine {
    /// Runs an action: plans anew, guards, records, calls. Answers once the call was accepted, refused, or its outcome is
    /// known not to be known; following goes on in a task of its own, whoever listens.
    ///
    /// A refusal by a guard is an error *and* an entry of the ledger; nothing was called.
    pub async fn act(self: &Arc<Self>, request: &ActRequest) -> Result<ActionRecord, ActError> {
        self.recover_on(&request.plan).await?;
        let read_at = self.now();
        let planned = self.plan_with_session(&request.plan).await?;
        let mut record = self.new_record(&planned, request);
        if let Err(refusal) = guard::check(&planned, request) {
            return Err(self.refuse(record, refusal.guard, refusal.reason, planned).await?);
        }
        // The lock file says that this process lives; without it nobody may judge an intended action.
        let lock = self.home().try_action(&record.action);
        let lock = lock.map_err(|e| ActError::Io("The lock file of the action could not be made".into(), e))?;
        let Some(lock) = lock else {
            return Err(ActError::Invalid("The id of the action is already taken.".into()));
        };
        let basis = Basis { read_at, interrupts: planned.found.verb.interrupts };
        if let Err(error) = self.ledger().intend(&record, basis).await {
            self.home().action_ended(&record.action);
            return match error {
                skydeck_store::Error::Busy(other) => {
                    Err(self.refuse(record, "busy", guard::busy_note(&other), planned).await?)
                }
                other => Err(other.into()),
            };
        }
        self.event_bus().changed([format!("action:{}", record.action), "ledger".into()]);
        let actor = match planned.session.actor(planned.found.service.spec(), &record).await {
            Ok(actor) => actor,
            Err(error) => {
                // The account check right before the call did not pass: nothing was called.
                record.outcome = Outcome::Refused;
                record.message = format!("Nothing was called: {}", error.info.message);
                self.finish(&mut record).await?;
                return Err(ActError::Refused {
                    guard: "account",
                    reason: record.message,
                    plan: Some(Box::new(planned.plan)),
                });
            }
        };
        let operation = format!("{}:{}", planned.found.service.spec().id, planned.found.verb.operation);
        // Before the call and not after it: an intended action without a call was certainly not sent, whatever happened.
        record.calls.push(Call { operation: operation.clone(), request_id: None, at: self.now() });
        record.message = "Written before the call.".into();
        if !self.ledger().update(&record).await? {
            // What stands in the ledger is nearer its end than this: somebody has judged it. Nothing may follow on that.
            let reason =
                "It was judged by another process meanwhile. Nothing was called. Look at the ledger.".to_owned();
            return Err(ActError::Refused { guard: "busy", reason, plan: Some(Box::new(planned.plan)) });
        }
        let answer = planned.found.service.call(&actor, &planned.request, &planned.plan).await;
        match answer {
            Ok(receipt) => self.accept(&mut record, receipt).await?,
            Err(error) if error.certainly_not_run => {
                self.note_denied(&record.profile, &operation, &error);
                record.outcome = Outcome::Refused;
                record.message = not_run_message(&error);
                self.finish(&mut record).await?;
                drop(lock);
                return Err(ActError::Refused {
                    guard: "aws",
                    reason: record.message,
                    plan: Some(Box::new(planned.plan)),
                });
            }
            Err(error) => {
                record.message =
                    format!("The answer was lost ({}): finding out by reading whether it ran.", error.info.message);
                self.ledger().update(&record).await?;
                self.settle(&mut record, self.now()).await?;
            }
        }
        self.hurry(&planned.found.row);
        if !record.outcome.is_final() {
            self.follow_in_background(record.clone(), lock);
        }
        Ok(record)
    }

    fn new_record(&self, planned: &Planned, request: &ActRequest) -> ActionRecord {
        let plan = &planned.plan;
        ActionRecord {
            action: self.new_id(),
            verb: plan.verb.clone(),
            id: plan.id.clone(),
            target: request.plan.to.clone(),
            profile: plan.profile.clone(),
            account: plan.account.clone(),
            region: plan.region.clone(),
            who: plan.identity.clone(),
            reason: request.reason.trim().to_owned(),
            outcome: Outcome::Intended,
            message: "Written before anything is called.".into(),
            follow_id: None,
            state: plan.state.clone(),
            calls: Vec::new(),
            started_at: self.now(),
            ended_at: None,
        }
    }

    pub(crate) async fn accept(&self, record: &mut ActionRecord, receipt: Receipt) -> Result<(), ActError> {
        record.outcome = Outcome::Accepted;
        record.follow_id = receipt.follow_id.or(record.follow_id.take());
        record.message = "Accepted by AWS; followed to its end.".into();
        if let Some(call) = record.calls.iter_mut().find(|c| c.operation == receipt.operation) {
            call.request_id = receipt.request_id.or(call.request_id.take());
        }
        self.ledger().update(record).await?;
        self.event_bus().changed([format!("action:{}", record.action), "ledger".into()]);
        Ok(())
    }

    /// Writes the final outcome.
    pub(crate) async fn finish(&self, record: &mut ActionRecord) -> Result<(), ActError> {
        record.ended_at = Some(self.now());
        self.ledger().update(record).await?;
        self.home().action_ended(&record.action);
        self.event_bus().changed([format!("action:{}", record.action), "ledger".into()]);
        Ok(())
    }

    async fn refuse(
        &self,
        mut record: ActionRecord,
        guard: &'static str,
        reason: String,
        planned: Planned,
    ) -> Result<ActError, ActError> {
        record.outcome = Outcome::Refused;
        record.message = reason.clone();
        record.ended_at = Some(self.now());
        self.ledger().put_refused(&record).await?;
        self.event_bus().changed(["ledger"]);
        Ok(ActError::Refused { guard, reason, plan: Some(Box::new(planned.plan)) })
    }

    /// The steps of an action as they stand.
    pub fn steps(&self, record: &ActionRecord) -> Vec<Step> {
        let refused_before_call = record.outcome == Outcome::Refused && record.calls.is_empty();
        let called = record.calls.first();
        let call_state = match (record.outcome, called) {
            (Outcome::Refused, _) => "failed",
            (Outcome::Intended, _) => "doing",
            // The process died before it called.
            (_, None) => "failed",
            _ => "done",
        };
        let follow_state = match record.outcome {
            Outcome::Accepted => "doing",
            Outcome::Succeeded => "done",
            Outcome::Failed | Outcome::Unknown => "failed",
            _ => "todo",
        };
        let note = Some(record.message.clone());
        vec![
            Step {
                id: "read",
                state: if refused_before_call { "failed" } else { "done" },
                note: if refused_before_call { note.clone() } else { Some(record.account.clone()) },
                at: Some(record.started_at),
            },
            Step {
                id: "intent",
                state: if refused_before_call { "todo" } else { "done" },
                note: Some(record.action.clone()),
                at: (!refused_before_call).then_some(record.started_at),
            },
            Step {
                id: "call",
                state: if refused_before_call { "todo" } else { call_state },
                note: if record.outcome == Outcome::Refused && !refused_before_call {
                    note.clone()
                } else {
                    record.follow_id.clone()
                },
                at: called.map(|c| c.at),
            },
            Step {
                id: "follow",
                state: follow_state,
                note: if matches!(follow_state, "todo") { None } else { note },
                at: if follow_state == "todo" { None } else { record.ended_at },
            },
            Step {
                id: "outcome",
                state: if record.outcome.is_final() { "done" } else { "todo" },
                note: Some(record.outcome.word().to_owned()).filter(|_| record.outcome.is_final()),
                at: record.ended_at,
            },
        ]
    }
}

fn not_run_message(error: &AwsError) -> String {
    let why = match error.class {
        ErrorClass::Denied => "AWS did not permit it",
        ErrorClass::Throttled => "AWS asked to slow down",
        ErrorClass::Conflict => "AWS refused it in the present state",
        ErrorClass::Unreachable => "AWS was not reached",
        _ => "AWS refused it",
    };
    format!("{why}: {} ({}). Nothing was changed.", error.info.message, error.info.code)
}

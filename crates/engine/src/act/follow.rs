//! Following an action to its end, and finding out what became of one whose answer was lost or whose process died.
//! Only by reading: nothing here can call a mutation.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures::StreamExt as _;
use skydeck_aws::service::{Found as Search, Progress, ReadCtx, Service};
use skydeck_domain::{ActionRecord, Outcome, Timestamp};

use super::PlanRequest;
use crate::{Engine, error::ActError, home::HeldLock};

/// Between two looks at an action that is under way.
const LOOK: Duration = Duration::from_secs(2);
/// Between two looks while AWS cannot be read.
const LOOK_WHEN_BLIND: Duration = Duration::from_secs(15);
/// AWS's lists lag by seconds: that nothing is found proves nothing before a call is this old.
const SETTLED_AFTER: TimeDelta = TimeDelta::seconds(12);
/// No call takes so long, sent again after throttling included: one noted earlier than this is not on its way any more.
const LONGEST_CALL: TimeDelta = TimeDelta::minutes(10);
/// Between two looks for an action whose outcome is not known.
const BETWEEN_SEARCHES: Duration = Duration::from_secs(2);
/// How often an unknown outcome is looked for, once it is old enough, before it is called unknown.
const LAST_SEARCHES: u32 = 3;
/// Open actions that are taken over at a time.
const TAKE_OVERS: usize = 8;
/// An action that is not over by then is called unknown: an approval may wait a week, a run rarely a day.
const LONGEST: TimeDelta = TimeDelta::days(8);

impl Engine {
    /// Follows in a task of its own. The lock is held until the end, so that no other process judges the action.
    pub(crate) fn follow_in_background(self: &Arc<Self>, record: ActionRecord, lock: HeldLock) {
        let engine = self.clone();
        let task = tokio::spawn(async move {
            let mut record = record;
            if let Err(error) = engine.follow_to_the_end(&mut record).await {
                engine.report(&format!("Action {} could not be followed: {error}", record.action));
            }
            drop(lock);
        });
        self.keep_task(task);
    }

    async fn follow_to_the_end(self: &Arc<Self>, record: &mut ActionRecord) -> Result<(), ActError> {
        let taken_over = self.now();
        while record.outcome == Outcome::Intended && !self.settle(record, taken_over).await? {
            if self.now() - record.started_at > LONGEST {
                return self
                    .end(record, Outcome::Unknown, "Whether it ran could not be read in eight days.".into())
                    .await;
            }
            tokio::time::sleep(LOOK_WHEN_BLIND).await;
        }
        while !record.outcome.is_final() {
            let (service, ctx) = match self.reader_of(record).await {
                Ok(both) => both,
                Err(error) => {
                    self.note_progress(record, format!("It cannot be followed now: {error}")).await?;
                    tokio::time::sleep(LOOK_WHEN_BLIND).await;
                    continue;
                }
            };
            let pause = match service.follow(&ctx, record).await {
                Ok(Progress::Running(words)) => {
                    self.note_progress(record, words).await?;
                    LOOK
                }
                Ok(Progress::Succeeded(words)) => return self.end(record, Outcome::Succeeded, words).await,
                Ok(Progress::Failed(words)) => return self.end(record, Outcome::Failed, words).await,
                Err(error) => {
                    self.note_progress(record, format!("It cannot be followed now: {error}")).await?;
                    LOOK_WHEN_BLIND
                }
            };
            if self.now() - record.started_at > LONGEST {
                return self.end(record, Outcome::Unknown, "It was not over after eight days.".into()).await;
            }
            self.hurry_id(record).await;
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }

    async fn note_progress(&self, record: &mut ActionRecord, words: String) -> Result<(), ActError> {
        if record.message != words {
            record.message = words;
            self.ledger().update(record).await?;
            self.event_bus().changed([format!("action:{}", record.action), "ledger".to_owned()]);
        }
        Ok(())
    }

    async fn end(&self, record: &mut ActionRecord, outcome: Outcome, words: String) -> Result<(), ActError> {
        record.outcome = outcome;
        record.message = words;
        self.finish(record).await?;
        self.hurry_id(record).await;
        Ok(())
    }

    /// Finds out, by reading, whether an intended action ran: true once it is accepted or final. False if AWS cannot be
    /// read now, which says nothing about the action: it stays open and is looked for again. Nothing was sent for it after
    /// `sent_before`.
    pub(crate) async fn settle(
        self: &Arc<Self>,
        record: &mut ActionRecord,
        sent_before: Timestamp,
    ) -> Result<bool, ActError> {
        let Some(call) = record.calls.first() else {
            let words = "It did not run: the process that asked for it ended before it called.".to_owned();
            self.end(record, Outcome::Failed, words).await?;
            return Ok(true);
        };
        let sent_before = sent_before.min(call.at + LONGEST_CALL);
        let mut last = String::new();
        let mut searches = 0;
        while searches < LAST_SEARCHES {
            // By the time before the reading, for it may take long.
            let old_enough = self.now() - sent_before >= SETTLED_AFTER;
            let found = match self.reader_of(record).await {
                Ok((service, ctx)) => service.find_out(&ctx, record).await,
                Err(error) => Err(error),
            };
            match found {
                Ok(Search::Ran(receipt)) => {
                    self.accept(record, receipt).await?;
                    return Ok(true);
                }
                Ok(Search::DidNotRun(words)) if old_enough => {
                    self.end(record, Outcome::Failed, format!("It did not run: {words}")).await?;
                    return Ok(true);
                }
                Ok(Search::DidNotRun(words) | Search::CannotTell(words)) => last = words,
                Err(error) if passes(&error) => {
                    let words = format!("Whether it ran is not known yet, and AWS cannot be read now: {error}");
                    self.note_progress(record, words).await?;
                    return Ok(false);
                }
                Err(error) => last = error.to_string(),
            }
            searches += u32::from(old_enough);
            tokio::time::sleep(BETWEEN_SEARCHES).await;
        }
        let words = format!("Whether it ran could not be found out: {last}. Look at it in AWS before acting again.");
        self.end(record, Outcome::Unknown, words).await?;
        Ok(true)
    }

    /// Takes over an open action that no living process carries out, and brings it to its end if that is already there. If
    /// not, it is followed in the background, or left again by a process that does not stay.
    async fn settle_abandoned(self: &Arc<Self>, mut record: ActionRecord, stays: bool) {
        let Ok(Some(lock)) = self.home().try_action(&record.action) else { return };
        // Its last word may have been written between the look and the lock.
        match self.ledger().action(&record.action).await {
            Ok(Some(fresh)) if fresh.outcome.is_final() => return self.home().action_ended(&record.action),
            Ok(Some(fresh)) => record = fresh,
            _ => return,
        }
        if record.outcome == Outcome::Intended && self.settle(&mut record, self.now()).await.is_err() {
            return;
        }
        if record.outcome == Outcome::Accepted
            && let Ok((service, ctx)) = self.reader_of(&record).await
        {
            let looked = match service.follow(&ctx, &record).await {
                Ok(Progress::Succeeded(words)) => self.end(&mut record, Outcome::Succeeded, words).await,
                Ok(Progress::Failed(words)) => self.end(&mut record, Outcome::Failed, words).await,
                Ok(Progress::Running(words)) => self.note_progress(&mut record, words).await,
                Err(_) => Ok(()),
            };
            if looked.is_err() {
                return;
            }
        }
        if stays && !record.outcome.is_final() {
            self.follow_in_background(record, lock);
        }
    }

    /// Takes over every open action that no living process carries out, finds out about them, and follows those that are
    /// under way for as long as this process lives.
    pub(crate) async fn take_over(self: &Arc<Self>) {
        self.settle_open(true).await;
    }

    /// Finds out about every open action that no living process carries out. A few seconds where a call is so young that
    /// AWS's lists may not show it yet.
    pub async fn recover(self: &Arc<Self>) {
        self.settle_open(false).await;
    }

    async fn settle_open(self: &Arc<Self>, stays: bool) {
        match self.ledger().open_actions().await {
            Ok(open) => self.settle_all(open, stays).await,
            Err(error) => self.trouble(&error),
        }
    }

    /// As [`Engine::recover`], of the one thing that a request names: what a process left open there when it died neither
    /// blocks what is asked for now nor is forgotten over it.
    pub(crate) async fn recover_on(self: &Arc<Self>, request: &PlanRequest) -> Result<(), ActError> {
        let found = self.find(request).await?;
        let open = self.open_on(&found.row.account, &found.subject.id).await?;
        self.settle_all(open, false).await;
        Ok(())
    }

    async fn settle_all(self: &Arc<Self>, open: Vec<ActionRecord>, stays: bool) {
        futures::stream::iter(open)
            .for_each_concurrent(TAKE_OVERS, |record| async move {
                self.settle_abandoned(record, stays).await;
            })
            .await;
    }

    /// The entry as it is shown: one that is open though no living process carries it out says so.
    pub fn as_shown(&self, mut record: ActionRecord) -> ActionRecord {
        if !record.outcome.is_final() && !self.home().is_carried_out(&record.action) {
            record.message = match record.outcome {
                Outcome::Accepted => format!("AWS accepted it; nobody follows it now. Last seen: {}", record.message),
                _ => format!(
                    "The process that asked for it ended before it knew the outcome, which is found out when AWS is \
                     next read. Last word: {}",
                    record.message
                ),
            };
        }
        record
    }

    /// Waits for the final outcome of an action, whoever follows it.
    pub async fn wait(self: &Arc<Self>, action: &str) -> Result<ActionRecord, ActError> {
        loop {
            let record =
                self.ledger().action(action).await?.ok_or_else(|| ActError::NotFound { id: action.to_owned() })?;
            if record.outcome.is_final() {
                return Ok(record);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn reader_of(&self, record: &ActionRecord) -> Result<(&'static dyn Service, ReadCtx), skydeck_aws::AwsError> {
        let service = record.id.split(':').nth(2).and_then(skydeck_aws::services::by_id);
        let session = self.aws().session(&record.profile, &record.region).await?;
        self.note_session(&session);
        let Some(service) = service else {
            return Err(cannot(record, "NoSuchService", "It is of a service that this version does not know.".into()));
        };
        if session.account != record.account {
            let message = format!(
                "The profile now belongs to account {}, the action was in {}.",
                session.account, record.account
            );
            return Err(cannot(record, "OtherAccount", message));
        }
        Ok((service, session.urgent_reader(service.spec())))
    }
}

/// Whether an error of a read passes by itself or by signing in, so that it says nothing about what is looked for.
fn passes(error: &skydeck_aws::AwsError) -> bool {
    use skydeck_aws::ErrorClass as Class;
    matches!(error.class, Class::Unreachable | Class::Throttled | Class::SignedOut)
}

/// Why an action cannot be read at all.
fn cannot(record: &ActionRecord, code: &str, message: String) -> skydeck_aws::AwsError {
    skydeck_aws::AwsError {
        class: skydeck_aws::ErrorClass::Config,
        info: skydeck_domain::ErrorInfo { code: code.into(), message, operation: None },
        profile: record.profile.clone(),
        account: Some(record.account.clone()),
        region: record.region.clone(),
        retry_after: None,
        certainly_not_run: true,
    }
}

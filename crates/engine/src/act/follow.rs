//! Following an action to its end, and finding out what became of one whose answer was lost or whose process died.
//! Only by reading: nothing here can call a mutation.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures::StreamExt as _;
use skydeck_aws::service::{Found as Search, Progress, ReadCtx, Service};
use skydeck_domain::{ActionRecord, Outcome};

use crate::{Engine, error::ActError, home::HeldLock};

/// Between two looks at an action that is under way.
const LOOK: Duration = Duration::from_secs(2);
/// Between two looks while AWS cannot be read.
const LOOK_WHEN_BLIND: Duration = Duration::from_secs(15);
/// AWS's lists lag by seconds: that nothing is found proves nothing before a call is this old.
const SETTLED_AFTER: TimeDelta = TimeDelta::seconds(12);
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
        loop {
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

    /// Finds out, by reading, whether an intended action ran. Ends with it accepted or final.
    pub(crate) async fn settle(self: &Arc<Self>, record: &mut ActionRecord) -> Result<(), ActError> {
        let mut last = String::new();
        let mut searches = 0;
        while searches < LAST_SEARCHES {
            let found = match self.reader_of(record).await {
                Ok((service, ctx)) => service.find_out(&ctx, record).await,
                Err(error) => Err(error),
            };
            let old_enough = self.now() - record.started_at >= SETTLED_AFTER;
            match found {
                Ok(Search::Ran(receipt)) => {
                    let at = record.calls.first().map_or(record.started_at, |c| c.at);
                    return self.accept(record, receipt, at).await;
                }
                Ok(Search::DidNotRun(words)) if old_enough => {
                    return self.end(record, Outcome::Failed, format!("It did not run: {words}")).await;
                }
                Ok(Search::DidNotRun(words) | Search::CannotTell(words)) => last = words,
                Err(error) => last = error.to_string(),
            }
            searches += u32::from(old_enough);
            tokio::time::sleep(BETWEEN_SEARCHES).await;
        }
        self.end(
            record,
            Outcome::Unknown,
            format!("Whether it ran could not be found out: {last}. Look at it in AWS before acting again."),
        )
        .await
    }

    /// Takes over an open action that no living process carries out, and brings it to its end if that is already there.
    /// True if it is final now.
    pub(crate) async fn settle_abandoned(self: &Arc<Self>, mut record: ActionRecord) -> bool {
        let Ok(Some(lock)) = self.home().try_action(&record.action) else { return false };
        // Its last word may have been written between the look and the lock.
        match self.ledger().action(&record.action).await {
            Ok(Some(fresh)) => record = fresh,
            _ => return false,
        }
        if record.outcome == Outcome::Intended && self.settle(&mut record).await.is_err() {
            return false;
        }
        if record.outcome == Outcome::Accepted
            && let Ok((service, ctx)) = self.reader_of(&record).await
        {
            let ended = match service.follow(&ctx, &record).await {
                Ok(Progress::Succeeded(words)) => self.end(&mut record, Outcome::Succeeded, words).await,
                Ok(Progress::Failed(words)) => self.end(&mut record, Outcome::Failed, words).await,
                _ => Ok(()),
            };
            if ended.is_err() {
                return false;
            }
        }
        let is_final = record.outcome.is_final();
        if !is_final {
            self.follow_in_background(record, lock);
        }
        is_final
    }

    /// Takes over every open action that no living process carries out: called on opening.
    pub async fn recover(self: &Arc<Self>) {
        match self.ledger().open_actions().await {
            Ok(open) => {
                futures::stream::iter(open)
                    .for_each_concurrent(TAKE_OVERS, |record| async move {
                        self.settle_abandoned(record).await;
                    })
                    .await;
            }
            Err(error) => self.trouble(&error),
        }
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

/// Why an action cannot be read at all.
fn cannot(record: &ActionRecord, code: &str, message: String) -> skydeck_aws::AwsError {
    skydeck_aws::AwsError {
        class: skydeck_aws::ErrorClass::Config,
        info: skydeck_domain::ErrorInfo { code: code.into(), message, operation: None },
        profile: record.profile.clone(),
        region: record.region.clone(),
        retry_after: None,
        certainly_not_run: true,
    }
}

//! The ends of logs, in memory only: asked for by a view, read in the background, told by an event when they are there.

use std::{collections::HashMap, sync::Arc, sync::Mutex};

use chrono::TimeDelta;
use skydeck_domain::{Timestamp, log::LogTail};

use crate::{Engine, lock};

/// Lines kept of one log.
const LINES: u32 = 500;
/// How many logs are kept; the one not looked at for longest goes first.
const MOST: usize = 64;
/// How old the tail of a log may be while its build runs.
const FRESH: TimeDelta = TimeDelta::seconds(3);

#[derive(Default)]
pub(crate) struct Logs(Mutex<HashMap<String, Entry>>);

struct Entry {
    tail: Option<LogTail>,
    /// Whether the row was over when the tail was read, so that it will not grow.
    whole: bool,
    reading: bool,
    asked_at: Timestamp,
}

impl Engine {
    /// The end of the log of a row, if it was read.
    pub fn log_tail(&self, row_id: &str) -> Option<LogTail> {
        lock(&self.logs.0).get(row_id).and_then(|e| e.tail.clone())
    }

    /// Asks for the end of the log of a row; `log:<row id>` tells when it is there or newer.
    pub fn want_log(self: &Arc<Self>, row_id: &str) {
        let now = self.now();
        {
            let mut logs = lock(&self.logs.0);
            if let Some(entry) = logs.get_mut(row_id) {
                entry.asked_at = now;
                let fresh = entry.tail.as_ref().is_some_and(|t| t.error.is_none() && now - t.read_at < FRESH);
                let failed_lately =
                    entry.tail.as_ref().is_some_and(|t| t.error.is_some() && now - t.read_at < FRESH * 5);
                if entry.reading || entry.whole || fresh || failed_lately {
                    return;
                }
                entry.reading = true;
            } else {
                if logs.len() >= MOST
                    && let Some(oldest) = logs.iter().min_by_key(|(_, e)| e.asked_at).map(|(id, _)| id.clone())
                {
                    logs.remove(&oldest);
                }
                logs.insert(row_id.to_owned(), Entry { tail: None, whole: false, reading: true, asked_at: now });
            }
        }
        let (engine, row_id) = (self.clone(), row_id.to_owned());
        self.keep_task(tokio::spawn(async move { engine.read_log(&row_id).await }));
    }

    async fn read_log(&self, row_id: &str) {
        let (tail, whole) = self.read_log_tail(row_id).await;
        if let Some(entry) = lock(&self.logs.0).get_mut(row_id) {
            entry.reading = false;
            entry.whole = whole;
            if tail.is_some() {
                entry.tail = tail;
            }
        }
        self.event_bus().changed([format!("log:{row_id}")]);
    }

    /// The tail, and whether it will not grow any more.
    async fn read_log_tail(&self, row_id: &str) -> (Option<LogTail>, bool) {
        let Ok(Some(row)) = self.cache().get(row_id).await else { return (None, false) };
        let Some(service) = skydeck_aws::services::by_id(&row.service) else { return (None, true) };
        let over = row.health != skydeck_domain::Health::Running
            && row.since.is_some_and(|s| self.now() - s > TimeDelta::seconds(30));
        let result = match self.aws().session(&row.profile, &row.region).await {
            Ok(session) => service.log_tail(&session.reader(service.spec()), &row, LINES).await,
            Err(error) => Err(error),
        };
        match result {
            Ok(tail) => (tail, over),
            Err(error) => {
                let tail = LogTail {
                    group: String::new(),
                    stream: String::new(),
                    lines: Vec::new(),
                    truncated: false,
                    read_at: self.now(),
                    error: Some(error.info),
                };
                (Some(tail), false)
            }
        }
    }
}

//! Waiting for news, and looking up what was new since an instant.

use std::{collections::HashMap, time::Duration};

use skydeck_domain::{Resource, Timestamp};
use skydeck_engine::EngineEvent;
use skydeck_store::{HealthChange, HealthQuery, State};
use tokio::sync::broadcast::{self, error::RecvError};

use super::{quiet, turn};
use crate::{
    contract::{
        ApiError,
        attention::{Attention, News, NewsList, NewsParams, Turn},
    },
    host::Host,
};

/// After a first change others are waited for, so that what happens at once is told at once.
const GATHER: Duration = Duration::from_secs(2);
/// Changes looked at in one go. Where more happens, no list of it would be read.
const MOST_CHANGES: u32 = 2000;
/// News of one answer.
const MOST_NEWS: usize = 100;
/// How far back, and how many states, what a row was before is looked for.
const BEFORE: chrono::TimeDelta = chrono::TimeDelta::days(30);
const STATES_BEFORE: u32 = 50;
/// A change is dated before it is written: one that another read wrote meanwhile may be older than what was looked at.
const OVERLAP: chrono::TimeDelta = chrono::TimeDelta::seconds(30);
/// In quiet hours the clock is looked at this often, and not once at their end: machines sleep and clocks are set.
const LOOK: Duration = Duration::from_secs(60);

/// News as they come, by the user's rules.
pub struct Watch<'a> {
    host: &'a Host,
    events: broadcast::Receiver<EngineEvent>,
    /// Nothing from before this is news.
    from: Timestamp,
    since: Timestamp,
    /// Of what was taken lately, the change that was.
    taken: HashMap<String, Timestamp>,
    /// What was new in quiet hours.
    held: Vec<News>,
}

impl Host {
    /// News from now on.
    pub fn watch(&self) -> Watch<'_> {
        // What changed in this very instant is not after it.
        let from = self.engine.now() + chrono::TimeDelta::microseconds(1);
        let events = self.engine.events();
        Watch { host: self, events, from, since: from, taken: HashMap::new(), held: Vec::new() }
    }

    /// What turned since an instant and still is so, of everything shown.
    pub async fn news(&self, params: NewsParams) -> Result<NewsList, ApiError> {
        let mut news = self.turned(params.since, None).await?;
        news.truncate(MOST_NEWS);
        Ok(NewsList { news, now: self.engine.now() })
    }

    /// The newest turn of each row that turned since then, if the row still is so; newest first. By rules, if there are any.
    async fn turned(&self, since: Timestamp, rules: Option<&Attention>) -> Result<Vec<News>, ApiError> {
        let query = HealthQuery { id: None, since, until: None, limit: MOST_CHANGES };
        let changes = self.engine.ledger().health_changes(&query).await?;
        let mut newest: HashMap<&str, &HealthChange> = HashMap::new();
        for change in &changes {
            newest.entry(&change.change.id).or_insert(change);
        }
        let ids: Vec<String> = newest.keys().map(|id| (*id).to_owned()).collect();
        let seen = self.seen(&[], &[]).await?;
        let mut news = Vec::new();
        for row in self.engine.cache().get_many(&ids).await? {
            let shown = seen.scopes.iter().any(|s| s.profile == row.profile && s.region == row.region);
            let Some(change) = newest.get(row.id.as_str()).filter(|_| shown) else { continue };
            let Some(turn) = self.turn_of(change).await?.filter(|turn| turn::still(*turn, &row)) else { continue };
            let profile = seen.profile(&row.profile);
            let wanted = |rules: &Attention| rules.rules.iter().any(|r| turn::lets_through(r, turn, &row, profile));
            if rules.is_none_or(wanted) {
                news.push(told(turn, change.at, row));
            }
        }
        news.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.id.cmp(&b.id)));
        Ok(news)
    }

    async fn turn_of(&self, change: &HealthChange) -> Result<Option<Turn>, ApiError> {
        let Some(now) = &change.change.now else { return Ok(None) };
        let query = HealthQuery {
            id: Some(change.change.id.clone()),
            since: change.at - BEFORE,
            until: Some(change.at),
            limit: STATES_BEFORE,
        };
        let before = self.engine.ledger().health_changes(&query).await?;
        // What it was before the first change that is known stands in that change.
        let first = before.last().unwrap_or(change).change.was.as_ref();
        let states = before.iter().filter_map(|c| c.change.now.as_ref()).chain(first);
        // Between two changes of which one was not kept, it may have been something else: the change itself says from what.
        let was =
            change.change.was.as_ref().filter(|was| before.first().and_then(|c| c.change.now.as_ref()) != Some(was));
        let states: Vec<&State> = was.into_iter().chain(states).collect();
        Ok(turn::turn(now, states))
    }
}

fn told(turn: Turn, at: Timestamp, row: Resource) -> News {
    News {
        turn,
        at,
        id: row.id,
        kind: row.kind,
        name: row.name,
        profile: row.profile,
        region: row.region,
        health: row.health,
        reason: row.reason,
    }
}

impl Watch<'_> {
    /// The next news, all that came within a moment; none once the engine is gone. What fails to be looked up is looked up
    /// again with the next change.
    pub async fn next(&mut self) -> Option<Vec<News>> {
        loop {
            self.heard().await?;
            let attention = self.host.attention().await;
            let news = match self.new_ones(&attention).await {
                Ok(news) => news,
                Err(error) => {
                    tracing::warn!(%error, "what changed could not be looked up");
                    continue;
                }
            };
            self.hold(news);
            let quiet = attention.quiet.as_ref();
            let quiet = quiet.is_some_and(|q| quiet::left(q, quiet::of_day(self.host.engine.now())).is_some());
            if quiet || self.held.is_empty() {
                continue;
            }
            let held = std::mem::take(&mut self.held);
            if let Some(news) = self.still_so(held).await.filter(|_| attention.notify) {
                return Some(news);
            }
        }
    }

    /// Waits for a change, or for a moment at which to look whether quiet hours are over.
    async fn heard(&mut self) -> Option<()> {
        let held = !self.held.is_empty();
        let looked = async {
            match held {
                true => tokio::time::sleep(LOOK).await,
                false => std::future::pending().await,
            }
        };
        tokio::select! {
            event = self.events.recv() => match event {
                Ok(_) | Err(RecvError::Lagged(_)) => tokio::time::sleep(GATHER).await,
                Err(RecvError::Closed) => return None,
            },
            () = looked => {}
        }
        // What came meanwhile is looked up with it.
        loop {
            match self.events.try_recv() {
                Ok(_) | Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => return Some(()),
            }
        }
    }

    async fn new_ones(&mut self, attention: &Attention) -> Result<Vec<News>, ApiError> {
        let now = self.host.engine.now();
        let mut news = self.host.turned(self.since, Some(attention)).await?;
        news.retain(|n| self.taken.get(&n.id).is_none_or(|at| *at < n.at));
        self.since = self.from.max(now - OVERLAP);
        self.taken.retain(|_, at| *at >= self.since);
        self.taken.extend(news.iter().map(|n| (n.id.clone(), n.at)));
        Ok(news)
    }

    /// Keeps the newest of each row.
    fn hold(&mut self, news: Vec<News>) {
        self.held.retain(|old| !news.iter().any(|new| new.id == old.id));
        self.held.extend(news);
    }

    /// Those that still are so; none if no one is.
    async fn still_so(&self, news: Vec<News>) -> Option<Vec<News>> {
        let ids: Vec<String> = news.iter().map(|n| n.id.clone()).collect();
        let rows = self.host.engine.cache().get_many(&ids).await.unwrap_or_default();
        let so = |n: &News| rows.iter().any(|row| row.id == n.id && turn::still(n.turn, row));
        Some(news.into_iter().filter(so).collect::<Vec<_>>()).filter(|news| !news.is_empty())
    }
}

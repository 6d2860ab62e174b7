//! The engine's events as fronts hear them: numbered, so that a front notices that it missed some.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use skydeck_domain::Timestamp;
use skydeck_engine::{Engine, EngineEvent};
use skydeck_store::Change;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::contract::Event;

/// Who shows the log of a row in a view of another row: a pipeline shows the log of the build that failed it.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogViews(Arc<Mutex<HashMap<String, BTreeSet<String>>>>);

/// Logs whose viewers are remembered; a view that is read again asks again.
const MOST: usize = 256;

impl LogViews {
    /// The view of row `view` shows the log of row `of`.
    pub(crate) fn shows(&self, view: &str, of: &str) {
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if views.len() >= MOST && !views.contains_key(of) {
            views.clear();
        }
        views.entry(of.to_owned()).or_default().insert(view.to_owned());
    }

    /// The tags with those of the views added.
    fn widen(&self, tags: &mut Vec<String>) {
        let views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let more: Vec<String> = tags
            .iter()
            .filter_map(|tag| views.get(tag.strip_prefix("log:")?))
            .flatten()
            .map(|view| format!("log:{view}"))
            .collect();
        tags.extend(more);
    }
}

/// Hands events on until the engine is gone. What was missed, or was too much to name, becomes a hole in the numbers.
pub(crate) async fn forward(mut from: broadcast::Receiver<EngineEvent>, to: broadcast::Sender<Event>, views: LogViews) {
    let mut seq = 0;
    loop {
        let mut tags = match from.recv().await {
            Ok(event) => event.tags,
            Err(RecvError::Lagged(_)) => vec![EVERYTHING.to_owned()],
            Err(RecvError::Closed) => return,
        };
        seq += if tags.iter().any(|t| t == EVERYTHING) { 2 } else { 1 };
        tags.retain(|t| t != EVERYTHING);
        views.widen(&mut tags);
        // Nobody listening is fine.
        let _ = to.send(Event { seq, tags });
    }
}

/// The engine's word for more tags than are worth naming.
const EVERYTHING: &str = "*";

/// The changes of rows as they are read, for `skydeckctl sync --watch`.
pub struct Changes {
    from: broadcast::Receiver<EngineEvent>,
    engine: Arc<Engine>,
}

/// Some changes that were seen at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// When.
    pub at: Timestamp,
    /// The changes.
    pub changes: Vec<Change>,
    /// Whether others before them were missed.
    pub missed: bool,
}

impl Changes {
    pub(crate) fn of(engine: &Arc<Engine>) -> Changes {
        Changes { from: engine.events(), engine: engine.clone() }
    }

    /// The next ones; none once the engine is gone.
    pub async fn next(&mut self) -> Option<Heard> {
        let mut missed = false;
        loop {
            match self.from.recv().await {
                Ok(event) if event.changes.is_empty() => {}
                Ok(event) => return Some(Heard { at: self.engine.now(), changes: event.changes, missed }),
                Err(RecvError::Lagged(_)) => missed = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_missed_or_too_much_becomes_a_hole() {
        let (engine, from) = broadcast::channel(2);
        let (to, mut heard) = broadcast::channel(16);
        let event = |tag: &str| EngineEvent { tags: vec![tag.to_owned()], changes: Vec::new() };
        for tag in ["lost", "lost", "board", "*"] {
            engine.send(event(tag)).unwrap();
        }
        let views = LogViews::default();
        views.shows("dev/pipeline", "dev/build");
        let task = tokio::spawn(forward(from, to, views));
        let mut next = async || heard.recv().await.map(|e| (e.seq, e.tags)).unwrap();
        assert_eq!(next().await, (2, vec![]));
        assert_eq!(next().await, (3, vec!["board".to_owned()]));
        assert_eq!(next().await, (5, vec![]));
        engine.send(event("log:dev/build")).unwrap();
        assert_eq!(next().await, (6, vec!["log:dev/build".to_owned(), "log:dev/pipeline".to_owned()]));
        drop(engine);
        task.await.unwrap();
    }
}

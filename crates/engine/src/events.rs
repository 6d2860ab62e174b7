//! What changed, told to whoever listens. Only *that* it changed: listeners read again what they show.

use tokio::sync::broadcast;

/// Tags whose data changed; the words are those of the contract (`board`, `row:<id>`, `sources` …).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineEvent {
    /// The tags.
    pub tags: Vec<String>,
    /// Changes of rows' states, for `sync --watch`; views ignore them.
    pub changes: Vec<skydeck_store::Change>,
}

/// The sending side.
#[derive(Debug, Clone)]
pub(crate) struct Events(broadcast::Sender<EngineEvent>);

impl Default for Events {
    fn default() -> Self {
        // A listener that lags behind is told so and reads everything again.
        Events(broadcast::channel(1024).0)
    }
}

impl Events {
    /// A new listener.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<EngineEvent> {
        self.0.subscribe()
    }

    /// Tells that the data of these tags changed.
    pub(crate) fn changed(&self, tags: impl IntoIterator<Item = impl Into<String>>) {
        let tags: Vec<String> = tags.into_iter().map(Into::into).collect();
        if !tags.is_empty() {
            // Nobody listening is fine.
            let _ = self.0.send(EngineEvent { tags, changes: Vec::new() });
        }
    }

    /// Tells which rows changed.
    pub(crate) fn rows(&self, changes: Vec<skydeck_store::Change>) {
        if changes.is_empty() {
            return;
        }
        let mut tags: Vec<String> = Vec::with_capacity(changes.len() + 3);
        for change in &changes {
            for tag in [format!("row:{}", change.id), format!("rows:{}", change.kind), "rows".to_owned()] {
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
            if change.kind == "codepipeline.pipeline" && !tags.iter().any(|t| t == "board") {
                tags.push("board".to_owned());
            }
            // Beyond this a view re-reads everything it shows anyway.
            if tags.len() > 200 {
                tags.push("*".to_owned());
                break;
            }
        }
        let _ = self.0.send(EngineEvent { tags, changes });
    }
}

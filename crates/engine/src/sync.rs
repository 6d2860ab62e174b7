//! Reading once: every source of a filter, each in its own task, and what came of it. And the mailbox through which a
//! process that may not read asks the one that does.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use skydeck_aws::service::{Ask, Service};
use skydeck_domain::{SourceId, SourceState, SourceStatus};

use crate::{Engine, error::EngineError, read, watch};

/// Which sources; an empty list is all of that kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncFilter {
    /// Profiles; empty is the shown ones.
    pub profiles: Vec<String>,
    /// Regions; empty is each profile's own.
    pub regions: Vec<String>,
    /// Services; empty is all.
    pub services: Vec<String>,
}

/// What a sync came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncReport {
    /// How long it took, in milliseconds.
    pub elapsed_ms: i64,
    /// API calls made.
    pub api_calls: i64,
    /// Rows in the cache of these sources.
    pub rows: i64,
    /// Each source with its outcome.
    pub sources: Vec<SourceStatus>,
}

/// How long a process that may not read waits for the one that does.
const PATIENCE: Duration = Duration::from_secs(120);

impl Engine {
    /// Reads the sources once, whole. If another process reads AWS for this home, it is asked to.
    pub async fn sync(self: &Arc<Self>, filter: &SyncFilter) -> Result<SyncReport, EngineError> {
        let started = self.now();
        let sources = self.sources_for(filter).await?;
        let _right = if self.reads_here() {
            None
        } else {
            match self.home().try_read_right()? {
                Some(right) => Some(right),
                None => return self.ask_the_reader(filter).await,
            }
        };
        let mut report = SyncReport { elapsed_ms: 0, api_calls: 0, rows: 0, sources: Vec::new() };
        // What another service's rows decide (builds that failed pipelines point at, commits they ship) is read after it.
        let (first, then): (Vec<_>, Vec<_>) = sources.into_iter().partition(|(_, s)| s.spec().items.is_some());
        for wave in [first, then] {
            let tasks: Vec<_> = wave
                .into_iter()
                .map(|(id, service)| {
                    let engine = self.clone();
                    let kept = id.clone();
                    (kept, tokio::spawn(async move { read::read_source(&engine, &id, service, Ask::All).await.status }))
                })
                .collect();
            for (id, task) in tasks {
                let status = match task.await {
                    Ok(status) => status,
                    Err(_) => {
                        let status = read::crashed(&id, self.source(&id).await, self.now());
                        self.keep_source(&status).await;
                        status
                    }
                };
                report.api_calls += status.api_calls;
                report.rows += status.rows;
                report.sources.push(status);
            }
        }
        report.elapsed_ms = (self.now() - started).num_milliseconds();
        Ok(report)
    }

    async fn sources_for(&self, filter: &SyncFilter) -> Result<Vec<(SourceId, &'static dyn Service)>, EngineError> {
        let known: Vec<&str> = skydeck_aws::services::ALL.iter().map(|s| s.spec().id).collect();
        if let Some(name) = filter.services.iter().find(|s| !known.contains(&s.as_str())) {
            return Err(EngineError::NoSuchService { name: name.clone(), known: known.join(", ") });
        }
        let (profiles, _) = self.profiles().await;
        let mut scopes = if filter.profiles.is_empty() {
            self.visible_scopes().await
        } else {
            let mut scopes = Vec::new();
            for name in &filter.profiles {
                let Some(profile) = profiles.iter().find(|p| &p.name == name) else {
                    let found: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
                    return Err(EngineError::NoSuchProfile { name: name.clone(), found: found.join(", ") });
                };
                let regions = profile.regions.iter();
                scopes.extend(regions.map(|r| skydeck_domain::Scope { profile: name.clone(), region: r.clone() }));
            }
            scopes
        };
        if !filter.regions.is_empty() {
            let mut names: Vec<String> = if filter.profiles.is_empty() {
                profiles.iter().filter(|p| p.shown).map(|p| p.name.clone()).collect()
            } else {
                filter.profiles.clone()
            };
            names.dedup();
            scopes = names
                .iter()
                .flat_map(|p| {
                    filter.regions.iter().map(|r| skydeck_domain::Scope { profile: p.clone(), region: r.clone() })
                })
                .collect();
        }
        Ok(watch::sources_of(&scopes)
            .into_iter()
            .filter(|(id, _)| filter.services.is_empty() || filter.services.contains(&id.service))
            .collect())
    }

    /// Leaves a wish and waits for the answer.
    async fn ask_the_reader(&self, filter: &SyncFilter) -> Result<SyncReport, EngineError> {
        let name = self.new_id();
        let wish = self.home().wishes().join(format!("{name}.wish"));
        let answer = self.home().wishes().join(format!("{name}.answer"));
        let failed = |source| EngineError::Home { path: wish.display().to_string(), source };
        let text = serde_json::to_vec(filter).unwrap_or_default();
        write_whole(&wish, &text).await.map_err(failed)?;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Ok(text) = tokio::fs::read(&answer).await
                && let Ok(report) = serde_json::from_slice(&text)
            {
                let _ = tokio::fs::remove_file(&answer).await;
                return Ok(report);
            }
            if tokio::time::Instant::now() > deadline {
                let _ = tokio::fs::remove_file(&wish).await;
                return Err(EngineError::NoAnswer);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Reads what other processes asked for; called by the reading process.
    pub(crate) async fn answer_wishes(self: &Arc<Self>) {
        let Ok(mut folder) = tokio::fs::read_dir(self.home().wishes()).await else { return };
        while let Ok(Some(entry)) = folder.next_entry().await {
            let path = entry.path();
            if path.extension().is_none_or(|e| e != "wish") {
                continue;
            }
            let Ok(text) = tokio::fs::read(&path).await else { continue };
            let _ = tokio::fs::remove_file(&path).await;
            let Ok(filter) = serde_json::from_slice::<SyncFilter>(&text) else { continue };
            let engine = self.clone();
            tokio::spawn(async move {
                if let Ok(report) = engine.sync(&filter).await {
                    let text = serde_json::to_vec(&report).unwrap_or_default();
                    let _ = write_whole(&path.with_extension("answer"), &text).await;
                }
            });
        }
    }
}

/// Writes beside and renames, so that a reader never sees half a file.
async fn write_whole(path: &std::path::Path, text: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("part");
    tokio::fs::write(&beside, text).await?;
    tokio::fs::rename(&beside, path).await
}

impl SyncReport {
    /// Whether every source was read whole.
    pub fn all_read(&self) -> bool {
        self.sources.iter().all(|s| s.state.is_read())
    }

    /// Whether at least one source was read, in part or whole.
    pub fn any_read(&self) -> bool {
        self.sources.iter().any(|s| s.state.is_read() || s.state == SourceState::Partial)
    }
}

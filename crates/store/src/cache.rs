//! The cache: what was last read from AWS. Every list of every view is a query here; nothing acts on it.

use std::path::{Path, PathBuf};

use skydeck_domain::{Aspect, Health, Link, Resource, Scope, SourceId, SourceStatus, Timestamp};

use crate::{Change, CountBy, Page, Query, Result};

/// The open cache. Cloning is cheap: all clones share the connections.
#[derive(Debug, Clone)]
pub struct Cache;

/// What opening the cache found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheOpened {
    /// There was none.
    Created,
    /// It was there and is sound.
    Existing,
    /// It was damaged or of a newer version: it was moved aside and made anew.
    Rebuilt {
        /// Where the old file is now; the next rebuild deletes it.
        aside: PathBuf,
        /// Why.
        why: String,
    },
}

#[allow(clippy::todo, unused_variables, missing_docs)]
impl Cache {
    pub async fn open(path: &Path, now: Timestamp) -> Result<(Cache, CacheOpened)> {
        todo!()
    }
    pub async fn in_memory() -> Result<Cache> {
        todo!()
    }
    /// Call it before the process ends: a cache that was not closed is checked page by page at the next start.
    pub async fn close(&self) -> Result<()> {
        todo!()
    }
    pub async fn upsert(&self, source: &SourceId, rows: &[Resource]) -> Result<Vec<Change>> {
        todo!()
    }
    pub async fn complete(&self, source: &SourceId, kind: &str, seen: &[String], at: Timestamp) -> Result<Vec<Change>> {
        todo!()
    }
    pub async fn remove(&self, source: &SourceId, ids: &[String]) -> Result<Vec<Change>> {
        todo!()
    }
    pub async fn put_links(&self, from: &str, links: &[Link]) -> Result<()> {
        todo!()
    }
    pub async fn links_from(&self, id: &str) -> Result<Vec<Link>> {
        todo!()
    }
    pub async fn links_to(&self, arn: &str) -> Result<Vec<Link>> {
        todo!()
    }
    pub async fn put_source(&self, status: &SourceStatus) -> Result<()> {
        todo!()
    }
    pub async fn sources(&self) -> Result<Vec<SourceStatus>> {
        todo!()
    }
    pub async fn forget_source(&self, source: &SourceId) -> Result<Vec<Change>> {
        todo!()
    }
    pub async fn page(&self, query: &Query) -> Result<Page> {
        todo!()
    }
    pub async fn count_by_health(&self, query: &Query) -> Result<Vec<(Health, Option<Aspect>, i64)>> {
        todo!()
    }
    pub async fn count_by(&self, query: &Query, by: CountBy) -> Result<Vec<(String, i64)>> {
        todo!()
    }
    pub async fn get(&self, id: &str) -> Result<Option<Resource>> {
        todo!()
    }
    pub async fn by_arn(&self, arn: &str) -> Result<Vec<Resource>> {
        todo!()
    }
    pub async fn get_many(&self, ids: &[String]) -> Result<Vec<Resource>> {
        todo!()
    }
    pub async fn search(&self, text: &str, scopes: &Option<Vec<Scope>>, limit: u32) -> Result<Vec<Resource>> {
        todo!()
    }
}

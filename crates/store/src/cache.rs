//! The cache: what was last read from AWS. Every list of every view is a query here; nothing acts on it.
//!
//! A read that failed deletes nothing: rows vanish only by [`Cache::complete`] (a whole, error-free read of their source
//! and kind), by [`Cache::remove`] (AWS said that just these do not exist) and by [`Cache::forget_source`] (the user no
//! longer reads it).

mod counts;
mod cursor;
mod filter;
mod get;
mod gone;
mod links;
mod need;
mod open;
mod page;
mod parts;
mod row;
mod search;
mod sources;
mod text;
mod upsert;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    Error, Result,
    db::Db,
    file::{Turn, User},
};

/// The open cache. Cloning is cheap: all clones share the connections.
#[derive(Debug, Clone)]
pub struct Cache {
    db: Db,
    /// Our entry among the users of the file; none in memory, or once closed.
    user: Arc<Mutex<Option<User>>>,
}

/// What opening the cache found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheOpened {
    /// There was none.
    Created,
    /// It was there and is sound.
    Existing,
    /// It was damaged or of another version: it was moved aside and made anew.
    Rebuilt {
        /// Where the old file is now; the next rebuild deletes it.
        aside: PathBuf,
        /// Why.
        why: String,
    },
}

impl Cache {
    /// A cache in memory, for tests and for where nothing may be written.
    pub async fn in_memory() -> Result<Cache> {
        let db = Db::in_memory().await.map_err(|e| Error::sql(":memory:".as_ref(), e))?;
        db.told(open::migrate(&db).await)?;
        Ok(Cache { db, user: Arc::default() })
    }

    /// A number that is another one once another process has written to the cache. What is written through this cache does
    /// not change it.
    pub async fn written_elsewhere(&self) -> Result<i64> {
        self.db.told(self.db.written_elsewhere().await)
    }

    /// Closes it, for all clones; to be called before the process ends. A cache that was not closed is checked page by page
    /// at the next start, which takes a second per 100 MB.
    pub async fn close(&self) -> Result<()> {
        let user = self.user.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(user) = user else {
            self.db.close().await;
            return Ok(());
        };
        let path = &self.db.path;
        let turn = Turn::take(path).await;
        self.db.close().await;
        drop(user);
        let _turn = turn?;
        if self.db.is_damaged() {
            open::give_up(path)
        } else if User::nobody(path)? {
            open::sign_off(path)
        } else {
            Ok(())
        }
    }
}

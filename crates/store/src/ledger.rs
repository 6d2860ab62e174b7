//! The ledger: what AWS forgets or never knew. Actions with their outcome, finished runs, changes of health, and the user's
//! own decisions. Never deleted by a program; its schema only grows; a copy is made before it does.
//!
//! Everything here is on the disk when the call returns (WAL with `synchronous = FULL`): an action that was recorded is
//! recorded, whatever happens next.

mod actions;
mod decisions;
mod health_changes;
mod locks;
mod marks;
mod open;
mod profiles;
mod runs;
mod settings;
mod templates;
mod transfer;
mod types;
mod usual;

pub use actions::Basis;
pub use transfer::Export;
pub use types::{By, Decision, HealthChange, HealthQuery, ProfileSettings};

use crate::{Error, Result, db::Db};

/// The open ledger. Cloning is cheap: all clones share the connections.
#[derive(Debug, Clone)]
pub struct Ledger {
    db: Db,
}

impl Ledger {
    /// A ledger in memory, for tests and the demo: it forgets.
    pub async fn in_memory() -> Result<Ledger> {
        let db = Db::in_memory().await.map_err(|e| Error::sql(":memory:".as_ref(), e))?;
        db.told(open::migrate(&db, &open::MIGRATOR).await)?;
        Ok(Ledger { db })
    }

    /// A number that is another one once another process has written to the ledger. What is written through this ledger
    /// does not change it.
    pub async fn written_elsewhere(&self) -> Result<i64> {
        self.db.told(self.db.written_elsewhere().await)
    }

    /// Closes it, for all clones. Not closing it loses nothing.
    pub async fn close(&self) -> Result<()> {
        self.db.close().await;
        Ok(())
    }
}

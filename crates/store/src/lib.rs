//! SQLite: `cache.db`, which may be deleted at any time and is rebuilt from AWS, and `ledger.db`, which holds what AWS
//! forgets or never knew and is never deleted by a program. One file per table, migrations beside them.
//!
//! Deliberately elsewhere: reading AWS (`aws`), when and why to write (`engine`), the shape that crosses to the UI (`api`).
//! No clock in here: whoever writes says when. Times are kept to the microsecond.
#![deny(missing_docs)]

pub mod cache;
mod change;
mod db;
mod error;
mod file;
pub mod ledger;
mod query;
mod time;
mod word;

pub use cache::{Cache, CacheOpened};
pub use change::{Change, State};
pub use error::{Error, Result};
pub use ledger::{Basis, By, Decision, Export, HealthChange, HealthQuery, Ledger, ProfileSettings};
pub use query::{Count, CountBy, Need, Page, Place, Query, Slice, Sort, Standing};

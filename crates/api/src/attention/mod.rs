//! What a person is told about without looking at the window: which changes are turns worth telling, by the user's rules,
//! together and not at night.
//!
//! Told by what the ledger kept, not by the events themselves: so nothing is missed when events are, and what another
//! process of this home read is told too. Deliberately not here: how it is shown (`src-tauri`: notifications and tray).

mod quiet;
mod turn;
mod watch;

pub use watch::Watch;

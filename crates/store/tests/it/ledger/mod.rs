//! Tests shared by this folder.

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
mod usual;

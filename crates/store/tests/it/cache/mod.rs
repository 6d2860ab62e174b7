//! Tests shared by this folder.

mod counts;
mod gone;
mod links;
mod open;
mod page;
mod parts;
mod search;
mod sources;
mod upsert;

//! Tests of the store through its public face, one file for each source file at the mirrored path. One program, so that
//! SQLite is linked once.

mod cache;
mod given;
mod ledger;
mod outside;

//! Tests of the store through its public face, one file for each source file at the mirrored path. One program, so that
//! SQLite is linked once.

#![allow(clippy::unwrap_used)] // in a test, a panic is the report

mod cache;
mod given;
mod ledger;
mod outside;

//! Actions when something dies: processes killed at every step, answers that never come, two processes at one thing. The
//! program itself (`skydeckctl`, as many processes as there would be) acts on a simulated AWS that listens here, so that
//! the truth is at hand: the ledger is held against the world and against the calls that reached it.
//!
//! Deliberately elsewhere: one verb's own part in it, step by step (`it/codepipeline_acts.rs`, `it/codebuild.rs`); what the
//! program prints (`crates/cli/tests`).
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing there")]

mod books;
mod deed;
mod killed;
mod lost;
mod place;
mod rounds;
mod twice;

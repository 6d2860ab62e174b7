//! Tests of the whole against the simulated AWS, in process: one file a feature. They start no other program, so they
//! are what a person runs while coding (`cargo xtask test --quick`).
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing there")]

mod acting;
mod attention;
mod board;
mod border;
mod calls;
mod canary;
mod cloudformation;
mod cloudformation_acts;
mod codebuild;
mod codecommit;
mod codepipeline_acts;
mod codepipeline_read;
mod compare;
mod defects;
mod freshness;
mod ground;
mod house;
mod machine;
mod neighbours;
mod open;
mod report;
mod said;
mod settings;
mod views;
mod weather;
mod whole;
mod worlds;

//! Tests of the whole against the simulated AWS, in process: one file a feature. They start no other program, so they
//! are what a person runs while coding (`cargo xtask test --quick`).

mod acting;
mod codebuild;
mod codecommit;
mod codepipeline_acts;
mod codepipeline_read;
mod ground;
mod house;

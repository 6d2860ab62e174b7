//! Pure functions over domain types: what a run's stages say, why it failed, what is usual, what would help.
//!
//! - `stages`: how each stage and action stands *in one execution*.
//! - `cause`: the earliest event that explains a failed run, down to the log line.
//! - `compare`: what is different between two runs.
//! - `stuck`: what is longer under way than its own history makes likely.
//! - `template`: CloudFormation templates: read, compared, what they show and by which names they hang together.
//! - `cdk`: what the AWS CDK leaves in a template and in `cdk.out`.
//! - `cure`: what would make a source readable.
//! - `stack`: the operations that a stack's events tell of, and the first failure of each.
//! - `span`, `text`: lengths of time as people read them; hostile text made fit for a line.
//!
//! Values in, values out: no I/O, no clock, no randomness. Deliberately elsewhere: reading the rows and logs that go in
//! (`engine`, `store`), and the shape that crosses to a front (`api`).
#![deny(missing_docs)]

pub mod cause;
pub mod cdk;
pub mod compare;
mod cure;
pub mod span;
pub mod stack;
pub mod stages;
mod stuck;
pub mod template;
pub mod text;

pub use cause::{BuildEvidence, Failing, build_cause, cause_behind, failing, first_cause};
pub use cure::cure;
pub use stages::{ActionRunState, StageRunState, matters, stages_of, strip};
pub use stuck::is_stuck;

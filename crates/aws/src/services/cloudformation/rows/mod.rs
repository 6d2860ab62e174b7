//! From CloudFormation's answers to rows: pure.

pub(super) mod change_set;
pub(super) mod event;
pub(super) mod resource;
pub(super) mod stack;
pub(super) mod stack_set;
pub(super) mod value;

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;

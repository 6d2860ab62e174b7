//! skydeckctl, the headless front.
fn main() {}

//! Stacks by themselves: plans, and what follows from them.

//! When to read what, and how an action runs.

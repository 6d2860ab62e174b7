//! Pure functions over domain types: first cause, usual time, stuck.

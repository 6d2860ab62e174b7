//! A simulated AWS: a world with a clock behind AWS's wire protocols.

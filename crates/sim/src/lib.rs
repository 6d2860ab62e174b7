//! A simulated AWS: a world with a clock, behind AWS's own wire protocols.
//!
//! Used by the demo, the tests, the benchmarks and the screenshots; in-process as an SDK HTTP client, or as a server on
//! loopback that any AWS client can call. It uses nothing of Skydeck's own crates, so that it can disagree with them.

pub mod clock;
pub mod service;
pub mod world;

//! A simulated AWS: a world with a clock, behind AWS's own wire protocols.
//!
//! Used by the demo, the tests, the benchmarks and the screenshots; in-process as an SDK HTTP client, or as a server on
//! loopback that any AWS client can call. It uses nothing of Skydeck's own crates, so that it can disagree with them.

mod call_log;
pub mod clock;
mod faults;
mod half_body;
mod http_client;
mod limits;
pub mod model;
mod protocol;
mod server;
pub mod service;
mod services;
mod sim;
mod visit;
pub mod world;

pub use call_log::{Call, Outcome, mutates};
pub use faults::{Fault, Faults, Rule};
pub use limits::published;
pub use server::Server;
pub use sim::{Sim, SimOptions};
pub use world::World;

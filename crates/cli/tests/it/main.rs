//! The program itself, as a script uses it: arguments in; exit status, standard output and standard error out. It reads and
//! steers a simulated AWS that listens on loopback. One file a subject.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing there")]

mod acting;
mod canary;
mod decisions;
mod ground;
mod profiles;
mod reading;
mod serve;
mod server;
mod weather;

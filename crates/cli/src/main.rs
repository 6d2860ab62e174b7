//! skydeckctl, the headless front: one file a command, the contract of `skydeck_api` behind them.
//!
//! What it prints as JSON is a public contract: fields are added, never renamed. Deliberately not here: any rule about
//! AWS, profiles or acting.

mod args;
mod commands;
mod failure;
mod out;
mod serve;
mod session;
mod table;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{args::Cli, failure::Failure, out::Out};

fn main() -> ExitCode {
    let mut out = Out::standard(std::env::args().any(|a| a == "--json"));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return failure::of_arguments(&error, &mut out),
    };
    log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return failure::told(Failure::local(format!("The runtime cannot be started: {error}")), &mut out);
        }
    };
    match runtime.block_on(commands::run(cli, &mut out)) {
        Ok(exit) => exit.into(),
        Err(failure) => failure::told(failure, &mut out),
    }
}

/// The log goes to standard error and holds only defects, unless SKYDECK_LOG asks for more. The SDK's own talk of keys and
/// bodies stays shut, whatever is asked for.
fn log() {
    let filter = match std::env::var("SKYDECK_LOG") {
        Ok(asked) => skydeck_api::log_filter(&asked),
        Err(_) => "off,skydeck_engine=error".to_owned(),
    };
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .init();
}

//! One file a command.

pub(crate) mod act;
pub(crate) mod cdk;
pub(crate) mod get;
pub(crate) mod ledger;
pub(crate) mod lock;
pub(crate) mod mark;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod profiles;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod settings;
pub(crate) mod sim;
pub(crate) mod status;
pub(crate) mod sync;
mod unread;
mod watch;

use skydeck_api::Host;

use crate::{
    args::{Cli, Command},
    failure::{Exit, Failure},
    out::Out,
    session,
};

/// Runs a command to its end.
pub(crate) async fn run(cli: Cli, out: &mut Out) -> Result<Exit, Failure> {
    out.json = cli.json;
    let command = match cli.command {
        Command::Policy(command) => return command.run(out),
        Command::Sim(command) => return command.run(out).await,
        Command::Serve(command) => return command.run(out).await,
        other => other,
    };
    let host = session::open().await?;
    let result = with_host(command, &host, out).await;
    host.close().await;
    result
}

async fn with_host(command: Command, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
    match command {
        Command::Profiles(command) => command.run(host, out).await,
        Command::Sync(command) => command.run(host, out).await,
        Command::Get(command) => command.run(host, out).await,
        Command::Status(command) => command.run(host, out).await,
        Command::Plan(command) => command.run(host, out).await,
        Command::Act(command) => command.run(host, out).await,
        Command::Mark(command) => command.run(host, out).await,
        Command::Lock(command) => command.run(host, out).await,
        Command::Unlock(command) => command.run(host, out).await,
        Command::Settings(command) => command.run(host, out).await,
        Command::Ledger(command) => command.run(host, out).await,
        Command::Report(command) => command.run(host, out).await,
        Command::Cdk(command) => command.run(host, out).await,
        Command::Policy(_) | Command::Sim(_) | Command::Serve(_) => Ok(Exit::Done),
    }
}

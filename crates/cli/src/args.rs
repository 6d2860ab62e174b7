//! The arguments: the list of commands, and what several of them take.

use clap::{Args, Parser, Subcommand};
use skydeck_api::{contract::verbs::PlanParams, domain::VerbOptions};

use crate::commands;

/// Watch and steer everything you ship on AWS, from the command line.
#[derive(Debug, Parser)]
#[command(name = "skydeckctl", version, arg_required_else_help = true, after_help = ENVIRONMENT)]
pub(crate) struct Cli {
    /// Answers, and errors, as JSON on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const ENVIRONMENT: &str = "\
Environment:
  SKYDECK_HOME  folder of the cache, the ledger and the settings (default: the platform's data folder)
  SKYDECK_LOG   what is logged on standard error, as `warn` or `skydeck_engine=debug`
  AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, AWS_CA_BUNDLE, HTTPS_PROXY …
                as in the AWS CLI

Exit status: 0 done; 1 an action ended badly or its outcome is unknown, or nothing could be read; 2 wrong arguments;
3 some sources could not be read; 4 an action was refused by a guard";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Profiles(commands::profiles::Profiles),
    Sync(commands::sync::Sync),
    Get(commands::get::Get),
    Status(commands::status::Status),
    Plan(commands::plan::Plan),
    Act(commands::act::Act),
    Mark(commands::mark::Mark),
    Lock(commands::lock::Lock),
    Unlock(commands::lock::Unlock),
    Settings(commands::settings::Settings),
    Ledger(commands::ledger::Ledger),
    Cdk(commands::cdk::Cdk),
    Report(commands::report::Report),
    Serve(commands::serve::Serve),
    Policy(commands::policy::Policy),
    Sim(commands::sim::Sim),
}

/// What an action is about.
#[derive(Debug, Args)]
pub(crate) struct Verb {
    /// Profile, where an ARN is held by several.
    #[arg(long)]
    profile: Option<String>,
    /// What to go to, by the id of one of the plan's targets.
    #[arg(long, value_name = "TARGET")]
    to: Option<String>,
    /// Retry: the failed actions, or all of the stage.
    #[arg(long, value_parser = ["failed", "all"])]
    mode: Option<String>,
    /// Stop: wait for running actions to end.
    #[arg(long, conflicts_with = "abandon")]
    wait: bool,
    /// Stop: abandon running actions.
    #[arg(long)]
    abandon: bool,
    /// Approve, reject: comment for AWS.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Start: revision of a source action.
    #[arg(long, value_name = "SOURCE=ID", value_parser = pair)]
    revision: Vec<(String, String)>,
    /// Start: pipeline variable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    variable: Vec<(String, String)>,
    /// Continue: logical id of a resource to pass over; it is then not as the template has it.
    #[arg(long, value_name = "LOGICAL-ID")]
    skip: Vec<String>,
    /// A new change set: bring back what drifted, too.
    #[arg(long)]
    drift_aware: bool,
}

impl Verb {
    /// The profile named.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// The parameters of the plan.
    pub(crate) fn params(self, verb: String, id: String) -> PlanParams {
        let abandon = if self.wait { Some(false) } else { self.abandon.then_some(true) };
        let options = VerbOptions {
            mode: self.mode,
            abandon,
            comment: self.comment,
            revisions: self.revision.into_iter().collect(),
            variables: self.variable.into_iter().collect(),
            skip: self.skip,
            drift_aware: self.drift_aware.then_some(true),
        };
        PlanParams { verb, id, profile: self.profile, to: self.to, options }
    }
}

/// `NAME=VALUE`. What is wrong is said without the text: a value may be a secret.
fn pair(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it must be NAME=VALUE"),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_of_verbs_are_named_after_what_they_set() {
        let line = ["skydeckctl", "plan", "start", "arn:x", "--revision", "Source=9f8e7d6", "--variable", "A=b=c"];
        let Command::Plan(plan) = Cli::try_parse_from(line).unwrap().command else { panic!("plan") };
        let params = plan.verb.params("start".into(), "arn:x".into());
        assert_eq!(params.options.revisions["Source"], "9f8e7d6");
        assert_eq!(params.options.variables["A"], "b=c");
        assert_eq!(params.options.abandon, None);
        assert_eq!(pair("no"), Err("it must be NAME=VALUE"));
        assert!(
            Cli::try_parse_from(["skydeckctl", "act", "stop", "x", "--reason", "r", "--wait", "--abandon"]).is_err()
        );
    }
}

//! `skydeckctl policy`: the least-privilege IAM policy for what is enabled.

use skydeck_api::policy;

use crate::{
    failure::{Exit, Failure},
    out::Out,
};

/// The least-privilege IAM policy: observer reads, operator also acts
#[derive(Debug, clap::Args)]
pub(crate) struct Policy {
    /// For whom.
    role: Role,
    /// Only this service (repeatable).
    #[arg(long = "service", value_name = "S")]
    services: Vec<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Role {
    Observer,
    Operator,
}

impl Policy {
    pub(crate) fn run(self, out: &mut Out) -> Result<Exit, Failure> {
        let role = match self.role {
            Role::Observer => policy::Role::Observer,
            Role::Operator => policy::Role::Operator,
        };
        // A policy is JSON, asked for or not.
        out.json(&policy::policy(role, &self.services)?)?;
        Ok(Exit::Done)
    }
}

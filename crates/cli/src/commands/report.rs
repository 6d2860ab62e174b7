//! `skydeckctl report`: a problem as it may be handed on.

use std::path::PathBuf;

use skydeck_api::{Host, contract::report::ReportParams};

use crate::{
    failure::{Exit, Failure},
    out::Out,
};

/// What to hand on with a problem: versions, states, codes; names, account ids, ARNs and paths are left out
#[derive(Debug, clap::Args)]
pub(crate) struct Report {
    /// To this file instead of standard output.
    file: Option<PathBuf>,
}

impl Report {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        let report = host.report(ReportParams { front: "skydeckctl".to_owned(), errors: Vec::new() }).await?;
        match self.file {
            Some(file) => {
                std::fs::write(&file, report.text).map_err(|e| Failure::local(format!("{}: {e}", file.display())))?
            }
            None if out.json => out.json(&report)?,
            None => out.line(report.text.trim_end())?,
        }
        Ok(Exit::Done)
    }
}

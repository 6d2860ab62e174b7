//! `skydeckctl mark`: a version is good, or bad.

use serde_json::json;
use skydeck_api::{Host, contract::verbs::MarkParams, domain::MarkValue};

use crate::{
    failure::{Exit, Failure},
    out::Out,
};

/// Marks a version (an execution, a build) good or bad, or takes the mark away
#[derive(Debug, clap::Args)]
pub(crate) struct Mark {
    /// Id of the row, or `<ARN of the pipeline or project>#<run id>`.
    id: String,
    /// What it is.
    value: Value,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Value {
    Good,
    Bad,
    None,
}

impl Mark {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        let value = match self.value {
            Value::Good => Some(MarkValue::Good),
            Value::Bad => Some(MarkValue::Bad),
            Value::None => None,
        };
        host.mark(MarkParams { id: self.id.clone(), value, reason: self.reason }).await?;
        if out.json {
            out.json(&json!({"id": self.id, "mark": value}))?;
        }
        Ok(Exit::Done)
    }
}

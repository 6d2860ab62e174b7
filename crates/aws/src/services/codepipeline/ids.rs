//! How CodePipeline's things are called: ARNs of pipelines, and the ARN forms of their stages and actions. Executions have
//! no ARN; their rows go by `<pipeline>/<execution id>`.

use skydeck_domain::{Detail, Resource, pipeline::ExecutionDetail};

use crate::{services::partition, session::Caller};

/// Account and Region that a caller looks from.
pub(super) fn here(caller: &Caller) -> (&str, &str) {
    (&caller.account, &caller.region)
}

/// ARN of a pipeline.
pub(super) fn pipeline_arn(caller: &Caller, pipeline: &str) -> String {
    format!("arn:{}:codepipeline:{}:{}:{pipeline}", partition(&caller.region), caller.region, caller.account)
}

/// ARN form of an action, as IAM has it: `<pipeline ARN>/<stage>/<action>`.
pub(super) fn action_arn(caller: &Caller, pipeline: &str, stage: &str, action: &str) -> String {
    format!("{}/{stage}/{action}", pipeline_arn(caller, pipeline))
}

/// Row id of an execution.
pub(super) fn execution_row_id(caller: &Caller, pipeline: &str, execution: &str) -> String {
    let name = format!("{pipeline}/{execution}");
    Resource::make_id(&caller.profile, None, &caller.region, ExecutionDetail::KIND, &name)
}

/// What an ARN form names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Pipeline.
    pub pipeline: String,
    /// Stage, if one is named.
    pub stage: Option<String>,
    /// Action, if one is named.
    pub action: Option<String>,
}

impl Named {
    /// Reads `arn:aws:codepipeline:<region>:<account>:<pipeline>[/<stage>[/<action>]]`. Names hold neither `:` nor `/`.
    pub(super) fn parse(id: &str) -> Option<Named> {
        let mut fields = id.splitn(6, ':');
        let is_ours = fields.next() == Some("arn") && fields.nth(1) == Some("codepipeline");
        let mut parts = fields.nth(2)?.split('/').map(str::to_owned);
        let pipeline = parts.next().filter(|name| is_ours && !name.is_empty())?;
        let named = Named { pipeline, stage: parts.next(), action: parts.next() };
        parts.next().is_none().then_some(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_pipeline_stage_and_action_out_of_an_arn_form() {
        let named = |id: &str| Named::parse(id).map(|n| (n.pipeline, n.stage, n.action));
        let arn = "arn:aws:codepipeline:eu-west-1:111122223333:web";
        assert_eq!(named(arn), Some(("web".into(), None, None)));
        assert_eq!(named(&format!("{arn}/Deploy")), Some(("web".into(), Some("Deploy".into()), None)));
        assert_eq!(named(&format!("{arn}/D/A")), Some(("web".into(), Some("D".into()), Some("A".into()))));
        for other in
            ["web", "arn:aws:codebuild:eu-west-1:1:build/x", &format!("{arn}/a/b/c"), "arn:aws:codepipeline:r:1:"]
        {
            assert_eq!(named(other), None, "{other}");
        }
    }
}

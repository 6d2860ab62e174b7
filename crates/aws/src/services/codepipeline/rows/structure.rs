//! A pipeline's structure (`GetPipeline`): stages, actions, variables, triggers. Of an action's configuration only the
//! members below are read, which name what the action works on; the rest may hold secrets and is dropped here.

use aws_sdk_codepipeline::{
    operation::get_pipeline::GetPipelineOutput,
    types::{ActionCategory, ActionDeclaration, GitConfiguration, PipelineDeclaration, StageDeclaration},
};
use chrono::TimeDelta;
use skydeck_domain::{
    Timestamp,
    pipeline::{ActionDef, PipelineDetail, TriggerDef, VariableDef},
};

use crate::{
    profiles::account_of,
    services::{instant, redact, text},
};

/// Members of an action's configuration that name what it works on, the most telling first.
const SUBJECTS: [&str; 9] = [
    "ProjectName",
    "FullRepositoryId",
    "RepositoryName",
    "StackName",
    "ServiceName",
    "ApplicationName",
    "FunctionName",
    "ClusterName",
    "S3ObjectKey",
];
/// How long an approval waits when its action says nothing: seven days.
const APPROVAL_TIMEOUT_MINUTES: i64 = 7 * 24 * 60;

/// What a pipeline is made of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Structure {
    /// `V1` or `V2`.
    pub pipeline_type: String,
    /// `SUPERSEDED`, `QUEUED`, `PARALLEL`.
    pub execution_mode: String,
    /// Version.
    pub version: i32,
    /// Last change.
    pub updated_at: Option<Timestamp>,
    /// Stages in order.
    pub stages: Vec<StageDef>,
    /// Declared variables.
    pub variables: Vec<VariableDef>,
    /// Declared triggers.
    pub triggers: Vec<TriggerDef>,
}

/// A stage as declared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StageDef {
    /// Name.
    pub name: String,
    /// Actions in order.
    pub actions: Vec<ActionDef>,
    /// What its approval actions say, by action; known only when the structure was read just now.
    pub approvals: Vec<ApprovalDef>,
}

/// What an approval action declares.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApprovalDef {
    /// Action.
    pub action: String,
    /// How long it waits.
    pub timeout: TimeDelta,
    /// Text for the reviewer.
    pub note: Option<String>,
    /// https link for the reviewer.
    pub url: Option<String>,
}

impl Structure {
    /// As `GetPipeline` tells it to a caller of that account in that Region.
    pub(crate) fn read(out: &GetPipelineOutput, here: (&str, &str)) -> Option<Structure> {
        let pipeline = out.pipeline()?;
        Some(Structure {
            pipeline_type: pipeline.pipeline_type().map_or("V1", |t| t.as_str()).to_owned(),
            execution_mode: pipeline.execution_mode().map_or("SUPERSEDED", |m| m.as_str()).to_owned(),
            version: pipeline.version().unwrap_or(1),
            updated_at: instant::maybe(out.metadata().and_then(|m| m.updated())),
            stages: pipeline.stages().iter().map(|s| stage(s, here)).collect(),
            variables: variables(pipeline),
            triggers: pipeline.triggers().iter().filter_map(|t| t.git_configuration()).flat_map(triggers).collect(),
        })
    }

    /// As an earlier read kept it in the row, if that had the structure.
    pub(crate) fn known(detail: &PipelineDetail) -> Option<Structure> {
        let whole = detail.stages.iter().flat_map(|s| &s.actions).all(|a| !a.def.provider.is_empty());
        (whole && !detail.stages.is_empty()).then(|| Structure {
            pipeline_type: detail.pipeline_type.clone(),
            execution_mode: detail.execution_mode.clone(),
            version: detail.version,
            updated_at: detail.updated_at,
            stages: detail
                .stages
                .iter()
                .map(|s| StageDef {
                    name: s.name.clone(),
                    actions: s.actions.iter().map(|a| a.def.clone()).collect(),
                    approvals: Vec::new(),
                })
                .collect(),
            variables: detail.variables.clone(),
            triggers: detail.triggers.clone(),
        })
    }

    /// A stage by name.
    pub(crate) fn stage(&self, name: &str) -> Option<&StageDef> {
        self.stages.iter().find(|s| s.name == name)
    }

    /// An action by name, wherever it is.
    pub(crate) fn action(&self, stage: &str, action: &str) -> Option<&ActionDef> {
        self.stage(stage)?.actions.iter().find(|a| a.name == action)
    }

    /// A source action by name.
    pub(crate) fn source(&self, action: &str) -> Option<&ActionDef> {
        self.sources().find(|a| a.name == action)
    }

    /// The source actions.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &ActionDef> {
        self.stages.iter().flat_map(|s| &s.actions).filter(|a| a.category == "Source")
    }

    /// Whether a stage holds the sources.
    pub(crate) fn is_source_stage(&self, name: &str) -> bool {
        self.stage(name).is_some_and(|s| s.actions.iter().any(|a| a.category == "Source"))
    }
}

fn stage(stage: &StageDeclaration, here: (&str, &str)) -> StageDef {
    let is_approval =
        |a: &&ActionDeclaration| a.action_type_id().is_some_and(|t| *t.category() == ActionCategory::Approval);
    StageDef {
        name: stage.name().to_owned(),
        actions: stage.actions().iter().map(|a| action(a, here)).collect(),
        approvals: stage.actions().iter().filter(is_approval).map(approval).collect(),
    }
}

fn action(action: &ActionDeclaration, (account, region): (&str, &str)) -> ActionDef {
    let kind = action.action_type_id();
    ActionDef {
        name: action.name().to_owned(),
        category: kind.map(|k| k.category().as_str().to_owned()).unwrap_or_default(),
        provider: kind.map(|k| k.provider().to_owned()).unwrap_or_default(),
        owner: kind.map(|k| k.owner().as_str().to_owned()).unwrap_or_default(),
        run_order: action.run_order().unwrap_or(1),
        region: action.region().filter(|r| *r != region).map(str::to_owned),
        account: action.role_arn().and_then(account_of).filter(|a| *a != account).map(str::to_owned),
        subject: subject(action),
    }
}

fn member<'a>(action: &'a ActionDeclaration, name: &str) -> Option<&'a str> {
    action.configuration()?.get(name).map(String::as_str).filter(|v| !v.is_empty())
}

/// What the action works on, with the branch where there is one: `shop/web@main`.
fn subject(action: &ActionDeclaration) -> Option<String> {
    let subject = SUBJECTS.iter().find_map(|name| member(action, name))?;
    let branch = member(action, "BranchName").map(|b| format!("@{b}")).unwrap_or_default();
    redact::line(&format!("{subject}{branch}"))
}

fn approval(action: &ActionDeclaration) -> ApprovalDef {
    let minutes = action.timeout_in_minutes().map_or(APPROVAL_TIMEOUT_MINUTES, i64::from);
    ApprovalDef {
        action: action.name().to_owned(),
        timeout: TimeDelta::minutes(minutes),
        note: member(action, "CustomData").and_then(redact::line),
        url: text::https(member(action, "ExternalEntityLink")),
    }
}

fn variables(pipeline: &PipelineDeclaration) -> Vec<VariableDef> {
    let variable = |v: &aws_sdk_codepipeline::types::PipelineVariableDeclaration| VariableDef {
        name: v.name().to_owned(),
        description: v.description().and_then(redact::line),
        has_default: v.default_value().is_some(),
    };
    pipeline.variables().iter().map(variable).collect()
}

/// One trigger a filter, as `branches main, !wip/**`.
fn triggers(git: &GitConfiguration) -> Vec<TriggerDef> {
    let trigger = |event: &str, filters: Vec<String>| TriggerDef {
        source: git.source_action_name().to_owned(),
        event: event.to_owned(),
        filter: text::cut(&filters.join("; "), 500),
    };
    let pushes = git.push().iter().map(|p| {
        let tags = p.tags().map(|c| filter("tags", c.includes(), c.excludes()));
        let branches = p.branches().map(|c| filter("branches", c.includes(), c.excludes()));
        let paths = p.file_paths().map(|c| filter("paths", c.includes(), c.excludes()));
        trigger("push", [tags, branches, paths].into_iter().flatten().collect())
    });
    let pulls = git.pull_request().iter().map(|p| {
        let events = p.events().iter().map(|e| e.as_str().to_lowercase()).collect::<Vec<_>>();
        let events = (!events.is_empty()).then(|| events.join(", "));
        let branches = p.branches().map(|c| filter("branches", c.includes(), c.excludes()));
        let paths = p.file_paths().map(|c| filter("paths", c.includes(), c.excludes()));
        trigger("pull-request", [events, branches, paths].into_iter().flatten().collect())
    });
    pushes.chain(pulls).collect()
}

fn filter(what: &str, includes: &[String], excludes: &[String]) -> String {
    let wanted = includes.iter().cloned().chain(excludes.iter().map(|e| format!("!{e}"))).collect::<Vec<_>>();
    format!("{what} {}", wanted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};

    #[test]
    fn of_a_configuration_only_what_names_the_subject_is_kept() {
        let structure = samples::structure();
        let subjects: Vec<_> =
            structure.stages.iter().flat_map(|s| &s.actions).map(|a| (a.name.as_str(), a.subject.as_deref())).collect();
        assert_eq!(
            subjects,
            [
                ("Source", Some("shop/web@main")),
                ("Build", Some("web-build")),
                ("Approve", None),
                ("DeployService", Some("web")),
            ]
        );
        let kept = format!("{structure:?}");
        assert!(!kept.contains("CANARY"), "{kept}");
    }

    #[test]
    fn an_action_by_a_role_of_another_account_runs_there() {
        let out = samples::get_pipeline();
        let from = |account: &str| Structure::read(&out, (account, "eu-west-1")).unwrap();
        let build = |s: &Structure| s.action("Build", "Build").unwrap().account.clone();
        assert_eq!(build(&from("111122223333")), None, "its role is of this account");
        assert_eq!(build(&from("777788889999")).as_deref(), Some("111122223333"));
    }

    #[test]
    fn an_approval_brings_its_note_its_link_and_its_patience() {
        let structure = samples::structure();
        let [approval] = &structure.stage("Approve").unwrap().approvals[..] else { panic!("one approval") };
        assert_eq!(approval.note.as_deref(), Some("Look at the staging shop first"));
        assert_eq!(approval.url.as_deref(), Some("https://staging.example.com/"));
        assert_eq!(approval.timeout, TimeDelta::days(7));
    }

    #[test]
    fn triggers_read_as_a_sentence_and_defaults_of_variables_are_not_kept() {
        let structure = samples::structure();
        let [trigger] = &structure.triggers[..] else { panic!("one trigger") };
        assert_eq!((trigger.event.as_str(), trigger.filter.as_str()), ("push", "branches main, !wip/**; paths src/**"));
        let [variable] = &structure.variables[..] else { panic!("one variable") };
        assert!(variable.has_default);
        assert!(
            structure.stages.iter().flat_map(|s| &s.actions).all(|a| a.region.is_none() && a.account.is_none()),
            "they are the pipeline's own"
        );
        assert!(structure.is_source_stage("Source") && !structure.is_source_stage("Build"));
    }
}

//! What a pipeline is made of: stages, actions, variables, triggers. One structure may serve many pipelines: what
//! differs between them (`{}` in a subject) is filled in with the pipeline's name.

use super::{provider::Provider, time::Ms};

/// Stages in order, and what goes with them.
#[derive(Debug, Clone)]
pub struct Structure {
    /// Stages; the first one holds the source actions.
    pub stages: Vec<StageDef>,
    /// Variables (V2 only).
    pub variables: Vec<VariableDef>,
    /// Branches whose pushes start the pipeline by a trigger (V2 with a connection); none: change detection.
    pub push_branches: Vec<String>,
}

/// A stage.
#[derive(Debug, Clone)]
pub struct StageDef {
    /// Name.
    pub name: String,
    /// Actions in order of declaration.
    pub actions: Vec<ActionDef>,
}

/// An action.
#[derive(Debug, Clone)]
pub struct ActionDef {
    /// Name.
    pub name: String,
    /// `Source`, `Build`, `Test`, `Deploy`, `Approval`, `Invoke`.
    pub category: &'static str,
    /// Who does it.
    pub provider: Provider,
    /// Account it runs in, by a role there, where that is not the pipeline's.
    pub account: Option<&'static str>,
    /// What it works on: a project, a repository, a service, a stack; `{}` is the pipeline's name.
    pub subject: String,
    /// Order within its stage; equal ones run in parallel.
    pub run_order: u16,
    /// Median duration; of a CodeBuild action its project's counts.
    pub median: Ms,
    /// How often in a thousand it fails without a commit's fault.
    pub flaky: u32,
}

/// A pipeline variable.
#[derive(Debug, Clone)]
pub struct VariableDef {
    /// Name.
    pub name: String,
    /// Default; a variable without one must be given at the start.
    pub default: Option<String>,
    /// Description.
    pub description: String,
}

impl Structure {
    /// Position of a stage.
    pub fn stage(&self, name: &str) -> Option<usize> {
        self.stages.iter().position(|s| s.name == name)
    }

    /// Source actions, as (position in the first stage, action).
    pub fn sources(&self) -> impl Iterator<Item = (usize, &ActionDef)> {
        self.stages
            .first()
            .into_iter()
            .flat_map(|s| s.actions.iter().enumerate())
            .filter(|(_, a)| a.category == "Source")
    }
}

impl StageDef {
    /// A stage without actions yet.
    pub fn new(name: &str) -> Self {
        StageDef { name: name.to_owned(), actions: Vec::new() }
    }

    /// With one more action, after those before it.
    pub fn then(mut self, action: ActionDef) -> Self {
        let order = self.actions.iter().map(|a| a.run_order).max().unwrap_or(0) + 1;
        self.actions.push(ActionDef { run_order: order, ..action });
        self
    }

    /// With one more action, beside the last one.
    pub fn beside(mut self, action: ActionDef) -> Self {
        let order = self.actions.iter().map(|a| a.run_order).max().unwrap_or(1);
        self.actions.push(ActionDef { run_order: order, ..action });
        self
    }
}

impl ActionDef {
    /// An action of that provider, in its usual category, lasting `median`.
    pub fn new(name: &str, provider: Provider, subject: &str, median: Ms) -> Self {
        ActionDef {
            name: name.to_owned(),
            category: provider.category(),
            provider,
            account: None,
            subject: subject.to_owned(),
            run_order: 1,
            median,
            flaky: 0,
        }
    }

    /// The same as a test.
    pub fn as_test(self) -> Self {
        ActionDef { category: "Test", ..self }
    }

    /// The same in another account.
    pub fn in_account(self, account: &'static str) -> Self {
        ActionDef { account: Some(account), ..self }
    }

    /// The role it runs by, where that is another account's.
    pub fn role_arn(&self) -> Option<String> {
        Some(format!("arn:aws:iam::{}:role/pipelines/RunsForOthers", self.account?))
    }

    /// Failing by itself that often in a thousand.
    pub fn flaky(self, per_mille: u32) -> Self {
        ActionDef { flaky: per_mille, ..self }
    }

    /// What it works on in the pipeline of that name.
    pub fn subject_in(&self, pipeline: &str) -> String {
        self.subject.replace("{}", pipeline)
    }

    /// The commit, tag or person it brings is named by this namespace in variables.
    pub fn namespace(&self) -> String {
        format!("{}Variables", self.name)
    }
}

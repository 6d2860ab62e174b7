//! Who does an action: its type, its time-out, how it names what it brings. What an action says of itself in its place
//! (configuration, links, errors) is `setting`'s; how long it takes and whether it fails, `engine`'s.

mod setting;

pub use setting::{External, Setting};

use super::{
    line::Commit,
    time::{DAY, HOUR, MINUTE, Ms},
};

/// An action provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Source: CodeCommit.
    CodeCommit,
    /// Source: GitHub through a connection.
    Connection,
    /// Source: GitHub by OAuth token (version 1).
    GitHub,
    /// Source: an object in S3.
    S3,
    /// Source: an image in ECR.
    Ecr,
    /// Build or test: CodeBuild.
    CodeBuild,
    /// Build or test: Jenkins.
    Jenkins,
    /// Deploy: CodeDeploy to servers.
    CodeDeploy,
    /// Deploy: CodeDeploy, blue/green on ECS.
    CodeDeployToEcs,
    /// Deploy: a stack.
    CloudFormation,
    /// Deploy: ECS, rolling.
    Ecs,
    /// A person.
    Approval,
    /// Invoke: a Lambda function.
    Lambda,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Provider; 13] = [
        Provider::CodeCommit,
        Provider::Connection,
        Provider::GitHub,
        Provider::S3,
        Provider::Ecr,
        Provider::CodeBuild,
        Provider::Jenkins,
        Provider::CodeDeploy,
        Provider::CodeDeployToEcs,
        Provider::CloudFormation,
        Provider::Ecs,
        Provider::Approval,
        Provider::Lambda,
    ];

    /// Usual category.
    pub fn category(self) -> &'static str {
        match self {
            Provider::CodeCommit | Provider::Connection | Provider::GitHub | Provider::S3 | Provider::Ecr => "Source",
            Provider::CodeBuild | Provider::Jenkins => "Build",
            Provider::CodeDeploy | Provider::CodeDeployToEcs | Provider::CloudFormation | Provider::Ecs => "Deploy",
            Provider::Approval => "Approval",
            Provider::Lambda => "Invoke",
        }
    }

    /// Owner of the action type.
    pub fn owner(self) -> &'static str {
        match self {
            Provider::GitHub => "ThirdParty",
            Provider::Jenkins => "Custom",
            _ => "AWS",
        }
    }

    /// Name of the provider in the action type.
    pub fn name(self) -> &'static str {
        match self {
            Provider::CodeCommit => "CodeCommit",
            Provider::Connection => "CodeStarSourceConnection",
            Provider::GitHub => "GitHub",
            Provider::S3 => "S3",
            Provider::Ecr => "ECR",
            Provider::CodeBuild => "CodeBuild",
            Provider::Jenkins => "Jenkins",
            Provider::CodeDeploy => "CodeDeploy",
            Provider::CodeDeployToEcs => "CodeDeployToECS",
            Provider::CloudFormation => "CloudFormation",
            Provider::Ecs => "ECS",
            Provider::Approval => "Manual",
            Provider::Lambda => "Lambda",
        }
    }

    /// Default time-out of an action (CodePipeline user guide, "Quotas").
    pub fn timeout(self) -> Ms {
        match self {
            Provider::Approval => 7 * DAY,
            Provider::CodeDeployToEcs | Provider::CodeDeploy => 5 * DAY,
            Provider::CloudFormation => 3 * DAY,
            Provider::CodeBuild => 8 * HOUR,
            Provider::S3 => 90 * MINUTE,
            _ => HOUR,
        }
    }

    /// Id of a commit as this source names it.
    pub fn revision_id(self, commit: &Commit) -> String {
        match self {
            Provider::Ecr => commit.image_digest(),
            Provider::S3 => commit.object_version(),
            _ => commit.id.clone(),
        }
    }

    /// `revisionType` with which such a revision may be given at a start.
    pub fn revision_type(self) -> &'static str {
        match self {
            Provider::Ecr => "IMAGE_DIGEST",
            Provider::S3 => "S3_OBJECT_VERSION_ID",
            _ => "COMMIT_ID",
        }
    }

    /// Summary of a revision: JSON text of connections, the message of git, nothing of others.
    pub fn revision_summary(self, commit: &Commit) -> Option<String> {
        match self {
            Provider::Connection => {
                let message = cut(&commit.message, 1_900);
                Some(serde_json::json!({ "ProviderType": "GitHub", "CommitMessage": message }).to_string())
            }
            Provider::CodeCommit | Provider::GitHub => Some(cut(&commit.message, 2_000)),
            Provider::S3 => Some(format!("Amazon S3 version id: {}", commit.object_version())),
            _ => None,
        }
    }

    /// Trigger type of an execution that this source starts.
    pub fn trigger_type(self) -> &'static str {
        match self {
            Provider::Connection => "WebhookV2",
            Provider::GitHub => "Webhook",
            _ => "CloudWatchEvent",
        }
    }
}

/// The text, at most `max` characters of it.
pub fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

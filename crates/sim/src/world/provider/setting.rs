//! What an action says in its place: configuration, links, what it left in the outside world, its errors and its output
//! variables. Configurations and output variables hold values beginning with `CANARY-`: what finds one of them outside
//! has stored a secret.

use super::{Provider, cut};
use crate::world::{
    id::Uuid,
    line::{Commit, Line},
    noise,
    structure::ActionDef,
};

/// Where an action runs and for what: what its texts and ids are made of.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Account, 12 digits.
    pub account: &'a str,
    /// Region.
    pub region: &'a str,
    /// Name of the pipeline.
    pub pipeline: &'a str,
    /// The action.
    pub action: &'a ActionDef,
    /// Line of commits that the pipeline follows.
    pub line: Option<&'a Line>,
    /// Whether an OAuth token is told as it is.
    pub unmasked: bool,
}

/// What one run of an action left in the outside world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    /// Id there.
    pub id: String,
    /// Link to it.
    pub url: String,
}

impl Setting<'_> {
    fn subject(&self) -> String {
        self.action.subject_in(self.pipeline)
    }

    fn console(&self, path: &str) -> String {
        format!("https://{}.console.aws.amazon.com/{path}", self.region)
    }

    fn repository(&self) -> &str {
        self.line.map_or("example/unknown", |l| l.repository.as_str())
    }

    fn branch(&self) -> &str {
        self.line.map_or("main", |l| l.branch.as_str())
    }

    fn connection(&self) -> String {
        let key = noise::of(0, &["connection", self.account, self.region]);
        let id = Uuid::draw(key, 0);
        format!("arn:aws:codeconnections:{}:{}:connection/{id}", self.region, self.account)
    }

    /// What a trigger by this source tells as its detail.
    pub fn trigger_detail(&self) -> String {
        match self.action.provider {
            Provider::Connection => self.connection(),
            Provider::GitHub => {
                format!("arn:aws:codepipeline:{}:{}:webhook:{}", self.region, self.account, self.pipeline)
            }
            _ => format!("arn:aws:events:{}:{}:rule/{}-on-change", self.region, self.account, self.pipeline),
        }
    }

    /// The action's configuration as `GetPipeline` tells it, the OAuth token masked as AWS masks it (unless the world does not).
    pub fn configuration(&self) -> Vec<(&'static str, String)> {
        let subject = self.subject();
        match self.action.provider {
            Provider::CodeCommit => vec![
                ("RepositoryName", subject),
                ("BranchName", self.branch().to_owned()),
                ("PollForSourceChanges", "false".to_owned()),
            ],
            Provider::Connection => vec![
                ("ConnectionArn", self.connection()),
                ("FullRepositoryId", self.repository().to_owned()),
                ("BranchName", self.branch().to_owned()),
                ("OutputArtifactFormat", "CODE_ZIP".to_owned()),
                ("DetectChanges", "true".to_owned()),
            ],
            Provider::GitHub => {
                let (owner, repo) = self.repository().split_once('/').unwrap_or(("example", "unknown"));
                vec![
                    ("Owner", owner.to_owned()),
                    ("Repo", repo.to_owned()),
                    ("Branch", self.branch().to_owned()),
                    ("OAuthToken", if self.unmasked { format!("CANARY-oauth-{repo}") } else { "****".to_owned() }),
                    ("PollForSourceChanges", "false".to_owned()),
                ]
            }
            Provider::S3 => vec![
                ("S3Bucket", format!("shop-releases-{}", self.account)),
                ("S3ObjectKey", format!("{subject}/release.zip")),
                ("PollForSourceChanges", "false".to_owned()),
            ],
            Provider::Ecr => vec![("RepositoryName", subject), ("ImageTag", "release".to_owned())],
            Provider::CodeBuild => vec![
                ("ProjectName", subject),
                (
                    "EnvironmentVariables",
                    serde_json::json!([
                        { "name": "STAGE", "value": self.pipeline, "type": "PLAINTEXT" },
                        { "name": "NPM_TOKEN", "value": format!("CANARY-action-env-{}", self.pipeline), "type": "PLAINTEXT" },
                    ])
                    .to_string(),
                ),
            ],
            Provider::Jenkins => vec![
                ("ProjectName", subject),
                ("ServerURL", "https://jenkins.example.com".to_owned()),
                ("ProviderName", "Jenkins".to_owned()),
            ],
            Provider::CodeDeploy => vec![("ApplicationName", subject.clone()), ("DeploymentGroupName", format!("{subject}-servers"))],
            Provider::CodeDeployToEcs => vec![
                ("ApplicationName", subject.clone()),
                ("DeploymentGroupName", format!("{subject}-ecs")),
                ("TaskDefinitionTemplateArtifact", "BuildOutput".to_owned()),
                ("AppSpecTemplateArtifact", "BuildOutput".to_owned()),
            ],
            Provider::CloudFormation => vec![
                ("ActionMode", "CREATE_UPDATE".to_owned()),
                ("StackName", subject),
                ("Capabilities", "CAPABILITY_NAMED_IAM".to_owned()),
                ("TemplatePath", "BuildOutput::template.yaml".to_owned()),
                ("ParameterOverrides", format!("{{\"DbPassword\":\"CANARY-parameter-{}\"}}", self.pipeline)),
            ],
            Provider::Ecs => vec![
                ("ClusterName", "shop".to_owned()),
                ("ServiceName", subject),
                ("FileName", "imagedefinitions.json".to_owned()),
            ],
            Provider::Approval => vec![
                ("CustomData", format!("Release {} of the day. Check the dashboard before approving.", self.pipeline)),
                ("ExternalEntityLink", format!("https://wiki.example.com/releases/{}", self.pipeline)),
            ],
            Provider::Lambda => vec![("FunctionName", subject), ("UserParameters", format!("{{\"key\":\"CANARY-user-parameter-{}\"}}", self.pipeline))],
        }
    }

    /// Link to what the action works on.
    pub fn entity_url(&self) -> Option<String> {
        let s = self.subject();
        Some(match self.action.provider {
            Provider::CodeCommit => self.console(&format!("codesuite/codecommit/repositories/{s}/browse")),
            Provider::Connection | Provider::GitHub => {
                format!("https://github.com/{}/tree/{}", self.repository(), self.branch())
            }
            Provider::S3 => format!(
                "https://console.aws.amazon.com/s3/object/shop-releases-{}?prefix={s}/release.zip",
                self.account
            ),
            Provider::Ecr => self.console(&format!("ecr/repositories/private/{}/{s}", self.account)),
            Provider::CodeBuild => {
                let account = self.action.account.unwrap_or(self.account);
                self.console(&format!("codesuite/codebuild/{account}/projects/{s}/view"))
            }
            Provider::Jenkins if s.contains(':') => s,
            Provider::Jenkins => format!("https://jenkins.example.com/job/{s}"),
            Provider::CodeDeploy | Provider::CodeDeployToEcs => {
                self.console(&format!("codesuite/codedeploy/applications/{s}"))
            }
            Provider::CloudFormation => {
                self.console(&format!("cloudformation/home?region={}#/stacks?filteringText={s}", self.region))
            }
            Provider::Ecs => self.console(&format!("ecs/v2/clusters/shop/services/{s}")),
            Provider::Approval => format!("https://wiki.example.com/releases/{}", self.pipeline),
            Provider::Lambda => self.console(&format!("lambda/home?region={}#/functions/{s}", self.region)),
        })
    }

    /// Link to a commit.
    pub fn revision_url(&self, commit: &Commit) -> Option<String> {
        match self.action.provider {
            Provider::CodeCommit => Some(self.console(&format!(
                "codesuite/codecommit/repositories/{}/commit/{}",
                self.subject(),
                commit.id
            ))),
            Provider::Connection => Some(format!(
                "https://{}.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn={}&referenceType=COMMIT&FullRepositoryId={}&Commit={}",
                self.region,
                self.connection(),
                self.repository(),
                commit.id
            )),
            Provider::GitHub => Some(format!("https://github.com/{}/commit/{}", self.repository(), commit.id)),
            _ => None,
        }
    }

    /// What the run with this key left outside. `build` is the id of its build.
    pub fn external(&self, key: u64, build: Option<&str>) -> Option<External> {
        let s = self.subject();
        let (id, url) = match self.action.provider {
            Provider::CodeBuild => {
                let id = build?.to_owned();
                let url = self.console(&format!(
                    "codesuite/codebuild/{}/projects/{s}/build/{}/view/new",
                    self.action.account.unwrap_or(self.account),
                    id.replace(':', "%3A")
                ));
                (id, url)
            }
            Provider::Jenkins => {
                let number = 400 + key % 600;
                let url = if s.contains(':') { s } else { format!("https://jenkins.example.com/job/{s}/{number}/") };
                (number.to_string(), url)
            }
            Provider::CodeDeploy | Provider::CodeDeployToEcs => {
                let id = format!("d-{}", noise::base32(key, 9));
                let url = self.console(&format!("codesuite/codedeploy/deployments/{id}"));
                (id, url)
            }
            Provider::CloudFormation => {
                let account = self.action.account.unwrap_or(self.account);
                let id = format!(
                    "arn:aws:cloudformation:{}:{account}:stack/{s}/{}",
                    self.region,
                    Uuid::draw(noise::of(0, &["stack", account, &s]), 0)
                );
                let url =
                    self.console(&format!("cloudformation/home?region={}#/stacks/stackinfo?stackId={id}", self.region));
                (id, url)
            }
            Provider::Ecs => {
                let id = format!("ecs-svc/{:019}", 1_000_000_000_000_000_000 + key % 8_000_000_000_000_000_000);
                let url = self.console(&format!("ecs/v2/clusters/shop/services/{s}/deployments"));
                (id, url)
            }
            Provider::Lambda => (Uuid::draw(key, 9).to_string(), self.entity_url()?),
            _ => return None,
        };
        Some(External { id, url })
    }

    /// Code and message of a failure. `build` tells of a build what its first bad phase said.
    pub fn error(&self, build: Option<&str>) -> (&'static str, String) {
        let s = self.subject();
        match self.action.provider {
            Provider::CodeBuild => ("JobFailed", build.unwrap_or("Build terminated with state: FAILED").to_owned()),
            Provider::Jenkins => ("JobFailed", format!("Jenkins job {s} finished with result: FAILURE")),
            Provider::CodeDeploy => (
                "JobFailed",
                "The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available for deployment, or some instances in your deployment group are experiencing problems. (Error code: HEALTH_CONSTRAINTS)".to_owned(),
            ),
            Provider::CodeDeployToEcs => (
                "JobFailed",
                "The ECS deployment failed: the replacement task set did not become healthy before the deployment timed out. (Error code: DEPLOYMENT_FAILED)".to_owned(),
            ),
            Provider::CloudFormation => (
                "JobFailed",
                format!("Stack {s} is in state UPDATE_ROLLBACK_COMPLETE. Resource NatGatewayC failed: Elastic IP address could not be associated (Service: Ec2, Status Code: 400)"),
            ),
            Provider::Ecs => ("JobFailed", format!("ECS service {s} was unable to reach a steady state: (deployment circuit breaker) tasks failed to start")),
            Provider::Lambda => ("JobFailed", format!("Function {s} answered with an error")),
            Provider::Approval => ("RejectedByApprover", "The approval was rejected".to_owned()),
            _ => ("ConfigurationError", format!("The revision could not be read from {s}")),
        }
    }

    /// Output variables of a run that ended well.
    pub fn output_variables(&self, commit: Option<&Commit>, build: Option<&str>) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        if let Some(commit) = commit {
            match self.action.provider {
                Provider::Connection => out.extend([
                    ("ProviderType", "GitHub".to_owned()),
                    ("FullRepositoryName", self.repository().to_owned()),
                    ("ConnectionArn", self.connection()),
                    ("BranchName", self.branch().to_owned()),
                    ("CommitId", commit.id.clone()),
                    ("CommitMessage", cut(&commit.message, 2_000)),
                    ("AuthorDate", commit.date()),
                    ("AuthorDisplayName", commit.author.name.clone()),
                    ("AuthorEmail", commit.author.email.clone()),
                ]),
                Provider::CodeCommit | Provider::GitHub => out.extend([
                    ("RepositoryName", self.line.map_or_else(|| self.subject(), |l| l.name().to_owned())),
                    ("BranchName", self.branch().to_owned()),
                    ("CommitId", commit.id.clone()),
                    ("CommitMessage", cut(&commit.message, 2_000)),
                    ("AuthorDate", commit.date()),
                    ("CommitterDate", commit.date()),
                ]),
                Provider::S3 => out.extend([
                    ("ETag", noise::hex(noise::of(0, &["etag", &commit.id]), 32)),
                    ("VersionId", commit.object_version()),
                ]),
                Provider::Ecr => out.extend([
                    ("RegistryId", self.account.to_owned()),
                    ("RepositoryName", self.subject()),
                    ("ImageTag", "release".to_owned()),
                    ("ImageDigest", commit.image_digest()),
                    (
                        "ImageURI",
                        format!(
                            "{}.dkr.ecr.{}.amazonaws.com/{}@{}",
                            self.account,
                            self.region,
                            self.subject(),
                            commit.image_digest()
                        ),
                    ),
                ]),
                _ => {}
            }
        }
        match self.action.provider {
            Provider::CodeBuild => out.extend([
                ("CODEBUILD_BUILD_ID", build.unwrap_or_default().to_owned()),
                ("DEPLOY_TOKEN", format!("CANARY-output-variable-{}", self.pipeline)),
            ]),
            Provider::CloudFormation => out
                .push(("DatabaseUrl", format!("postgres://shop:CANARY-output-{}@db.example.com/shop", self.pipeline))),
            _ => {}
        }
        out
    }
}

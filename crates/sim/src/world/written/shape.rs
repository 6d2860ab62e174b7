//! A world file as it is written: every member, what it means if it is left out, and no other. What the members may refer to
//! is checked in `check`; what becomes of them is `mod`'s.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::world::{
    pipeline::Mode,
    project::Trade,
    provider::Provider,
    time::{DAY, HOUR, MINUTE, Ms, SECOND},
};

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorldFile {
    pub(super) accounts: Vec<Account>,
    #[serde(default)]
    pub(super) repositories: Vec<Repository>,
    #[serde(default)]
    pub(super) projects: Vec<Project>,
    #[serde(default)]
    pub(super) pipelines: Vec<Pipeline>,
    #[serde(default)]
    pub(super) stacks: Vec<super::stacks::Stack>,
    /// Whether, once open, people answer approvals, promote and tend as the pipelines say. What runs runs on in any case.
    #[serde(default)]
    pub(super) lively: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    /// 12 digits.
    pub(super) account: String,
    /// Also its profile's name.
    pub(super) name: String,
    /// Its profile's Region.
    pub(super) region: String,
    /// Regions switched on; none: those that every account has.
    #[serde(default)]
    pub(super) regions: Option<Vec<String>>,
}

/// A repository with its commits; pipelines and projects are filled from it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repository {
    /// `owner/name`.
    pub(super) name: String,
    #[serde(default = "main")]
    pub(super) branch: String,
    /// Where it is a CodeCommit repository, by the name after the slash.
    #[serde(default)]
    pub(super) codecommit: Vec<Place>,
    #[serde(default)]
    pub(super) description: String,
    /// Oldest first.
    #[serde(default)]
    pub(super) commits: Vec<Commit>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) account: String,
    pub(super) region: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Commit {
    pub(super) message: String,
    #[serde(default)]
    pub(super) author: Option<Author>,
    /// How long before the opening it was pushed.
    pub(super) ago: Span,
    /// Category or name of the actions that fail on it.
    #[serde(default)]
    pub(super) spoils: Option<String>,
    /// Only in this account.
    #[serde(default)]
    pub(super) only_in: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Author {
    pub(super) name: String,
    pub(super) email: String,
}

/// A CodeBuild project.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) name: String,
    pub(super) repository: String,
    /// What its log looks like and how it fails.
    #[serde(default)]
    pub(super) builds: Builds,
    /// How long it usually takes.
    #[serde(default = "two_minutes")]
    pub(super) takes: Span,
    /// Whether it builds by itself, not for a pipeline.
    #[serde(default)]
    pub(super) alone: bool,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Builds {
    #[default]
    Node,
    Gradle,
    Python,
    Templates,
    Smoke,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pipeline {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) name: String,
    pub(super) repository: String,
    #[serde(default, rename = "type")]
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) mode: ModeWord,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) variables: Vec<Variable>,
    pub(super) stages: Vec<Stage>,
    /// Whether a push to its repository starts it.
    #[serde(default)]
    pub(super) starts_on_push: bool,
    /// Whether somebody answers its approvals within the hour.
    #[serde(default)]
    pub(super) approved: bool,
    /// Whether somebody retries or rolls back what failed, now and then.
    #[serde(default)]
    pub(super) tended: bool,
    /// What an operator starts with the same commit after a success here.
    #[serde(default)]
    pub(super) promotes_to: Option<Promotion>,
    /// Executions that an operator started.
    #[serde(default)]
    pub(super) starts: Vec<Start>,
    /// Transitions that are disabled.
    #[serde(default)]
    pub(super) held: Vec<Held>,
    /// Actions that do not end by themselves.
    #[serde(default)]
    pub(super) hangs: Vec<Hang>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Kind {
    V1,
    #[default]
    V2,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum ModeWord {
    #[default]
    Superseded,
    Queued,
    Parallel,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variable {
    pub(super) name: String,
    #[serde(default)]
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) description: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) actions: Vec<Action>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    pub(super) name: String,
    /// AWS's name of the provider.
    #[serde(deserialize_with = "provider")]
    pub(super) provider: Provider,
    /// Project, repository, service, stack …; none: the pipeline's name.
    #[serde(default)]
    pub(super) on: Option<String>,
    /// How long it usually takes; a CodeBuild action takes as long as its project.
    #[serde(default)]
    pub(super) takes: Option<Span>,
    /// Whether it is of category `Test` instead of `Build`.
    #[serde(default)]
    pub(super) test: bool,
    /// Whether it runs beside the action before it, not after it.
    #[serde(default)]
    pub(super) beside: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Promotion {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) pipeline: String,
    #[serde(default = "ten_minutes")]
    pub(super) after: Span,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    /// Commit of its repository, from 0.
    pub(super) commit: u32,
    pub(super) ago: Span,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held {
    /// Stage into which nothing goes.
    pub(super) stage: String,
    pub(super) reason: String,
    pub(super) ago: Span,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hang {
    /// Category of the next action that hangs from then on.
    pub(super) category: Category,
    pub(super) ago: Span,
}

/// A category of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Category(pub(super) &'static str);

impl<'de> Deserialize<'de> for Category {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        let known = ["Build", "Test", "Deploy", "Approval", "Invoke"];
        known
            .into_iter()
            .find(|c| *c == name)
            .map(Category)
            .ok_or_else(|| D::Error::custom(format!("unknown category `{name}`, expected one of {}", known.join(", "))))
    }
}

/// A span of time, as `90s`, `5m`, `2h`, `3d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span(pub(super) Ms);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let units = [("s", SECOND), ("m", MINUTE), ("h", HOUR), ("d", DAY)];
        let read = units.iter().find_map(|(word, unit)| {
            let number: i64 = text.strip_suffix(word)?.parse().ok()?;
            // Two years and more ago there was nothing.
            Some(number.checked_mul(*unit)?).filter(|ms| (0..=730 * DAY).contains(ms))
        });
        read.map(Span)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is no span of time: write `90s`, `5m`, `2h`, `3d`")))
    }
}

fn provider<'de, D: Deserializer<'de>>(from: D) -> Result<Provider, D::Error> {
    let name = String::deserialize(from)?;
    Provider::ALL.into_iter().find(|p| p.name() == name).ok_or_else(|| {
        let known: Vec<&str> = Provider::ALL.iter().map(|p| p.name()).collect();
        D::Error::custom(format!("unknown provider `{name}`, expected one of {}", known.join(", ")))
    })
}

fn main() -> String {
    "main".to_owned()
}

fn two_minutes() -> Span {
    Span(2 * MINUTE)
}

fn ten_minutes() -> Span {
    Span(10 * MINUTE)
}

impl From<Builds> for Trade {
    fn from(builds: Builds) -> Self {
        match builds {
            Builds::Node => Trade::Node,
            Builds::Gradle => Trade::Gradle,
            Builds::Python => Trade::Python,
            Builds::Templates => Trade::Templates,
            Builds::Smoke => Trade::Smoke,
        }
    }
}

impl From<ModeWord> for Mode {
    fn from(word: ModeWord) -> Self {
        match word {
            ModeWord::Superseded => Mode::Superseded,
            ModeWord::Queued => Mode::Queued,
            ModeWord::Parallel => Mode::Parallel,
        }
    }
}

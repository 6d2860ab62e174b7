//! How a thing is, in six words, and why it needs a person.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Health of a resource or a run. AWS's own status word stands beside it, never replaced by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// It ended badly, or is down.
    Failed,
    /// It needs a person or is off its course, but has not failed; [`Aspect`] says which.
    Attention,
    /// Something is under way.
    Running,
    /// Not known: never read, or what was under way when reading stopped.
    Unknown,
    /// As it should be.
    Ok,
    /// AWS ended the service or the thing is gone for good.
    Retired,
}

impl Health {
    /// All healths, in order of need: what is first is shown first.
    pub const ALL: [Health; 6] =
        [Health::Failed, Health::Attention, Health::Running, Health::Unknown, Health::Ok, Health::Retired];

    /// The word used in JSON, in filters and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Health::Failed => "failed",
            Health::Attention => "attention",
            Health::Running => "running",
            Health::Unknown => "unknown",
            Health::Ok => "ok",
            Health::Retired => "retired",
        }
    }

    /// The health of that word, if it is one.
    pub fn from_word(word: &str) -> Option<Health> {
        Health::ALL.into_iter().find(|h| h.word() == word)
    }

    /// Place in the order of need, 0 first. Stored, so that lists sort by it in SQL.
    pub fn rank(self) -> i64 {
        Health::ALL.iter().position(|h| *h == self).map_or(5, |i| i as i64)
    }
}

/// What kind of its health something is in, where the word alone does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// A person must approve. Health is `attention`.
    Waiting,
    /// Longer under way than the 90th percentile of its own history. Health is `attention`.
    Stuck,
    /// Behind another run of the same thing. Health is `running`.
    Queued,
    /// A transition is held, so that nothing goes past it. Health is `attention` only if a run waits there.
    Held,
    /// Stopped by hand. Health is `attention`.
    Stopped,
    /// A newer run took its place. Health is `ok`.
    Superseded,
}

impl Aspect {
    /// All aspects.
    pub const ALL: [Aspect; 6] =
        [Aspect::Waiting, Aspect::Stuck, Aspect::Queued, Aspect::Held, Aspect::Stopped, Aspect::Superseded];

    /// The word used in JSON, in filters and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Aspect::Waiting => "waiting",
            Aspect::Stuck => "stuck",
            Aspect::Queued => "queued",
            Aspect::Held => "held",
            Aspect::Stopped => "stopped",
            Aspect::Superseded => "superseded",
        }
    }

    /// The aspect of that word, if it is one.
    pub fn from_word(word: &str) -> Option<Aspect> {
        Aspect::ALL.into_iter().find(|a| a.word() == word)
    }
}

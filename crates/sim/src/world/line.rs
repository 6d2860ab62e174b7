//! Lines of commits: what repositories, buckets and image repositories of all accounts are filled from, so that the
//! same commit is promoted from account to account.

use std::borrow::Cow;

use super::{
    noise,
    time::{Ms, instant},
};

/// Who commits. Invented, with addresses of example.com.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Name as git has it.
    pub name: String,
    /// Address.
    pub email: String,
}

/// What a commit spoils, wherever it is built or deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Category or name of the actions that fail on it: `Build`, `Deploy`, `SmokeTest`.
    pub spoils: Cow<'static, str>,
    /// Only in this account, if given (a migration that is missing there, say).
    pub only_in: Option<String>,
}

/// One commit.
#[derive(Debug, Clone)]
pub struct Commit {
    /// 40 hexadecimal digits.
    pub id: String,
    /// Message, whole.
    pub message: String,
    /// Author.
    pub author: Author,
    /// When it was pushed.
    pub at: Ms,
    /// What is wrong with it, if anything.
    pub flaw: Option<Flaw>,
}

impl Commit {
    /// Digest of the image built from it.
    pub fn image_digest(&self) -> String {
        format!("sha256:{}", noise::hex(noise::of(0, &["image", &self.id]), 64))
    }

    /// Version of the S3 object made from it.
    pub fn object_version(&self) -> String {
        noise::base32(noise::of(0, &["object", &self.id]), 32)
    }

    /// First line of the message.
    pub fn title(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    /// When, as output variables have it.
    pub fn date(&self) -> String {
        instant(self.at).format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

/// Commits of one repository, oldest first.
#[derive(Debug, Clone)]
pub struct Line {
    /// `owner/name` as GitHub has it; CodeCommit and ECR use the part after the slash.
    pub repository: String,
    /// Branch that pipelines follow.
    pub branch: String,
    /// The commits.
    pub commits: Vec<Commit>,
    /// Median between two commits that come by themselves; none comes if zero.
    pub pace: Ms,
}

impl Line {
    /// Repository name without its owner.
    pub fn name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or(&self.repository)
    }

    /// Position of the commit with this id (also a unique beginning of at least 7 digits).
    pub fn find(&self, id: &str) -> Option<u32> {
        let at = self.commits.iter().rposition(|c| c.id == id || (id.len() >= 7 && c.id.starts_with(id)))?;
        u32::try_from(at).ok()
    }

    /// Adds a commit to the end and tells its position.
    pub fn push(&mut self, seed: u64, message: &str, author: Author, at: Ms, flaw: Option<Flaw>) -> u32 {
        let n = self.commits.len();
        let id = noise::hex(noise::of(seed, &["commit", &self.repository, &n.to_string()]), 40);
        self.commits.push(Commit { id, message: message.to_owned(), author, at, flaw });
        n as u32
    }
}

//! CodeCommit.
//!
//! Reads: `ListRepositories` with `BatchGetRepositories` (the inventory, on a full read), and on every read
//! `BatchGetCommits` for the commits that pipelines of this Region have shipped since, as the rows of their executions
//! name them. No other history is read, and no file. E-mail addresses are left behind; a name tells who it was.
//!
//! Acts: nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use async_trait::async_trait;
use aws_sdk_codecommit::{
    Client,
    types::{Commit as AwsCommit, RepositoryMetadata, UserInfo},
};
use skydeck_domain::{
    Detail, Health, Resource, Timestamp,
    pipeline::{ExecutionDetail, PipelineDetail, Revision},
    repository::{Commit, RepositoryDetail},
};

use super::{ends_the_read, instant, partition, redact, text};
use crate::{
    AwsError,
    service::{Ask, Life, Operation, Pace, Practice, ReadCtx, Service, Sink, Spec},
    session::Caller,
};

/// Id of the service.
const ID: &str = "codecommit";

const fn reads(name: &'static str, permission: &'static str) -> Operation {
    Operation { name, permission, mutates: false, rate: None }
}

static SPEC: Spec = Spec {
    id: ID,
    title: "CodeCommit",
    endpoint_prefix: "codecommit",
    practice: Practice::CiCd,
    life: Life::Active,
    global: false,
    operations: &[
        reads("ListRepositories", "codecommit:ListRepositories"),
        reads("BatchGetRepositories", "codecommit:BatchGetRepositories"),
        reads("BatchGetCommits", "codecommit:BatchGetCommits"),
    ],
    kinds: &["codecommit.repository"],
    items: None,
    pace: Pace { items_at_rest: false, changes: Duration::from_secs(5 * 60), all: Duration::from_secs(30 * 60) },
};

/// Names or ids that one batch call takes.
const BATCH: usize = 100;
/// A list that is longer than this many pages is none.
const MOST_PAGES: usize = 500;
/// The newest shipped commits of a repository that are asked for. Fewer than are kept, so that none is asked for twice.
const ASKED: usize = 40;
/// Commits kept of a repository.
const KEPT: usize = 50;

/// The service.
#[derive(Debug)]
pub struct CodeCommit;

#[async_trait]
impl Service for CodeCommit {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn collect(&self, ctx: &ReadCtx, ask: Ask, sink: &dyn Sink) -> Result<(), AwsError> {
        let reader = Reader { ctx, client: ctx.caller.client(Client::new), sink };
        if ask == Ask::All {
            reader.repositories().await?;
        }
        reader.commits().await
    }
}

struct Reader<'a> {
    ctx: &'a ReadCtx,
    client: Client,
    sink: &'a dyn Sink,
}

impl Reader<'_> {
    /// Every repository, or an error: never a part of them.
    async fn names(&self) -> Result<Vec<String>, AwsError> {
        let caller = &self.ctx.caller;
        let (mut found, mut token) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = || self.client.list_repositories().set_next_token(token.clone()).send();
            let out = caller.call("ListRepositories", page).await?;
            found.extend(out.repositories.unwrap_or_default().into_iter().filter_map(|r| r.repository_name));
            if out.next_token.is_none() {
                return Ok(found);
            }
            if out.next_token == token {
                break;
            }
            token = out.next_token;
        }
        Err(caller.refused("EndlessList", "The list of repositories does not end: its next page is itself.".into()))
    }

    async fn repositories(&self) -> Result<(), AwsError> {
        let caller = &self.ctx.caller;
        let names = self.names().await?;
        for batch in names.chunks(BATCH) {
            let get = || self.client.batch_get_repositories().set_repository_names(Some(batch.to_vec())).send();
            let out = caller.call("BatchGetRepositories", get).await?;
            let mut read = Vec::new();
            for metadata in out.repositories() {
                read.extend(self.repository(metadata).await);
            }
            self.sink.rows(read).await;
        }
        let ids = names.iter().map(|name| self.row_id(name)).collect();
        self.sink.complete(RepositoryDetail::KIND, ids).await;
        Ok(())
    }

    async fn repository(&self, metadata: &RepositoryMetadata) -> Option<Resource> {
        let name = metadata.repository_name()?;
        let commits = self.known(name).await.map(|d| d.commits).unwrap_or_default();
        let detail = repository(metadata, commits);
        Some(row(&self.ctx.caller, name, &detail, self.ctx.clock.now()))
    }

    fn row_id(&self, name: &str) -> String {
        let caller = &self.ctx.caller;
        let arn = arn(caller, name);
        Resource::make_id(&caller.profile, Some(&arn), &caller.region, RepositoryDetail::KIND, name)
    }

    async fn known(&self, name: &str) -> Option<RepositoryDetail> {
        self.sink.known(&self.row_id(name)).await?.detail()
    }

    /// The commits that executions shipped and that are not known yet.
    async fn commits(&self) -> Result<(), AwsError> {
        let caller = &self.ctx.caller;
        for (name, ids) in self.shipped().await {
            let Some(known) = self.sink.known(&self.row_id(&name)).await else { continue };
            let Some(mut detail) = known.detail::<RepositoryDetail>() else { continue };
            let wanted: Vec<String> =
                ids.into_iter().take(ASKED).filter(|id| detail.commits.iter().all(|c| c.id != *id)).collect();
            if wanted.is_empty() {
                continue;
            }
            let get = || {
                let get = self.client.batch_get_commits().repository_name(&name);
                get.set_commit_ids(Some(wanted.clone())).send()
            };
            let new: Vec<Commit> = match caller.call("BatchGetCommits", get).await {
                Ok(out) => out.commits().iter().filter_map(commit).collect(),
                Err(error) if ends_the_read(&error) => return Err(error),
                Err(error) => {
                    self.sink.problem(error).await;
                    continue;
                }
            };
            if !new.is_empty() {
                detail.commits = merge(detail.commits, new);
                // The repository itself was not read just now, so the row keeps its age.
                self.sink.rows(vec![row(caller, &name, &detail, known.read_at)]).await;
            }
        }
        Ok(())
    }

    /// Commit ids that executions of this scope shipped, by repository, the latest shipped first.
    async fn shipped(&self) -> BTreeMap<String, Vec<String>> {
        // Pipeline and source action → repository, where it lies in this Region.
        let mut sources: BTreeMap<(String, String), String> = BTreeMap::new();
        let take = |row: Resource, pipeline: PipelineDetail| {
            for action in pipeline.stages.into_iter().flat_map(|s| s.actions) {
                let here = action.def.provider == "CodeCommit" && action.def.region.is_none();
                if let Some(subject) = action.def.subject.filter(|_| here) {
                    let repository = subject.split('@').next().unwrap_or(&subject).to_owned();
                    sources.insert((row.name.clone(), action.def.name), repository);
                }
            }
        };
        self.sink.gather(take).await;
        let ships = |_, execution: ExecutionDetail| {
            let of_source = |r: Revision| Some((sources.get(&(execution.pipeline.clone(), r.source))?, r.id));
            let revisions: Vec<_> = execution.revisions.into_iter().filter_map(of_source).collect();
            (execution.started_at, revisions)
        };
        let mut ships = self.sink.gather(ships).await;
        ships.sort_by_key(|(started_at, _)| std::cmp::Reverse(*started_at));
        let mut shipped: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (repository, id) in ships.into_iter().flat_map(|(_, revisions)| revisions) {
            let ids = shipped.entry(repository.clone()).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        shipped
    }
}

/// ARN of a repository.
fn arn(caller: &Caller, name: &str) -> String {
    format!("arn:{}:codecommit:{}:{}:{name}", partition(&caller.region), caller.region, caller.account)
}

/// A repository as a row keeps it, with the commits that are known of it.
fn repository(metadata: &RepositoryMetadata, commits: Vec<Commit>) -> RepositoryDetail {
    RepositoryDetail {
        description: metadata.repository_description().and_then(redact::line),
        default_branch: metadata.default_branch().map(str::to_owned),
        updated_at: instant::maybe(metadata.last_modified_date()),
        commits,
    }
}

/// A commit as a row keeps it.
fn commit(commit: &AwsCommit) -> Option<Commit> {
    let author = commit.author();
    Some(Commit {
        id: commit.commit_id()?.to_owned(),
        message: text::lines(&redact::redact(commit.message().unwrap_or_default())),
        author: author.and_then(UserInfo::name).and_then(text::one_line).unwrap_or_default(),
        at: author.and_then(UserInfo::date).and_then(git_date),
        parent: commit.parents().first().cloned(),
    })
}

/// Git's raw date: seconds since the epoch, then the zone, which changes nothing about the instant.
fn git_date(date: &str) -> Option<Timestamp> {
    Timestamp::from_timestamp(date.split_whitespace().next()?.parse().ok()?, 0)
}

/// Known and new commits together, newest first, each once.
fn merge(known: Vec<Commit>, new: Vec<Commit>) -> Vec<Commit> {
    let mut all = new;
    all.extend(known);
    let mut seen = BTreeSet::new();
    all.retain(|c| seen.insert(c.id.clone()));
    all.sort_by_key(|c| std::cmp::Reverse(c.at));
    all.truncate(KEPT);
    all
}

/// The row of a repository. There is nothing about a repository that could be ill.
fn row(caller: &Caller, name: &str, detail: &RepositoryDetail, read_at: Timestamp) -> Resource {
    let arn = arn(caller, name);
    Resource {
        id: Resource::make_id(&caller.profile, Some(&arn), &caller.region, RepositoryDetail::KIND, name),
        arn: Some(arn),
        kind: RepositoryDetail::KIND.into(),
        service: ID.into(),
        name: name.to_owned(),
        profile: caller.profile.clone(),
        account: caller.account.clone(),
        region: caller.region.clone(),
        status: String::new(),
        health: Health::Ok,
        aspect: None,
        reason: None,
        since: detail.updated_at,
        read_at,
        tags: Default::default(),
        detail: serde_json::to_value(detail).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_keeps_name_message_and_instant_and_no_address() {
        let author = UserInfo::builder().name("박서연").email("seoyeon@example.com").date("1763884800 +0900").build();
        let aws = AwsCommit::builder()
            .commit_id("4be0c7d")
            .message("상품\u{202e} 상세\r\n\nbody\0\n")
            .author(author)
            .parents("p")
            .build();
        let kept = commit(&aws).unwrap();
        assert_eq!((kept.author.as_str(), kept.message.as_str()), ("박서연", "상품 상세\n\nbody"));
        assert_eq!(kept.at.unwrap().timestamp(), 1_763_884_800);
        assert!(!format!("{kept:?}").contains('@'));
        for odd in ["", "yesterday", "9999999999999999 +0000"] {
            assert_eq!(git_date(odd), None);
        }
    }

    #[test]
    fn commits_are_merged_newest_first_each_once_and_not_for_ever() {
        let made = |id: i64| Commit {
            id: id.to_string(),
            message: String::new(),
            author: String::new(),
            at: Timestamp::from_timestamp(id, 0),
            parent: None,
        };
        let merged = merge((0..45).map(made).collect(), (40..60).map(made).collect());
        assert_eq!(merged.len(), KEPT);
        assert_eq!((merged[0].id.as_str(), merged[49].id.as_str()), ("59", "10"));
    }
}

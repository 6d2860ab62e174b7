//! CodeCommit: repositories, branches and the metadata of commits. Files, diffs and pull requests are not offered.

use serde_json::{Map, Value, json};

use crate::{
    service::{ApiError, Request, Service},
    world::{
        World,
        id::Uuid,
        line::{Commit, Line},
        noise, page,
        place::Repository,
        time::{Ms, seconds},
    },
};

/// The service.
#[derive(Debug)]
pub(super) struct CodeCommit;

impl Service<World> for CodeCommit {
    fn id(&self) -> &'static str {
        "codecommit"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "BatchGetCommits",
            "BatchGetRepositories",
            "GetBranch",
            "GetCommit",
            "GetRepository",
            "ListBranches",
            "ListRepositories",
        ]
    }

    fn call(&self, world: &mut World, request: &Request<'_>) -> Result<Value, ApiError> {
        world.now_ms();
        let call = Call { world, request };
        match request.operation {
            "BatchGetCommits" => call.batch_get_commits(),
            "BatchGetRepositories" => call.batch_get_repositories(),
            "GetBranch" => call.get_branch(),
            "GetCommit" => call.get_commit(),
            "GetRepository" => {
                let name = call.text("repositoryName");
                let (repository, line) = call.repository(name)?;
                Ok(json!({ "repositoryMetadata": call.metadata(name, repository, line) }))
            }
            "ListBranches" => Ok(json!({ "branches": [call.repository(call.text("repositoryName"))?.1.branch] })),
            "ListRepositories" => call.list_repositories(),
            other => Err(ApiError::client("UnknownOperationException", format!("{other} is not offered"))),
        }
    }
}

/// Repositories come in pages of this size; at most so many are read in a batch.
const PAGE: usize = 1000;
const BATCH: usize = 100;

struct Call<'a> {
    world: &'a World,
    request: &'a Request<'a>,
}

impl<'a> Call<'a> {
    fn text(&self, member: &str) -> &'a str {
        self.request.input.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    fn texts(&self, member: &str) -> Vec<&'a str> {
        let list = self.request.input.get(member).and_then(Value::as_array);
        list.map(|l| l.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
    }

    fn repository(&self, name: &str) -> Result<(&'a Repository, &'a Line), ApiError> {
        let found = self.world.place(self.request.account, self.request.region).and_then(|p| p.repositories.get(name));
        let repository = found
            .ok_or_else(|| ApiError::client("RepositoryDoesNotExistException", format!("{name} does not exist")))?;
        Ok((repository, &self.world.lines[repository.line as usize]))
    }

    fn id_of(&self, name: &str) -> String {
        Uuid::draw(noise::of(self.world.seed, &["repository", self.request.account, self.request.region, name]), 0)
            .to_string()
    }

    fn list_repositories(&self) -> Result<Value, ApiError> {
        let mut all: Vec<(&String, Ms)> = self
            .world
            .place(self.request.account, self.request.region)
            .map(|p| p.repositories.iter().map(|(n, r)| (n, modified(r, &self.world.lines[r.line as usize]))).collect())
            .unwrap_or_default();
        let (by, order) = (self.text("sortBy"), self.text("order"));
        if by == "lastModifiedDate" {
            all.sort_by_key(|(_, at)| *at);
        }
        if order == "descending" {
            all.reverse();
        }
        let filters = format!("{by} {order}");
        let scope = [self.request.operation, self.request.account, self.request.region, &filters];
        let from = match self.request.input.get("nextToken").and_then(Value::as_str) {
            None => 0,
            Some(token) => {
                page::key(self.world.seed, &scope, token).and_then(|k| k.parse::<usize>().ok()).ok_or_else(|| {
                    ApiError::client(
                        "InvalidContinuationTokenException",
                        "The specified continuation token is not valid.",
                    )
                })?
            }
        };
        let to = (from + PAGE).min(all.len());
        let page: Vec<Value> = all[from.min(to)..to]
            .iter()
            .map(|(name, _)| json!({ "repositoryName": name, "repositoryId": self.id_of(name) }))
            .collect();
        let mut answer = json!({ "repositories": page });
        if to < all.len() {
            answer["nextToken"] = page::token(self.world.seed, &scope, &to.to_string()).into();
        }
        Ok(answer)
    }

    fn batch_get_repositories(&self) -> Result<Value, ApiError> {
        let names = self.texts("repositoryNames");
        if names.len() > BATCH {
            return Err(ApiError::client(
                "MaximumRepositoryNamesExceededException",
                format!("The maximum number of repository names is {BATCH}."),
            ));
        }
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for name in names {
            match self.repository(name) {
                Ok((repository, line)) => found.push(self.metadata(name, repository, line)),
                Err(_) => missing.push(name),
            }
        }
        Ok(json!({ "repositories": found, "repositoriesNotFound": missing, "errors": [] }))
    }

    fn metadata(&self, name: &str, repository: &Repository, line: &Line) -> Value {
        let (account, region) = (self.request.account, self.request.region);
        json!({
            "accountId": account,
            "repositoryId": self.id_of(name),
            "repositoryName": name,
            "repositoryDescription": repository.description,
            "defaultBranch": line.branch,
            "lastModifiedDate": seconds(modified(repository, line)),
            "creationDate": seconds(repository.created),
            "cloneUrlHttp": format!("https://git-codecommit.{region}.amazonaws.com/v1/repos/{name}"),
            "cloneUrlSsh": format!("ssh://git-codecommit.{region}.amazonaws.com/v1/repos/{name}"),
            "Arn": format!("arn:aws:codecommit:{region}:{account}:{name}"),
        })
    }

    fn get_branch(&self) -> Result<Value, ApiError> {
        let (_, line) = self.repository(self.text("repositoryName"))?;
        let branch = self.text("branchName");
        match line.commits.last() {
            Some(head) if branch == line.branch => {
                Ok(json!({ "branch": { "branchName": branch, "commitId": head.id } }))
            }
            _ => Err(ApiError::client("BranchDoesNotExistException", format!("Branch {branch} does not exist"))),
        }
    }

    fn get_commit(&self) -> Result<Value, ApiError> {
        let (_, line) = self.repository(self.text("repositoryName"))?;
        let id = self.text("commitId");
        if !(4..=40).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(ApiError::client("InvalidCommitIdException", format!("The commit ID {id} is not valid")));
        }
        let n = exact(line, id)
            .ok_or_else(|| ApiError::client("CommitIdDoesNotExistException", format!("Commit {id} does not exist")))?;
        Ok(json!({ "commit": commit(line, n) }))
    }

    fn batch_get_commits(&self) -> Result<Value, ApiError> {
        let (_, line) = self.repository(self.text("repositoryName"))?;
        let ids = self.texts("commitIds");
        if ids.is_empty() {
            return Err(ApiError::client(
                "CommitIdsListRequiredException",
                "A list of commit IDs is required, but was not specified",
            ));
        }
        if ids.len() > BATCH {
            return Err(ApiError::client(
                "CommitIdsLimitExceededException",
                format!("The maximum number of commit IDs is {BATCH}"),
            ));
        }
        let (mut found, mut errors) = (Vec::new(), Vec::new());
        for id in ids {
            match exact(line, id) {
                Some(n) => found.push(commit(line, n)),
                None => errors.push(json!({
                    "commitId": id,
                    "errorCode": "CommitIdDoesNotExistException",
                    "errorMessage": format!("Commit {id} does not exist"),
                })),
            }
        }
        Ok(json!({ "commits": found, "errors": errors }))
    }
}

fn exact(line: &Line, id: &str) -> Option<usize> {
    line.commits.iter().rposition(|c| c.id == id)
}

fn modified(repository: &Repository, line: &Line) -> Ms {
    line.commits.last().map_or(repository.created, |c: &Commit| c.at)
}

fn commit(line: &Line, n: usize) -> Value {
    let c = &line.commits[n];
    let parents: Vec<&str> = n.checked_sub(1).map(|p| line.commits[p].id.as_str()).into_iter().collect();
    // Git's own form of an instant: epoch seconds and the offset of the author's clock.
    let person = json!({ "name": c.author.name, "email": c.author.email, "date": format!("{} +0900", c.at / 1000) });
    let members = json!({
        "commitId": c.id,
        "treeId": noise::hex(noise::of(0, &["tree", &c.id]), 40),
        "parents": parents,
        "message": c.message,
        "author": person,
        "committer": person,
        "additionalData": "",
    });
    Value::Object(members.as_object().cloned().unwrap_or_else(Map::new))
}

#[cfg(test)]
#[path = "codecommit_tests.rs"]
mod tests;

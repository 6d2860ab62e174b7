//! Who wrote what was shipped: CodePipeline does not tell, CodeCommit does. The names come from the rows of CodeCommit's
//! repositories, so they are as late as those; no call is made for them.

use std::collections::BTreeMap;

use skydeck_domain::{
    Resource,
    pipeline::ExecutionDetail,
    repository::{Commit, RepositoryDetail},
};

use super::Reader;
use crate::service::Sink;

/// Commits by id, of all repositories that are known in this scope.
pub(super) struct Authors(BTreeMap<String, Commit>);

impl Authors {
    pub(super) async fn known(sink: &dyn Sink) -> Authors {
        let commits = sink.gather(|_, repository: RepositoryDetail| repository.commits).await;
        Authors(commits.into_iter().flatten().map(|commit| (commit.id.clone(), commit)).collect())
    }

    /// Signs what the execution ships, where that is known; says whether anything was new.
    pub(super) fn sign(&self, execution: &mut ExecutionDetail) -> bool {
        let mut new = false;
        for revision in execution.revisions.iter_mut().filter(|r| r.author.is_none()) {
            let Some(commit) = self.0.get(&revision.id).filter(|c| !c.author.is_empty()) else { continue };
            revision.author = Some(commit.author.clone());
            revision.at = revision.at.or(commit.at);
            new = true;
        }
        new
    }
}

impl Reader<'_> {
    /// Signs executions that were read before their commits were. Nothing else about them is new, so they keep their age.
    pub(super) async fn sign_known(&self) {
        let sign = |row: Resource, mut execution: ExecutionDetail| {
            let new = self.authors.sign(&mut execution);
            new.then(|| serde_json::to_value(&execution).ok()).flatten().map(|detail| Resource { detail, ..row })
        };
        let signed: Vec<Resource> = self.sink.gather(sign).await.into_iter().flatten().collect();
        if !signed.is_empty() {
            self.sink.rows(signed).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::rows::samples, *};

    #[test]
    fn a_known_commit_signs_its_revision_once() {
        let mut execution = samples::executions(None).remove(0);
        let commit = Commit {
            id: execution.revisions[0].id.clone(),
            message: String::new(),
            author: "박예제".into(),
            at: Some(samples::at(1)),
            parent: None,
        };
        let authors = Authors(BTreeMap::from([(commit.id.clone(), commit)]));
        assert!(authors.sign(&mut execution));
        assert_eq!(execution.revisions[0].author.as_deref(), Some("박예제"));
        assert_eq!(execution.revisions[0].at, Some(samples::at(1)));
        assert!(!authors.sign(&mut execution), "nothing new");
    }
}

//! The reading calls to CodeBuild, and nothing but the calls.

use aws_sdk_codebuild::{
    Client,
    types::{Build, Project, SortOrderType},
};

use crate::{AwsError, session::Caller};

/// Ids that one batch call takes.
const BATCH: usize = 100;
/// A list that is longer than this many pages is none.
const MOST_PAGES: usize = 500;

/// CodeBuild, through one caller.
pub(super) struct Calls<'a> {
    caller: &'a Caller,
    client: Client,
}

impl<'a> Calls<'a> {
    pub(super) fn new(caller: &'a Caller) -> Self {
        Calls { caller, client: caller.client(Client::new) }
    }

    /// The names of all projects, or an error: never a part of them.
    pub(super) async fn project_names(&self) -> Result<Vec<String>, AwsError> {
        let (mut found, mut token) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = || self.client.list_projects().set_next_token(token.clone()).send();
            let out = self.caller.call("ListProjects", page).await?;
            found.extend(out.projects.unwrap_or_default());
            if out.next_token.is_none() {
                return Ok(found);
            }
            if out.next_token == token {
                break;
            }
            token = out.next_token;
        }
        Err(self.caller.refused("EndlessList", "The list of projects does not end: its next page is itself.".into()))
    }

    /// At most a hundred projects. Those that are not there any more are left out.
    pub(super) async fn projects(&self, names: &[String]) -> Result<Vec<Project>, AwsError> {
        let get = || self.client.batch_get_projects().set_names(Some(names.to_vec())).send();
        Ok(self.caller.call("BatchGetProjects", get).await?.projects.unwrap_or_default())
    }

    /// Ids of the newest hundred builds of all projects, newest first; after a token, of the hundred before. With the token
    /// of the next page, if there is one.
    pub(super) async fn newest_builds(&self, after: Option<&str>) -> Result<(Vec<String>, Option<String>), AwsError> {
        let after = after.map(str::to_owned);
        let list = || {
            let list = self.client.list_builds().sort_order(SortOrderType::Descending);
            list.set_next_token(after.clone()).send()
        };
        let out = self.caller.call("ListBuilds", list).await?;
        if after.is_some() && out.next_token == after {
            let what = "The list of builds does not end: its next page is itself.";
            return Err(self.caller.refused("EndlessList", what.into()));
        }
        Ok((out.ids.unwrap_or_default(), out.next_token))
    }

    /// Ids of the newest builds of one project, newest first.
    pub(super) async fn builds_of(&self, project: &str) -> Result<Vec<String>, AwsError> {
        let list = || {
            let list = self.client.list_builds_for_project().project_name(project);
            list.sort_order(SortOrderType::Descending).send()
        };
        Ok(self.caller.call("ListBuildsForProject", list).await?.ids.unwrap_or_default())
    }

    /// Builds, and the ids of those that are not there any more.
    pub(super) async fn builds(&self, ids: &[String]) -> Result<(Vec<Build>, Vec<String>), AwsError> {
        let (mut found, mut gone) = (Vec::new(), Vec::new());
        for batch in ids.chunks(BATCH) {
            let get = || self.client.batch_get_builds().set_ids(Some(batch.to_vec())).send();
            let out = self.caller.call("BatchGetBuilds", get).await?;
            found.extend(out.builds.unwrap_or_default());
            gone.extend(out.builds_not_found.unwrap_or_default());
        }
        Ok((found, gone))
    }
}

/// Names in parts that one batch call takes.
pub(super) fn batches(names: &[String]) -> impl Iterator<Item = &[String]> {
    names.chunks(BATCH)
}

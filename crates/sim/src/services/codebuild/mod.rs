//! CodeBuild as callers see it: projects and builds in `reading`, starting, retrying and stopping in `steering`, what a
//! build looks like in `answers`. Batches and reports are not offered.

mod answers;
mod reading;
mod steering;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::{
    service::{ApiError, Request, Service},
    world::{World, page, place::Place, time::Ms},
};

/// The service.
#[derive(Debug)]
pub(super) struct CodeBuild;

impl Service<World> for CodeBuild {
    fn id(&self) -> &'static str {
        "codebuild"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "BatchGetBuilds",
            "BatchGetProjects",
            "ListBuilds",
            "ListBuildsForProject",
            "ListProjects",
            "RetryBuild",
            "StartBuild",
            "StopBuild",
        ]
    }

    fn call(&self, world: &mut World, request: &Request<'_>) -> Result<Value, ApiError> {
        let now = world.now_ms();
        let mut call = Call { world, request, now };
        match request.operation {
            "BatchGetBuilds" => Ok(call.batch_get_builds()),
            "BatchGetProjects" => Ok(call.batch_get_projects()),
            "ListBuilds" => call.list_builds(),
            "ListBuildsForProject" => call.list_builds_for_project(),
            "ListProjects" => call.list_projects(),
            "RetryBuild" => call.retry_build(),
            "StartBuild" => call.start_build(),
            "StopBuild" => call.stop_build(),
            other => Err(ApiError::client("UnknownOperationException", format!("{other} is not offered"))),
        }
    }
}

/// Names and ids of a list come in pages of this size.
const PAGE: usize = 100;

/// One call with the world it is made in.
struct Call<'a> {
    world: &'a mut World,
    request: &'a Request<'a>,
    now: Ms,
}

impl Call<'_> {
    fn text(&self, member: &str) -> &str {
        self.request.input.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    fn texts(&self, member: &str) -> Vec<&str> {
        let list = self.request.input.get(member).and_then(Value::as_array);
        list.map(|l| l.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
    }

    fn place_number(&self) -> Option<u32> {
        self.world.place_number(self.request.account, self.request.region)
    }

    fn place(&self) -> Option<&Place> {
        self.world.place(self.request.account, self.request.region)
    }

    fn project_arn(&self, name: &str) -> String {
        format!("arn:aws:codebuild:{}:{}:project/{name}", self.request.region, self.request.account)
    }

    /// The page of `all` that the call asks for, and the token of the next one. Lists only grow at their end, so a
    /// position is a place to go on from; `back` lists them from the end.
    fn page<T: Clone>(&self, all: &[T], filters: &str, back: bool) -> Result<(Vec<T>, Option<String>), ApiError> {
        let scope = [self.request.operation, self.request.account, self.request.region, filters];
        let from = match self.request.input.get("nextToken").and_then(Value::as_str) {
            None => {
                if back {
                    all.len()
                } else {
                    0
                }
            }
            Some(token) => page::key(self.world.seed, &scope, token)
                .and_then(|key| key.parse::<usize>().ok())
                .ok_or_else(|| ApiError::client("InvalidInputException", "Invalid nextToken provided"))?,
        };
        let from = from.min(all.len());
        let (page, next) = if back {
            let to = from.saturating_sub(PAGE);
            (all[to..from].iter().rev().cloned().collect::<Vec<T>>(), (to > 0).then_some(to))
        } else {
            let to = (from + PAGE).min(all.len());
            (all[from..to].to_vec(), (to < all.len()).then_some(to))
        };
        Ok((page, next.map(|n| page::token(self.world.seed, &scope, &n.to_string()))))
    }
}

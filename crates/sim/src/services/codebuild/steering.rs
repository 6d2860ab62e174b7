//! StartBuild, RetryBuild, StopBuild.

use serde_json::{Value, json};

use super::Call;
use crate::{
    service::ApiError,
    world::{project::Initiator, time::MINUTE},
};

/// How long CodeBuild remembers an idempotency token.
const REMEMBERED: i64 = 5 * MINUTE;

fn invalid(message: String) -> ApiError {
    ApiError::client("InvalidInputException", message)
}

impl Call<'_> {
    pub(super) fn start_build(&mut self) -> Result<Value, ApiError> {
        let name = self.text("projectName").to_owned();
        let found =
            self.place_number().and_then(|n| Some((n, *self.world.places[n as usize].project_names.get(&name)?)));
        let Some((place, project)) = found else {
            return Err(ApiError::client(
                "ResourceNotFoundException",
                format!("Project cannot be found: {}", self.project_arn(&name)),
            ));
        };
        let p = &self.world.places[place as usize].projects[project as usize];
        if p.by_pipeline {
            return Err(invalid(format!(
                "Project {name} has source type CODEPIPELINE: its builds are started by CodePipeline"
            )));
        }
        let line = &self.world.lines[p.line as usize];
        let newest = (line.commits.len() as u32).checked_sub(1);
        let commit = match self.text("sourceVersion") {
            "" => newest,
            branch if branch == line.branch => newest,
            id => Some(
                line.find(id)
                    .ok_or_else(|| invalid(format!("Source version {id} does not exist in {}", line.repository)))?,
            ),
        };
        self.begin(place, project, commit)
    }

    pub(super) fn retry_build(&mut self) -> Result<Value, ApiError> {
        let id = self.text("id").to_owned();
        let found = self.place_number().and_then(|n| Some((n, self.world.places[n as usize].find_build(&id)?)));
        let Some((place, build)) = found else {
            return Err(ApiError::client("ResourceNotFoundException", format!("Build cannot be found: {id}")));
        };
        let here = &self.world.places[place as usize];
        let old = &here.builds[build as usize];
        if here.projects[old.project as usize].by_pipeline {
            return Err(invalid(format!(
                "Build {id} was started by CodePipeline and cannot be retried: retry the stage"
            )));
        }
        if old.status(self.now) == "IN_PROGRESS" {
            return Err(invalid(format!("Build {id} is in progress and cannot be retried")));
        }
        let (project, commit) = (old.project, old.commit);
        self.begin(place, project, commit)
    }

    fn begin(&mut self, place: u32, project: u32, commit: Option<u32>) -> Result<Value, ApiError> {
        let token = self.request.input.get("idempotencyToken").and_then(Value::as_str).map(str::to_owned);
        let here = &self.world.places[place as usize];
        let known = token.as_ref().and_then(|t| here.build_tokens.get(t)).filter(|(_, at)| self.now - at < REMEMBERED);
        if let Some((build, _)) = known {
            if here.builds[*build as usize].project != project || here.builds[*build as usize].commit != commit {
                return Err(invalid("The idempotency token was used for a request with other parameters".to_owned()));
            }
            return Ok(json!({ "build": self.build_answer(here, *build) }));
        }
        let who = self.request.caller_arn.rsplit(':').next().unwrap_or_default().into();
        let build = self.world.begin_alone(place, project, commit, Initiator::Caller(who), self.now);
        let here = &mut self.world.places[place as usize];
        if let Some(token) = token {
            here.build_tokens.insert(token, (build, self.now));
        }
        let here = &self.world.places[place as usize];
        Ok(json!({ "build": self.build_answer(here, build) }))
    }

    pub(super) fn stop_build(&mut self) -> Result<Value, ApiError> {
        let id = self.text("id").to_owned();
        let found = self.place_number().and_then(|n| Some((n, self.world.places[n as usize].find_build(&id)?)));
        let Some((place, build)) = found else {
            return Err(ApiError::client("ResourceNotFoundException", format!("Build cannot be found: {id}")));
        };
        // A build that is over is answered as it is.
        if self.world.places[place as usize].builds[build as usize].status(self.now) == "IN_PROGRESS" {
            self.world.stop_build(place, build, self.now);
        }
        let here = &self.world.places[place as usize];
        Ok(json!({ "build": self.build_answer(here, build) }))
    }
}

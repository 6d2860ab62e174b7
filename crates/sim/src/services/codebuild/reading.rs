//! ListProjects, BatchGetProjects, ListBuilds, ListBuildsForProject, BatchGetBuilds.

use serde_json::{Value, json};

use super::Call;
use crate::{service::ApiError, world::project::Project};

/// An answer with that list and, where there is one, the token of the next page.
fn listed(member: &str, list: Vec<String>, token: Option<String>) -> Value {
    let mut answer = json!({ member: list });
    if let Some(token) = token {
        answer["nextToken"] = token.into();
    }
    answer
}

impl Call<'_> {
    pub(super) fn list_projects(&self) -> Result<Value, ApiError> {
        let mut projects: Vec<&Project> = self.place().map(|p| p.projects.iter().collect()).unwrap_or_default();
        let by = self.text("sortBy");
        match by {
            "CREATED_TIME" | "LAST_MODIFIED_TIME" => {
                projects.sort_by(|a, b| (a.created, &a.name).cmp(&(b.created, &b.name)))
            }
            _ => projects.sort_by(|a, b| a.name.cmp(&b.name)),
        }
        let names: Vec<String> = projects.iter().map(|p| p.name.clone()).collect();
        let order = self.text("sortOrder");
        let (page, token) = self.page(&names, &format!("{by} {order}"), order == "DESCENDING")?;
        Ok(listed("projects", page, token))
    }

    pub(super) fn list_builds(&self) -> Result<Value, ApiError> {
        let Some(place) = self.place() else { return Ok(json!({ "ids": [] })) };
        // Builds are kept in the order in which they began.
        let all: Vec<u32> = (0..place.builds.len() as u32).collect();
        let order = self.text("sortOrder");
        let (page, token) = self.page(&all, order, order != "ASCENDING")?;
        let ids = page.into_iter().map(|b| place.build_name(&place.builds[b as usize])).collect();
        Ok(listed("ids", ids, token))
    }

    pub(super) fn list_builds_for_project(&self) -> Result<Value, ApiError> {
        let name = self.text("projectName");
        let Some((place, project)) = self.place().and_then(|p| Some((p, p.project(name)?))) else {
            return Err(ApiError::client(
                "ResourceNotFoundException",
                format!("The provided project {} does not exist", self.project_arn(name)),
            ));
        };
        let order = self.text("sortOrder");
        let shown = self.now - self.request.behind;
        let builds: Vec<u32> =
            project.builds.iter().copied().filter(|b| place.builds[*b as usize].started <= shown).collect();
        let (page, token) = self.page(&builds, &format!("{name} {order}"), order != "ASCENDING")?;
        let ids = page.into_iter().map(|b| place.build_name(&place.builds[b as usize])).collect();
        Ok(listed("ids", ids, token))
    }

    pub(super) fn batch_get_projects(&self) -> Value {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for name in self.texts("names") {
            // An ARN names a project too.
            let short = name.rsplit_once(":project/").map_or(name, |(_, n)| n);
            match self.place().and_then(|p| p.project(short)) {
                Some(project) => found.push(self.project_answer(project)),
                None => missing.push(name.to_owned()),
            }
        }
        json!({ "projects": found, "projectsNotFound": missing })
    }

    pub(super) fn batch_get_builds(&self) -> Value {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for name in self.texts("ids") {
            let short = name.rsplit_once(":build/").map_or(name, |(_, n)| n);
            match self.place().and_then(|p| Some((p, p.find_build(short)?))) {
                Some((place, build)) => found.push(self.build_answer(place, build)),
                None => missing.push(name.to_owned()),
            }
        }
        json!({ "builds": found, "buildsNotFound": missing })
    }
}

//! A place: one account in one Region, and what lives in it. Things are kept by position and found by name; a deleted
//! pipeline leaves the list of names and keeps its position, so that what points at it stays right.

use std::collections::{BTreeMap, HashMap};

use super::{
    id::Uuid,
    pipeline::Pipeline,
    project::{Build, Project},
    stack::{Stack, set::StackSet},
    time::Ms,
};

/// One account in one Region.
#[derive(Debug, Default)]
pub struct Place {
    /// Account, 12 digits.
    pub account: String,
    /// Region.
    pub region: String,
    /// All pipelines that ever were.
    pub pipelines: Vec<Pipeline>,
    /// Those that are, by name.
    pub pipeline_names: BTreeMap<String, u32>,
    /// CodeBuild projects.
    pub projects: Vec<Project>,
    /// The same by name.
    pub project_names: BTreeMap<String, u32>,
    /// All builds.
    pub builds: Vec<Build>,
    /// The same by id.
    pub build_ids: HashMap<Uuid, u32>,
    /// Build that each idempotency token started, and when.
    pub build_tokens: BTreeMap<String, (u32, Ms)>,
    /// CodeCommit repositories by name.
    pub repositories: BTreeMap<String, Repository>,
    /// All stacks that ever were, nested ones too.
    pub stacks: Vec<Stack>,
    /// The newest of each name.
    pub stack_names: BTreeMap<String, u32>,
    /// All of them by ARN.
    pub stack_ids: HashMap<String, u32>,
    /// Stack sets that are administered here.
    pub stack_sets: Vec<StackSet>,
}

/// A CodeCommit repository, filled from a line of commits.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Line it is filled from.
    pub line: u32,
    /// Description.
    pub description: String,
    /// When it was made.
    pub created: Ms,
}

impl Place {
    /// The pipeline of that name.
    pub fn pipeline(&self, name: &str) -> Option<&Pipeline> {
        self.pipeline_names.get(name).map(|i| &self.pipelines[*i as usize])
    }

    /// The project of that name.
    pub fn project(&self, name: &str) -> Option<&Project> {
        self.project_names.get(name).map(|i| &self.projects[*i as usize])
    }

    /// Adds a pipeline and tells its position.
    pub fn add_pipeline(&mut self, pipeline: Pipeline) -> u32 {
        let index = self.pipelines.len() as u32;
        self.pipeline_names.insert(pipeline.name.clone(), index);
        self.pipelines.push(pipeline);
        index
    }

    /// Adds a project and tells its position.
    pub fn add_project(&mut self, project: Project) -> u32 {
        let index = self.projects.len() as u32;
        self.project_names.insert(project.name.clone(), index);
        self.projects.push(project);
        index
    }

    /// Keeps a build that its project has planned, and tells its position.
    pub fn add_build(&mut self, project: u32, build: Build) -> u32 {
        let index = self.builds.len() as u32;
        self.build_ids.insert(build.id, index);
        self.builds.push(Build { project, ..build });
        index
    }

    /// A build's whole id, `project:uuid`.
    pub fn build_name(&self, build: &Build) -> String {
        format!("{}:{}", self.projects[build.project as usize].name, build.id)
    }

    /// Position of the build with that whole id.
    pub fn find_build(&self, name: &str) -> Option<u32> {
        let (project, id) = name.split_once(':')?;
        let index = *self.build_ids.get(&Uuid::parse(id)?)?;
        let owner = self.builds[index as usize].project as usize;
        (self.projects[owner].name == project).then_some(index)
    }
}

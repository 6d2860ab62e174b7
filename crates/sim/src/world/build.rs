//! Putting things into a world: pipelines, projects and repositories, as worlds are written down.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    World,
    line::Line,
    noise,
    pipeline::{Habits, Mode, Pipeline, PipelineRef, StageNow, Version},
    place::Repository,
    project::{Project, Trade},
    structure::Structure,
    time::{DAY, Ms},
};

/// A pipeline to be.
#[derive(Debug)]
pub struct NewPipeline<'a> {
    /// Name.
    pub name: &'a str,
    /// Whether of type V2.
    pub v2: bool,
    /// Mode.
    pub mode: Mode,
    /// Its structure.
    pub structure: Arc<Structure>,
    /// Since when it has that structure; it was made some months before.
    pub since: Ms,
    /// What its surroundings do.
    pub habits: Habits,
    /// Tags.
    pub tags: Vec<(&'a str, &'a str)>,
}

impl World {
    /// Adds a line of commits and tells its number.
    pub fn add_line(&mut self, repository: &str, branch: &str, pace: Ms) -> u32 {
        self.lines.push(Line {
            repository: repository.to_owned(),
            branch: branch.to_owned(),
            commits: Vec::new(),
            pace,
        });
        self.lines.len() as u32 - 1
    }

    /// Adds a pipeline.
    pub fn add_pipeline(&mut self, place: u32, new: NewPipeline<'_>) -> PipelineRef {
        let here = &self.places[place as usize];
        let key = noise::of(self.seed, &["pipeline", &here.account, &here.region, new.name]);
        // A number that tells a life of edits, as real ones do.
        let version = Version { number: 3 + (key % 14) as u32, at: new.since, structure: new.structure };
        let stage =
            |s: &super::structure::StageDef| StageNow { actions: vec![None; s.actions.len()], ..StageNow::default() };
        let stages = version.structure.stages.iter().map(stage).collect();
        let pipeline = Pipeline {
            name: new.name.to_owned(),
            key,
            v2: new.v2,
            mode: new.mode,
            created: new.since - 200 * DAY,
            versions: vec![version],
            tags: new.tags.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            stages,
            executions: Vec::new(),
            started_by_token: BTreeMap::new(),
            habits: new.habits,
        };
        let index = self.places[place as usize].add_pipeline(pipeline);
        let p = PipelineRef { place, index };
        self.add_deployed_stacks(p);
        p
    }

    /// Adds a CodeBuild project.
    pub fn add_project(&mut self, place: u32, name: &str, trade: Trade, line: u32, median: Ms, created: Ms) -> u32 {
        let here = &self.places[place as usize];
        let key = noise::of(self.seed, &["project", &here.account, &here.region, name]);
        self.places[place as usize].add_project(Project {
            name: name.to_owned(),
            key,
            trade,
            by_pipeline: true,
            line,
            created,
            median,
            builds: Vec::new(),
            fail_next: false,
        })
    }

    /// Adds a CodeCommit repository that is filled from a line.
    pub fn add_repository(&mut self, place: u32, line: u32, description: &str, created: Ms) {
        let name = self.lines[line as usize].name().to_owned();
        let repository = Repository { line, description: description.to_owned(), created };
        self.places[place as usize].repositories.insert(name, repository);
    }
}

//! A world from a file: accounts, repositories with their commits, projects, pipelines, and what was pushed, started and
//! held before it opens. As in the demo, history is not written down: the pipelines run through it by themselves.
//! The members are in `shape`, what they may refer to in `check`, an account of both in `docs/sim-worlds.md`.

mod check;
mod shape;
mod stacks;

use std::{collections::BTreeMap, sync::Arc};

use self::shape::{Action, Kind, Pipeline, Place, Repository, WorldFile};
use super::{
    World,
    build::NewPipeline,
    engine::{Event, Pushed},
    line::{Author, Flaw},
    pipeline::{Habits, PipelineRef, Promotion, Transition},
    structure::{ActionDef, StageDef, Structure, VariableDef},
    time::{DAY, MINUTE, Ms, SECOND},
};
use crate::clock::SimClock;

/// What is wrong with a world file.
#[derive(Debug, thiserror::Error)]
pub enum WorldFileError {
    /// It is no JSON, or has a member that is not known or not as it should be. Says line and column.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// It hangs together wrongly.
    #[error("{place}: {what}")]
    Wrong {
        /// Which member: `pipelines[0].stages[1].actions[0].on`.
        place: String,
        /// What is wrong with it.
        what: String,
    },
}

impl World {
    /// The world that a file's text tells of, at the clock's present.
    pub fn from_json(text: &str, clock: SimClock, seed: u64) -> Result<World, WorldFileError> {
        let file: WorldFile = serde_json::from_str(text)?;
        check::check(&file)?;
        let mut world = World::empty(clock, seed);
        let opening = world.clock.now().timestamp_millis();
        Writing { world: &mut world, opening, lines: BTreeMap::new() }.write(&file);
        world.settle(opening);
        world.lively = file.lively;
        Ok(world)
    }
}

/// A world being made of a file that was checked.
struct Writing<'a> {
    world: &'a mut World,
    opening: Ms,
    lines: BTreeMap<String, u32>,
}

impl Writing<'_> {
    fn write(mut self, file: &WorldFile) {
        for account in &file.accounts {
            let made = self.world.accounts.add(self.world.seed, &account.account, &account.name, &account.region);
            if let Some(regions) = &account.regions {
                made.regions = regions.iter().chain([&account.region]).cloned().collect();
            }
            self.world.place_or_new(&account.account, &account.region);
        }
        for repository in &file.repositories {
            self.repository(repository);
        }
        for project in &file.projects {
            let place = self.world.place_or_new(&project.account, &project.region);
            let line = self.line(&project.repository);
            let created = self.opening - 800 * DAY;
            let added =
                self.world.add_project(place, &project.name, project.builds.into(), line, project.takes.0, created);
            self.world.places[place as usize].projects[added as usize].by_pipeline = !project.alone;
        }
        // Before the pipelines: what these deploy to is there.
        for stack in &file.stacks {
            stack.write(self.world, self.opening);
        }
        let made: Vec<PipelineRef> = file.pipelines.iter().map(|pipeline| self.pipeline(pipeline)).collect();
        for (pipeline, at) in file.pipelines.iter().zip(made) {
            if let Some(to) = &pipeline.promotes_to
                && let Some(next) = self.world.find_pipeline(&to.account, &to.region, &to.pipeline)
            {
                let promotion = Promotion { to: next, per_mille: 1000, after: to.after.0 };
                self.world.pipeline_mut(at).habits.promotes = Some(promotion);
            }
        }
        // Pushes before starts of the same instant: a commit is there before it is started with.
        for repository in &file.repositories {
            self.pushes(repository);
        }
        for pipeline in &file.pipelines {
            self.happenings(pipeline);
        }
    }

    fn line(&self, repository: &str) -> u32 {
        self.lines.get(repository).copied().unwrap_or_default()
    }

    fn repository(&mut self, repository: &Repository) {
        let line = self.world.add_line(&repository.name, &repository.branch, 0);
        self.lines.insert(repository.name.clone(), line);
        for Place { account, region } in &repository.codecommit {
            let place = self.world.place_or_new(account, region);
            self.world.add_repository(place, line, &repository.description, self.opening - 800 * DAY);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> PipelineRef {
        let place = self.world.place_or_new(&pipeline.account, &pipeline.region);
        let habits = Habits {
            line: self.line(&pipeline.repository),
            starts_on_push: pipeline.starts_on_push,
            promotes: None,
            approved: if pipeline.approved { 1000 } else { 0 },
            tended: pipeline.tended,
            steady: true,
        };
        let new = NewPipeline {
            name: &pipeline.name,
            v2: pipeline.kind == Kind::V2,
            mode: pipeline.mode.into(),
            structure: Arc::new(structure(pipeline)),
            since: self.opening - 800 * DAY,
            habits,
            tags: pipeline.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
        };
        self.world.add_pipeline(place, new)
    }

    fn pushes(&mut self, repository: &Repository) {
        let line = self.line(&repository.name);
        for commit in &repository.commits {
            let author = commit.author.clone().map(|a| Author { name: a.name, email: a.email });
            let someone = || Author { name: "Demo Author".to_owned(), email: "demo.author@example.com".to_owned() };
            let spoilt = |spoils: &String| Flaw { spoils: spoils.clone().into(), only_in: commit.only_in.clone() };
            let pushed = Pushed {
                line,
                message: commit.message.clone(),
                author: author.unwrap_or_else(someone),
                flaw: commit.spoils.as_ref().map(spoilt),
            };
            self.world.queue.plan(self.opening - commit.ago.0, Event::Push(Box::new(pushed)));
        }
    }

    fn happenings(&mut self, pipeline: &Pipeline) {
        let Some(p) = self.world.find_pipeline(&pipeline.account, &pipeline.region, &pipeline.name) else { return };
        for start in &pipeline.starts {
            self.world.queue.plan(self.opening - start.ago.0, Event::Promotion { to: p, commit: start.commit });
        }
        for hang in &pipeline.hangs {
            let event = Event::Hang { pipeline: p, category: hang.category.0 };
            self.world.queue.plan(self.opening - hang.ago.0, event);
        }
        for held in &pipeline.held {
            let Some(stage) = self.world.pipeline(p).structure().stage(&held.stage) else { continue };
            let at = self.opening - held.ago.0;
            let by = format!("arn:aws:iam::{}:user/demo.operator", pipeline.account);
            let how = Transition { reason: Some(held.reason.clone()), by, at };
            self.world.queue.plan(at, Event::Held { pipeline: p, stage, how });
        }
    }
}

fn structure(pipeline: &Pipeline) -> Structure {
    let stages = pipeline.stages.iter().map(|stage| {
        stage.actions.iter().fold(StageDef::new(&stage.name), |made, written| {
            let action = action(written);
            if written.beside { made.beside(action) } else { made.then(action) }
        })
    });
    let variables = pipeline.variables.iter().map(|v| VariableDef {
        name: v.name.clone(),
        default: v.default.clone(),
        description: v.description.clone(),
    });
    Structure {
        stages: stages.collect(),
        variables: variables.collect(),
        push_branches: if pipeline.starts_on_push { vec!["main".to_owned()] } else { Vec::new() },
    }
}

fn action(written: &Action) -> ActionDef {
    let usual = if written.provider.category() == "Source" { 3 * SECOND } else { MINUTE };
    let takes = written.takes.map_or(usual, |span| span.0);
    let action = ActionDef::new(&written.name, written.provider, written.on.as_deref().unwrap_or("{}"), takes);
    if written.test { action.as_test() } else { action }
}

#[cfg(test)]
mod tests;

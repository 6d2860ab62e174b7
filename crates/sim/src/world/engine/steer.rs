//! What callers do to executions and builds. Whether they may is judged before, by the service.

use crate::world::{
    World,
    pipeline::{PipelineRef, Position, Status, Transition},
    project::Initiator,
    time::Ms,
};

impl World {
    /// Retries the failed actions of a stage, or all of them.
    pub(crate) fn retry(&mut self, p: PipelineRef, execution: u32, stage: usize, all: bool, at: Ms) {
        let pipeline = self.pipeline_mut(p);
        if all {
            // A new pass begins as a new entry does.
            pipeline.executions[execution as usize].status = Status::InProgress;
            return self.enter(p, execution, stage, at);
        }
        let holds = pipeline.mode != crate::world::pipeline::Mode::Parallel;
        let here = &mut pipeline.stages[stage];
        here.latest = Some(execution);
        here.holder = holds.then_some(execution);
        let e = &mut pipeline.executions[execution as usize];
        (e.status, e.position, e.updated) = (Status::InProgress, Position::In(stage as u8), at);
        let actions = here.actions.len();
        let failed: Vec<usize> = (0..actions)
            .filter(|a| e.latest_run(stage, *a).is_some_and(|(_, r)| r.status != Status::Succeeded))
            .collect();
        for action in failed {
            self.begin_action(p, execution, stage, action, at);
        }
    }

    /// Stops an execution: after its running actions, or leaving them to themselves.
    pub(crate) fn stop(&mut self, p: PipelineRef, execution: u32, abandon: bool, reason: Option<String>, at: Ms) {
        let pipeline = self.pipeline_mut(p);
        let e = &mut pipeline.executions[execution as usize];
        e.status = Status::Stopping;
        e.updated = at;
        if reason.is_some() {
            e.given.get_or_insert_default().stop_reason = reason;
        }
        match e.position {
            Position::Before(stage) => {
                (e.status, e.position) = (Status::Stopped, Position::Over(stage));
                pipeline.stages[usize::from(stage)].inbound.retain(|waiting| *waiting != execution);
            }
            Position::In(_) => {
                if abandon {
                    for run in e.runs.iter_mut().filter(|r| r.status == Status::InProgress) {
                        (run.status, run.ends) = (Status::Abandoned, at);
                    }
                    return self.leave(p, execution, Status::Stopped, at);
                }
                self.step(p, execution, at);
            }
            Position::Over(_) => {}
        }
    }

    /// Opens or closes the transition into a stage.
    pub(crate) fn set_transition(&mut self, p: PipelineRef, stage: usize, reason: Option<String>, by: &str, at: Ms) {
        self.pipeline_mut(p).stages[stage].transition = Some(Transition { reason, by: by.to_owned(), at });
        self.admit(p, stage, at);
    }

    /// Begins a build that no pipeline asked for, and tells its position.
    pub(crate) fn begin_alone(&mut self, place: u32, project: u32, commit: Option<u32>, by: Initiator, at: Ms) -> u32 {
        let here = &mut self.places[place as usize];
        let builds = here.builds.len();
        let flawed = commit.is_some_and(|c| {
            let line = here.projects[project as usize].line;
            let flaw = &self.lines[line as usize].commits[c as usize].flaw;
            flaw.as_ref().is_some_and(|f| f.spoils == "Build" && f.only_in.as_ref().is_none_or(|a| *a == here.account))
        });
        let build = here.projects[project as usize].plan(builds, at, flawed, commit, by);
        here.add_build(project, build)
    }

    /// Stops a build, and with it the pipeline action that ran it.
    pub(crate) fn stop_build(&mut self, place: u32, build: u32, at: Ms) {
        let here = &mut self.places[place as usize];
        here.builds[build as usize].stopped = Some(at);
        let Initiator::Pipeline(p) = here.builds[build as usize].by else { return };
        let pipeline = self.pipeline(p);
        let mut executions = pipeline.executions.iter().enumerate().rev().filter(|(_, e)| !e.over());
        let waiting = executions.find_map(|(execution, e)| {
            let run = e.runs.iter().position(|r| {
                let def = &pipeline.structure_of(e).stages[usize::from(r.stage)].actions[usize::from(r.action)];
                let here = self.build_place(p, def) == Some(place);
                here && r.build == Some(build) && r.status == Status::InProgress
            })?;
            Some((p, execution as u32, run as u16))
        });
        if let Some((p, execution, run)) = waiting {
            self.end_action(p, execution, run, Status::Failed, at);
        }
    }
}

//! Something done to a thing of the world: the line that asks for it, and how often the world says it happened.

use skydeck_sim::{
    World,
    world::pipeline::{Execution, Pipeline, Status},
};

use crate::place::{ACCOUNT, Place, REGION};

/// What is done. The order is that of [`ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Start,
    Rollback,
    Hold,
    Release,
    Retry,
    Stop,
    Approve,
    Reject,
    RetryBuild,
    StopBuild,
}

/// Every kind once. The first half and the second half use other things, so that a place can be for either.
pub(crate) const ALL: [Kind; 10] = [
    Kind::Start,
    Kind::Approve,
    Kind::Hold,
    Kind::RetryBuild,
    Kind::Stop,
    Kind::Rollback,
    Kind::Reject,
    Kind::Release,
    Kind::StopBuild,
    Kind::Retry,
];

/// One deed in one place.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    pub(crate) kind: Kind,
    pub(crate) id: String,
    thing: String,
    more: Vec<String>,
}

impl Deed {
    /// The deed of that kind in a place.
    pub(crate) fn of(kind: Kind, place: &Place) -> Deed {
        let thing = match kind {
            Kind::Start => "green-0",
            Kind::Rollback => "green-1",
            Kind::Hold => "green-2",
            Kind::Release => "held-0",
            Kind::Retry => "failed-0",
            Kind::Stop => "stuck-0",
            Kind::Approve => "waiting-0",
            Kind::Reject => "waiting-1",
            Kind::RetryBuild => "alone-0",
            Kind::StopBuild => "alone-1",
        };
        let pipeline = format!("arn:aws:codepipeline:{REGION}:{ACCOUNT}:{thing}");
        let mut more = Vec::new();
        let id = match kind {
            Kind::Start => pipeline,
            Kind::Stop => {
                more.push("--abandon".to_owned());
                pipeline
            }
            Kind::Hold | Kind::Release => format!("{pipeline}/Deploy"),
            Kind::Retry => format!("{pipeline}/Build"),
            Kind::Approve | Kind::Reject => format!("{pipeline}/Approve/Approve"),
            Kind::Rollback => {
                let oldest = place.sim.with_world(|w| pipeline_of(w, thing).executions[0].id.to_string());
                more.extend(["--to".to_owned(), oldest]);
                format!("{pipeline}/Deploy")
            }
            Kind::RetryBuild | Kind::StopBuild => {
                let build = place.sim.with_world(|w| {
                    let here = w.place(ACCOUNT, REGION).expect("a place");
                    here.build_name(&here.builds[here.project(thing).expect("a project").builds[0] as usize])
                });
                format!("arn:aws:codebuild:{REGION}:{ACCOUNT}:build/{build}")
            }
        };
        Deed { kind, id, thing: thing.to_owned(), more }
    }

    pub(crate) fn verb(&self) -> &'static str {
        match self.kind {
            Kind::Start => "start",
            Kind::Rollback => "rollback",
            Kind::Hold => "hold",
            Kind::Release => "release",
            Kind::Retry | Kind::RetryBuild => "retry",
            Kind::Stop | Kind::StopBuild => "stop",
            Kind::Approve => "approve",
            Kind::Reject => "reject",
        }
    }

    /// AWS's operation.
    pub(crate) fn operation(&self) -> &'static str {
        match self.kind {
            Kind::Start => "StartPipelineExecution",
            Kind::Rollback => "RollbackStage",
            Kind::Hold => "DisableStageTransition",
            Kind::Release => "EnableStageTransition",
            Kind::Retry => "RetryStageExecution",
            Kind::Stop => "StopPipelineExecution",
            Kind::Approve | Kind::Reject => "PutApprovalResult",
            Kind::RetryBuild => "RetryBuild",
            Kind::StopBuild => "StopBuild",
        }
    }

    /// What is read first to plan it.
    pub(crate) fn read_first(&self) -> &'static str {
        match self.kind {
            Kind::RetryBuild | Kind::StopBuild => "BatchGetBuilds",
            _ => "GetPipelineState",
        }
    }

    /// The arguments that ask for it.
    pub(crate) fn line<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let line = ["act", self.verb(), &self.id, "--reason", "a round", "--confirm", "yes", "--json"];
        line.into_iter().chain(self.more.iter().map(String::as_str)).chain(more.iter().copied()).collect()
    }

    /// How often it happened, and what it started last, if it starts something: as the world has it.
    pub(crate) fn happened(&self, place: &Place) -> (usize, Option<String>) {
        place.sim.with_world(|world| {
            world.now();
            let once = |so: bool| (usize::from(so), None);
            match self.kind {
                Kind::RetryBuild | Kind::StopBuild => {
                    let here = world.place(ACCOUNT, REGION).expect("a place");
                    let builds = &here.project(&self.thing).expect("a project").builds;
                    if self.kind == Kind::StopBuild {
                        return once(here.builds[builds[0] as usize].stopped.is_some());
                    }
                    let newest = here.build_name(&here.builds[builds[builds.len() - 1] as usize]);
                    (builds.len() - 1, Some(newest).filter(|_| builds.len() > 1))
                }
                _ => self.happened_to(pipeline_of(world, &self.thing)),
            }
        })
    }

    fn happened_to(&self, pipeline: &Pipeline) -> (usize, Option<String>) {
        let newest = pipeline.executions.last().expect("an execution");
        let started = |these: Vec<&Execution>| (these.len(), these.last().map(|e| e.id.to_string()));
        let once = |so: bool| (usize::from(so), None);
        match self.kind {
            // The world's own history has three.
            Kind::Start => started(pipeline.executions.iter().skip(3).collect()),
            Kind::Rollback => started(pipeline.executions.iter().filter(|e| e.rollback()).collect()),
            Kind::Hold | Kind::Release => {
                let changed = pipeline.stages.last().and_then(|s| s.transition.as_ref());
                once(changed.is_some_and(|t| t.reason.is_some() == (self.kind == Kind::Hold)))
            }
            // One run of the build failed; each retry is one more.
            Kind::Retry => (newest.runs.iter().filter(|r| r.stage == 1).count() - 1, None),
            Kind::Stop => once(newest.status == Status::Stopped),
            _ => {
                let answered = pipeline.executions.iter().flat_map(|e| &e.runs).filter(|r| r.answer.is_some());
                (answered.count(), None)
            }
        }
    }

    /// Whether what it did has ended well by now, as the world has it. Only asked once everything is over.
    pub(crate) fn ended_well(&self, place: &Place) -> bool {
        place.sim.with_world(|world| {
            world.now();
            let newest = |w: &World| pipeline_of(w, &self.thing).executions.last().expect("an execution").status;
            match self.kind {
                Kind::Start | Kind::Rollback | Kind::Retry => newest(world) == Status::Succeeded,
                Kind::RetryBuild => {
                    let here = world.place(ACCOUNT, REGION).expect("a place");
                    let newest = here.project(&self.thing).and_then(|p| p.builds.last()).expect("a build");
                    here.builds[*newest as usize].status(world.clock.now().timestamp_millis()) == "SUCCEEDED"
                }
                _ => true,
            }
        })
    }
}

fn pipeline_of<'w>(world: &'w World, name: &str) -> &'w Pipeline {
    world.place(ACCOUNT, REGION).and_then(|place| place.pipeline(name)).expect("a pipeline")
}

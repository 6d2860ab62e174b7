//! How the world moves: events in the order of their instants, each played at its own instant whoever looks later.
//!
//! A number given out when an event is planned settles equal instants, so one order exists and polling cannot change it.
//! How executions pass through stages is in `passage`, what an action becomes in `action`, what callers do in `steer`, what people of the
//! world do by themselves in `habits`.

mod action;
mod habits;
mod passage;
mod steer;

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    sync::Arc,
};

use super::{
    World,
    line::{Author, Flaw},
    pipeline::{PipelineRef, Transition, Version},
    structure::Structure,
    time::Ms,
};

/// Something that is going to happen.
#[derive(Debug, Clone)]
pub enum Event {
    /// An action reaches its end (or its time-out).
    ActionEnds {
        /// Pipeline.
        pipeline: PipelineRef,
        /// Execution.
        execution: u32,
        /// Run.
        run: u16,
    },
    /// Somebody answers an approval.
    Answered {
        /// Pipeline.
        pipeline: PipelineRef,
        /// Execution.
        execution: u32,
        /// Run.
        run: u16,
    },
    /// Somebody looks after a stage that failed.
    Tended {
        /// Pipeline.
        pipeline: PipelineRef,
        /// Execution.
        execution: u32,
        /// Stage.
        stage: usize,
    },
    /// The next commit of a line comes by itself.
    Arrival {
        /// Line.
        line: u32,
    },
    /// A build that a rule starts every night.
    Nightly {
        /// Place.
        place: u32,
        /// Project.
        project: u32,
    },
    /// The next action of that category hangs, as a scene has it.
    Hang {
        /// Pipeline.
        pipeline: PipelineRef,
        /// Category.
        category: &'static str,
    },
    /// Somebody changes a transition.
    Held {
        /// Pipeline.
        pipeline: PipelineRef,
        /// Stage.
        stage: usize,
        /// How it then is.
        how: Transition,
    },
    /// A written commit is pushed.
    Push(Box<Pushed>),
    /// Somebody changes a pipeline's structure.
    Restructured {
        /// Pipeline.
        pipeline: PipelineRef,
        /// Its new structure.
        structure: Arc<Structure>,
    },
    /// An operator starts a pipeline with a commit that has proven itself elsewhere.
    Promotion {
        /// Pipeline.
        to: PipelineRef,
        /// Commit.
        commit: u32,
    },
}

/// A commit that is written before it happens.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// Line.
    pub line: u32,
    /// Message.
    pub message: String,
    /// Author.
    pub author: Author,
    /// What is wrong with it.
    pub flaw: Option<Flaw>,
}

#[derive(Debug)]
struct Due {
    at: Ms,
    order: u64,
    event: Event,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// What is going to happen, soonest first.
#[derive(Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Reverse<Due>>,
    planned: u64,
}

impl Queue {
    /// Plans an event.
    pub fn plan(&mut self, at: Ms, event: Event) {
        self.planned += 1;
        self.heap.push(Reverse(Due { at, order: self.planned, event }));
    }

    fn next(&mut self, until: Ms) -> Option<(Ms, Event)> {
        if self.heap.peek()?.0.at > until {
            return None;
        }
        self.heap.pop().map(|Reverse(due)| (due.at, due.event))
    }
}

impl World {
    /// Plays everything that was due until `now`. Going back in time plays nothing.
    pub fn settle(&mut self, now: Ms) {
        while let Some((at, event)) = self.queue.next(now) {
            self.settled = self.settled.max(at);
            self.play(at, event);
        }
        self.settled = self.settled.max(now);
    }

    fn play(&mut self, at: Ms, event: Event) {
        match event {
            Event::ActionEnds { pipeline, execution, run } => self.action_is_due(pipeline, execution, run, at),
            Event::Answered { pipeline, execution, run } => self.answer_by_habit(pipeline, execution, run, at),
            Event::Tended { pipeline, execution, stage } => self.tend(pipeline, execution, stage, at),
            Event::Hang { pipeline, category } => {
                self.hang_next.insert((pipeline, category));
            }
            Event::Held { pipeline, stage, how } => {
                self.set_transition(pipeline, stage, how.reason, &how.by, at);
            }
            Event::Nightly { place, project } => self.nightly(place, project, at),
            Event::Arrival { line } => self.arrival(line, at),
            Event::Push(pushed) => {
                self.push(&pushed, at);
            }
            Event::Restructured { pipeline, structure } => self.restructure(pipeline, structure, at),
            Event::Promotion { to, commit } => self.promote(to, commit, at),
        }
    }

    /// Gives a pipeline a new structure. Its stages and actions must be those of the old one, save that actions may have
    /// come to the end of stages, so that what ran before still lies where it lay.
    pub(crate) fn restructure(&mut self, p: PipelineRef, structure: Arc<Structure>, at: Ms) {
        let pipeline = self.pipeline_mut(p);
        for (now, stage) in pipeline.stages.iter_mut().zip(&structure.stages) {
            now.actions.resize(stage.actions.len(), None);
        }
        let number = pipeline.version() + 1;
        pipeline.versions.push(Version { number, at, structure });
    }

    /// Adds a commit to its line and starts the pipelines that follow it.
    pub(crate) fn push(&mut self, pushed: &Pushed, at: Ms) -> u32 {
        let line = &mut self.lines[pushed.line as usize];
        let commit = line.push(self.seed, &pushed.message, pushed.author.clone(), at, pushed.flaw.clone());
        let mut followers = Vec::new();
        for (place, here) in self.places.iter().enumerate() {
            for index in here.pipeline_names.values() {
                let habits = &here.pipelines[*index as usize].habits;
                if habits.line == pushed.line && habits.starts_on_push {
                    followers.push(PipelineRef { place: place as u32, index: *index });
                }
            }
        }
        for pipeline in followers {
            let trigger = self.source_trigger(pipeline);
            self.start(pipeline, trigger, None, at);
        }
        commit
    }
}

//! How executions pass through the stages of a pipeline: entering, waiting, superseding, leaving.

use std::sync::Arc;

use crate::world::{
    World,
    id::Uuid,
    pipeline::{Execution, Given, Mode, Pipeline, PipelineRef, Position, Status, Trigger},
    provider::Setting,
    time::{Ms, SECOND},
};

impl World {
    /// The pipeline at that position.
    pub(crate) fn pipeline(&self, p: PipelineRef) -> &Pipeline {
        &self.places[p.place as usize].pipelines[p.index as usize]
    }

    pub(crate) fn pipeline_mut(&mut self, p: PipelineRef) -> &mut Pipeline {
        &mut self.places[p.place as usize].pipelines[p.index as usize]
    }

    /// Whether it has not been deleted.
    pub(crate) fn exists(&self, p: PipelineRef) -> bool {
        let place = &self.places[p.place as usize];
        place.pipeline_names.get(&place.pipelines[p.index as usize].name) == Some(&p.index)
    }

    /// The trigger of an execution that a change in its first source starts.
    pub(crate) fn source_trigger(&self, p: PipelineRef) -> Trigger {
        let place = &self.places[p.place as usize];
        let pipeline = &place.pipelines[p.index as usize];
        let Some((_, action)) = pipeline.structure().sources().next() else {
            return Trigger { kind: "StartPipelineExecution", detail: "".into() };
        };
        let setting = Setting {
            account: &place.account,
            region: &place.region,
            pipeline: &pipeline.name,
            action,
            line: self.lines.get(pipeline.habits.line as usize),
            unmasked: self.unmasked,
        };
        Trigger { kind: action.provider.trigger_type(), detail: setting.trigger_detail().into() }
    }

    /// Starts an execution at the first stage and tells its number.
    pub(crate) fn start(&mut self, p: PipelineRef, trigger: Trigger, given: Option<Box<Given>>, at: Ms) -> u32 {
        let execution = self.new_execution(p, trigger, given, at);
        self.arrive(p, execution, 0, at);
        execution
    }

    fn new_execution(&mut self, p: PipelineRef, trigger: Trigger, given: Option<Box<Given>>, at: Ms) -> u32 {
        let pipeline = self.pipeline_mut(p);
        let number = pipeline.executions.len() as u32;
        pipeline.executions.push(Execution {
            id: Uuid::draw(pipeline.key, u64::from(number)),
            version: pipeline.version(),
            status: Status::InProgress,
            position: Position::Before(0),
            started: at,
            updated: at,
            trigger,
            revisions: Vec::new(),
            rollback_of: None,
            given,
            runs: Vec::new(),
            pass: 0,
        });
        number
    }

    /// Starts a rollback of `stage` to `target`, at once: the caller has seen that the stage is free.
    pub(crate) fn start_rollback(&mut self, p: PipelineRef, stage: usize, target: u32, by: Arc<str>, at: Ms) -> u32 {
        let trigger = Trigger { kind: "ManualRollback", detail: by };
        let number = self.new_execution(p, trigger, None, at);
        let pipeline = self.pipeline_mut(p);
        let goal = &pipeline.executions[target as usize];
        let (id, revisions, given) = (goal.id, goal.revisions.clone(), goal.given.clone());
        let new = &mut pipeline.executions[number as usize];
        (new.rollback_of, new.revisions, new.given) = (Some(id), revisions, given);
        self.enter(p, number, stage, at);
        number
    }

    /// An execution comes to the door of a stage.
    pub(super) fn arrive(&mut self, p: PipelineRef, execution: u32, stage: usize, at: Ms) {
        let pipeline = self.pipeline_mut(p);
        pipeline.executions[execution as usize].position = Position::Before(stage as u8);
        pipeline.executions[execution as usize].updated = at;
        let mut waiting = std::mem::take(&mut pipeline.stages[stage].inbound);
        waiting.push(execution);
        waiting.sort_unstable();
        if pipeline.mode == Mode::Superseded {
            let newest = waiting.split_off(waiting.len() - 1);
            for older in waiting {
                let e = &mut pipeline.executions[older as usize];
                (e.status, e.position, e.updated) = (Status::Superseded, Position::Over(stage as u8), at);
            }
            waiting = newest;
        }
        pipeline.stages[stage].inbound = waiting;
        self.admit(p, stage, at);
    }

    /// Lets in who waits, where the transition is open and nobody holds the stage.
    pub(crate) fn admit(&mut self, p: PipelineRef, stage: usize, at: Ms) {
        loop {
            let pipeline = self.pipeline_mut(p);
            let parallel = pipeline.mode == Mode::Parallel;
            let here = &mut pipeline.stages[stage];
            if here.inbound.is_empty() || !here.open() || (!parallel && here.holder.is_some()) {
                return;
            }
            let execution = here.inbound.remove(0);
            self.enter(p, execution, stage, at);
            if !parallel {
                return;
            }
        }
    }

    pub(super) fn enter(&mut self, p: PipelineRef, execution: u32, stage: usize, at: Ms) {
        let pipeline = self.pipeline_mut(p);
        let here = &mut pipeline.stages[stage];
        here.latest = Some(execution);
        if pipeline.mode != Mode::Parallel {
            here.holder = Some(execution);
        }
        let e = &mut pipeline.executions[execution as usize];
        (e.position, e.updated, e.pass) = (Position::In(stage as u8), at, e.runs.len() as u16);
        self.step(p, execution, at);
    }

    /// Goes on within the stage: next actions, or out of it.
    pub(super) fn step(&mut self, p: PipelineRef, execution: u32, at: Ms) {
        let pipeline = self.pipeline(p);
        let e = &pipeline.executions[execution as usize];
        let Position::In(stage) = e.position else { return };
        let stage = usize::from(stage);
        let structure = Arc::clone(pipeline.structure_of(e));
        let latest: Vec<Option<Status>> = (0..structure.stages[stage].actions.len())
            .map(|a| e.latest_run(stage, a).filter(|(i, _)| *i >= usize::from(e.pass)).map(|(_, r)| r.status))
            .collect();
        if latest.contains(&Some(Status::InProgress)) {
            return;
        }
        if e.status == Status::Stopping {
            return self.leave(p, execution, Status::Stopped, at);
        }
        if latest.iter().flatten().any(|s| *s != Status::Succeeded) {
            return self.leave(p, execution, Status::Failed, at);
        }
        let open: Vec<usize> = (0..latest.len()).filter(|a| latest[*a].is_none()).collect();
        let Some(order) = open.iter().map(|a| structure.stages[stage].actions[*a].run_order).min() else {
            return self.leave(p, execution, Status::Succeeded, at);
        };
        for action in open {
            if structure.stages[stage].actions[action].run_order == order {
                self.begin_action(p, execution, stage, action, at);
            }
        }
    }

    /// The execution is done with its stage: it goes on, or is over.
    pub(super) fn leave(&mut self, p: PipelineRef, execution: u32, status: Status, at: Ms) {
        let pipeline = self.pipeline_mut(p);
        let stages = pipeline.stages.len();
        let e = &mut pipeline.executions[execution as usize];
        let Position::In(stage) = e.position else { return };
        let stage = usize::from(stage);
        e.updated = at;
        let goes_on = status == Status::Succeeded && !e.rollback() && stage + 1 < stages;
        if !goes_on {
            (e.status, e.position) = (status, Position::Over(stage as u8));
        }
        let promotes = status == Status::Succeeded && !goes_on && !e.rollback();
        if pipeline.stages[stage].holder == Some(execution) {
            pipeline.stages[stage].holder = None;
        }
        if goes_on {
            self.arrive(p, execution, stage + 1, at);
        } else if promotes {
            self.plan_promotion(p, execution, at);
        } else if status == Status::Failed {
            self.plan_tending(p, execution, stage, at);
        }
        self.admit(p, stage, at);
    }

    /// How long the moment between two steps is.
    pub(super) const BREATH: Ms = SECOND;
}

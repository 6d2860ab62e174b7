//! What becomes of an action: how long it takes and whether it fails is drawn when it begins, from the execution, the
//! action and the attempt; a commit's flaw fails every attempt at what it spoils.

use std::sync::Arc;

use super::Event;
use crate::world::{
    World, noise,
    pipeline::{ActionRun, Answer, Fate, PipelineRef, Revision, Status},
    project::{BuildFate, Initiator},
    provider::Provider,
    structure::ActionDef,
    time::{MINUTE, Ms, SECOND},
};

impl World {
    pub(super) fn begin_action(&mut self, p: PipelineRef, execution: u32, stage: usize, action: usize, at: Ms) {
        let pipeline = self.pipeline(p);
        let e = &pipeline.executions[execution as usize];
        let structure = Arc::clone(pipeline.structure_of(e));
        let def = &structure.stages[stage].actions[action];
        let run_number = e.runs.len();
        let draw = noise::mix(e.run_id(run_number).key(), 3);
        let rollback = e.rollback();
        let hung = self.hang_next.remove(&(p, def.category));
        let fate = if hung { Fate::Hangs } else { self.fate(p, execution, def, draw) };
        let mut build = None;
        let ends = match def.provider {
            Provider::CodeBuild => match self.begin_build(p, execution, def, fate, at) {
                Some((index, ends)) => {
                    build = Some(index);
                    ends
                }
                None => at + Self::BREATH,
            },
            provider if fate == Fate::Hangs || provider == Provider::Approval => at + provider.timeout(),
            _ => at + noise::duration_ms(draw, if rollback { def.median * 6 / 10 } else { def.median }).max(SECOND),
        };
        // A project that is gone is a failure of the action, whatever was drawn.
        let fate = if def.provider == Provider::CodeBuild && build.is_none() { Fate::Bad } else { fate };
        let (fate, ends) = match def.provider {
            Provider::CloudFormation => self.begin_deployment(p, execution, def, (at, ends), fate),
            _ => (fate, ends),
        };
        let pipeline = self.pipeline_mut(p);
        let approved = pipeline.habits.approved;
        pipeline.executions[execution as usize].runs.push(ActionRun {
            stage: stage as u8,
            action: action as u8,
            status: Status::InProgress,
            fate,
            started: at,
            ends,
            build,
            answer: None,
        });
        let run = run_number as u16;
        pipeline.note_run(execution, run);
        self.queue.plan(ends, Event::ActionEnds { pipeline: p, execution, run });
        if def.provider == Provider::Approval && self.lively && noise::happens(noise::mix(draw, 4), approved) {
            let wait = noise::duration_ms(noise::mix(draw, 5), 6 * MINUTE);
            self.queue.plan(at + wait, Event::Answered { pipeline: p, execution, run });
        }
    }

    fn fate(&self, p: PipelineRef, execution: u32, def: &ActionDef, draw: u64) -> Fate {
        let place = &self.places[p.place as usize];
        let e = &place.pipelines[p.index as usize].executions[execution as usize];
        let spoilt = e.revisions.iter().any(|r| {
            self.lines[r.line as usize].commits[r.commit as usize].flaw.as_ref().is_some_and(|f| {
                (f.spoils == def.category || f.spoils == def.name)
                    && f.only_in.as_ref().is_none_or(|account| *account == place.account)
            })
        });
        let steady = place.pipelines[p.index as usize].habits.steady;
        if spoilt || (!steady && noise::happens(noise::mix(draw, 1), def.flaky)) { Fate::Bad } else { Fate::Good }
    }

    fn begin_build(
        &mut self,
        p: PipelineRef,
        execution: u32,
        def: &ActionDef,
        fate: Fate,
        at: Ms,
    ) -> Option<(u32, Ms)> {
        let pipeline = self.pipeline(p);
        let e = &pipeline.executions[execution as usize];
        let commit = e.revisions.first().map(|r| r.commit);
        let (rollback, subject) = (e.rollback(), def.subject_in(&pipeline.name));
        let number = self.build_place(p, def)?;
        let place = &mut self.places[number as usize];
        let project = *place.project_names.get(&subject)?;
        let builds = place.builds.len();
        let mut build =
            place.projects[project as usize].plan(builds, at, fate == Fate::Bad, commit, Initiator::Pipeline(p));
        if fate == Fate::Hangs {
            build.fate = BuildFate::Hangs;
        }
        if rollback {
            build.lasts = build.lasts * 6 / 10;
        }
        let ends = build.ends();
        Some((place.add_build(project, build), ends))
    }

    /// Where the builds of a pipeline's action are: in its own account, or in that of the action's role.
    pub(crate) fn build_place(&self, p: PipelineRef, def: &ActionDef) -> Option<u32> {
        match def.account {
            Some(account) => self.place_number(account, &self.places[p.place as usize].region),
            None => Some(p.place),
        }
    }

    /// An action's end has come, unless it ended otherwise before.
    pub(super) fn action_is_due(&mut self, p: PipelineRef, execution: u32, run: u16, at: Ms) {
        let pipeline = self.pipeline(p);
        let e = &pipeline.executions[execution as usize];
        let r = &e.runs[usize::from(run)];
        if r.status != Status::InProgress || r.ends != at {
            return;
        }
        let def = &pipeline.structure_of(e).stages[usize::from(r.stage)].actions[usize::from(r.action)];
        let place = self.build_place(p, def).map(|place| &self.places[place as usize]);
        let build = place.zip(r.build).map(|(place, b)| &place.builds[b as usize]);
        let bad = match build {
            Some(build) => build.fate != BuildFate::Good || build.stopped.is_some(),
            None => r.fate != Fate::Good || self.is_approval(p, execution, run),
        };
        let status = if bad { Status::Failed } else { Status::Succeeded };
        self.end_action(p, execution, run, status, at);
    }

    fn is_approval(&self, p: PipelineRef, execution: u32, run: u16) -> bool {
        let pipeline = self.pipeline(p);
        let e = &pipeline.executions[execution as usize];
        let r = &e.runs[usize::from(run)];
        let def = &pipeline.structure_of(e).stages[usize::from(r.stage)].actions[usize::from(r.action)];
        def.provider == Provider::Approval
    }

    /// An action ends so; what follows from it follows.
    pub(crate) fn end_action(&mut self, p: PipelineRef, execution: u32, run: u16, status: Status, at: Ms) {
        let found = (status == Status::Succeeded).then(|| self.source_of(p, execution, run)).flatten();
        let pipeline = self.pipeline_mut(p);
        let e = &mut pipeline.executions[execution as usize];
        let r = &mut e.runs[usize::from(run)];
        (r.status, r.ends) = (status, at);
        e.updated = at;
        match found {
            Some(Ok(revision)) => {
                e.revisions.retain(|have| have.source != revision.source);
                e.revisions.push(revision);
                e.revisions.sort_by_key(|have| have.source);
            }
            Some(Err(())) => r.status = Status::Failed,
            None => {}
        }
        self.step(p, execution, at);
    }

    /// The revision that a source action brings: the one given at the start, else the newest; an unknown one fails it.
    fn source_of(&self, p: PipelineRef, execution: u32, run: u16) -> Option<Result<Revision, ()>> {
        let pipeline = self.pipeline(p);
        let e = &pipeline.executions[execution as usize];
        let r = &e.runs[usize::from(run)];
        let def = &pipeline.structure_of(e).stages[usize::from(r.stage)].actions[usize::from(r.action)];
        if def.category != "Source" {
            return None;
        }
        let number = pipeline.habits.line;
        let line = &self.lines[number as usize];
        let given = e.given.as_ref().and_then(|g| g.revisions.get(&def.name));
        let commit = match given {
            Some((kind, _)) if kind == "S3_OBJECT_KEY" => (line.commits.len() as u32).checked_sub(1),
            Some((_, id)) => line.commits.iter().rposition(|c| def.provider.revision_id(c) == *id).map(|c| c as u32),
            None => (line.commits.len() as u32).checked_sub(1),
        };
        Some(commit.map(|commit| Revision { source: r.action, line: number, commit }).ok_or(()))
    }

    /// An approval is answered.
    pub(crate) fn answer(&mut self, p: PipelineRef, execution: u32, run: u16, yes: bool, answer: Answer, at: Ms) {
        self.pipeline_mut(p).executions[execution as usize].runs[usize::from(run)].answer = Some(Box::new(answer));
        self.end_action(p, execution, run, if yes { Status::Succeeded } else { Status::Failed }, at);
    }
}

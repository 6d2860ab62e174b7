//! What people of the world do by themselves: commit, promote, approve, retry, roll back.

use super::Event;
use crate::world::{
    World,
    line::Flaw,
    noise,
    pipeline::{Answer, Given, Mode, PipelineRef, Status, Trigger},
    project::Initiator,
    time::{DAY, MINUTE, Ms},
};

impl World {
    /// The next commit of a line, and the plan of the one after it.
    pub(super) fn arrival(&mut self, line: u32, at: Ms) {
        let l = &self.lines[line as usize];
        if !self.lively || l.pace == 0 {
            return;
        }
        let draw = noise::of(self.seed, &["arrival", &l.repository, &l.commits.len().to_string()]);
        let next = at + noise::duration_ms(draw, l.pace);
        let mut pushed = self.deck.draw(line, l.name(), noise::mix(draw, 1));
        if noise::happens(noise::mix(draw, 2), 60) {
            let spoils = if draw.is_multiple_of(2) { "Build" } else { "UnitTest" };
            pushed.flaw = Some(Flaw { spoils: spoils.into(), only_in: None });
        }
        self.push(&pushed, at);
        self.queue.plan(next, Event::Arrival { line });
    }

    /// A rule's build of the newest commit, and the plan of the next night's.
    pub(super) fn nightly(&mut self, place: u32, project: u32, at: Ms) {
        let p = &self.places[place as usize].projects[project as usize];
        let commit = (self.lines[p.line as usize].commits.len() as u32).checked_sub(1);
        let rule = format!("rule/{}-every-night", p.name).into();
        if noise::happens(noise::mix(p.key, p.builds.len() as u64), 60) {
            self.places[place as usize].projects[project as usize].fail_next = true;
        }
        self.begin_alone(place, project, commit, Initiator::Caller(rule), at);
        self.queue.plan(at + DAY, Event::Nightly { place, project });
    }

    pub(super) fn plan_promotion(&mut self, p: PipelineRef, execution: u32, at: Ms) {
        let pipeline = self.pipeline(p);
        let e = &pipeline.executions[execution as usize];
        let (Some(promotion), Some(revision)) = (pipeline.habits.promotes.clone(), e.revisions.first().copied()) else {
            return;
        };
        let draw = noise::mix(e.id.key(), 77);
        if self.lively && noise::happens(draw, promotion.per_mille) {
            let after = noise::duration_ms(noise::mix(draw, 1), promotion.after);
            self.queue.plan(at + after, Event::Promotion { to: promotion.to, commit: revision.commit });
        }
    }

    /// An operator's start with a given commit; nothing if the pipeline is gone or already past that commit.
    pub(super) fn promote(&mut self, to: PipelineRef, commit: u32, at: Ms) {
        if !self.exists(to) {
            return;
        }
        let pipeline = self.pipeline(to);
        let newest = pipeline.executions.iter().rev().flat_map(|e| e.revisions.first()).map(|r| r.commit).next();
        if newest.is_some_and(|n| n >= commit) {
            return;
        }
        let given = self.given_commit(to, commit);
        let detail = self.person(to, "Promoter/promote");
        self.start(to, Trigger { kind: "StartPipelineExecution", detail: detail.into() }, Some(Box::new(given)), at);
    }

    fn given_commit(&self, p: PipelineRef, commit: u32) -> Given {
        let pipeline = self.pipeline(p);
        let commit = &self.lines[pipeline.habits.line as usize].commits[commit as usize];
        let revisions = pipeline
            .structure()
            .sources()
            .map(|(_, a)| (a.name.clone(), (a.provider.revision_type().to_owned(), a.provider.revision_id(commit))))
            .collect();
        Given { revisions, ..Given::default() }
    }

    fn person(&self, p: PipelineRef, role_and_name: &str) -> String {
        format!("arn:aws:sts::{}:assumed-role/{role_and_name}", self.places[p.place as usize].account)
    }

    pub(super) fn answer_by_habit(&mut self, p: PipelineRef, execution: u32, run: u16, at: Ms) {
        let e = &self.pipeline(p).executions[execution as usize];
        if e.runs[usize::from(run)].status != Status::InProgress {
            return;
        }
        let yes = !noise::happens(noise::mix(e.id.key(), 78), 40);
        let summary = if yes { "ok" } else { "Not during the sale" };
        let by = self.person(p, "ReleaseOperator/demo.park");
        self.answer(p, execution, run, yes, Answer { by, summary: summary.to_owned() }, at);
    }

    pub(super) fn plan_tending(&mut self, p: PipelineRef, execution: u32, stage: usize, at: Ms) {
        let pipeline = self.pipeline(p);
        let draw = noise::mix(pipeline.executions[execution as usize].id.key(), 79 + stage as u64);
        if self.lively && pipeline.habits.tended && noise::happens(draw, 450) {
            let after = noise::duration_ms(noise::mix(draw, 1), 11 * MINUTE);
            self.queue.plan(at + after, Event::Tended { pipeline: p, execution, stage });
        }
    }

    /// Somebody rolls a failed deployment back where they can, and retries everything else once.
    pub(super) fn tend(&mut self, p: PipelineRef, execution: u32, stage: usize, at: Ms) {
        let pipeline = self.pipeline(p);
        let e = &pipeline.executions[execution as usize];
        let now = &pipeline.stages[stage];
        let structure = pipeline.structure_of(e);
        if now.latest != Some(execution) || now.holder.is_some() || e.status != Status::Failed || !self.exists(p) {
            return;
        }
        let deploys = structure.stages[stage].actions.iter().any(|a| a.category == "Deploy");
        let target = pipeline.executions.iter().rposition(|t| {
            !t.rollback()
                && t.version == pipeline.version()
                && t.in_stage(pipeline.structure_of(t), stage) == Some(Status::Succeeded)
        });
        let tried = e.runs.iter().filter(|r| usize::from(r.stage) == stage && r.action == 0).count();
        match target {
            Some(target) if deploys && pipeline.mode != Mode::Parallel && !e.rollback() => {
                let by = self.person(p, "ReleaseOperator/demo.kim");
                self.start_rollback(p, stage, target as u32, by.into(), at);
            }
            _ if tried == 1 && !e.rollback() => self.retry(p, execution, stage, false, at),
            _ => {}
        }
    }
}

//! World `scale:A,R,N`: A accounts × R Regions × N pipelines, as many projects and as many stacks, for measuring. Every pipeline has a
//! short history and stands somehow; the mix is believable: of a hundred about 84 are green, five failed, four run, four
//! wait for an approval, one is stuck, one is held back, one has never run. Nothing happens by itself later, so that
//! what a benchmark counts is the same twice.

use std::sync::Arc;

use super::{
    World,
    accounts::DEFAULT_REGIONS,
    build::NewPipeline,
    deck::Deck,
    engine::Event,
    line::{Author, Flaw},
    noise,
    pipeline::{Habits, Mode, PipelineRef, Transition},
    project::{BuildFate, Initiator, Trade},
    provider::Provider,
    structure::{ActionDef, StageDef, Structure},
    time::{DAY, HOUR, MINUTE, Ms, SECOND},
};
use crate::clock::SimClock;

/// How a pipeline stands when the world opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Green,
    Failed,
    Running,
    Waiting,
    Stuck,
    Held,
    Unused,
}

fn stands(draw: u64) -> Stands {
    match draw % 100 {
        0..=4 => Stands::Failed,
        5..=8 => Stands::Running,
        9..=12 => Stands::Waiting,
        13 => Stands::Stuck,
        14 => Stands::Held,
        15 => Stands::Unused,
        _ => Stands::Green,
    }
}

/// Regions in the order in which such a world takes them.
pub(super) fn regions(count: usize) -> impl Iterator<Item = &'static str> {
    let first = ["ap-northeast-2", "eu-west-1", "us-east-1"];
    first.into_iter().chain(DEFAULT_REGIONS.into_iter().filter(move |r| !first.contains(r))).take(count)
}

impl World {
    /// A world of `accounts` × `regions` × `pipelines` at the clock's present. At most 17 Regions.
    pub fn scale(clock: SimClock, seed: u64, accounts: usize, regions_count: usize, pipelines: usize) -> World {
        let mut world = World::empty(clock, seed);
        let opening = world.clock.now().timestamp_millis();
        world.deck = Deck::default();
        let structures = Structures::new();
        for a in 0..accounts {
            let id = format!("{:012}", 100_000_000_000 + a as u64);
            let name = format!("acct-{:03}-{}", a + 1, ["dev", "staging", "prod"][a % 3]);
            world.accounts.add(seed, &id, &name, "ap-northeast-2");
            for region in regions(regions_count) {
                let place = world.place_or_new(&id, region);
                let line = world.add_scale_line(&id, region, opening);
                for n in 0..pipelines {
                    world.add_scale_pipeline(place, line, n, &structures, opening);
                    world.add_scale_stack(place, n, opening);
                }
            }
        }
        // Everything began within the two weeks before; it is played before anyone asks.
        world.settle(opening);
        world.lively = false;
        world
    }

    /// A world in which every verb finds something to act on: one account and Region, `each` pipelines that stand well
    /// (`green-0` …), that have failed in Build (`failed-0`), hang in Deploy (`stuck-0`), wait for an approval (`waiting-0`)
    /// or are held before Deploy (`held-0`); and as many projects of their own with a build that is over (`alone-0`) or
    /// hangs (`alone-1`), in turn. Nothing happens by itself.
    pub fn steering(clock: SimClock, seed: u64, each: usize) -> World {
        let mut world = World::empty(clock, seed);
        let opening = world.clock.now().timestamp_millis();
        let structures = Structures::new();
        let id = "100000000000";
        world.accounts.add(seed, id, "acct-001-dev", "ap-northeast-2");
        let place = world.place_or_new(id, "ap-northeast-2");
        let line = world.add_scale_line(id, "ap-northeast-2", opening);
        for (kind, stands) in [
            ("green", Stands::Green),
            ("failed", Stands::Failed),
            ("stuck", Stands::Stuck),
            ("waiting", Stands::Waiting),
            ("held", Stands::Held),
        ] {
            for n in 0..each {
                world.add_standing(place, line, &format!("{kind}-{n}"), (stands, n), &structures, opening);
            }
        }
        world.settle(opening);
        world.lively = false;
        for n in 0..each {
            let made = opening - 90 * DAY;
            let project = world.add_project(place, &format!("alone-{n}"), Trade::Node, line, 2 * MINUTE, made);
            world.places[place as usize].projects[project as usize].by_pipeline = false;
            let hangs = n % 2 == 1;
            let at = if hangs { opening - 5 * SECOND } else { opening - HOUR };
            let build = world.begin_alone(place, project, Some(2), Initiator::Caller("user/scale.demo".into()), at);
            world.places[place as usize].builds[build as usize].fate =
                if hangs { BuildFate::Hangs } else { BuildFate::Good };
        }
        world
    }

    /// One line for a place: its commits are what all of its pipelines shipped.
    fn add_scale_line(&mut self, account: &str, region: &str, opening: Ms) -> u32 {
        let line = self.add_line(&format!("example-scale/{account}-{region}"), "main", 0);
        let author = Author { name: "Scale Demo".to_owned(), email: "scale.demo@example.com".to_owned() };
        for n in 0..4 {
            // The last one is bad: whoever ships it, fails.
            let flaw = (n == 3).then_some(Flaw { spoils: "Build".into(), only_in: None });
            let message = format!("Change {} of many", n + 1);
            self.lines[line as usize].push(self.seed, &message, author.clone(), opening - (14 - 4 * n) * DAY, flaw);
        }
        line
    }

    fn add_scale_pipeline(&mut self, place: u32, line: u32, n: usize, structures: &Structures, opening: Ms) {
        let name = format!("service-{n:04}");
        let here = &self.places[place as usize];
        let draw = noise::of(self.seed, &["scale", &here.account, &here.region, &name]);
        self.add_standing(place, line, &name, (stands(draw), n), structures, opening);
    }

    fn add_standing(
        &mut self,
        place: u32,
        line: u32,
        name: &str,
        (stands, n): (Stands, usize),
        structures: &Structures,
        opening: Ms,
    ) {
        let here = &self.places[place as usize];
        let draw = noise::of(self.seed, &["scale", &here.account, &here.region, name]);
        let structure = match (stands, n % 3) {
            (Stands::Waiting, _) => &structures.approved,
            (_, 0) => &structures.stacks,
            _ => &structures.containers,
        };
        let project = format!("{name}-build");
        self.add_project(place, &project, Trade::Node, line, 2 * MINUTE, opening - 90 * DAY);
        let habits = Habits { line, steady: true, ..Habits::default() };
        let new = NewPipeline {
            name,
            v2: !n.is_multiple_of(4),
            mode: if n % 10 == 7 { Mode::Queued } else { Mode::Superseded },
            structure: Arc::clone(structure),
            since: opening - 60 * DAY,
            habits,
            tags: vec![("team", ["web", "data", "platform"][n % 3])],
        };
        let to = self.add_pipeline(place, new);
        self.plan_scale_history(to, stands, draw, opening);
    }

    /// Three good runs, and one that ends as the pipeline is to stand.
    fn plan_scale_history(&mut self, to: PipelineRef, stands: Stands, draw: u64, opening: Ms) {
        if stands == Stands::Unused {
            return;
        }
        let mut start = |days: Ms, hours: Ms, commit| {
            let at = opening - days * DAY - hours * HOUR - noise::below(draw, 3_600) as Ms * SECOND;
            self.queue.plan(at, Event::Promotion { to, commit });
        };
        start(10, 2, 0);
        start(6, 7, 1);
        match stands {
            Stands::Failed => start(0, 1 + (draw % 7) as Ms, 3),
            Stands::Green => start(1, (draw % 20) as Ms, 2),
            Stands::Waiting => start(0, 1 + (draw % 9) as Ms, 2),
            Stands::Stuck | Stands::Held => {
                start(0, 5, 2);
                let at = opening - 5 * HOUR;
                if stands == Stands::Stuck {
                    self.queue.plan(at - HOUR, Event::Hang { pipeline: to, category: "Deploy" });
                } else {
                    let stage = self.pipeline(to).stages.len() - 1;
                    let by = "arn:aws:iam::100000000000:user/scale.demo".to_owned();
                    let reason = Some("Held for the measurement".to_owned());
                    self.queue.plan(
                        at - HOUR,
                        Event::Held { pipeline: to, stage, how: Transition { reason, by, at: at - HOUR } },
                    );
                }
            }
            Stands::Running => {
                let at = opening - noise::below(draw, 150) as Ms * SECOND;
                self.queue.plan(at, Event::Promotion { to, commit: 2 });
            }
            Stands::Unused => {}
        }
    }
}

/// The three shapes that all of its pipelines share.
struct Structures {
    containers: Arc<Structure>,
    stacks: Arc<Structure>,
    approved: Arc<Structure>,
}

impl Structures {
    fn new() -> Self {
        let shape = |deploy: Provider, approval: bool| {
            let action = ActionDef::new;
            let mut stages = vec![
                StageDef::new("Source").then(action("Source", Provider::Connection, "{}", 3 * SECOND)),
                StageDef::new("Build").then(action("Build", Provider::CodeBuild, "{}-build", 0)),
            ];
            if approval {
                stages.push(StageDef::new("Approve").then(action("Approve", Provider::Approval, "{}", 0)));
            }
            stages.push(StageDef::new("Deploy").then(action("Deploy", deploy, "{}", 2 * MINUTE)));
            Arc::new(Structure { stages, variables: Vec::new(), push_branches: vec!["main".to_owned()] })
        };
        Structures {
            containers: shape(Provider::CodeDeployToEcs, false),
            stacks: shape(Provider::CloudFormation, false),
            approved: shape(Provider::Ecs, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::pipeline::Status;

    #[test]
    fn it_has_as_many_as_asked_for_and_all_states_among_them() {
        let start = "2026-11-23T05:00:00Z".parse().expect("an instant");
        let mut world = World::scale(SimClock::standing(start), 3, 3, 2, 60);
        assert_eq!(world.accounts.by_id.len(), 3);
        assert_eq!(world.places.len(), 6);
        assert!(world.places.iter().all(|p| p.pipelines.len() == 60 && p.projects.len() == 60 && p.stacks.len() == 60));
        let all: Vec<_> = world.places.iter().flat_map(|p| &p.pipelines).collect();
        let latest = |s: Status| all.iter().filter(|p| p.executions.last().is_some_and(|e| e.status == s)).count();
        assert!((5..40).contains(&latest(Status::Failed)), "{}", latest(Status::Failed));
        assert!((15..80).contains(&latest(Status::InProgress)), "{}", latest(Status::InProgress));
        assert!(latest(Status::Succeeded) > 250, "{}", latest(Status::Succeeded));
        assert!(all.iter().any(|p| p.executions.is_empty()));
        let before: usize = all.iter().map(|p| p.executions.len()).sum();
        world.clock.advance(chrono::TimeDelta::hours(3));
        world.now();
        assert_eq!(world.places.iter().flat_map(|p| &p.pipelines).map(|p| p.executions.len()).sum::<usize>(), before);
    }

    #[test]
    fn a_steering_world_stands_as_its_names_say() {
        let start = "2026-11-23T05:00:00Z".parse().expect("an instant");
        let mut world = World::steering(SimClock::standing(start), 3, 3);
        world.now();
        let place = &world.places[0];
        let latest = |name: &str| place.pipeline(name).and_then(|p| p.executions.last()).map(|e| e.status);
        for n in 0..3 {
            assert_eq!(latest(&format!("green-{n}")), Some(Status::Succeeded));
            assert_eq!(latest(&format!("failed-{n}")), Some(Status::Failed));
            for kind in ["stuck", "waiting", "held"] {
                assert_eq!(latest(&format!("{kind}-{n}")), Some(Status::InProgress), "{kind}-{n}");
            }
            let build = &place.builds[place.project(&format!("alone-{n}")).expect("a project").builds[0] as usize];
            let status = build.status(start.timestamp_millis());
            assert_eq!(status, if n == 1 { "IN_PROGRESS" } else { "SUCCEEDED" });
        }
    }

    #[test]
    fn regions_are_distinct() {
        let all: std::collections::BTreeSet<_> = regions(17).collect();
        assert_eq!(all.len(), 17);
    }
}

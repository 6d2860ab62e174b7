//! The demo is as its scenes say, at any hour it is opened, and costs little.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::world::pipeline::{Position, Status};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn demo(text: &str) -> World {
    World::demo(SimClock::standing(at(text)), 7)
}

fn latest<'a>(
    world: &'a World,
    account: &str,
    region: &str,
    name: &str,
) -> (&'a crate::world::pipeline::Pipeline, &'a crate::world::pipeline::Execution) {
    let p = world.find_pipeline(account, region, name).expect("a pipeline");
    let pipeline = world.pipeline(p);
    (pipeline, pipeline.executions.last().expect("an execution"))
}

const OPENINGS: [&str; 3] = ["2026-11-23T05:00:00Z", "2026-11-21T23:30:00Z", "2027-01-01T00:00:00Z"];

#[test]
fn every_scene_stands_at_the_opening() {
    for opening in OPENINGS {
        let world = demo(opening);
        let now = at(opening).timestamp_millis();
        let seoul = "ap-northeast-2";

        let (pipeline, e) = latest(&world, "777788889999", seoul, "checkout-api");
        assert_eq!(e.status, Status::Failed, "{opening}");
        let run = e.runs.last().expect("a run");
        let action = &pipeline.structure().stages[usize::from(run.stage)].actions[usize::from(run.action)];
        assert_eq!(action.name, "SmokeTest", "{opening}");
        assert!((8 * MINUTE..25 * MINUTE).contains(&(now - e.updated)), "{opening}: {}", (now - e.updated) / MINUTE);

        let (_, e) = latest(&world, "444455556666", seoul, "payments-worker");
        assert_eq!((e.status, e.position), (Status::Failed, Position::Over(1)), "{opening}");
        let (_, e) = latest(&world, "111122223333", "eu-west-1", "image-resizer");
        assert_eq!(e.status, Status::Failed, "{opening}");

        for (account, region, name) in [
            ("777788889999", seoul, "web-storefront"),
            ("444455556666", seoul, "orders-migrations"),
            ("777788889999", "eu-west-1", "pricing-engine"),
        ] {
            let p = world.find_pipeline(account, region, name).expect("a pipeline");
            let pipeline = world.pipeline(p);
            let stage = pipeline.structure().stage("Approve").expect("a stage");
            assert!(pipeline.stages[stage].holder.is_some(), "{opening}: {name} waits for nobody");
        }
        let (pricing, _) = latest(&world, "777788889999", "eu-west-1", "pricing-engine");
        assert_eq!(pricing.executions.iter().rev().nth(1).map(|e| e.status), Some(Status::Superseded), "{opening}");

        let (_, e) = latest(&world, "444455556666", seoul, "identity-service");
        let run = e.runs.last().expect("a run");
        assert_eq!((e.status, run.fate), (Status::InProgress, crate::world::pipeline::Fate::Hangs), "{opening}");
        assert!(now - run.started > 38 * MINUTE, "{opening}");

        let p = world.find_pipeline("444455556666", "eu-west-1", "network-baseline").expect("a pipeline");
        let queued: usize = world.pipeline(p).stages.iter().map(|s| s.inbound.len()).sum();
        assert_eq!(queued, 1, "{opening}");

        let running = world.places.iter().flat_map(|p| &p.pipelines).filter(|p| p.active().next().is_some()).count();
        assert!(running >= 8, "{opening}: {running}");
    }
}

#[test]
fn twelve_weeks_lie_behind_it_and_most_were_green() {
    let world = demo(OPENINGS[0]);
    let all: Vec<_> = world.places.iter().flat_map(|p| &p.pipelines).collect();
    assert!((20..=30).contains(&all.len()), "{} pipelines", all.len());
    let ended: Vec<_> = all.iter().flat_map(|p| &p.executions).filter(|e| e.over()).collect();
    let share = |status| ended.iter().filter(|e| e.status == status).count() * 100 / ended.len();
    assert!(ended.len() > 1_500, "{} executions", ended.len());
    assert!((80..97).contains(&share(Status::Succeeded)), "{} % succeeded", share(Status::Succeeded));
    assert!((3..16).contains(&share(Status::Failed)), "{} % failed", share(Status::Failed));
    assert!(ended.iter().any(|e| e.rollback()), "nobody ever rolled back");
    for p in &all {
        assert!(p.executions.len() >= 12, "{} ran {} times", p.name, p.executions.len());
        let first = p.executions[0].started;
        assert!(at(OPENINGS[0]).timestamp_millis() - first > 70 * DAY, "{} is too young", p.name);
    }
}

#[test]
fn a_commit_goes_from_dev_to_prod() {
    let world = demo(OPENINGS[0]);
    let (_, prod) = latest(&world, "777788889999", "ap-northeast-2", "checkout-api");
    let shipped = prod.revisions[0];
    for account in ["111122223333", "444455556666"] {
        let p = world.find_pipeline(account, "ap-northeast-2", "checkout-api").expect("a pipeline");
        let there =
            world.pipeline(p).executions.iter().any(|e| {
                e.status == Status::Succeeded && e.revisions.first().is_some_and(|r| r.commit == shipped.commit)
            });
        assert!(there, "{account} never ran the commit that failed in prod");
    }
}

#[test]
fn something_new_starts_every_minute_or_two() {
    let mut world = demo(OPENINGS[0]);
    let count = |w: &World| w.places.iter().flat_map(|p| &p.pipelines).map(|p| p.executions.len()).sum::<usize>();
    let before = count(&world);
    world.clock.advance(TimeDelta::minutes(60));
    world.now();
    let started = count(&world) - before;
    assert!((25..120).contains(&started), "{started} in an hour");
}

#[test]
fn every_opening_with_every_seed_settles() {
    for seed in 0..6 {
        let mut world = World::demo(SimClock::standing(at(OPENINGS[1])), seed);
        world.clock.advance(TimeDelta::days(8));
        world.now();
        let waiting = world.places.iter().flat_map(|p| &p.pipelines).flat_map(|p| p.active()).count();
        assert!(waiting < 60, "seed {seed}: {waiting} executions never end");
    }
}

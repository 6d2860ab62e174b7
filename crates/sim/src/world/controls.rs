//! What tests and demonstrations do to a world from outside, where AWS has no call for it. The clock is turned through
//! `World::clock`, whose clones share the time.

use std::sync::Arc;

use super::{
    World,
    engine::Pushed,
    line::{Author, Flaw},
    pipeline::PipelineRef,
    scale,
};
use crate::clock::SimClock;

/// There is no such thing in this world.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} {name} in account {account}, Region {region}")]
pub struct NoSuchThing {
    what: &'static str,
    name: String,
    account: String,
    region: String,
}

/// No world goes by that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no world is called {0}: there are demo, hostile, empty and scale:ACCOUNTS,REGIONS,PIPELINES (at most 999,17,5000)"
)]
pub struct NoSuchWorld(String);

impl World {
    /// The world of that name: `demo`, `hostile`, `empty`, `scale:A,R,N`.
    pub fn named(name: &str, clock: SimClock, seed: u64) -> Result<World, NoSuchWorld> {
        let unknown = || NoSuchWorld(name.to_owned());
        match name {
            "demo" => Ok(World::demo(clock, seed)),
            "hostile" => Ok(World::hostile(clock, seed)),
            "empty" => Ok(World::empty(clock, seed)),
            _ => {
                let sizes = name.strip_prefix("scale:").ok_or_else(unknown)?;
                let sizes: Vec<usize> =
                    sizes.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| unknown())?;
                match sizes[..] {
                    [a @ 1..=999, r @ 1..=17, n @ 1..=5_000] => Ok(World::scale(clock, seed, a, r, n)),
                    _ => Err(unknown()),
                }
            }
        }
    }

    /// Regions in which this world has anything, by account.
    pub fn inhabited(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places.iter().map(|p| (p.account.as_str(), p.region.as_str()))
    }

    /// Pushes a commit to the line of that repository (`checkout-api`) now and tells its id; pipelines that follow it
    /// start. `spoils` is the category or name of the actions that will fail on it, everywhere.
    pub fn push_commit(
        &mut self,
        repository: &str,
        message: &str,
        author: Author,
        spoils: Option<&'static str>,
    ) -> Option<String> {
        let at = self.now_ms();
        let line = self.lines.iter().position(|l| l.name() == repository || l.repository == repository)? as u32;
        let flaw = spoils.map(|spoils| Flaw { spoils: spoils.into(), only_in: None });
        let commit = self.push(&Pushed { line, message: message.to_owned(), author, flaw }, at);
        self.lines[line as usize].commits.get(commit as usize).map(|c| c.id.clone())
    }

    /// Makes the next build of that project fail.
    pub fn fail_next_build(&mut self, account: &str, region: &str, project: &str) -> Result<(), NoSuchThing> {
        self.now_ms();
        let found = self.place_number(account, region).and_then(|place| {
            let here = &mut self.places[place as usize];
            here.projects.get_mut(*here.project_names.get(project)? as usize)
        });
        found.ok_or_else(|| missing("project", project, account, region))?.fail_next = true;
        Ok(())
    }

    /// Makes the next change set that is carried out on that stack fail on that resource, for that reason.
    pub fn fail_next_update(
        &mut self,
        account: &str,
        region: &str,
        stack: &str,
        resource: &str,
        reason: &str,
    ) -> Result<(), NoSuchThing> {
        let now = self.now_ms();
        let found = self.find_stack(account, region, stack, now);
        let found = found.ok_or_else(|| missing("stack", stack, account, region))?;
        self.stack_mut(found).fails_next = Some((resource.to_owned(), reason.to_owned()));
        Ok(())
    }

    /// Makes the next action of that category (`Deploy`) in that pipeline hang until its time-out.
    pub fn hang_next(
        &mut self,
        account: &str,
        region: &str,
        pipeline: &str,
        category: &'static str,
    ) -> Result<(), NoSuchThing> {
        let p = self.existing(account, region, pipeline)?;
        self.hang_next.insert((p, category));
        Ok(())
    }

    /// Deletes a pipeline, as DeletePipeline would.
    pub fn delete_pipeline(&mut self, account: &str, region: &str, pipeline: &str) -> Result<(), NoSuchThing> {
        let p = self.existing(account, region, pipeline)?;
        self.places[p.place as usize].pipeline_names.remove(pipeline);
        Ok(())
    }

    /// Saves a pipeline's structure anew, as UpdatePipeline would: its version goes up by one.
    pub fn edit_pipeline(&mut self, account: &str, region: &str, pipeline: &str) -> Result<(), NoSuchThing> {
        let p = self.existing(account, region, pipeline)?;
        let at = self.now_ms();
        let structure = Arc::clone(self.pipeline(p).structure());
        self.restructure(p, structure, at);
        Ok(())
    }

    /// Switches a Region of an account on or off. Where it is off, every service refuses the account's keys.
    pub fn set_region_enabled(&mut self, account: &str, region: &str, enabled: bool) {
        if let Some(account) = self.accounts.by_id.get_mut(account) {
            if enabled {
                account.regions.insert(region.to_owned());
            } else {
                account.regions.remove(region);
            }
        }
    }

    /// Ends every assumed role and SSO sign-in now.
    pub fn expire_sessions(&mut self) {
        let now = self.now();
        self.accounts.expire_sessions(now);
    }

    /// From now on nothing happens that nobody called for: no commits, promotions, answers or tending. What runs, runs on.
    pub fn be_quiet(&mut self) {
        self.now_ms();
        self.lively = false;
    }

    fn existing(&mut self, account: &str, region: &str, pipeline: &str) -> Result<PipelineRef, NoSuchThing> {
        self.now_ms();
        self.find_pipeline(account, region, pipeline).ok_or_else(|| missing("pipeline", pipeline, account, region))
    }
}

fn missing(what: &'static str, name: &str, account: &str, region: &str) -> NoSuchThing {
    NoSuchThing { what, name: name.to_owned(), account: account.to_owned(), region: region.to_owned() }
}

/// The Regions a scale world of that many takes.
pub fn scale_regions(count: usize) -> Vec<&'static str> {
    scale::regions(count).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::world::pipeline::Status;

    const DEV: &str = "111122223333";
    const SEOUL: &str = "ap-northeast-2";

    fn demo() -> World {
        World::demo(SimClock::standing("2026-11-23T05:00:00Z".parse().expect("an instant")), 7)
    }

    fn author() -> Author {
        Author { name: "Test Demo".to_owned(), email: "test.demo@example.com".to_owned() }
    }

    fn status_after(world: &mut World, minutes: i64) -> Status {
        world.clock.advance(TimeDelta::minutes(minutes));
        world.now();
        let p = world.find_pipeline(DEV, SEOUL, "checkout-api").expect("a pipeline");
        world.pipeline(p).executions.last().expect("an execution").status
    }

    #[test]
    fn a_pushed_commit_runs_and_a_spoilt_one_fails() {
        let mut world = demo();
        world.push_commit("checkout-api", "A good one", author(), None).expect("a line");
        assert_eq!(status_after(&mut world, 15), Status::Succeeded);
        world.push_commit("checkout-api", "A bad one", author(), Some("Deploy")).expect("a line");
        assert_eq!(status_after(&mut world, 15), Status::Failed);
        assert_eq!(world.push_commit("nobody", "x", author(), None), None);
    }

    #[test]
    fn the_next_build_fails_and_only_that_one() {
        let mut world = demo();
        world.fail_next_build(DEV, SEOUL, "checkout-api-build").expect("a project");
        world.push_commit("checkout-api", "One", author(), None).expect("a line");
        assert_eq!(status_after(&mut world, 15), Status::Failed);
        world.push_commit("checkout-api", "Two", author(), None).expect("a line");
        assert_eq!(status_after(&mut world, 15), Status::Succeeded);
    }

    #[test]
    fn a_deleted_pipeline_is_gone_and_nothing_trips_over_it() {
        let mut world = demo();
        world.delete_pipeline(DEV, SEOUL, "mobile-bff").expect("a pipeline");
        assert!(world.find_pipeline(DEV, SEOUL, "mobile-bff").is_none());
        let again = world.delete_pipeline(DEV, SEOUL, "mobile-bff").expect_err("it is gone");
        assert_eq!(again.to_string(), "there is no pipeline mobile-bff in account 111122223333, Region ap-northeast-2");
        world.clock.advance(TimeDelta::hours(6));
        world.now();
    }

    #[test]
    fn sessions_end_when_they_are_ended() {
        let mut world = demo();
        let now = world.now();
        let seed = world.seed;
        let session =
            world.accounts.open_session(seed, DEV, "Auditor", "me", now, TimeDelta::hours(1)).expect("a session");
        assert!(!world.accounts.caller(&session.access_key_id, now).expect("a caller").expired);
        world.expire_sessions();
        assert!(world.accounts.caller(&session.access_key_id, now).expect("a caller").expired);
    }

    #[test]
    fn a_quiet_world_comes_to_rest() {
        let mut world = demo();
        world.be_quiet();
        world.clock.advance(TimeDelta::hours(3));
        world.now();
        let count = |w: &World| w.places.iter().flat_map(|p| &p.pipelines).map(|p| p.executions.len()).sum::<usize>();
        let before = count(&world);
        world.clock.advance(TimeDelta::hours(3));
        world.now();
        assert_eq!(count(&world), before);
    }

    #[test]
    fn worlds_have_names() {
        let clock = || SimClock::standing("2026-11-23T05:00:00Z".parse().expect("an instant"));
        let world = World::named("scale:2,1,3", clock(), 1).expect("a world");
        assert_eq!(world.inhabited().count(), 2);
        for wrong in
            ["", "Demo", "scale", "scale:", "scale:1,2", "scale:0,1,1", "scale:1,18,1", "scale:1,1,1,1", "scale:a,b,c"]
        {
            assert!(World::named(wrong, clock(), 1).is_err(), "{wrong}");
        }
    }
}

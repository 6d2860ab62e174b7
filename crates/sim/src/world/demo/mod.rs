//! World `demo`: a shop in three accounts that has run for twelve weeks when it opens, and goes on as one watches.
//!
//! The history is not written down: commits were pushed over twelve weeks and the pipelines ran. What stands on the board
//! at the start (one failed here, one waiting there) is in `scenes`; who and what there is, in `cast` and `parts`; stacks, in
//! `stacks`.

mod cast;
mod parts;
mod scenes;
mod stacks;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{
    World,
    build::NewPipeline,
    engine::Event,
    line::Flaw,
    noise,
    pipeline::{Habits, Mode, PipelineRef, Promotion},
    project::Trade,
    time::{DAY, HOUR, MINUTE, Ms, SECOND, instant},
};
use crate::clock::SimClock;

use cast::{ACCOUNTS, SERVICES, ServiceIs};

/// How long the shop has run.
const HISTORY: Ms = 84 * DAY;
/// Before its opening, when the scenes begin.
pub(super) const SCENES: Ms = 170 * MINUTE;

impl World {
    /// The demo world at the clock's present.
    pub fn demo(clock: SimClock, seed: u64) -> World {
        let mut world = World::empty(clock, seed);
        let opening = world.clock.now().timestamp_millis();
        let begin = opening - HISTORY;
        world.deck = cast::deck();
        world.people_and_keys();
        for (id, _, _) in ACCOUNTS {
            for region in ["ap-northeast-2", "eu-west-1"] {
                world.place_or_new(id, region);
            }
        }
        stacks::add(&mut world, opening);
        for service in SERVICES {
            world.add_service(service, begin, opening);
        }
        world.add_nightly_checks(begin);
        world.write_history(begin, opening - SCENES - 4 * HOUR);
        world.settle(opening - SCENES);
        scenes::set(&mut world, opening);
        world.settle(opening);
        world
    }

    fn people_and_keys(&mut self) {
        let portal = "https://example.awsapps.com/start";
        self.accounts.sso_logins.push(super::SsoLogin {
            name: "example-sso".to_owned(),
            start_url: portal.to_owned(),
            region: "ap-northeast-2".to_owned(),
        });
        for (id, name, _) in ACCOUNTS {
            let account = self.accounts.add(self.seed, id, name, "ap-northeast-2");
            let role = |name: &str| super::SsoRole { start_url: portal.to_owned(), name: name.to_owned() };
            account.sso_roles = vec![role("ReadOnly"), role("ReleaseOperator")];
        }
    }

    fn add_service(&mut self, service: &ServiceIs, begin: Ms, opening: Ms) {
        let line = self.add_line(&format!("example-shop/{}", service.name), "main", service.pace);
        let mut chain: Vec<PipelineRef> = Vec::new();
        for (n, account) in service.accounts.iter().enumerate() {
            let (id, _, environment) = ACCOUNTS[*account];
            let place = self.place_or_new(id, service.region);
            parts::add_projects(self, place, service, line, begin);
            if service.source == super::provider::Provider::CodeCommit {
                self.add_repository(place, line, service.about, begin - 400 * DAY);
            }
            let structure = Arc::new(parts::structure(service, *account));
            let habits =
                Habits { line, starts_on_push: n == 0, promotes: None, approved: 1000, tended: true, steady: false };
            let tags = vec![("team", service.team), ("environment", environment), ("service", service.name)];
            let v2 = service.source != super::provider::Provider::GitHub;
            let mode = if v2 { service.mode } else { Mode::Superseded };
            let new = NewPipeline { name: service.name, v2, mode, structure, since: begin - 60 * DAY, habits, tags };
            let p = self.add_pipeline(place, new);
            if let Some(later) = parts::later_structure(service, *account) {
                let later = Event::Restructured { pipeline: p, structure: Arc::new(later) };
                self.queue.plan(opening - 20 * DAY, later);
            }
            if let Some(before) = chain.last() {
                let promotion =
                    Promotion { to: p, per_mille: if *account == 2 { 620 } else { 800 }, after: 25 * MINUTE };
                self.pipeline_mut(*before).habits.promotes = Some(promotion);
            }
            chain.push(p);
        }
    }

    /// Builds without a pipeline, which can be started, retried and stopped by themselves.
    fn add_nightly_checks(&mut self, begin: Ms) {
        for (account, service, name, trade) in [
            (ACCOUNTS[0].0, "web-storefront", "nightly-browser-tests", Trade::Node),
            (ACCOUNTS[1].0, "catalog-api", "nightly-load-test", Trade::Gradle),
            (ACCOUNTS[2].0, "pricing-engine", "price-audit", Trade::Python),
        ] {
            let place = self.place_or_new(account, "ap-northeast-2");
            let line = SERVICES.iter().position(|s| s.name == service).unwrap_or_default() as u32;
            let project = self.add_project(place, name, trade, line, 6 * MINUTE, begin - 90 * DAY);
            self.places[place as usize].projects[project as usize].by_pipeline = false;
            self.queue.plan(begin + 18 * HOUR, Event::Nightly { place, project });
        }
    }

    /// Twelve weeks of pushes, in working hours (of Seoul), most of them good.
    fn write_history(&mut self, begin: Ms, end: Ms) {
        for (line, service) in SERVICES.iter().enumerate() {
            let (line, name) = (line as u32, service.name);
            let mut at = begin + HOUR;
            let mut n = 0_u64;
            while at < end {
                let draw = noise::of(self.seed, &["history", name, &n.to_string()]);
                let mut pushed = self.deck.draw(line, name, draw);
                if noise::happens(noise::mix(draw, 2), 75) {
                    let kind = noise::mix(draw, 3);
                    let spoils = ["Build", "UnitTest", "UnitTest", "Deploy", "SmokeTest"][(kind % 5) as usize];
                    // Some flaws show only where the data is: in one account.
                    let somewhere = service.accounts[(noise::mix(kind, 1) % service.accounts.len() as u64) as usize];
                    let only_in = matches!(spoils, "Deploy" | "SmokeTest").then(|| ACCOUNTS[somewhere].0.to_owned());
                    pushed.flaw = Some(Flaw { spoils: spoils.into(), only_in });
                }
                self.queue.plan(at, Event::Push(Box::new(pushed)));
                at = working_hour(at + noise::duration_ms(noise::mix(draw, 4), 8 * HOUR), noise::mix(draw, 5));
                n += 1;
            }
        }
    }
}

/// The instant moved into a working day of Seoul (9 to 20 o'clock, Monday to Friday), where it is not in one.
fn working_hour(at: Ms, draw: u64) -> Ms {
    use chrono::{Datelike, Timelike, Weekday};
    let mut at = at;
    loop {
        let there = instant(at + 9 * HOUR);
        let night = !(9..20).contains(&there.hour());
        let weekend = matches!(there.weekday(), Weekday::Sat | Weekday::Sun);
        if !night && !weekend {
            return at;
        }
        let hours = if there.hour() >= 20 { 24 + 9 - i64::from(there.hour()) } else { 9 - i64::from(there.hour()) };
        let hours = if hours <= 0 { 24 } else { hours };
        at += hours * HOUR + noise::below(draw, 200) as Ms * MINUTE + noise::below(draw, 59) as Ms * SECOND;
    }
}

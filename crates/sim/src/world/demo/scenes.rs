//! What stands on the board when the demo opens. A scene is written as pushes and promotions of the last hours; the
//! pipelines then run into it by themselves. What a scene shows stays until somebody acts on it.

use std::collections::BTreeMap;

use super::cast;
use crate::world::{
    World,
    engine::{Event, Pushed},
    line::Flaw,
    noise,
    pipeline::Transition,
    time::{MINUTE, Ms, SECOND},
};

const STG: (&str, &str) = ("444455556666", "ap-northeast-2");
const PROD: (&str, &str) = ("777788889999", "ap-northeast-2");
const PROD_IRELAND: (&str, &str) = ("777788889999", "eu-west-1");

/// Services whose pipelines are in a scene that nothing may disturb.
const QUIET: [&str; 8] = [
    "checkout-api",
    "payments-worker",
    "web-storefront",
    "pricing-engine",
    "identity-service",
    "orders-migrations",
    "image-resizer",
    "network-baseline",
];

/// Plans the scenes; `opening` is when the board is looked at first.
pub(super) fn set(world: &mut World, opening: Ms) {
    let mut s = Scenes { world, opening, planned: BTreeMap::new() };
    for name in QUIET {
        s.quiet(name);
    }
    s.failures();
    s.approvals();
    s.stuck_held_and_queued();
    s.going_on();
}

struct Scenes<'a> {
    world: &'a mut World,
    opening: Ms,
    /// Pushes planned so far by line, which tells the number a commit will have.
    planned: BTreeMap<u32, u32>,
}

impl Scenes<'_> {
    fn failures(&mut self) {
        let only = |spoils: &'static str, (account, _): (&str, &str)| {
            Some(Flaw { spoils: spoils.into(), only_in: Some(account.to_owned()) })
        };
        // In Deploy: it works everywhere else, but prod's schema has no such column yet.
        let message = "Apply coupon before tax (#1284)\n\nThe tax office wants the discount taken off first.";
        let coupon = self.push("checkout-api", 100, message, 0, only("SmokeTest", PROD));
        self.promote("checkout-api", STG, coupon, 85);
        self.promote("checkout-api", PROD, coupon, 31);
        self.approves("checkout-api", PROD);
        // In Build.
        let backoff = self.push("payments-worker", 64, "결제 재시도 간격을 지수 백오프로 변경", 4, only("Build", STG));
        self.promote("payments-worker", STG, backoff, 29);
        // In a unit test, a while ago; it ran in another account than its pipeline.
        self.push(
            "image-resizer",
            158,
            "Upgrade sharp to 0.34",
            6,
            Some(Flaw { spoils: "UnitTest".into(), only_in: None }),
        );
    }

    fn approvals(&mut self) {
        let banner = self.push("web-storefront", 168, "추석 배너를 전체 고객에게 공개", 1, None);
        self.promote("web-storefront", STG, banner, 156);
        self.promote("web-storefront", PROD, banner, 138);
        self.push("orders-migrations", 50, "0042: coupon_id 컬럼 추가", 3, None);
        // One waits, the next came to its door and was superseded there by a third.
        let rounding = self.push("pricing-engine", 120, "Round half even for KRW", 7, None);
        let rules = self.push("pricing-engine", 90, "할인 우선순위 규칙 정리", 2, None);
        let rates = self.push("pricing-engine", 60, "Cache exchange rates for an hour", 7, None);
        for (commit, minutes) in [(rounding, 36), (rules, 24), (rates, 13)] {
            self.promote("pricing-engine", PROD_IRELAND, commit, minutes);
        }
    }

    fn stuck_held_and_queued(&mut self) {
        self.push("identity-service", 48, "Sign JWTs with the new KMS key", 2, None);
        if let Some(pipeline) = self.world.find_pipeline(STG.0, STG.1, "identity-service") {
            self.world.queue.plan(self.before(49), Event::Hang { pipeline, category: "Deploy" });
        }
        if let Some(pipeline) = self.world.find_pipeline(PROD.0, PROD.1, "identity-service") {
            let at = self.before(90);
            if let Some(stage) = self.world.pipeline(pipeline).structure().stage("Deploy") {
                let reason = Some("Frozen until the key rotation is done (demo)".to_owned());
                let by = format!("arn:aws:sts::{}:assumed-role/ReleaseOperator/demo.lee", PROD.0);
                self.world.queue.plan(at, Event::Held { pipeline, stage, how: Transition { reason, by, at } });
            }
        }
        // One deploys, one is queued behind it.
        self.push("network-baseline", 6, "Add NAT gateway to subnet-c", 5, None);
        self.push("network-baseline", 3, "VPC 흐름 로그를 S3로 전송", 3, None);
    }

    /// What runs at the opening, and what goes on while one watches.
    fn going_on(&mut self) {
        for line in 0..self.world.lines.len() as u32 {
            let l = &self.world.lines[line as usize];
            if l.pace > 0 {
                let draw = noise::of(self.world.seed, &["first arrival", &l.repository]);
                let at = self.before(150) + noise::below(draw, l.pace as u64) as Ms;
                self.world.queue.plan(at, Event::Arrival { line });
            }
        }
        for (n, name) in ["admin-console", "mobile-bff", "notifications", "catalog-api"].into_iter().enumerate() {
            let line = self.line(name);
            let draw = noise::of(self.world.seed, &["opening", name]);
            let pushed = self.world.deck.draw(line, name, draw);
            let at = self.opening - (3 + 35 * n as Ms) * SECOND;
            self.world.queue.plan(at, Event::Push(Box::new(pushed)));
        }
    }

    fn before(&self, minutes: Ms) -> Ms {
        self.opening - minutes * MINUTE
    }

    fn line(&self, name: &str) -> u32 {
        self.world.lines.iter().position(|l| l.name() == name).unwrap_or_default() as u32
    }

    /// From now on nothing happens to a service's pipelines that its scene does not say.
    fn quiet(&mut self, name: &str) {
        for place in &mut self.world.places {
            if let Some(index) = place.pipeline_names.get(name) {
                let habits = &mut place.pipelines[*index as usize].habits;
                (habits.promotes, habits.approved, habits.tended, habits.steady) = (None, 0, false, true);
            }
        }
    }

    /// Somebody approves there after all.
    fn approves(&mut self, name: &str, (account, region): (&str, &str)) {
        if let Some(p) = self.world.find_pipeline(account, region, name) {
            self.world.pipeline_mut(p).habits.approved = 1000;
        }
    }

    /// Plans a push so many minutes before the opening, and tells the number its commit will have.
    fn push(&mut self, name: &str, minutes: Ms, message: &str, author: usize, flaw: Option<Flaw>) -> u32 {
        let line = self.line(name);
        let earlier = self.planned.entry(line).or_default();
        let commit = self.world.lines[line as usize].commits.len() as u32 + *earlier;
        *earlier += 1;
        let pushed = Pushed { line, message: message.to_owned(), author: cast::author(author), flaw };
        self.world.queue.plan(self.before(minutes), Event::Push(Box::new(pushed)));
        commit
    }

    fn promote(&mut self, name: &str, (account, region): (&str, &str), commit: u32, minutes: Ms) {
        if let Some(to) = self.world.find_pipeline(account, region, name) {
            self.world.queue.plan(self.before(minutes), Event::Promotion { to, commit });
        }
    }
}

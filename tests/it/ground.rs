//! What tests of single services stand on: a simulated world with a standing clock, the profiles of its accounts in an
//! ordinary config file, and a shelf that takes what a collector reads, as the cache would.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use serde_json::Value;
use skydeck_aws::{
    Aws, AwsError, AwsOptions, BudgetSettings, Environment, Session,
    service::{Ask, Service, Sink},
    services,
};
use skydeck_domain::{ActionRecord, Detail, Link, Outcome, Resource, Run, stack::KeptTemplate};
use skydeck_sim::{Sim, SimOptions, World, clock::SimClock};
use skydeck_tests::WorldClock;

/// When the worlds of these tests open.
pub(crate) const OPENING: &str = "2026-11-23T05:00:00Z";

/// A world and the way into it.
pub(crate) struct Ground {
    /// The world.
    pub(crate) sim: Sim,
    /// The product's access to it.
    pub(crate) aws: Aws,
    _home: tempfile::TempDir,
}

impl Ground {
    /// The demo world, standing still.
    pub(crate) fn demo() -> Ground {
        let clock = SimClock::standing(OPENING.parse().expect("a time"));
        Ground::of(World::demo(clock, 7))
    }

    /// That world.
    pub(crate) fn of(world: World) -> Ground {
        let clock = world.clock.clone();
        let sim = Sim::new(world, SimOptions::default());
        let home = tempfile::tempdir().expect("a folder");
        let (mut config, mut keys) = (String::new(), String::new());
        sim.with_world(|world| {
            for account in world.accounts.by_id.values() {
                config += &format!("[profile {}]\nregion = {}\n", account.name, account.home_region);
                keys += &format!("[{}]\naws_access_key_id = {}\n", account.name, account.access_key_id);
                keys += &format!("aws_secret_access_key = {}\n", account.secret_access_key);
            }
        });
        let files = [("AWS_CONFIG_FILE", "config", config), ("AWS_SHARED_CREDENTIALS_FILE", "credentials", keys)];
        let vars: Vec<(String, String)> = files
            .into_iter()
            .map(|(var, name, text)| {
                let path = home.path().join(name);
                std::fs::write(&path, text).expect("it is written");
                (var.to_owned(), path.to_string_lossy().into_owned())
            })
            .collect();
        let aws = Aws::new(AwsOptions {
            env: Environment::made_up(vars, Some(home.path().to_owned())),
            http_client: Some(sim.http_client()),
            clock: Arc::new(WorldClock(clock)),
            // The pace is the limiter's own business and tested there.
            budget: BudgetSettings { share: 1.0, rate: 1e6, burst: 1e6, retry_base: Duration::from_millis(1) },
        });
        Ground { sim, aws, _home: home }
    }

    /// The world's time goes on.
    pub(crate) fn minutes(&self, minutes: i64) {
        self.sim.clock().advance(chrono::TimeDelta::minutes(minutes));
    }

    /// One profile in one Region, with an empty shelf.
    pub(crate) async fn scope(&self, profile: &str, region: &str) -> Scope<'_> {
        let session = self.aws.session(profile, region).await.expect("the world knows its keys");
        self.sim.clear_calls();
        Scope { ground: self, session, shelf: Shelf::default() }
    }
}

/// One profile in one Region.
pub(crate) struct Scope<'g> {
    /// The world behind it.
    pub(crate) ground: &'g Ground,
    /// Its credentials.
    pub(crate) session: Session,
    /// What was read.
    pub(crate) shelf: Shelf,
}

impl Scope<'_> {
    /// Reads a service and tells which calls that took, in order.
    pub(crate) async fn read(&self, service: &str, ask: Ask) -> (Result<(), AwsError>, Vec<String>) {
        let service = service_of(service);
        self.ground.sim.clear_calls();
        let ctx = self.session.reader(service.spec());
        let result = service.collect(&ctx, ask, &self.shelf).await;
        (result, self.ground.sim.calls().into_iter().map(|call| call.operation).collect())
    }

    /// Reads everything of a service, which must go well.
    pub(crate) async fn read_all(&self, service: &str) -> Vec<String> {
        let (result, calls) = self.read(service, Ask::All).await;
        result.expect("it is read");
        calls
    }

    /// The ARN of a pipeline here.
    pub(crate) fn pipeline(&self, name: &str) -> String {
        format!("arn:aws:codepipeline:{}:{}:{name}", self.session.region, self.session.account)
    }

    /// A ledger record of an action that is intended now.
    pub(crate) fn record(&self, verb: &str, id: &str, target: Option<&str>, reason: &str) -> ActionRecord {
        ActionRecord {
            action: "01JDEMO0000000000000000000".into(),
            verb: verb.into(),
            id: id.into(),
            target: target.map(str::to_owned),
            profile: self.session.profile.clone(),
            account: self.session.account.clone(),
            region: self.session.region.clone(),
            who: Some(self.session.identity.clone()),
            reason: reason.into(),
            outcome: Outcome::Intended,
            message: String::new(),
            follow_id: None,
            state: String::new(),
            calls: Vec::new(),
            started_at: self.ground.sim.clock().now(),
            ended_at: None,
        }
    }
}

/// A service by its id.
pub(crate) fn service_of(id: &str) -> &'static dyn Service {
    services::by_id(id).expect("it is a service")
}

/// Takes what is read, as the cache would, and counts how often.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Kept>);

/// What is on the shelf.
#[derive(Default)]
pub(crate) struct Kept {
    /// Rows by id.
    pub(crate) rows: BTreeMap<String, Resource>,
    /// Runs by thing and id.
    pub(crate) runs: BTreeMap<(String, String), Run>,
    /// Links by the row that points.
    pub(crate) links: BTreeMap<String, Vec<Link>>,
    /// Calls that failed while others went on.
    pub(crate) problems: Vec<AwsError>,
    /// Rows taken in since the shelf was last looked at, repeated ones included.
    pub(crate) taken: Vec<String>,
    /// Parts of rows, by row and name.
    pub(crate) parts: BTreeMap<(String, &'static str), Value>,
    /// Templates with their texts, in the order in which they came.
    pub(crate) templates: Vec<(KeptTemplate, String)>,
}

impl Shelf {
    /// What is on it.
    pub(crate) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().expect("no test panicked while holding it")
    }

    /// The row of that kind and name.
    pub(crate) fn row(&self, kind: &str, name: &str) -> Option<Resource> {
        self.kept().rows.values().find(|row| row.kind == kind && row.name == name).cloned()
    }

    /// The rows of a kind.
    pub(crate) fn rows(&self, kind: &str) -> Vec<Resource> {
        self.kept().rows.values().filter(|row| row.kind == kind).cloned().collect()
    }

    /// A row's detail.
    pub(crate) fn detail<D: Detail>(&self, name: &str) -> D {
        self.row(D::KIND, name).and_then(|row| row.detail()).unwrap_or_else(|| panic!("no {} {name}", D::KIND))
    }
}

#[async_trait]
impl Sink for Shelf {
    async fn rows(&self, rows: Vec<Resource>) {
        let mut kept = self.kept();
        for row in rows {
            kept.taken.push(row.id.clone());
            kept.rows.insert(row.id.clone(), row);
        }
    }

    async fn complete(&self, kind: &'static str, seen: Vec<String>) {
        self.kept().rows.retain(|id, row| row.kind != kind || seen.contains(id));
    }

    async fn gone(&self, ids: Vec<String>) {
        self.kept().rows.retain(|id, _| !ids.contains(id));
    }

    async fn runs(&self, runs: Vec<Run>) {
        let mut kept = self.kept();
        for run in runs {
            kept.runs.insert((run.of_arn.clone(), run.run_id.clone()), run);
        }
    }

    async fn links(&self, from: &str, links: Vec<Link>) {
        self.kept().links.insert(from.to_owned(), links);
    }

    async fn problem(&self, error: AwsError) {
        self.kept().problems.push(error);
    }

    async fn known(&self, id: &str) -> Option<Resource> {
        self.kept().rows.get(id).cloned()
    }

    async fn each_known(&self, kind: &str, take: &mut (dyn FnMut(Resource) + Send)) {
        self.rows(kind).into_iter().for_each(take);
    }

    async fn last_run(&self, of_arn: &str) -> Option<Run> {
        let kept = self.kept();
        kept.runs.values().filter(|run| run.of_arn == of_arn).max_by_key(|run| run.started_at).cloned()
    }

    async fn part(&self, id: &str, part: &'static str, body: Value) {
        self.kept().parts.insert((id.to_owned(), part), body);
    }

    async fn known_part(&self, id: &str, part: &'static str) -> Option<Value> {
        self.kept().parts.get(&(id.to_owned(), part)).cloned()
    }

    async fn template(&self, template: KeptTemplate, text: String) {
        self.kept().templates.push((template, text));
    }

    async fn known_template(&self, digest: &str) -> Option<String> {
        self.kept().templates.iter().find(|(t, _)| t.digest == digest).map(|(_, text)| text.clone())
    }
}

//! The demo's stacks beside those that pipelines deploy: a CDK app over three stages, a cluster that is being changed, mail by
//! hand, one that is stuck, and many that are quiet. Written down are templates and when they were applied; everything
//! else (events, resources, outputs) follows.

mod cdk;
mod quiet;
mod shop;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use self::shop::Network;
use super::cast::ACCOUNTS;
use crate::world::{
    World,
    id::Uuid,
    noise,
    stack::{
        Fate, Kind, Operation, Settings, StackRef, Standing,
        change_set::ChangeSet,
        changes,
        set::{NewSetOperation, Target},
    },
    template::Template,
    time::{DAY, HOUR, MINUTE, Ms, SECOND},
};

const SEOUL: &str = "ap-northeast-2";
const IRELAND: &str = "eu-west-1";

/// Adds them; `opening` is when the world is looked at first.
pub(super) fn add(world: &mut World, opening: Ms) {
    let mut stacks = Stacks { world, opening };
    stacks.bootstrap();
    stacks.shop_platform();
    stacks.search_platform();
    stacks.by_hand();
    stacks.stuck();
    stacks.security_baseline();
    quiet::add(&mut stacks);
}

struct Stacks<'a> {
    world: &'a mut World,
    opening: Ms,
}

/// What is given beside a template.
#[derive(Clone, Copy, Default)]
struct With<'a> {
    parameters: &'a [(&'a str, &'a str)],
    tags: &'a [(&'a str, &'a str)],
}

impl Stacks<'_> {
    fn place(&mut self, account: usize, region: &str) -> u32 {
        self.world.place_or_new(ACCOUNTS[account].0, region)
    }

    fn standing(&self, text: &str, with: With<'_>) -> Standing {
        let template = Template::parse(text).unwrap_or_else(|error| panic!("a template of the demo: {error}"));
        let mut parameters = template.defaults();
        parameters.extend(pairs(with.parameters));
        let settings = Settings {
            tags: pairs(with.tags),
            capabilities: vec!["CAPABILITY_IAM".to_owned(), "CAPABILITY_NAMED_IAM".to_owned()],
            ..Settings::default()
        };
        Standing { template, parameters, settings: Arc::new(settings) }
    }

    /// Makes a stack and tells where it is.
    fn make(&mut self, place: u32, name: &str, standing: Standing, ago: Ms) -> StackRef {
        self.world.add_made_stack(place, name, standing, self.opening - ago)
    }

    /// Updates it.
    fn update(&mut self, s: StackRef, standing: Standing, ago: Ms, lasts: Option<Ms>, fate: Fate) -> usize {
        let at = self.opening - ago;
        let before = self.world.stack(s).settled(at).cloned();
        let mut operation = Operation::new(Kind::Update, at, before, Arc::new(standing));
        (operation.lasts, operation.fate) = (lasts, fate);
        operation.token = Some(Uuid::draw(noise::mix(self.world.stack(s).key, 5), at as u64).to_string());
        self.world.begin(s, operation)
    }

    /// Somebody looked for drift.
    fn detected(&mut self, s: StackRef, ago: Ms) {
        let at = self.opening - ago;
        let stack = self.world.stack_mut(s);
        stack.drift.detect(stack.key, at, 12, None);
    }

    fn drifts(&mut self, s: StackRef, logical: &str, differences: &[(&str, Option<Value>)], ago: Ms) {
        self.world.drift_resource(s, logical, differences, self.opening - ago);
    }

    /// `CDKToolkit`, as `cdk bootstrap` makes it.
    fn bootstrap(&mut self) {
        let text = include_str!("bootstrap.yaml");
        for account in 0..3 {
            for region in [SEOUL, IRELAND] {
                let place = self.place(account, region);
                let standing = self.standing(text, With::default());
                let s = self.make(place, "CDKToolkit", standing, 400 * DAY);
                self.world.stack_mut(s).protected = true;
            }
        }
    }

    fn shop_platform(&mut self) {
        for (account, stage) in [(0, "dev"), (1, "stg"), (2, "prod")] {
            let place = self.place(account, SEOUL);
            for (name, text) in shop::nested(stage) {
                let template = Template::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
                self.world.templates.insert(shop::nested_url(stage, name), template);
            }
            let tags = [("app", "shop-platform"), ("stage", stage), ("team", "platform")];
            let plain = With { tags: &tags, ..With::default() };
            let network = self.network(place, stage, plain);
            let password = format!("CANARY-stack-parameter-{stage}");
            let with_password = With { parameters: &[("DbPassword", &password)], tags: &tags };
            let stores =
                self.versions(place, "data-stores", with_password, &[210, 97, 41, 4], |n| shop::data_stores(stage, n));
            let checkout =
                self.versions(place, "checkout-api", plain, &[160, 66, 30, 12, 5], |n| shop::checkout(stage, n));
            for s in [stores, checkout] {
                self.detected(s, 6 * HOUR);
            }
            if stage == "prod" {
                let latest = self.standing(&shop::checkout(stage, 6), plain);
                self.update(checkout, latest, 18 * MINUTE, Some(4 * MINUTE), Fate::Good);
                self.failed_network(network, plain);
                self.world.stack_mut(stores).protected = true;
                let path = "/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled";
                self.drifts(stores, "SessionsTable", &[(path, Some(json!(false)))], 3 * DAY);
                self.drifts(
                    stores,
                    "AdminSg",
                    &[("/SecurityGroupIngress/1/CidrIp", Some(json!("0.0.0.0/0")))],
                    2 * DAY,
                );
            } else {
                self.detected(network, 6 * HOUR);
            }
        }
    }

    /// A stack with an update for each of the days given.
    fn versions(
        &mut self,
        place: u32,
        name: &str,
        with: With<'_>,
        days: &[Ms],
        text: impl Fn(u32) -> String,
    ) -> StackRef {
        let mut made = None;
        for (n, days) in days.iter().enumerate() {
            let standing = self.standing(&text(n as u32 + 1), with);
            let ago =
                days * DAY + noise::below(noise::of(self.world.seed, &[name, &n.to_string()]), 500) as Ms * MINUTE;
            made = Some(match made {
                None => self.make(place, name, standing, ago),
                Some(s) => {
                    self.update(s, standing, ago, None, Fate::Good);
                    s
                }
            });
        }
        made.unwrap_or_else(|| unreachable!("{name} has a first version"))
    }

    fn network(&mut self, place: u32, stage: &str, with: With<'_>) -> StackRef {
        let days = [330, 290, 251, 220, 190, 160, 121, 95, 70, 44, 23, 9];
        self.versions(place, "network-baseline", with, &days, |n| shop::network(stage, n, Network::Stands))
    }

    /// The update of an hour ago that failed, and the change set that tries it otherwise.
    fn failed_network(&mut self, s: StackRef, with: With<'_>) {
        let wanted = self.standing(&shop::network("prod", 13, Network::ThirdZone), with);
        let reason = "The maximum number of addresses has been reached. (Service: Ec2, Status Code: 400, Request ID: 5f0b7a8e-53d1-4d1c-9a3e-0c9f1f2d7b61) (SDK Attempt Count: 1)";
        let fate = Fate::Fails { resource: "EipC".to_owned(), reason: reason.to_owned() };
        self.update(s, wanted, 70 * MINUTE, Some(10 * MINUTE + 4 * SECOND), fate);
        let after = Arc::new(self.standing(&shop::network("prod", 12, Network::OwnGateway), with));
        self.change_set(
            s,
            "retry-nat-c",
            "One gateway less: zone C gets its own in place of the shared one",
            after,
            22 * MINUTE,
        );
    }

    fn change_set(&mut self, s: StackRef, name: &str, description: &str, after: Arc<Standing>, ago: Ms) {
        let created = self.opening - ago;
        let stack = self.world.stack(s);
        let identity = stack.identity(stack.account(), stack.region());
        let before = stack.settled(created).cloned();
        let found = changes::changes(identity, before.as_deref(), &after);
        let found = changes::with_contexts(identity, before.as_deref(), &after, found);
        let id = Uuid::draw(noise::mix(stack.key, 33), stack.change_sets.len() as u64);
        let made = ChangeSet {
            name: name.to_owned(),
            id,
            created,
            lasts: 6 * SECOND,
            description: Some(description.to_owned()),
            creates: false,
            after,
            changes: Ok(found),
            token: None,
            reverts_drift: false,
            on_failure: None,
            seen: stack.operations.len(),
            executed: None,
            deleted: None,
        };
        self.world.stack_mut(s).change_sets.push(made);
    }

    fn search_platform(&mut self) {
        for (account, stage) in [(0, "dev"), (1, "stg")] {
            let place = self.place(account, SEOUL);
            let tags = [("app", "search-platform"), ("stage", stage)];
            let with = With { tags: &tags, ..With::default() };
            let s = self.versions(place, "search-cluster", with, &[120, 52, 8], |n| shop::search(stage, n, 2));
            let bigger = self.standing(&shop::search(stage, 4, 3), with);
            match stage {
                "dev" => self.update(s, bigger, DAY, None, Fate::Good),
                _ => self.update(s, bigger, 3 * MINUTE, Some(11 * MINUTE), Fate::Good),
            };
        }
    }

    fn by_hand(&mut self) {
        let place = self.place(2, SEOUL);
        let with = With { parameters: &[("SmtpPassword", "CANARY-stack-smtp")], tags: &[("team", "storefront")] };
        let standing = self.standing(include_str!("legacy-mail.yaml"), with);
        let s = self.make(place, "legacy-mail", standing, 210 * DAY);
        self.drifts(s, "MailGroup", &[("/SecurityGroupIngress/0/CidrIp", Some(json!("0.0.0.0/0")))], 150 * DAY);
        self.drifts(s, "MailHost", &[("/InstanceType", Some(json!("t3.medium")))], 120 * DAY);
        let queue = [("/VisibilityTimeout", Some(json!(300))), ("/DelaySeconds", Some(json!(5)))];
        self.drifts(s, "Queue", &queue, 90 * DAY);
        self.drifts(s, "Logs", &[("/RetentionInDays", None)], 60 * DAY);
        self.drifts(s, "Bounces", &[], 30 * DAY);
        self.detected(s, 6 * HOUR);
    }

    /// Its rollback failed, because somebody deleted a role behind its back.
    fn stuck(&mut self) {
        let place = self.place(1, IRELAND);
        let with = With { tags: &[("team", "data")], ..With::default() };
        let text = |n: u32| include_str!("warehouse.yaml").replace("RELEASE", &format!("r{n}"));
        let s = self.versions(place, "analytics-warehouse", with, &[140, 60, 20], text);
        let why = "The role with name analytics-warehouse-loader cannot be found. (Service: Iam, Status Code: 404, Request ID: 0b1c2d3e-1111-4222-8333-444455556666)";
        self.world.stack_mut(s).broken.insert("LoaderRole".to_owned(), why.to_owned());
        let wanted = self.standing(&text(4), with);
        let reason = "Resource handler returned message: \"Invalid request provided: the bucket policy has invalid action\" (RequestToken: 7a1f6c1e-9a1b-4c52-a4b5-5b8f6f9a0c11, HandlerErrorCode: InvalidRequest)";
        let fate = Fate::Fails { resource: "Lake".to_owned(), reason: reason.to_owned() };
        self.update(s, wanted, 5 * HOUR, None, fate);
    }
}

impl Stacks<'_> {
    /// A stack set over all accounts and both Regions, with an operation that failed long ago.
    fn security_baseline(&mut self) {
        let place = self.place(2, SEOUL);
        let text = include_str!("security-baseline.yaml");
        let standing = self.standing(text, With { tags: &[("team", "security")], ..With::default() });
        let set = self.world.add_stack_set(place, "security-baseline", "What every account has", standing);
        let targets: Vec<Target> = [SEOUL, IRELAND]
            .into_iter()
            .flat_map(|region| ACCOUNTS.map(|(account, _, _)| (account.to_owned(), region.to_owned())))
            .collect();
        for (days, version, fails) in [(300, "r1", None), (119, "r2", Some(4)), (19, "r3", None)] {
            let there = &mut self.world.places[place as usize].stack_sets[set];
            let mut standing = (*there.standing).clone();
            standing.parameters.insert("Release".to_owned(), version.to_owned());
            there.standing = Arc::new(standing);
            let reason = "ResourceLogicalId:AuditRole, ResourceType:AWS::IAM::Role, ResourceStatusReason:Rate exceeded (Service: Iam, Status Code: 400).";
            let fails = fails.map(|n: usize| (targets[n].clone(), reason.to_owned())).into_iter().collect();
            let preferences =
                json!({ "RegionOrder": [SEOUL, IRELAND], "FailureToleranceCount": 0, "MaxConcurrentCount": 1 });
            let new = NewSetOperation { id: None, targets: targets.clone(), fails, tolerance: 0, preferences };
            self.world.begin_set_operation(place, set, new, self.opening - days * DAY);
        }
    }
}

fn pairs(all: &[(&str, &str)]) -> BTreeMap<String, String> {
    all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

//! Stacks of which there is nothing to tell: they stand, some were updated now and then.

use std::sync::Arc;

use serde_json::json;

use super::{IRELAND, SEOUL, Stacks, With};
use crate::world::{
    noise,
    stack::{Fate, Kind, Operation},
    time::{DAY, HOUR, MINUTE, Ms},
};

/// Name, what it is for, accounts it stands in (as positions), Region.
const QUIET: &[(&str, &str, &[usize], &str)] = &[
    ("alb-access-logs", "Where load balancers log", &[0, 1, 2], SEOUL),
    ("api-domain", "Certificates and names of the API", &[0, 1, 2], SEOUL),
    ("audit-trail", "Trail and its bucket", &[0, 1, 2], SEOUL),
    ("backup-plans", "What is backed up, and how long it is kept", &[1, 2], SEOUL),
    ("budget-alarms", "Mail when a month gets dear", &[0, 1, 2], SEOUL),
    ("cache-layer", "Sessions and carts in memory", &[0, 1, 2], SEOUL),
    ("cdn-edge", "Pictures near to people", &[1, 2], SEOUL),
    ("cost-reports", "What was spent, as files", &[2], SEOUL),
    ("dns-zones", "Names of the shop", &[0, 1, 2], SEOUL),
    ("ecr-mirrors", "Images of others", &[0, 1, 2], SEOUL),
    ("event-bus", "Events of the shop", &[0, 1, 2], SEOUL),
    ("github-oidc", "Roles that builds of GitHub take", &[2], SEOUL),
    ("kms-keys", "Keys by team", &[0, 1, 2], SEOUL),
    ("log-archive", "Logs older than a month", &[1, 2], IRELAND),
    ("oncall-topics", "Who is woken", &[1, 2], SEOUL),
    ("sandbox-reaper", "Deletes what was left lying", &[0], SEOUL),
    ("shared-network", "Subnets that pipelines deploy into", &[0, 1, 2], IRELAND),
    ("thumbnails", "Buckets of pictures", &[0, 1], IRELAND),
];

pub(super) fn add(stacks: &mut Stacks<'_>) {
    for (name, about, accounts, region) in QUIET {
        for account in *accounts {
            let place = stacks.place(*account, region);
            let draw = noise::of(stacks.world.seed, &["quiet", name, &account.to_string()]);
            let updates = 1 + noise::below(draw, 4) as Ms;
            let last = 12 + noise::below(noise::mix(draw, 1), 60) as Ms;
            let days: Vec<Ms> = (0..=updates).rev().map(|n| last + n * 37).collect();
            let with = With { tags: &[("team", "platform")], ..With::default() };
            let s = stacks.versions(place, name, with, &days, |n| template(name, about, n));
            if !noise::happens(noise::mix(draw, 2), 300) {
                stacks.detected(s, 7 * HOUR);
            }
        }
    }
    experiments(stacks);
}

/// Experiments: one that is gone, one that was never made, one whose failed update somebody keeps to look at it.
fn experiments(stacks: &mut Stacks<'_>) {
    let place = stacks.place(0, SEOUL);
    let with = With::default();
    let gone = stacks.versions(place, "poc-recommendations", with, &[80, 61], |n| template("poc", "An experiment", n));
    let at = stacks.opening - 33 * DAY;
    if let Some(standing) = stacks.world.stack(gone).settled(at).cloned() {
        let operation = Operation::new(Kind::Delete, at, Some(Arc::clone(&standing)), standing);
        stacks.world.begin(gone, operation);
    }
    let standing = stacks.standing(&template("poc", "An experiment that did not start", 1), with);
    let made = stacks.opening - 2 * DAY - 40 * MINUTE;
    let s = stacks.world.add_stack(place, "poc-vector-search", made);
    let mut operation = Operation::new(Kind::Create, made, None, Arc::new(standing));
    let reason = "example-poc-data already exists".to_owned();
    operation.fate = Fate::Fails { resource: "Data".to_owned(), reason };
    stacks.world.begin(s, operation);

    let kept = stacks.versions(place, "poc-kept", with, &[50], |n| template("poc", "An experiment to look at", n));
    let standing = stacks.standing(&template("poc", "An experiment to look at", 2), with);
    let at = stacks.opening - 26 * HOUR;
    let before = stacks.world.stack(kept).settled(at).cloned();
    let mut operation = Operation::new(Kind::Update, at, before, Arc::new(standing));
    operation.keeps = true;
    let reason =
        "Resource handler returned message: \"Invalid threshold\" (HandlerErrorCode: InvalidRequest)".to_owned();
    operation.fate = Fate::Fails { resource: "Alarm".to_owned(), reason };
    stacks.world.begin(kept, operation);
}

fn template(name: &str, about: &str, version: u32) -> String {
    let release = json!([{ "Key": "release", "Value": format!("r{version}") }]);
    let mut template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": about,
        "Resources": {
            "Data": { "Type": "AWS::S3::Bucket", "Properties": { "Tags": release } },
            "Topic": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": name } },
            "Logs": { "Type": "AWS::Logs::LogGroup", "Properties": { "RetentionInDays": 14 * version } },
            "Alarm": { "Type": "AWS::CloudWatch::Alarm", "Properties": {
                "Namespace": "Shop", "MetricName": name, "Threshold": 10 + version, "AlarmActions": [{ "Ref": "Topic" }],
            } },
        },
        "Outputs": { "Bucket": { "Value": { "Ref": "Data" } } },
    });
    if name == "shared-network" {
        template["Resources"]["Vpc"] =
            json!({ "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.40.0.0/16" } });
        template["Resources"]["SubnetC"] = json!({
            "Type": "AWS::EC2::Subnet", "Properties": { "VpcId": { "Ref": "Vpc" }, "CidrBlock": "10.40.2.0/24" },
        });
        template["Outputs"]["SubnetC"] =
            json!({ "Value": { "Ref": "SubnetC" }, "Export": { "Name": "shared-subnet-c" } });
    }
    serde_json::to_string_pretty(&template).unwrap_or_default()
}

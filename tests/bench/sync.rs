//! One first sync of 200 pipelines with 40 ms of latency at AWS-like rates, against the least time that the calls the
//! world requires could take within our own budget.

use std::collections::BTreeMap;
use std::time::Duration;

use skydeck_api::BudgetSettings;
use skydeck_sim::SimOptions;
use skydeck_tests::required::{LAST_BUILDS, codebuild_first, codepipeline_first};

use crate::Failed;
use crate::figures::Figures;
use crate::ground::{Ground, answer, program};

const PIPELINES: usize = 200;
const LATENCY: Duration = Duration::from_millis(40);
/// Calls that must follow each other: who am I, list, state, structure, executions.
const CHAIN: f64 = 5.0;

pub(crate) async fn measure(figures: &mut Figures) -> Result<(), Failed> {
    let options = SimOptions { latency: LATENCY, aws_limits: true, faults: None };
    let ground = Ground::scale((1, 1, PIPELINES), options).await?;
    let required = required(&ground);
    let mut command = ground.command(&program("skydeckctl"));
    command.args(["sync", "--json"]);
    let report = tokio::task::spawn_blocking(move || answer(command)).await??;
    let elapsed = report["elapsed_ms"].as_f64().ok_or("no elapsed_ms")? / 1000.0;
    let mut made: BTreeMap<String, usize> = BTreeMap::new();
    for call in ground.sim.calls() {
        let operation = match call.operation.as_str() {
            "ListBuilds" | "ListBuildsForProject" => LAST_BUILDS,
            other => other,
        };
        *made.entry(format!("{}:{operation}", call.service)).or_default() += 1;
    }
    let bound = bound(&required);
    figures.tell("sync", "200 pipelines, read for the first time", elapsed, "s");
    figures.tell("sync", "the bound: required calls within the budget", bound, "s");
    figures.hold("sync", "… as a ratio", elapsed / bound, "×", 1.2);
    figures.tell("sync", "calls the world requires", required.values().sum::<usize>() as f64, "calls");
    let mut beyond = 0;
    for (operation, n) in &made {
        let least = required.get(operation).copied().unwrap_or_default();
        beyond += n.saturating_sub(least);
        if *n != least {
            figures.tell("sync", format!("{operation}: made, of {least} required"), *n as f64, "calls");
        }
    }
    figures.tell("sync", "calls beyond the required ones", beyond as f64, "calls");
    Ok(())
}

/// What must be called to know each thing once. CodeCommit has nothing in this world, which takes one call to learn.
fn required(ground: &Ground) -> BTreeMap<String, usize> {
    ground.sim.with_world(|world| {
        let mut all =
            BTreeMap::from([("sts:GetCallerIdentity".to_owned(), 1), ("codecommit:ListRepositories".to_owned(), 1)]);
        for place in &world.places {
            for (service, calls) in [("codepipeline", codepipeline_first(place)), ("codebuild", codebuild_first(place))]
            {
                for (operation, n) in calls {
                    *all.entry(format!("{service}:{operation}")).or_default() += n;
                }
            }
        }
        all
    })
}

/// The services read side by side, each within its own budget, so the slowest of them is the bound.
fn bound(required: &BTreeMap<String, usize>) -> f64 {
    let budget = BudgetSettings::default();
    let mut services: BTreeMap<&str, usize> = BTreeMap::new();
    for (operation, n) in required {
        *services.entry(operation.split(':').next().unwrap_or_default()).or_default() += n;
    }
    let slowest = services.values().map(|n| (*n as f64 - budget.burst).max(0.0) / budget.rate).fold(0.0, f64::max);
    slowest + CHAIN * LATENCY.as_secs_f64()
}

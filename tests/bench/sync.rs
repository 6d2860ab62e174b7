//! One first sync of 200 pipelines with 40 ms of latency at AWS-like rates, against the least time that the calls the
//! world requires could take within our own budget.

use std::collections::BTreeMap;
use std::time::Duration;

use skydeck_sim::SimOptions;

use crate::Failed;
use crate::figures::Figures;
use crate::ground::{Ground, answer, program};
use skydeck_api::BudgetSettings;

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
        *made.entry(format!("{}:{}", call.service, call.operation)).or_default() += 1;
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

/// What must be called to know each thing once, told from the world alone. Page sizes are AWS's.
fn required(ground: &Ground) -> BTreeMap<String, usize> {
    let (pipelines, projects, failed) = ground.sim.with_world(|world| {
        let pipelines: Vec<_> = world.places.iter().flat_map(|p| &p.pipelines).collect();
        let projects: usize = world.places.iter().map(|p| p.projects.len()).sum();
        let failed = pipelines.iter().filter(|p| p.executions.last().is_some_and(|e| e.status.word() == "Failed"));
        (pipelines.len(), projects, failed.count())
    });
    let calls = [
        ("sts:GetCallerIdentity", 1),
        ("codepipeline:ListPipelines", pipelines.div_ceil(1000)),
        ("codepipeline:GetPipelineState", pipelines),
        ("codepipeline:GetPipeline", pipelines),
        ("codepipeline:ListPipelineExecutions", pipelines),
        ("codebuild:ListProjects", projects.div_ceil(100)),
        ("codebuild:BatchGetProjects", projects.div_ceil(100)),
        ("codebuild:ListBuilds", 1),
        ("codebuild:BatchGetBuilds", 1),
        ("codecommit:ListRepositories", 1),
        ("logs:GetLogEvents", failed),
    ];
    calls.into_iter().map(|(operation, n)| (operation.to_owned(), n)).collect()
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

//! The calls that a world requires of a first sync, worked out from the world itself, never from what was read. Page sizes
//! are AWS's.

use std::collections::{BTreeMap, BTreeSet};

use skydeck_sim::world::{pipeline::Status, place::Place};

/// The two ways to a project's last build, counted as one.
pub const LAST_BUILDS: &str = "ListBuilds and ListBuildsForProject";

/// Calls by operation.
pub type Calls = BTreeMap<&'static str, usize>;

/// Pages of a list.
fn pages(things: usize, page: usize) -> usize {
    things.div_ceil(page).max(1)
}

/// What reading CodePipeline for the first time requires: the list; of each pipeline its state, its structure, its history
/// (a hundred executions are kept, which is one page); the actions of what failed, runs or waits.
pub fn codepipeline_first(place: &Place) -> Calls {
    let n = place.pipelines.len();
    let moves = place.pipelines.iter().filter(|p| {
        let under_way = p.executions.iter().any(|e| matches!(e.status, Status::InProgress | Status::Stopping));
        let latest = p.executions.iter().rev().find(|e| !matches!(e.status, Status::Superseded));
        under_way || latest.is_some_and(|e| e.status == Status::Failed)
    });
    Calls::from([
        ("ListPipelines", pages(n, 1000)),
        ("GetPipelineState", n),
        ("GetPipeline", n),
        ("ListPipelineExecutions", n),
        ("ListActionExecutions", moves.count()),
    ])
}

/// What CodeBuild requires at first: the lists of projects and of the newest builds with what is behind them, and the last
/// build of each project that is not among those: by one call each, or by reading on in the list of builds, whichever
/// takes fewer. (A build that a pipeline points at may be one of them, and then it takes fewer still.)
pub fn codebuild_first(place: &Place) -> Calls {
    let projects = place.projects.len();
    // In the order in which the list tells them.
    let newest: Vec<usize> = place.builds.iter().rev().map(|b| b.project as usize).collect();
    let unseen = |listed: usize| {
        let seen: BTreeSet<usize> = newest.iter().take(listed).copied().collect();
        (0..projects).filter(|p| !seen.contains(p)).count()
    };
    let all = pages(newest.len(), 100);
    // For every number of pages read: those, and one call for each project still unseen, unless the list came to its end.
    let fewest = (1..=all).map(|n| n + if n == all { 0 } else { unseen(n * 100) }).min().unwrap_or(1);
    let built = (0..projects).filter(|p| newest.contains(p)).count();
    let first = newest.len().min(100);
    let later = built - (projects - unseen(100));
    Calls::from([
        ("ListProjects", pages(projects, 100)),
        ("BatchGetProjects", pages(projects, 100)),
        (LAST_BUILDS, fewest),
        ("BatchGetBuilds", pages(first, 100) + later.div_ceil(100)),
    ])
}

/// All of them.
pub fn total(calls: &Calls) -> usize {
    calls.values().sum()
}

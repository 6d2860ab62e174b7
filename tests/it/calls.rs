//! How many calls a whole sync takes, against what the world requires (`skydeck_tests::required`), held against the
//! simulator's own log.

use skydeck_sim::{World, clock::SimClock};
use skydeck_tests::required::{Calls, LAST_BUILDS, codebuild_first, codepipeline_first, total};

use crate::ground::{Ground, OPENING, Scope};

/// What was asked, with the two ways to a project's last build counted as one.
fn asked(log: &[String]) -> Calls {
    let mut calls = Calls::new();
    for operation in log {
        let name = match operation.as_str() {
            "ListBuilds" | "ListBuildsForProject" => LAST_BUILDS,
            other => KNOWN.into_iter().find(|k| *k == other).unwrap_or_else(|| panic!("{other} is not foreseen")),
        };
        *calls.entry(name).or_default() += 1;
    }
    calls
}

const KNOWN: [&str; 8] = [
    "ListPipelines",
    "GetPipelineState",
    "GetPipeline",
    "ListPipelineExecutions",
    "ListActionExecutions",
    "ListProjects",
    "BatchGetProjects",
    "BatchGetBuilds",
];

/// The places of a world that have pipelines: profile, Region, and what is required there.
fn places(ground: &Ground) -> Vec<(String, String, Calls, Calls)> {
    ground.sim.with_world(|w| {
        let inhabited: Vec<(String, String)> = w.inhabited().map(|(a, r)| (a.to_owned(), r.to_owned())).collect();
        inhabited
            .into_iter()
            .map(|(account, region)| {
                let place = w.place(&account, &region).expect("it is inhabited");
                let name = w.accounts.by_id[&account].name.clone();
                (name, region, codepipeline_first(place), codebuild_first(place))
            })
            .collect()
    })
}

fn demo() -> Ground {
    Ground::demo()
}

fn scale() -> Ground {
    let clock = SimClock::standing(OPENING.parse().expect("a time"));
    Ground::of(World::scale(clock, 7, 1, 1, 200))
}

async fn sync(scope: &Scope<'_>) -> (Calls, Calls) {
    (asked(&scope.read_all("codepipeline").await), asked(&scope.read_all("codebuild").await))
}

#[tokio::test]
async fn a_first_sync_takes_the_calls_that_the_world_requires_and_hardly_one_more() {
    for (name, ground) in [("demo", demo()), ("scale:1,1,200", scale())] {
        let (mut required, mut taken) = (0, 0);
        for (profile, region, pipelines, builds) in places(&ground) {
            let scope = ground.scope(&profile, &region).await;
            let (got_pipelines, got_builds) = sync(&scope).await;
            assert_eq!(got_pipelines, pipelines, "{name}: {profile} {region}");
            // Reading on in the list of builds is a bet on what its next page tells: it may lose once.
            let (most, got) = (total(&builds) + 2, total(&got_builds));
            assert!(got <= most, "{name}: {profile} {region}: {got_builds:?}, {builds:?}");
            required += total(&pipelines) + total(&builds);
            taken += total(&got_pipelines) + got;
        }
        println!("{name}: first sync: {taken} calls, {required} required");
    }
}

#[tokio::test]
async fn a_second_sync_reads_nothing_again_that_is_known_and_has_not_moved() {
    for (name, ground) in [("demo", demo()), ("scale:1,1,200", scale())] {
        let mut taken = 0;
        for (profile, region, first, builds) in places(&ground) {
            let scope = ground.scope(&profile, &region).await;
            sync(&scope).await;
            let (pipelines, got_builds) = sync(&scope).await;
            let queued = ground.sim.with_world(|w| queued(w, &profile, &region));
            let mut required = Calls::from([
                ("ListPipelines", first["ListPipelines"]),
                ("GetPipelineState", first["GetPipelineState"]),
                // An execution that is queued behind another, or runs beside it, is told only by the list of executions.
                ("ListPipelineExecutions", queued),
            ]);
            required.retain(|_, n| *n > 0);
            assert_eq!(pipelines, required, "{name}: {profile} {region}");
            let lists = ["ListProjects", "BatchGetProjects"].map(|k| (k, builds[k]));
            let mut required = Calls::from(lists);
            required.insert(LAST_BUILDS, 1);
            // Builds that are not over are asked for again.
            let running = ground.sim.with_world(|w| running_builds(w, &profile, &region));
            if running {
                required.insert("BatchGetBuilds", 1);
            }
            assert_eq!(got_builds, required, "{name}: {profile} {region}");
            taken += total(&pipelines) + total(&got_builds);
        }
        println!("{name}: second sync: {taken} calls");
    }
}

fn account_of<'w>(world: &'w World, profile: &str) -> &'w str {
    &world.accounts.by_id.values().find(|a| a.name == profile).expect("an account").id
}

/// Pipelines whose mode lets executions be under way that no stage holds.
fn queued(world: &World, profile: &str, region: &str) -> usize {
    let place = world.place(account_of(world, profile), region).expect("it is inhabited");
    place.pipelines.iter().filter(|p| p.mode.word() != "SUPERSEDED" && p.executions.iter().any(|e| !e.over())).count()
}

fn running_builds(world: &mut World, profile: &str, region: &str) -> bool {
    let now = world.now().timestamp_millis();
    let place = world.place(account_of(world, profile), region).expect("it is inhabited");
    place.builds.iter().any(|b| b.status(now) == "IN_PROGRESS")
}

//! The example of a world from a file (`assets/worlds`, `docs/sim-worlds.md`), read as any other: what the file tells of is
//! on the board, and came about by itself.

use serde_json::{Value, json};
use skydeck_sim::World;

use crate::machine::{Machine, call, rows, standing};

const EXAMPLE: &str = include_str!("../../assets/worlds/two-accounts.json");

#[tokio::test]
async fn the_example_stands_on_the_board_as_its_file_tells() {
    let machine = Machine::before(World::from_json(EXAMPLE, standing(), 3).unwrap());
    let host = machine.read().await;
    let pipelines = rows(&host, "codepipeline.pipeline", "").await;
    let of = |profile: &str, name: &str| -> Value {
        let found = pipelines.iter().find(|r| r["profile"] == profile && r["name"] == name);
        found.unwrap_or_else(|| panic!("no {name} of {profile}: {pipelines:#?}")).clone()
    };
    assert_eq!(pipelines.len(), 3);
    let dev = of("bakery-dev", "orders");
    assert_eq!(dev["health"], "failed");
    assert!(dev["reason"].as_str().unwrap().starts_with("Build › UnitTest: "), "{dev:#}");
    assert_eq!(of("bakery-prod", "orders")["aspect"], "waiting");
    assert_eq!(of("bakery-prod", "ovens")["health"], "failed");
    let view = call(&host, "pipeline", json!({"id": dev["id"]})).await;
    assert_eq!(view["execution"]["revisions"][0]["message"], "Count the rolls twice");
    let authors: Vec<&Value> =
        view["history"].as_array().unwrap().iter().map(|r| &r["revisions"][0]["message"]).collect();
    assert_eq!(authors.len(), 4, "every commit ran: {authors:?}");
    assert_eq!(rows(&host, "codecommit.repository", "bakery-prod").await[0]["name"], "ovens");
    assert_eq!(rows(&host, "codebuild.project", "bakery-dev").await.len(), 3);
    host.close().await;
}

#[test]
fn the_same_file_seed_and_time_give_the_same_world() {
    let told = |seed| {
        let world = World::from_json(EXAMPLE, standing(), seed).unwrap();
        let pipelines = world.places.iter().flat_map(|p| &p.pipelines);
        pipelines.map(|p| format!("{} {:?}", p.name, p.executions)).collect::<Vec<_>>()
    };
    assert_eq!(told(3), told(3));
    assert_ne!(told(3), told(4));
}

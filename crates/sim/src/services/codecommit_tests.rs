//! CodeCommit's answers and refusals, on the demo world.

use serde_json::{Value, json};

use super::CodeCommit;
use crate::{
    clock::SimClock,
    service::{ApiError, Request, Service},
    world::World,
};

fn call(world: &mut World, operation: &str, input: Value) -> Result<Value, ApiError> {
    let input = input.as_object().cloned().expect("an object");
    let request = Request {
        account: "444455556666",
        region: "ap-northeast-2",
        access_key_id: "AKIATEST",
        caller_arn: "arn:aws:iam::444455556666:user/skydeck",
        user_id: "AIDATEST",
        operation,
        input: &input,
        behind: 0,
    };
    CodeCommit.call(world, &request)
}

fn demo() -> World {
    World::demo(SimClock::standing("2026-11-23T05:00:00Z".parse().expect("an instant")), 7)
}

#[test]
fn what_is_listed_can_be_read() {
    let mut world = demo();
    let listed = call(&mut world, "ListRepositories", json!({})).expect("a list");
    let names: Vec<&str> = listed["repositories"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|r| r["repositoryName"].as_str())
        .collect();
    assert_eq!(names, ["inventory-sync", "orders-migrations", "payments-worker"]);
    let read = call(&mut world, "BatchGetRepositories", json!({ "repositoryNames": ["payments-worker", "nobody"] }))
        .expect("a batch");
    assert_eq!(read["repositories"][0]["defaultBranch"], "main");
    assert_eq!(read["repositoriesNotFound"], json!(["nobody"]));
}

#[test]
fn the_head_and_its_parents_are_commits() {
    let mut world = demo();
    let branch = call(&mut world, "GetBranch", json!({ "repositoryName": "payments-worker", "branchName": "main" }))
        .expect("a branch");
    let mut id = branch["branch"]["commitId"].clone();
    for _ in 0..3 {
        let read = call(&mut world, "GetCommit", json!({ "repositoryName": "payments-worker", "commitId": id }))
            .expect("a commit");
        assert!(read["commit"]["author"]["email"].as_str().is_some_and(|e| e.ends_with("@example.com")));
        id = read["commit"]["parents"][0].clone();
    }
    let batch = call(
        &mut world,
        "BatchGetCommits",
        json!({ "repositoryName": "payments-worker", "commitIds": [id, "0123456789012345678901234567890123456789"] }),
    )
    .expect("a batch");
    assert_eq!(batch["commits"].as_array().map(Vec::len), Some(1));
    assert_eq!(batch["errors"][0]["errorCode"], "CommitIdDoesNotExistException");
}

#[test]
fn what_is_not_there_is_refused() {
    let mut world = demo();
    let cases = [
        (
            "GetCommit",
            json!({ "repositoryName": "nobody", "commitId": "0123456789" }),
            "RepositoryDoesNotExistException",
        ),
        (
            "GetCommit",
            json!({ "repositoryName": "payments-worker", "commitId": "not hex" }),
            "InvalidCommitIdException",
        ),
        (
            "GetCommit",
            json!({ "repositoryName": "payments-worker", "commitId": "0123456789" }),
            "CommitIdDoesNotExistException",
        ),
        (
            "GetBranch",
            json!({ "repositoryName": "payments-worker", "branchName": "none" }),
            "BranchDoesNotExistException",
        ),
        (
            "BatchGetCommits",
            json!({ "repositoryName": "payments-worker", "commitIds": [] }),
            "CommitIdsListRequiredException",
        ),
        ("ListRepositories", json!({ "nextToken": "x" }), "InvalidContinuationTokenException"),
    ];
    for (operation, input, code) in cases {
        assert_eq!(call(&mut world, operation, input).expect_err(operation).code, code);
    }
}

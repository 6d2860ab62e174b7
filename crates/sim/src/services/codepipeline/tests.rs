//! CodePipeline's answers and refusals, on the demo world.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::CodePipeline;
use crate::{
    clock::SimClock,
    service::{ApiError, Request, Service},
    world::World,
};

const DEV: &str = "111122223333";
const STG: &str = "444455556666";
const PROD: &str = "777788889999";
const SEOUL: &str = "ap-northeast-2";

fn demo() -> World {
    let start: DateTime<Utc> = "2026-11-23T05:00:00Z".parse().expect("an instant");
    World::demo(SimClock::standing(start), 7)
}

fn call(world: &mut World, account: &str, region: &str, operation: &str, input: Value) -> Result<Value, ApiError> {
    let arn = format!("arn:aws:iam::{account}:user/skydeck");
    let input = input.as_object().cloned().expect("an object");
    let request = Request {
        account,
        region,
        access_key_id: "AKIATEST",
        caller_arn: &arn,
        user_id: "AIDATEST",
        operation,
        input: &input,
        behind: 0,
    };
    CodePipeline.call(world, &request)
}

fn ok(world: &mut World, account: &str, operation: &str, input: Value) -> Value {
    call(world, account, SEOUL, operation, input).unwrap_or_else(|e| panic!("{operation}: {e}"))
}

fn refused(world: &mut World, account: &str, operation: &str, input: Value) -> String {
    match call(world, account, SEOUL, operation, input) {
        Ok(answer) => panic!("{operation} was not refused: {answer}"),
        Err(e) => e.code,
    }
}

fn pass(world: &mut World, minutes: i64) {
    world.clock.advance(TimeDelta::minutes(minutes));
}

fn stage_state(world: &mut World, account: &str, pipeline: &str, stage: &str) -> Value {
    let state = ok(world, account, "GetPipelineState", json!({ "name": pipeline }));
    let stages = state["stageStates"].as_array().expect("stages").clone();
    stages.into_iter().find(|s| s["stageName"] == stage).unwrap_or_else(|| panic!("no stage {stage}"))
}

fn executions(world: &mut World, account: &str, pipeline: &str) -> Vec<Value> {
    let answer = ok(world, account, "ListPipelineExecutions", json!({ "pipelineName": pipeline }));
    answer["pipelineExecutionSummaries"].as_array().expect("executions").clone()
}

fn id(execution: &Value) -> String {
    execution["pipelineExecutionId"].as_str().expect("an id").to_owned()
}

#[test]
fn pages_join_to_the_whole_list() {
    let mut world = demo();
    let whole = ok(&mut world, PROD, "ListPipelines", json!({}))["pipelines"].clone();
    let mut joined = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut input = json!({ "maxResults": 2 });
        if !token.is_null() {
            input["nextToken"] = token;
        }
        let page = ok(&mut world, PROD, "ListPipelines", input);
        joined.extend(page["pipelines"].as_array().expect("pipelines").clone());
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert!(joined.len() > 4);
    assert_eq!(json!(joined), whole);
}

#[test]
fn a_token_of_another_list_is_refused() {
    let mut world = demo();
    let token = ok(&mut world, PROD, "ListPipelines", json!({ "maxResults": 1 }))["nextToken"].clone();
    assert_eq!(refused(&mut world, STG, "ListPipelines", json!({ "nextToken": token })), "InvalidNextTokenException");
    assert_eq!(
        refused(&mut world, PROD, "ListPipelines", json!({ "nextToken": "made-up" })),
        "InvalidNextTokenException"
    );
}

#[test]
fn history_pages_by_a_hundred_and_filters_by_stage() {
    let mut world = demo();
    let first =
        ok(&mut world, DEV, "ListPipelineExecutions", json!({ "pipelineName": "checkout-api", "maxResults": 10 }));
    assert_eq!(first["pipelineExecutionSummaries"].as_array().map(Vec::len), Some(10));
    let good = ok(
        &mut world,
        PROD,
        "ListPipelineExecutions",
        json!({ "pipelineName": "checkout-api", "filter": { "succeededInStage": { "stageName": "Deploy" } } }),
    );
    let good = good["pipelineExecutionSummaries"].as_array().expect("executions");
    assert!(good.len() > 5);
    let failed = id(&executions(&mut world, PROD, "checkout-api")[0]);
    assert!(good.iter().all(|e| id(e) != failed));
}

#[test]
fn the_failed_smoke_test_tells_its_build_and_why() {
    let mut world = demo();
    let deploy = stage_state(&mut world, PROD, "checkout-api", "Deploy");
    let smoke = &deploy["actionStates"][1];
    assert_eq!(smoke["actionName"], "SmokeTest");
    assert_eq!(smoke["latestExecution"]["status"], "Failed");
    assert_eq!(smoke["latestExecution"]["errorDetails"]["code"], "JobFailed");
    let message = smoke["latestExecution"]["errorDetails"]["message"].as_str().expect("a message");
    assert!(message.contains("COMMAND_EXECUTION_ERROR") && message.contains("npm run smoke"), "{message}");
    assert!(
        smoke["latestExecution"]["externalExecutionId"].as_str().is_some_and(|b| b.starts_with("checkout-api-smoke:"))
    );
}

#[test]
fn connections_tell_their_commit_as_json_text() {
    let mut world = demo();
    let summary = executions(&mut world, PROD, "checkout-api")[0]["sourceRevisions"][0]["revisionSummary"].clone();
    let inner: Value = serde_json::from_str(summary.as_str().expect("text")).expect("JSON");
    assert_eq!(inner["ProviderType"], "GitHub");
    assert!(inner["CommitMessage"].as_str().is_some_and(|m| m.starts_with("Apply coupon before tax")));
}

#[test]
fn a_rollback_goes_back() {
    let mut world = demo();
    let good = ok(
        &mut world,
        PROD,
        "ListPipelineExecutions",
        json!({ "pipelineName": "checkout-api", "filter": { "succeededInStage": { "stageName": "Deploy" } } }),
    )["pipelineExecutionSummaries"]
        .as_array()
        .expect("executions")
        .clone();
    let target = good.iter().find(|e| e["executionType"] == "STANDARD").expect("a target");
    let input =
        json!({ "pipelineName": "checkout-api", "stageName": "Deploy", "targetPipelineExecutionId": id(target) });
    let new = ok(&mut world, PROD, "RollbackStage", input.clone());
    assert_eq!(refused(&mut world, PROD, "RollbackStage", input), "ConflictException");
    let deploy = stage_state(&mut world, PROD, "checkout-api", "Deploy");
    assert_eq!(deploy["latestExecution"]["type"], "ROLLBACK");
    assert_eq!(deploy["latestExecution"]["status"], "InProgress");
    pass(&mut world, 5);
    let latest = &executions(&mut world, PROD, "checkout-api")[0];
    assert_eq!(id(latest), new["pipelineExecutionId"]);
    assert_eq!((&latest["status"], &latest["executionType"]), (&json!("Succeeded"), &json!("ROLLBACK")));
    assert_eq!(latest["rollbackMetadata"]["rollbackTargetPipelineExecutionId"], id(target));
    assert_eq!(latest["sourceRevisions"], target["sourceRevisions"]);
}

#[test]
fn what_cannot_be_rolled_back_to_says_why() {
    let mut world = demo();
    let all = executions(&mut world, PROD, "checkout-api");
    let rollback = |world: &mut World, stage: &str, target: &str| {
        let input = json!({ "pipelineName": "checkout-api", "stageName": stage, "targetPipelineExecutionId": target });
        refused(world, PROD, "RollbackStage", input)
    };
    assert_eq!(rollback(&mut world, "Deploy", &id(&all[0])), "UnableToRollbackStageException");
    assert_eq!(rollback(&mut world, "Source", &id(&all[1])), "UnableToRollbackStageException");
    assert_eq!(rollback(&mut world, "Nowhere", &id(&all[1])), "StageNotFoundException");
    let unknown = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
    assert_eq!(rollback(&mut world, "Deploy", unknown), "PipelineExecutionNotFoundException");
    let p = world.find_pipeline(PROD, SEOUL, "checkout-api").expect("a pipeline");
    let pipeline = world.pipeline(p);
    let outdated =
        pipeline.executions.iter().find(|e| e.version != pipeline.version()).expect("an old one").id.to_string();
    assert_eq!(rollback(&mut world, "Deploy", &outdated), "PipelineExecutionOutdatedException");
}

#[test]
fn an_approval_needs_its_token_and_takes_one_answer() {
    let mut world = demo();
    let approve = stage_state(&mut world, PROD, "web-storefront", "Approve");
    let token = approve["actionStates"][0]["latestExecution"]["token"].clone();
    let input = |token: &Value| {
        json!({
            "pipelineName": "web-storefront", "stageName": "Approve", "actionName": "ApproveRelease",
            "result": { "status": "Approved", "summary": "ok" }, "token": token,
        })
    };
    let wrong = json!("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa");
    assert_eq!(refused(&mut world, PROD, "PutApprovalResult", input(&wrong)), "InvalidApprovalTokenException");
    ok(&mut world, PROD, "PutApprovalResult", input(&token));
    assert_eq!(refused(&mut world, PROD, "PutApprovalResult", input(&token)), "ApprovalAlreadyCompletedException");
    pass(&mut world, 15);
    assert_eq!(executions(&mut world, PROD, "web-storefront")[0]["status"], "Succeeded");
}

#[test]
fn an_approval_times_out_after_seven_days() {
    let mut world = demo();
    world.lively = false;
    pass(&mut world, 6 * 24 * 60);
    assert_eq!(stage_state(&mut world, PROD, "web-storefront", "Approve")["latestExecution"]["status"], "InProgress");
    pass(&mut world, 24 * 60);
    let approve = stage_state(&mut world, PROD, "web-storefront", "Approve");
    assert_eq!(approve["latestExecution"]["status"], "Failed");
}

#[test]
fn a_retry_of_what_the_commit_spoils_fails_again() {
    let mut world = demo();
    let failed = id(&executions(&mut world, STG, "payments-worker")[0]);
    let input = json!({ "pipelineName": "payments-worker", "stageName": "Build", "pipelineExecutionId": failed, "retryMode": "FAILED_ACTIONS" });
    let answer = ok(&mut world, STG, "RetryStageExecution", input.clone());
    assert_eq!(answer["pipelineExecutionId"], failed);
    assert_eq!(refused(&mut world, STG, "RetryStageExecution", input), "ConflictException");
    pass(&mut world, 10);
    assert_eq!(executions(&mut world, STG, "payments-worker")[0]["status"], "Failed");
    let runs = ok(
        &mut world,
        STG,
        "ListActionExecutions",
        json!({ "pipelineName": "payments-worker", "filter": { "pipelineExecutionId": failed } }),
    );
    let builds =
        runs["actionExecutionDetails"].as_array().expect("runs").iter().filter(|r| r["actionName"] == "Build").count();
    assert_eq!(builds, 2);
}

#[test]
fn only_the_latest_execution_in_a_stage_is_retried() {
    let mut world = demo();
    let older = id(&executions(&mut world, STG, "payments-worker")[1]);
    let input = json!({ "pipelineName": "payments-worker", "stageName": "Build", "pipelineExecutionId": older, "retryMode": "FAILED_ACTIONS" });
    assert_eq!(refused(&mut world, STG, "RetryStageExecution", input), "NotLatestPipelineExecutionException");
    let good = id(&executions(&mut world, DEV, "payments-worker")[0]);
    let input = json!({ "pipelineName": "payments-worker", "stageName": "Build", "pipelineExecutionId": good, "retryMode": "ALL_ACTIONS" });
    assert_eq!(refused(&mut world, DEV, "RetryStageExecution", input), "StageNotRetryableException");
}

#[test]
fn a_start_takes_variables_and_an_old_commit_and_is_idempotent() {
    let mut world = demo();
    let all = executions(&mut world, DEV, "checkout-api");
    let old = all.iter().rev().find(|e| e["status"] == "Succeeded").expect("a good one")["sourceRevisions"][0].clone();
    let input = json!({
        "name": "checkout-api", "clientRequestToken": "once-and-only-once",
        "variables": [{ "name": "LOG_LEVEL", "value": "debug" }],
        "sourceRevisions": [{ "actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": old["revisionId"] }],
    });
    let first = ok(&mut world, DEV, "StartPipelineExecution", input.clone());
    let again = ok(&mut world, DEV, "StartPipelineExecution", input);
    assert_eq!(first, again);
    pass(&mut world, 1);
    let new = ok(
        &mut world,
        DEV,
        "GetPipelineExecution",
        json!({ "pipelineName": "checkout-api", "pipelineExecutionId": first["pipelineExecutionId"] }),
    );
    let new = &new["pipelineExecution"];
    assert_eq!(new["artifactRevisions"][0]["revisionId"], old["revisionId"]);
    assert_eq!(new["variables"][0], json!({ "name": "LOG_LEVEL", "resolvedValue": "debug" }));
    assert_eq!(new["trigger"]["triggerType"], "StartPipelineExecution");
    let wrong = json!({ "name": "checkout-api", "variables": [{ "name": "NOBODY", "value": "x" }] });
    assert_eq!(refused(&mut world, DEV, "StartPipelineExecution", wrong), "ValidationException");
}

#[test]
fn a_start_with_a_commit_that_is_not_there_fails_in_source() {
    let mut world = demo();
    let input = json!({
        "name": "checkout-api",
        "sourceRevisions": [{ "actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": "0123456789012345678901234567890123456789" }],
    });
    ok(&mut world, DEV, "StartPipelineExecution", input);
    pass(&mut world, 1);
    assert_eq!(executions(&mut world, DEV, "checkout-api")[0]["status"], "Failed");
}

#[test]
fn stopping_waits_for_actions_or_abandons_them() {
    let mut world = demo();
    let stuck = id(&executions(&mut world, STG, "identity-service")[0]);
    let input = |abandon: bool| json!({ "pipelineName": "identity-service", "pipelineExecutionId": stuck, "abandon": abandon, "reason": "stuck" });
    ok(&mut world, STG, "StopPipelineExecution", input(false));
    assert_eq!(executions(&mut world, STG, "identity-service")[0]["status"], "Stopping");
    assert_eq!(refused(&mut world, STG, "StopPipelineExecution", input(false)), "DuplicatedStopRequestException");
    ok(&mut world, STG, "StopPipelineExecution", input(true));
    let stopped = executions(&mut world, STG, "identity-service")[0].clone();
    assert_eq!((&stopped["status"], &stopped["stopTrigger"]["reason"]), (&json!("Stopped"), &json!("stuck")));
    let deploy = stage_state(&mut world, STG, "identity-service", "Deploy");
    assert_eq!(deploy["actionStates"][0]["latestExecution"]["status"], "Abandoned");
    assert_eq!(
        refused(&mut world, STG, "StopPipelineExecution", input(true)),
        "PipelineExecutionNotStoppableException"
    );
}

#[test]
fn a_closed_transition_holds_and_an_opened_one_lets_through() {
    let mut world = demo();
    let deploy = stage_state(&mut world, PROD, "identity-service", "Deploy");
    assert_eq!(deploy["inboundTransitionState"]["enabled"], false);
    let started = ok(
        &mut world,
        DEV,
        "DisableStageTransition",
        json!({ "pipelineName": "checkout-api", "stageName": "Deploy", "transitionType": "Inbound", "reason": "later" }),
    );
    assert_eq!(started, json!({}));
    let new = ok(&mut world, DEV, "StartPipelineExecution", json!({ "name": "checkout-api" }));
    pass(&mut world, 20);
    let deploy = stage_state(&mut world, DEV, "checkout-api", "Deploy");
    assert_eq!(deploy["inboundExecution"]["pipelineExecutionId"], new["pipelineExecutionId"]);
    assert_eq!(deploy["inboundTransitionState"]["disabledReason"], "later");
    ok(
        &mut world,
        DEV,
        "EnableStageTransition",
        json!({ "pipelineName": "checkout-api", "stageName": "Deploy", "transitionType": "Inbound" }),
    );
    pass(&mut world, 20);
    assert!(stage_state(&mut world, DEV, "checkout-api", "Deploy")["inboundExecution"].is_null());
}

#[test]
fn how_often_one_looks_changes_nothing() {
    let mut patient = demo();
    let mut eager = demo();
    let look = |world: &mut World| {
        let mut all = Vec::new();
        for account in [DEV, STG, PROD] {
            for region in [SEOUL, "eu-west-1"] {
                let list = call(world, account, region, "ListPipelines", json!({})).expect("a list");
                for p in list["pipelines"].as_array().expect("pipelines") {
                    all.push(
                        call(world, account, region, "GetPipelineState", json!({ "name": p["name"] }))
                            .expect("a state"),
                    );
                    all.push(
                        call(world, account, region, "ListActionExecutions", json!({ "pipelineName": p["name"] }))
                            .expect("runs"),
                    );
                }
            }
        }
        all
    };
    for step in [1_i64, 7, 400, 61_000, 3, 900_000, 59_999, 1_200_000, 250] {
        eager.clock.advance(TimeDelta::milliseconds(step));
        look(&mut eager);
        patient.clock.advance(TimeDelta::milliseconds(step));
    }
    assert_eq!(look(&mut patient), look(&mut eager));
}

#[test]
fn unknown_pipelines_are_refused_by_name() {
    let mut world = demo();
    for (operation, member) in
        [("GetPipelineState", "name"), ("GetPipeline", "name"), ("ListPipelineExecutions", "pipelineName")]
    {
        let e = call(&mut world, DEV, SEOUL, operation, json!({ member: "nobody" })).expect_err("a refusal");
        assert_eq!(e.code, "PipelineNotFoundException");
        assert!(e.message.contains("Account '111122223333'") && e.message.contains("'nobody'"), "{}", e.message);
    }
}

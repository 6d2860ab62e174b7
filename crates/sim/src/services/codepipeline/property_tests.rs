//! Whatever callers do and however often they look: the world moves the same, and its pipelines stay sound.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::CodePipeline;
use crate::{
    clock::SimClock,
    service::{ApiError, Request, Service},
    world::{
        World,
        pipeline::{Mode, Pipeline, Position, Status},
    },
};

const ACCOUNT: &str = "100000000000";
const REGION: &str = "ap-northeast-2";

/// One thing that a caller does. Numbers pick among what there is.
#[derive(Debug, Clone)]
enum Deed {
    Start { pipeline: usize },
    Stop { pipeline: usize, abandon: bool },
    Retry { pipeline: usize, stage: usize, all: bool },
    Rollback { pipeline: usize, stage: usize, back: usize },
    Answer { pipeline: usize, yes: bool },
    Transition { pipeline: usize, stage: usize, open: bool },
    Wait { seconds: i64 },
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let pipeline = 0..8_usize;
    let stage = 0..4_usize;
    let deed = prop_oneof![
        4 => pipeline.clone().prop_map(|pipeline| Deed::Start { pipeline }),
        1 => (pipeline.clone(), any::<bool>()).prop_map(|(pipeline, abandon)| Deed::Stop { pipeline, abandon }),
        2 => (pipeline.clone(), stage.clone(), any::<bool>()).prop_map(|(pipeline, stage, all)| Deed::Retry { pipeline, stage, all }),
        2 => (pipeline.clone(), stage.clone(), 0..4_usize).prop_map(|(pipeline, stage, back)| Deed::Rollback { pipeline, stage, back }),
        1 => (pipeline.clone(), any::<bool>()).prop_map(|(pipeline, yes)| Deed::Answer { pipeline, yes }),
        2 => (pipeline, stage, any::<bool>()).prop_map(|(pipeline, stage, open)| Deed::Transition { pipeline, stage, open }),
        6 => (0..400_i64).prop_map(|seconds| Deed::Wait { seconds }),
    ];
    proptest::collection::vec(deed, 1..40)
}

fn call(world: &mut World, operation: &str, input: Value) -> Result<Value, ApiError> {
    let input = input.as_object().cloned().expect("an object");
    let request = Request {
        account: ACCOUNT,
        region: REGION,
        access_key_id: "AKIATEST",
        caller_arn: "arn:aws:iam::100000000000:user/skydeck",
        user_id: "AIDATEST",
        operation,
        input: &input,
        behind: 0,
    };
    CodePipeline.call(world, &request)
}

/// A world with all three modes in it.
fn world() -> World {
    let start: DateTime<Utc> = "2026-11-23T05:00:00Z".parse().expect("an instant");
    let mut world = World::scale(SimClock::standing(start), 5, 1, 1, 8);
    world.places[0].pipelines[1].mode = Mode::Parallel;
    world
}

fn name(n: usize) -> String {
    format!("service-{n:04}")
}

fn stage_name(world: &World, pipeline: usize, stage: usize) -> String {
    let stages = &world.places[0].pipelines[pipeline].structure().stages;
    stages[stage % stages.len()].name.clone()
}

/// Does the deed; what AWS would refuse is refused, and that is fine.
fn act(world: &mut World, deed: &Deed) -> Result<Value, ApiError> {
    match *deed {
        Deed::Wait { seconds } => {
            world.clock.advance(TimeDelta::seconds(seconds));
            Ok(Value::Null)
        }
        Deed::Start { pipeline } => call(world, "StartPipelineExecution", json!({ "name": name(pipeline) })),
        Deed::Stop { pipeline, abandon } => {
            world.now();
            let active = world.places[0].pipelines[pipeline].active().next().map(|e| e.id.to_string());
            let id = active.unwrap_or_default();
            call(
                world,
                "StopPipelineExecution",
                json!({ "pipelineName": name(pipeline), "pipelineExecutionId": id, "abandon": abandon }),
            )
        }
        Deed::Retry { pipeline, stage, all } => {
            world.now();
            let here = &world.places[0].pipelines[pipeline];
            let now = &here.stages[stage % here.stages.len()];
            let id = now.latest.map(|n| here.executions[n as usize].id.to_string()).unwrap_or_default();
            let mode = if all { "ALL_ACTIONS" } else { "FAILED_ACTIONS" };
            let stage = stage_name(world, pipeline, stage);
            call(
                world,
                "RetryStageExecution",
                json!({ "pipelineName": name(pipeline), "stageName": stage, "pipelineExecutionId": id, "retryMode": mode }),
            )
        }
        Deed::Rollback { pipeline, stage, back } => {
            world.now();
            let target =
                world.places[0].pipelines[pipeline].executions.iter().rev().nth(back).map(|e| e.id.to_string());
            let stage = stage_name(world, pipeline, stage);
            call(
                world,
                "RollbackStage",
                json!({ "pipelineName": name(pipeline), "stageName": stage, "targetPipelineExecutionId": target.unwrap_or_default() }),
            )
        }
        Deed::Answer { pipeline, yes } => {
            let state = call(world, "GetPipelineState", json!({ "name": name(pipeline) }))?;
            let stages = state["stageStates"].as_array().cloned().unwrap_or_default();
            let waiting = stages.iter().find(|s| !s["actionStates"][0]["latestExecution"]["token"].is_null());
            let Some(stage) = waiting else { return Ok(Value::Null) };
            let result = json!({ "status": if yes { "Approved" } else { "Rejected" }, "summary": "" });
            call(
                world,
                "PutApprovalResult",
                json!({
                    "pipelineName": name(pipeline), "stageName": stage["stageName"],
                    "actionName": stage["actionStates"][0]["actionName"], "result": result,
                    "token": stage["actionStates"][0]["latestExecution"]["token"],
                }),
            )
        }
        Deed::Transition { pipeline, stage, open } => {
            let operation = if open { "EnableStageTransition" } else { "DisableStageTransition" };
            let mut input = json!({ "pipelineName": name(pipeline), "stageName": stage_name(world, pipeline, stage), "transitionType": "Inbound" });
            if !open {
                input["reason"] = "held".into();
            }
            call(world, operation, input)
        }
    }
}

fn look(world: &mut World) -> Vec<Value> {
    let mut all = Vec::new();
    for n in 0..8 {
        all.push(call(world, "GetPipelineState", json!({ "name": name(n) })).expect("a state"));
        all.push(call(world, "ListPipelineExecutions", json!({ "pipelineName": name(n) })).expect("executions"));
        all.push(call(world, "ListActionExecutions", json!({ "pipelineName": name(n) })).expect("runs"));
    }
    all
}

fn sound(p: &Pipeline) {
    for (number, e) in p.executions.iter().enumerate() {
        let number = number as u32;
        let waits: Vec<usize> = (0..p.stages.len()).filter(|s| p.stages[*s].inbound.contains(&number)).collect();
        let holds: Vec<usize> = (0..p.stages.len()).filter(|s| p.stages[*s].holder == Some(number)).collect();
        let runs = e.runs.iter().any(|r| r.status == Status::InProgress);
        match e.position {
            Position::Before(s) => {
                assert_eq!((waits, holds, runs), (vec![usize::from(s)], vec![], false), "{} #{number} waits", p.name)
            }
            Position::In(s) => {
                let holder = if p.mode == Mode::Parallel { vec![] } else { vec![usize::from(s)] };
                assert_eq!((waits, holds, runs), (vec![], holder, true), "{} #{number} is in a stage", p.name);
                assert!(matches!(e.status, Status::InProgress | Status::Stopping), "{} #{number}", p.name);
            }
            Position::Over(_) => {
                assert_eq!((waits, holds, runs), (vec![], vec![], false), "{} #{number} is over", p.name);
                assert!(
                    !matches!(e.status, Status::InProgress | Status::Stopping),
                    "{} #{number}: {:?}",
                    p.name,
                    e.status
                );
            }
        }
        assert!(e.status != Status::Superseded || p.mode == Mode::Superseded, "{} #{number} was superseded", p.name);
        assert!(e.runs.iter().all(|r| r.started >= e.started && r.ends >= r.started), "{} #{number}", p.name);
        assert!(e.revisions.len() <= 1, "{} #{number} has a source's revision twice", p.name);
    }
    for s in &p.stages {
        assert!(p.mode != Mode::Superseded || s.inbound.len() <= 1, "{}: two wait at one door", p.name);
        assert!(s.inbound.is_empty() || !s.open() || s.holder.is_some(), "{}: somebody waits at an open door", p.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_pipelines_stay_sound_and_looking_changes_nothing(deeds in deeds()) {
        let (mut patient, mut eager) = (world(), world());
        for deed in &deeds {
            let done = act(&mut patient, deed);
            if let Deed::Wait { seconds } = deed {
                // The eager one waits as long, and looks on the way.
                eager.clock.advance(TimeDelta::seconds(seconds / 2));
                look(&mut eager);
                eager.clock.advance(TimeDelta::seconds(seconds - seconds / 2));
            } else {
                prop_assert_eq!(done, act(&mut eager, deed));
            }
            eager.now();
            for p in &eager.places[0].pipelines {
                sound(p);
            }
        }
        prop_assert_eq!(look(&mut patient), look(&mut eager));
        for p in &patient.places[0].pipelines {
            sound(p);
        }
    }
}

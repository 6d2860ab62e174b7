//! What moves between the read and the click, and what AWS does to a plan: nothing is done that was not planned on what is
//! there now, and the message says so.

use serde_json::{Value, json};
use skydeck_api::{Code, Host};
use skydeck_domain::Outcome;
use skydeck_sim::Fault;
use skydeck_store::Ledger;

use crate::machine::{Machine, call, refused, rows, sync};

const DEV: &str = "acct-001-dev";
const ACCOUNT: &str = "100000000000";
const REGION: &str = "ap-northeast-2";
const PIPELINE: &str = "codepipeline.pipeline";

async fn well(host: &Host) -> Value {
    let rows = rows(host, PIPELINE, DEV).await;
    rows.into_iter().find(|r| r["health"] == "ok").expect("one is well")
}

fn hold(row: &Value) -> Value {
    json!({"verb": "hold", "id": format!("{}/Deploy", row["arn"].as_str().unwrap()), "reason": "r", "confirm": "yes"})
}

fn mutations(machine: &Machine) -> usize {
    machine.sim.calls().into_iter().filter(|c| c.mutating).count()
}

#[tokio::test]
async fn a_pipeline_deleted_between_read_and_click_is_told_and_goes() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    let row = well(&host).await;
    let name = row["name"].as_str().unwrap();
    machine.sim.with_world(|world| world.delete_pipeline(ACCOUNT, REGION, name)).unwrap();
    // It opens as it was last read.
    let view = call(&host, "pipeline", json!({"id": row["id"]})).await;
    assert_eq!(view["row"]["name"], name);
    for request in ["plan", "act"] {
        let error = refused(&host, request, hold(&row)).await;
        assert_eq!(error.code, Code::NotFound, "{request}: {error}");
        for said in ["PipelineNotFoundException", "GetPipeline", DEV, ACCOUNT, REGION, name, "not in AWS any more"] {
            assert!(error.message.contains(said), "{request}: {said}: {error}");
        }
    }
    assert_eq!(mutations(&machine), 0);
    assert_eq!(call(&host, "ledger", json!({})).await["entries"], json!([]), "nothing was intended");
    assert!(sync(&host).await.all_read());
    assert!(rows(&host, PIPELINE, DEV).await.iter().all(|r| r["name"] != name));
    let error = refused(&host, "pipeline", json!({"id": row["id"]})).await;
    assert_eq!(error.code, Code::NotFound);
    host.close().await;
}

#[tokio::test]
async fn a_plan_in_bad_weather_says_what_to_do_and_calls_nothing() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    let row = well(&host).await;
    for (fault, code, says) in [
        // These are a plan all the same, which says why nothing can be done.
        (Fault::AccessDenied, Code::Refused, "`skydeckctl policy operator` prints the permissions"),
        (Fault::Http503, Code::Refused, "look at the state of AWS"),
        (Fault::Throttle, Code::Unavailable, "Wait a moment and try again."),
        (Fault::Dns, Code::Unavailable, "Check the network"),
        (Fault::ExpiredToken, Code::SignedOut, "Sign in again."),
    ] {
        machine.weather("GetPipelineState", fault.clone());
        let planned = match host.call("plan", hold(&row)).await {
            Ok(plan) => plan["blocked"].as_str().unwrap_or_else(|| panic!("{fault:?}: {plan:#}")).to_owned(),
            Err(error) => {
                assert_eq!(error.code, code, "{fault:?}: {error}");
                for said in [DEV, ACCOUNT, REGION] {
                    assert!(error.message.contains(said), "{fault:?}: {said}: {error}");
                }
                error.message
            }
        };
        for said in [says, "GetPipelineState"] {
            assert!(planned.contains(said), "{fault:?}: {said}: {planned}");
        }
        let error = refused(&host, "act", hold(&row)).await;
        assert_eq!((error.code, error.message), (code, planned), "{fault:?}");
        machine.fair();
        call(&host, "refresh", json!({"ids": []})).await;
    }
    assert_eq!(mutations(&machine), 0);
    let plan = call(&host, "plan", hold(&row)).await;
    assert_eq!(plan["blocked"], Value::Null, "{plan:#}");
    host.close().await;
}

#[tokio::test]
async fn a_call_that_aws_refuses_is_in_the_ledger_with_why() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    let row = well(&host).await;
    machine.weather("DisableStageTransition", Fault::AccessDenied);
    let error = refused(&host, "act", hold(&row)).await;
    assert_eq!(error.code, Code::Refused);
    assert!(error.message.starts_with("AWS did not permit it: ") && error.message.ends_with("Nothing was changed."));
    let entry = call(&host, "ledger", json!({})).await["entries"][0].clone();
    assert_eq!((&entry["outcome"], &entry["message"]), (&json!("refused"), &json!(error.message)));
    assert_eq!(call(&host, "plan", hold(&row)).await["checks"][2]["ok"], false, "the next plan knows");
    host.close().await;
}

#[tokio::test]
async fn an_action_whose_state_moved_since_the_plan_stops() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    let row = well(&host).await;
    let state = call(&host, "plan", hold(&row)).await["state"].clone();
    machine.sim.with_world(|world| world.edit_pipeline(ACCOUNT, REGION, row["name"].as_str().unwrap())).unwrap();
    let mut request = hold(&row);
    request["expect"] = state;
    let error = refused(&host, "act", request).await;
    assert_eq!(error.code, Code::Refused);
    assert!(error.message.contains("moved"), "{error}");
    assert_eq!(mutations(&machine), 0);
    host.close().await;
}

/// The account is asked for once more between intent and call. If somebody judges the action in that time (a process that
/// takes this one for dead), what the ledger says must stay true.
#[tokio::test]
async fn an_action_that_was_judged_before_its_call_is_not_called() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    let row = well(&host).await;
    machine.weather("GetCallerIdentity", Fault::Latency { ms: 1500 });
    let judged = async {
        let ledger = Ledger::open(&machine.home("ledger.db"), machine.sim.clock().now()).await.unwrap();
        let mut record = loop {
            match ledger.open_actions().await.unwrap().pop() {
                Some(record) => break record,
                None => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            }
        };
        record.outcome = Outcome::Failed;
        record.ended_at = Some(machine.sim.clock().now());
        assert!(ledger.update(&record).await.unwrap());
        ledger.close().await.unwrap();
    };
    let (error, ()) = tokio::join!(refused(&host, "act", hold(&row)), judged);
    assert_eq!(error.code, Code::Refused, "{error}");
    assert!(error.message.contains("Nothing was called"), "{error}");
    assert_eq!(mutations(&machine), 0);
    assert_eq!(call(&host, "ledger", json!({})).await["entries"][0]["outcome"], "failed");
    host.close().await;
}

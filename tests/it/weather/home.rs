//! Skydeck's own files: a corrupt cache is made anew and the ledger untouched by it; a ledger from a newer version or one
//! that is no ledger is refused and left byte for byte; a locked file is waited for, and nothing is called that could not
//! be recorded; two instances share one home. (A full disk is met by the program: `crates/cli/tests/it/weather.rs`.)

use std::time::Duration;

use serde_json::json;
use skydeck_api::{Code, Host};
use skydeck_sim::{World, clock::SimClock};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    ground::OPENING,
    machine::{Machine, call, refused, rows, sync},
};

const DEV: &str = "acct-001-dev";
const PIPELINE: &str = "codepipeline.pipeline";

async fn sql(machine: &Machine, file: &str) -> SqliteConnection {
    SqliteConnectOptions::new().filename(machine.home(file)).connect().await.expect("it opens")
}

/// The ARN of a pipeline of dev that stands well, with the stage behind its last transition.
async fn deploy_stage(host: &Host) -> String {
    let rows = rows(host, PIPELINE, DEV).await;
    let ok = rows.iter().find(|r| r["health"] == "ok").unwrap_or_else(|| panic!("none is well: {rows:#?}"));
    format!("{}/Deploy", ok["arn"].as_str().expect("an ARN"))
}

/// Calls that changed something in the world.
fn mutations(machine: &Machine) -> Vec<String> {
    machine.sim.calls().into_iter().filter(|c| c.mutating).map(|c| c.operation).collect()
}

/// A home that was read and acted from, and closed; with what its ledger then holds.
async fn used() -> (Machine, Vec<u8>) {
    let machine = Machine::small(1);
    let host = machine.read().await;
    let stage = deploy_stage(&host).await;
    let hold = json!({"verb": "hold", "id": stage, "reason": "점검", "confirm": "yes"});
    let action = call(&host, "act", hold).await;
    host.wait(action["record"]["action"].as_str().expect("an action")).await.expect("it ends");
    host.close().await;
    let ledger = std::fs::read(machine.home("ledger.db")).expect("a ledger");
    (machine, ledger)
}

#[tokio::test]
async fn a_corrupt_cache_is_made_anew_and_the_ledger_is_untouched() {
    let (machine, ledger) = used().await;
    let whole = std::fs::read(machine.home("cache.db")).unwrap();
    let mut holed = whole.clone();
    holed[8192..16384].fill(0);
    for (how, bytes) in [
        ("garbage", b"no database ".repeat(2000)),
        ("cut short", whole[..whole.len() / 2].to_vec()),
        ("a hole in it", holed),
        ("nothing much", b"no".to_vec()),
    ] {
        machine.write("home/cache.db", bytes);
        let host = machine.open().await;
        assert_eq!(std::fs::read(machine.home("ledger.db")).unwrap(), ledger, "{how}");
        let boot = call(&host, "boot", json!({})).await;
        let notice = boot["notices"][0].as_str().unwrap_or_else(|| panic!("{how} is not told: {boot:#}"));
        assert!(notice.contains("is rebuilt from AWS") && notice.contains("The ledger was not touched"), "{notice}");
        let kept = notice.split("kept as ").nth(1).and_then(|rest| rest.strip_suffix(". The ledger was not touched."));
        assert!(std::path::Path::new(kept.expect("a place")).exists(), "{how}: {notice}");
        let board = call(&host, "board", json!({})).await;
        assert_eq!(board["any_read"], false, "{how}: nothing is claimed before it is read again");
        assert!(sync(&host).await.all_read());
        assert_eq!(rows(&host, PIPELINE, DEV).await.len(), 6, "{how}");
        let entries = call(&host, "ledger", json!({})).await;
        assert_eq!(entries["entries"][0]["reason"], "점검", "{how}");
        host.close().await;
        // Reading again told the ledger nothing that it did not know.
        std::fs::write(machine.home("ledger.db"), &ledger).unwrap();
    }
}

#[tokio::test]
async fn a_ledger_from_a_newer_version_is_refused_and_nothing_in_the_home_changes() {
    let (machine, _) = used().await;
    let mut newer = sql(&machine, "ledger.db").await;
    sqlx::raw_sql("INSERT INTO _sqlx_migrations VALUES (9999, 'later', '2027-01-01', true, x'00', 1)")
        .execute(&mut newer)
        .await
        .unwrap();
    newer.close().await.unwrap();
    let of = |name: &str| std::fs::read(machine.home(name)).unwrap();
    let (ledger, cache) = (of("ledger.db"), of("cache.db"));
    for _ in 0..2 {
        let error = machine.try_open(true).await.expect_err("it is refused");
        assert_eq!((error.code, error.info.as_ref().map(|i| i.code.as_str())), (Code::Local, Some("NewerLedger")));
        let message = &error.message;
        assert!(message.contains("ledger.db was written by a newer Skydeck"), "{message}");
        assert!(message.contains("Update Skydeck, or point SKYDECK_HOME at another folder"), "{message}");
        assert!(of("ledger.db") == ledger && of("cache.db") == cache);
    }
}

#[tokio::test]
async fn what_is_no_ledger_is_refused_and_left_as_it_is() {
    let machine = Machine::small(1);
    for bytes in [b"no database ".repeat(2000), b"no".to_vec()] {
        machine.write("home/ledger.db", &bytes);
        let error = machine.try_open(true).await.expect_err("it is refused");
        assert_eq!(error.code, Code::Local);
        assert!(error.message.contains("left untouched") && error.message.contains("Put back a copy"), "{error}");
        assert_eq!(std::fs::read(machine.home("ledger.db")).unwrap(), bytes);
    }
}

#[tokio::test]
async fn a_cache_that_another_process_holds_is_waited_for() {
    let machine = Machine::small(1);
    let host = machine.open().await;
    let mut other = sql(&machine, "cache.db").await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let letting_go = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(2)).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    });
    assert!(sync(&host).await.all_read());
    letting_go.await.unwrap();
    assert_eq!(rows(&host, PIPELINE, DEV).await.len(), 6);
    host.close().await;
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_done() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    let stage = deploy_stage(&host).await;
    let mut other = sql(&machine, "ledger.db").await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let hold = json!({"verb": "hold", "id": stage, "reason": "점검", "confirm": "yes"});
    let error = refused(&host, "act", hold.clone()).await;
    assert_eq!((error.code, error.info.as_ref().map(|i| i.code.as_str())), (Code::Local, Some("StoreLocked")));
    assert!(error.message.contains("ledger.db is held by another process. Close the other Skydeck"), "{error}");
    assert_eq!(mutations(&machine), Vec::<String>::new());
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    call(&host, "act", hold).await;
    assert_eq!(mutations(&machine), ["DisableStageTransition"]);
    assert_eq!(call(&host, "ledger", json!({})).await["entries"].as_array().unwrap().len(), 1);
    host.close().await;
}

#[tokio::test]
async fn two_instances_of_a_home_share_one_reader_and_act_once() {
    let world = World::scale(SimClock::running(OPENING.parse().unwrap()), 7, 1, 1, 6);
    let machine = Machine::before(world);
    let first = machine.try_open(true).await.unwrap();
    assert_eq!(first.notices(), Vec::<String>::new().as_slice());
    let second = machine.try_open(true).await.unwrap();
    let notice = second.notices().first().expect("it is told");
    assert!(notice.contains("Another Skydeck reads AWS for this home"), "{notice}");
    // The second asks the first to read, and shows what that one read.
    let report = sync(&second).await;
    assert!(report.all_read(), "{report:#?}");
    assert_eq!(rows(&second, PIPELINE, DEV).await.len(), 6);
    let (there, here) =
        (call(&first, "sources", json!({})).await["reads_here"].clone(), call(&second, "sources", json!({})).await);
    assert_eq!((there, &here["reads_here"]), (json!(true), &json!(false)));
    // Both act on the same stage at once: one does, the other is told who was first or that the state moved.
    let stage = deploy_stage(&second).await;
    let hold = json!({"verb": "hold", "id": stage, "reason": "점검", "confirm": "yes"});
    let (one, two) = tokio::join!(first.call("act", hold.clone()), second.call("act", hold));
    assert_eq!(mutations(&machine), ["DisableStageTransition"]);
    let (done, refused): (Vec<_>, Vec<_>) = [one, two].into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 1));
    let error = refused.into_iter().next().unwrap().unwrap_err();
    assert_eq!(error.code, Code::Refused, "{error}");
    // The first ends; the second takes over.
    first.close().await;
    assert!(second.start().await.unwrap(), "the right to read is free");
    second.close().await;
}

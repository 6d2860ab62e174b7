//! What a steady state costs: an hour of 200 pipelines of which none runs, in the calls that are made, against reading
//! every pipeline at the cadence of running ones. The hour passes twelve times as fast, for world, product and budget.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use skydeck_api::{BudgetSettings, SyncFilter};
use skydeck_sim::{SimOptions, World, clock::SimClock};

use crate::Failed;
use crate::figures::Figures;
use crate::ground::{Ground, REST, pass};

const PIPELINES: usize = 200;
const FASTER: u32 = 12;
const STEP: Duration = Duration::from_millis(50);
/// In the world's time: until the pace is steady, and how long it is counted.
const WARM: chrono::TimeDelta = chrono::TimeDelta::minutes(20);
const COUNTED: chrono::TimeDelta = chrono::TimeDelta::minutes(60);
/// Seconds between two looks at a running pipeline that is not on the screen.
const RUNNING_CADENCE: f64 = 8.0;
/// Rows that a window shows at once.
const ON_SCREEN: usize = 20;

pub(crate) async fn measure(figures: &mut Figures) -> Result<(), Failed> {
    let at_running_cadence = PIPELINES as f64 * 60.0 / RUNNING_CADENCE;
    figures.tell("idle", "reading all at the running cadence", at_running_cadence, "calls/min");
    for (on_screen, what) in [(0, "steady idle, nobody looking"), (ON_SCREEN, "steady idle, 20 rows on the screen")] {
        let (per_minute, operations) = hour(on_screen).await?;
        figures.hold("idle", what, per_minute, "calls/min", at_running_cadence / 10.0);
        for (operation, n) in operations {
            figures.tell("idle", format!("… of them {operation}"), n as f64 / 60.0, "calls/min");
        }
    }
    Ok(())
}

async fn hour(on_screen: usize) -> Result<(f64, BTreeMap<String, usize>), Failed> {
    let clock = SimClock::machine();
    clock.freeze();
    let world = World::scale(clock.clone(), 7, 1, 1, PIPELINES);
    clock.advance(REST);
    let ground = Ground::of(world, SimOptions::default()).await?;
    let fast = f64::from(FASTER);
    let usual = BudgetSettings::default();
    let budget = BudgetSettings { rate: usual.rate * fast, burst: usual.burst, ..usual };
    ground.fill().await?;
    let host = ground.host(budget, true).await?;
    host.sync(&SyncFilter::default()).await?;
    let rows = host.call("board", json!({"segment": "all", "text": null, "regions": []})).await?;
    let ids: Vec<_> = rows["groups"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|group| group["rows"].as_array().cloned().unwrap_or_default())
        .filter_map(|row| row["id"].as_str().map(str::to_owned))
        .take(on_screen)
        .collect();
    if ids.len() < on_screen {
        return Err(format!("the board has {} rows", ids.len()).into());
    }
    host.call("watching", json!({ "ids": ids })).await?;
    pass(&clock, WARM, FASTER, STEP).await;
    ground.sim.clear_calls();
    pass(&clock, COUNTED, FASTER, STEP).await;
    let mut operations: BTreeMap<String, usize> = BTreeMap::new();
    for call in ground.sim.calls() {
        *operations.entry(format!("{}:{}", call.service, call.operation)).or_default() += 1;
    }
    host.close().await;
    let all: usize = operations.values().sum();
    Ok((all as f64 / COUNTED.num_minutes() as f64, operations))
}

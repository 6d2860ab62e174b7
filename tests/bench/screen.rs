//! What a person sees, in the real window: how long after a change in AWS its row tells of it, and how long the switch to
//! another profile takes. The changes are made by the AWS CLI, behind the product's back.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::Client;
use fantoccini::key::Key;
use serde_json::{Value, json};
use skydeck_sim::SimOptions;
use skydeck_tests::window::Setup;

use crate::Failed;
use crate::figures::{Figures, median};
use crate::ground::{Ground, answer};

const PIPELINES: usize = 60;
const LATENCY: Duration = Duration::from_millis(40);
/// How often a row on the screen is asked for, at rest and while it runs, in seconds.
const AT_REST: f64 = 12.0;
const RUNNING: f64 = 5.0;
/// What may pass besides: asking, keeping, telling, drawing.
const BESIDES: f64 = 0.25;
const CHANGES: usize = 6;
const SWITCHES: usize = 12;
const PATIENCE: Duration = Duration::from_secs(60);

/// Notes for every row when its health changed on the screen: after the frame that shows it.
const WATCH: &str = "
    globalThis.seen = [];
    const known = new Map();
    const look = () => {
        const now = new Map();
        for (const row of document.querySelectorAll('.board .row')) {
            const name = row.querySelector('.name')?.textContent + ' ' + row.dataset.profile;
            now.set(name, row.dataset.health);
        }
        const at = Date.now();
        for (const [name, health] of now) if (known.get(name) !== health) globalThis.seen.push({ name, health, at });
        for (const name of known.keys()) if (!now.has(name)) globalThis.seen.push({ name, health: 'folded', at });
        known.clear();
        for (const [name, health] of now) known.set(name, health);
    };
    let asked = false;
    new MutationObserver(() => {
        if (asked) return;
        asked = true;
        requestAnimationFrame(() => setTimeout(() => { asked = false; look(); }));
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-health'] });
    look();
";

/// Times from Enter in the switcher to the first frame whose rows are all of one other profile.
const SWITCH: &str = "
    globalThis.switched = [];
    addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' || !document.querySelector('.switcher')) return;
        const before = new Set([...document.querySelectorAll('.board .row')].map((row) => row.dataset.profile));
        const at = performance.now();
        const look = () => {
            const rows = [...document.querySelectorAll('.board .row')];
            const now = new Set(rows.map((row) => row.dataset.profile));
            const there = rows.length > 0 && now.size === 1 && !(before.size === 1 && [...now][0] === [...before][0]);
            if (there) setTimeout(() => globalThis.switched.push(performance.now() - at));
            else if (performance.now() - at < 5000) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, true);
";

pub(crate) async fn measure(figures: &mut Figures) -> Result<(), Failed> {
    let ground = Ground::scale((3, 1, PIPELINES), SimOptions { latency: LATENCY, ..SimOptions::default() }).await?;
    ground.fill().await?;
    let mut setup = Setup::isolated();
    for (name, value) in ground.variables() {
        setup = setup.env(&name, value);
    }
    let window = setup.open().await?;
    window.wait_for(".board .row", PATIENCE).await?;
    // The first reads after a start are spread over some seconds; they are not what is measured.
    tokio::time::sleep(Duration::from_secs(45)).await;
    let (begun, ended) = changes(&ground, &window.page).await?;
    let worst = |delays: &[f64]| delays.iter().copied().fold(0.0, f64::max);
    figures.tell("screen", "an execution starts: on the screen after, median", median(&begun), "s");
    figures.hold("screen", "… at worst (asked every 12 s)", worst(&begun), "s", AT_REST + BESIDES);
    figures.tell("screen", "an execution is stopped: on the screen after, median", median(&ended), "s");
    figures.hold("screen", "… at worst (asked every 5 s)", worst(&ended), "s", RUNNING + BESIDES);
    let switches = switches(&window.page).await?;
    figures.tell("screen", "switch to another profile, median", median(&switches), "ms");
    figures.hold("screen", "… at worst", worst(&switches), "ms", 100.0);
    window.close().await?;
    Ok(())
}

/// Starts executions and stops them, and tells how long each took to be seen, in seconds.
async fn changes(ground: &Ground, page: &Client) -> Result<(Vec<f64>, Vec<f64>), Failed> {
    page.execute(WATCH, Vec::new()).await?;
    let rows = page
        .execute(
            "return [...document.querySelectorAll('.board .row')]
                .filter((row) => row.dataset.health === 'failed' && row.getBoundingClientRect().bottom < innerHeight - 40)
                .map((row) => ({ name: row.querySelector('.name').textContent.trim(), colour: row.dataset.profile,
                    profile: row.querySelector('.c-profile').textContent.trim() }))",
            Vec::new(),
        )
        .await?;
    let rows = rows.as_array().filter(|rows| rows.len() >= CHANGES).ok_or("too few failed rows are in sight")?.clone();
    let (mut begun, mut ended) = (Vec::new(), Vec::new());
    for row in rows.iter().take(CHANGES) {
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let (name, key) = (word("name"), format!("{} {}", word("name"), word("colour")));
        let started = aws(ground, &word("profile"), &["start-pipeline-execution", "--name", &name]).await?;
        let id = started["pipelineExecutionId"].as_str().ok_or("no execution id")?.to_owned();
        begun.push(seen(page, &key, true).await? - called(ground, "StartPipelineExecution")?);
        let stop = ["stop-pipeline-execution", "--pipeline-name", &name, "--pipeline-execution-id", &id, "--abandon"];
        aws(ground, &word("profile"), &stop).await?;
        ended.push(seen(page, &key, false).await? - called(ground, "StopPipelineExecution")?);
    }
    Ok((begun, ended))
}

/// Waits until the row is last seen running (or not), and tells when that was, in seconds since 1970.
async fn seen(page: &Client, row: &str, running: bool) -> Result<f64, Failed> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let last = page
            .execute("return globalThis.seen.filter((s) => s.name === arguments[0]).at(-1) ?? null", vec![json!(row)])
            .await?;
        if !last.is_null() && (last["health"] == "running") == running {
            return Ok(last["at"].as_f64().unwrap_or(f64::NAN) / 1000.0);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("{row} was not seen {}", if running { "running" } else { "at rest" }).into())
}

/// When the last call of that name came in, in seconds since 1970.
fn called(ground: &Ground, operation: &str) -> Result<f64, Failed> {
    let calls = ground.sim.calls();
    let call = calls.iter().rev().find(|call| call.operation == operation).ok_or("the call did not come in")?;
    Ok(call.at.timestamp_millis() as f64 / 1000.0)
}

/// The AWS CLI, which nobody here wrote.
async fn aws(ground: &Ground, profile: &str, words: &[&str]) -> Result<Value, Failed> {
    let venv = std::env::var_os("SKYDECK_VENV").map_or_else(|| PathBuf::from(".venv"), PathBuf::from);
    let mut command = ground.command(&Path::new(&venv).join("bin/aws"));
    command.arg("codepipeline").args(words).args(["--profile", profile, "--output", "json"]);
    tokio::task::spawn_blocking(move || answer(command)).await?
}

/// Switches to and fro, as a person does: Ctrl P, letters, Enter. In milliseconds.
async fn switches(page: &Client) -> Result<Vec<f64>, Failed> {
    page.execute(SWITCH, Vec::new()).await?;
    for n in 0..SWITCHES {
        let body = page.find(fantoccini::Locator::Css("body")).await?;
        body.send_keys(&format!("{}p{}", char::from(Key::Control), char::from(Key::Null))).await?;
        let field = page.wait().for_element(fantoccini::Locator::Css(".switcher input")).await?;
        field.send_keys(["001", "002", "003"][n % 3]).await?;
        field.send_keys(&char::from(Key::Enter).to_string()).await?;
        let until = Instant::now() + PATIENCE;
        while page.execute("return globalThis.switched.length", Vec::new()).await?.as_u64() != Some(n as u64 + 1) {
            if Instant::now() > until {
                return Err(format!("switch {} was not seen", n + 1).into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // The next one finds the window at rest.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let all = page.execute("return globalThis.switched", Vec::new()).await?;
    Ok(all.as_array().into_iter().flatten().filter_map(Value::as_f64).collect())
}

//! What a hand feels in the real window over a hundred thousand resources: how a long list scrolls, how soon a key typed
//! into the filter shows, how soon the palette has found. Measured in the page, from the event of the key to the frame
//! that shows what belongs to it; what the driver takes to send a key does not count.

use std::time::{Duration, Instant};

use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use skydeck_sim::SimOptions;
use skydeck_tests::window::Setup;

use crate::Failed;
use crate::figures::{Figures, median};
use crate::ground::Ground;

/// Places × pipelines; with their executions, builds and projects, about six resources each.
const PLACES: usize = 4;
const PIPELINES: usize = 4_200;
/// Frames that the list is scrolled for, and by how much each, in pixels: a fast wheel.
const FRAMES: usize = 300;
const STEP: usize = 120;
const PATIENCE: Duration = Duration::from_secs(60);
/// A tenth of a second is between two keys of a fast hand.
const BETWEEN_KEYS: Duration = Duration::from_millis(150);

/// Scrolls, frame by frame, and notes the time between two of them. A frame whose lines were not there yet (the next page
/// was still asked for) counts as blank.
const SCROLL: &str = "
    const [frames, step] = arguments;
    const list = document.querySelector('.plainlist .rows');
    const took = [];
    let last = performance.now(), blank = 0;
    globalThis.scrolled = null;
    const frame = () => {
        const now = performance.now();
        took.push(now - last);
        last = now;
        const box = list.getBoundingClientRect();
        const there = document.elementFromPoint(box.left + 300, box.top + box.height / 2)?.closest('[role=row]');
        if (!there) blank += 1;
        if (took.length > frames) globalThis.scrolled = { took: took.slice(1), blank, top: list.scrollTop };
        else { list.scrollTop += step; requestAnimationFrame(frame); }
    };
    requestAnimationFrame(frame);
";

/// Notes how long each letter takes to show: until the lines in sight, or the first `most` of them, have the words of the
/// field in their names. `lines` and `name` say where they stand.
const KEYS: &str = "
    const [field, lines, name, most] = arguments;
    globalThis.typed = [];
    const input = document.querySelector(field);
    input.addEventListener('input', (event) => {
        if (event.inputType !== 'insertText') return;
        const at = performance.now(), words = input.value.toLowerCase();
        const look = () => {
            if (input.value.toLowerCase() !== words) return;
            const texts = [...document.querySelectorAll(lines)].slice(0, most).map((line) => line.querySelector(name)?.textContent.toLowerCase() ?? '');
            if (texts.length > 0 && texts.every((text) => text.includes(words))) {
                setTimeout(() => globalThis.typed.push(performance.now() - at));
            } else if (performance.now() - at < 10000) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
";

pub(crate) async fn measure(figures: &mut Figures) -> Result<(), Failed> {
    let ground = Ground::scale((PLACES, 1, PIPELINES), SimOptions::default()).await?;
    let rows = ground.fill().await?;
    figures.tell("hands", "rows in the cache", rows as f64, "rows");
    let mut setup = Setup::isolated();
    for (name, value) in ground.variables() {
        setup = setup.env(&name, value);
    }
    let window = setup.open().await?;
    window.wait_for(".board .row", PATIENCE).await?;
    let page = &window.page;
    keys(page, "gu").await?;
    window.wait_for(".plainlist .rows [role=row]", PATIENCE).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;

    let scrolled = scroll(page).await?;
    let took: Vec<f64> = scrolled["took"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    figures.tell("hands", "scrolled", scrolled["top"].as_f64().unwrap_or(f64::NAN), "px");
    figures.tell(
        "hands",
        "… frames whose lines were not there yet",
        scrolled["blank"].as_f64().unwrap_or(f64::NAN),
        "frames",
    );
    figures.tell("hands", "… a frame, median", median(&took), "ms");
    figures.hold("hands", "… at worst", worst(&took), "ms", 32.0);

    keys(page, "/").await?;
    let filtered = typed(page, (".plainlist .filter input", ".plainlist .rows [data-line]", ".name", 1000)).await?;
    figures.tell("hands", "a key in a list's filter: shown after, median", median(&filtered), "ms");
    figures.hold("hands", "… at worst", worst(&filtered), "ms", 50.0);

    keys(page, &format!("{0}{0}", char::from(Key::Escape))).await?;
    keys(page, &format!("{}k{}", char::from(Key::Control), char::from(Key::Null))).await?;
    // What it finds is ranked, and the letters need not stand together: the first is what counts.
    let found = typed(page, (".finder input", "#palette-list [role=option][data-profile]", ".med", 1)).await?;
    figures.tell("hands", "a key in the palette: found after, median", median(&found), "ms");
    figures.hold("hands", "… at worst", worst(&found), "ms", 50.0);
    window.close().await?;
    Ok(())
}

fn worst(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::max)
}

async fn keys(page: &Client, text: &str) -> Result<(), Failed> {
    page.find(Locator::Css("body")).await?.send_keys(text).await?;
    Ok(())
}

async fn scroll(page: &Client) -> Result<Value, Failed> {
    page.execute(SCROLL, vec![json!(FRAMES), json!(STEP)]).await?;
    until(page, "return globalThis.scrolled", |told| !told.is_null()).await
}

/// Types names of services letter by letter, and tells how long each letter took.
async fn typed(page: &Client, (field, lines, name, most): (&str, &str, &str, usize)) -> Result<Vec<f64>, Failed> {
    let input = page.wait().for_element(Locator::Css(field)).await?;
    page.execute(KEYS, vec![json!(field), json!(lines), json!(name), json!(most)]).await?;
    let mut letters = 0;
    for word in ["service-1234", "service-0777"] {
        for letter in word.chars() {
            input.send_keys(&letter.to_string()).await?;
            letters += 1;
            until(page, "return globalThis.typed.length", |n| n.as_u64() == Some(letters)).await?;
            tokio::time::sleep(BETWEEN_KEYS).await;
        }
        for _ in word.chars() {
            input.send_keys(&char::from(Key::Backspace).to_string()).await?;
        }
        tokio::time::sleep(BETWEEN_KEYS).await;
    }
    let all = page.execute("return globalThis.typed", Vec::new()).await?;
    Ok(all.as_array().into_iter().flatten().filter_map(Value::as_f64).collect())
}

/// Asks the page until it says what is wanted.
async fn until(page: &Client, script: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value, Failed> {
    let late = Instant::now() + PATIENCE;
    loop {
        let told = page.execute(script, Vec::new()).await?;
        if wanted(&told) {
            return Ok(told);
        }
        if Instant::now() > late {
            return Err(format!("`{script}` went on saying {told}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

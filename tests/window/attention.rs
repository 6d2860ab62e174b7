//! What the desktop is told, on a desktop: notifications of what turned, which open it; the tray with what is wrong, which
//! keeps the program when its window is closed.

use std::time::Duration;

use chrono::TimeDelta;
use skydeck_tests::window::{Desktop, Window};

use super::{PATIENCE, find, ground::Ground, press, reads, text};

/// A window on a desktop, over a world that has just gone on by a quarter of an hour.
async fn open(desktop: &Desktop, ground: &Ground) -> Window {
    let window = ground.setup().desktop(desktop).open().await.expect("the window opens");
    window.wait_for(".board .group[data-health=ok]", PATIENCE).await.expect("rows are shown");
    window
}

async fn becomes(window: &Window, shown: bool) {
    let until = std::time::Instant::now() + PATIENCE;
    while window.is_shown().expect("asked") != shown {
        assert!(
            std::time::Instant::now() < until,
            "the window is never {}\n{}",
            if shown { "shown" } else { "gone" },
            window.said()
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn what_turns_is_told_on_the_desktop_and_a_click_opens_it() {
    let desktop = Desktop::start().await.expect("a desktop");
    let ground = Ground::behind(TimeDelta::minutes(30)).await;
    let window = open(&desktop, &ground).await;
    assert_eq!(desktop.noted(), []);

    // Half an hour goes by at once: more than a few turn, and are told together, or each by itself.
    ground.sim.clock().advance(TimeDelta::minutes(30));
    let noted = desktop.notified("", PATIENCE * 2).await.unwrap_or_else(|| panic!("nothing is told"));
    assert!(!noted.body.is_empty() && noted.actions.first().map(String::as_str) == Some("default"), "{noted:?}");

    let told = desktop.noted();
    let one = told.iter().find(|n| n.title.contains(": ")).unwrap_or(&noted);
    // No person clicks before the program listens for it.
    tokio::time::sleep(Duration::from_secs(1)).await;
    desktop.click(one).await.expect("it is clicked");
    match one.title.split_once(": ") {
        Some((_, name)) => {
            find(&window, ".detail").await;
            reads(&window, name).await;
        }
        None => drop(find(&window, ".board").await),
    }
    window.close().await.expect("closes");
}

#[tokio::test]
async fn the_tray_shows_what_is_wrong_and_keeps_the_program() {
    let desktop = Desktop::start().await.expect("a desktop");
    let ground = Ground::new().await;
    let window = open(&desktop, &ground).await;
    let tray = desktop.tray(PATIENCE).await.expect("a tray");

    // As the board has it, once all of it is read.
    let failed = "const n = document.querySelector('.group[data-health=failed] .n, .group[data-health=failed] .count'); return n ? n.textContent : ''";
    let until = std::time::Instant::now() + PATIENCE;
    loop {
        let n = window.page.execute(failed, Vec::new()).await.expect("asked");
        let n = n.as_str().unwrap_or_default().trim().to_owned();
        let tip = tray.tool_tip().await.expect("a tool tip");
        if !n.is_empty() && tip.starts_with(&format!("Skydeck: {n} failed")) {
            break;
        }
        assert!(std::time::Instant::now() < until, "`{n}` failed on the board, in the tray: {tip}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(tray.status().await.expect("a status"), "NeedsAttention");
    let lines = tray.lines().await.expect("a menu");
    let (line, label) = lines.iter().find(|(_, label)| label.contains(" · shop-")).expect("what is wrong");
    let name = label.split(" · ").next().expect("a name").to_owned();
    tray.choose(*line).await.expect("it is chosen");
    find(&window, ".detail").await;
    reads(&window, &name).await;

    // Closed, the window is gone and the program is not, once the user wants it so. The shell hears of that a moment after.
    press(&window, "gs").await;
    let label = "Stay in the tray";
    let on = find(&window, &format!("[role=group][aria-label='{label}'] button:first-child")).await;
    on.click().await.expect("it is chosen");
    find(&window, &format!("[role=group][aria-label='{label}'] button:first-child[aria-pressed=true]")).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    window.ask_to_close().expect("it is asked");
    becomes(&window, false).await;
    tray.activate().await.expect("clicked");
    becomes(&window, true).await;
    assert!(text(&window).await.contains(&name));
}

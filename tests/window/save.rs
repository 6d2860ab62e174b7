//! Saving a file: the page suggests a name, a person says where in the system's dialog, and there it is, byte for byte. The
//! dialog is GTK's (`rfd`), which asks the desktop's portal where it is told to; so does this test, whose desktop answers.

use std::path::Path;

use fantoccini::key::Key;
use serde_json::{Value, json};
use skydeck_tests::window::{Chooser, Desktop, Setup, Window};

use super::{PATIENCE, find, press, shell::script};

async fn open(desktop: &Desktop) -> Window {
    let setup = Setup::isolated().arg("--demo").desktop(desktop).env("GTK_USE_PORTAL", "1");
    let window = setup.open().await.expect("the window opens");
    window.wait_for(".group[data-health=ok]", PATIENCE).await.expect("rows are shown");
    window
}

/// Begins to save; `saved` tells how that ended.
async fn save(window: &Window, name: &str, text: &str) {
    let body = format!(
        "globalThis.ended = null;
         invoke('save_file', {{ name: {}, text: {} }}).then((path) => (globalThis.ended = [path]), (error) => (globalThis.ended = error));
         return true",
        json!(name),
        json!(text)
    );
    script(window, &body).await;
}

async fn saved(window: &Window) -> Value {
    let body = "for (let i = 0; i < 200 && globalThis.ended === null; i += 1) await new Promise((done) => setTimeout(done, 50));
         return globalThis.ended";
    script(window, body).await
}

#[tokio::test]
async fn a_file_is_written_where_the_person_says_byte_for_byte_and_nowhere_else() {
    let desktop = Desktop::start().await.expect("a desktop");
    let chooser = Chooser::on(&desktop).await.expect("a dialog");
    let window = open(&desktop).await;
    let text = "이름,상태\r\n\"a\"\"b\",\u{1f680}\r\n";
    let there = window.folder().join("목록 1.csv");

    save(&window, "skydeck-board.csv", text).await;
    let asked = chooser.asked(PATIENCE).await.expect("a dialog is asked for");
    assert_eq!(asked.name, "skydeck-board.csv");
    // One dialog at a time, whatever the page asks for meanwhile.
    let second = script(&window, "return await invoke('save_file', { name: 'other.csv', text: 'x' })").await;
    assert!(second["thrown"].as_str().is_some_and(|why| why.contains("another file is being saved")), "{second}");
    desktop.answer(&asked, Some(&there)).await.expect("it is answered");
    assert_eq!(saved(&window).await, json!([there.display().to_string()]), "{}", window.said());
    assert_eq!(std::fs::read(&there).expect("it is there"), text.as_bytes());

    // Who thinks better of it has nothing written, and the next dialog comes.
    save(&window, "skydeck-board.csv", "not this").await;
    let asked = chooser.asked(PATIENCE).await.expect("a dialog is asked for");
    desktop.answer(&asked, None).await.expect("it is answered");
    assert_eq!(saved(&window).await, json!([null]));
    assert_eq!(std::fs::read(&there).expect("it is there"), text.as_bytes());

    // A place where nothing can be written is said.
    save(&window, "skydeck-board.csv", text).await;
    let asked = chooser.asked(PATIENCE).await.expect("a dialog is asked for");
    desktop.answer(&asked, Some(&window.folder().join("none/x.csv"))).await.expect("it is answered");
    let refused = saved(&window).await;
    assert!(refused["message"].as_str().is_some_and(|why| why.contains("none/x.csv")), "{refused}");
    window.close().await.expect("closes");
}

/// The rows of a CSV of which no cell has a line end.
fn rows(path: &Path) -> Vec<String> {
    let text = String::from_utf8(std::fs::read(path).expect("it is there")).expect("UTF-8");
    assert!(text.ends_with("\r\n"));
    text.trim_end_matches("\r\n").split("\r\n").map(str::to_owned).collect()
}

#[tokio::test]
async fn the_board_is_saved_with_every_row_of_its_open_groups() {
    let desktop = Desktop::start().await.expect("a desktop");
    let chooser = Chooser::on(&desktop).await.expect("a dialog");
    let window = open(&desktop).await;
    press(&window, &format!("{}k{}", char::from(Key::Control), char::from(Key::Null))).await;
    find(&window, ".finder input").await.send_keys("csv").await.expect("it is typed");
    find(&window, ".finder [role=option]").await;
    let choose = "const all = [...document.querySelectorAll('.finder [role=option]')];
         const save = all.find((option) => option.textContent.includes('as a CSV file'));
         save?.click();
         return save !== undefined || all.map((option) => option.textContent)";
    assert_eq!(script(&window, choose).await, true, "it is offered");
    let asked = chooser.asked(PATIENCE).await.expect("a dialog is asked for");
    assert!(asked.name.starts_with("skydeck-board-") && asked.name.ends_with("Z.csv"), "{}", asked.name);
    let there = window.folder().join("board.csv");
    desktop.answer(&asked, Some(&there)).await.expect("it is answered");
    window.wait_for(".toast", PATIENCE).await.expect("it is said");
    let counted = script(
        &window,
        "const board = await invoke('call', { name: 'board', params: { folded: ['ok'] } });
         return board.groups.filter((g) => g.key !== 'ok').reduce((n, g) => n + g.count.n, 0)",
    )
    .await;
    let rows = rows(&there);
    assert!(rows[0].starts_with("Pipeline,Health,Profile,"), "{}", rows[0]);
    assert_eq!(json!(rows.len() - 1), counted);
    window.close().await.expect("closes");
}

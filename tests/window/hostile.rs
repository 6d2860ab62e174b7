//! Hostile text in the real window: everything AWS says means harm (world `hostile`, whose texts are tests/hostile.json), and
//! all of it is shown as text. (What each call answers: tests/it/weather/hostile.rs; every screen with it:
//! ui/scripts/a11y.mjs; a terminal: crates/cli/tests/it/weather.rs; the desktop: src-tauri/src/attention.)

use chrono::TimeDelta;
use serde_json::{Value, json};
use skydeck_sim::World;
use skydeck_tests::window::Window;

use super::{PATIENCE, ground::Ground, press, shell::script};

/// What became of text in the page that is open; nothing, if it stayed text.
async fn became(window: &Window) -> Value {
    script(
        window,
        "const made = [...document.querySelectorAll('img, iframe, object, embed, base, form[action], style, meta[http-equiv], script:not([src])')];
         const handlers = [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => a.name.startsWith('on')));
         const links = [...document.querySelectorAll('[href]')].filter((e) => e.localName !== 'link' && !/^(https:|#)/.test(e.getAttribute('href')));
         return [...made, ...handlers, ...links].map((e) => e.outerHTML.slice(0, 200))
             .concat(document.title === 'Skydeck' ? [] : ['title ' + document.title])
             .concat(location.href.startsWith('tauri://localhost') ? [] : ['at ' + location.href])
             .concat(document.documentElement.scrollWidth > innerWidth ? ['wider than the window'] : []);",
    )
    .await
}

#[tokio::test]
async fn hostile_text_is_shown_as_text_in_every_view() {
    let ground = Ground::of(TimeDelta::zero(), World::hostile).await;
    let window = ground.setup().open().await.expect("the window opens");
    // Whoever looks for the first time says which profiles are shown.
    window.wait_for(".board, .btn.primary", PATIENCE).await.expect("it is painted");
    script(&window, "if (!document.querySelector('.board')) document.querySelector('.btn.primary').click()").await;
    window.wait_for(".board .row .name", PATIENCE).await.expect("rows are shown");
    let views = script(&window, "return document.querySelectorAll('.rail .nav').length").await;
    let views = views.as_u64().expect("a number");
    assert!(views >= 6, "{views} views");
    let mut shown = String::new();
    for view in 0..views {
        let go = format!("document.querySelectorAll('.rail .nav')[{view}].click(); return true");
        assert_eq!(script(&window, &go).await, true);
        window.wait_for(".main h1", PATIENCE).await.expect("the view is there");
        for row in 0..4 {
            // What is beside a row comes a moment after; a view without rows has none.
            let open = format!(
                "const row = document.querySelectorAll('.main .row:not(.thead)')[{row}];
                 row?.click(); await new Promise((r) => setTimeout(r, 500)); return Boolean(row)"
            );
            let more = script(&window, &open).await;
            assert_eq!(became(&window).await, json!([]), "view {view}, row {row}");
            shown += &super::text(&window).await;
            press(&window, "\u{e00c}").await;
            if more != true {
                break;
            }
        }
    }
    // Or it would prove nothing.
    for text in ["<img src=x onerror=", "<script>", "<svg onload=alert(1)>", "javascript:alert"] {
        assert!(shown.contains(text), "`{text}` was nowhere to be seen");
    }
    window.close().await.expect("closes");
}

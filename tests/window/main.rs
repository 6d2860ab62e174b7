//! The journeys in the real window, on the demo world: what a person does with mouse and keyboard, and what must then be
//! there to read. Each leaves screenshots in tests/out/window; with `SKYDECK_PICTURES=1` those that the README shows are renewed.
//!
//! Needs what `cargo xtask test` installs and builds (WebKitWebDriver, Xvfb, the program); without it they fail and say so.

mod attention;
mod away;
mod ground;
mod hostile;
mod links;
mod save;
mod shell;
mod ways_out;
mod welcome;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use fantoccini::{Locator, elements::Element, key::Key};
use skydeck_tests::window::{Setup, Window};

/// A loaded machine draws slowly; nothing here is a measurement.
const PATIENCE: Duration = Duration::from_secs(60);

async fn demo() -> Window {
    let window = Setup::isolated().arg("--demo").open().await.expect("the window opens");
    // Every pipeline was looked at once: the failed ones are told from the quiet ones.
    window.wait_for(".group[data-health=failed]", PATIENCE).await.expect("failed pipelines are shown");
    window.wait_for(".group[data-health=ok]", PATIENCE).await.expect("quiet pipelines are shown");
    window
}

async fn picture(window: &Window, name: &str) {
    // A row that changes its group is on its way for a moment, and painted in its new place a moment after.
    let still = "return document.getAnimations().every((a) => a.playState !== 'running')";
    let until = Instant::now() + PATIENCE;
    let mut rests = 0;
    while rests < 3 {
        rests = if window.page.execute(still, Vec::new()).await.expect("asked") == true { rests + 1 } else { 0 };
        assert!(Instant::now() < until, "the page never came to rest");
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("out/window").join(format!("{name}.png"));
    window.screenshot(&path).await.expect("a screenshot");
    assert!(path.exists());
    let shown = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/img").join(format!("{name}.png"));
    if std::env::var_os("SKYDECK_PICTURES").is_some() && shown.exists() {
        std::fs::copy(&path, shown).expect("the picture is renewed");
    }
}

async fn find(window: &Window, css: &str) -> Element {
    window.wait_for(css, PATIENCE).await.expect("it appears");
    window.page.find(Locator::Css(css)).await.expect("it is there")
}

/// What the page holds as text. The driver's own idea of visible text leaves out what stands in a scrolled list.
async fn text(window: &Window) -> String {
    let text = window.page.execute("return document.body.textContent", Vec::new()).await.expect("the page has text");
    text.as_str().expect("a text").to_owned()
}

/// Waits until the text of the page holds this.
async fn reads(window: &Window, text: &str) {
    let until = Instant::now() + PATIENCE;
    loop {
        let page = self::text(window).await;
        if page.contains(text) {
            return;
        }
        assert!(Instant::now() < until, "`{text}` did not appear in:\n{page}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Clicks the first element with this class whose text holds `text`.
async fn click(window: &Window, class: &str, text: &str) {
    let until = Instant::now() + PATIENCE;
    let path = format!("//*[contains(concat(' ', @class, ' '), ' {class} ')][contains(., '{text}')]");
    loop {
        let clicked = match window.page.find(Locator::XPath(&path)).await {
            Ok(element) => element.click().await,
            Err(error) => Err(error),
        };
        match clicked {
            Ok(()) => return,
            // It may be drawn anew between finding and clicking.
            Err(error) => assert!(Instant::now() < until, "no `{class}` with `{text}` could be clicked: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn press(window: &Window, keys: &str) {
    find(window, "body").await.send_keys(keys).await.expect("keys");
}

#[tokio::test]
async fn morning_problems_first_whatever_the_account_each_with_its_age() {
    let window = demo().await;
    let groups = window.page.find_all(Locator::Css(".group")).await.expect("groups");
    assert_eq!(groups[0].attr("data-health").await.expect("asked").as_deref(), Some("failed"));
    for row in window.page.find_all(Locator::Css(".board .row")).await.expect("rows").iter().take(5) {
        let age = row.find(Locator::Css(".age time")).await.expect("an age");
        assert!(age.attr("datetime").await.expect("asked").is_some_and(|at| at.starts_with("20")), "an instant");
    }
    let text = text(&window).await;
    for profile in ["shop-dev", "shop-stg", "shop-prod"] {
        assert!(text.contains(profile), "{profile} is in sight");
    }
    picture(&window, "board").await;
    window.close().await.expect("closes");
}

#[tokio::test]
async fn red_pipeline_tells_its_first_cause_with_the_log_that_shows_it() {
    let window = demo().await;
    click(&window, "name", "checkout-api").await;
    find(&window, "aside.detail .cause").await;
    reads(&window, "SmokeTest").await;
    find(&window, "aside.detail .log .hit").await;
    reads(&window, "answered 500").await;
    find(&window, "aside.detail .graph").await;
    picture(&window, "first-cause").await;
    window.close().await.expect("closes");
}

#[tokio::test]
async fn prod_rollback_wants_a_target_a_reason_and_the_profile_typed_and_is_followed() {
    let window = demo().await;
    click(&window, "name", "checkout-api").await;
    click(&window, "btn", "Roll back").await;
    let go = ".drawer .dfoot .btn.danger";
    find(&window, ".drawer .trow[role=radio]").await;
    let button = find(&window, go).await;
    assert!(!button.is_enabled().await.expect("asked"), "nothing is preselected, so nothing can be done yet");
    let checked = window.page.find_all(Locator::Css(".drawer [role=radio][aria-checked=true]")).await.expect("a list");
    assert!(checked.is_empty(), "nothing is preselected");
    reads(&window, "Not undone by this").await;
    find(&window, ".drawer .trow[role=radio]:not(.off)").await.click().await.expect("a target");
    reads(&window, "aws codepipeline rollback-stage").await;
    find(&window, "#action-reason").await.send_keys("Coupon call answers 500").await.expect("typed");
    assert!(!find(&window, go).await.is_enabled().await.expect("asked"), "the profile's name is wanted");
    find(&window, "#action-confirm").await.send_keys("shop-prod").await.expect("typed");
    picture(&window, "rollback").await;
    let until = Instant::now() + PATIENCE;
    while !find(&window, go).await.is_enabled().await.expect("asked") {
        assert!(Instant::now() < until, "the button did not become ready");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    find(&window, go).await.click().await.expect("acts");
    reads(&window, "Closing this drawer does not cancel the action.").await;
    find(&window, ".drawer .steps li.done").await;
    picture(&window, "rollback-follow").await;
    press(&window, &char::from(Key::Escape).to_string()).await;
    press(&window, "gl").await;
    reads(&window, "Coupon call answers 500").await;
    picture(&window, "ledger").await;
    window.close().await.expect("closes");
}

#[tokio::test]
async fn switch_is_three_letters_and_enter() {
    let window = demo().await;
    press(&window, &format!("{}p{}", char::from(Key::Control), char::from(Key::Null))).await;
    let field = find(&window, ".switcher input").await;
    field.send_keys("stg").await.expect("typed");
    reads(&window, "shop-stg").await;
    picture(&window, "switcher").await;
    find(&window, ".switcher input").await.send_keys(&char::from(Key::Enter).to_string()).await.expect("enter");
    let until = Instant::now() + PATIENCE;
    loop {
        let mut others = 0;
        let rows = window.page.find_all(Locator::Css(".board .row")).await.expect("rows");
        for row in &rows {
            let colour = row.attr("data-profile").await.ok().flatten();
            others += usize::from(colour.is_some_and(|c| c != "violet"));
        }
        if !rows.is_empty() && others == 0 {
            break;
        }
        assert!(Instant::now() < until, "{others} rows of other profiles are still shown");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    window.close().await.expect("closes");
}

#[tokio::test]
async fn anything_is_found_by_a_few_letters_and_opened_by_enter() {
    let window = demo().await;
    press(&window, &format!("{}k{}", char::from(Key::Control), char::from(Key::Null))).await;
    find(&window, ".finder input").await.send_keys("payments-w").await.expect("typed");
    find(&window, ".finder [role=option] .h").await;
    picture(&window, "palette").await;
    find(&window, ".finder input").await.send_keys(&char::from(Key::Enter).to_string()).await.expect("enter");
    find(&window, "aside.detail .graph").await;
    let title = find(&window, "aside.detail h2").await.attr("title").await.expect("asked");
    assert_eq!(title.as_deref(), Some("payments-worker"));
    // What was opened lately stands first, before anything is typed.
    press(&window, &format!("{}k{}", char::from(Key::Control), char::from(Key::Null))).await;
    let first = find(&window, ".finder [role=option] .med").await.attr("title").await.expect("asked");
    assert_eq!(first.as_deref(), Some("payments-worker"));
    window.close().await.expect("closes");
}

#[tokio::test]
async fn approvals_of_every_account_are_one_inbox() {
    let window = demo().await;
    press(&window, "ga").await;
    find(&window, ".approval").await;
    reads(&window, "web-storefront").await;
    reads(&window, "orders-migrations").await;
    picture(&window, "approvals").await;
    click(&window, "btn", "Approve").await;
    find(&window, ".drawer #action-reason").await;
    window.close().await.expect("closes");
}

/// The pictures of the README are these.
#[test]
fn the_readme_shows_pictures_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("a README");
    let pictures: Vec<&str> = readme.split("](docs/img/").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(!pictures.is_empty(), "the README shows no picture");
    for picture in pictures {
        assert!(root.join("docs/img").join(picture).exists(), "docs/img/{picture} is missing");
    }
}

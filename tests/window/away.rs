//! What is shown when AWS cannot be read: on a train, and with a sign-in that has ended. Rows stay, each with its age;
//! what ran is not known; actions are off and say why; and reading resumes by itself.

use fantoccini::{Locator, key::Key};
use skydeck_tests::window::Window;

use super::{PATIENCE, find, ground::Ground, picture, press, reads, text};

/// Waits until as many things as wanted match the selector.
async fn number(window: &Window, css: &str, wanted: impl Fn(usize) -> bool) -> usize {
    let until = std::time::Instant::now() + PATIENCE * 2;
    loop {
        let n = window.page.find_all(Locator::Css(css)).await.expect("a list").len();
        if wanted(n) {
            return n;
        }
        assert!(std::time::Instant::now() < until, "{n} match `{css}`:\n{}", text(window).await);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// Names of the rows on the board.
async fn names(window: &Window) -> Vec<String> {
    let script = "return [...document.querySelectorAll('.board .row')].map((r) => r.dataset.profile + ' ' + r.querySelector('.name').textContent).sort()";
    let names = window.page.execute(script, Vec::new()).await.expect("names");
    serde_json::from_value(names).expect("texts")
}

/// Everything of the shown profiles was read, whole.
async fn all_read(window: &Window) {
    let read =
        "return [...document.querySelectorAll('.meter b')].some((b) => /^(\\d+) of \\1 read$/.test(b.textContent))";
    let until = std::time::Instant::now() + PATIENCE * 2;
    while window.page.execute(read, Vec::new()).await.expect("asked") != true {
        assert!(std::time::Instant::now() < until, "not all was read:\n{}", text(window).await);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

/// Unfolds the quiet ones, if they are folded, so that all rows are on the screen.
async fn unfold(window: &Window) {
    let group = find(window, ".group[data-health=ok]").await;
    if group.attr("aria-expanded").await.expect("asked").as_deref() == Some("false") {
        // By its element and not by a place on the glass: what runs moves, and a row may stand there by now.
        let click = "document.querySelector('.group[data-health=ok] .fold').click()";
        window.page.execute(click, Vec::new()).await.expect("unfolds");
    }
    // Its rows are asked for when it is unfolded.
    find(window, ".group[data-health=ok][aria-expanded=true]").await;
    find(window, ".board .row[data-health=ok]").await;
    // A list makes what is in sight first, and the rest half a second later.
    let whole = "return document.querySelectorAll('.board [data-line]').length === document.querySelector('.board .grid').ariaRowCount - 1";
    let until = std::time::Instant::now() + PATIENCE;
    while window.page.execute(whole, Vec::new()).await.expect("asked") != true {
        assert!(std::time::Instant::now() < until, "not every line is there:\n{}", text(window).await);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// The verbs that stand as buttons: none can be used, and each says this.
async fn verbs_are_off(window: &Window, because: &str) {
    find(window, "aside.detail .actions .btn").await;
    let buttons = window.page.find_all(Locator::Css("aside.detail .actions .btn[title]")).await.expect("verbs");
    assert!(!buttons.is_empty(), "there are verbs");
    for button in buttons {
        assert_eq!(button.attr("aria-disabled").await.expect("asked").as_deref(), Some("true"));
        let why = button.attr("title").await.expect("asked").unwrap_or_default();
        assert!(why.contains(because), "`{why}` does not say `{because}`");
        button.click().await.expect("a click that does nothing");
    }
    number(window, ".drawer", |n| n == 0).await;
}

#[tokio::test]
async fn expired_sign_in_keeps_the_rows_and_a_renewal_elsewhere_is_picked_up() {
    let ground = Ground::new().await;
    let window = ground.open().await;
    all_read(&window).await;
    unfold(&window).await;
    // Something runs in an account of the session, and is seen to.
    find(&window, ".board .row[data-health=running]:is([data-profile=teal], [data-profile=violet])").await;
    let before = names(&window).await;

    ground.expire();
    number(&window, ".scope.is-bad", |n| n == 2).await;
    reads(&window, "expired 8 min ago").await;
    reads(&window, "SSO session example-sso expired 8 min ago.").await;
    reads(&window, "actions there are off").await;
    reads(&window, "Was running, outcome not known").await;
    number(&window, ".board .row.is-stale[data-profile=teal]", |n| n > 0).await;
    number(&window, ".board .row.is-stale[data-profile=violet]", |n| n > 0).await;
    number(&window, ".board .row[data-health=running]:is([data-profile=teal], [data-profile=violet])", |n| n == 0)
        .await;
    let stale = window.page.find_all(Locator::Css(".board .row.is-stale[data-profile=rose]")).await.expect("rows");
    assert!(stale.is_empty(), "the account of another sign-in is read on");
    assert_eq!(names(&window).await, before, "no row was lost");
    picture(&window, "signed-out").await;
    find(&window, ".board .row.is-stale[data-profile=violet]").await.click().await.expect("opens");
    verbs_are_off(&window, "signed out").await;
    picture(&window, "signed-out-detail").await;
    press(&window, &char::from(Key::Escape).to_string()).await;

    ground.sign_in();
    number(&window, ".scope.is-bad", |n| n == 0).await;
    number(&window, ".banner", |n| n == 0).await;
    number(&window, ".board .row.is-stale", |n| n == 0).await;
    find(&window, ".board .row[data-profile=violet]").await.click().await.expect("opens");
    number(&window, "aside.detail .actions .btn:not([aria-disabled])", |n| n > 0).await;
    window.close().await.expect("closes");
}

#[tokio::test]
async fn train_offline_everything_opens_from_the_cache_and_reading_resumes_by_itself() {
    let mut ground = Ground::new().await;
    let window = ground.open().await;
    all_read(&window).await;
    unfold(&window).await;
    let before = names(&window).await;
    window.close().await.expect("closes");

    ground.offline().await;
    // The program begins without a network: what it shows is what the last one read.
    let window = ground.open().await;
    unfold(&window).await;
    let rows = number(&window, ".board .row", |n| n == before.len()).await;
    assert_eq!(names(&window).await, before, "every row is there");
    number(&window, ".board .row.is-stale", |n| n == rows).await;
    number(&window, ".board .row .age time[datetime^='20']", |n| n == rows).await;
    reads(&window, "Offline since").await;
    number(&window, ".board .row[data-health=running]", |n| n == 0).await;
    picture(&window, "offline").await;

    find(&window, ".board .row[data-health=failed][data-profile=rose]").await.click().await.expect("opens");
    find(&window, "aside.detail .graph").await;
    find(&window, "aside.detail .hist").await;
    verbs_are_off(&window, "AWS cannot be reached").await;
    picture(&window, "offline-detail").await;
    press(&window, "ga").await;
    find(&window, ".approval.is-stale").await;
    number(&window, ".approval .btn:not([aria-disabled=true])", |n| n == 0).await;
    press(&window, "gu").await;
    find(&window, ".row.is-stale .age time").await;
    press(&window, "gr").await;
    find(&window, ".row.is-stale .age time").await;
    press(&window, "gl").await;
    find(&window, ".ledger").await;
    press(&window, "gs").await;
    reads(&window, "shop-stg").await;
    press(&window, "gb").await;

    ground.online().await;
    number(&window, ".board .row.is-stale", |n| n == 0).await;
    number(&window, ".banner", |n| n == 0).await;
    number(&window, "aside.detail .actions .btn:not([aria-disabled])", |n| n > 0).await;
    window.close().await.expect("closes");
}

//! Links into the program: they show the thing in the window that is open, or in a new one, and do nothing else.

use skydeck_tests::window::{Desktop, Window};

use super::{PATIENCE, find, ground::Ground, reads};

/// A pipeline of the demo world.
const ARN: &str = "arn:aws:codepipeline:ap-northeast-2:777788889999:checkout-api";

async fn shows_checkout(window: &Window) {
    find(window, ".detail").await;
    let title = window.page.execute("return document.querySelector('.detail h1, .detail h2').textContent", Vec::new());
    assert!(title.await.expect("asked").as_str().is_some_and(|title| title.contains("checkout-api")));
}

async fn closed(window: &Window) {
    let script = "return document.querySelector('.detail') === null";
    let until = std::time::Instant::now() + PATIENCE;
    while window.page.execute(script, Vec::new()).await.expect("asked") != true {
        assert!(std::time::Instant::now() < until, "the detail stays");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_link_shows_its_thing_here_or_says_that_there_is_none() {
    let desktop = Desktop::start().await.expect("a desktop");
    let ground = Ground::new().await;
    // Read once, so that the next start knows it.
    let window = ground.setup().desktop(&desktop).open().await.expect("the window opens");
    window.wait_for(".board .group[data-health=ok]", PATIENCE).await.expect("rows are shown");

    // A second start with a link ends at once and the first window shows it.
    let ended = window.start_again(&[&format!("skydeck://open?arn={ARN}")]).await.expect("it ends");
    assert!(ended.success(), "{ended}");
    shows_checkout(&window).await;
    super::press(&window, "\u{e00c}").await;
    closed(&window).await;

    let nowhere = ARN.replace("checkout-api", "nowhere");
    window.start_again(&[&format!("skydeck://open?arn={nowhere}")]).await.expect("it ends");
    reads(&window, &format!("Nothing here has the ARN {nowhere}.")).await;
    // What names no thing shows nothing, whatever it asks for.
    window.start_again(&["skydeck://rollback?arn=arn:aws:x:y:z:w"]).await.expect("it ends");
    closed(&window).await;
    window.close().await.expect("closes");

    // A first start with a link shows it once it is there.
    let link = format!("skydeck://open?arn={}", ARN.replace(':', "%3A"));
    let window = ground.setup().desktop(&desktop).arg(&link).open().await.expect("the window opens");
    shows_checkout(&window).await;
    window.close().await.expect("closes");
}

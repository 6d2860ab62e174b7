//! The first start of a home: which profiles were found, chosen before anything is asked of AWS; and without any, the demo
//! world in one click.

use skydeck_tests::window::Setup;

use crate::{PATIENCE, ground::Ground};

#[tokio::test]
async fn at_the_first_start_one_chooses_and_only_then_aws_is_read() {
    let ground = Ground::unused().await;
    let window = ground.setup().open().await.expect("the window opens");
    window.wait_for(".welcome .found li", PATIENCE).await.expect("profiles are listed");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(ground.sim.calls().len(), 0, "nothing was asked of AWS");
    window.page.execute("document.querySelector('.welcome .btn.primary').click()", Vec::new()).await.expect("clicked");
    window.wait_for(".board .row .name", PATIENCE).await.expect("rows are shown");
    window.close().await.expect("closes");
}

#[tokio::test]
async fn without_a_profile_the_demo_is_one_click_away() {
    let window = Setup::isolated().open().await.expect("the window opens");
    window.wait_for(".welcome .ways", PATIENCE).await.expect("it says how to have one");
    // A moment later, since the window ends by it and with it whoever would answer.
    let click = "setTimeout(() => [...document.querySelectorAll('.welcome section')].at(-1).querySelector('.btn.primary').click(), 300)";
    window.page.execute(click, Vec::new()).await.expect("clicked");
    let demo = || {
        let folder = window.folder().display().to_string();
        let of_window = |pid: &u32| {
            let read = |what: &str| std::fs::read(format!("/proc/{pid}/{what}")).unwrap_or_default();
            String::from_utf8_lossy(&read("cmdline")).ends_with("--demo\0")
                && String::from_utf8_lossy(&read("environ")).contains(&folder)
        };
        let all = std::fs::read_dir("/proc").expect("Linux").flatten();
        all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(of_window)
    };
    let until = std::time::Instant::now() + PATIENCE;
    let pid = loop {
        if let Some(pid) = demo() {
            break pid;
        }
        assert!(std::time::Instant::now() < until, "the demo world did not start");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    while !window.folder().join("skydeck/demo/demo-world").is_file() {
        assert!(std::time::Instant::now() < until, "the demo world has no home");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let ended = std::process::Command::new("kill").arg(pid.to_string()).status().expect("kill");
    assert!(ended.success());
}

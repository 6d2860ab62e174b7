//! What the shell keeps from a script that got into the page: text from AWS is hostile, and one mistake in the UI must
//! not be enough. Asked of the real window, because each of these is a setting that is off by default somewhere.

use serde_json::{Value, json};
use skydeck_tests::window::{Setup, Window};

/// Runs the body of an async function in the page; what it throws is answered as `{"thrown": …}`.
pub(crate) async fn script(window: &Window, body: &str) -> Value {
    let script = format!(
        "const done = arguments[arguments.length - 1];
         const invoke = (command, args) => window.__TAURI_INTERNALS__.invoke(command, args);
         (async () => {{ {body} }})().then(done, (error) => done({{ thrown: error.message ?? String(error), code: error.code }}));"
    );
    window.page.execute_async(&script, Vec::new()).await.expect("the script ends")
}

pub(crate) async fn open() -> Window {
    Setup::isolated().arg("--demo").open().await.expect("the window opens")
}

#[tokio::test]
async fn a_script_in_the_page_reaches_the_contract_and_nothing_else() {
    let window = open().await;
    // The contract, and by the fast way: where the CSP forbids `ipc:`, Tauri falls back to slow messages without a word.
    let calls = script(
        &window,
        "const real = window.fetch, seen = [];
         window.fetch = async (...asked) => { const answer = await real(...asked); seen.push([String(asked[0]), answer.ok]); return answer; };
         const boot = await invoke('call', { name: 'boot', params: {} });
         window.fetch = real;
         return { demo: boot.demo, seen: seen.filter(([url]) => url.endsWith('/call')) };",
    )
    .await;
    assert_eq!(calls, json!({ "demo": true, "seen": [["ipc://localhost/call", true]] }));

    for command in ["plugin:window|close", "plugin:app|version", "plugin:event|emit", "plugin:opener|open_url", "exit"]
    {
        let answer = script(&window, &format!("return await invoke('{command}', {{}})")).await;
        let thrown = answer["thrown"].as_str().unwrap_or_else(|| panic!("{command} answered {answer}"));
        assert!(thrown.contains("not allowed") || thrown.contains("not found"), "{command}: {thrown}");
    }
    window.close().await.expect("closes");
}

#[tokio::test]
async fn a_script_in_the_page_loads_nothing_and_changes_nothing() {
    let window = open().await;
    let mut got_through = Vec::new();
    for (attempt, body) in [
        (
            "another script",
            "const s = document.createElement('script'); s.textContent = 'window.evil = 1'; document.head.append(s); return window.evil ?? 'nothing'",
        ),
        ("an address", "return await fetch(location.origin + '/index.html').then(() => 'answered', () => 'nothing')"),
        (
            "a picture",
            "const i = new Image(); return await new Promise((end) => { i.onload = () => end('shown'); i.onerror = () => end('nothing'); i.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='; })",
        ),
        (
            "a frame",
            "const f = document.createElement('iframe'); f.src = location.origin + '/index.html'; document.body.append(f); await new Promise((r) => setTimeout(r, 500)); return f.contentDocument?.title === 'Skydeck' ? 'shown' : 'nothing'",
        ),
        ("everyone's objects", "Object.prototype.evil = 1; return ({}).evil === undefined ? 'nothing' : 'changed'"),
    ] {
        let answer = script(&window, body).await;
        if answer != "nothing" && !answer["thrown"].is_string() {
            got_through.push(format!("{attempt}: {answer}"));
        }
    }
    assert!(got_through.is_empty(), "{}", got_through.join("\n"));
    window.close().await.expect("closes");
}

#[tokio::test]
async fn the_page_is_led_nowhere_else() {
    let window = open().await;
    for elsewhere in
        ["https://example.com/", "data:text/html,evil", "about:blank", "file:///etc/hostname", "tauri://elsewhere/"]
    {
        let body = format!(
            "location.href = {}; await new Promise((r) => setTimeout(r, 400)); return 'left'",
            json!(elsewhere)
        );
        script(&window, &body).await;
        let here = script(&window, "return location.protocol + location.host").await;
        assert_eq!(here, "tauri:localhost", "led to {elsewhere}");
    }
    window.close().await.expect("closes");
}

#[tokio::test]
async fn links_that_no_row_carries_stay_shut() {
    let window = open().await;
    for link in [
        "https://evil.example/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://github.com/",
        "https://github.com@evil.example/",
    ] {
        let answer = script(&window, &format!("return await invoke('open_link', {{ url: {} }})", json!(link))).await;
        assert_eq!(answer["code"], "refused", "{link}: {answer}");
    }
    window.close().await.expect("closes");
}

/// The page suggests a name; where a file goes is said in the system's dialog, which is not even shown for these.
#[tokio::test]
async fn the_page_names_no_path_to_write_to() {
    let window = open().await;
    for name in ["/tmp/evil.txt", "../evil.txt", "C:\\evil.txt", ".bashrc", "evil.desktop", "evil.sh"] {
        let body = format!("return await invoke('save_file', {{ name: {}, text: 'evil' }})", json!(name));
        let answer = script(&window, &body).await;
        assert_eq!(answer["code"], "refused", "{name}: {answer}");
    }
    window.close().await.expect("closes");
}

/// The processes of that window: those that were told its folder.
fn processes(window: &Window, program: &str) -> Vec<u32> {
    let folder = window.folder().display().to_string();
    let of_window = |pid: &u32| {
        let read = |what: &str| std::fs::read(format!("/proc/{pid}/{what}")).unwrap_or_default();
        read("comm").strip_suffix(b"\n") == Some(program.as_bytes())
            && String::from_utf8_lossy(&read("environ")).contains(&folder)
    };
    let all = std::fs::read_dir("/proc").expect("Linux").flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(of_window).collect()
}

/// A log-out is no crash: after one the next start would check the cache page by page before it shows a row.
#[tokio::test]
async fn asked_to_end_by_the_system_it_closes_its_files() {
    let window = open().await;
    window.wait_for(".board .row", std::time::Duration::from_secs(60)).await.expect("rows");
    let [pid] = processes(&window, "skydeck")[..] else { panic!("{:?}", processes(&window, "skydeck")) };
    let note = window.folder().join("skydeck/demo/cache.db.note");
    assert!(!note.exists(), "the file is in use");
    let asked = std::process::Command::new("kill").args(["-TERM", &pid.to_string()]).status().expect("kill");
    assert!(asked.success());
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !processes(&window, "skydeck").is_empty() {
        assert!(std::time::Instant::now() < until, "it goes on");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(note.exists(), "it was closed");
}

//! Ways by which a page leaves a browser's window, or opens another: none of them is open here. A script that got into the
//! page tries each; something listens where they lead, and nobody ever comes.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    time::Duration,
};

use serde_json::json;

use super::shell::{open, script};

/// What somebody who came asked for. A web view connects to where a link leads before it is known whether it may go there;
/// that says nothing, and is let pass.
fn asked(listener: &TcpListener) -> Option<String> {
    let mut said = String::new();
    while let Ok((mut stream, _)) = listener.accept() {
        stream.set_nonblocking(false).expect("it can");
        stream.set_read_timeout(Some(Duration::from_millis(300))).expect("it can");
        let mut bytes = [0; 200];
        let n = stream.read(&mut bytes).unwrap_or(0);
        said += &String::from_utf8_lossy(&bytes[..n]);
    }
    (!said.is_empty()).then_some(said)
}

const WAYS: [(&str, &str); 13] = [
    ("an address", "location.href = there"),
    ("another page in its place", "location.replace(there)"),
    ("a window", "window.open(there)"),
    ("a window by name", "window.open(there, '_blank', 'popup')"),
    ("a link", "add('a', { href: there }).click()"),
    ("a link to a window", "add('a', { href: there, target: '_blank' }).click()"),
    ("a link to the top", "add('a', { href: there, target: '_top', rel: 'opener' }).click()"),
    ("a download", "add('a', { href: there, download: 'evil.txt' }).click()"),
    ("a form that posts", "add('form', { action: there, method: 'post' }).submit()"),
    ("a form to a window", "add('form', { action: there, method: 'get', target: '_blank' }).submit()"),
    ("a refresh", "add('meta', { httpEquiv: 'refresh', content: `0;url=${there}` })"),
    ("a ground for all links", "add('base', { href: there }); if (document.baseURI === there) location.href = 'x'"),
    ("a frame", "add('iframe', { src: there })"),
];

#[tokio::test]
async fn no_way_leads_out_of_the_window() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("it can");
    let there = format!("http://{}/", listener.local_addr().expect("an address"));
    let window = open().await;
    script(&window, "globalThis.stays = true; return true").await;
    let mut left = Vec::new();
    for (way, body) in WAYS {
        let body = format!(
            "const there = {};
             const add = (name, members) => {{ const made = Object.assign(document.createElement(name), members); document.body.append(made); return made; }};
             try {{ {body} }} catch {{ /* it may not even be tried */ }}",
            json!(there)
        );
        window.page.execute(&body, Vec::new()).await.unwrap_or_else(|error| panic!("{way}: {error}"));
        tokio::time::sleep(Duration::from_millis(400)).await;
        let here = "const here = [location.protocol + location.host, globalThis.stays];
             document.querySelectorAll('base, meta[http-equiv]').forEach((made) => made.remove());
             return here";
        let here = window.page.execute(here, Vec::new()).await.unwrap_or_else(|error| json!(error.to_string()));
        let windows = window.page.windows().await.expect("the windows").len();
        if here != json!(["tauri:localhost", true]) || windows != 1 {
            left.push(format!("{way}: {here}, {windows} windows"));
        }
        if let Some(asked) = asked(&listener) {
            left.push(format!("{way}: {asked}"));
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
    // Or it would prove nothing: a way that is open is seen.
    let mut open = TcpStream::connect(listener.local_addr().expect("an address")).expect("it listens");
    open.write_all(b"GET / HTTP/1.1").expect("it is said");
    assert_eq!(asked(&listener).as_deref(), Some("GET / HTTP/1.1"));
    window.close().await.expect("closes");
}

/// A browser goes to what is dropped on it, be it a file or an address.
#[tokio::test]
async fn what_is_dropped_on_the_window_is_not_gone_to() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("it can");
    let there = format!("http://{}/", listener.local_addr().expect("an address"));
    let window = open().await;
    let file = window.folder().join("evil.html");
    std::fs::write(&file, "<title>evil</title>").expect("it is written");
    script(&window, "globalThis.stays = true; return true").await;
    for uri in [format!("file://{}", file.display()), there] {
        window.drop_on(&[&uri]).expect("it is dropped");
        tokio::time::sleep(Duration::from_millis(500)).await;
        let here =
            script(&window, "return [location.protocol + location.host, globalThis.stays, document.title]").await;
        assert_eq!(here, json!(["tauri:localhost", true, "Skydeck"]), "{uri}");
    }
    assert_eq!(asked(&listener), None);
    // Or it would prove nothing: drags do come as far as the page.
    let listen = "addEventListener('dragover', (e) => e.preventDefault());
         addEventListener('drop', (e) => { e.preventDefault(); globalThis.dropped = true; });
         return true";
    script(&window, listen).await;
    window.drop_on(&[&format!("file://{}", file.display())]).expect("it is dropped");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(script(&window, "return globalThis.dropped ?? 'never'").await, true);
    window.close().await.expect("closes");
}

//! `serve`, attacked: one test for each thing it promises, by requests as a hostile page, a hostile program or a hostile name
//! would have them sent. Raw, since no client would let one lie in these headers.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::ground::Ground;

/// Longer than anything here takes, so that what hangs fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, with nobody in yet. It ends with the test.
struct Served {
    ground: Ground,
    child: Child,
    out: BufReader<ChildStdout>,
    port: u16,
    token: String,
}

/// An answer.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// What lets a request in: the cookie, as a browser would send it.
struct Session(String);

impl Served {
    fn start() -> Served {
        Served::over(Ground::unread())
    }

    fn over(ground: Ground) -> Served {
        let mut child =
            ground.command(&["serve", "--port", "0", "--json"]).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let (port, token) = link(&mut out);
        Served { ground, child, out, port, token }
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn origin(&self) -> String {
        format!("http://{}", self.host())
    }

    /// Sends bytes and reads all that is answered. Whatever it is, it promises what every answer does.
    fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = self.connect();
        // A server that refuses need not read to the end.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let reply = parsed(&String::from_utf8_lossy(&answer));
        let cross: Vec<&(String, String)> =
            reply.headers.iter().filter(|(name, _)| name.starts_with("access-control-")).collect();
        assert_eq!(cross, Vec::<&(String, String)>::new(), "no other origin is ever let in");
        // What is no HTTP is refused below us, with nothing in it.
        if reply.status != 400 || !reply.body.is_empty() {
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(reply.header(name), Some(value), "{name} of {reply:?}");
            }
            let policy = reply.header("content-security-policy").expect("a policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        }
        reply
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        self.raw(format!("{request}\r\n{body}").as_bytes())
    }

    /// As our own page would.
    fn get(&self, target: &str, session: Option<&Session>, more: &[(&str, &str)]) -> Reply {
        let host = self.host();
        let mut headers = vec![("Host", host.as_str())];
        headers.extend(session.map(|session| ("Cookie", session.0.as_str())));
        headers.extend(more);
        self.ask("GET", target, &headers, "")
    }

    /// As our own page would.
    fn call(&self, name: &str, params: &Value, session: &Session) -> Reply {
        self.post(&format!("/call/{name}"), &params.to_string(), Some(session), &[])
    }

    fn post(&self, target: &str, body: &str, session: Option<&Session>, more: &[(&str, &str)]) -> Reply {
        let (host, origin) = (self.host(), self.origin());
        let mut headers = vec![("Host", host.as_str())];
        headers.extend(session.map(|session| ("Cookie", session.0.as_str())));
        let given = |name: &str| more.iter().any(|(known, _)| *known == name);
        for (name, value) in [("Origin", origin.as_str()), ("Content-Type", "application/json")] {
            if !given(name) {
                headers.push((name, value));
            }
        }
        // `-` says: without it.
        headers.extend(more.iter().filter(|(_, value)| *value != "-"));
        self.ask("POST", target, &headers, body)
    }

    /// Follows the link.
    fn enter(&self) -> Session {
        let reply = self.get(&format!("/?token={}", self.token), None, &[]);
        assert_eq!(reply.status, 303, "{reply:?}");
        session(&reply)
    }

    /// Asks it to stop, and waits until it has.
    fn end(&mut self, signal: &str) -> (Option<i32>, String) {
        let killed = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill is there");
        assert!(killed.success());
        let began = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if began.elapsed() > PATIENCE => panic!("it does not end"),
                None => thread::sleep(Duration::from_millis(20)),
            }
        };
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // One that has ended already is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a line that tells a link.
fn link(out: &mut impl std::io::BufRead) -> (u16, String) {
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
    let port = u16::try_from(told["port"].as_u64().expect("a port")).unwrap();
    let url = told["url"].as_str().expect("a URL");
    let token = url.strip_prefix(&format!("http://127.0.0.1:{port}/?token=")).unwrap_or_else(|| panic!("{url}"));
    assert!(token.len() * 4 >= 128, "{token}");
    (port, token.to_owned())
}

fn session(reply: &Reply) -> Session {
    let cookie = reply.header("set-cookie").unwrap_or_else(|| panic!("{reply:?}"));
    Session(cookie.split(';').next().unwrap().to_owned())
}

fn parsed(text: &str) -> Reply {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_lowercase(), v.to_owned()));
    Reply { status: status.expect("a status"), headers: headers.collect(), body: body.to_owned() }
}

/// A script and a style sheet of the page.
fn parts(page: &str) -> Vec<String> {
    let parts = page.split('"').filter_map(|word| word.strip_prefix("./assets/")).map(|file| format!("/assets/{file}"));
    let parts: Vec<String> = parts.collect();
    assert!(parts.iter().any(|p| p.ends_with(".js")) && parts.iter().any(|p| p.ends_with(".css")), "{page}");
    parts
}

#[test]
fn a_link_leads_to_the_page_which_is_there_whole() {
    let served = Served::start();
    let session = served.enter();
    let page = served.get("/", Some(&session), &[("Sec-Fetch-Site", "none")]);
    assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.body.contains("<title>Skydeck</title>"), "{}", page.body);
    for part in parts(&page.body) {
        let reply = served.get(&part, Some(&session), &[("Sec-Fetch-Site", "same-origin")]);
        assert_eq!(reply.status, 200, "{part}");
        assert_eq!(reply.header("cache-control"), Some("private, max-age=31536000, immutable"), "{part}");
        assert!(reply.body.len() > 100, "{part}");
    }
}

#[test]
fn the_cookie_is_out_of_reach_for_scripts_and_other_sites_and_the_token_leaves_the_address() {
    let served = Served::start();
    let reply = served.get(&format!("/?token={}", served.token), None, &[]);
    assert_eq!((reply.status, reply.header("location")), (303, Some("/")));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.headers.iter().filter(|(name, _)| name == "set-cookie").count(), 1);
    let cookie = reply.header("set-cookie").unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/");
    let (name, value) = pair.split_once('=').unwrap();
    assert_eq!(name, format!("skydeck-{}", served.port));
    assert!(value.len() * 4 >= 128 && value != served.token, "{value}");
    // Through a tunnel it goes by the port that the browser sees.
    let other = Served::start();
    let reply = other.ask("GET", &format!("/?token={}", other.token), &[("Host", "localhost:9000")], "");
    assert!(reply.header("set-cookie").unwrap().starts_with("skydeck-9000="), "{reply:?}");
}

#[test]
fn a_token_is_good_once() {
    let served = Served::start();
    let first = served.enter();
    let again = served.get(&format!("/?token={}", served.token), None, &[]);
    assert_eq!((again.status, again.header("set-cookie")), (401, None));
    assert_eq!(served.get("/", Some(&first), &[]).status, 200, "who is in stays in");
}

#[test]
fn of_many_who_try_a_token_at_once_one_comes_in() {
    let served = Served::start();
    let target = format!("/?token={}", served.token);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| served.get(&target, None, &[]).status)).collect();
        tries.into_iter().map(|tried| tried.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
}

#[test]
fn wrong_tokens_are_few_and_then_even_the_right_one_waits() {
    let served = Served::start();
    for n in 0..5 {
        assert_eq!(served.get(&format!("/?token={n:040x}"), None, &[]).status, 401);
    }
    for token in ["0", "", &served.token] {
        let reply = served.get(&format!("/?token={token}"), None, &[]);
        assert_eq!((reply.status, reply.header("set-cookie")), (429, None), "{reply:?}");
        let wait: u64 = reply.header("retry-after").expect("it says when").parse().unwrap();
        assert!((1..=10).contains(&wait), "{wait}");
    }
}

#[test]
fn who_is_in_is_not_kept_out_by_wrong_tokens_of_others() {
    let served = Served::start();
    let session = served.enter();
    for _ in 0..20 {
        served.get("/?token=0", None, &[]);
    }
    assert_eq!(served.get("/", Some(&session), &[]).status, 200);
    // A link that is followed once more, from the history, leads to the page.
    let again = served.get(&format!("/?token={}", served.token), Some(&session), &[]);
    assert_eq!((again.status, again.header("location"), again.header("set-cookie")), (303, Some("/"), None));
}

#[test]
fn another_page_cannot_use_up_the_tries() {
    let served = Served::start();
    for _ in 0..20 {
        assert_eq!(served.get("/?token=0", None, &[("Sec-Fetch-Site", "cross-site")]).status, 403);
        assert_eq!(served.get("/?token=0", None, &[("Sec-Fetch-Site", "same-site")]).status, 403);
        assert_eq!(served.get("/?token=0", None, &[("Origin", "http://evil.example")]).status, 403);
        assert_eq!(served.ask("GET", "/?token=0", &[("Host", "evil.example")], "").status, 421);
    }
    served.enter();
}

#[test]
fn without_a_session_nothing_is_there() {
    let served = Served::start();
    let session = served.enter();
    let page = served.get("/", Some(&session), &[]);
    let mut targets = parts(&page.body);
    targets
        .extend(["/", "/index.html", "/events", "/favicon.ico", "/nowhere", "/?x=1", "/call/boot"].map(str::to_owned));
    for target in &targets {
        let reply = served.get(target, None, &[]);
        assert_eq!(reply.status, 401, "{target}");
        assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"), "{target}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{target}");
        assert!(reply.body.lines().count() == 1 && reply.body.contains("skydeckctl serve"), "{}", reply.body);
    }
    for target in ["/call/boot", "/call/act", "/call/nothing", "/open_link", "/", "/nowhere"] {
        assert_eq!(served.post(target, "{}", None, &[]).status, 401, "{target}");
    }
}

#[test]
fn a_session_that_is_not_this_servers_lets_nobody_in() {
    let (served, other) = (Served::start(), Served::start());
    let (name, value) = served.enter().0.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned())).unwrap();
    let elsewhere = other.enter().0.split_once('=').unwrap().1.to_owned();
    let cut = &value[..value.len() - 1];
    for wrong in [
        format!("{name}={elsewhere}"),
        format!("{name}={cut}"),
        format!("{name}={value}0"),
        format!("{name}="),
        name.clone(),
        format!("{name}={}", served.token),
        format!("skydeck={value}"),
        format!("x{name}={value}"),
        format!("{}={value}", name.to_uppercase()),
        "\"".to_owned(),
    ] {
        let wrong = Session(wrong);
        assert_eq!(served.get("/", Some(&wrong), &[]).status, 401, "{}", wrong.0);
        assert_eq!(served.get("/events", Some(&wrong), &[]).status, 401, "{}", wrong.0);
        assert_eq!(served.call("boot", &json!({}), &wrong).status, 401, "{}", wrong.0);
    }
    // Nor does it by way of the address.
    assert_eq!(served.get(&format!("/?session={value}"), None, &[]).status, 401);
}

#[test]
fn under_a_foreign_name_nothing_is_there() {
    let served = Served::start();
    let session = served.enter();
    let port = served.port;
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("evil-localhost:{port}"),
        format!("127.0.0.1:{port}@evil.example"),
        format!("0.0.0.0:{port}"),
        format!("2130706433:{port}"),
        String::new(),
    ] {
        let origin = format!("http://{host}");
        let cookie = [("Host", host.as_str()), ("Cookie", session.0.as_str()), ("Origin", origin.as_str())];
        for target in ["/", "/events", &format!("/?token={}", served.token)] {
            assert_eq!(served.ask("GET", target, &cookie, "").status, 421, "{host} {target}");
        }
        let json: Vec<(&str, &str)> = cookie.into_iter().chain([("Content-Type", "application/json")]).collect();
        assert_eq!(served.ask("POST", "/call/boot", &json, "{}").status, 421, "{host}");
    }
    // None, two, or a second one in the request line.
    let (ours, cookie) = (served.host(), ("Cookie", session.0.as_str()));
    assert_eq!(served.ask("GET", "/", &[cookie], "").status, 421);
    assert_eq!(served.ask("GET", "/", &[("Host", &ours), ("Host", "evil.example"), cookie], "").status, 421);
    assert_eq!(served.ask("GET", "http://evil.example/", &[("Host", &ours), cookie], "").status, 421);
    // The names that a tunnel has.
    for host in ["localhost:9000", "127.0.0.1:9000", "[::1]:9000"] {
        let cookie = session.0.replace(&port.to_string(), "9000");
        assert_eq!(served.ask("GET", "/", &[("Host", host), ("Cookie", &cookie)], "").status, 200, "{host}");
    }
}

#[test]
fn a_call_of_another_page_is_not_made() {
    let served = Served::start();
    let session = served.enter();
    let light = json!({"theme": "light"}).to_string();
    let theme = || served.call("boot", &json!({}), &session).json()["settings"]["theme"].clone();
    let before = theme();
    assert_ne!(before, "light");
    let port = served.port;
    for origin in [
        "-".to_owned(), // none
        "null".to_owned(),
        "http://evil.example".to_owned(),
        format!("http://evil.example:{port}"),
        format!("https://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("http://127.0.0.1:{}", port ^ 1),
        "http://127.0.0.1".to_owned(),
        format!("http://127.0.0.1:{port}.evil.example"),
        format!("http://127.0.0.1:{port}, http://evil.example"),
    ] {
        for target in ["/call/set_settings", "/open_link"] {
            let reply = served.post(target, &light, Some(&session), &[("Origin", &origin)]);
            assert_eq!(reply.status, 403, "{origin}");
        }
    }
    for site in ["cross-site", "same-site", "something new"] {
        let reply = served.post("/call/set_settings", &light, Some(&session), &[("Sec-Fetch-Site", site)]);
        assert_eq!(reply.status, 403, "{site}");
    }
    assert_eq!(theme(), before);
    // The same, by our own page.
    let ours = served.post("/call/set_settings", &light, Some(&session), &[("Sec-Fetch-Site", "same-origin")]);
    assert_eq!((ours.status, theme()), (200, json!("light")), "{ours:?}");
}

#[test]
fn another_page_reads_nothing() {
    let served = Served::start();
    let session = served.enter();
    let page = served.get("/", Some(&session), &[]);
    for target in parts(&page.body).iter().map(String::as_str).chain(["/", "/events", "/favicon.ico"]) {
        for (name, value) in [
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", "http://evil.example"),
            ("Origin", "null"),
        ] {
            assert_eq!(served.get(target, Some(&session), &[(name, value)]).status, 403, "{target} {name}: {value}");
        }
    }
}

#[test]
fn there_is_no_cors_and_only_get_and_post() {
    let served = Served::start();
    let session = served.enter();
    let (host, origin) = (served.host(), served.origin());
    for from in [origin.as_str(), "http://evil.example", "null"] {
        for target in ["/", "/events", "/call/boot", "*"] {
            let asks = [
                ("Host", host.as_str()),
                ("Cookie", session.0.as_str()),
                ("Origin", from),
                ("Access-Control-Request-Method", "POST"),
                ("Access-Control-Request-Headers", "content-type"),
                ("Access-Control-Request-Private-Network", "true"),
            ];
            // That no answer has a header of CORS is looked at in every one, here and in all tests.
            let reply = served.ask("OPTIONS", target, &asks, "");
            assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, POST")), "{target}");
        }
    }
    for method in ["PUT", "DELETE", "PATCH", "HEAD", "TRACE", "CONNECT", "FOO"] {
        let target = if method == "CONNECT" { host.as_str() } else { "/call/boot" };
        let asks = [("Host", host.as_str()), ("Cookie", session.0.as_str()), ("Origin", origin.as_str())];
        assert_eq!(served.ask(method, target, &asks, "").status, 405, "{method}");
    }
    // A call is not made by GET, which a link or an image could do.
    assert_eq!(served.get("/call/boot", Some(&session), &[]).status, 404);
}

#[test]
fn the_contract_is_answered_as_it_is() {
    let served = Served::start();
    let session = served.enter();
    let boot = served.call("boot", &json!({}), &session);
    assert_eq!((boot.status, boot.header("content-type")), (200, Some("application/json")), "{boot:?}");
    assert_eq!(boot.header("cache-control"), Some("no-store"));
    assert_eq!(boot.json()["demo"], false);
    assert_eq!(served.post("/call/boot", "", Some(&session), &[]).status, 200, "no parameters");
    for (name, params, says) in [
        ("no_such_call", json!({}), "There is no call `no_such_call`."),
        ("", json!({}), "There is no call ``."),
        ("boot/x", json!({}), "There is no call `boot/x`."),
        ("pipeline", json!({"id": 7}), "The parameters of `pipeline` do not fit"),
    ] {
        let reply = served.call(name, &params, &session);
        assert_eq!(reply.status, 422, "{reply:?}");
        let error = reply.json();
        assert_eq!((&error["code"], &error["info"]), (&json!("invalid"), &Value::Null));
        assert!(error["message"].as_str().unwrap().starts_with(says), "{error}");
    }
}

#[test]
fn what_says_that_it_is_no_json_or_is_none_is_not_read() {
    let served = Served::start();
    let session = served.enter();
    for kind in ["-", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", ""]
    {
        let reply = served.post("/call/boot", "{}", Some(&session), &[("Content-Type", kind)]);
        assert_eq!((reply.status, &reply.json()["code"]), (415, &json!("invalid")), "{kind}");
    }
    for body in ["{", "token=1", "{}{}", "\u{0}"] {
        let reply = served.post("/call/boot", body, Some(&session), &[]);
        assert_eq!((reply.status, &reply.json()["code"]), (400, &json!("invalid")), "{body}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(served.post("/call/boot", &deep, Some(&session), &[]).status, 400);
    let told = served.post("/call/boot", "{}", Some(&session), &[("Content-Type", "Application/JSON; charset=utf-8")]);
    assert_eq!(told.status, 200);
}

#[test]
fn more_than_parameters_ever_are_is_not_taken_in() {
    let served = Served::start();
    let session = served.enter();
    let head = format!(
        "POST /call/boot HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nCookie: {}\r\nConnection: close\r\nContent-Type: application/json\r\n",
        served.host(),
        served.origin(),
        session.0
    );
    // Announced: refused before it comes.
    let announced = served.raw(format!("{head}Content-Length: 1099511627776\r\n\r\n").as_bytes());
    assert_eq!(announced.status, 413, "{announced:?}");
    // Unannounced: refused on the way, with the first byte too many.
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(16)) + "1\r\n \r\n";
    assert_eq!(served.raw(chunked.as_bytes()).status, 413);
    assert_eq!(served.call("boot", &json!({}), &session).status, 200, "it goes on");
}

#[test]
fn who_sends_half_a_request_keeps_nobody_out_for_long() {
    let served = Served::start();
    let session = served.enter();
    // As many as are served at the same time.
    let halves: Vec<TcpStream> = (0..64)
        .map(|_| {
            let mut stream = served.connect();
            stream.write_all(b"POST /call/boot HTTP/1.1\r\nHost: ").unwrap();
            stream
        })
        .collect();
    let began = Instant::now();
    assert_eq!(served.get("/", Some(&session), &[]).status, 200);
    assert!(began.elapsed() > Duration::from_secs(1), "the places were not taken: this tests nothing");
    drop(halves);
}

#[test]
fn no_path_leads_out_of_the_ui() {
    let served = Served::start();
    let session = served.enter();
    for path in [
        "/../../etc/passwd",
        "/../../../../../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/assets/../../../Cargo.toml",
        "/assets/..%5c..%5cCargo.toml",
        "/assets/%2e%2e/index.html",
        "//etc/passwd",
        "/etc/passwd",
        "/assets",
        "/assets/",
        "/index.html%00.js",
        "/src/main.ts",
    ] {
        let reply = served.get(path, Some(&session), &[]);
        assert_eq!((reply.status, reply.body.as_str()), (404, "Skydeck: there is nothing here.\n"), "{path}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn it_listens_on_loopback_and_nowhere_else() {
    let served = Served::start();
    let port = format!(":{:04X}", served.port);
    let mut listening = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let text = std::fs::read_to_string(table).unwrap_or_default();
        let sockets = text.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
        // State 0A: listens.
        let own = sockets.filter(|socket| socket[1].ends_with(&port) && socket[3] == "0A");
        listening.extend(own.map(|socket| socket[1].to_owned()));
    }
    assert_eq!(listening, [format!("0100007F{port}")]);
    // Every other address of this machine, 127.0.0.2 among them, refuses.
    let addresses =
        Command::new("hostname").arg("-I").output().map(|o| String::from_utf8_lossy(&o.stdout).into_owned());
    for address in addresses.unwrap_or_default().split_whitespace().chain(["127.0.0.2"]) {
        assert!(TcpStream::connect((address, served.port)).is_err(), "{address}");
    }
}

/// Reads events until one fits.
fn heard(events: &mut impl std::io::BufRead, fits: impl Fn(&Value) -> bool) -> Value {
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(events.read_line(&mut line).expect("it goes on"), 0, "it ended");
        if let Some(event) = line.strip_prefix("data: ") {
            let event: Value = serde_json::from_str(event).unwrap();
            if fits(&event) {
                return event;
            }
        }
    }
}

fn events(served: &Served, session: &Session) -> BufReader<TcpStream> {
    let mut stream = served.connect();
    let request = format!("GET /events HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\r\n", served.host(), session.0);
    stream.write_all(request.as_bytes()).unwrap();
    BufReader::new(stream)
}

#[test]
fn what_changes_is_told_and_a_new_connection_begins_with_a_hole() {
    let served = Served::start();
    let session = served.enter();
    let mut first = events(&served, &session);
    assert_eq!(heard(&mut first, |_| true), json!({"seq": 2, "tags": []}));
    assert_eq!(served.call("set_settings", &json!({"theme": "light"}), &session).status, 200);
    let told = heard(&mut first, |event| event["tags"].as_array().unwrap().contains(&json!("settings")));
    assert!(told["seq"].as_u64().unwrap() > 2, "{told}");
    let mut second = events(&served, &session);
    assert_eq!(heard(&mut second, |_| true), json!({"seq": 2, "tags": []}));
}

#[test]
fn aws_is_read_once_somebody_is_in_and_not_before() {
    let served = Served::start();
    thread::sleep(Duration::from_secs(1));
    served.get("/?token=0", None, &[]);
    assert_eq!(served.ground.sim.calls(), vec![]);
    let session = served.enter();
    let mut told = events(&served, &session);
    assert_eq!(served.call("boot", &json!({}), &session).json()["first"], true);
    thread::sleep(Duration::from_secs(1));
    assert_eq!(served.ground.sim.calls(), vec![], "nobody has said yet which profiles are shown");
    assert_eq!(served.call("welcome", &json!({"profiles": ["dev"]}), &session).status, 200);
    heard(&mut told, |event| event["tags"].as_array().unwrap().contains(&json!("board")));
    let began = Instant::now();
    while served.call("board", &json!({}), &session).json()["all"]["n"] == 0 {
        assert!(began.elapsed() < PATIENCE, "nothing is read");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn only_links_that_an_answer_carried_are_opened() {
    let served = Served::over(Ground::read());
    let session = served.enter();
    let open = |link: &Value| served.post("/open_link", &json!({"url": link}).to_string(), Some(&session), &[]);
    let row = served.ground.run(&["get", "codepipeline.pipeline", "--profile", "dev", "--json"]).json(0)[0].clone();
    let console = {
        let before = "https://ap-northeast-2.console.aws.amazon.com/";
        assert_eq!(open(&json!(before)).status, 422);
        served.call("pipeline", &json!({"id": row["id"]}), &session).json()["console_url"].clone()
    };
    assert!(console.as_str().unwrap().starts_with("https://"), "{console}");
    assert_eq!(open(&console).status, 200);
    for other in [json!("https://evil.example/"), json!("javascript:alert(1)"), json!("file:///etc/passwd"), json!(7)] {
        let reply = open(&other);
        assert_eq!((reply.status, &reply.json()["code"]), (422, &json!("refused")), "{other}");
    }
}

#[test]
fn an_action_is_carried_out_whole_though_the_page_is_closed_at_once() {
    let served = Served::over(Ground::read());
    let session = served.enter();
    let pipeline = served.ground.pipelines("dev", "ok")[0].clone();
    // AWS takes its time, so that the page is gone before it has answered.
    served.ground.weather(r#"{"rules": [{"operation": "GetCallerIdentity", "kind": {"latency": {"ms": 1500}}}]}"#);
    let body = json!({"verb": "start", "id": pipeline, "reason": "a release", "confirm": "yes"}).to_string();
    let mut stream = served.connect();
    let head = format!(
        "POST /call/act HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nCookie: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        served.host(),
        served.origin(),
        session.0,
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    thread::sleep(Duration::from_millis(300));
    stream.shutdown(Shutdown::Both).unwrap();
    drop(stream);
    let began = Instant::now();
    let started = || served.ground.sim.calls().iter().any(|call| call.operation == "StartPipelineExecution");
    while !started() {
        assert!(began.elapsed() < PATIENCE, "{:#}", served.call("ledger", &json!({"limit": 5}), &session).body);
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn it_ends_when_asked_though_pages_are_open_and_leaves_nothing_open() {
    for signal in ["-TERM", "-INT"] {
        let mut served = Served::start();
        let session = served.enter();
        let mut told = events(&served, &session);
        heard(&mut told, |_| true);
        let half = served.connect();
        (&half).write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
        let wal = served.ground.path("home").join("cache.db-wal");
        assert!(wal.exists());
        assert_eq!(served.end(signal), (Some(0), String::new()), "{signal}");
        assert!(TcpStream::connect(("127.0.0.1", served.port)).is_err());
        assert!(!wal.exists(), "the files were not closed");
    }
}

#[test]
fn a_port_that_is_taken_is_told_and_nothing_is_touched() {
    let served = Served::start();
    let ground = Ground::unread();
    let told = ground.run(&["serve", "--port", &served.port.to_string(), "--json"]).json(1);
    let message = told["error"]["message"].as_str().unwrap();
    assert!(message.contains(&served.port.to_string()) && message.contains("--port"), "{message}");
    assert!(!ground.path("home").exists());
}

#[test]
fn people_are_told_the_link_the_tunnel_and_how_it_ends() {
    let ground = Ground::unread();
    let mut child =
        ground.command(&["serve", "--port", "0"]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let lines: Vec<String> = out.lines().take(3).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let port = lines[0].strip_prefix("http://127.0.0.1:").and_then(|rest| rest.split_once("/?token=")).unwrap().0;
    assert!(lines[1].contains(&format!("ssh -L {port}:127.0.0.1:{port} ")), "{lines:?}");
    assert!(lines[2].contains("Ctrl-C") && !lines[2].contains("Enter"), "nobody can press it: {lines:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn enter_at_the_terminal_makes_another_link_and_voids_the_one_before() {
    let ground = Ground::unread();
    // `script` (bsdutils, which every Debian has) is the terminal.
    let program = ground.command(&[]).get_program().to_string_lossy().into_owned();
    // `exec`: a shell that stays between would die of Ctrl-C itself, and its end be told in place of the program's.
    let line = format!("exec '{program}' serve --port 0 --json");
    let mut script = Command::new("script");
    script.args(["--quiet", "--flush", "--echo", "never", "--return", "--command", &line, "/dev/null"]);
    for (name, value) in ground.command(&[]).get_envs() {
        if let Some(value) = value {
            script.env(name, value);
        }
    }
    let mut terminal = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script is there");
    let mut keys = terminal.stdin.take().unwrap();
    let mut out = BufReader::new(terminal.stdout.take().unwrap());
    let (port, first) = link(&mut out);
    keys.write_all(b"\n").unwrap();
    let (_, second) = link(&mut out);
    let try_one = |token: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let request = format!("GET /?token={token} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        parsed(&answer).status
    };
    assert_eq!((try_one(&first), try_one(&second)), (401, 303));
    // Ctrl-C.
    keys.write_all(b"\x03").unwrap();
    assert_eq!(terminal.wait().unwrap().code(), Some(0));
}

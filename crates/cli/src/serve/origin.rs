//! Where a request comes from, as its headers tell: which name the browser reached us by, and which page asked.
//!
//! A web page anywhere can have a browser send requests to loopback. It cannot forge `Host`, `Origin` or `Sec-Fetch-Site`;
//! these three tell it from our own page. Programs can forge them all, and meet the gate.

use hyper::{
    HeaderMap, Method, Request,
    header::{COOKIE, HOST, ORIGIN},
};

/// Names by which a browser reaches loopback, also through a tunnel. Any other resolves to us only because somebody made it
/// do so (DNS rebinding).
const OURS: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// It is for somebody else.
    Host,
    /// Another page asked, or it is not told which.
    Page,
}

/// By which name the browser reached us, if it is one of ours and no other page asked.
pub(crate) fn reached<B>(request: &Request<B>) -> Result<&str, Foreign> {
    let headers = request.headers();
    // A whole URL in the request line is for a proxy, and would be a second name.
    let host = match request.uri().authority() {
        None => only(headers, HOST.as_str()).filter(|host| is_ours(host)).ok_or(Foreign::Host)?,
        Some(_) => return Err(Foreign::Host),
    };
    let mut origins = headers.get_all(ORIGIN).iter();
    let own = |origin: &str| origin.strip_prefix("http://") == Some(host);
    match (origins.next(), origins.next()) {
        // Browsers send none where a page asks its own server for something by GET.
        (None, None) if request.method() == Method::GET => {}
        (Some(origin), None) if origin.to_str().is_ok_and(own) => {}
        _ => return Err(Foreign::Page),
    }
    // `same-site` is another port of loopback: another program's page.
    if headers.get_all("sec-fetch-site").iter().any(|site| site != "same-origin" && site != "none") {
        return Err(Foreign::Page);
    }
    Ok(host)
}

/// The value of a header that is there once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

fn is_ours(host: &str) -> bool {
    OURS.iter().any(|ours| match host.strip_prefix(ours) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(':').is_some_and(is_port),
        None => false,
    })
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

/// The name of the cookie. A cookie does not know ports: two servers, reached through two tunnels under the same name, would
/// take each other's away.
pub(crate) fn cookie_name(host: &str) -> String {
    let port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| is_port(port)).unwrap_or("80");
    format!("skydeck-{port}")
}

/// The cookie that lets a session in: out of reach for scripts, and never sent for another site's page.
pub(crate) fn cookie(host: &str, session: &str) -> String {
    format!("{}={session}; HttpOnly; SameSite=Strict; Path=/", cookie_name(host))
}

/// The sessions a request claims. Several cookies of one name can only be told apart by trying them.
pub(crate) fn sessions<'h>(headers: &'h HeaderMap, host: &str) -> Vec<&'h str> {
    let name = cookie_name(host);
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(';'));
    let named = cookies.filter_map(|cookie| cookie.trim().split_once('='));
    named.filter(|(cookie, _)| *cookie == name).map(|(_, session)| session).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request<()> {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap()
    }

    fn host(host: &str) -> Result<String, Foreign> {
        reached(&request("GET", "/", &[("host", host)])).map(str::to_owned)
    }

    #[test]
    fn only_names_of_loopback_reach_us() {
        for ours in ["127.0.0.1", "127.0.0.1:7478", "localhost:9000", "[::1]:7478", "[::1]"] {
            assert_eq!(host(ours).as_deref(), Ok(ours));
        }
        for other in [
            "",
            "evil.example:7478",
            "localhost.evil.example",
            "localhost.",
            "127.0.0.1.evil.example",
            "127.0.0.1:7478.evil.example",
            "127.0.0.1:",
            "127.0.0.1:+80",
            "127.0.0.1:99999",
            "127.0.0.1:80:80",
            "127.0.0.2:7478",
            "127.1",
            "2130706433",
            "0.0.0.0:7478",
            "::1",
            "user@localhost",
        ] {
            assert_eq!(host(other), Err(Foreign::Host), "{other}");
        }
    }

    #[test]
    fn a_request_names_one_host_and_only_as_a_header() {
        assert_eq!(reached(&request("GET", "/", &[])), Err(Foreign::Host));
        let two = [("host", "localhost:1"), ("host", "evil.example")];
        assert_eq!(reached(&request("GET", "/", &two)), Err(Foreign::Host));
        let whole = request("GET", "http://evil.example/", &[("host", "localhost:1")]);
        assert_eq!(reached(&whole), Err(Foreign::Host));
    }

    #[test]
    fn who_sends_something_says_that_it_is_our_page() {
        let post = |more: &[(&str, &str)]| {
            let headers: Vec<(&str, &str)> = [("host", "localhost:9000")].into_iter().chain(more.to_vec()).collect();
            reached(&request("POST", "/call/boot", &headers)).map(|_| ())
        };
        assert_eq!(post(&[("origin", "http://localhost:9000")]), Ok(()));
        for origin in [
            "null",
            "",
            "http://localhost",
            "http://localhost:9001",
            "http://127.0.0.1:9000",
            "https://localhost:9000",
            "http://localhost:9000/",
            "http://evil.example",
            "localhost:9000",
        ] {
            assert_eq!(post(&[("origin", origin)]), Err(Foreign::Page), "{origin}");
        }
        assert_eq!(post(&[]), Err(Foreign::Page));
        let two = [("origin", "http://localhost:9000"), ("origin", "http://evil.example")];
        assert_eq!(post(&two), Err(Foreign::Page));
    }

    #[test]
    fn a_get_of_another_page_is_seen_too() {
        let get =
            |more: (&str, &str)| reached(&request("GET", "/events", &[("host", "localhost:9000"), more])).map(|_| ());
        for (name, value) in
            [("origin", "http://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
        {
            assert_eq!(get((name, value)), Err(Foreign::Page), "{name}: {value}");
        }
        assert_eq!(get(("sec-fetch-site", "same-origin")), Ok(()));
        assert_eq!(get(("sec-fetch-site", "none")), Ok(()));
    }

    #[test]
    fn cookies_go_by_the_port_that_the_browser_sees() {
        assert_eq!(cookie("localhost:9000", "ab12"), "skydeck-9000=ab12; HttpOnly; SameSite=Strict; Path=/");
        assert_eq!(cookie_name("[::1]"), "skydeck-80");
        assert_eq!(cookie_name("[::1]:7478"), "skydeck-7478");
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "skydeck-90=no; skydeck-9000=one".parse().unwrap());
        headers.append(COOKIE, "skydeck-9000=two;other=1".parse().unwrap());
        assert_eq!(sessions(&headers, "localhost:9000"), ["one", "two"]);
    }
}

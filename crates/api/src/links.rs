//! Which links may be opened, and the ones that lead into the AWS console.
//!
//! Links come from AWS as text that anyone may have written. Only https, without user information, and of those only the
//! ones that an answer carried: every answer passes [`Links::screen`], so that what a front shows is what it may open. The
//! hosts that may be opened without that (AWS's own, the big repositories) are the shell's list.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

/// No browser needs more, and no honest link is longer.
const LONGEST: usize = 2048;

/// Links remembered; the oldest go first.
const MOST: usize = 20_000;

/// Whether a link is https and whole: a host of letters, digits, dots and dashes, with an optional port.
fn is_whole_https(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else { return false };
    let clean = url.len() <= LONGEST && url.chars().all(|c| !c.is_control() && !c.is_whitespace() && c != '\\');
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let named = host.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-') && host.contains('.');
    clean && named && !host.starts_with(['.', '-']) && !host.ends_with(['.', '-']) && port.parse::<u16>().is_ok()
}

/// The links that were handed out.
#[derive(Debug, Default)]
pub(crate) struct Links(Mutex<(HashSet<String>, VecDeque<String>)>);

impl Links {
    /// Whether an answer carried exactly this link.
    pub(crate) fn handed_out(&self, url: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.contains(url)
    }

    /// Takes every link out of an answer that no front should open, and remembers the others. A link is what stands in a
    /// member whose name is `url` or ends in `_url`.
    pub(crate) fn screen(&self, answer: &mut Value) {
        match answer {
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(url) if name == "url" || name.ends_with("_url") => {
                            if is_whole_https(url) {
                                self.remember(url);
                            } else {
                                *value = Value::Null;
                            }
                        }
                        value => self.screen(value),
                    }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|v| self.screen(v)),
            _ => {}
        }
    }

    fn remember(&self, url: &str) {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (set, order) = &mut *links;
        if set.insert(url.to_owned()) {
            order.push_back(url.to_owned());
            if order.len() > MOST
                && let Some(oldest) = order.pop_front()
            {
                set.remove(&oldest);
            }
        }
    }
}

/// The console of a Region's partition: `https://eu-west-1.console.aws.amazon.com`.
fn console(region: &str) -> String {
    let host = match region {
        r if r.starts_with("cn-") => "console.amazonaws.cn",
        r if r.starts_with("us-gov-") => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    format!("https://{region}.{host}")
}

/// A pipeline in the console.
pub(crate) fn pipeline(region: &str, name: &str) -> String {
    let name = escaped(name);
    format!("{}/codesuite/codepipeline/pipelines/{name}/view?region={region}", console(region))
}

/// A build in the console.
pub(crate) fn build(region: &str, account: &str, project: &str, build_id: &str) -> String {
    let (project, build) = (escaped(project), escaped(build_id));
    format!("{}/codesuite/codebuild/{account}/projects/{project}/build/{build}/?region={region}", console(region))
}

/// A stack in the console.
pub(crate) fn stack(region: &str, arn: &str) -> String {
    let arn = escaped(arn);
    format!("{}/cloudformation/home?region={region}#/stacks/stackinfo?stackId={arn}", console(region))
}

/// A stack set in the console, by its ARN (`…:stackset/name:uuid`).
pub(crate) fn stack_set(region: &str, arn: &str) -> String {
    let id = escaped(arn.split_once(":stackset/").map_or(arn, |(_, id)| id));
    format!("{}/cloudformation/home?region={region}#/stacksets/{id}/info", console(region))
}

/// Text as one segment of a path (RFC 3986: unreserved characters stand for themselves).
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_whole_https_links_are_links() {
        for (url, whole) in [
            ("https://github.com/acme/shop/commit/9f3c2e1", true),
            ("https://jenkins.example.com:8443/job/1/", true),
            ("https://example.com?x=1", true),
            ("http://github.com/", false),
            ("HTTPS://github.com/", false),
            ("javascript:alert(1)//https://github.com", false),
            ("https://github.com@evil.example.com/", false),
            ("https://github.com:pass@evil.example.com/", false),
            ("https://evil.example.com\\@github.com/", false),
            ("https://github.com\u{0}/", false),
            ("https://git hub.com/", false),
            ("https://gіthub.com/", false), // Cyrillic і
            ("https:///github.com", false),
            ("https://", false),
            ("https://localhost/", false),
            ("https://.com/", false),
            ("file:///etc/passwd", false),
            ("", false),
        ] {
            assert_eq!(is_whole_https(url), whole, "{url}");
        }
        assert!(!is_whole_https(&format!("https://example.com/{}", "x".repeat(3000))));
    }

    #[test]
    fn an_answer_hands_out_the_links_that_may_be_opened_and_no_others() {
        let links = Links::default();
        let mut answer = json!({
            "rows": [{"url": "https://jenkins.example.com/job/1", "entity_url": "javascript:alert(1)"}],
            "log_url": null,
            "message": "see http://example.com",
        });
        links.screen(&mut answer);
        assert_eq!(answer["rows"][0]["url"], "https://jenkins.example.com/job/1");
        assert_eq!(answer["rows"][0]["entity_url"], Value::Null);
        assert_eq!(answer["message"], "see http://example.com");
        assert!(links.handed_out("https://jenkins.example.com/job/1"));
        assert!(!links.handed_out("https://jenkins.example.com/job/2"));
    }

    #[test]
    fn console_links_follow_the_partition_and_escape_names() {
        assert_eq!(
            pipeline("eu-west-1", "web"),
            "https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/web/view?region=eu-west-1"
        );
        assert!(
            pipeline("cn-north-1", "a/b?c")
                .contains("cn-north-1.console.amazonaws.cn/codesuite/codepipeline/pipelines/a%2Fb%3Fc/")
        );
        assert!(
            build("us-gov-west-1", "1", "p", "p:5f")
                .contains("us-gov-west-1.console.amazonaws-us-gov.com/codesuite/codebuild/1/projects/p/build/p%3A5f/")
        );
    }
}

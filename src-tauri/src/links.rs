//! Which links leave the program. Text from AWS is hostile, and a link in it is text: only https, only to hosts that are
//! known here, or that the product itself vouches for because a row it read carries exactly this link.

use skydeck_api::{ApiError, Code};
use tauri::Url;

use crate::host::Opening;

/// Hosts that may always be opened, themselves and below.
const KNOWN: &[&str] = &[
    "console.aws.amazon.com",
    "docs.aws.amazon.com",
    "health.aws.amazon.com",
    "console.amazonaws-us-gov.com",
    "console.amazonaws.cn",
    "signin.aws.amazon.com",
    "awsapps.com",
    "bitbucket.org",
    "github.com",
    "gitlab.com",
];

/// Why a link was not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Refused {
    /// Not a link at all.
    #[error("this is not a link")]
    NotALink,
    /// `javascript:`, `file:`, plain http …
    #[error("only https links are opened; this one is {0}:")]
    Scheme(String),
    /// `https://github.com@evil.example/` reads like one host and is another.
    #[error("links that carry a user name or a password are not opened")]
    Credentials,
}

/// Opens a link in the user's browser, if it may leave.
pub(crate) async fn open(host: &Opening, link: &str) -> Result<(), ApiError> {
    let url = checked(link).map_err(|why| ApiError::new(Code::Refused, format!("Not opened: {why}.")))?;
    if !known(&url) && !host.host().await?.link_allowed(link) {
        let host = url.host_str().unwrap_or_default();
        let why = format!("Not opened: {host} is not a known place, and no row carries this link.");
        return Err(ApiError::new(Code::Refused, why));
    }
    tauri_plugin_opener::open_url(url.as_str(), None::<&str>)
        .map_err(|error| ApiError::new(Code::Local, format!("The browser could not be started: {error}.")))
}

/// A link that may be opened as far as its form goes.
fn checked(link: &str) -> Result<Url, Refused> {
    let url = Url::parse(link).map_err(|_| Refused::NotALink)?;
    if url.scheme() != "https" {
        return Err(Refused::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Credentials);
    }
    Ok(url)
}

/// Whether its host is known here.
fn known(url: &Url) -> bool {
    let Some(host) = url.domain() else { return false };
    KNOWN.iter().any(|known| host.strip_suffix(known).is_some_and(|below| below.is_empty() || below.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_aws_and_of_the_known_hosts_open() {
        for link in [
            "https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/web/view",
            "https://github.com/example/web/commit/9f8e7d6",
            "https://example.awsapps.com/start/",
            "https://GITHUB.com/example",
        ] {
            assert!(known(&checked(link).unwrap()), "{link}");
        }
    }

    #[test]
    fn a_host_that_only_looks_known_is_not() {
        for link in
            ["https://evilgithub.com/", "https://github.com.evil.example/", "https://127.0.0.1/", "https://[::1]/"]
        {
            assert!(!known(&checked(link).unwrap()), "{link}");
        }
    }

    #[test]
    fn only_https_without_credentials() {
        assert_eq!(checked("javascript:alert(1)"), Err(Refused::Scheme("javascript".into())));
        assert_eq!(checked("file:///etc/passwd"), Err(Refused::Scheme("file".into())));
        assert_eq!(checked("http://github.com/"), Err(Refused::Scheme("http".into())));
        assert_eq!(checked("https://github.com@evil.example/"), Err(Refused::Credentials));
        assert_eq!(checked("--help"), Err(Refused::NotALink));
    }
}

//! Links into the program from outside: `skydeck://open?arn=arn:aws:…` shows the thing with that ARN, through whichever
//! profile reads it here, so that a link works on a colleague's machine, too.
//!
//! Anybody can make such a link and any web page can follow one: it shows, and nothing more.

use tauri::{AppHandle, Emitter as _, Manager as _, Url};

use crate::attention::{self, OPEN, Thing};
use crate::host::Opening;
use crate::window;

/// The scheme, as registered by the packages (tauri.conf.json).
const SCHEME: &str = "skydeck:";
/// Longer than any ARN (2,048 characters at most).
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
const MOST: usize = 4096;

/// The link among the arguments of a start, if there is one.
pub fn among(arguments: impl IntoIterator<Item = String>) -> Option<String> {
    arguments.into_iter().find(|argument| argument.starts_with(SCHEME))
}

/// The ARN a link names.
fn arn(link: &str) -> Option<String> {
    let url = Url::parse(link).ok().filter(|_| link.len() <= MOST)?;
    let opens = url.host_str() == Some("open") && matches!(url.path(), "" | "/");
    let arn = url.query_pairs().find(|(name, _)| name == "arn").map(|(_, arn)| arn.into_owned());
    arn.filter(|arn| opens && arn.starts_with("arn:"))
}

/// Brings the window to the front and shows what the link names; says so if there is no such thing here.
pub(crate) async fn open(app: &AppHandle, link: &str) {
    let Some(arn) = arn(link) else {
        tracing::warn!("a link that names nothing was not followed");
        return show(app, None);
    };
    let opening = app.state::<Opening>();
    let found = match opening.host().await {
        Ok(host) => host.by_arn(&arn).await.ok().flatten(),
        Err(_) => None,
    };
    match found {
        Some(row) => show(app, Some(Thing { id: row.id, kind: row.kind, name: row.name })),
        None => {
            show(app, None);
            if let Err(error) = app.emit_to(window::MAIN, UNKNOWN, &arn) {
                tracing::warn!(%error, "the page could not be told that a link leads nowhere");
            }
        }
    }
}

/// The event by which the page is told that there is no such thing here.
const UNKNOWN: &str = "skydeck://unknown";

fn show(app: &AppHandle, thing: Option<Thing>) {
    let app = app.clone();
    let shown = app.clone().run_on_main_thread(move || attention::open(&app, thing.as_ref()));
    if let Err(error) = shown {
        tracing::warn!(%error, event = OPEN, "the window could not be brought to the front");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_an_arn_and_nothing_else() {
        let web = "arn:aws:codepipeline:eu-west-1:111122223333:web";
        assert_eq!(arn(&format!("skydeck://open?arn={web}")).as_deref(), Some(web));
        assert_eq!(arn(&format!("skydeck://open/?arn={}", web.replace(':', "%3A"))).as_deref(), Some(web));
        for other in [
            "skydeck://open",
            "skydeck://open?arn=web",
            "skydeck://rollback?arn=arn:aws:x:y:z:w",
            "skydeck://open/rollback?arn=arn:aws:x:y:z:w",
            "skydeck:open?arn=arn:aws:x:y:z:w",
            &format!("skydeck://open?arn=arn:{}", "x".repeat(MOST)),
        ] {
            assert_eq!(arn(other), None, "{other}");
        }
    }

    #[test]
    fn it_is_found_among_arguments() {
        let words = |words: &[&str]| among(words.iter().map(|w| (*w).to_owned()));
        assert_eq!(
            words(&["skydeck", "--demo", "skydeck://open?arn=arn:x"]).as_deref(),
            Some("skydeck://open?arn=arn:x")
        );
        assert_eq!(words(&["skydeck", "--demo"]), None);
    }
}

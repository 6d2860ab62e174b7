//! A notification on the desktop, by the freedesktop specification. A click opens what it is about.

use std::sync::atomic::{AtomicUsize, Ordering};

use notify_rust::{Hint, Notification, Urgency};
use tauri::AppHandle;

use super::{open, told::Telling};

/// Notifications that a click is waited for. Each has a thread until it goes away; some desktops keep them for days.
const MOST: usize = 32;
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Shows it. A desktop that cannot is said in the log: what it would have said is in the window.
pub(crate) fn show(app: &AppHandle, telling: Telling) {
    if WAITING.fetch_add(1, Ordering::Relaxed) >= MOST {
        WAITING.fetch_sub(1, Ordering::Relaxed);
        tracing::warn!(title = telling.title, "not shown: {MOST} notifications are open already");
        return;
    }
    let app = app.clone();
    // Blocks on the bus until the notification is gone.
    let thread = std::thread::Builder::new().name("notification".to_owned()).spawn(move || {
        wait(&app, &telling);
        WAITING.fetch_sub(1, Ordering::Relaxed);
    });
    if let Err(error) = thread {
        WAITING.fetch_sub(1, Ordering::Relaxed);
        tracing::warn!(%error, "a notification could not be shown");
    }
}

fn wait(app: &AppHandle, telling: &Telling) {
    let shown = Notification::new()
        .appname("Skydeck")
        .summary(&telling.title)
        .body(&escaped(&telling.body))
        .icon("skydeck")
        .hint(Hint::DesktopEntry("skydeck".to_owned()))
        .urgency(if telling.urgent { Urgency::Critical } else { Urgency::Normal })
        .action("default", &telling.open)
        .show();
    match shown {
        Ok(handle) => handle.wait_for_action(|action| {
            if action == "default" {
                let (app, thing) = (app.clone(), telling.opens.clone());
                let _ = app.clone().run_on_main_thread(move || open(&app, thing.as_ref()));
            }
        }),
        Err(error) => tracing::warn!(%error, "a notification could not be shown"),
    }
}

/// The body may hold markup by the specification; ours holds what AWS called things.
/// <https://specifications.freedesktop.org/notification-spec/latest/markup.html>
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use skydeck_sim::world::hostile::TEXTS;

    use super::*;

    #[test]
    fn what_aws_called_a_thing_is_no_markup() {
        assert_eq!(escaped("<b>&</b>"), "&lt;b&gt;&amp;&lt;/b&gt;");
        assert!(TEXTS.iter().any(|text| text.contains("<a href")) && TEXTS.iter().any(|text| text.contains("&lt;")));
        for text in &*TEXTS {
            let shown = escaped(text);
            assert!(!shown.contains(['<', '>']), "{shown}");
            // A desktop reads back what AWS said.
            assert_eq!(&shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), text);
        }
    }
}

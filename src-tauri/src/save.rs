//! Saving a text that the page made: the user says where, in the system's own dialog, and nobody else does.
//!
//! The page suggests a name and never a path, and only of a kind that a desktop opens and does not run: a script that got
//! into the page could else have the user put a program where programs are started from. Deliberately not here: what is
//! in the text, and reading files, which the page does by its own file input.

use std::sync::atomic::{AtomicBool, Ordering};

use skydeck_api::{ApiError, Code};
use tauri::{AppHandle, Manager as _};

use crate::window;

/// What a saved file may be, by the end of its name.
const KINDS: &[&str] = &["csv", "json", "md", "txt"];

/// Longer names are refused by file systems; the rest is left to what the user appends.
const LONGEST: usize = 120;

/// One dialog at a time: a page that asks again and again fills no screen.
static ASKING: AtomicBool = AtomicBool::new(false);

/// Gives the turn back, whatever became of the dialog.
struct Turn;

impl Turn {
    fn take() -> Option<Turn> {
        (!ASKING.swap(true, Ordering::AcqRel)).then_some(Turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        ASKING.store(false, Ordering::Release);
    }
}

/// Why no dialog was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refused {
    #[error("a file's name was expected, and no path")]
    Path,
    #[error("the name is empty, hidden, too long, or holds what no file's name holds")]
    Name,
    #[error("only texts are saved (csv, json, md, txt)")]
    Kind,
}

/// Asks where, and writes there. Where that was; none if the user thought better of it.
pub(crate) async fn save(app: &AppHandle, name: &str, text: String) -> Result<Option<String>, ApiError> {
    let kind = checked(name).map_err(|why| ApiError::new(Code::Refused, format!("Not saved: {why}.")))?;
    let busy = || ApiError::new(Code::Refused, "Not saved: another file is being saved; end that dialog first.");
    let turn = Turn::take().ok_or_else(busy)?;
    let lost = || ApiError::new(Code::Local, "Not saved: the dialog could not be shown.");
    let (chosen, choice) = tokio::sync::oneshot::channel();
    let (asked, name) = (app.clone(), name.to_owned());
    // Dialogs belong to the thread of the windows.
    let shown = app.run_on_main_thread(move || {
        let mut dialog = rfd::AsyncFileDialog::new().set_file_name(name).add_filter(kind, &[kind]);
        if let Some(window) = asked.get_webview_window(window::MAIN) {
            dialog = dialog.set_parent(&window);
        }
        let dialog = dialog.save_file();
        tauri::async_runtime::spawn(async move { chosen.send(dialog.await) });
    });
    shown.map_err(|_| lost())?;
    let file = choice.await.map_err(|_| lost())?;
    drop(turn);
    let Some(file) = file else { return Ok(None) };
    let path = file.path().to_owned();
    let written = tokio::fs::write(&path, text).await;
    written.map_err(|error| ApiError::new(Code::Local, format!("{}: {error}.", path.display())))?;
    Ok(Some(path.display().to_string()))
}

/// A name that may be suggested; its kind.
fn checked(name: &str) -> Result<&'static str, Refused> {
    if name.contains(['/', '\\']) || name.contains("..") {
        return Err(Refused::Path);
    }
    // A colon is a drive or a stream on Windows; marks of direction make `txt.exe` read as something else.
    let odd = |c: char| {
        c.is_control() || "<>:\"|?*".contains(c) || matches!(c, '\u{200e}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if name.starts_with(['.', '-', '~', ' ']) || name.chars().count() > LONGEST || name.chars().any(odd) {
        return Err(Refused::Name);
    }
    let (stem, kind) = name.rsplit_once('.').ok_or(Refused::Kind)?;
    if stem.trim().is_empty() {
        return Err(Refused::Name);
    }
    KINDS.iter().find(|known| **known == kind).copied().ok_or(Refused::Kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_of_a_text_is_taken() {
        for (name, kind) in
            [("skydeck-settings.json", "json"), ("빌드 목록 2026-11-25.csv", "csv"), ("skydeck-report.txt", "txt")]
        {
            assert_eq!(checked(name), Ok(kind), "{name}");
        }
    }

    #[test]
    fn a_path_of_the_page_is_refused() {
        for name in [
            "/etc/cron.d/x.txt",
            "../.bashrc.txt",
            "a/b.json",
            "..\\..\\Startup\\x.txt",
            "C:\\Users\\x.txt",
            "\\\\host\\share\\x.txt",
            "..json",
        ] {
            assert_eq!(checked(name), Err(Refused::Path), "{name}");
        }
    }

    #[test]
    fn nothing_that_a_desktop_would_run_or_hide() {
        for (name, why) in [
            (".bashrc", Refused::Name),
            (".profile.txt", Refused::Name),
            ("-rf.txt", Refused::Name),
            ("", Refused::Kind),
            (".txt", Refused::Name),
            ("x.desktop", Refused::Kind),
            ("x.txt.exe", Refused::Kind),
            ("x.sh", Refused::Kind),
            ("x.TXT ", Refused::Kind),
            ("x\n.txt", Refused::Name),
            ("x:stream.txt", Refused::Name),
            ("report\u{202e}gpj.txt", Refused::Name),
            (&format!("{}.txt", "x".repeat(200)), Refused::Name),
        ] {
            assert_eq!(checked(name), Err(why), "{name:?}");
        }
    }

    #[test]
    fn one_dialog_at_a_time() {
        let first = Turn::take().expect("nobody asks");
        assert!(Turn::take().is_none());
        drop(first);
        assert!(Turn::take().is_some());
    }
}

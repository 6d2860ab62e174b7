//! The tray of Linux desktops (StatusNotifierItem): the program's mark in the colour of the worst, and a menu of what is
//! wrong. Where no desktop shows such things, it waits for one; the window knows by [`is_seen`].

use std::sync::atomic::{AtomicBool, Ordering};

use ksni::blocking::{Handle, TrayMethods as _};
use ksni::menu::StandardItem;
use ksni::{Category, Icon, MenuItem, OfflineReason, Status, ToolTip};
use tauri::AppHandle;

use super::open;
use super::told::{Glance, Mood};

/// The program's icon.
const MARK: tauri::image::Image<'static> = tauri::include_image!("assets/icons/32x32.png");

static SEEN: AtomicBool = AtomicBool::new(false);

/// Whether a desktop shows the tray, so that a window that is gone can be had back.
pub(crate) fn is_seen() -> bool {
    SEEN.load(Ordering::Relaxed)
}

/// The tray, once there was something to show.
#[derive(Default)]
pub(crate) struct Shown {
    handle: Option<Handle<Tray>>,
    last: Option<Glance>,
}

impl Shown {
    /// Shows this; the first time it makes the tray.
    pub(crate) async fn set(&mut self, app: &AppHandle, glance: Glance) {
        if self.last.as_ref() == Some(&glance) {
            return;
        }
        self.last = Some(glance.clone());
        let (handle, app) = (self.handle.clone(), app.clone());
        // Talks to the bus and waits for it.
        let done = tokio::task::spawn_blocking(move || match handle {
            Some(handle) => handle.update(|tray| tray.glance = glance).map(|()| handle),
            None => {
                // Until it is heard that no desktop shows it, which is only said where it is so.
                SEEN.store(true, Ordering::Relaxed);
                Tray { app, glance }.assume_sni_available(true).spawn().inspect_err(no_tray).ok()
            }
        });
        self.handle = done.await.unwrap_or_default();
    }
}

/// Without a session bus there is no tray, and nothing is wrong.
fn no_tray(error: &ksni::Error) {
    SEEN.store(false, Ordering::Relaxed);
    tracing::info!(%error, "no tray");
}

struct Tray {
    app: AppHandle,
    glance: Glance,
}

impl ksni::Tray for Tray {
    fn id(&self) -> String {
        "skydeck".to_owned()
    }

    fn category(&self) -> Category {
        Category::ApplicationStatus
    }

    fn title(&self) -> String {
        "Skydeck".to_owned()
    }

    fn status(&self) -> Status {
        if self.glance.mood == Mood::Failed { Status::NeedsAttention } else { Status::Active }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        icons(self.glance.mood)
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        icons(self.glance.mood)
    }

    fn tool_tip(&self) -> ToolTip {
        let description = self.glance.unread.clone().unwrap_or_default();
        ToolTip { title: format!("Skydeck: {}", self.glance.summary), description, ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        show(&self.app, None);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let said = |text: &String| {
            MenuItem::from(StandardItem { label: label(text), enabled: false, ..StandardItem::default() })
        };
        let mut menu = vec![said(&self.glance.summary)];
        menu.extend(self.glance.unread.iter().map(said));
        menu.push(MenuItem::Separator);
        for (text, thing) in &self.glance.things {
            let thing = thing.clone();
            let activate = Box::new(move |tray: &mut Tray| show(&tray.app, Some(thing.clone())));
            menu.push(StandardItem { label: label(text), activate, ..StandardItem::default() }.into());
        }
        if !self.glance.things.is_empty() {
            menu.push(MenuItem::Separator);
        }
        let window = Box::new(|tray: &mut Tray| show(&tray.app, None));
        menu.push(StandardItem { label: label(&self.glance.open), activate: window, ..StandardItem::default() }.into());
        let quit = Box::new(|tray: &mut Tray| tray.app.exit(0));
        menu.push(StandardItem { label: label(&self.glance.quit), activate: quit, ..StandardItem::default() }.into());
        menu
    }

    fn watcher_online(&self) {
        SEEN.store(true, Ordering::Relaxed);
    }

    fn watcher_offline(&self, _: OfflineReason) -> bool {
        SEEN.store(false, Ordering::Relaxed);
        // A desktop's panel may come back.
        true
    }
}

fn show(app: &AppHandle, thing: Option<super::Thing>) {
    let app = app.clone();
    let _ = app.clone().run_on_main_thread(move || open(&app, thing.as_ref()));
}

/// A lone underscore would be taken for the letter to press.
fn label(text: &str) -> String {
    text.replace('_', "__")
}

/// The mark of the program with a dot in the colour of the worst, as ARGB in network byte order.
fn icons(mood: Mood) -> Vec<Icon> {
    let (size, dot) = (MARK.width(), dot(mood));
    let centre = size as f32 * 0.74;
    let radius = size as f32 * 0.24;
    let mut data = Vec::with_capacity(MARK.rgba().len());
    for (at, pixel) in MARK.rgba().chunks_exact(4).enumerate() {
        let (x, y) = ((at as u32 % size) as f32 + 0.5, (at as u32 / size) as f32 + 0.5);
        let away = ((x - centre).powi(2) + (y - centre).powi(2)).sqrt();
        let inside = (radius - away + 0.5).clamp(0.0, 1.0);
        let mix = |from: u8, to: u8| (f32::from(from) + (f32::from(to) - f32::from(from)) * inside).round() as u8;
        let [red, green, blue] = dot;
        data.extend([mix(pixel[3], 255), mix(pixel[0], red), mix(pixel[1], green), mix(pixel[2], blue)]);
    }
    let side = i32::try_from(size).unwrap_or_default();
    vec![Icon { width: side, height: side, data }]
}

/// As the marks of the board on a dark ground (`ui/src/styles/tokens.css`).
fn dot(mood: Mood) -> [u8; 3] {
    match mood {
        Mood::Failed => [0xff, 0x80, 0x78],
        Mood::Attention => [0xe8, 0xb0, 0x4a],
        Mood::Well => [0x5b, 0xbd, 0x8b],
        Mood::Unknown => [0xa0, 0xa9, 0xb6],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_says_the_worst_and_the_rest_of_the_mark_stays() {
        let [failed, well] = [Mood::Failed, Mood::Well].map(|mood| icons(mood).remove(0));
        assert_eq!(failed.data.len(), (failed.width * failed.height * 4) as usize);
        assert_ne!(failed.data, well.data);
        let centre = ((failed.height * 74 / 100) * failed.width + failed.width * 74 / 100) as usize * 4;
        assert_eq!(failed.data[centre..centre + 4], [255, 0xff, 0x80, 0x78]);
        assert_eq!(failed.data[..4], well.data[..4]);
    }

    #[test]
    fn an_underscore_is_a_letter() {
        assert_eq!(label("a_b"), "a__b");
    }
}

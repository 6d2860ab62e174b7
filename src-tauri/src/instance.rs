//! One window for one home: a second start brings the first to the front and ends.
//!
//! Another `SKYDECK_HOME`, and the demo world, are programs of their own: on Linux they get another name on the session
//! bus. (macOS and Windows know one name a program; there the second start goes to the first window.)

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use tauri::plugin::TauriPlugin;
use tauri::{Manager, Wry};

use crate::{Options, deep, window};

/// As in tauri.conf.json.
const IDENTIFIER: &str = "app.skydeck.desktop";

pub(crate) fn plugin(options: Options) -> TauriPlugin<Wry> {
    let home = std::env::var_os("SKYDECK_HOME").map(|home| home.to_string_lossy().into_owned());
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(bus_name(options, home.as_deref()))
        .callback(|app, arguments, _folder| {
            if let Some(window) = app.get_webview_window(window::MAIN) {
                window::show(&window);
            }
            if let Some(link) = deep::among(arguments) {
                let app = app.clone();
                tauri::async_runtime::spawn(async move { deep::open(&app, &link).await });
            }
        })
        .build()
}

fn bus_name(options: Options, home: Option<&str>) -> String {
    let mut name = IDENTIFIER.to_owned();
    if options.demo {
        name.push_str(".demo");
    }
    if let Some(home) = home.filter(|home| !home.is_empty()) {
        let mut hasher = DefaultHasher::new();
        home.hash(&mut hasher);
        // An element of a bus name does not begin with a digit.
        name.push_str(&format!(".home{:016x}", hasher.finish()));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_home_and_the_demo_have_a_name_of_their_own() {
        let (own, demo) = (Options::default(), Options { demo: true, ..Options::default() });
        let names = [bus_name(own, None), bus_name(demo, None), bus_name(own, Some("/a")), bus_name(own, Some("/b"))];
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{name} twice");
        }
        assert_eq!(bus_name(own, Some("")), bus_name(own, None));
        assert_eq!(bus_name(own, Some("/a")), bus_name(own, Some("/a")));
    }
}

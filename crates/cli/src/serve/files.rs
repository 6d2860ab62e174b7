//! The UI as it was built with the program. Only names that stand in its table are answered: no path reaches the disk.

use std::sync::LazyLock;

use hyper::{Response, header::HeaderValue};

use super::answers::{self, Answer};

/// Every file of `ui/dist` by its name, `/` between folders (build.rs).
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/ui.rs"));

const ICON: &[u8] = include_bytes!("../../../../assets/icons/32x32.png");

/// The first script of the page, as `freezePrototype` in tauri.conf.json has the window run it: what all objects share stays as
/// it is, whatever a later script would like. A file, for the policy lets no script stand in the page.
const FREEZE: &[u8] = b"Object.freeze(Object.prototype);Object.freeze(Array.prototype);\n";

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let page = FILES.iter().find(|(file, _)| *file == "index.html").map_or(&b""[..], |(_, bytes)| bytes);
    String::from_utf8_lossy(page).replacen("<head>", "<head><script src=\"freeze.js\"></script>", 1)
});

/// What Vite puts here carries a hash of its content in its name: the same name is the same bytes for ever.
const HASHED: &str = "assets/";

const FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// The file of that path, if there is one.
pub(crate) fn file(path: &str) -> Option<Response<Answer>> {
    let name = match path.strip_prefix('/')? {
        "" | "index.html" => return Some(answers::ok(kind("index.html"), PAGE.as_bytes())),
        "freeze.js" => return Some(answers::ok(kind("freeze.js"), FREEZE)),
        // Browsers ask for it by themselves.
        "favicon.ico" => return Some(answers::ok("image/png", ICON)),
        name => name,
    };
    let &(name, bytes) = FILES.iter().find(|(file, _)| *file == name)?;
    let mut answer = answers::ok(kind(name), bytes);
    if name.starts_with(HASHED) {
        answers::keep(&mut answer, FOR_EVER);
    }
    Some(answer)
}

/// The type of a file; what is not known here is downloaded rather than shown.
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};

    use super::*;

    #[test]
    fn the_page_is_never_kept_and_its_parts_always() {
        let page = file("/").unwrap();
        assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(page.headers()[CACHE_CONTROL], "no-store");
        let (script, _) = FILES.iter().find(|(name, _)| name.ends_with(".js")).unwrap();
        let script = file(&format!("/{script}")).unwrap();
        assert_eq!(script.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(script.headers()[CACHE_CONTROL], FOR_EVER);
        assert!(FILES.iter().all(|(name, _)| kind(name) != "application/octet-stream"), "a type is missing");
    }

    #[test]
    fn what_all_objects_share_is_frozen_before_any_other_script() {
        let first = PAGE.find("<script").expect("the page has scripts");
        assert!(PAGE[first..].starts_with("<script src=\"freeze.js\"></script>"), "{}", *PAGE);
        assert_eq!(file("/freeze.js").unwrap().headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
    }

    #[test]
    fn only_what_stands_in_the_table_is_a_file() {
        for path in ["", "index.html", "//index.html", "/../index.html", "/assets", "/assets/", "/assets/../index.html"]
        {
            assert!(file(path).is_none(), "{path}");
        }
    }
}

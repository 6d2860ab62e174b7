//! How much script and style the page has, all of its parts together, as a browser is sent it: compressed by gzip, which
//! nobody here wrote.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Failed;
use crate::figures::Figures;

pub(crate) fn measure(figures: &mut Figures) -> Result<(), Failed> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist/assets");
    let mut whole = 0;
    for entry in fs::read_dir(built)? {
        let file = entry?.path();
        if file.extension().is_some_and(|kind| kind == "js" || kind == "css") {
            whole += Command::new("gzip").arg("-9c").arg(file).output()?.stdout.len();
        }
    }
    if whole == 0 {
        return Err("the page is not built".into());
    }
    figures.hold("page", "script and style, compressed", whole as f64 / 1000.0, "KB", 400.0);
    Ok(())
}

//! Tells Tauri which commands the page may call and where their capabilities lie, and refuses to build without a UI.
//!
//! Without `AppManifest::commands` a script in the page would reach every command, whatever the capabilities say.

use std::path::Path;

/// The commands of `src/commands.rs`.
const COMMANDS: &[&str] = &["ahead", "call", "open_demo", "open_link", "painted", "save_file"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Named here because Tauri watches only its default place.
    println!("cargo::rerun-if-changed=src-tauri/capabilities");
    // The UI becomes part of the program: built again when it changed.
    println!("cargo::rerun-if-changed=ui/dist");
    if !Path::new("ui/dist/index.html").is_file() {
        // No empty stand-in: a program that opens a blank window would look like a success.
        println!(
            "cargo::error=the UI is not built yet (ui/dist is missing): run `cargo xtask run`, which builds it first"
        );
        return Ok(());
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes)?;
    Ok(())
}

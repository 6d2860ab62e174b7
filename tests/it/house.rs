//! The walls of the house, as `docs/architecture.md` draws them: who may depend on whom, and which words may stand where.
//! Each rule is an absence, so each is also tried on an offender.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package of ours, and all of ours that it may name. `skydeck-tests` and `xtask` stand outside the product.
const MAY_USE: &[(&str, &[&str])] = &[
    ("skydeck-domain", &[]),
    ("skydeck-sim", &[]),
    ("skydeck-aws", &["skydeck-domain", "skydeck-insight"]),
    ("skydeck-store", &["skydeck-domain"]),
    ("skydeck-insight", &["skydeck-domain"]),
    ("skydeck-engine", &["skydeck-aws", "skydeck-domain", "skydeck-insight", "skydeck-store"]),
    ("skydeck-api", &["skydeck-domain", "skydeck-engine", "skydeck-insight", "skydeck-store"]),
    ("skydeckctl", &["skydeck-api", "skydeck-sim"]),
    ("skydeck", &["skydeck-api", "skydeck-sim"]),
];
const OUTSIDE: &[&str] = &["skydeck-tests", "xtask"];

/// A word, where it may stand, and why nowhere else.
struct Wall {
    word: &'static str,
    only_in: &'static [&'static str],
    because: &'static str,
}

const WALLS: &[Wall] = &[
    Wall { word: "aws_sdk_", only_in: &["crates/aws/"], because: "one crate knows AWS's types; the rest knows ours" },
    Wall { word: "tauri::", only_in: &["src-tauri/"], because: "the product runs without a desktop" },
    Wall { word: "@tauri-apps", only_in: &["ui/src/platform/"], because: "one bundle, two hosts" },
    Wall {
        word: "__TAURI",
        only_in: &["ui/src/platform/", "src-tauri/src/window.rs", "tests/window/shell.rs", "src-tauri/examples/"],
        because: "one bundle, two hosts",
    },
    Wall { word: "{@html", only_in: &[], because: "text from AWS is hostile: it is rendered as text" },
    Wall { word: "Utc::now", only_in: TELL_THE_TIME, because: "time is passed in" },
    Wall { word: "Local::now", only_in: &[], because: "time is passed in, in UTC" },
    Wall { word: "SystemTime::now", only_in: TELL_THE_TIME, because: "time is passed in" },
];

/// The machine's clock, the world's (which runs with it), and what is not the product.
const TELL_THE_TIME: &[&str] = &["crates/domain/src/time.rs", "crates/sim/src/clock.rs", "src-tauri/", "xtask/"];

/// What the walls stand in: sources of ours, and not this file, which has to name the words.
const SOURCES: &[&str] = &["crates", "src-tauri", "tests", "ui/src", "xtask"];
const EXTENSIONS: &[&str] = &["rs", "ts", "svelte", "js", "mjs", "html", "py"];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the clone")
}

/// Every package with the packages of ours that it names, in any kind of dependency.
fn packages() -> Vec<(String, Vec<String>)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs these tests");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &serde_json::Value| value["name"].as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: Vec<String> = packages.iter().map(name).collect();
    let named = |package: &serde_json::Value| package["dependencies"].as_array().unwrap().iter().map(name).collect();
    let keep = |names: Vec<String>| names.into_iter().filter(|name| ours.contains(name)).collect();
    packages.iter().map(|package| (name(package), keep(named(package)))).collect()
}

/// Arrows that may not be, as sentences.
fn upward(packages: &[(String, Vec<String>)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (package, uses) in packages.iter().filter(|(name, _)| !OUTSIDE.contains(&name.as_str())) {
        let Some((_, may)) = MAY_USE.iter().find(|(name, _)| name == package) else {
            wrong.push(format!("{package} has no place in the map yet"));
            continue;
        };
        wrong
            .extend(uses.iter().filter(|used| !may.contains(&used.as_str())).map(|used| format!("{package} → {used}")));
    }
    wrong
}

/// Words on the wrong side of a wall in the file at `path` (from the top), as sentences. Comments may name anything.
fn trespasses(path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for wall in WALLS.iter().filter(|wall| !wall.only_in.iter().any(|place| path.starts_with(place))) {
        for (number, line) in text.lines().enumerate() {
            if line.contains(wall.word) && !line.trim_start().starts_with("//") {
                wrong.push(format!("{path}:{}: `{}`: {}", number + 1, wall.word, wall.because));
            }
        }
    }
    wrong
}

/// Folders that are made, not written.
const NOT_OURS: [&str; 3] = ["node_modules", "dist", "out"];

fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = SOURCES.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            let ours = path.extension().is_some_and(|ext| EXTENSIONS.iter().any(|known| ext == *known));
            if path.is_dir() && !NOT_OURS.iter().any(|name| path.ends_with(name)) {
                folders.push(path);
            } else if ours && path.is_file() && path != root().join("tests/it/house.rs") {
                let from_top = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
                found.push((from_top, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn nobody_uses_what_lies_above_it() {
    let packages = packages();
    assert_eq!(upward(&packages), Vec::<String>::new());
    for (name, _) in MAY_USE {
        assert!(packages.iter().any(|(package, _)| package == name), "{name} is in the map but not in the workspace");
    }
}

#[test]
fn words_stay_on_their_side_of_the_wall() {
    let sources = sources();
    assert!(sources.len() > 50, "found only {} sources: the paths above are wrong", sources.len());
    let wrong: Vec<String> = sources.iter().flat_map(|(path, text)| trespasses(path, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rust_file_says_what_it_is_for() {
    let silent = |(path, text): &(String, String)| path.ends_with(".rs") && !text.starts_with("//!");
    let silent: Vec<String> = sources().into_iter().filter(silent).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "these do not open with `//!`:\n{}", silent.join("\n"));
}

#[test]
fn an_arrow_upward_is_seen() {
    let package = |name: &str, uses: &[&str]| (name.to_owned(), uses.iter().map(|used| (*used).to_owned()).collect());
    let drawn = [
        package("skydeck-store", &["skydeck-domain", "skydeck-engine"]),
        package("skydeck-tests", &["skydeck-store"]),
        package("skydeck-new", &[]),
    ];
    assert_eq!(upward(&drawn), ["skydeck-store → skydeck-engine", "skydeck-new has no place in the map yet"]);
}

#[test]
fn a_word_on_the_wrong_side_is_seen() {
    let offends = |path: &str, line: &str| trespasses(path, line).len();
    assert_eq!(offends("crates/engine/src/sync.rs", "use aws_sdk_codepipeline::Client;"), 1);
    assert_eq!(offends("crates/aws/src/sync.rs", "use aws_sdk_codepipeline::Client;"), 0);
    assert_eq!(offends("ui/src/features/board.ts", "import { invoke } from \"@tauri-apps/api/core\";"), 1);
    assert_eq!(offends("ui/src/features/Log.svelte", "{@html line}"), 1);
    assert_eq!(offends("crates/store/src/lib.rs", "let at = Utc::now();"), 1);
    assert_eq!(offends("crates/store/src/lib.rs", "// never Utc::now()"), 0);
}

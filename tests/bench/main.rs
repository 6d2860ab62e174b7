//! `cargo xtask bench`: what Skydeck promises of speed and memory, measured on release builds, as figures and as ratios to
//! something measured in the same run. Prints them, and writes them as JSON.
//!
//! `bench JSON_FILE [PART]…`; without parts, all of them. Deliberately not a test: a busy machine may not turn CI red, and
//! a figure without the machine it came from says nothing. A figure beyond its bound is marked, and the command then ends
//! badly, so that a script can ask.
#![allow(clippy::print_stdout, reason = "a command line")]

mod figures;
mod glass;
mod ground;
mod hands;
mod idle;
mod page;
mod processes;
mod rest;
mod screen;
mod start;
mod sync;

use std::path::PathBuf;
use std::process::ExitCode;

use figures::Figures;

/// Whatever stopped a measurement: it is told as it is, there is nobody to tell it to in other words.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The parts, in the order in which they are measured: what needs a quiet machine first.
const PARTS: [&str; 7] = ["start", "screen", "hands", "rest", "sync", "idle", "page"];

#[tokio::main]
async fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(file) = args.next().map(PathBuf::from) else {
        eprintln!("bench JSON_FILE [{}]…", PARTS.join("|"));
        return ExitCode::from(2);
    };
    let mut asked: Vec<String> = args.collect();
    if let Some(unknown) = asked.iter().find(|name| !PARTS.contains(&name.as_str())) {
        eprintln!("there is no part `{unknown}`: {}", PARTS.join(", "));
        return ExitCode::from(2);
    }
    if asked.is_empty() {
        asked = PARTS.map(str::to_owned).to_vec();
    }
    let mut figures = Figures::default();
    let mut whole = true;
    for part in &asked {
        println!("\n── Measuring: {part}");
        let measured = match part.as_str() {
            "start" => start::measure(&mut figures).await,
            "screen" => screen::measure(&mut figures).await,
            "hands" => hands::measure(&mut figures).await,
            "rest" => rest::measure(&mut figures).await,
            "page" => page::measure(&mut figures),
            "sync" => sync::measure(&mut figures).await,
            _ => idle::measure(&mut figures).await,
        };
        if let Err(error) = measured {
            eprintln!("{part} could not be measured: {error}");
            whole = false;
        }
    }
    println!("\n{figures}");
    if let Err(error) = std::fs::write(&file, figures.as_json().to_string() + "\n") {
        eprintln!("{}: {error}", file.display());
        return ExitCode::FAILURE;
    }
    println!("The same as JSON: {}", file.display());
    if whole && figures.all_within() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

//! The program `skydeck`: its arguments. Everything else is the library beside it.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![allow(clippy::print_stdout, reason = "--help and --version answer on standard output")]

use std::process::ExitCode;

use lexopt::prelude::*;
use skydeck_shell::{Options, draw_plainly, home, link_among, run};

const USAGE: &str = "\
Skydeck: watch and steer everything you ship on AWS, from one window.

  skydeck            your own profiles
  skydeck --demo     the demo world, in process: no account, no network
  skydeck --or-demo  your own profiles, or the demo world if there are none
  skydeck [--demo|--or-demo] --home   prints the folder whose rows it shows, and ends
  skydeck skydeck://open?arn=ARN   shows that thing, in the window that is open or in a new one
  skydeck --version

SKYDECK_HOME      folder of the cache, the ledger and the settings
SKYDECK_LOG       what is logged on standard error, as `warn` or `skydeck_engine=debug`
Draws without OpenGL on Linux; WEBKIT_DISABLE_COMPOSITING_MODE=0 has it draw with it
";

fn main() -> ExitCode {
    draw_plainly();
    match parsed(lexopt::Parser::from_env()) {
        Ok(Asked::Window(options)) => run(options, link_among(std::env::args())),
        Ok(Asked::Home(options)) => match home(options) {
            Ok(home) => {
                println!("{}", home.display());
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        Ok(Asked::Text(text)) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprint!("{error}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Gives back what a large read has used; the C library's allocator kept 60 MB of it (a hundred, with many cores).
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Window(Options),
    Home(Options),
    Text(String),
}

fn parsed(mut arguments: lexopt::Parser) -> Result<Asked, lexopt::Error> {
    let mut options = Options::default();
    let mut home = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("demo") => options.demo = true,
            Long("or-demo") => options.or_demo = true,
            Long("home") => home = true,
            // Found once more where it is followed.
            Value(link) if link.to_str().is_some_and(|link| link_among([link.to_owned()]).is_some()) => {}
            Long("help") | Short('h') => return Ok(Asked::Text(USAGE.to_owned())),
            Long("version") | Short('V') => return Ok(Asked::Text(format!("skydeck {}\n", env!("CARGO_PKG_VERSION")))),
            other => return Err(other.unexpected()),
        }
    }
    Ok(if home { Asked::Home(options) } else { Asked::Window(options) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_few_and_strict() {
        let asked = |words: &[&str]| parsed(lexopt::Parser::from_args(words));
        let (none, demo) = (Options::default(), Options { demo: true, ..Options::default() });
        assert_eq!(asked(&[]).unwrap(), Asked::Window(none));
        assert_eq!(asked(&["--demo"]).unwrap(), Asked::Window(demo));
        assert_eq!(asked(&["--or-demo"]).unwrap(), Asked::Window(Options { or_demo: true, ..none }));
        assert_eq!(asked(&["--home", "--demo"]).unwrap(), Asked::Home(demo));
        assert!(asked(&["--dmeo"]).is_err());
    }
}

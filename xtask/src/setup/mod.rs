//! Brings a bare Debian or Ubuntu machine (Rust, Node, Python and apt are there) to where a command can run.
//!
//! Each step first looks whether it is needed, says what it installs, and remembers what it did; with nothing to do the
//! whole takes a fraction of a second. Nothing is installed globally but Debian's own packages.

mod cargo_deny;
mod node;
mod python;
mod system;

use anyhow::Result;

pub(crate) use cargo_deny::program as cargo_deny;

/// What building and opening the window needs; `virtual_display` adds what stands in for a screen.
pub(crate) fn for_window(virtual_display: bool) -> Result<()> {
    system::install(&[system::BUILD])?;
    if virtual_display {
        system::install(&[system::VIRTUAL_DISPLAY])?;
    }
    node::install()
}

/// What generated files are made with.
pub(crate) fn for_gen() -> Result<()> {
    system::install(&[system::BUILD])?;
    node::install()?;
    python::install()
}

/// What the static checks need.
pub(crate) fn for_check() -> Result<()> {
    for_gen()?;
    cargo_deny::install()
}

/// What everything that CI runs needs.
pub(crate) fn for_tests() -> Result<()> {
    system::install(&[system::BUILD, system::VIRTUAL_DISPLAY, system::TESTS])?;
    node::install_cdk()?;
    for_check()
}

//! Debian's packages, by apt. Elsewhere (another distribution, macOS, Windows) it says what is needed and goes on: who
//! builds there has installed these by other means.

use anyhow::{Context, Result};

use crate::command::{command, exists, run, say};

/// Packages that are needed together.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    what_for: &'static str,
    packages: &'static [&'static str],
}

/// To compile and link the window.
pub(crate) const BUILD: Group = Group {
    what_for: "building the window",
    packages: &[
        "build-essential",
        "pkg-config",
        "libwebkit2gtk-4.1-dev",
        "libayatana-appindicator3-dev",
        "librsvg2-dev",
        "libssl-dev",
        "patchelf",
        "python3-venv",
    ],
};

/// To open the window where there is no screen, and to drive it.
pub(crate) const VIRTUAL_DISPLAY: Group = Group {
    what_for: "opening the window on a virtual display",
    packages: &["xvfb", "dbus-x11", "webkit2gtk-driver", "fonts-noto-cjk"],
};

/// To judge the product by programs that no one here wrote.
pub(crate) const TESTS: Group =
    Group { what_for: "the tests in a browser and on the database files", packages: &["chromium", "sqlite3"] };

/// Installs what is missing of the groups.
pub(crate) fn install(groups: &[Group]) -> Result<()> {
    for group in groups {
        if !exists("dpkg-query") {
            println!("No dpkg here: {} needs what Debian calls {}.", group.what_for, group.packages.join(" "));
            continue;
        }
        let missing = missing(group.packages)?;
        if missing.is_empty() {
            continue;
        }
        say(&format!("Installing system packages for {}: {}", group.what_for, missing.join(" ")));
        if !LISTS_FRESH.swap(true, std::sync::atomic::Ordering::Relaxed) {
            run(as_root(&["apt-get", "update", "-q"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
        }
        let mut apt = as_root(&["apt-get", "install", "-y", "-q", "--no-install-recommends"]);
        run(apt.args(missing).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    Ok(())
}

/// Whether apt's lists were renewed by this process: once is enough.
static LISTS_FRESH: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

fn missing(packages: &[&'static str]) -> Result<Vec<&'static str>> {
    // It ends with 1 when it knows nothing of a package, and still lists the others.
    let output = command("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(packages)
        .output()
        .context("cannot start dpkg-query")?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let installed: Vec<&str> = listed.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    Ok(packages.iter().copied().filter(|package| !installed.contains(package)).collect())
}

fn as_root(words: &[&str]) -> std::process::Command {
    let root = command("id", ["-u"]).output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    if root {
        return command(words[0], &words[1..]);
    }
    // In CI nobody is there to type a password: fail with sudo's own words.
    let mut sudo = command("sudo", std::env::var_os("CI").map(|_| "-n"));
    sudo.args(words);
    sudo
}

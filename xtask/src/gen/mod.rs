//! The files that are generated and committed: written by `gen`, compared by `gen --check`.
//!
//! A generator writes its outputs where they belong. To check, the outputs are read, generated again, compared, and put
//! back as they were, so that every generator is checked in the same way and none needs a check mode of its own.

mod icons;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, command, output, run};
use crate::{place, setup, stamp};

/// Something generated: from what, to where, how.
struct Generator {
    name: &'static str,
    /// Files, or folders that hold nothing else; from the top of the clone.
    outputs: &'static [&'static str],
    generate: fn() -> Result<()>,
}

const GENERATORS: &[Generator] = &[
    Generator { name: "icons", outputs: &["assets/icons"], generate: icons::write },
    Generator { name: "contract as TypeScript", outputs: &["ui/src/gen/api.ts"], generate: contract },
    Generator { name: "typed messages", outputs: &["ui/src/gen/messages.ts"], generate: messages },
    Generator { name: "AWS's Regions", outputs: &["crates/aws/src/regions/table.rs"], generate: regions },
    Generator { name: "simulator's wire model", outputs: &["crates/sim/src/model/data"], generate: wire_model },
];

fn contract() -> Result<()> {
    // Built with the whole workspace in view, as everything is: else cargo picks other features for what the crates
    // share, and compiles the AWS SDK once more.
    run(&mut cargo(["build", "--quiet", "--locked", "--workspace", "--example", "typescript"]))?;
    let printed = output(&mut command(place::example("typescript"), None::<&str>))?;
    Ok(fs::write("ui/src/gen/api.ts", printed)?)
}

fn messages() -> Result<()> {
    run(command("npm", ["run", "--silent", "gen"]).current_dir("ui"))
}

/// From botocore's endpoints.
fn regions() -> Result<()> {
    run(&mut command(".venv/bin/python", ["crates/aws/gen/regions.py"]))
}

/// From botocore's service models.
fn wire_model() -> Result<()> {
    run(&mut command(".venv/bin/python", ["crates/sim/gen/model.py", "--out", "crates/sim/src/model/data"]))
}

/// Writes all outputs, or with `check` fails if one is not what would be written.
pub(crate) fn generate(check: bool) -> Result<()> {
    setup::for_gen()?;
    let mut stale = Vec::new();
    for generator in GENERATORS {
        let before = contents(generator)?;
        let ages = ages(&before)?;
        (generator.generate)().with_context(|| format!("cannot generate {}", generator.name))?;
        let after = contents(generator)?;
        let differing = differing(&before, &after);
        if check {
            restore(&before, &after)?;
        }
        // What is as it was keeps its age, too: cargo would build all that hangs on it again.
        for (path, age) in ages.iter().filter(|(path, _)| check || before.get(*path) == after.get(*path)) {
            fs::File::options().append(true).open(path)?.set_modified(*age)?;
        }
        if check {
            stale.extend(differing);
        } else {
            let written = differing.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
            let written = if written.is_empty() { "as they were".to_owned() } else { written.join(", ") };
            println!("{}: {written}", generator.name);
        }
    }
    if !stale.is_empty() {
        let stale = stale.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n  ");
        bail!("not what `cargo xtask gen` writes (run it and commit):\n  {stale}");
    }
    Ok(())
}

type Contents = BTreeMap<PathBuf, Vec<u8>>;

fn contents(generator: &Generator) -> Result<Contents> {
    let mut contents = Contents::new();
    for output in generator.outputs {
        let path = Path::new(output);
        let files = if path.is_dir() { stamp::files(path, &[])? } else { vec![path.to_path_buf()] };
        for file in files.into_iter().filter(|file| file.is_file()) {
            let bytes = fs::read(&file)?;
            contents.insert(file, bytes);
        }
    }
    Ok(contents)
}

/// When each of them was written.
fn ages(contents: &Contents) -> Result<BTreeMap<PathBuf, SystemTime>> {
    contents.keys().map(|path| Ok((path.clone(), fs::metadata(path)?.modified()?))).collect()
}

fn differing(before: &Contents, after: &Contents) -> Vec<PathBuf> {
    let mut paths: Vec<_> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    paths.into_iter().filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

fn restore(before: &Contents, after: &Contents) -> Result<()> {
    for path in differing(before, after) {
        match before.get(&path) {
            Some(bytes) => fs::write(&path, bytes)?,
            None => fs::remove_file(&path)?,
        }
    }
    Ok(())
}

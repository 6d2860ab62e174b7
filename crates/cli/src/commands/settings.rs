//! `skydeckctl settings`: the user's own decisions, shown, changed, taken elsewhere.

use std::{io::Read as _, path::PathBuf};

use serde_json::{Map, Value};
use skydeck_api::{Host, SettingKey, contract::settings::ImportParams, settings_file};

use crate::{
    failure::{Exit, Failure},
    out::Out,
    table::{Cell, Table},
};

/// The user's own decisions, kept in the ledger: get, set, export, import
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Shows one setting, or all
    Get {
        /// theme, language, profile.NAME.(label|colour|environment|regions|protection|shown)
        key: Option<String>,
    },
    /// Sets one; an empty value takes it away
    Set {
        /// theme, language, profile.NAME.(label|colour|environment|regions|protection|shown)
        key: String,
        /// Its value; Regions separated by commas.
        value: String,
    },
    /// Writes all decisions in force (settings, profiles, marks, locks) as JSON
    Export {
        /// To this file instead of standard output.
        file: Option<PathBuf>,
    },
    /// Takes over what was exported, all of it or nothing
    Import {
        /// File, or `-` for standard input.
        file: PathBuf,
    },
}

impl Settings {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        match self.what {
            What::Get { key: None } => all(host, out).await?,
            What::Get { key: Some(key) } => one(host, &key, out).await?,
            What::Set { key, value } => {
                host.set_setting_by_key(&key, &value).await?;
                if out.json {
                    one(host, &key, out).await?;
                }
            }
            What::Export { file: None } => out.json(&host.export().await?)?,
            What::Export { file: Some(file) } => {
                let text = settings_file(&host.export().await?);
                std::fs::write(&file, text).map_err(|e| Failure::local(format!("{}: {e}", file.display())))?;
            }
            What::Import { file } => {
                host.import_settings(ImportParams { file: read(&file)?, take: true }).await?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn all(host: &Host, out: &mut Out) -> Result<(), Failure> {
    let settings = host.settings_by_key().await?;
    if out.json {
        out.json(&settings.into_iter().collect::<Map<_, _>>())?;
        return Ok(());
    }
    let mut table = Table::new(&["SETTING", "VALUE"]);
    for (key, value) in &settings {
        table.row([Cell::of(key), Cell::of(plain(value))]);
    }
    out.table(&table)?;
    Ok(())
}

async fn one(host: &Host, key: &str, out: &mut Out) -> Result<(), Failure> {
    SettingKey::parse(key)?;
    let found = host.settings_by_key().await?.into_iter().find(|(k, _)| k == key);
    let (_, value) = found.ok_or_else(|| Failure::arguments(format!("There is no profile for `{key}`.")))?;
    if out.json {
        out.json(&value)?;
    } else {
        out.line(plain(&value))?;
    }
    Ok(())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn read(file: &std::path::Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|mut f| f.read_to_string(&mut text))
    };
    read.map_err(|e| Failure::local(format!("{}: {e}", file.display())))?;
    Ok(text)
}

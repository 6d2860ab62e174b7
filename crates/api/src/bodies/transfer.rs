//! The user's decisions as a file: handed out, compared, taken over whole or not at all; and set back. Which settings there
//! are is told in `settings`.

use serde::Serialize;
use serde_json::{Map, Value, json};
use skydeck_store::Export;

use super::settings::{ATTENTION, LANGUAGE, THEME, VIEW};
use crate::{
    contract::{
        ApiError, Code,
        attention::Attention,
        calls::Nothing,
        settings::{Import, ImportChange, ImportParams, ImportPart, ResetParams, ResetPart, SettingsFile, Theme},
    },
    host::Host,
};

impl Host {
    /// The user's decisions, to take elsewhere.
    pub async fn export(&self) -> Result<Value, ApiError> {
        Ok(json!(self.engine.ledger().export(self.engine.now()).await?))
    }

    /// The same as a file, and where they are kept.
    pub async fn export_settings(&self, _: Nothing) -> Result<SettingsFile, ApiError> {
        Ok(SettingsFile { text: file(&self.export().await?), kept_in: self.ledger_path.clone() })
    }

    /// Tells what a file would change, or takes it over: all of it or nothing.
    pub async fn import_settings(&self, params: ImportParams) -> Result<Import, ApiError> {
        let file = Export::parse(&params.file)?;
        fit(&file)?;
        let now = self.engine.ledger().export(self.engine.now()).await?;
        let changes = changes(&now, &file);
        if params.take && !changes.is_empty() {
            self.engine.import_settings(&file).await?;
        }
        Ok(Import { changes, taken: params.take })
    }

    /// Sets back what was set.
    pub async fn reset_settings(&self, params: ResetParams) -> Result<Nothing, ApiError> {
        let of = |part| params.part == part || params.part == ResetPart::All;
        let kept = self.engine.ledger().settings().await?;
        let reset = kept.keys().filter(|key| match key.as_str() {
            THEME | LANGUAGE => of(ResetPart::Look),
            ATTENTION => of(ResetPart::Attention),
            key => of(ResetPart::Views) && key.starts_with(VIEW),
        });
        self.engine.set_settings(reset.map(|key| (key.as_str(), None)).collect::<Vec<_>>()).await?;
        if of(ResetPart::Profiles) {
            self.engine.reset_profiles().await?;
        }
        Ok(Nothing {})
    }
}

/// An export as the text of a file.
pub fn file(export: &Value) -> String {
    format!("{export:#}\n")
}

/// Whether every setting of a file is one that this program knows, and has a value that it takes. What is kept for a later
/// version would be believed to be in force.
fn fit(file: &Export) -> Result<(), ApiError> {
    let wrong = |key: &str, wants: &str| {
        let what =
            format!("This is no export of Skydeck's settings: `settings.{key}` {wants}. Nothing was taken over.");
        ApiError::new(Code::Invalid, what)
    };
    for (key, value) in &file.settings {
        match key.as_str() {
            THEME if serde_json::from_value::<Theme>(value.clone()).is_err() => {
                return Err(wrong(key, "must be `system`, `light` or `dark`"));
            }
            LANGUAGE if !matches!(value.as_str(), Some("en" | "ko")) => return Err(wrong(key, "must be `en` or `ko`")),
            ATTENTION => {
                if let Err(error) = serde_json::from_value::<Attention>(value.clone()) {
                    return Err(wrong(key, &format!("does not fit ({error})")));
                }
            }
            THEME | LANGUAGE => {}
            view if view.starts_with(VIEW) => {}
            _ => return Err(wrong(key, "is no setting that this version knows")),
        }
    }
    Ok(())
}

/// What taking `file` over changes.
fn changes(now: &Export, file: &Export) -> Vec<ImportChange> {
    let mut found = Vec::new();
    let mut note = |part, name: &str, member: Option<&str>, from: Value, to: Value| {
        if from != to {
            let member = member.map(str::to_owned);
            found.push(ImportChange { part, name: name.to_owned(), member, from, to });
        }
    };
    for (key, to) in &file.settings {
        let from = now.settings.get(key).cloned().unwrap_or_default();
        match key.strip_prefix(VIEW) {
            Some(view) => note(ImportPart::View, view, None, from, to.clone()),
            None => note(ImportPart::Setting, key, None, from, to.clone()),
        }
    }
    for profile in &file.profiles {
        let kept = now.profiles.iter().find(|p| p.name == profile.name).map(members).unwrap_or_default();
        for (member, to) in members(profile).into_iter().filter(|(member, _)| member != "name") {
            let from = kept.get(&member).cloned().unwrap_or_default();
            // Nothing and nothing set are the same to whoever looks.
            let nothing = |v: &Value| v.is_null() || v.as_array().is_some_and(Vec::is_empty);
            if !(nothing(&from) && nothing(&to)) {
                note(ImportPart::Profile, &profile.name, Some(&member), from, to);
            }
        }
    }
    for mark in &file.marks {
        let kept = now.marks.iter().find(|m| m.subject == mark.subject);
        note(ImportPart::Mark, &mark.subject, None, json!(kept), json!(mark));
    }
    for lock in &file.locks {
        let kept = now.locks.iter().find(|l| l.subject == lock.subject);
        note(ImportPart::Lock, &lock.subject, None, json!(kept), json!(lock));
    }
    found
}

fn members(value: &impl Serialize) -> Map<String, Value> {
    match json!(value) {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

//! A synthesized CDK app on this machine, beside what is deployed of it. Only files that a manifest names in its own folder
//! are read, and nothing of the app is run.
//!
//! Deliberately not here: `cdk diff` and `cdk deploy`, which run the app's code.

use std::path::Path;

use skydeck_domain::{Detail, Resource, cdk::CdkStack, stack::StackDetail};
use skydeck_insight::{
    cdk::assembly,
    template::{Template, compare},
};
use skydeck_store::Query;

use crate::{
    contract::{
        ApiError, Code,
        cdk::{CdkDeployed, CdkFolder, CdkFolderStack, CdkState},
    },
    host::Host,
};

/// Stages within stages that are gone into.
const DEEPEST: usize = 4;
/// Bytes of a template that are read: CloudFormation takes 1 MB.
const MOST_BYTES: u64 = 2 * 1_048_576;

impl Host {
    /// Reads a synthesized app (`cdk.out`, or the folder it lies in) and compares each of its stacks with the template that
    /// is kept of the deployed one. Reads the cache and these files alone.
    ///
    /// Errors: [`Code::NotFound`] where there is no manifest, [`Code::Invalid`] where it is none.
    pub async fn cdk_folder(&self, folder: &Path) -> Result<CdkFolder, ApiError> {
        let out = folder.join("cdk.out");
        let root = if folder.join("manifest.json").is_file() { folder } else { out.as_path() };
        let mut found =
            CdkFolder { folder: folder.display().to_string(), stacks: Vec::new(), missing: 0, unread: Vec::new() };
        let deployed = self.deployed_stacks().await?;
        let mut open = vec![(root.to_owned(), 0)];
        while let Some((place, depth)) = open.pop() {
            let text = match read(&place.join("manifest.json"), MOST_BYTES * 16).await {
                Ok(text) => text,
                Err(why) if depth == 0 => {
                    let what =
                        format!("`{}` holds no synthesized CDK app: {why}. Run `cdk synth` there.", folder.display());
                    return Err(ApiError::new(Code::NotFound, what));
                }
                Err(why) => {
                    found.unread.push(why);
                    continue;
                }
            };
            let app = match assembly(&text) {
                Ok(app) => app,
                Err(why) if depth == 0 => {
                    let what = format!("The manifest in `{}` cannot be used: {why}.", place.display());
                    return Err(ApiError::new(Code::Invalid, what));
                }
                Err(why) => {
                    found.unread.push(why.to_string());
                    continue;
                }
            };
            found.missing += app.missing;
            found.unread.extend(app.unread);
            if app.is_newer {
                found
                    .unread
                    .push(format!("Schema {} is newer than this program: some of it may be missing.", app.version));
            }
            for stack in app.stacks {
                found.stacks.push(self.beside_deployed(&place, stack, &deployed).await);
            }
            if depth < DEEPEST {
                open.extend(app.nested.into_iter().rev().map(|n| (place.join(n.directory), depth + 1)));
            }
        }
        Ok(found)
    }

    async fn deployed_stacks(&self) -> Result<Vec<Resource>, ApiError> {
        let scopes = self.engine.visible_scopes().await;
        let query = Query { kinds: vec![StackDetail::KIND.into()], scopes: Some(scopes), ..Query::default() };
        let mut rows = Vec::new();
        self.engine.cache().each(&query, &mut |row| rows.push(row)).await?;
        Ok(rows)
    }

    async fn beside_deployed(&self, place: &Path, stack: CdkStack, all: &[Resource]) -> CdkFolderStack {
        let is_it = |row: &&Resource| {
            row.name == stack.stack_name
                && stack.account.as_ref().is_none_or(|a| *a == row.account)
                && stack.region.as_ref().is_none_or(|r| *r == row.region)
        };
        let mut told = CdkFolderStack {
            state: CdkState::Unknown,
            deployed: Vec::new(),
            note: None,
            name: stack.stack_name.clone(),
            display_name: stack.display_name.clone(),
            account: stack.account.clone(),
            region: stack.region.clone(),
        };
        let text = read(&place.join(&stack.template_file), MOST_BYTES).await;
        let template =
            text.and_then(|text| Template::parse(&text).map_err(|e| format!("{}: {e}", stack.template_file)));
        let template = match template {
            Ok(template) => template,
            Err(why) => {
                told.note = Some(why);
                return told;
            }
        };
        for row in all.iter().filter(is_it) {
            let diff = match self.kept_now(row).await {
                Ok(now) => Some(compare(&now, &template)),
                Err(why) => {
                    told.note = Some(why);
                    None
                }
            };
            told.deployed.push(CdkDeployed {
                id: row.id.clone(),
                profile: row.profile.clone(),
                account: row.account.clone(),
                region: row.region.clone(),
                status: row.status.clone(),
                health: row.health,
                read_at: row.read_at,
                diff,
            });
        }
        let changes = |d: &CdkDeployed| d.diff.as_ref().map(|diff| !diff.entries.is_empty());
        told.state = match told.deployed.iter().map(changes).collect::<Option<Vec<bool>>>() {
            None => CdkState::Unknown,
            Some(all) if all.is_empty() => CdkState::New,
            Some(all) if all.iter().any(|changed| *changed) => CdkState::Changed,
            Some(_) => CdkState::Same,
        };
        if told.state == CdkState::New && stack.account.is_some() {
            told.note = Some("No stack of that name is known there: it is new, or that place is not read here.".into());
        }
        told
    }

    /// The template that a stack has now, as it is kept.
    async fn kept_now(&self, row: &Resource) -> Result<Template, String> {
        let facts = row.detail::<StackDetail>().and_then(|d| d.template);
        let facts = facts.ok_or_else(|| format!("The template of {} has not been read yet.", row.name))?;
        let text = self.engine.ledger().template_text(&facts.digest).await.map_err(|e| e.to_string())?;
        let text = text.ok_or_else(|| format!("The template of {} is not kept here.", row.name))?;
        Template::parse(&text).map_err(|e| format!("The deployed template of {} cannot be understood: {e}", row.name))
    }
}

/// The text of a file of at most that many bytes, or why not.
async fn read(path: &Path, most: u64) -> Result<String, String> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let size = tokio::fs::metadata(path).await.map_err(|e| format!("{name}: {e}"))?.len();
    if size > most {
        return Err(format!("{name} has {size} bytes, more than is read"));
    }
    tokio::fs::read_to_string(path).await.map_err(|e| format!("{name}: {e}"))
}

//! `skydeckctl cdk`: a synthesized CDK app beside what is deployed of it. Runs nothing of the app.

use std::path::PathBuf;

use skydeck_api::{
    Host,
    contract::cdk::{CdkDeployed, CdkFolderStack, CdkState},
    domain::template::{TemplateChange, TemplateText},
    text,
};

use crate::{
    failure::{Exit, Failure},
    out::Out,
    table::{Cell, Table},
};

/// Characters of a line at most.
const WIDEST: usize = 240;

/// A synthesized CDK app (`cdk.out`) beside what is deployed, from the cache; nothing of the app is run
#[derive(Debug, clap::Args)]
pub(crate) struct Cdk {
    /// The folder of the app, or its `cdk.out`.
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// Only this stack, by its name (repeatable); its changes are told one by one.
    #[arg(long = "stack", value_name = "NAME")]
    stacks: Vec<String>,
}

impl Cdk {
    pub(crate) async fn run(self, host: &Host, out: &mut Out) -> Result<Exit, Failure> {
        let mut app = host.cdk_folder(&self.folder).await?;
        app.stacks.retain(|s| self.stacks.is_empty() || self.stacks.contains(&s.name));
        if out.json {
            out.json(&app)?;
            return Ok(Exit::Done);
        }
        let mut table = Table::new(&["STACK", "STATE", "WHERE", "CHANGES"]);
        for stack in &app.stacks {
            if stack.deployed.is_empty() {
                let note = stack.note.clone().unwrap_or_default();
                table.row([stack.name.clone(), word(stack.state).into(), place(stack), note].map(Cell::of));
            }
            for deployed in &stack.deployed {
                let at = format!("{} {}", deployed.profile, deployed.region);
                table.row([stack.name.clone(), word(stack.state).into(), at, changes(deployed)].map(Cell::of));
            }
        }
        out.table(&table)?;
        if !self.stacks.is_empty() {
            for deployed in app.stacks.iter().flat_map(|s| &s.deployed) {
                tell(deployed, out)?;
            }
        }
        if app.missing > 0 {
            out.line(format!("{} values of the context are missing: synthesize again before deploying.", app.missing))?;
        }
        for why in &app.unread {
            out.line(format!("Not read: {}", text::one_line(why, WIDEST)))?;
        }
        Ok(Exit::Done)
    }
}

fn word(state: CdkState) -> &'static str {
    match state {
        CdkState::New => "new",
        CdkState::Same => "same",
        CdkState::Changed => "changed",
        CdkState::Unknown => "unknown",
    }
}

fn place(stack: &CdkFolderStack) -> String {
    let either = |part: &Option<String>| part.clone().unwrap_or_else(|| "any".into());
    format!("{} {}", either(&stack.account), either(&stack.region))
}

fn changes(deployed: &CdkDeployed) -> String {
    match &deployed.diff {
        None => "its template is not kept here".into(),
        Some(diff) if diff.entries.is_empty() => "-".into(),
        Some(diff) => format!("{} entries", diff.entries.len()),
    }
}

/// The changes of one stack, entry by entry.
fn tell(deployed: &CdkDeployed, out: &mut Out) -> Result<(), Failure> {
    for entry in deployed.diff.iter().flat_map(|d| &d.entries) {
        let name = entry.name.as_deref().unwrap_or_default();
        let kind = entry.resource_type.as_deref().unwrap_or_default();
        out.line(text::one_line(&format!("{} {} {name} {kind}", mark(entry.change), entry.section), WIDEST))?;
        for property in entry.properties.iter().filter(|p| !p.path.is_empty()) {
            let side = |told: &Option<TemplateText>| told.as_ref().map_or("not set", |t| t.text.as_str()).to_owned();
            let (before, after) = (side(&property.before), side(&property.after));
            let told = format!("{} {}: {before} -> {after}", mark(property.change), property.path);
            out.line(format!("    {}", text::one_line(&told, WIDEST)))?;
        }
    }
    Ok(())
}

fn mark(change: TemplateChange) -> char {
    match change {
        TemplateChange::Add => '+',
        TemplateChange::Remove => '-',
        TemplateChange::Modify => '~',
    }
}

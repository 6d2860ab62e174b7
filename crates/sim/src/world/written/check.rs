//! What a world file's members may refer to: what is not there, or could not be in AWS, is told with its place in the file.

use std::collections::BTreeSet;

use super::{
    WorldFileError,
    shape::{Action, Kind, Pipeline, Repository, WorldFile},
};
use crate::world::{provider::Provider, time::Ms};

/// Checks the whole file.
pub(super) fn check(file: &WorldFile) -> Result<(), WorldFileError> {
    let checker = Checker { file };
    checker.accounts()?;
    checker.repositories()?;
    checker.projects()?;
    let mut names = BTreeSet::new();
    for (n, pipeline) in file.pipelines.iter().enumerate() {
        let at = format!("pipelines[{n}]");
        checker.place(&at, &pipeline.account, &pipeline.region)?;
        name(&at, &pipeline.name)?;
        if !names.insert((&pipeline.account, &pipeline.region, &pipeline.name)) {
            return Err(wrong(format!("{at}.name"), format!("there already is a pipeline `{}` there", pipeline.name)));
        }
        checker.pipeline(&at, pipeline)?;
    }
    let mut names = BTreeSet::new();
    for (n, stack) in file.stacks.iter().enumerate() {
        let at = format!("stacks[{n}]");
        checker.place(&at, &stack.account, &stack.region)?;
        if !names.insert((&stack.account, &stack.region, &stack.name)) {
            return Err(wrong(format!("{at}.name"), format!("there already is a stack `{}` there", stack.name)));
        }
        stack.check(&at)?;
    }
    Ok(())
}

pub(super) fn wrong(place: impl Into<String>, what: impl Into<String>) -> WorldFileError {
    WorldFileError::Wrong { place: place.into(), what: what.into() }
}

/// Names of pipelines, stages, actions and projects, as AWS has them.
fn name(at: &str, name: &str) -> Result<(), WorldFileError> {
    let fits =
        (1..=100).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._@-".contains(&b));
    if fits {
        return Ok(());
    }
    Err(wrong(format!("{at}.name"), format!("`{name}` is no name: AWS takes 1 to 100 of A–Z a–z 0–9 . _ @ -")))
}

struct Checker<'a> {
    file: &'a WorldFile,
}

impl Checker<'_> {
    fn accounts(&self) -> Result<(), WorldFileError> {
        if self.file.accounts.is_empty() {
            return Err(wrong("accounts", "a world has at least one account"));
        }
        let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
        for (n, account) in self.file.accounts.iter().enumerate() {
            let at = format!("accounts[{n}]");
            if account.account.len() != 12 || !account.account.bytes().all(|b| b.is_ascii_digit()) {
                return Err(wrong(format!("{at}.account"), format!("`{}` is not 12 digits", account.account)));
            }
            name(&at, &account.name)?;
            if !ids.insert(&account.account) || !names.insert(&account.name) {
                return Err(wrong(at, "its number or its name is another account's, too"));
            }
            let on = account.regions.iter().flatten().chain([&account.region]);
            if let Some(region) = on.into_iter().find(|r| !is_region(r)) {
                return Err(wrong(at, format!("`{region}` does not look like a Region")));
            }
        }
        Ok(())
    }

    fn place(&self, at: &str, account: &str, region: &str) -> Result<(), WorldFileError> {
        if self.file.accounts.iter().all(|a| a.account != account) {
            return Err(wrong(format!("{at}.account"), format!("there is no account `{account}` in `accounts`")));
        }
        if !is_region(region) {
            return Err(wrong(format!("{at}.region"), format!("`{region}` does not look like a Region")));
        }
        Ok(())
    }

    fn repository(&self, at: &str, name: &str) -> Result<&Repository, WorldFileError> {
        let found = self.file.repositories.iter().find(|r| r.name == name);
        let missing = || wrong(format!("{at}.repository"), format!("there is no `{name}` in `repositories`"));
        found.ok_or_else(missing)
    }

    fn repositories(&self) -> Result<(), WorldFileError> {
        let mut names = BTreeSet::new();
        for (n, repository) in self.file.repositories.iter().enumerate() {
            let at = format!("repositories[{n}]");
            match repository.name.split_once('/') {
                Some((owner, of)) if !owner.is_empty() => name(&at, of)?,
                _ => return Err(wrong(format!("{at}.name"), "it is written `owner/name`")),
            }
            if !names.insert(&repository.name) {
                return Err(wrong(format!("{at}.name"), format!("there already is a `{}`", repository.name)));
            }
            for (k, place) in repository.codecommit.iter().enumerate() {
                self.place(&format!("{at}.codecommit[{k}]"), &place.account, &place.region)?;
            }
            let ages: Vec<Ms> = repository.commits.iter().map(|c| c.ago.0).collect();
            if let Some(k) = ages.windows(2).position(|pair| pair[0] < pair[1]) {
                return Err(wrong(format!("{at}.commits[{}].ago", k + 1), "commits stand oldest first"));
            }
            for (k, commit) in repository.commits.iter().enumerate() {
                let only_in = commit.only_in.as_ref().filter(|a| self.file.accounts.iter().all(|b| b.account != **a));
                if let Some(account) = only_in {
                    let at = format!("{at}.commits[{k}].only_in");
                    return Err(wrong(at, format!("there is no account `{account}` in `accounts`")));
                }
            }
        }
        Ok(())
    }

    fn projects(&self) -> Result<(), WorldFileError> {
        let mut names = BTreeSet::new();
        for (n, project) in self.file.projects.iter().enumerate() {
            let at = format!("projects[{n}]");
            self.place(&at, &project.account, &project.region)?;
            name(&at, &project.name)?;
            self.repository(&at, &project.repository)?;
            if !names.insert((&project.account, &project.region, &project.name)) {
                return Err(wrong(
                    format!("{at}.name"),
                    format!("there already is a project `{}` there", project.name),
                ));
            }
        }
        Ok(())
    }

    fn pipeline(&self, at: &str, pipeline: &Pipeline) -> Result<(), WorldFileError> {
        let repository = self.repository(at, &pipeline.repository)?;
        if pipeline.stages.len() < 2 {
            return Err(wrong(format!("{at}.stages"), "AWS wants at least two stages"));
        }
        if pipeline.kind == Kind::V1 && !pipeline.variables.is_empty() {
            return Err(wrong(format!("{at}.variables"), "only a pipeline of type V2 has variables"));
        }
        let mut stages = BTreeSet::new();
        for (s, stage) in pipeline.stages.iter().enumerate() {
            let at = format!("{at}.stages[{s}]");
            name(&at, &stage.name)?;
            if !stages.insert(&stage.name) {
                return Err(wrong(format!("{at}.name"), "another stage has that name"));
            }
            if stage.actions.is_empty() {
                return Err(wrong(format!("{at}.actions"), "a stage has at least one action"));
            }
            let mut actions = BTreeSet::new();
            for (a, action) in stage.actions.iter().enumerate() {
                let at = format!("{at}.actions[{a}]");
                name(&at, &action.name)?;
                if !actions.insert(&action.name) {
                    return Err(wrong(format!("{at}.name"), "another action of the stage has that name"));
                }
                self.action(&at, s == 0, pipeline, action)?;
            }
        }
        for (k, start) in pipeline.starts.iter().enumerate() {
            let at = format!("{at}.starts[{k}].commit");
            let commit = repository.commits.get(start.commit as usize);
            let commit = commit.ok_or_else(|| wrong(&*at, format!("`{}` has no such commit", repository.name)))?;
            if commit.ago < start.ago {
                return Err(wrong(at, "the commit was pushed after that"));
            }
        }
        for (k, held) in pipeline.held.iter().enumerate() {
            if pipeline.stages.iter().skip(1).all(|s| s.name != held.stage) {
                let what = format!("`{}` is no stage of it that has one before it", held.stage);
                return Err(wrong(format!("{at}.held[{k}].stage"), what));
            }
        }
        match &pipeline.promotes_to {
            Some(to) if !self.there(&to.account, &to.region, &to.pipeline) => {
                Err(wrong(format!("{at}.promotes_to"), "there is no such pipeline in `pipelines`"))
            }
            _ => Ok(()),
        }
    }

    fn there(&self, account: &str, region: &str, name: &str) -> bool {
        self.file.pipelines.iter().any(|p| p.account == account && p.region == region && p.name == name)
    }

    fn action(&self, at: &str, first: bool, pipeline: &Pipeline, action: &Action) -> Result<(), WorldFileError> {
        if (action.provider.category() == "Source") != first {
            let what = "source actions stand in the first stage, and nothing else does";
            return Err(wrong(format!("{at}.provider"), what));
        }
        if action.test && action.provider.category() != "Build" {
            return Err(wrong(format!("{at}.test"), "only CodeBuild and Jenkins test"));
        }
        let on = action.on.as_ref().unwrap_or(&pipeline.name);
        let here = |account: &str, region: &str| account == pipeline.account && region == pipeline.region;
        let missing = match action.provider {
            Provider::CodeBuild => {
                let found = self.file.projects.iter().any(|p| p.name == *on && here(&p.account, &p.region));
                (!found).then(|| format!("there is no project `{on}` in that account and Region"))
            }
            Provider::CodeCommit => {
                let found = self.file.repositories.iter().any(|r| {
                    r.name.ends_with(&format!("/{on}")) && r.codecommit.iter().any(|p| here(&p.account, &p.region))
                });
                (!found).then(|| format!("there is no CodeCommit repository `{on}` in that account and Region"))
            }
            _ => None,
        };
        missing.map_or(Ok(()), |what| Err(wrong(format!("{at}.on"), what)))
    }
}

/// Whether it is built as Regions are: `eu-west-1`, `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    match parts.split_last() {
        Some((number, words)) => {
            (2..=3).contains(&words.len()) && words.iter().all(letters) && number.parse::<u8>().is_ok()
        }
        None => false,
    }
}

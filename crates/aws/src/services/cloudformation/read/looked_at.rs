//! What only a stack's detail shows, read while somebody looks at it: resources, change sets, drift, who imports what.

use skydeck_domain::{
    Resource,
    stack::{ChangeSetDetail, ExportUse, StackDrifts, StackImports, StackPart, StackResources},
};

use super::{
    super::rows::{change_set, resource, stack::Read},
    Reader,
};
use crate::{AwsError, ErrorClass};

/// Changes of one change set that are kept: more than anybody reads, less than a row can carry.
const MOST_CHANGES: usize = 1_000;

impl Reader<'_> {
    pub(super) async fn looked_at(&self, read: &mut Read, row: &Resource) -> Result<(), AwsError> {
        let before = read.detail.missing.clone();
        let drifted = read.detail.drifted;
        let resources = self.resources(read, &row.id).await;
        self.settle(read, "ListStackResources", resources).await?;
        let sets = self.change_sets(read).await;
        self.settle(read, "ListChangeSets", sets).await?;
        let drifts = self.drifts(read, &row.id).await;
        self.settle(read, "DescribeStackResourceDrifts", drifts).await?;
        let imports = self.imports(read, &row.id).await;
        self.settle(read, "ListImports", imports).await?;
        if read.detail.missing != before || read.detail.drifted != drifted {
            self.sink.rows(vec![read.row(&self.ctx.caller, self.ctx.clock.now())]).await;
        }
        Ok(())
    }

    async fn resources(&self, read: &Read, id: &str) -> Result<(), AwsError> {
        let part = StackPart::Resources.word();
        let known: Option<StackResources> =
            self.sink.known_part(id, part).await.and_then(|body| serde_json::from_value(body).ok());
        let read_for = format!("{}+{}", read.state(), read.detail.drift_checked_at.map_or(0, |t| t.timestamp()));
        if !read.moves() && known.is_some_and(|k| k.read_for == read_for) {
            return Ok(());
        }
        let told = self.calls.resources(&read.arn).await?;
        let resources = told.iter().filter_map(resource::resource).collect();
        self.sink
            .part(id, part, serde_json::to_value(StackResources { resources, read_for }).unwrap_or_default())
            .await;
        Ok(())
    }

    /// The change sets of a stack. What one would do is asked for once: a change set that is made does not change.
    pub(super) async fn change_sets(&self, read: &Read) -> Result<(), AwsError> {
        let caller = &self.ctx.caller;
        let told = self.calls.change_sets(&read.arn).await?;
        let known = self.known_change_sets(&read.arn).await;
        let (mut rows, mut ids) = (Vec::new(), Vec::new());
        for set in &told {
            let Some(arn) = set.change_set_id() else { continue };
            let id = self.change_set_id(arn);
            let before = known.iter().find(|row| row.id == id).and_then(|row| row.detail::<ChangeSetDetail>());
            let mut detail = change_set::detail(set, &read.arn, &read.name);
            let is_made = set.status().is_some_and(|s| s.as_str() == "CREATE_COMPLETE");
            match before.filter(|b| b.whole || !b.changes.is_empty()) {
                Some(before) => {
                    (detail.changes, detail.whole) = (before.changes, before.whole);
                    (detail.kind, detail.reverts_drift) = (before.kind, before.reverts_drift);
                }
                None if is_made => match self.changes(arn, &mut detail).await {
                    // Discarded or executed since the list was made: the next one tells.
                    Err(error) if error.class == ErrorClass::NotFound => continue,
                    read => read?,
                },
                None => {}
            }
            ids.push(id);
            rows.extend(change_set::row(caller, set, &detail, self.ctx.clock.now()).map(|row| (row, detail)));
        }
        self.sink.rows(rows.iter().map(|(row, _)| row.clone()).collect()).await;
        for (row, detail) in &rows {
            self.sink.links(&row.id, change_set::links(row, detail)).await;
        }
        let gone: Vec<String> = known.into_iter().map(|row| row.id).filter(|id| !ids.contains(id)).collect();
        if !gone.is_empty() {
            self.sink.gone(gone).await;
        }
        Ok(())
    }

    async fn changes(&self, arn: &str, detail: &mut ChangeSetDetail) -> Result<(), AwsError> {
        let mut token = None;
        loop {
            let page = self.calls.change_set(arn, token).await?;
            detail.reverts_drift |= page.deployment_mode().is_some();
            detail.changes.extend(page.changes().iter().filter_map(change_set::change));
            token = page.next_token;
            detail.whole = token.is_none();
            if token.is_none() || detail.changes.len() >= MOST_CHANGES {
                return Ok(());
            }
        }
    }

    async fn drifts(&self, read: &mut Read, id: &str) -> Result<(), AwsError> {
        let part = StackPart::Drifts.word();
        let known: Option<StackDrifts> =
            self.sink.known_part(id, part).await.and_then(|body| serde_json::from_value(body).ok());
        let checked_at = read.detail.drift_checked_at;
        let current = known.is_some_and(|k| k.checked_at == checked_at);
        if checked_at.is_none() || current {
            return Ok(());
        }
        let told = match read.detail.drift.as_str() {
            "DRIFTED" => self.calls.drifts(&read.arn).await?,
            _ => Vec::new(),
        };
        let resources: Vec<_> = told.iter().filter_map(resource::drift).collect();
        read.detail.drifted = (read.detail.drift == "DRIFTED").then_some(resources.len() as u32);
        self.sink.part(id, part, serde_json::to_value(StackDrifts { resources, checked_at }).unwrap_or_default()).await;
        Ok(())
    }

    async fn imports(&self, read: &Read, id: &str) -> Result<(), AwsError> {
        let exports: Vec<String> = read.outputs.iter().filter_map(|o| o.export.clone()).collect();
        let part = StackPart::Imports.word();
        let known: Option<StackImports> =
            self.sink.known_part(id, part).await.and_then(|body| serde_json::from_value(body).ok());
        let read_for = read.state();
        if exports.is_empty() || read.moves() || known.is_some_and(|k| k.read_for == read_for) {
            return Ok(());
        }
        let mut uses = Vec::new();
        for name in exports {
            let stacks = self.calls.imports(&name).await?;
            uses.push(ExportUse { name, stacks });
        }
        let body = serde_json::to_value(StackImports { exports: uses, read_for }).unwrap_or_default();
        self.sink.part(id, part, body).await;
        Ok(())
    }
}

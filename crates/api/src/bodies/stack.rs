//! One stack, and what is kept of its templates. Reads the store alone: what only this view shows is read by the engine
//! because somebody looks (`watching`).

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use skydeck_domain::{
    Detail, FirstCause, Health, Resource,
    stack::{ChangeSetDetail, StackDetail, StackEvents, StackOperation, StackPart, StackSetDetail},
};
use skydeck_insight::{
    cause::{StackEvidence, is_nested, stack_cause},
    stack,
    template::{Template, compare},
};

use super::{pipeline::mark_subject, row::lock_subjects, verbs::offered};
use crate::{
    contract::{
        ApiError, Code,
        calls::Id,
        pipeline::HistoryRun,
        stack::{
            StackBrief, StackParams, StackSetView, StackView, TemplateDiffParams, TemplateDiffView, TemplateParams,
            TemplateView,
        },
    },
    host::Host,
    links,
};

/// Runs of the history.
const HISTORY: u32 = 60;
/// Nested stacks that a failure is followed through.
const DEEPEST: usize = 8;

impl Host {
    /// One stack.
    pub async fn stack(&self, params: StackParams) -> Result<StackView, ApiError> {
        let row = self.row(&params.id).await?;
        let detail: StackDetail = detail_of(&row, "stack")?;
        let arn = row.arn.clone().unwrap_or_default();
        let seen = self.seen_around(&row).await?;
        let profile = self.profile_of(&row, &seen)?;
        let kept = self.part::<StackEvents>(&row, StackPart::Events).await?;
        let (events, more_events) = kept.map_or((None, false), |(kept, _)| (Some(kept.events), kept.more));
        let all = events.as_deref().map(stack::operations).unwrap_or_default();
        let operation = match &params.operation {
            Some(id) => all.into_iter().find(|o| o.id == *id),
            None => all.into_iter().find(|o| o.kind != "REVIEW").or_else(|| detail.operation.clone()),
        };
        let spans = match (&events, &operation) {
            (Some(events), Some(operation)) => stack::spans(events, &operation.id),
            _ => Vec::new(),
        };
        let cause = match &operation {
            Some(operation) => self.cause_of_stack(&row, operation).await?,
            None => None,
        };
        let locks = self.engine.ledger().locks(seen.now).await?;
        let lock = self.engine.ledger().lock_on(&lock_subjects(&row, Some(&profile)), seen.now).await?;
        let source = seen.source_of(&row).cloned();
        let change_sets = self.pointing_at(&row, &arn, ChangeSetDetail::KIND, "of").await?;
        let verbs_of = |row: &Resource| offered(row, &profile, source.as_ref(), lock.as_ref(), &locks);
        let resources = self.part(&row, StackPart::Resources).await?;
        let stale = seen.is_stale(&row);
        let mut shown = row.clone();
        if stale && row.health == Health::Running {
            shown.health = Health::Unknown;
        }
        Ok(StackView {
            stale,
            operation,
            spans,
            cause,
            events,
            more_events,
            looked_at: resources.as_ref().map(|(_, at)| *at),
            resources: resources.map(|(body, _)| body),
            drifts: self.part(&row, StackPart::Drifts).await?.map(|(body, _)| body),
            imports: self.part(&row, StackPart::Imports).await?.map(|(body, _)| body),
            change_set_verbs: change_sets.iter().map(&verbs_of).collect(),
            change_sets,
            nested: brief(&self.pointing_at(&row, &arn, StackDetail::KIND, "nested-in").await?),
            parent: self.parent(&row, &detail).await?,
            pipelines: self.pipelines_of(&arn).await?,
            templates: self.engine.ledger().templates(&arn).await?,
            history: self.stack_history(&arn, &detail).await?,
            usual: self.engine.usual(&arn).await,
            verbs: verbs_of(&row),
            lock,
            source,
            console_url: links::stack(&row.region, &arn),
            row: shown,
            detail,
            profile,
            now: seen.now,
        })
    }

    /// One stack set.
    pub async fn stack_set(&self, params: Id) -> Result<StackSetView, ApiError> {
        let row = self.row(&params.id).await?;
        let detail: StackSetDetail = detail_of(&row, "stack set")?;
        let seen = self.seen_around(&row).await?;
        let profile = self.profile_of(&row, &seen)?;
        let mut stacks = BTreeMap::new();
        for arn in detail.instances.iter().filter_map(|i| i.stack_arn.as_deref()) {
            if let Some(stack) = self.engine.cache().by_arn(arn).await?.into_iter().next() {
                stacks.insert(arn.to_owned(), stack.id);
            }
        }
        let locks = self.engine.ledger().locks(seen.now).await?;
        let lock = self.engine.ledger().lock_on(&lock_subjects(&row, Some(&profile)), seen.now).await?;
        Ok(StackSetView {
            stacks,
            verbs: offered(&row, &profile, seen.source_of(&row), lock.as_ref(), &locks),
            source: seen.source_of(&row).cloned(),
            console_url: links::stack_set(&row.region, row.arn.as_deref().unwrap_or_default()),
            profile,
            row,
            now: seen.now,
        })
    }

    /// The text of a kept template.
    pub async fn template(&self, params: TemplateParams) -> Result<TemplateView, ApiError> {
        let text = self.template_text(&params.digest).await?;
        let defect = Template::parse(&text).err().map(|e| e.to_string());
        Ok(TemplateView { text, defect })
    }

    /// How two kept templates differ, by meaning.
    pub async fn template_diff(&self, params: TemplateDiffParams) -> Result<TemplateDiffView, ApiError> {
        let (from, to) = (self.template_text(&params.from).await?, self.template_text(&params.to).await?);
        Ok(match (Template::parse(&from), Template::parse(&to)) {
            (Ok(from), Ok(to)) => TemplateDiffView { diff: Some(compare(&from, &to)), defect: None },
            (Err(defect), _) | (_, Err(defect)) => TemplateDiffView { diff: None, defect: Some(defect.to_string()) },
        })
    }

    async fn template_text(&self, digest: &str) -> Result<String, ApiError> {
        self.engine
            .ledger()
            .template_text(digest)
            .await?
            .ok_or_else(|| ApiError::new(Code::NotFound, format!("No template `{digest}` is kept here.")))
    }

    /// Why an operation of a stack failed, through the stacks nested in it.
    pub(super) async fn cause_of_stack(
        &self,
        row: &Resource,
        operation: &StackOperation,
    ) -> Result<Option<FirstCause>, ApiError> {
        let mut chain = vec![(row.clone(), operation.clone())];
        while chain.len() < DEEPEST {
            let Some((_, last)) = chain.last() else { break };
            let next = last.cause.as_ref().filter(|c| is_nested(c)).and_then(|c| c.physical_id.clone());
            let Some(arn) = next else { break };
            let rows = self.engine.cache().by_arn(&arn).await?;
            let nested = rows.into_iter().find(|r| chain.iter().all(|(known, _)| known.arn != r.arn));
            let Some(nested) = nested else { break };
            let Some(operation) = nested.detail::<StackDetail>().and_then(|d| d.operation) else { break };
            chain.push((nested, operation));
        }
        let evidence: Vec<StackEvidence<'_>> =
            chain.iter().map(|(row, operation)| StackEvidence { id: &row.id, name: &row.name, operation }).collect();
        let Some(mut cause) = stack_cause(&evidence) else { return Ok(None) };
        if let Some(reason) = operation.cause.as_ref().map(stack::cause_line) {
            cause.seen = Some(self.engine.ledger().seen_count(row.arn.as_deref().unwrap_or_default(), &reason).await?);
        }
        Ok(Some(cause))
    }

    async fn part<T: DeserializeOwned>(
        &self,
        row: &Resource,
        part: StackPart,
    ) -> Result<Option<(T, skydeck_domain::Timestamp)>, ApiError> {
        Ok(self.engine.cache().part(&row.id, part.word()).await?)
    }

    /// Rows of a kind that point at a thing, through the same profile; newest first.
    async fn pointing_at(&self, row: &Resource, arn: &str, kind: &str, rel: &str) -> Result<Vec<Resource>, ApiError> {
        let through = format!("{}/", row.profile);
        let links = self.engine.cache().links_to(arn).await?;
        let from = links.into_iter().filter(|l| l.rel == rel && l.from.starts_with(&through)).map(|l| l.from);
        let mut rows = self.engine.cache().get_many(&from.collect::<Vec<String>>()).await?;
        rows.retain(|r| r.kind == kind);
        rows.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.name.cmp(&b.name)));
        Ok(rows)
    }

    async fn parent(&self, row: &Resource, detail: &StackDetail) -> Result<Option<StackBrief>, ApiError> {
        let Some(arn) = &detail.parent_id else { return Ok(None) };
        let mut rows = self.engine.cache().by_arn(arn).await?;
        rows.retain(|r| r.profile == row.profile);
        Ok(brief(&rows).into_iter().next())
    }

    /// The pipelines that deploy a stack, in any account that is shown.
    async fn pipelines_of(&self, arn: &str) -> Result<Vec<StackBrief>, ApiError> {
        let by_name = arn.rsplit_once('/').map_or(arn, |(named, _)| named);
        let links = self.engine.cache().links_to(by_name).await?;
        let from: Vec<String> = links.into_iter().filter(|l| l.rel == "deploys").map(|l| l.from).collect();
        let rows = self.engine.cache().get_many(&from).await?;
        Ok(brief(&rows))
    }

    async fn stack_history(&self, arn: &str, detail: &StackDetail) -> Result<Vec<HistoryRun>, ApiError> {
        let mut runs = self.engine.ledger().runs(arn, HISTORY, None).await?;
        let under_way = detail.operation.as_ref().filter(|o| o.ended_at.is_none()).and_then(|o| stack::run(arn, o));
        if let Some(run) = under_way.filter(|run| runs.iter().all(|r| r.run_id != run.run_id)) {
            runs.insert(0, run);
        }
        let subjects: Vec<String> = runs.iter().map(|r| mark_subject(arn, &r.run_id)).collect();
        let mut marks = self.engine.ledger().marks(&subjects).await?;
        let marked = |run: skydeck_domain::Run| HistoryRun { mark: marks.remove(&mark_subject(arn, &run.run_id)), run };
        Ok(runs.into_iter().map(marked).collect())
    }
}

fn detail_of<D: Detail>(row: &Resource, what: &str) -> Result<D, ApiError> {
    row.detail().ok_or_else(|| {
        let told = format!(
            "`{}` is a {}, not a {what}, or was written by another version. Read it again.",
            row.name, row.kind
        );
        ApiError::new(Code::Invalid, told)
    })
}

fn brief(rows: &[Resource]) -> Vec<StackBrief> {
    let one = |row: &Resource| StackBrief {
        id: row.id.clone(),
        kind: row.kind.clone(),
        name: row.name.clone(),
        profile: row.profile.clone(),
        status: row.status.clone(),
        health: row.health,
    };
    rows.iter().map(one).collect()
}

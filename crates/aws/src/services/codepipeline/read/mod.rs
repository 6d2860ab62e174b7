//! When which call is made. Everything is asked for in two passes, so that every pipeline is on the screen after its one
//! `GetPipelineState`, before the first of them gets its structure and history: first a glance at each, then the rest of
//! those where something is new, the worst ones first. Rows stream out as they are read; the limiter paces the calls.

mod authors;
mod glance;
mod history;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use futures::{FutureExt, StreamExt, TryStreamExt, lock::Mutex, stream};
use skydeck_domain::{
    Detail, Resource,
    pipeline::{ApprovalDetail, ExecutionDetail, PipelineDetail, RunActions},
};

use super::{
    calls::Calls,
    ids,
    rows::{action, pipeline::Listed, structure::Structure},
};
use crate::{
    AwsError,
    service::{Ask, ReadCtx, Sink},
};

/// Pipelines looked at at once; the limiter decides how fast they really go.
const AT_ONCE: usize = 16;

/// Pipelines whose state fails, none before having answered, until the call is taken to be down.
const DOWN_AFTER: usize = 3;

/// Reads what is asked for.
pub(super) async fn collect(ctx: &ReadCtx, ask: Ask, sink: &dyn Sink) -> Result<(), AwsError> {
    let approvals = sink.gather(|row, _: ApprovalDetail| (row.id.clone(), row)).await;
    let reader = Reader {
        ctx,
        calls: Calls::new(&ctx.caller),
        sink,
        approvals: approvals.into_iter().collect(),
        authors: authors::Authors::known(sink).await,
        seen: Mutex::default(),
    };
    match ask {
        Ask::All => reader.all().await,
        Ask::Changes => reader.changes().await,
        Ask::Items(names) => reader.items(names).await,
    }
}

/// The actions of one execution of a pipeline, whatever of it is known already.
pub(super) async fn run_actions(ctx: &ReadCtx, row: &Resource, execution: &str) -> Result<RunActions, AwsError> {
    let structure = row.detail::<PipelineDetail>().as_ref().and_then(Structure::known);
    let details = Calls::new(&ctx.caller).actions_of(&row.name, execution).await?;
    Ok(RunActions {
        runs: action::runs(&details, structure.as_ref()),
        pipeline_version: details.iter().find_map(|d| d.pipeline_version()),
        whole: false,
    })
}

/// One read under way.
struct Reader<'a> {
    ctx: &'a ReadCtx,
    calls: Calls<'a>,
    sink: &'a dyn Sink,
    /// Approvals as the cache knew them when the read began, by row id.
    approvals: BTreeMap<String, Resource>,
    /// Who wrote the commits that CodeCommit's rows know.
    authors: authors::Authors,
    seen: Mutex<Seen>,
}

/// What was found, for telling what is gone.
#[derive(Default)]
struct Seen {
    /// Row ids of approvals that wait.
    approvals: BTreeSet<String>,
    /// Row ids of executions, by pipeline, where they were read.
    executions: BTreeMap<String, Vec<String>>,
    /// Whether the state of some pipeline could not be read, so that its approvals are not known.
    states_missing: bool,
    /// Whether any state could be read.
    state_answered: bool,
    /// Failures (AWS's own, not refusals) to read a state, while none could be read.
    state_failures: Vec<AwsError>,
}

impl Seen {
    /// The error of a call that fails for every pipeline, so that it is not made for the rest of them: an AWS that is
    /// down, or a stand-in that lacks the call, is not asked hundreds of times.
    fn states_are_down(&self) -> Option<&AwsError> {
        self.state_failures.last().filter(|_| !self.state_answered && self.state_failures.len() >= DOWN_AFTER)
    }
}

impl Reader<'_> {
    async fn all(&self) -> Result<(), AwsError> {
        let listed = self.listed().await?;
        let names: BTreeSet<String> = listed.iter().map(|l| l.name.clone()).collect();
        self.read(listed).await?;
        let seen = self.seen.lock().await;
        if !seen.states_missing {
            self.sink.complete(ApprovalDetail::KIND, seen.approvals.iter().cloned().collect()).await;
        }
        // Executions of a pipeline that was not read anew are there as they were known.
        let unread = |row: Resource, execution: ExecutionDetail| {
            let pipeline = execution.pipeline;
            (names.contains(&pipeline) && !seen.executions.contains_key(&pipeline)).then_some(row.id)
        };
        let unread = self.sink.gather(unread).await.into_iter().flatten();
        let ids = seen.executions.values().flatten().cloned().chain(unread).collect();
        self.sink.complete(ExecutionDetail::KIND, ids).await;
        drop(seen);
        self.sign_known().await;
        Ok(())
    }

    async fn changes(&self) -> Result<(), AwsError> {
        let known = self.sink.gather(|row, pipeline: PipelineDetail| (row.name, pipeline.version)).await;
        let known: BTreeMap<String, _> = known.into_iter().collect();
        let listed = self.listed().await?;
        let vanished: Vec<String> =
            known.keys().filter(|name| listed.iter().all(|l| l.name != **name)).cloned().collect();
        for name in &vanished {
            self.gone(name).await;
        }
        let is_new = |l: &Listed| known.get(&l.name).is_none_or(|version| *version != l.version);
        self.read(listed.into_iter().filter(is_new).collect()).await
    }

    async fn items(&self, names: Vec<String>) -> Result<(), AwsError> {
        let mut listed = Vec::new();
        for name in names {
            let arn = ids::pipeline_arn(&self.ctx.caller, &name);
            listed.push(Listed::known(&name, self.known::<PipelineDetail>(&arn).await.as_ref()));
        }
        self.read(listed).await
    }

    /// Every pipeline there is. What is not in the list is gone: it came whole or not at all.
    async fn listed(&self) -> Result<Vec<Listed>, AwsError> {
        let summaries = self.calls.pipelines().await?;
        let listed: Vec<Listed> = summaries.iter().filter_map(Listed::read).collect();
        let caller = &self.ctx.caller;
        let id = |l: &Listed| {
            Resource::make_id(&caller.profile, Some(&ids::pipeline_arn(caller, &l.name)), &caller.region, "", &l.name)
        };
        self.sink.complete(PipelineDetail::KIND, listed.iter().map(id).collect()).await;
        Ok(listed)
    }

    /// Reads these pipelines: a glance at each, then the rest of those where there is more to read.
    async fn read(&self, listed: Vec<Listed>) -> Result<(), AwsError> {
        let mut listed = listed.into_iter();
        let mut first = Vec::new();
        // One by one until the first answers, so that a call that is down is found out by few.
        for next in listed.by_ref() {
            first.extend(self.glance(next).await?);
            let seen = self.seen.lock().await;
            if seen.state_answered || seen.states_are_down().is_some() {
                break;
            }
        }
        let glances = stream::iter(listed).map(|l| self.glance(l).boxed()).buffer_unordered(AT_ONCE);
        let glances: Vec<Option<glance::Glance>> = glances.try_collect().await?;
        let mut open: Vec<glance::Glance> = first.into_iter().chain(glances.into_iter().flatten()).collect();
        open.sort_by_key(|g| g.known.judge().1.health.rank());
        stream::iter(open.into_iter().map(Ok))
            .try_for_each_concurrent(AT_ONCE, |glance| self.whole(glance).boxed())
            .await
    }

    /// The typed detail of the row of an ARN.
    async fn known<D: Detail>(&self, arn: &str) -> Option<D> {
        let caller = &self.ctx.caller;
        let id = Resource::make_id(&caller.profile, Some(arn), &caller.region, D::KIND, "");
        self.sink.known(&id).await?.detail()
    }

    /// A pipeline is not there any more, and with it what it had.
    async fn gone(&self, pipeline: &str) {
        let caller = &self.ctx.caller;
        let arn = ids::pipeline_arn(caller, pipeline);
        let mut ids = vec![Resource::make_id(&caller.profile, Some(&arn), &caller.region, PipelineDetail::KIND, "")];
        let is_its = |row: &&Resource| row.detail::<ApprovalDetail>().is_some_and(|a| a.pipeline == pipeline);
        ids.extend(self.approvals.values().filter(is_its).map(|row| row.id.clone()));
        let its = |row: Resource, execution: ExecutionDetail| (execution.pipeline == pipeline).then_some(row.id);
        ids.extend(self.sink.gather(its).await.into_iter().flatten());
        self.sink.gone(ids).await;
    }
}

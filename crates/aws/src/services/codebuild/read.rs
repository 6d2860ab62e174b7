//! When which call is made: the inventory of projects on a full read; builds on every read, but only those that are new
//! or were not over when last read. What pipelines point at is read too, so that a failure always has its build.

use std::collections::{BTreeMap, BTreeSet};

use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use serde_json::Value;
use skydeck_domain::{
    Detail, Health, Resource, Timestamp,
    build::{BuildDetail, ProjectDetail},
    pipeline::{ActionState, PipelineDetail},
};

use super::{
    calls::{Calls, batches},
    rows,
};
use crate::{
    AwsError,
    service::{Ask, ReadCtx, Sink},
    services::ends_the_read,
};

/// Projects asked for their last build at once; the limiter decides how fast that really goes.
const AT_ONCE: usize = 8;

/// Reads what is asked for.
pub(super) async fn collect(ctx: &ReadCtx, ask: Ask, sink: &dyn Sink) -> Result<(), AwsError> {
    let reader = Reader { ctx, calls: Calls::new(&ctx.caller), sink };
    match ask {
        Ask::All => {
            let builds = reader.builds(true).await;
            if let Err(error) = &builds
                && ends_the_read(error)
            {
                return Err(error.clone());
            }
            // Each of the two can be denied on its own; what is left of the read is then a part.
            let older = match &builds {
                Ok(Some(token)) => Older::After(token.clone()),
                Ok(None) => Older::None,
                Err(_) => Older::Unknown,
            };
            match (builds, reader.projects(older).await) {
                (Ok(_), Ok(())) => Ok(()),
                (Err(error), Ok(())) | (Ok(_), Err(error)) if !ends_the_read(&error) => {
                    sink.problem(error).await;
                    Ok(())
                }
                (_, Err(error)) | (Err(error), _) => Err(error),
            }
        }
        Ask::Changes => reader.builds(false).await.map(|_| ()),
        Ask::Items(ids) => reader.read_builds(&ids).await,
    }
}

/// What is known of the builds before the newest hundred.
enum Older {
    /// There are none.
    None,
    /// Those after this token.
    After(String),
    /// The list could not be read.
    Unknown,
}

struct Reader<'a> {
    ctx: &'a ReadCtx,
    calls: Calls<'a>,
    sink: &'a dyn Sink,
}

impl Reader<'_> {
    async fn projects(&self, older: Older) -> Result<(), AwsError> {
        let caller = &self.ctx.caller;
        let names = self.calls.project_names().await?;
        let stands = |row: Resource, build: BuildDetail| (build.started_at, Resource { detail: Value::Null, ..row });
        let latest = latest_builds(self.sink.gather(stands).await);
        let mut new = BTreeSet::new();
        for name in names.iter().filter(|name| !latest.contains_key(*name)) {
            if self.sink.known(&self.project_row_id(name)).await.is_none() {
                new.insert(name.clone());
            }
        }
        for batch in batches(&names) {
            let projects = self.calls.projects(batch).await?;
            let now = self.ctx.clock.now();
            let row = |project: &aws_sdk_codebuild::types::Project| {
                let name = project.name()?;
                let last = latest.get(name);
                let detail = rows::project(project, last.map(|b| b.name.clone()));
                Some(rows::project_row(caller, name, &detail, last, now))
            };
            self.sink.rows(projects.iter().filter_map(row).collect()).await;
        }
        self.sink.complete(ProjectDetail::KIND, names.iter().map(|name| self.project_row_id(name)).collect()).await;
        self.last_builds(new, older).await
    }

    /// The last build of projects that are seen for the first time and have none among the newest of all: asked for once.
    /// The list of all builds is followed for as long as a page of it tells of several of them, which then is cheaper than
    /// the one call a project that the rest takes. Later builds are among the newest when they come.
    async fn last_builds(&self, mut projects: BTreeSet<String>, mut older: Older) -> Result<(), AwsError> {
        let mut ids = Vec::new();
        while let Older::After(token) = &older
            && projects.len() > 1
        {
            let (page, next) = self.calls.newest_builds(Some(token)).await?;
            let missing = projects.len();
            ids.extend(page.into_iter().filter(|id| id.split_once(':').is_some_and(|(name, _)| projects.remove(name))));
            older = next.map_or(Older::None, Older::After);
            if missing - projects.len() < 2 {
                break;
            }
        }
        if matches!(older, Older::None) {
            projects.clear(); // the list came to its end: they have never built
        }
        let last = stream::iter(projects)
            .map(|project| {
                async move { self.calls.builds_of(&project).await.map(|ids| ids.into_iter().next()) }.boxed()
            })
            .buffer_unordered(AT_ONCE);
        let last: Vec<Option<String>> = last.try_collect().await?;
        ids.extend(last.into_iter().flatten());
        self.read_builds(&ids).await
    }

    fn project_row_id(&self, name: &str) -> String {
        let caller = &self.ctx.caller;
        let arn = rows::project_arn(caller, name);
        Resource::make_id(&caller.profile, Some(&arn), &caller.region, ProjectDetail::KIND, name)
    }

    /// The newest builds; tells the token of those before.
    async fn builds(&self, all: bool) -> Result<Option<String>, AwsError> {
        let caller = &self.ctx.caller;
        let (newest, older) = self.calls.newest_builds(None).await?;
        let pointed_at = self.pointed_at().await;
        let known: BTreeMap<String, bool> =
            self.sink.gather(|row, _: BuildDetail| (row.name, rows::is_over(&row.status))).await.into_iter().collect();
        let kept: BTreeSet<&String> = newest.iter().chain(&pointed_at).collect();
        let open = known.iter().filter(|(_, over)| !**over).map(|(id, _)| id);
        let wanted: BTreeSet<&String> =
            kept.iter().copied().filter(|id| known.get(*id) != Some(&true)).chain(open).collect();
        let wanted: Vec<String> = wanted.into_iter().cloned().collect();
        self.read_builds(&wanted).await?;
        if all {
            // The newest, the last one of each project and those that pipelines point at are all that is kept here; history
            // is in the ledger.
            let last = self.sink.gather(|_, project: ProjectDetail| project.last_build_id).await;
            let ids = kept.into_iter().cloned().chain(last.into_iter().flatten());
            let id = |id: String| format!("{}/{}", caller.profile, rows::build_arn(caller, &id));
            self.sink.complete(BuildDetail::KIND, ids.map(id).collect()).await;
        }
        Ok(older)
    }

    async fn read_builds(&self, ids: &[String]) -> Result<(), AwsError> {
        if ids.is_empty() {
            return Ok(());
        }
        let caller = &self.ctx.caller;
        let (builds, gone) = self.calls.builds(ids).await?;
        let details: Vec<BuildDetail> = builds.iter().filter_map(rows::build).collect();
        let now = self.ctx.clock.now();
        let read: Vec<Resource> = details.iter().map(|b| rows::build_row(caller, b, now)).collect();
        self.sink.runs(details.iter().filter_map(|b| rows::run(caller, b)).collect()).await;
        self.sink.rows(read.clone()).await;
        for (row, build) in read.iter().zip(&details) {
            self.sink.links(&row.id, rows::links(caller, row, build)).await;
        }
        if !gone.is_empty() {
            let id = |id: &String| format!("{}/{}", caller.profile, rows::build_arn(caller, id));
            self.sink.gone(gone.iter().map(id).collect()).await;
        }
        let began = details.iter().map(|build| build.started_at);
        self.refresh_projects(began.zip(read).collect()).await;
        Ok(())
    }

    /// A project is as its latest build is: a newer build changes the row of its project.
    async fn refresh_projects(&self, read: Vec<(Option<Timestamp>, Resource)>) {
        let caller = &self.ctx.caller;
        let mut changed = Vec::new();
        for (name, last) in &latest_builds(read) {
            let Some(row) = self.sink.known(&self.project_row_id(name)).await else { continue };
            let Some(mut detail) = row.detail::<ProjectDetail>() else { continue };
            let newer = detail.last_build_id.as_ref() == Some(&last.name) || row.since < last.since;
            if newer {
                detail.last_build_id = Some(last.name.clone());
                // Only the build was read just now, so the row keeps its age.
                changed.push(rows::project_row(caller, name, &detail, Some(last), row.read_at));
            }
        }
        if !changed.is_empty() {
            self.sink.rows(changed).await;
        }
    }

    /// Ids of the builds that failed, running or waiting pipelines of this Region point at.
    async fn pointed_at(&self) -> Vec<String> {
        let builds = |row: Resource, pipeline: PipelineDetail| {
            if !matches!(row.health, Health::Failed | Health::Running | Health::Attention) {
                return Vec::new();
            }
            let shown = pipeline.execution.into_iter().flat_map(|e| e.actions).map(|run| run.state);
            let actions = pipeline.stages.into_iter().flat_map(|s| s.actions).chain(shown);
            let build = |action: ActionState| {
                let def = &action.def;
                let here = def.provider == "CodeBuild" && def.region.is_none() && def.account.is_none();
                action.external_id.filter(|id| here && id.contains(':'))
            };
            actions.filter_map(build).collect()
        };
        self.sink.gather(builds).await.into_iter().flatten().collect()
    }
}

/// The build of each project that began last, from builds with their beginnings.
fn latest_builds(builds: Vec<(Option<Timestamp>, Resource)>) -> BTreeMap<String, Resource> {
    let mut latest: BTreeMap<String, (Option<Timestamp>, Resource)> = BTreeMap::new();
    for (began, row) in builds {
        let Some(project) = row.name.split(':').next() else { continue };
        if latest.get(project).is_none_or(|(known, _)| *known < began) {
            latest.insert(project.to_owned(), (began, row));
        }
    }
    latest.into_iter().map(|(project, (_, row))| (project, row)).collect()
}

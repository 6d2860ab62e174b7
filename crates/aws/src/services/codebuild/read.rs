//! When which call is made: the inventory of projects on a full read; builds on every read, but only those that are new
//! or were not over when last read. What pipelines point at is read too, so that a failure always has its build.

use std::collections::{BTreeMap, BTreeSet};

use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use skydeck_domain::{
    Detail, Health, Resource,
    build::{BuildDetail, ProjectDetail},
    pipeline::PipelineDetail,
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
        let builds = self.sink.known_kind(BuildDetail::KIND).await;
        let latest = latest_builds(&builds);
        let mut new = BTreeSet::new();
        for name in names.iter().filter(|name| !latest.contains_key(name.as_str())) {
            if self.sink.known(&self.project_row_id(name)).await.is_none() {
                new.insert(name.clone());
            }
        }
        for batch in batches(&names) {
            let projects = self.calls.projects(batch).await?;
            let now = self.ctx.clock.now();
            let row = |project: &aws_sdk_codebuild::types::Project| {
                let name = project.name()?;
                let last = latest.get(name).copied();
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
        let known: BTreeMap<String, bool> = self
            .sink
            .known_kind(BuildDetail::KIND)
            .await
            .iter()
            .map(|row| (row.name.clone(), rows::is_over(&row.status)))
            .collect();
        let kept: BTreeSet<&String> = newest.iter().chain(&pointed_at).collect();
        let open = known.iter().filter(|(_, over)| !**over).map(|(id, _)| id);
        let wanted: BTreeSet<&String> =
            kept.iter().copied().filter(|id| known.get(*id) != Some(&true)).chain(open).collect();
        let wanted: Vec<String> = wanted.into_iter().cloned().collect();
        self.read_builds(&wanted).await?;
        if all {
            // The newest, the last one of each project and those that pipelines point at are all that is kept here; history
            // is in the ledger.
            let projects = self.sink.known_kind(ProjectDetail::KIND).await;
            let last = projects.iter().filter_map(|row| row.detail::<ProjectDetail>()?.last_build_id);
            let ids = kept.into_iter().cloned().chain(last);
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
        self.refresh_projects(&read).await;
        Ok(())
    }

    /// A project is as its latest build is: a newer build changes the row of its project.
    async fn refresh_projects(&self, read: &[Resource]) {
        let caller = &self.ctx.caller;
        let mut changed = Vec::new();
        for (name, last) in latest_builds(read) {
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
        let mut ids = Vec::new();
        for row in self.sink.known_kind(PipelineDetail::KIND).await {
            if !matches!(row.health, Health::Failed | Health::Running | Health::Attention) {
                continue;
            }
            let Some(pipeline) = row.detail::<PipelineDetail>() else { continue };
            let shown = pipeline.execution.into_iter().flat_map(|e| e.actions).map(|run| run.state);
            for action in pipeline.stages.into_iter().flat_map(|s| s.actions).chain(shown) {
                let def = &action.def;
                let here = def.provider == "CodeBuild" && def.region.is_none() && def.account.is_none();
                ids.extend(action.external_id.filter(|id| here && id.contains(':')));
            }
        }
        ids
    }
}

/// The build of each project that began last.
fn latest_builds(builds: &[Resource]) -> BTreeMap<&str, &Resource> {
    let mut latest: BTreeMap<&str, &Resource> = BTreeMap::new();
    for row in builds.iter().filter(|row| row.kind == BuildDetail::KIND) {
        let Some(project) = row.name.split(':').next() else { continue };
        let began = |row: &Resource| row.detail::<BuildDetail>().and_then(|b| b.started_at);
        let newer = latest.get(project).is_none_or(|known| began(known) < began(row));
        if newer {
            latest.insert(project, row);
        }
    }
    latest
}

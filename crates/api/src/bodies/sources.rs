//! Freshness and budget of everything that is read; asking for a read; saying what is on screen.

use skydeck_domain::{SourceId, SourceStatus};
use skydeck_engine::{SyncFilter, SyncReport, services};

use crate::{
    contract::{
        ApiError, Code,
        calls::{Ids, Nothing},
        profiles::{Budget, Meter, RefreshParams, Sources},
    },
    host::Host,
    policy,
};

impl Host {
    /// Freshness and budget.
    pub async fn sources(&self, _: Nothing) -> Result<Sources, ApiError> {
        let seen = self.seen(&[], &[]).await?;
        let mut sources: Vec<SourceStatus> = seen.sources_of(&[]).cloned().collect();
        sources.sort_by(|a, b| a.id.cmp(&b.id));
        let meters: Vec<Meter> = self
            .engine
            .aws()
            .meters()
            .into_iter()
            .map(|m| Meter {
                account: m.account,
                region: m.region,
                service: m.service,
                calls_last_minute: m.calls_last_minute,
                throttles_last_minute: m.throttles_last_minute,
                used_share: m.used_share,
            })
            .collect();
        let mut under_way = self.engine.under_way();
        under_way.retain(|id| sources.iter().any(|s| s.id == *id));
        let titles = sources.iter().map(|s| &s.id.service).filter_map(|id| Some((id.clone(), services::by_id(id)?)));
        let budget = self.engine.aws().budget();
        Ok(Sources {
            under_way,
            titles: titles.map(|(id, service)| (id, service.spec().title.to_owned())).collect(),
            budget: Budget { published_share: budget.share, calls_per_second: budget.rate },
            read: sources.iter().filter(|s| s.state.is_read()).count() as u64,
            newest: sources.iter().filter_map(SourceStatus::fresh_at).max(),
            oldest: sources.iter().filter_map(|s| s.ok_at).min(),
            budget_share: meters.iter().map(|m| m.used_share).fold(0.0, f64::max).min(1.0),
            meters,
            sources,
            reads_here: self.engine.reads_here(),
            now: seen.now,
        })
    }

    /// Asks for a read now: of these rows and sources, or of everything shown if none is named.
    pub async fn refresh(&self, params: RefreshParams) -> Result<Nothing, ApiError> {
        if !params.sources.is_empty() {
            let seen = self.seen(&[], &[]).await?;
            let is_seen = |id: &SourceId| seen.source(&id.profile, &id.region, &id.service).is_some();
            if let Some(SourceId { profile, region, service }) = params.sources.iter().find(|id| !is_seen(id)) {
                let message = format!(
                    "`{service}` of profile `{profile}` in {region} is not among what is read. Show that profile, and have that Region read for it, first."
                );
                return Err(ApiError::new(Code::Invalid, message));
            }
        }
        if params.sources.is_empty() || !params.ids.is_empty() {
            self.engine.forget_missed_runs(&params.ids);
        }
        self.engine.refresh(&params.ids, &params.sources).await;
        Ok(Nothing {})
    }

    /// Says which rows are on screen, so that they are read first.
    pub async fn watching(&self, params: Ids) -> Result<Nothing, ApiError> {
        self.engine.watching(params.ids).await;
        Ok(Nothing {})
    }

    /// Whether a filter names only what there is; an error tells what there is instead.
    pub async fn check(&self, filter: &SyncFilter) -> Result<(), ApiError> {
        self.seen(&filter.profiles, &[]).await?;
        policy::policy(policy::Role::Observer, &filter.services).map(|_| ())
    }

    /// Reads AWS once, whole; what `skydeckctl sync` does.
    pub async fn sync(&self, filter: &SyncFilter) -> Result<SyncReport, ApiError> {
        Ok(self.engine.sync(filter).await?)
    }
}

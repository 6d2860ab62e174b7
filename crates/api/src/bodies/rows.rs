//! Lists of rows of any kind, a page at a time; and the search over all of them.

use skydeck_domain::{Kind, Resource};
use skydeck_engine::services;
use skydeck_store::{Query, Sort};

use super::board::count;
use crate::{
    contract::{
        ApiError, Code,
        board::Count,
        list::{ListRow, Rows, RowsParams, SearchParams, SortBy},
    },
    host::Host,
    seen::Seen,
    words::Words,
};

/// Rows a page, where the front does not say.
const USUAL_LIMIT: u32 = 200;

/// Hits of a search, where the front does not say, and at most.
const USUAL_HITS: u32 = 20;
const MOST_HITS: u32 = 200;

/// Every kind that can be listed, in the order of the services.
pub fn kinds() -> Vec<&'static str> {
    services::ALL.iter().flat_map(|s| s.spec().kinds).copied().collect()
}

fn known_kinds(asked: &[Kind]) -> Result<(), ApiError> {
    let known = kinds();
    match asked.iter().find(|k| !known.contains(&k.as_str())) {
        None => Ok(()),
        Some(kind) => {
            Err(ApiError::new(Code::Invalid, format!("There is no kind `{kind}`. Kinds: {}.", known.join(", "))))
        }
    }
}

impl Host {
    /// A list of rows of any kind.
    pub async fn rows(&self, params: RowsParams) -> Result<Rows, ApiError> {
        let words = Words::of(params.text.as_deref());
        let seen = self.seen_by(&params.profiles, &params.regions, &words).await?;
        self.list(params, words, seen).await
    }

    /// As [`Host::rows`], but of everything that was ever read: what `skydeckctl get` shows.
    pub async fn rows_ever(&self, params: RowsParams) -> Result<Rows, ApiError> {
        let words = Words::of(params.text.as_deref());
        let seen = self.seen_ever(&params.profiles, &params.regions, &words).await?;
        self.list(params, words, seen).await
    }

    async fn list(&self, params: RowsParams, words: Words, seen: Seen) -> Result<Rows, ApiError> {
        known_kinds(&params.kinds)?;
        let query = Query {
            kinds: params.kinds.clone(),
            scopes: Some(seen.scopes.clone()),
            healths: params.healths,
            aspects: params.aspects,
            needs: words.needs,
            stages: words.stages,
            text: words.text,
            places: None,
            sort: stored(params.sort),
            descending: turned(params.sort, params.descending),
            after: params.after,
            limit: if params.limit == 0 { USUAL_LIMIT } else { params.limit.min(Query::MAX_LIMIT) },
        };
        let page = self.engine.cache().page(&query).await?;
        Ok(Rows {
            rows: page.rows.into_iter().map(|row| list_row(row, &seen)).collect(),
            next: page.next,
            total: Count { n: page.total.n, exact: page.total.exact },
            unread: seen.unread(&params.kinds),
            any_read: seen.any_read(&params.kinds),
            not_understood: words.not_understood,
            now: seen.now,
        })
    }

    /// The row of that ARN, through the first profile shown that reads it; none if there is none here.
    pub async fn by_arn(&self, arn: &str) -> Result<Option<Resource>, ApiError> {
        let seen = self.seen(&[], &[]).await?;
        let shown = |row: &Resource| seen.scopes.iter().any(|s| s.profile == row.profile && s.region == row.region);
        Ok(self.engine.cache().by_arn(arn).await?.into_iter().find(shown))
    }

    /// Search over every row.
    pub async fn search(&self, params: SearchParams) -> Result<Rows, ApiError> {
        let seen = self.seen(&[], &[]).await?;
        let limit = if params.limit == 0 { USUAL_HITS } else { params.limit.min(MOST_HITS) };
        let scopes = Some(seen.scopes.clone());
        // One more than asked for tells whether there are more.
        let mut found = self.engine.cache().search(&params.text, &scopes, limit + 1).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let total = count(found.len() as i64);
        Ok(Rows {
            total: Count { exact: total.exact && !more, ..total },
            rows: found.into_iter().map(|row| list_row(row, &seen)).collect(),
            next: None,
            unread: seen.unread(&[]),
            any_read: seen.any_read(&[]),
            not_understood: Vec::new(),
            now: seen.now,
        })
    }
}

/// The order as the store has it.
pub(super) fn stored(sort: SortBy) -> Sort {
    match sort {
        SortBy::Need => Sort::Need,
        SortBy::Name => Sort::Name,
        SortBy::Profile => Sort::Profile,
        SortBy::Since => Sort::Since,
        SortBy::ReadAt => Sort::ReadAt,
    }
}

/// Whether the store's order is turned round: it counts since when from the oldest on, a list begins with what changed last.
pub(super) fn turned(sort: SortBy, descending: bool) -> bool {
    descending != (sort == SortBy::Since)
}

fn list_row(row: Resource, seen: &Seen) -> ListRow {
    ListRow { colour: seen.colour(&row.profile), stale: seen.is_stale(&row), row }
}

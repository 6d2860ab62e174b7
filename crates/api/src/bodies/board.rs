//! The board: one query a group, in order of need, and what could not be read; and a group page by page.

use skydeck_domain::{Aspect, Detail, Health, Protection, Resource, Scope, pipeline::PipelineDetail};
use skydeck_store::{CountBy, Place, Query, Sort};

use super::{
    row::{Locks, board_row},
    rows::{stored, turned},
};
use crate::{
    contract::{
        ApiError,
        board::{
            Board, BoardGroup, BoardParams, BoardRow, Count, GroupKey, GroupParams, GroupRows, ProfileCount, Segment,
        },
        list::SortBy,
    },
    host::Host,
    seen::Seen,
    words::Words,
};

/// Rows a group, where the front does not say.
const USUAL_LIMIT: u32 = 200;

/// Up to here a count is exact.
const EXACT: i64 = 1000;

/// Marks of a folded group.
const TICKS: usize = 100;

/// The groups in order of need.
const GROUPS: [GroupKey; 7] = [
    GroupKey::Failed,
    GroupKey::Waiting,
    GroupKey::Stuck,
    GroupKey::Attention,
    GroupKey::Running,
    GroupKey::Unknown,
    GroupKey::Ok,
];

/// The group of a row. What runs where nothing can be read now is not known to run.
fn group_of(health: Health, aspect: Option<Aspect>, readable: bool) -> GroupKey {
    match (health, aspect) {
        (Health::Failed, _) => GroupKey::Failed,
        (Health::Attention, Some(Aspect::Waiting)) => GroupKey::Waiting,
        (Health::Attention, Some(Aspect::Stuck)) => GroupKey::Stuck,
        (Health::Attention, _) => GroupKey::Attention,
        (Health::Running, _) if readable => GroupKey::Running,
        (Health::Running | Health::Unknown, _) => GroupKey::Unknown,
        (Health::Ok | Health::Retired, _) => GroupKey::Ok,
    }
}

fn in_segment(key: GroupKey, segment: Segment) -> bool {
    use GroupKey::*;
    match segment {
        Segment::All => true,
        Segment::Problems => matches!(key, Failed | Waiting | Stuck | Attention),
        Segment::Running => key == Running,
    }
}

pub(crate) fn count(n: i64) -> Count {
    Count { n: n.min(EXACT), exact: n <= EXACT }
}

impl Host {
    /// The board.
    pub async fn board(&self, params: BoardParams) -> Result<Board, ApiError> {
        let words = Words::of(params.text.as_deref());
        let seen = self.seen_by(&params.profiles, &params.regions, &words).await?;
        let ask = Ask::of(self, words, &seen, (params.sort, params.descending), params.limit);
        let counts = ask.counts().await?;
        let of = |segment| count(counts.iter().filter(|(k, _)| in_segment(*k, segment)).map(|(_, n)| n).sum());
        let mut groups = Vec::new();
        for (key, n) in counts.iter().filter(|(key, n)| *n > 0 && in_segment(*key, params.segment)) {
            let folded = params.folded.contains(key);
            let query = ask.group(*key);
            let rows = if folded { Vec::new() } else { self.engine.cache().slice(&query).await?.rows };
            groups.push((rows, ask.standing(*key, &query, *n, folded, &seen).await?));
        }
        let told = self.told(groups.iter().flat_map(|(rows, _)| rows), &seen).await?;
        let groups = groups
            .iter()
            .map(|(rows, standing)| BoardGroup { rows: rows.iter().filter_map(&told).collect(), ..standing.clone() });
        Ok(Board {
            groups: groups.collect(),
            all: of(Segment::All),
            problems: of(Segment::Problems),
            running: of(Segment::Running),
            quiet_by_profile: ask.quiet_by_profile(&seen).await?,
            unread: seen.unread(&[]),
            any_read: seen.any_read(&[PipelineDetail::KIND.to_owned()]),
            not_understood: ask.words.not_understood.clone(),
            now: seen.now,
        })
    }

    /// A page of one group of the board.
    pub async fn board_rows(&self, params: GroupParams) -> Result<GroupRows, ApiError> {
        let words = Words::of(params.text.as_deref());
        let seen = self.seen_by(&params.profiles, &params.regions, &words).await?;
        let ask = Ask::of(self, words, &seen, (params.sort, params.descending), params.limit);
        let query = Query { after: params.after, ..ask.group(params.group) };
        let page = self.engine.cache().slice(&query).await?;
        let told = self.told(&page.rows, &seen).await?;
        Ok(GroupRows { rows: page.rows.iter().filter_map(&told).collect(), next: page.next })
    }

    /// How these rows are told on the board.
    async fn told<'a>(
        &self,
        rows: impl IntoIterator<Item = &'a Resource>,
        seen: &Seen,
    ) -> Result<impl Fn(&Resource) -> Option<BoardRow>, ApiError> {
        let arns: Vec<String> = rows.into_iter().filter_map(|r| r.arn.clone()).collect();
        let usual = self.engine.ledger().usual_many(&arns).await?;
        let locks = Locks::of(&self.engine.ledger().locks(seen.now).await?);
        Ok(move |row: &Resource| {
            let usual = row.arn.as_ref().and_then(|arn| usual.get(arn)).copied();
            board_row(row, usual, &locks, seen)
        })
    }
}

/// The service whose rows the board shows.
const SERVICE: &str = "codepipeline";

/// One reading of the board.
struct Ask<'a> {
    host: &'a Host,
    words: Words,
    order: (SortBy, bool),
    limit: u32,
    readable: Vec<Scope>,
    unreadable: Vec<Scope>,
}

impl Ask<'_> {
    fn of<'a>(host: &'a Host, words: Words, seen: &Seen, order: (SortBy, bool), limit: u32) -> Ask<'a> {
        let (readable, unreadable) = seen.by_readable(SERVICE);
        let limit = if limit == 0 { USUAL_LIMIT } else { limit.min(Query::MAX_LIMIT) };
        Ask { host, words, order, limit, readable, unreadable }
    }

    /// Every pipeline that fits the words, whatever its state.
    fn all(&self) -> Query {
        Query {
            kinds: vec![PipelineDetail::KIND.to_owned()],
            stages: self.words.stages.clone(),
            text: self.words.text.clone(),
            sort: stored(self.order.0),
            descending: turned(self.order.0, self.order.1),
            limit: self.limit,
            ..Query::default()
        }
    }

    fn by_readable(&self) -> [(&Vec<Scope>, bool); 2] {
        [(&self.readable, true), (&self.unreadable, false)]
    }

    /// How many rows each group has, in order of need.
    async fn counts(&self) -> Result<Vec<(GroupKey, i64)>, ApiError> {
        let mut counts: Vec<(GroupKey, i64)> = GROUPS.iter().map(|key| (*key, 0)).collect();
        for (scopes, readable) in self.by_readable() {
            if scopes.is_empty() {
                continue;
            }
            // Of all healths: what the words want is what is shown, and what ran unseen is shown as not known.
            let query = Query { scopes: Some(scopes.clone()), ..self.all() };
            for (health, aspect, n) in self.host.engine.cache().count_by_health(&query).await? {
                if self.wants(health, aspect, readable) {
                    let key = group_of(health, aspect, readable);
                    counts.iter_mut().filter(|(k, _)| *k == key).for_each(|(_, sum)| *sum += n);
                }
            }
        }
        Ok(counts)
    }

    /// Whether the words want rows of that state, as it is shown.
    fn wants(&self, health: Health, aspect: Option<Aspect>, readable: bool) -> bool {
        let unseen = health == Health::Running && !readable;
        let (health, aspect) = if unseen { (Health::Unknown, None) } else { (health, aspect) };
        self.words.wants(health, aspect)
    }

    /// The rows of a group.
    fn group(&self, key: GroupKey) -> Query {
        let aspects = || Aspect::ALL.into_iter().map(Some).chain([None]);
        let places = self.by_readable().map(|(scopes, readable)| {
            let all = Health::ALL.into_iter().flat_map(|health| aspects().map(move |aspect| (health, aspect)));
            let its = all.filter(|(h, a)| group_of(*h, *a, readable) == key && self.wants(*h, *a, readable));
            Place { scopes: scopes.clone(), states: its.collect() }
        });
        let places = places.into_iter().filter(|p| !p.scopes.is_empty() && !p.states.is_empty());
        Query { places: Some(places.collect()), ..self.all() }
    }

    /// What is told of a group as a whole, as a group without its rows.
    async fn standing(
        &self,
        key: GroupKey,
        query: &Query,
        n: i64,
        folded: bool,
        seen: &Seen,
    ) -> Result<BoardGroup, ApiError> {
        let mut group = BoardGroup {
            key,
            count: count(n),
            rows: Vec::new(),
            stale: 0,
            stale_read_at: None,
            protected: 0,
            oldest: None,
            ticks: Vec::new(),
        };
        // Gone through only where something can be told of it: the many quiet ones are not, unless any can be stale.
        if !matches!(key, GroupKey::Failed | GroupKey::Waiting) && !seen.any_stale(SERVICE) {
            group.ticks = vec![false; if folded { usize::try_from(n).map_or(TICKS, |n| n.min(TICKS)) } else { 0 }];
            return Ok(group);
        }
        // What is told of a group of more than a thousand is told of the neediest, whatever the rows are ordered by.
        let neediest = Query { sort: Sort::Need, descending: false, ..query.clone() };
        for row in self.host.engine.cache().standings(&neediest, EXACT as u32).await? {
            let stale = seen.stands_stale(SERVICE, &row);
            if stale {
                group.stale += 1;
                group.stale_read_at = group.stale_read_at.into_iter().chain([row.read_at]).min();
            }
            if folded && group.ticks.len() < TICKS {
                group.ticks.push(stale);
            }
            let protection = seen.profile(&row.scope.profile).map(|p| p.protection);
            group.protected += i64::from(key == GroupKey::Failed && protection == Some(Protection::Protected));
            if key == GroupKey::Waiting {
                group.oldest = group.oldest.into_iter().chain(row.since).min();
            }
        }
        Ok(group)
    }

    /// The quiet ones of each profile, in the order of the profiles.
    async fn quiet_by_profile(&self, seen: &Seen) -> Result<Vec<ProfileCount>, ApiError> {
        let counts = self.host.engine.cache().count_by(&self.group(GroupKey::Ok), CountBy::Profile).await?;
        let of = |name: &str| counts.iter().find(|(profile, _)| profile == name).map(|(_, n)| *n);
        let in_order =
            seen.profiles.iter().filter_map(|p| Some(ProfileCount { profile: p.name.clone(), n: of(&p.name)? }));
        Ok(in_order.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_health_and_aspect_has_its_group() {
        use GroupKey as G;
        for (health, aspect, readable, group) in [
            (Health::Failed, None, true, G::Failed),
            (Health::Failed, None, false, G::Failed),
            (Health::Attention, Some(Aspect::Waiting), false, G::Waiting),
            (Health::Attention, Some(Aspect::Stuck), false, G::Stuck),
            (Health::Attention, Some(Aspect::Held), true, G::Attention),
            (Health::Attention, None, true, G::Attention),
            (Health::Running, Some(Aspect::Queued), true, G::Running),
            (Health::Running, None, false, G::Unknown),
            (Health::Unknown, None, true, G::Unknown),
            (Health::Ok, Some(Aspect::Superseded), false, G::Ok),
            (Health::Retired, None, true, G::Ok),
        ] {
            assert_eq!(group_of(health, aspect, readable), group, "{health:?} {aspect:?} {readable}");
        }
    }

    #[test]
    fn counts_are_exact_up_to_a_thousand() {
        assert_eq!(count(1000), Count { n: 1000, exact: true });
        assert_eq!(count(1001), Count { n: 1000, exact: false });
    }
}

//! The board: one query a group, in order of need, and what could not be read.

use skydeck_domain::{Aspect, Detail, Health, Protection, Resource, Scope, pipeline::PipelineDetail};
use skydeck_store::{CountBy, Query};

use super::row::{Locks, board_row};
use crate::{
    contract::{
        ApiError,
        board::{Board, BoardGroup, BoardParams, Count, GroupKey, ProfileCount, Segment},
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
        let (readable, unreadable) = seen.by_readable(SERVICE);
        let limit = if params.limit == 0 { USUAL_LIMIT } else { params.limit.min(Query::MAX_LIMIT) };
        let ask = Ask { host: self, words, limit, readable, unreadable };
        let counts = ask.counts().await?;
        let of = |segment| count(counts.iter().filter(|(k, _)| in_segment(*k, segment)).map(|(_, n)| n).sum());
        let mut found = Vec::new();
        for (key, _) in counts.iter().filter(|(key, n)| *n > 0 && in_segment(*key, params.segment)) {
            let folded = params.folded.contains(key);
            let rows = if folded { Vec::new() } else { ask.rows(*key, &counts).await? };
            found.push((rows, ask.standing(*key, &counts, folded, &seen).await?));
        }
        let arns = found.iter().flat_map(|(rows, _)| rows).filter_map(|r| r.arn.clone());
        let arns: Vec<String> = arns.collect();
        let usual = self.engine.ledger().usual_many(&arns).await?;
        let locks = Locks::of(&self.engine.ledger().locks(seen.now).await?);
        let told = |row: &Resource| {
            let usual = row.arn.as_ref().and_then(|arn| usual.get(arn)).copied();
            board_row(row, usual, &locks, &seen)
        };
        let groups = found
            .iter()
            .map(|(rows, standing)| BoardGroup { rows: rows.iter().filter_map(told).collect(), ..standing.clone() })
            .collect();
        Ok(Board {
            groups,
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
}

/// The service whose rows the board shows.
const SERVICE: &str = "codepipeline";

/// One reading of the board.
struct Ask<'a> {
    host: &'a Host,
    words: Words,
    limit: u32,
    readable: Vec<Scope>,
    unreadable: Vec<Scope>,
}

impl Ask<'_> {
    fn query(&self, scopes: Vec<Scope>, healths: &[Health], aspects: &[Aspect]) -> Query {
        Query {
            kinds: vec![PipelineDetail::KIND.to_owned()],
            scopes: Some(scopes),
            healths: healths.to_vec(),
            aspects: aspects.to_vec(),
            needs: self.words.needs.clone(),
            stages: self.words.stages.clone(),
            text: self.words.text.clone(),
            limit: self.limit,
            ..Query::default()
        }
    }

    fn everywhere(&self) -> Vec<Scope> {
        self.readable.iter().chain(&self.unreadable).cloned().collect()
    }

    /// How many rows each group has, in order of need.
    async fn counts(&self) -> Result<Vec<(GroupKey, i64)>, ApiError> {
        let mut counts: Vec<(GroupKey, i64)> = GROUPS.iter().map(|key| (*key, 0)).collect();
        for (scopes, readable) in [(&self.readable, true), (&self.unreadable, false)] {
            if scopes.is_empty() {
                continue;
            }
            // Of all healths: what the words want is what is shown, and what ran unseen is shown as not known.
            let query = Query { needs: None, ..self.query(scopes.clone(), &[], &[]) };
            let by_health = self.host.engine.cache().count_by_health(&query).await?;
            for (health, aspect, n) in by_health {
                let key = group_of(health, aspect, readable);
                let unseen = health == Health::Running && !readable;
                let (health, aspect) = if unseen { (Health::Unknown, None) } else { (health, aspect) };
                if !self.words.wants(health, aspect) {
                    continue;
                }
                counts.iter_mut().filter(|(k, _)| *k == key).for_each(|(_, sum)| *sum += n);
            }
        }
        Ok(counts)
    }

    /// What a group is made of: queries whose rows follow each other, and how many rows of the first belong to groups
    /// before it.
    fn parts(&self, key: GroupKey, counts: &[(GroupKey, i64)]) -> (Vec<Query>, u32) {
        let everywhere = self.everywhere();
        match key {
            GroupKey::Failed => (vec![self.query(everywhere, &[Health::Failed], &[])], 0),
            GroupKey::Waiting => (vec![self.query(everywhere, &[Health::Attention], &[Aspect::Waiting])], 0),
            GroupKey::Stuck => (vec![self.query(everywhere, &[Health::Attention], &[Aspect::Stuck])], 0),
            GroupKey::Attention => {
                // Those that wait or are stuck come first in the order of need.
                let before = counts.iter().filter(|(k, _)| matches!(k, GroupKey::Waiting | GroupKey::Stuck));
                let skip = u32::try_from(before.map(|(_, n)| n).sum::<i64>()).unwrap_or(u32::MAX);
                (vec![self.query(everywhere, &[Health::Attention], &[])], skip)
            }
            GroupKey::Running => (vec![self.query(self.readable.clone(), &[Health::Running], &[])], 0),
            GroupKey::Unknown => {
                let ran = self.query(self.unreadable.clone(), &[Health::Running], &[]);
                let ran = self.words.wants(Health::Unknown, None).then_some(Query { needs: None, ..ran });
                (ran.into_iter().chain([self.query(everywhere, &[Health::Unknown], &[])]).collect(), 0)
            }
            GroupKey::Ok => (vec![self.query(everywhere, &[Health::Ok, Health::Retired], &[])], 0),
        }
    }

    /// The first rows of a group.
    async fn rows(&self, key: GroupKey, counts: &[(GroupKey, i64)]) -> Result<Vec<Resource>, ApiError> {
        let (parts, skip) = self.parts(key, counts);
        let mut rows = Vec::new();
        for part in parts.iter().filter(|part| part.scopes.as_ref().is_none_or(|scopes| !scopes.is_empty())) {
            rows.extend(self.host.engine.cache().first(part, skip).await?);
        }
        rows.truncate(self.limit as usize);
        Ok(rows)
    }

    /// What is told of a group as a whole, as a group without its rows.
    async fn standing(
        &self,
        key: GroupKey,
        counts: &[(GroupKey, i64)],
        folded: bool,
        seen: &Seen,
    ) -> Result<BoardGroup, ApiError> {
        let n = counts.iter().find(|(k, _)| *k == key).map_or(0, |(_, n)| *n);
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
        let (parts, skip) = self.parts(key, counts);
        let most = skip.saturating_add(EXACT as u32);
        for part in &parts {
            for row in self.host.engine.cache().standings(part, most).await?.into_iter().skip(skip as usize) {
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
        }
        Ok(group)
    }

    /// The quiet ones of each profile, in the order of the profiles.
    async fn quiet_by_profile(&self, seen: &Seen) -> Result<Vec<ProfileCount>, ApiError> {
        let query = self.query(self.everywhere(), &[Health::Ok, Health::Retired], &[]);
        let counts = self.host.engine.cache().count_by(&query, CountBy::Profile).await?;
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

//! Tests of `src/cache/page.rs`.

use std::cmp::Ordering;

use proptest::prelude::*;
use serde_json::{Value, json};
use skydeck_domain::{Aspect, Health, Resource, Scope};
use skydeck_store::{Cache, Error, Need, Place, Query, Sort, Standing};

use crate::given::{BUILD, EXECUTION, PIPELINE, at, attention, failed, names, row, scope, source};

async fn cache_of(rows: &[Resource]) -> Cache {
    let cache = Cache::in_memory().await.unwrap();
    cache.upsert(&source("dev", "codepipeline"), rows).await.unwrap();
    cache
}

/// All rows, page by page.
async fn walk(cache: &Cache, query: &Query) -> Vec<Resource> {
    let (mut query, mut rows) = (query.clone(), Vec::new());
    loop {
        let page = cache.page(&query).await.unwrap();
        assert!(page.rows.len() <= query.limit as usize);
        rows.extend(page.rows);
        assert!(rows.len() <= 1000, "the walk does not end");
        match page.next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
    }
}

#[tokio::test]
async fn who_needs_a_person_comes_first() {
    let mut late = failed(row("dev", PIPELINE, "late"), "x");
    late.since = Some(at(-1));
    let cache = cache_of(&[
        row("dev", PIPELINE, "green"),
        attention(row("dev", PIPELINE, "stuck"), Aspect::Stuck),
        failed(row("dev", PIPELINE, "early"), "x"),
        attention(row("dev", PIPELINE, "waiting"), Aspect::Waiting),
        late,
    ])
    .await;
    let page = cache.page(&Query::default()).await.unwrap();
    assert_eq!(names(&page.rows), ["late", "early", "waiting", "stuck", "green"]);
    assert_eq!((page.next, page.total.n, page.total.exact), (None, 5, true));
}

#[tokio::test]
async fn names_sort_without_regard_to_case_and_any_script() {
    let cache = cache_of(&["b", "결제", "A", "a", "C"].map(|n| row("dev", PIPELINE, n))).await;
    let query = Query { sort: Sort::Name, ..Query::default() };
    assert_eq!(names(&walk(&cache, &query).await), ["A", "a", "b", "C", "결제"]);
    let query = Query { descending: true, ..query };
    assert_eq!(names(&walk(&cache, &query).await), ["결제", "C", "b", "a", "A"]);
}

#[tokio::test]
async fn no_scope_is_no_row_and_all_scopes_are_all() {
    let cache = cache_of(&[row("dev", PIPELINE, "web"), row("prod", PIPELINE, "web")]).await;
    let with = |scopes| Query { scopes, ..Query::default() };
    let count = async |scopes| cache.page(&with(scopes)).await.unwrap().rows.len();
    assert_eq!(count(None).await, 2);
    assert_eq!(count(Some(vec![])).await, 0);
    assert_eq!(count(Some(vec![scope("dev")])).await, 1);
    assert_eq!(count(Some(vec![Scope { profile: "dev".into(), region: "us-east-1".into() }])).await, 0);
}

#[tokio::test]
async fn a_row_that_vanishes_between_two_pages_hides_no_other() {
    let rows: Vec<_> = ["a", "b", "c", "d"].iter().map(|n| row("dev", PIPELINE, n)).collect();
    let cache = cache_of(&rows).await;
    let query = Query { sort: Sort::Name, limit: 2, ..Query::default() };
    let first = cache.page(&query).await.unwrap();
    cache.remove(&source("dev", "codepipeline"), &[rows[0].id.clone(), rows[1].id.clone()]).await.unwrap();
    let second = cache.page(&Query { after: first.next, ..query }).await.unwrap();
    assert_eq!(names(&second.rows), ["c", "d"]);
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let cache = cache_of(&["a", "b"].map(|n| row("dev", PIPELINE, n))).await;
    let next = cache.page(&Query { limit: 1, ..Query::default() }).await.unwrap().next;
    assert!(next.is_some());
    for query in [
        Query { after: next.clone(), sort: Sort::Name, ..Query::default() },
        Query { after: next, descending: true, ..Query::default() },
        Query { after: Some("'; DROP TABLE resources; --".into()), ..Query::default() },
    ] {
        assert!(matches!(cache.page(&query).await, Err(Error::BadCursor)));
    }
}

fn any_row() -> impl Strategy<Value = Resource> {
    let name = prop::sample::select(vec!["web", "Web", "api-web", "결제", "결제-api", "qa", "z\"x*"]);
    let kind = prop::sample::select(vec![PIPELINE, EXECUTION, BUILD]);
    let profile = prop::sample::select(vec!["dev", "prod", "staging"]);
    let health = prop::sample::select(Health::ALL.to_vec());
    let aspect =
        prop::option::of(prop::sample::select(vec![Aspect::Waiting, Aspect::Stuck, Aspect::Queued, Aspect::Held]));
    let stage = prop::sample::select(vec!["Source", "deploy", "De_loy", "De\\oy", "배포"]);
    let status = prop::sample::select(vec![Some("Failed"), Some("Succeeded"), None]);
    let stages = prop::collection::vec((stage.clone(), status, 0..2, any::<bool>()), 0..3);
    let at_stage = prop::option::of(stage);
    (name, kind, profile, health, aspect, (prop::option::of(-3..3i64), 0..3i64), 0..4u8, (stages, at_stage)).prop_map(
        |(name, kind, profile, health, aspect, (since, read_at), n, (stages, stage))| {
            let mut row = row(profile, kind, name);
            row.id = format!("{}#{n}", row.id);
            row.tags.clear();
            let told = |(name, status, execution, open): &_| {
                json!({"name": name, "status": status, "execution_id": execution, "transition_enabled": open})
            };
            let stages: Vec<_> = stages.iter().map(told).collect();
            let latest = [Value::Null, json!({"execution_id": 0}), json!({"execution_id": 1})];
            row.detail = json!({"stage": stage, "stages": stages, "execution": latest[usize::from(n) % 3]});
            row.health = health;
            row.aspect = aspect;
            row.since = since.map(at);
            row.read_at = at(read_at);
            row
        },
    )
}

fn any_query() -> impl Strategy<Value = Query> {
    let kinds = prop::sample::subsequence(vec![PIPELINE, EXECUTION, BUILD], 0..=2);
    let scopes = prop::option::of(prop::sample::subsequence(vec!["dev", "prod", "nobody"], 0..=3));
    let healths = prop::sample::subsequence(Health::ALL.to_vec(), 0..=3);
    let aspects = prop::sample::subsequence(vec![Aspect::Waiting, Aspect::Stuck], 0..=2);
    let needs = prop::sample::select(vec![Need::Health(Health::Failed), Need::Aspect(Aspect::Queued)]);
    let needs = prop::option::weighted(0.3, prop::collection::vec(needs, 0..3));
    let states = [(Health::Failed, None), (Health::Running, Some(Aspect::Queued)), (Health::Unknown, None)];
    let states = prop::sample::subsequence(states.to_vec(), 0..=3);
    let place = prop::sample::subsequence(vec!["dev", "prod", "nobody"], 0..=2);
    let place = (place, states)
        .prop_map(|(profiles, states)| Place { scopes: profiles.into_iter().map(scope).collect(), states });
    let places = prop::option::weighted(0.3, prop::collection::vec(place, 0..3));
    let stages = prop::sample::subsequence(vec!["dep", "De_", "de\\", "배", "%"], 0..=2);
    let stages = prop::option::weighted(0.3, stages);
    let text =
        prop::sample::select(vec![None, None, None, Some("web"), Some("WE"), Some("결제"), Some("qa x"), Some("\"x*")]);
    let sort = prop::sample::select(vec![Sort::Need, Sort::Name, Sort::Profile, Sort::Since, Sort::ReadAt]);
    (kinds, scopes, healths, prop::option::of(aspects), (needs, places, stages), text, (sort, any::<bool>()), 1..9u32)
        .prop_map(|(kinds, scopes, healths, aspects, (needs, places, stages), text, (sort, descending), limit)| Query {
            kinds: kinds.into_iter().map(str::to_owned).collect(),
            scopes: scopes.map(|profiles| profiles.into_iter().map(scope).collect()),
            healths,
            aspects: aspects.unwrap_or_default(),
            needs,
            places,
            stages: stages.unwrap_or_default().into_iter().map(str::to_owned).collect(),
            text: text.map(str::to_owned),
            sort,
            descending,
            after: None,
            limit,
        })
}

/// The filter, once more, in other words than SQL.
fn passes(query: &Query, row: &Resource) -> bool {
    let word = |word: &str| {
        let words = [row.name.as_str(), row.account.as_str(), row.status.as_str()].join("\n").to_lowercase();
        match word.chars().count() {
            1 | 2 => words.split(|c: char| !c.is_alphanumeric()).any(|w| w.starts_with(&word.to_lowercase())),
            _ => words.contains(&word.to_lowercase()),
        }
    };
    let begins = |name: &Value| {
        let name = name.as_str().unwrap_or_default().to_ascii_lowercase();
        query.stages.iter().any(|wanted| name.starts_with(&wanted.to_ascii_lowercase()))
    };
    let unfinished = |stage: &&Value| {
        let latest = &row.detail["execution"]["execution_id"];
        let ended = stage["status"].as_str().is_none_or(|status| status == "Succeeded");
        !ended && (latest.is_null() || latest == &stage["execution_id"])
            || row.aspect == Some(Aspect::Held) && stage["transition_enabled"] == false
    };
    let stages = row.detail["stages"].as_array();
    let in_stage = || {
        begins(&row.detail["stage"]) || stages.is_some_and(|s| s.iter().filter(unfinished).any(|s| begins(&s["name"])))
    };
    (query.stages.is_empty() || in_stage())
        && query.needs.as_ref().is_none_or(|needs| needs.iter().any(|n| n.fits(row.health, row.aspect)))
        && query.places.as_ref().is_none_or(|places| places.iter().any(|place| lies_in(place, row)))
        && (query.kinds.is_empty() || query.kinds.contains(&row.kind))
        && query.scopes.as_ref().is_none_or(|s| s.iter().any(|s| s.profile == row.profile && s.region == row.region))
        && (query.healths.is_empty() || query.healths.contains(&row.health))
        && (query.aspects.is_empty() || row.aspect.is_some_and(|a| query.aspects.contains(&a)))
        && query.text.as_deref().unwrap_or_default().split_whitespace().all(word)
}

fn lies_in(place: &Place, row: &Resource) -> bool {
    place.states.contains(&(row.health, row.aspect))
        && place.scopes.iter().any(|s| s.profile == row.profile && s.region == row.region)
}

/// The order, once more. Equal in it means that the tie is broken by id (or, by read time, by anything).
fn order(sort: Sort, a: &Resource, b: &Resource) -> Ordering {
    let lower = |r: &Resource| r.name.to_ascii_lowercase();
    let aspect = |r: &Resource| match r.aspect {
        Some(Aspect::Waiting) => 0,
        Some(Aspect::Stuck) => 1,
        Some(Aspect::Held) => 2,
        None => 3,
        _ => 4,
    };
    match sort {
        Sort::Need => (a.health.rank(), aspect(a))
            .cmp(&(b.health.rank(), aspect(b)))
            .then(b.since.cmp(&a.since))
            .then(a.id.cmp(&b.id)),
        Sort::Name => lower(a).cmp(&lower(b)).then(a.id.cmp(&b.id)),
        Sort::Profile => a.profile.cmp(&b.profile).then(lower(a).cmp(&lower(b))).then(a.id.cmp(&b.id)),
        Sort::Since => a.since.cmp(&b.since).then(b.id.cmp(&a.id)),
        Sort::ReadAt => a.read_at.cmp(&b.read_at),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn paging_shows_each_row_that_passes_exactly_once_and_in_order(
        rows in prop::collection::vec(any_row(), 0..60),
        query in any_query(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let cache = cache_of(&rows).await;
            let stored = cache.page(&Query { limit: 1000, ..Query::default() }).await.unwrap().rows;
            let walked = walk(&cache, &query).await;

            let mut expected: Vec<&str> = stored.iter().filter(|r| passes(&query, r)).map(|r| r.id.as_str()).collect();
            let mut got: Vec<&str> = walked.iter().map(|r| r.id.as_str()).collect();
            prop_assert_eq!(cache.page(&query).await.unwrap().total.n, expected.len() as i64);
            let counted: i64 = cache.count_by_health(&query).await.unwrap().iter().map(|(_, _, n)| n).sum();
            prop_assert_eq!(counted, expected.len() as i64);
            // The same without pages: row by row, and how they stand.
            let mut each = Vec::new();
            cache.each(&query, |row| each.push(row)).await.unwrap();
            prop_assert_eq!(&each, &walked);
            let slice = cache.slice(&query).await.unwrap();
            prop_assert_eq!(slice.rows, walked.iter().take(query.limit as usize).cloned().collect::<Vec<_>>());
            prop_assert_eq!(slice.next.is_some(), walked.len() > query.limit as usize);
            let standings = cache.standings(&query, 5).await.unwrap();
            prop_assert_eq!(standings, walked.iter().take(5).map(Standing::from).collect::<Vec<_>>());
            expected.sort();
            got.sort();
            prop_assert_eq!(got, expected);
            for pair in walked.windows(2) {
                let order = order(query.sort, &pair[0], &pair[1]);
                let order = if query.descending { order.reverse() } else { order };
                prop_assert!(order != Ordering::Greater, "{:?} {:#?}", query.sort, pair);
            }
            Ok(())
        })?;
    }
}

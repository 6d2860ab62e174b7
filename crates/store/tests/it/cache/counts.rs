//! Tests of `src/cache/counts.rs`.

use skydeck_domain::{Aspect, Health};
use skydeck_store::{Cache, CountBy, Query};

use crate::given::{BUILD, EXECUTION, PIPELINE, attention, failed, row, scope, source};

#[tokio::test]
async fn rows_are_counted_by_what_is_asked() {
    let cache = Cache::in_memory().await.unwrap();
    let rows = [
        failed(row("dev", PIPELINE, "a"), "x"),
        attention(row("dev", PIPELINE, "b"), Aspect::Waiting),
        row("prod", PIPELINE, "c"),
        row("prod", PIPELINE, "d"),
        row("prod", EXECUTION, "e"),
        row("dev", BUILD, "f"),
    ];
    cache.upsert(&source("dev", "codepipeline"), &rows).await.unwrap();
    let all = Query::default();
    let prod = Query { scopes: Some(vec![scope("prod")]), ..Query::default() };
    let pairs = |counts: Vec<(String, i64)>| counts;
    let own = |list: &[(&str, i64)]| list.iter().map(|(s, n)| ((*s).to_owned(), *n)).collect::<Vec<_>>();

    let expected = [(Health::Failed, None, 1), (Health::Attention, Some(Aspect::Waiting), 1), (Health::Ok, None, 4)];
    assert_eq!(cache.count_by_health(&all).await.unwrap(), expected);
    assert_eq!(cache.count_by_health(&prod).await.unwrap(), [(Health::Ok, None, 3)]);
    for (query, by, expected) in [
        (&all, CountBy::Kind, own(&[(BUILD, 1), (EXECUTION, 1), (PIPELINE, 4)])),
        (&all, CountBy::Service, own(&[("codebuild", 1), ("codepipeline", 5)])),
        (&all, CountBy::Profile, own(&[("dev", 3), ("prod", 3)])),
        (&all, CountBy::Region, own(&[("eu-west-1", 6)])),
        (&prod, CountBy::Kind, own(&[(EXECUTION, 1), (PIPELINE, 2)])),
    ] {
        assert_eq!(pairs(cache.count_by(query, by).await.unwrap()), expected, "{by:?}");
    }
}

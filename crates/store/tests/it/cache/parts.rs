//! Tests of `src/cache/parts.rs`.

use skydeck_store::Cache;

use crate::given::{PIPELINE, at, row, source};

#[tokio::test]
async fn a_part_is_kept_beside_its_row_and_goes_with_it() {
    let cache = Cache::in_memory().await.unwrap();
    let web = row("dev", PIPELINE, "web");
    assert!(!cache.put_part(&web.id, "events", "[1]", at(1)).await.unwrap(), "of no row there is no part");
    assert_eq!(cache.part::<Vec<i64>>(&web.id, "events").await.unwrap(), None);

    let source = source("dev", "codepipeline");
    cache.upsert(&source, std::slice::from_ref(&web)).await.unwrap();
    assert!(cache.put_part(&web.id, "events", "[1]", at(1)).await.unwrap());
    assert!(!cache.put_part(&web.id, "events", "[1]", at(2)).await.unwrap(), "it is what it was");
    assert_eq!(cache.part::<Vec<i64>>(&web.id, "events").await.unwrap(), Some((vec![1], at(2))), "read again");
    assert_eq!(cache.part::<Vec<String>>(&web.id, "events").await.unwrap(), None, "written by another version");
    cache.upsert(&source, std::slice::from_ref(&web)).await.unwrap();
    assert!(cache.part::<Vec<i64>>(&web.id, "events").await.unwrap().is_some(), "a row read again keeps its parts");

    cache.remove(&source, std::slice::from_ref(&web.id)).await.unwrap();
    assert_eq!(cache.part::<Vec<i64>>(&web.id, "events").await.unwrap(), None);
}

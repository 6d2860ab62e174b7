//! Tests of `src/cache/gone.rs`.

use std::collections::BTreeSet;

use proptest::prelude::*;
use skydeck_domain::{ErrorInfo, Link, SourceState, SourceStatus};
use skydeck_store::{Cache, Query};

use crate::given::{BUILD, EXECUTION, PIPELINE, at, ids, row, source};

#[tokio::test]
async fn a_complete_read_confirms_what_it_saw() {
    let cache = Cache::in_memory().await.unwrap();
    let source = source("dev", "codepipeline");
    let (web, api) = (row("dev", PIPELINE, "web"), row("dev", PIPELINE, "api"));
    let run = row("dev", EXECUTION, "e1");
    cache.upsert(&source, &[web.clone(), api.clone(), run.clone()]).await.unwrap();
    let link = Link { from: api.id.clone(), to_arn: "arn:aws:codebuild:x".into(), rel: "runs".into() };
    cache.put_links(&api.id, std::slice::from_ref(&link)).await.unwrap();

    let gone = cache.complete(&source, PIPELINE, std::slice::from_ref(&web.id), at(7)).await.unwrap();
    assert_eq!(gone.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), [api.id.as_str()]);
    assert!(gone[0].was.is_some() && gone[0].now.is_none());
    assert_eq!(cache.get(&web.id).await.unwrap().unwrap().read_at, at(7));
    assert_eq!(cache.get(&run.id).await.unwrap().unwrap().read_at, at(0));
    assert_eq!(cache.links_from(&api.id).await.unwrap(), []);
    assert_eq!(cache.search("api", &None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn not_found_removes_just_that_row_of_just_that_source() {
    let cache = Cache::in_memory().await.unwrap();
    let (pipelines, builds) = (source("dev", "codepipeline"), source("dev", "codebuild"));
    let (web, build) = (row("dev", PIPELINE, "web"), row("dev", BUILD, "b1"));
    cache.upsert(&pipelines, std::slice::from_ref(&web)).await.unwrap();
    cache.upsert(&builds, std::slice::from_ref(&build)).await.unwrap();
    let both = [web.id.clone(), build.id.clone()];
    assert_eq!(cache.remove(&pipelines, &both).await.unwrap().len(), 1);
    assert_eq!(cache.remove(&pipelines, &both).await.unwrap(), []);
    assert_eq!(ids(&cache.page(&Query::default()).await.unwrap().rows), [build.id.as_str()]);
}

#[tokio::test]
async fn a_failed_read_deletes_nothing() {
    let cache = Cache::in_memory().await.unwrap();
    let id = source("dev", "codepipeline");
    cache.upsert(&id, &[row("dev", PIPELINE, "web"), row("dev", PIPELINE, "api")]).await.unwrap();
    let error = ErrorInfo { code: "ThrottlingException".into(), message: "Rate exceeded".into(), operation: None };
    for state in SourceState::ALL {
        let status = SourceStatus {
            id: id.clone(),
            account: None,
            state,
            error: Some(error.clone()),
            ok_at: None,
            read_at: Some(at(1)),
            next_at: None,
            rows: 0,
            api_calls: 1,
            throttles: 1,
            elapsed_ms: 3,
        };
        cache.put_source(&status).await.unwrap();
        cache.upsert(&id, &[]).await.unwrap();
        assert_eq!(cache.sources().await.unwrap()[0].rows, 2, "{state:?}");
    }
}

#[tokio::test]
async fn a_forgotten_source_takes_its_rows_along_and_no_others() {
    let cache = Cache::in_memory().await.unwrap();
    let (dev, prod) = (source("dev", "codepipeline"), source("prod", "codepipeline"));
    cache.upsert(&dev, &[row("dev", PIPELINE, "web")]).await.unwrap();
    cache.upsert(&prod, &[row("prod", PIPELINE, "web")]).await.unwrap();
    assert_eq!(cache.forget_source(&dev).await.unwrap().len(), 1);
    assert_eq!(cache.forget_source(&dev).await.unwrap(), []);
    let left: Vec<_> = cache.sources().await.unwrap().into_iter().map(|s| s.id).collect();
    assert_eq!(left, [prod]);
    assert_eq!(cache.page(&Query::default()).await.unwrap().rows.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn complete_deletes_exactly_the_unseen_of_that_source_and_kind(
        rows in prop::collection::vec((0..2usize, 0..2usize, 0..12u8, any::<bool>()), 0..40),
        strangers in prop::collection::vec(0..12u8, 0..3),
    ) {
        let profiles = ["dev", "prod"];
        let kinds = [PIPELINE, EXECUTION];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let cache = Cache::in_memory().await.unwrap();
            let mut expected = BTreeSet::new();
            let mut seen: Vec<String> = strangers.iter().map(|n| format!("dev/never-stored-{n}")).collect();
            for (profile, kind, n, is_seen) in &rows {
                let row = row(profiles[*profile], kinds[*kind], &format!("n{n}"));
                cache.upsert(&source(profiles[*profile], "codepipeline"), std::slice::from_ref(&row)).await.unwrap();
                expected.insert((row.id.clone(), *profile == 0 && *kind == 0));
                if *is_seen {
                    seen.push(row.id);
                }
            }
            let gone = cache.complete(&source("dev", "codepipeline"), PIPELINE, &seen, at(1)).await.unwrap();
            let (vanished, stay): (BTreeSet<_>, BTreeSet<_>) =
                expected.into_iter().partition(|(id, of_it)| *of_it && !seen.contains(id));
            let all = cache.page(&Query { limit: 1000, ..Query::default() }).await.unwrap().rows;
            prop_assert_eq!(
                all.iter().map(|r| r.id.clone()).collect::<BTreeSet<_>>(),
                stay.into_iter().map(|(id, _)| id).collect()
            );
            prop_assert_eq!(
                gone.into_iter().map(|c| c.id).collect::<BTreeSet<_>>(),
                vanished.into_iter().map(|(id, _)| id).collect()
            );
            Ok(())
        })?;
    }
}

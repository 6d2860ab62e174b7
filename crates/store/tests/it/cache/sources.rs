//! Tests of `src/cache/sources.rs`.

use skydeck_domain::{ErrorInfo, SourceState, SourceStatus};
use skydeck_store::Cache;

use crate::given::{PIPELINE, at, row, source};

#[tokio::test]
async fn a_source_comes_back_with_its_rows_counted() {
    let cache = Cache::in_memory().await.unwrap();
    let denied = ErrorInfo {
        code: "AccessDeniedException".into(),
        message: "not authorized".into(),
        operation: Some("ListPipelines".into()),
    };
    let mut status = SourceStatus {
        id: source("prod", "codepipeline"),
        account: Some("777788889999".into()),
        state: SourceState::Denied,
        error: Some(denied),
        ok_at: Some(at(1)),
        read_at: Some(at(2)),
        next_at: Some(at(3)),
        rows: 0,
        api_calls: 25,
        throttles: 2,
        elapsed_ms: 310,
    };
    cache.put_source(&status).await.unwrap();
    assert_eq!(cache.sources().await.unwrap(), [status.clone()]);

    cache.upsert(&status.id, &[row("prod", PIPELINE, "web")]).await.unwrap();
    status.state = SourceState::Ok;
    status.error = None;
    cache.put_source(&status).await.unwrap();
    status.rows = 1;
    assert_eq!(cache.sources().await.unwrap(), [status]);
}

#[tokio::test]
async fn a_source_whose_rows_come_before_its_outcome_is_pending() {
    let cache = Cache::in_memory().await.unwrap();
    cache.upsert(&source("dev", "codepipeline"), &[row("dev", PIPELINE, "web")]).await.unwrap();
    let sources = cache.sources().await.unwrap();
    assert_eq!((sources[0].state, sources[0].rows), (SourceState::Pending, 1));
}

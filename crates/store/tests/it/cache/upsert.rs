//! Tests of `src/cache/upsert.rs`.

use skydeck_domain::Health;
use skydeck_store::{Cache, Change, State};

use crate::given::{PIPELINE, at, failed, ids, row, source};

#[tokio::test]
async fn a_row_comes_back_as_it_was_written_through_every_door() {
    let cache = Cache::in_memory().await.unwrap();
    let mut web = failed(row("dev", PIPELINE, "결제-web"), "<b>exit\u{202e} 1</b>\u{1b}[31m");
    web.read_at = "2026-11-22T08:14:38.123456Z".parse().unwrap();
    let mut nameless = row("dev", PIPELINE, "no-arn");
    nameless.arn = None;
    nameless.since = None;
    cache.upsert(&source("dev", "codepipeline"), &[web.clone(), nameless.clone()]).await.unwrap();

    assert_eq!(cache.get(&web.id).await.unwrap(), Some(web.clone()));
    assert_eq!(cache.get(&nameless.id).await.unwrap(), Some(nameless.clone()));
    assert_eq!(cache.get("dev/nothing").await.unwrap(), None);
    assert_eq!(cache.by_arn(web.arn.as_deref().unwrap()).await.unwrap(), [web.clone()]);
    let asked = [nameless.id.clone(), "dev/nothing".into(), web.id.clone()];
    assert_eq!(ids(&cache.get_many(&asked).await.unwrap()), [nameless.id.as_str(), web.id.as_str()]);
    assert_eq!(cache.page(&Default::default()).await.unwrap().rows, [web, nameless]);
}

#[tokio::test]
async fn what_changed_is_told_and_what_did_not_is_not() {
    let cache = Cache::in_memory().await.unwrap();
    let source = source("dev", "codepipeline");
    let green = row("dev", PIPELINE, "web");
    let state = |row| Some(State::of(row));

    let new = cache.upsert(&source, std::slice::from_ref(&green)).await.unwrap();
    let told = Change { id: green.id.clone(), kind: PIPELINE.into(), was: None, now: state(&green), content: true };
    assert_eq!(new, [told]);

    let mut confirmed = green.clone();
    confirmed.read_at = at(5);
    assert_eq!(cache.upsert(&source, &[confirmed.clone()]).await.unwrap(), []);
    assert_eq!(cache.get(&green.id).await.unwrap().unwrap().read_at, at(5));

    let red = failed(green.clone(), "Build: exit status 1");
    let changed = cache.upsert(&source, std::slice::from_ref(&red)).await.unwrap();
    let told =
        Change { id: green.id.clone(), kind: PIPELINE.into(), was: state(&green), now: state(&red), content: false };
    assert_eq!(changed, [told]);
    assert!(changed[0].state_changed() && changed[0].health_changed());

    let mut other_reason = red.clone();
    other_reason.reason = Some("Build: exit status 2".into());
    let changed = cache.upsert(&source, std::slice::from_ref(&other_reason)).await.unwrap();
    assert!(changed[0].state_changed() && !changed[0].health_changed() && !changed[0].content);

    let mut other_detail = other_reason.clone();
    other_detail.detail = serde_json::json!({"version": 4});
    let changed = cache.upsert(&source, &[other_detail]).await.unwrap();
    assert!(!changed[0].state_changed() && changed[0].content);
    assert_eq!(changed[0].now.as_ref().unwrap().health, Health::Failed);
}

#[tokio::test]
async fn of_one_id_twice_in_a_read_the_last_counts() {
    let cache = Cache::in_memory().await.unwrap();
    let green = row("dev", PIPELINE, "web");
    let red = failed(green.clone(), "exit status 1");
    let changes = cache.upsert(&source("dev", "codepipeline"), &[green, red.clone()]).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(cache.get(&red.id).await.unwrap(), Some(red));
}

#[tokio::test]
async fn more_rows_than_one_statement_takes() {
    let cache = Cache::in_memory().await.unwrap();
    let rows: Vec<_> = (0..1001).map(|i| row("dev", PIPELINE, &format!("p{i}"))).collect();
    assert_eq!(cache.upsert(&source("dev", "codepipeline"), &rows).await.unwrap().len(), 1001);
    assert_eq!(cache.upsert(&source("dev", "codepipeline"), &rows).await.unwrap(), []);
    let page = cache.page(&Default::default()).await.unwrap();
    assert_eq!((page.rows.len(), page.total.n, page.total.exact), (200, 1000, false));
}

#[tokio::test]
async fn an_arn_through_two_profiles_is_two_rows() {
    let cache = Cache::in_memory().await.unwrap();
    let one = row("dev", PIPELINE, "web");
    let mut two = one.clone();
    two.profile = "admin".into();
    two.id = format!("admin/{}", one.arn.as_ref().unwrap());
    cache.upsert(&source("dev", "codepipeline"), std::slice::from_ref(&one)).await.unwrap();
    cache.upsert(&source("admin", "codepipeline"), std::slice::from_ref(&two)).await.unwrap();
    assert_eq!(cache.by_arn(one.arn.as_deref().unwrap()).await.unwrap(), [two, one]);
}

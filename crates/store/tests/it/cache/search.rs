//! Tests of `src/cache/search.rs`.

use skydeck_domain::Resource;
use skydeck_store::Cache;

use crate::given::{BUILD, PIPELINE, failed, names, row, scope, source};

async fn cache_of(rows: &[Resource]) -> Cache {
    let cache = Cache::in_memory().await.unwrap();
    cache.upsert(&source("dev", "codepipeline"), rows).await.unwrap();
    cache
}

#[tokio::test]
async fn words_are_found_where_they_are_and_nowhere_else() {
    let mut tagged = row("dev", PIPELINE, "billing");
    tagged.tags.insert("owner".into(), "하늘팀".into());
    let cache = cache_of(&[
        row("dev", PIPELINE, "checkout-web"),
        row("prod", PIPELINE, "결제-api-배포"),
        failed(row("dev", PIPELINE, "qa-smoke"), "Build: exit status 137"),
        row("dev", BUILD, "checkout:0f3a9c"),
        tagged,
    ])
    .await;
    let cases: [(&str, &[&str]); 16] = [
        ("checkout-web", &["checkout-web"]),
        ("OUT-WE", &["checkout-web"]),
        ("0f3a9c", &["checkout:0f3a9c"]),
        ("결제", &["결제-api-배포"]),
        ("결", &["결제-api-배포"]),
        ("배포", &["결제-api-배포"]),
        ("제-api", &["결제-api-배포"]),
        ("qa", &["qa-smoke"]),
        ("exit 137", &["qa-smoke"]),
        ("하늘", &["billing"]),
        ("777788889999", &["결제-api-배포"]),
        ("arn:aws:codepipeline:eu-west-1:111122223333:checkout-web", &["checkout-web"]),
        ("stages", &[]),
        ("포", &[]),
        ("", &[]),
        ("\" OR name:*", &[]),
    ];
    for (text, expected) in cases {
        let mut found = cache.search(text, &None, 10).await.unwrap();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(names(&found), expected, "{text:?}");
    }
}

#[tokio::test]
async fn names_that_begin_with_the_text_come_first_then_the_needy() {
    let cache = cache_of(&[
        row("dev", PIPELINE, "api-web"),
        failed(row("dev", PIPELINE, "old-web"), "x"),
        row("dev", PIPELINE, "web-b"),
        failed(row("dev", PIPELINE, "Web-c"), "x"),
        row("dev", PIPELINE, "web"),
        failed(row("dev", PIPELINE, "zz"), "see web"),
    ])
    .await;
    let found = cache.search("web", &None, 10).await.unwrap();
    assert_eq!(names(&found), ["web", "Web-c", "web-b", "old-web", "api-web", "zz"]);
    assert_eq!(names(&cache.search("web", &None, 2).await.unwrap()), ["web", "Web-c"]);
}

#[tokio::test]
async fn hidden_scopes_are_not_searched() {
    let cache = cache_of(&[row("dev", PIPELINE, "web"), row("prod", PIPELINE, "web")]).await;
    let found = cache.search("web", &Some(vec![scope("prod")]), 10).await.unwrap();
    assert_eq!(found.iter().map(|r| r.profile.as_str()).collect::<Vec<_>>(), ["prod"]);
    assert_eq!(cache.search("web", &Some(vec![]), 10).await.unwrap(), []);
}

#[tokio::test]
async fn a_row_is_found_by_what_it_says_now() {
    let web = failed(row("dev", PIPELINE, "web"), "exit status 137");
    let cache = cache_of(std::slice::from_ref(&web)).await;
    let now = failed(web, "OutOfMemory 결함");
    cache.upsert(&source("dev", "codepipeline"), &[now]).await.unwrap();
    assert_eq!(cache.search("137", &None, 10).await.unwrap().len(), 0);
    assert_eq!(cache.search("OutOfMemory", &None, 10).await.unwrap().len(), 1);
    assert_eq!(cache.search("결함", &None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_name_of_a_megabyte_is_kept_and_found_by_its_beginning() {
    let long = row("dev", PIPELINE, &format!("hostile-{}", "가".repeat(350_000)));
    let cache = cache_of(std::slice::from_ref(&long)).await;
    assert_eq!(cache.search("hostile-가가", &None, 10).await.unwrap(), [long]);
}

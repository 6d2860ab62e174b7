//! Tests of `src/cache/links.rs`.

use skydeck_domain::Link;
use skydeck_store::Cache;

fn link(to: &str, rel: &str) -> Link {
    Link { from: "dev/a".into(), to_arn: to.into(), rel: rel.into() }
}

#[tokio::test]
async fn the_links_of_a_row_are_those_last_put() {
    let cache = Cache::in_memory().await.unwrap();
    cache.put_links("dev/a", &[link("arn:1", "runs"), link("arn:2", "of")]).await.unwrap();
    cache.put_links("dev/a", &[link("arn:2", "of"), link("arn:2", "ships"), link("arn:2", "of")]).await.unwrap();
    assert_eq!(cache.links_from("dev/a").await.unwrap(), [link("arn:2", "of"), link("arn:2", "ships")]);
    assert_eq!(cache.links_to("arn:2").await.unwrap(), [link("arn:2", "of"), link("arn:2", "ships")]);
    assert_eq!(cache.links_to("arn:1").await.unwrap(), []);
    cache.put_links("dev/a", &[]).await.unwrap();
    assert_eq!(cache.links_from("dev/a").await.unwrap(), []);
}

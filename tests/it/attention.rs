//! What a person is told: the demo world goes on, and what turned is told by the user's rules, once, and not at night.

use std::{collections::BTreeMap, time::Duration};

use chrono::{Local, TimeDelta};
use serde_json::{Value, json};
use skydeck_api::{
    Host, Watch,
    contract::attention::{News, Turn},
};

use crate::open::{Open, run};

/// Longer than changes are gathered for.
const SOON: Duration = Duration::from_secs(20);
/// As long as nothing is told for, where nothing is to be.
const A_WHILE: Duration = Duration::from_secs(5);

type Stands = BTreeMap<String, (String, Option<String>)>;

/// How every pipeline that is shown stands.
async fn stands(host: &Host) -> Stands {
    let board = host.call("board", json!({"limit": 1000})).await.unwrap();
    let rows = board["groups"].as_array().unwrap().iter().flat_map(|g| g["rows"].as_array().unwrap());
    let text = |row: &Value, member: &str| row[member].as_str().map(str::to_owned);
    rows.map(|row| (text(row, "id").unwrap(), (text(row, "health").unwrap(), text(row, "aspect")))).collect()
}

/// Looks at the world's pipelines and works out once more, from what the board shows, what turned between two looks.
struct Looks {
    stands: Stands,
    /// How each was when it last was anything for good: failed, stuck or well.
    settled: BTreeMap<String, &'static str>,
}

impl Looks {
    async fn first(host: &Host) -> Looks {
        let mut looks = Looks { stands: Stands::new(), settled: BTreeMap::new() };
        looks.again(host).await;
        looks
    }

    /// Each turn as `id turn`.
    async fn again(&mut self, host: &Host) -> Vec<String> {
        let before = std::mem::replace(&mut self.stands, stands(host).await);
        let mut turned = Vec::new();
        for (id, now) in &self.stands {
            let (was, now) = (before.get(id).map(word), word(now));
            let turn = match (self.settled.get(id).copied(), now) {
                _ if was.is_none() || was == Some(now) => None,
                (Some("failed" | "stuck"), "well") => Some("recovered"),
                (_, "failed" | "waiting" | "stuck") => Some(now),
                _ => None,
            };
            turned.extend(turn.map(|turn| format!("{id} {turn}")));
            if matches!(now, "failed" | "stuck" | "well") {
                self.settled.insert(id.clone(), now);
            }
        }
        turned
    }
}

fn word((health, aspect): &(String, Option<String>)) -> &'static str {
    match (health.as_str(), aspect.as_deref()) {
        ("failed", _) => "failed",
        ("attention", Some("waiting")) => "waiting",
        ("attention", Some("stuck")) => "stuck",
        ("ok", None | Some("held")) => "well",
        _ => "between",
    }
}

fn told(news: &[News]) -> Vec<String> {
    let word = |turn| serde_json::to_value(turn).unwrap().as_str().unwrap().to_owned();
    let mut told: Vec<String> = news.iter().map(|n| format!("{} {}", n.id, word(n.turn))).collect();
    told.sort();
    told
}

async fn next(watch: &mut Watch<'_>) -> Vec<News> {
    tokio::time::timeout(SOON, watch.next()).await.expect("it is told").expect("the host is there")
}

async fn nothing(watch: &mut Watch<'_>) {
    let told = tokio::time::timeout(A_WHILE, watch.next()).await;
    assert!(told.is_err(), "{told:?}");
}

async fn set(host: &Host, attention: Value) {
    let mut settings = host.call("boot", Value::Null).await.unwrap()["settings"].clone();
    settings["attention"] = attention;
    host.call("set_settings", settings).await.unwrap();
}

#[test]
fn what_turns_is_told_once_and_still_known_later() {
    run(async {
        let demo = Open::read().await;
        let host = &demo.host;
        let began = host.call("boot", Value::Null).await.unwrap()["now"].clone();
        let mut watch = host.watch();
        let mut looks = Looks::first(host).await;
        let mut seen = Vec::new();
        for _ in 0..4 {
            demo.go_on(10).await;
            let expected = looks.again(host).await;
            if expected.is_empty() {
                nothing(&mut watch).await;
            } else {
                assert_eq!(told(&next(&mut watch).await), expected);
            }
            seen.extend(expected);
        }
        assert!(seen.len() > 3, "the demo world has to turn for this to say anything: {seen:?}");
        nothing(&mut watch).await;

        // Who looks again is told of what still is so, and of no more than one turn a row.
        let later = host.call("news", json!({"since": began})).await.unwrap();
        let later: Vec<News> = serde_json::from_value(later["news"].clone()).unwrap();
        let ids: Vec<&str> = later.iter().map(|n| n.id.as_str()).collect();
        let of_pipelines: Vec<&News> = later.iter().filter(|n| n.kind == "codepipeline.pipeline").collect();
        assert!(!of_pipelines.is_empty() && ids.iter().all(|id| ids.iter().filter(|other| other == &id).count() == 1));
        for news in of_pipelines {
            let (health, _) = &looks.stands[&news.id];
            assert_eq!(health == "failed", news.turn == Turn::Failed, "{news:?}");
        }
        demo.host.close().await;
    })
}

#[test]
fn rules_say_of_what_and_none_tells_nothing() {
    run(async {
        let demo = Open::read().await;
        let host = &demo.host;
        set(host, json!({"rules": [{"profiles": ["shop-prod"], "kinds": ["codepipeline.pipeline"]}]})).await;
        let mut watch = host.watch();
        let mut looks = Looks::first(host).await;
        let mut told_of = Vec::new();
        let mut all = Vec::new();
        for _ in 0..4 {
            demo.go_on(10).await;
            let turned = looks.again(host).await;
            let of_prod: Vec<String> = turned.iter().filter(|t| t.starts_with("shop-prod/")).cloned().collect();
            if !of_prod.is_empty() {
                assert_eq!(told(&next(&mut watch).await), of_prod);
            }
            told_of.extend(of_prod);
            all.extend(turned);
        }
        assert!(told_of.len() < all.len(), "there has to be something to leave out: {all:?}");

        set(host, json!({"rules": []})).await;
        demo.go_on(30).await;
        nothing(&mut watch).await;
        demo.host.close().await;
    })
}

#[test]
fn quiet_hours_hold_it_back_until_they_end() {
    run(async {
        let demo = Open::read().await;
        let host = &demo.host;
        let now = demo.sim.clock().now().with_timezone(&Local);
        let hour = |minutes| (now + TimeDelta::minutes(minutes)).format("%H:%M").to_string();
        let kinds = json!([{"kinds": ["codepipeline.pipeline"]}]);
        set(host, json!({"rules": kinds, "quiet": {"from": hour(-60), "to": hour(35)}})).await;
        let mut watch = host.watch();
        let mut looks = Looks::first(host).await;
        for _ in 0..3 {
            demo.go_on(10).await;
        }
        nothing(&mut watch).await;
        demo.go_on(10).await;
        let (told, still) = (told(&next(&mut watch).await), looks.again(host).await);
        // All that is told still is so; what turned and turned back meanwhile is not.
        assert!(!told.is_empty() && still.iter().all(|turn| told.contains(turn)), "{still:?} {told:?}");
        demo.host.close().await;
    })
}

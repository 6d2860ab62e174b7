//! What a service file and a simulated service must agree on, and what every row must have: what whoever adds a service
//! would forget first.

use std::collections::BTreeMap;

use serde_json::json;
use skydeck_api::kinds;
use skydeck_engine::services;

use crate::machine::{Machine, call};

/// A rate that the product thinks higher than the world gives is throttled; one that it thinks lower is slower than it need be.
#[test]
fn product_and_simulator_know_the_same_published_rates() {
    let published: BTreeMap<(&str, &str), (f64, f64)> = skydeck_sim::published()
        .map(|(service, operation, rate, burst)| ((service, operation), (rate, burst)))
        .collect();
    let mut compared = 0;
    for operation in services::ALL.iter().flat_map(|s| s.spec().operations) {
        let (service, _) = operation.permission.split_once(':').unwrap();
        let known = published.get(&(service, operation.name)).copied();
        assert_eq!(operation.rate, known, "{service} {}: product, simulator", operation.name);
        compared += usize::from(known.is_some());
    }
    assert!(compared > 0, "or it would prove nothing");
}

#[tokio::test]
async fn whatever_is_not_well_says_why() {
    let machine = Machine::demo();
    let host = machine.read().await;
    let (mut seen, mut unwell) = (0, 0);
    for kind in kinds() {
        let answer = call(&host, "rows", json!({"kinds": [kind], "limit": 1000})).await;
        let rows = answer["rows"].as_array().unwrap();
        assert!(!rows.is_empty(), "the demo world has no {kind}");
        for row in rows {
            seen += 1;
            let well = row["health"] == "ok";
            unwell += usize::from(!well);
            let reason = row["reason"].as_str().unwrap_or_default();
            assert!(well || !reason.trim().is_empty(), "{kind} {} is {} and says not why", row["name"], row["health"]);
        }
    }
    assert!(seen > 100 && unwell > 10, "{seen} rows, {unwell} unwell");
    host.close().await;
}

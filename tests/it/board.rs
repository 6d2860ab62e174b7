//! The board's rows in their orders, and group by group to the last one, through the contract by name.

use serde_json::{Value, json};
use skydeck_api::Code;
use skydeck_sim::Faults;

use crate::open::{Open, run};

impl Open {
    /// The rows of a group, a few at a time.
    async fn paged(&self, group: &Value, sort: &str, descending: bool) -> Vec<Value> {
        let (mut after, mut rows) = (Value::Null, Vec::new());
        loop {
            let asked = json!({"group": group, "sort": sort, "descending": descending, "after": after, "limit": 3});
            let page = self.call("board_rows", asked).await;
            rows.extend(page["rows"].as_array().unwrap().iter().cloned());
            after = page["next"].clone();
            if after.is_null() {
                return rows;
            }
        }
    }
}

#[test]
fn rows_are_ordered_within_their_groups_and_paged_through_to_the_last() {
    run(async {
        let open = Open::read().await;
        // What ran where nothing can be read any more is in a group with what is not known: two states, one order.
        let faults = r#"{"rules": [{"account": "444455556666", "kind": "expired_token"}]}"#;
        open.sim.set_faults(Some(Faults::from_json(faults).unwrap()));
        open.sync().await;
        let keys = |board: &Value| board["groups"].as_array().unwrap().iter().map(|g| g["key"].clone()).collect();
        let usual: Vec<Value> = keys(&open.call("board", json!({})).await);
        assert!(usual.contains(&json!("unknown")), "{usual:?}");
        for sort in ["need", "name", "profile", "since", "read-at"] {
            let mut turned = Vec::new();
            for descending in [false, true] {
                let order = json!({"sort": sort, "descending": descending, "limit": 1000});
                let board = open.call("board", order).await;
                // The groups stand as they do, whatever their rows are ordered by.
                let now: Vec<Value> = keys(&board);
                assert_eq!(now, usual);
                for group in board["groups"].as_array().unwrap() {
                    let rows = group["rows"].as_array().unwrap();
                    assert_eq!(open.paged(&group["key"], sort, descending).await, *rows, "{sort} {descending}");
                    let of = |row: &Value, member: &str| row[member].as_str().unwrap_or_default().to_owned();
                    let key = |row: &Value| match sort {
                        "name" => of(row, "name").to_lowercase(),
                        "profile" => format!("{} {}", of(row, "profile"), of(row, "name").to_lowercase()),
                        "since" => of(row, "since"),
                        _ => of(row, "read_at"),
                    };
                    let found: Vec<String> = rows.iter().map(key).collect();
                    if sort != "need" {
                        // What changed last is first.
                        let up = descending == (sort == "since");
                        assert!(found.is_sorted_by(|a, b| if up { a <= b } else { a >= b }), "{sort}: {found:?}");
                    }
                    turned.push((group["key"].clone(), found));
                }
            }
            let (up, down) = turned.split_at(turned.len() / 2);
            for ((key, up), (_, down)) in up.iter().zip(down) {
                assert_eq!(up, &down.iter().rev().cloned().collect::<Vec<_>>(), "{sort} {key}");
            }
        }
        let refused = open.host.call("board_rows", json!({"group": "ok", "after": "nonsense"})).await.unwrap_err();
        assert_eq!(refused.code, Code::Invalid);
        open.host.close().await;
    })
}

//! Tests of `src/ledger/decisions.rs`.

use serde_json::json;
use skydeck_store::Ledger;

use crate::given::{at, by};

#[tokio::test]
async fn decisions_come_newest_first_page_by_page() {
    let ledger = Ledger::in_memory().await.unwrap();
    for minute in 0..5 {
        ledger.set_setting("n", Some(&json!(minute)), &by(minute)).await.unwrap();
    }
    let first = ledger.decisions(2, None).await.unwrap();
    let second = ledger.decisions(10, Some(first[1].seq)).await.unwrap();
    let times: Vec<_> = first.iter().chain(&second).map(|d| d.at).collect();
    assert_eq!(times, [at(4), at(3), at(2), at(1), at(0)]);
    assert_eq!((&first[0].from, &first[0].to), (&json!(3), &json!(4)));
}

#[tokio::test]
async fn a_decision_cannot_be_taken_back_or_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path, at(0)).await.unwrap();
    ledger.set_setting("n", Some(&json!(1)), &by(0)).await.unwrap();
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    for sql in ["DELETE FROM decisions", "UPDATE decisions SET who = 'nobody'"] {
        let refused = sqlx::raw_sql(sql).execute(&pool).await.unwrap_err();
        assert!(refused.to_string().contains("only ever added"), "{refused}");
    }
    assert_eq!(ledger.decisions(10, None).await.unwrap().len(), 1);
}

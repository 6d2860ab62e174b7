//! Tests of `src/ledger/settings.rs`.

use serde_json::json;
use skydeck_store::Ledger;

use crate::given::by;

#[tokio::test]
async fn settings_are_set_read_and_removed() {
    let ledger = Ledger::in_memory().await.unwrap();
    ledger.set_setting("theme", Some(&json!("dark")), &by(0)).await.unwrap();
    ledger.set_setting("views", Some(&json!({"board": {"sort": "need"}})), &by(0)).await.unwrap();
    ledger.set_setting("theme", Some(&json!(null)), &by(1)).await.unwrap();
    assert_eq!(ledger.setting("theme").await.unwrap(), Some(json!(null)));
    ledger.set_setting("theme", None, &by(2)).await.unwrap();
    assert_eq!(ledger.setting("theme").await.unwrap(), None);
    let all = ledger.settings().await.unwrap();
    assert_eq!(all.into_iter().collect::<Vec<_>>(), [("views".to_owned(), json!({"board": {"sort": "need"}}))]);
}

//! Tests of `src/ledger/transfer.rs`.

use serde_json::json;
use skydeck_domain::{Lock, MarkValue, Protection};
use skydeck_store::{Error, Export, Ledger, ProfileSettings};

use crate::given::{at, by};

#[tokio::test]
async fn decisions_move_to_another_machine_and_are_on_record_there() {
    let here = Ledger::in_memory().await.unwrap();
    here.set_setting("theme", Some(&json!("dark")), &by(0)).await.unwrap();
    let open =
        ProfileSettings { name: "prod".into(), protection: Some(Protection::Open), ..ProfileSettings::default() };
    here.put_profiles(std::slice::from_ref(&open), &by(0)).await.unwrap();
    here.set_mark("arn:web#1", Some(MarkValue::Bad), Some("leaks"), &by(0)).await.unwrap();
    let lock = |subject: &str, until| Lock { subject: subject.into(), reason: "freeze".into(), at: at(0), until };
    here.lock(&lock("arn:web", None), &by(0)).await.unwrap();
    here.lock(&lock("arn:old", Some(at(1))), &by(0)).await.unwrap();
    let export = here.export(at(2)).await.unwrap();
    assert_eq!(Export::parse(&json!(export).to_string()).unwrap(), export, "as text");

    let there = Ledger::in_memory().await.unwrap();
    there.set_setting("language", Some(&json!("ko")), &by(1)).await.unwrap();
    there.import(&export, &by(3)).await.unwrap();
    assert_eq!(there.settings().await.unwrap().len(), 2);
    assert_eq!(there.profile("prod").await.unwrap(), Some(open));
    assert_eq!(there.mark("arn:web#1").await.unwrap(), here.mark("arn:web#1").await.unwrap());
    assert_eq!(there.locks(at(0)).await.unwrap(), [lock("arn:web", None)]);
    let opened = there.decisions(10, None).await.unwrap().into_iter().find(|d| d.what == "profile:prod").unwrap();
    assert_eq!((opened.at, &opened.to["protection"]), (at(3), &json!("open")));

    there.set_setting("language", None, &by(4)).await.unwrap();
    assert_eq!(there.export(at(2)).await.unwrap(), export);
}

#[test]
fn what_is_no_export_is_told_with_its_place() {
    for (value, told) in [
        (json!("theme"), "line 1 column 7"),
        (json!({}), "skydeck_settings"),
        (json!({"skydeck_settings": 2}), "its form is 2"),
        (json!({"skydeck_settings": 1, "setings": {}}), "setings"),
        (json!({"skydeck_settings": 1, "settings": {"a": 1}, "profiles": [{"label": "x"}]}), "profiles[0]"),
        (
            json!({"skydeck_settings": 1, "settings": {"a": 1}, "profiles": [{"name": "x", "protection": "none"}]}),
            "none",
        ),
        (json!({"skydeck_settings": 1, "profiles": [{"name": "x", "protektion": "open"}]}), "protektion"),
    ] {
        match Export::parse(&value.to_string()) {
            Err(Error::BadImport { what }) => assert!(what.contains(told), "{what}"),
            other => panic!("{value}: {other:?}"),
        }
    }
}

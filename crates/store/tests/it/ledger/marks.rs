//! Tests of `src/ledger/marks.rs`.

use skydeck_domain::{Mark, MarkValue};
use skydeck_store::Ledger;

use crate::given::{at, by};

const RUN: &str = "arn:aws:codepipeline:eu-west-1:111122223333:web#4f2c";

#[tokio::test]
async fn a_mark_is_set_changed_and_taken_away_and_each_is_on_record() {
    let ledger = Ledger::in_memory().await.unwrap();
    ledger.set_mark(RUN, Some(MarkValue::Good), None, &by(1)).await.unwrap();
    ledger.set_mark(RUN, Some(MarkValue::Bad), Some("leaks"), &by(2)).await.unwrap();
    let bad = Mark { subject: RUN.into(), value: MarkValue::Bad, at: at(2), reason: Some("leaks".into()) };
    assert_eq!(ledger.mark(RUN).await.unwrap(), Some(bad.clone()));
    let marks = ledger.marks(&[RUN.into(), "arn:none#1".into()]).await.unwrap();
    assert_eq!(marks.into_values().collect::<Vec<_>>(), [bad]);

    ledger.set_mark(RUN, None, Some("mended"), &by(3)).await.unwrap();
    assert_eq!(ledger.mark(RUN).await.unwrap(), None);
    let decisions = ledger.decisions(10, None).await.unwrap();
    let told: Vec<_> = decisions.iter().map(|d| (d.from["value"].as_str(), d.to["value"].as_str())).collect();
    assert_eq!(told, [(Some("bad"), None), (Some("good"), Some("bad")), (None, Some("good"))]);
    assert_eq!((decisions[0].who.as_str(), decisions[0].reason.as_deref()), ("operator", Some("mended")));
}

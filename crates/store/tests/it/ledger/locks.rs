//! Tests of `src/ledger/locks.rs`.

use skydeck_domain::Lock;
use skydeck_store::Ledger;

use crate::given::{at, by};

fn lock(subject: &str, reason: &str, until: Option<i64>) -> Lock {
    Lock { subject: subject.into(), reason: reason.into(), at: at(0), until: until.map(at) }
}

#[tokio::test]
async fn a_lock_is_in_force_until_its_end() {
    let ledger = Ledger::in_memory().await.unwrap();
    let (freeze, web) = (lock("environment:prod", "freeze", Some(60)), lock("arn:web", "audit", None));
    ledger.lock(&freeze, &by(0)).await.unwrap();
    ledger.lock(&web, &by(0)).await.unwrap();
    assert_eq!(ledger.locks(at(59)).await.unwrap(), [web.clone(), freeze.clone()]);
    assert_eq!(ledger.locks(at(60)).await.unwrap(), std::slice::from_ref(&web));

    let subjects = ["arn:api".to_owned(), "environment:prod".to_owned(), "arn:web".to_owned()];
    assert_eq!(ledger.lock_on(&subjects, at(59)).await.unwrap(), Some(freeze));
    assert_eq!(ledger.lock_on(&subjects, at(60)).await.unwrap(), Some(web));
    assert_eq!(ledger.lock_on(&subjects[..1], at(0)).await.unwrap(), None);
    assert_eq!(ledger.lock_on(&[], at(0)).await.unwrap(), None);
}

#[tokio::test]
async fn a_lock_is_replaced_and_lifted_and_each_is_on_record() {
    let ledger = Ledger::in_memory().await.unwrap();
    ledger.lock(&lock("arn:web", "audit", None), &by(0)).await.unwrap();
    let longer = lock("arn:web", "incident", Some(90));
    ledger.lock(&longer, &by(1)).await.unwrap();
    assert_eq!(ledger.locks(at(2)).await.unwrap(), [longer]);
    assert!(ledger.unlock("arn:web", Some("over"), &by(3)).await.unwrap());
    assert!(!ledger.unlock("arn:web", None, &by(4)).await.unwrap());
    assert_eq!(ledger.locks(at(3)).await.unwrap(), []);
    let decisions = ledger.decisions(10, None).await.unwrap();
    let told: Vec<_> = decisions.iter().map(|d| (d.from["reason"].as_str(), d.to["reason"].as_str())).collect();
    assert_eq!(told, [(Some("incident"), None), (Some("audit"), Some("incident")), (None, Some("audit"))]);
}

#[tokio::test]
async fn lifting_a_lock_that_ran_out_says_there_was_none() {
    let ledger = Ledger::in_memory().await.unwrap();
    ledger.lock(&lock("arn:web", "audit", Some(5)), &by(0)).await.unwrap();
    assert!(!ledger.unlock("arn:web", None, &by(6)).await.unwrap());
}

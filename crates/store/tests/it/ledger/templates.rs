//! Tests of `src/ledger/templates.rs`.

use skydeck_domain::stack::KeptTemplate;
use skydeck_store::Ledger;

use crate::given::at;

const STACK: &str = "arn:aws:cloudformation:eu-west-1:111122223333:stack/web/1";

fn kept(digest: &str, minutes: i64) -> KeptTemplate {
    KeptTemplate {
        of_arn: STACK.into(),
        digest: digest.into(),
        at: at(minutes),
        status: "UPDATE_COMPLETE".into(),
        size: 2,
    }
}

#[tokio::test]
async fn each_template_that_a_stack_comes_to_have_is_kept_exactly() {
    let ledger = Ledger::in_memory().await.unwrap();
    assert!(ledger.put_template(&kept("a", 1), "{ }").await.unwrap());
    assert!(!ledger.put_template(&kept("a", 2), "{ }").await.unwrap(), "it has not changed");
    assert!(ledger.put_template(&kept("b", 3), "Resources:\r\n\t결제 ").await.unwrap());
    assert!(ledger.put_template(&kept("a", 4), "{ }").await.unwrap(), "gone back to is an event of its own");
    let digests: Vec<_> = ledger.templates(STACK).await.unwrap().into_iter().map(|t| (t.digest, t.at)).collect();
    assert_eq!(digests, [("a".into(), at(4)), ("b".into(), at(3)), ("a".into(), at(1))]);
    assert_eq!(ledger.template_text("b").await.unwrap().as_deref(), Some("Resources:\r\n\t결제 "));
    assert_eq!(ledger.template_text("c").await.unwrap(), None);
    assert_eq!(ledger.templates("arn:other").await.unwrap(), []);
}

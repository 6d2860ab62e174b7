//! Tests of `src/ledger/profiles.rs`.

use skydeck_domain::{Colour, Protection};
use skydeck_store::{Ledger, ProfileSettings};

use crate::given::by;

#[tokio::test]
async fn what_was_set_for_a_profile_comes_back_and_opening_it_is_on_record() {
    let ledger = Ledger::in_memory().await.unwrap();
    let mut prod = ProfileSettings {
        name: "prod".into(),
        label: Some("Production 운영".into()),
        colour: Some(Colour::Rose),
        environment: Some("prod".into()),
        regions: vec!["eu-west-1".into(), "ap-northeast-2".into()],
        protection: Some(Protection::ReadOnly),
        shown: false,
    };
    ledger.put_profiles(std::slice::from_ref(&prod), &by(1)).await.unwrap();
    assert_eq!(ledger.profile("prod").await.unwrap(), Some(prod.clone()));
    prod.protection = Some(Protection::Open);
    ledger.put_profiles(std::slice::from_ref(&prod), &by(2)).await.unwrap();
    ledger.put_profiles(std::slice::from_ref(&prod), &by(3)).await.unwrap();
    let dev = ProfileSettings { name: "dev".into(), ..ProfileSettings::default() };
    ledger.put_profiles(std::slice::from_ref(&dev), &by(4)).await.unwrap();
    assert_eq!(ledger.profiles().await.unwrap(), [dev, prod]);
    assert_eq!(ledger.profile("nobody").await.unwrap(), None);

    let decisions = ledger.decisions(10, None).await.unwrap();
    assert_eq!(decisions.len(), 3, "the same again is no decision");
    assert_eq!(decisions[1].what, "profile:prod");
    assert_eq!(
        (&decisions[1].from["protection"], &decisions[1].to["protection"]),
        (&"read-only".into(), &"open".into())
    );
}

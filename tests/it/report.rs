//! A report tells what went wrong and nothing of whose it is: no name, account, ARN, path or secret of the world, whatever
//! AWS says, whatever a profile is called, whatever an error of the page holds.

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use skydeck_api::{Host, SyncFilter};

use crate::{
    canary::Scanner,
    machine::{Machine, call},
};

async fn report(host: &Host, params: Value) -> String {
    call(host, "report", params).await["text"].as_str().unwrap().to_owned()
}

/// Everything in the world that is somebody's.
fn somebodys(machine: &Machine) -> Vec<String> {
    let mut found = machine.sim.with_world(|world| {
        let accounts = world.accounts.by_id.values();
        let mut found: Vec<String> = accounts
            .flat_map(|a| [a.id.clone(), a.name.clone(), a.access_key_id.clone(), a.secret_access_key.clone()])
            .collect();
        found.extend(world.places.iter().flat_map(|p| &p.pipelines).map(|p| p.name.clone()));
        found
    });
    found.extend(["arn:aws".to_owned(), "CANARY".to_owned(), machine.path("").display().to_string()]);
    found
}

/// The demo world, read, with a profile that is broken, one that is refused, and AWS saying names.
async fn troubled(machine: &Machine) -> Host {
    let host = machine.read().await;
    machine.weather_of(
        &json!({"rules": [{"operation": "ListPipelines", "kind": {"error": {"code": "AccessDeniedException", "status": 400,
            "message": "User: arn:aws:sts::111122223333:assumed-role/CANARY is not authorized on CANARY-pipeline"}}}]})
        .to_string(),
    );
    host.sync(&SyncFilter::default()).await.unwrap();
    call(&host, "set_profile", json!({"name": "shop-dev", "label": "CANARY label", "environment": "CANARY-env", "regions": ["eu-west-1", "CANARY-1"]})).await;
    call(&host, "set_settings", json!({"views": {"CANARY-view": {"text": "CANARY-filter"}}})).await;
    host.call("plan", json!({"verb": "start", "id": "CANARY"})).await.unwrap_err();
    host.call("CANARY", json!({})).await.unwrap_err();
    host
}

#[tokio::test]
async fn a_report_tells_the_trouble_and_not_whose_it_is() {
    let machine = Machine::demo();
    let host = troubled(&machine).await;
    let stack = "TypeError: x\n  at f (tauri://localhost/assets/index-C3f.js:1:2345)\n at /home/CANARY/x.js:1:1";
    let error = json!({"place": "board", "message": "Cannot read properties of undefined arn:aws:x shop-prod checkout-api", "stack": stack});
    let text = report(&host, json!({"front": "window WebKit/605.1.15 (Linux)", "errors": [error]})).await;
    for told in [
        "shown in: window WebKit/605.1.15 (Linux)",
        "profile-1: ",
        "AccessDeniedException of ListPipelines",
        "codepipeline: denied",
        "  at index-C3f.js:1:2345".trim(),
        "board: Cannot read properties of undefined … … …",
        "plan: not-found",
        "(no such call): invalid",
        "eu-west-1, region-1",
        "theme system",
    ] {
        assert!(text.contains(told), "{told} is not in\n{text}");
    }
    assert_eq!(Scanner::of(somebodys(&machine)).found(text.as_bytes()), Vec::<String>::new());
    let digits = |part: &str| part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit());
    assert!(!text.split(|c: char| !c.is_ascii_alphanumeric()).any(digits), "an account id is in\n{text}");
    host.close().await;
}

/// What a page's error holds comes from anywhere: text of AWS, an address, a key.
#[tokio::test(flavor = "multi_thread")]
async fn no_error_of_the_page_brings_a_name_with_it() {
    let machine = Machine::small(1);
    let host = machine.read().await;
    let runtime = tokio::runtime::Handle::current();
    let of_the_page = |said: &str| {
        let error = json!({"place": said, "message": said, "stack": said});
        let asked = report(&host, json!({"front": said, "errors": [error]}));
        tokio::task::block_in_place(|| runtime.block_on(asked))
    };
    let around = proptest::collection::vec("[a-zA-Z' :(\"/.]{0,12}", 0..4);
    let mut runner = TestRunner::new(ProptestConfig { cases: 128, ..ProptestConfig::default() });
    let held = runner.run(&(around, "[0-9]{12}", 0usize..8), |(around, account, which)| {
        let secret = match which {
            0 => account.clone(),
            1 => format!("arn:aws:codepipeline:eu-west-1:{account}:web"),
            2 => format!("/home/j{account}/.aws"),
            3 => format!("AKIA{account}"),
            4 => "green-0".to_owned(),
            5 => format!("https://{account}.example/x"),
            6 => format!("/assets/{account}.js:1:1"),
            _ => "acct-001-dev".to_owned(),
        };
        let text = of_the_page(&format!("{} {secret} {}", around.concat(), around.concat()));
        prop_assert!(!text.contains(&secret), "{secret} is in\n{text}");
        prop_assert!(!text.contains(&account), "{account} is in\n{text}");
        Ok(())
    });
    host.close().await;
    held.unwrap();
}

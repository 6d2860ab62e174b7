//! The stack of the hostile world: hostile text wherever CloudFormation lets people write, and in what resources say.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    World,
    hostile::TEXTS,
    id::Uuid,
    provider::cut,
    stack::{Fate, Kind, Operation, Settings, Standing, change_set::ChangeSet, changes},
    template::{Template, resolve::MASK},
    time::{DAY, HOUR, MINUTE, Ms, SECOND},
};

fn text(n: usize) -> &'static str {
    &TEXTS[n % TEXTS.len()]
}

/// Adds it to a place.
pub(super) fn add(world: &mut World, place: u32, opening: Ms) {
    let standing = |body: Value| {
        let template = Template::parse(&body.to_string()).unwrap_or_else(|error| panic!("hostile template: {error}"));
        let mut parameters: BTreeMap<String, String> =
            TEXTS.iter().enumerate().map(|(n, text)| (format!("P{n}"), cut(text, 4_000))).collect();
        parameters.insert("Secret".to_owned(), "CANARY-hostile-parameter".to_owned());
        let tags =
            TEXTS.iter().enumerate().take(50).map(|(n, text)| (cut(&format!("{n} {text}"), 120), cut(text, 250)));
        let settings = Settings { tags: tags.collect(), ..Settings::default() };
        Standing { template, parameters, settings: Arc::new(settings) }
    };
    // A name may be anything that begins with a letter.
    let s = world.add_made_stack(place, "constructor", standing(body(0)), opening - 60 * DAY);
    world.add_made_stack(place, "a".repeat(128).as_str(), standing(body(0)), opening - 60 * DAY);
    let before = world.stack(s).settled(opening).cloned();
    let mut operation = Operation::new(Kind::Update, opening - 2 * HOUR, before, Arc::new(standing(body(1))));
    operation.fate = Fate::Fails { resource: "toString".to_owned(), reason: cut(text(0), 1_000) + text(3) };
    world.begin(s, operation);
    world.drift_resource(s, "hasOwnProperty", &[("/DisplayName", Some(json!(text(1))))], opening - DAY);
    let stack = world.stack_mut(s);
    stack.drift.detect(stack.key, opening - HOUR, 3, None);

    let stack = world.stack(s);
    let identity = stack.identity(stack.account(), stack.region());
    let (now, after) = (stack.settled(opening).cloned(), Arc::new(standing(body(2))));
    let found = changes::changes(identity, now.as_deref(), &after);
    let found = changes::with_contexts(identity, now.as_deref(), &after, found);
    let made = ChangeSet {
        name: "toString".to_owned(),
        id: Uuid::draw(stack.key, 9),
        created: opening - 20 * MINUTE,
        lasts: 4 * SECOND,
        description: Some(cut(text(2), 1_000)),
        creates: false,
        after,
        changes: Ok(found),
        token: None,
        reverts_drift: false,
        on_failure: None,
        seen: stack.operations.len(),
        executed: None,
        deleted: None,
    };
    world.stack_mut(s).change_sets.push(made);
}

fn body(version: usize) -> Value {
    let mut parameters: Map<String, Value> = TEXTS
        .iter()
        .enumerate()
        .map(|(n, text)| {
            (format!("P{n}"), json!({ "Type": "String", "Default": cut(text, 200), "Description": cut(text, 1_000) }))
        })
        .collect();
    parameters.insert("Secret".to_owned(), json!({ "Type": "String", "NoEcho": true, "Default": MASK }));
    let mut outputs: Map<String, Value> = TEXTS
        .iter()
        .enumerate()
        .map(|(n, text)| {
            (
                format!("O{n}"),
                json!({
                    "Value": { "Ref": format!("P{n}") }, "Description": cut(text, 1_000),
                    "Export": { "Name": cut(&format!("{n} {text}"), 200) },
                }),
            )
        })
        .collect();
    outputs.insert("Reaches".to_owned(), json!({ "Value": { "Fn::Sub": "key=${Secret}" } }));
    let resource = |n: usize| {
        json!({
            "Type": "AWS::SNS::Topic", "Metadata": { "aws:cdk:path": text(n), "note": text(n + 1) },
            "Properties": { "DisplayName": text(n + version), "Tags": [{ "Key": text(n), "Value": text(n + version) }] },
        })
    };
    json!({
        "Description": cut(text(4), 1_000),
        "Metadata": { "note": text(5) },
        "Parameters": parameters,
        "Resources": { "toString": resource(0), "hasOwnProperty": resource(7), "Ref": resource(11) },
        "Outputs": outputs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SimClock;

    #[test]
    fn every_text_is_an_output_and_the_stack_failed_with_one() {
        let start = "2026-11-23T05:00:00Z".parse().expect("an instant");
        let mut world = World::hostile(SimClock::standing(start), 1);
        let now = world.now_ms();
        let s = world.find_stack("111122223333", "ap-northeast-2", "constructor", now).expect("a stack");
        let outputs = world.outputs(s, now);
        for text in &*TEXTS {
            assert!(outputs.iter().any(|o| o.value == cut(text, 4_000)), "{text:?}");
        }
        assert_eq!(world.stack(s).status(now), "UPDATE_ROLLBACK_COMPLETE");
        let failed = world.stack(s).plan_of(1).events.iter().find(|e| e.status == "UPDATE_FAILED").expect("a failure");
        assert!(failed.reason.as_ref().is_some_and(|r| r.contains(super::text(3))));
    }
}

//! Many stacks, and large ones, for measuring. They share one template each, and what happened to them is found out when
//! somebody reads it.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use serde_json::{Map, Value, json};

use super::{Fate, Kind, Operation, Settings, StackRef, Standing};
use crate::world::{
    World, noise,
    template::Template,
    time::{DAY, HOUR, MINUTE, Ms, SECOND},
};

/// The template of such stacks: so many topics, which an update changes all.
fn template(resources: usize) -> Arc<Template> {
    let of = |n: usize| {
        let properties = json!({ "DisplayName": { "Fn::Sub": format!("topic-{n}-${{Release}}") } });
        (format!("Topic{n:04}"), json!({ "Type": "AWS::SNS::Topic", "Properties": properties }))
    };
    let body = json!({
        "Description": "A stack for measuring",
        "Parameters": { "Release": { "Type": "String" } },
        "Resources": (0..resources).map(of).collect::<Map<String, Value>>(),
        "Outputs": { "First": { "Value": { "Ref": "Topic0000" } } },
    });
    Template::parse(&body.to_string()).unwrap_or_else(|error| panic!("a template for measuring: {error}"))
}

fn standing(template: &Arc<Template>, release: usize) -> Standing {
    let parameters = BTreeMap::from([("Release".to_owned(), format!("r{release}"))]);
    Standing { template: Arc::clone(template), parameters, settings: Arc::new(Settings::default()) }
}

impl World {
    /// One more stack for measuring. Of a hundred about 90 stand well, four went back, two are under way, one is stuck, and
    /// eight have drifted; a pipeline's stack of that name serves as well.
    pub(crate) fn add_scale_stack(&mut self, place: u32, n: usize, opening: Ms) {
        static SMALL: LazyLock<Arc<Template>> = LazyLock::new(|| template(5));
        let name = format!("service-{n:04}");
        let here = &self.places[place as usize];
        if here.stack_names.contains_key(&name) {
            return;
        }
        let draw = noise::of(self.seed, &["scale stack", &here.account, &here.region, &name]);
        let made = opening - 100 * DAY;
        let s = self.add_made_stack(place, &name, standing(&SMALL, 1), made);
        let before = self.stack(s).settled(opening).cloned();
        let at = match draw % 100 {
            0 | 1 => opening - MINUTE,
            _ => opening - HOUR - noise::below(noise::mix(draw, 1), 20 * DAY as u64) as Ms,
        };
        let mut operation = Operation::new(Kind::Update, at, before, Arc::new(standing(&SMALL, 2)));
        operation.lasts = Some(if draw % 100 < 2 { 6 * HOUR } else { 90 * SECOND });
        if (2..7).contains(&(draw % 100)) {
            let reason = "Resource handler returned message: \"Rate exceeded\"".to_owned();
            operation.fate = Fate::Fails { resource: "Topic0002".to_owned(), reason };
        }
        if draw % 100 == 6 {
            self.stack_mut(s).broken.insert("Topic0001".to_owned(), "The topic is gone".to_owned());
        }
        self.begin(s, operation);
        if draw % 100 >= 92 {
            self.drift_resource(s, "Topic0003", &[("/DisplayName", Some(json!("changed by hand")))], opening - 3 * DAY);
        }
        let stack = self.stack_mut(s);
        stack.drift.detect(stack.key, opening - 30 * MINUTE, 5, None);
    }

    /// Adds one large stack of `resources` resources and at least `events` events, the last of them a day old.
    pub fn add_large_stack(
        &mut self,
        account: &str,
        region: &str,
        name: &str,
        resources: usize,
        events: usize,
    ) -> StackRef {
        let place = self.place_or_new(account, region);
        let template = template(resources);
        let opening = self.clock.now().timestamp_millis();
        // Three events a resource that is made and two of one that is changed, and those of the stack.
        let updates = events.saturating_sub(3 * resources + 2).div_ceil(2 * resources + 3);
        let at = |n: usize| opening - DAY * (updates - n + 1) as Ms;
        let s = self.add_made_stack(place, name, standing(&template, 0), at(0));
        for n in 1..=updates {
            let (before, after) = (standing(&template, n - 1), standing(&template, n));
            let mut operation = Operation::new(Kind::Update, at(n), Some(Arc::new(before)), Arc::new(after));
            operation.lasts = Some(20 * MINUTE);
            self.begin(s, operation);
        }
        s
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SimClock;

    #[test]
    fn a_large_stack_has_as_much_as_asked_for_and_only_when_it_is_read() {
        let start = "2026-11-23T05:00:00Z".parse().expect("an instant");
        let mut world = World::scale(SimClock::standing(start), 3, 1, 1, 1);
        let s = world.add_large_stack("100000000000", "ap-northeast-2", "large", 500, 20_000);
        let now = world.now_ms();
        let stack = world.stack(s);
        assert_eq!(stack.status(now), "UPDATE_COMPLETE");
        assert!(stack.operations.iter().all(|o| o.plan.get().is_none()), "nothing was found out yet");
        let count = stack.events(now).count();
        assert!((20_000..21_100).contains(&count), "{count} events");
        assert_eq!(stack.resources(now).len(), 500);
    }
}

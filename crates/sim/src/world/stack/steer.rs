//! What is done to stacks: by callers, by pipelines, by the world itself. Whether it may be done is judged before, by the
//! service. What nested stacks do follows from their parent's operation.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{Fate, Kind, Operation, Settings, Stack, StackRef, Standing, drift::Drift, plan, reading};
use crate::world::{
    World,
    id::Uuid,
    noise,
    template::text,
    time::{Ms, SECOND},
};

impl World {
    pub(crate) fn stack_mut(&mut self, s: StackRef) -> &mut Stack {
        &mut self.places[s.place as usize].stacks[s.index as usize]
    }

    /// The stack that goes by that name and is not deleted.
    pub fn find_stack(&self, account: &str, region: &str, name: &str, now: Ms) -> Option<StackRef> {
        let place = self.place_number(account, region)?;
        let index = *self.places[place as usize].stack_names.get(name)?;
        let s = StackRef { place, index };
        (!self.stack(s).gone(now)).then_some(s)
    }

    /// Adds a stack to which nothing was done yet.
    pub fn add_stack(&mut self, place: u32, name: &str, created: Ms) -> StackRef {
        let here = &self.places[place as usize];
        let namesakes = here.stacks.iter().filter(|stack| stack.name == name).count() as u64;
        let key = noise::of(0, &["stack", &here.account, name]);
        let id = Uuid::draw(key, namesakes);
        let arn = format!("arn:aws:cloudformation:{}:{}:stack/{name}/{id}", here.region, here.account);
        let key = noise::mix(noise::mix(noise::of(self.seed, &["stack", &here.region]), key), namesakes);
        let here = &mut self.places[place as usize];
        let index = here.stacks.len() as u32;
        here.stack_names.insert(name.to_owned(), index);
        here.stack_ids.insert(arn.clone(), index);
        here.stacks.push(Stack {
            name: name.to_owned(),
            arn,
            key,
            created,
            parent: None,
            protected: false,
            operations: Vec::new(),
            change_sets: Vec::new(),
            tokens: BTreeMap::new(),
            drift: Drift::default(),
            broken: BTreeMap::new(),
            fails_next: None,
        });
        StackRef { place, index }
    }

    /// Adds a stack that was made at that instant.
    pub fn add_made_stack(&mut self, place: u32, name: &str, standing: Standing, created: Ms) -> StackRef {
        let s = self.add_stack(place, name, created);
        self.begin(s, Operation::new(Kind::Create, created, None, Arc::new(standing)));
        s
    }

    /// Begins an operation on a stack, and what it means for its nested stacks. Tells its number.
    pub fn begin(&mut self, s: StackRef, mut operation: Operation) -> usize {
        let mut inside = None;
        if let Fate::Fails { resource, reason } = &operation.fate
            && let Some((nested, inner)) = resource.split_once('.')
        {
            let arn = self.stack(s).child_arn(nested);
            inside = Some((nested.to_owned(), inner.to_owned(), reason.clone()));
            let reason = format!(
                "Embedded stack {arn} was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: The following resource(s) failed to update: [{inner}]. "
            );
            operation.fate = Fate::Fails { resource: nested.to_owned(), reason };
        }
        let stack = self.stack_mut(s);
        let n = stack.operations.len();
        operation.id = Uuid::draw(noise::mix(stack.key, 7), n as u64);
        operation.broken = stack
            .broken
            .iter()
            .filter(|(name, _)| !operation.skips.contains(*name))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let nests = reading::nests(&operation.after) || operation.before.as_ref().is_some_and(|b| reading::nests(b));
        let whole = matches!(operation.kind, Kind::Create | Kind::Update | Kind::Delete);
        if let Some(token) = &operation.token {
            let what = match operation.kind {
                Kind::Create | Kind::Update => "UpdateStack",
                Kind::Delete => "DeleteStack",
                Kind::Rollback => "RollbackStack",
                Kind::ContinueRollback => "ContinueUpdateRollback",
            };
            stack.tokens.insert(token.clone(), (what, n));
        }
        stack.operations.push(operation);
        if nests && whole {
            self.begin_nested(s, n, inside);
        }
        if nests {
            self.delete_added(s, n);
        }
        n
    }

    /// Nested stacks that were added and go again are deleted when their parent says so.
    fn delete_added(&mut self, s: StackRef, n: usize) {
        let stack = self.stack(s);
        let events = &stack.plan_of(n).events;
        let of_stacks = events.iter().filter(|e| e.kind == "AWS::CloudFormation::Stack" && e.fresh);
        let goes = |status: &'static str| move |e: &&plan::Happening| e.status == status;
        let begins = of_stacks.clone().filter(goes("DELETE_IN_PROGRESS"));
        let spans: Vec<(String, Ms, Ms)> = begins
            .filter_map(|begin| {
                let logical = begin.logical.as_ref()?;
                let end =
                    of_stacks.clone().filter(goes("DELETE_COMPLETE")).find(|e| e.logical.as_ref() == Some(logical))?;
                Some((stack.child_arn(logical), begin.at, end.at))
            })
            .collect();
        for (arn, from, to) in spans {
            let Some(child) = self.stack_by_arn(&arn) else { continue };
            let last = self.stack(child).operations.last().map(|o| Arc::clone(&o.after));
            if let Some(after) = last.filter(|_| !self.stack(child).gone(from)) {
                let mut operation = Operation::new(Kind::Delete, from, None, after);
                (operation.lasts, operation.part_of) = (Some((to - from - 200).max(1)), Some((s, n)));
                self.begin(child, operation);
            }
        }
    }

    /// What an operation means for the stacks among its resources.
    fn begin_nested(&mut self, s: StackRef, n: usize, inside: Option<(String, String, String)>) {
        let stack = self.stack(s);
        let plan = stack.plan_of(n);
        let turned = plan.events.iter().find(|e| e.logical.is_none() && e.status.contains("ROLLBACK_IN_PROGRESS"));
        let turned = turned.map(|e| (e.at, plan.ends));
        let parts: Vec<(String, &'static str, Span)> = stack
            .changes_of(n)
            .iter()
            .filter(|change| change.kind == "AWS::CloudFormation::Stack")
            .filter_map(|change| plan.span(&change.logical).map(|span| (change.logical.clone(), change.action, span)))
            .collect();
        for (logical, action, (from, to, cut)) in parts {
            let inner = inside.as_ref().filter(|(nested, ..)| *nested == logical);
            let fate =
                inner.map(|(_, resource, reason)| Fate::Fails { resource: resource.clone(), reason: reason.clone() });
            // A part begins and ends within what its parent tells of it; what its parent cuts short was to take longer.
            let from = from + SECOND.min((to - from) / 4);
            let to = if cut && fate.is_none() { to + (to - from) } else { to - 200 };
            self.begin_part((s, n), &logical, action, (from, to), turned.filter(|_| fate.is_none()), fate);
        }
    }

    fn begin_part(
        &mut self,
        (s, n): (StackRef, usize),
        logical: &str,
        action: &str,
        (from, to): (Ms, Ms),
        turned: Option<(Ms, Ms)>,
        fate: Option<Fate>,
    ) {
        let parent = self.stack(s);
        let (name, arn, token) =
            (parent.child_name(logical), parent.child_arn(logical), parent.operations[n].token.clone());
        let root = parent.parent.map_or(s, |(_, root)| root);
        let child = self.stack_by_arn(&arn);
        let Some(after) =
            self.nested_standing(s, n, logical).or_else(|| self.stack(child?).told(from).map(|s| (**s).clone()))
        else {
            return;
        };
        let child = child.unwrap_or_else(|| {
            let child = self.add_stack(s.place, &name, from);
            self.stack_mut(child).parent = Some((s, root));
            child
        });
        let before = self.stack(child).settled(from).cloned();
        let (kind, after) = match (action, &before) {
            ("Remove", Some(before)) => (Kind::Delete, Arc::clone(before)),
            (_, None) => (Kind::Create, Arc::new(after)),
            _ => (Kind::Update, Arc::new(after)),
        };
        let mut operation = Operation::new(kind, from, before, after);
        (operation.lasts, operation.token, operation.part_of) = (Some((to - from).max(1)), token, Some((s, n)));
        if let Some(fate) = fate {
            operation.fate = fate;
        }
        if let Some((at, ends)) = turned.filter(|_| action != "Remove") {
            // It has to go back with its parent, be it done or not.
            operation.cancelled = Some((at, Some((ends - at - 2 * SECOND).max(SECOND))));
        }
        self.begin(child, operation);
    }

    /// What a nested stack is to be; none if its template is nowhere.
    fn nested_standing(&self, s: StackRef, n: usize, logical: &str) -> Option<Standing> {
        let properties = reading::nested_properties(self, s, n, logical);
        let template = Arc::clone(self.templates.get(properties["TemplateURL"].as_str()?)?);
        let mut parameters = template.defaults();
        for (name, value) in properties["Parameters"].as_object().into_iter().flatten() {
            parameters.insert(name.clone(), text(value).unwrap_or_else(|| value.to_string()));
        }
        let settings = Arc::clone(&self.stack(s).operations[n].after.settings);
        Some(Standing { template, parameters, settings })
    }

    /// An update is cancelled, with those of nested stacks that are part of it.
    pub(crate) fn cancel_update(&mut self, s: StackRef, at: Ms, token: Option<&str>) {
        let n = self.stack(s).operations.len() - 1;
        let stack = self.stack_mut(s);
        stack.operations[n].cancelled = Some((at, None));
        stack.operations[n].forget();
        if let Some(token) = token {
            stack.tokens.insert(token.to_owned(), ("CancelUpdateStack", n));
        }
        let ends = self.stack(s).ends(n);
        for index in 0..self.places[s.place as usize].stacks.len() as u32 {
            let child = StackRef { place: s.place, index };
            if let Some(m) = self.stack(child).operations.iter().rposition(|o| o.part_of == Some((s, n))) {
                let part = &mut self.stack_mut(child).operations[m];
                if part.began >= at {
                    self.stack_mut(child).operations.truncate(m);
                    continue;
                }
                part.cancelled = Some((at + 500, Some((ends - at - 2 * SECOND).max(SECOND))));
                part.forget();
            }
        }
        self.delete_added(s, n);
    }

    /// A pipeline deploys to a stack that takes it, from `at` to `ends`.
    pub(crate) fn deploy_stack(&mut self, place: u32, name: &str, deploy: Deploy) {
        let here = &self.places[place as usize];
        let found = self.find_stack(&here.account, &here.region, name, deploy.at);
        let key = format!("{}/BuildOutput/{}", deploy.pipeline, noise::base32(deploy.token.key(), 7));
        let mut parameters = BTreeMap::from([
            ("ArtifactKey".to_owned(), key),
            ("Revision".to_owned(), deploy.revision),
            ("DbPassword".to_owned(), format!("CANARY-parameter-{}", deploy.pipeline)),
        ]);
        let (s, kind, before, after) = match found {
            None => {
                parameters.insert("DbUser".to_owned(), "shop".to_owned());
                let capabilities = vec!["CAPABILITY_NAMED_IAM".to_owned()];
                let settings = Arc::new(Settings { capabilities, ..Settings::default() });
                let after = Standing { template: Arc::clone(&self.deployed), parameters, settings };
                (self.add_stack(place, name, deploy.at), Kind::Create, None, after)
            }
            Some(s) => {
                let Some(before) = self.stack(s).settled(deploy.at).cloned() else { return };
                // A template that somebody else gave the stack need not know what a pipeline gives.
                parameters.retain(|name, _| before.parameters.contains_key(name));
                let mut all = before.parameters.clone();
                all.extend(parameters);
                (s, Kind::Update, Some(Arc::clone(&before)), Standing { parameters: all, ..(*before).clone() })
            }
        };
        let mut operation = Operation::new(kind, deploy.at, before, Arc::new(after));
        (operation.lasts, operation.fate) = (Some(deploy.ends - deploy.at), deploy.fate);
        operation.token = Some(deploy.token.to_string());
        self.begin(s, operation);
    }

    /// Whether nothing stands in the way of a deployment to that stack at that instant.
    pub(crate) fn takes_deployment(&self, place: u32, name: &str, at: Ms) -> bool {
        let here = &self.places[place as usize];
        self.find_stack(&here.account, &here.region, name, at).is_none_or(|s| {
            matches!(self.stack(s).status(at), "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE")
        })
    }

    /// Somebody changes a resource behind its stack's back: each difference is a path and what is there now.
    pub fn drift_resource(&mut self, s: StackRef, logical: &str, differences: &[(&str, Option<Value>)], since: Ms) {
        let differences = differences.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect();
        let drifted = super::drift::Drifted { logical: logical.to_owned(), since, until: None, differences };
        self.stack_mut(s).drift.drifted.push(drifted);
    }
}

/// From when to when a resource was worked on, and whether that ended in failure.
type Span = (Ms, Ms, bool);

/// A deployment by a pipeline.
#[derive(Debug)]
pub(crate) struct Deploy {
    /// Name of the pipeline.
    pub(crate) pipeline: String,
    /// What it ships.
    pub(crate) revision: String,
    /// Execution of the action, by which it names itself.
    pub(crate) token: Uuid,
    /// Start.
    pub(crate) at: Ms,
    /// End, going back included.
    pub(crate) ends: Ms,
    /// What becomes of it.
    pub(crate) fate: Fate,
}

//! Stacks that pipelines deploy to: every one that an action of a pipeline names is there before the pipeline first runs,
//! moves with each deployment, and fails where a deployment fails.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::{
    World, noise,
    pipeline::{ActionRun, Execution, Fate, PipelineRef},
    provider::Provider,
    stack::{self, Settings, Standing, steer::Deploy},
    structure::ActionDef,
    template::Template,
    time::{DAY, Ms, SECOND},
};

/// What such a stack is made of: a service's functions in a network of their own.
const TEXT: &str = include_str!("deployed.yaml");

/// The template that pipelines deploy.
pub(super) fn template() -> Arc<Template> {
    static PARSED: LazyLock<Arc<Template>> =
        LazyLock::new(|| Template::parse(TEXT).unwrap_or_else(|error| panic!("deployed.yaml: {error}")));
    Arc::clone(&PARSED)
}

/// Where a deployment fails, and how AWS says it.
const FAILS: (&str, &str) =
    ("NatGatewayC", "Elastic IP address could not be associated (Service: Ec2, Status Code: 400)");

impl World {
    /// Adds the stacks that a pipeline's actions deploy to, where they are not there yet.
    pub(super) fn add_deployed_stacks(&mut self, p: PipelineRef) {
        let pipeline = self.pipeline(p);
        let (name, created, tags) = (pipeline.name.clone(), pipeline.created + DAY, pipeline.tags.clone());
        let structure = Arc::clone(pipeline.structure());
        for def in structure.stages.iter().flat_map(|s| &s.actions).filter(|a| a.provider == Provider::CloudFormation) {
            let Some(place) = self.build_place(p, def) else { continue };
            let stack = def.subject_in(&name);
            if self.places[place as usize].stack_names.contains_key(&stack) {
                continue;
            }
            let parameters = BTreeMap::from([
                ("ArtifactKey".to_owned(), format!("{name}/BuildOutput/{}", noise::base32(noise::of(0, &[&name]), 7))),
                ("Revision".to_owned(), "initial".to_owned()),
                ("DbPassword".to_owned(), format!("CANARY-parameter-{name}")),
                ("DbUser".to_owned(), "shop".to_owned()),
            ]);
            let capabilities = vec!["CAPABILITY_NAMED_IAM".to_owned()];
            let settings = Settings { tags: tags.clone(), capabilities, ..Settings::default() };
            let standing = Standing { template: Arc::clone(&self.deployed), parameters, settings: Arc::new(settings) };
            self.add_made_stack(place, &stack, standing, created);
        }
    }

    /// A pipeline's action deploys to its stack. Tells what becomes of the action and when: one whose stack is busy or stuck
    /// fails at once.
    pub(super) fn begin_deployment(
        &mut self,
        p: PipelineRef,
        execution: u32,
        def: &ActionDef,
        (at, ends): (Ms, Ms),
        fate: Fate,
    ) -> (Fate, Ms) {
        let Some(place) = self.build_place(p, def) else { return (Fate::Bad, at + SECOND) };
        let pipeline = self.pipeline(p);
        let e = &pipeline.executions[execution as usize];
        let name = def.subject_in(&pipeline.name);
        if !self.takes_deployment(place, &name, at) {
            return (Fate::Bad, at + SECOND);
        }
        let revision = e.revisions.first().map(|r| {
            let commit = &self.lines[r.line as usize].commits[r.commit as usize];
            commit.id.clone()
        });
        let deploy = Deploy {
            pipeline: pipeline.name.clone(),
            revision: revision.unwrap_or_default(),
            token: e.run_id(e.runs.len()),
            at,
            ends,
            fate: match fate {
                Fate::Good => stack::Fate::Good,
                Fate::Hangs => stack::Fate::Hangs,
                Fate::Bad => stack::Fate::Fails { resource: FAILS.0.to_owned(), reason: FAILS.1.to_owned() },
            },
        };
        self.deploy_stack(place, &name, deploy);
        (fate, ends)
    }

    /// What a failed deployment says of its stack: the first event that failed, or the state in which it met it.
    pub(crate) fn deployment_error(
        &self,
        p: PipelineRef,
        def: &ActionDef,
        e: &Execution,
        run: usize,
    ) -> Option<String> {
        let place = self.build_place(p, def)?;
        let name = def.subject_in(&self.pipeline(p).name);
        let here = &self.places[place as usize];
        let token = e.run_id(run).to_string();
        let named = || here.stacks.iter().filter(|stack| stack.name == name);
        let own = named().find_map(|stack| stack.tokens.get(&token).map(|(_, n)| (stack, *n)));
        let Some((stack, n)) = own else {
            let run: &ActionRun = &e.runs[run];
            let stack = named().next_back()?;
            return Some(format!(
                "Stack:{} is in {} state and can not be updated.",
                stack.arn,
                stack.status(run.started)
            ));
        };
        let failed = stack.plan_of(n).events.iter().find(|event| event.status.ends_with("_FAILED"))?;
        let (logical, reason) = (failed.logical.as_ref()?, failed.reason.as_ref()?);
        Some(format!("Stack {name} is in state {}. Resource {logical} failed: {reason}", stack.outcome(n)))
    }
}

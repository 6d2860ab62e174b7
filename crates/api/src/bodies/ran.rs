//! The builds and stacks that a pipeline's actions ran: in its own account and Region, or across a border in another account,
//! where another profile reads them. Where one is not in the cache, who could read it and why that is not done is said.

use std::collections::HashMap;

use skydeck_domain::{
    Detail, FirstCause, Resource, SourceState,
    build::BuildDetail,
    pipeline::{ActionDef, ActionState},
    stack::{StackEvents, StackOperation, StackPart},
};
use skydeck_insight::StageRunState;

use crate::{contract::ApiError, host::Host, seen::Seen};

/// Service that runs builds.
const CODEBUILD: &str = "codebuild";

/// How far the clocks of two services may be apart.
const LAG: chrono::TimeDelta = chrono::TimeDelta::seconds(60);

/// The stack that an action deploys, by its ARN: AWS gives it as the id, or in the link to the console.
pub(super) fn stack_arn(action: &ActionState) -> Option<String> {
    if action.def.provider != "CloudFormation" {
        return None;
    }
    let is_arn = |text: &&str| text.starts_with("arn:") && text.contains(":stack/");
    let told = action.external_id.as_deref().filter(is_arn).map(str::to_owned);
    told.or_else(|| {
        let (_, rest) = action.external_url.as_deref()?.split_once("stackId=")?;
        let id = rest.split(['&', '#']).next()?.replace("%3A", ":").replace("%3a", ":");
        let id = id.replace("%2F", "/").replace("%2f", "/");
        Some(id).filter(|id| is_arn(&id.as_str()))
    })
}

/// Where an action's builds are.
struct There<'a> {
    account: &'a str,
    region: &'a str,
    /// Whether that is another account than the pipeline's.
    abroad: bool,
}

impl<'a> There<'a> {
    fn of(def: &'a ActionDef, pipeline: &'a Resource) -> There<'a> {
        There {
            account: def.account.as_deref().unwrap_or(&pipeline.account),
            region: def.region.as_deref().unwrap_or(&pipeline.region),
            abroad: def.account.is_some(),
        }
    }
}

/// The CodeBuild project that an action runs.
pub(super) fn project_arn_of(def: &ActionDef, pipeline: &Resource) -> Option<String> {
    let project = def.subject.as_ref().filter(|_| def.provider == "CodeBuild")?;
    let (there, partition) = (There::of(def, pipeline), partition(pipeline));
    Some(format!("arn:{partition}:{CODEBUILD}:{}:{}:project/{project}", there.region, there.account))
}

fn partition(row: &Resource) -> &str {
    row.arn.as_deref().and_then(|a| a.split(':').nth(1)).unwrap_or("aws")
}

impl Host {
    /// The builds and stacks that the stages' actions ran, by the action's own id of them, as far as they are in the cache.
    pub(super) async fn ran(
        &self,
        row: &Resource,
        stages: &[StageRunState<'_>],
    ) -> Result<HashMap<String, Resource>, ApiError> {
        let partition = partition(row);
        let actions = stages.iter().flat_map(|s| &s.actions).filter(|a| a.def.provider == "CodeBuild");
        let (mut ids, mut found) = (Vec::new(), Vec::new());
        for (def, build) in actions.filter_map(|a| Some((a.def, a.state?.external_id.as_deref()?))) {
            let there = There::of(def, row);
            let arn = format!("arn:{partition}:{CODEBUILD}:{}:{}:build/{build}", there.region, there.account);
            if there.abroad {
                found.extend(self.abroad(&arn).await?);
            } else {
                ids.push(Resource::make_id(&row.profile, Some(&arn), there.region, BuildDetail::KIND, build));
            }
        }
        found.extend(self.engine.cache().get_many(&ids).await?);
        let mut ran: HashMap<String, Resource> = found.into_iter().map(|r| (r.name.clone(), r)).collect();
        for state in stages.iter().flat_map(|s| &s.actions).filter_map(|a| a.state) {
            let Some((id, arn)) = state.external_id.as_ref().zip(stack_arn(state)) else { continue };
            ran.extend(self.abroad(&arn).await?.map(|stack| (id.clone(), stack)));
        }
        Ok(ran)
    }

    /// Why the stack failed that a failed action deploys: its operation of that time.
    pub(super) async fn cause_in_stack(
        &self,
        stack: &Resource,
        action: &ActionState,
    ) -> Result<Option<FirstCause>, ApiError> {
        let events: Option<(StackEvents, _)> = self.engine.cache().part(&stack.id, StackPart::Events.word()).await?;
        let (from, to) = (action.started_at, action.ended_at.or(action.changed_at));
        let of_then = |o: &StackOperation| {
            from.is_none_or(|at| o.started_at >= at - LAG) && to.is_none_or(|at| o.started_at <= at + LAG)
        };
        let all = events.map(|(kept, _)| skydeck_insight::stack::operations(&kept.events)).unwrap_or_default();
        match all.iter().find(|o| of_then(o)) {
            Some(operation) => self.cause_of_stack(stack, operation).await,
            None => Ok(None),
        }
    }

    /// A thing of another account: as the profile has it that is shown for that account, else as any other has it.
    async fn abroad(&self, arn: &str) -> Result<Option<Resource>, ApiError> {
        let rows = self.engine.cache().by_arn(arn).await?;
        let shown = self.engine.visible_scopes().await;
        let is_shown = |r: &Resource| shown.iter().any(|s| s.profile == r.profile && s.region == r.region);
        let at = rows.iter().position(is_shown).unwrap_or(0);
        Ok(rows.into_iter().nth(at))
    }

    /// Why the build of an action is not in the cache, and what would bring it there.
    pub(super) async fn unread_build(&self, row: &Resource, action: &ActionState, seen: &Seen) -> String {
        let there = There::of(&action.def, row);
        let (account, region) = (there.account, there.region);
        let names: Vec<&str> = if there.abroad {
            let of_it = seen.profiles.iter().filter(|p| p.account.as_deref() == Some(account));
            of_it.map(|p| p.name.as_str()).collect()
        } else {
            vec![&row.profile]
        };
        let place = if there.abroad { format!("account {account}, {region}") } else { region.to_owned() };
        if names.is_empty() {
            return format!(
                "The build ran in {place}, and no profile here is of that account. Add one to see why it failed."
            );
        }
        let sources = self.engine.sources().await;
        let of_it = sources
            .iter()
            .filter(|s| s.id.service == CODEBUILD && s.id.region == region && names.contains(&s.id.profile.as_str()));
        let mut of_it: Vec<_> = of_it.collect();
        // The one that came furthest tells most.
        of_it.sort_by_key(|s| !matches!(s.state, SourceState::Ok | SourceState::Partial));
        match of_it.first() {
            None => format!(
                "The build ran in {place}, which is not read: show `{}` with the Region {region} to see why it failed.",
                names.join("` or `")
            ),
            Some(source) => match &source.error {
                Some(e) => {
                    format!(
                        "The build ran in {place}, and `{}` could not read it: {}: {}",
                        source.id.profile, e.code, e.message
                    )
                }
                None => "The build has not been read yet.".to_owned(),
            },
        }
    }
}

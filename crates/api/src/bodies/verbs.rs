//! Planning and acting, the ledger, marks and locks.

use skydeck_domain::{
    ActionRecord, Detail, Lock, Outcome, Plan, Profile, Protection, Resource, SignInState, SourceState, SourceStatus,
    Verb, build::BuildDetail, pipeline::ExecutionDetail,
};
use skydeck_engine::{ActError, ActRequest, PlanRequest, services};

use super::{build::project_arn, pipeline::mark_subject};
use crate::{
    contract::{
        ApiError, Code,
        calls::Nothing,
        verbs::{
            ActParams, ActionParams, ActionStep, ActionView, LedgerPage, LedgerParams, LockParams, MarkParams,
            PlanParams,
        },
    },
    host::Host,
};

/// Entries of the ledger a page, where the front does not say, and at most.
const USUAL_ENTRIES: u32 = 100;
const MOST_ENTRIES: u32 = 1000;

impl Host {
    /// What an action would do, read live.
    pub async fn plan(&self, params: PlanParams) -> Result<Plan, ApiError> {
        Ok(self.engine.plan(&plan_request(params)).await?)
    }

    /// Acts: answers once the call is accepted or refused, and goes on following.
    pub async fn act(&self, params: ActParams) -> Result<ActionView, ApiError> {
        let request = ActRequest {
            plan: plan_request(params.plan),
            reason: params.reason,
            confirm: params.confirm,
            expect: params.expect,
        };
        let record = self.engine.act(&request).await?;
        Ok(self.action_view(record))
    }

    /// As [`Host::act`], but a refusal is answered with its entry in the ledger, too.
    pub async fn act_or_refusal(&self, params: ActParams) -> Result<ActionView, (ApiError, Option<ActionRecord>)> {
        let verb = params.plan.verb.clone();
        match self.act(params).await {
            Ok(view) => Ok(view),
            Err(error) if error.code == Code::Refused => {
                let entries = self.engine.ledger().actions(20, None).await.unwrap_or_default();
                let refused =
                    |a: &ActionRecord| a.outcome == Outcome::Refused && a.verb == verb && a.message == error.message;
                Err((error.clone(), entries.into_iter().find(refused)))
            }
            Err(error) => Err((error, None)),
        }
    }

    /// The action at its end.
    pub async fn wait(&self, action: &str) -> Result<ActionView, ApiError> {
        let record = self.engine.wait(action).await?;
        Ok(self.action_view(record))
    }

    /// Finds out about the actions that processes left open when they died, as far as AWS can be read now. Takes a few
    /// seconds where one is so young that AWS's lists may not show it yet, and no time where there is none.
    pub async fn recover(&self) {
        self.engine.recover().await;
    }

    /// One action.
    pub async fn action(&self, params: ActionParams) -> Result<ActionView, ApiError> {
        let record =
            self.engine.ledger().action(&params.action).await?.ok_or_else(|| {
                ApiError::new(Code::NotFound, format!("The ledger has no action `{}`.", params.action))
            })?;
        Ok(self.action_view(record))
    }

    fn action_view(&self, record: ActionRecord) -> ActionView {
        let record = self.engine.as_shown(record);
        let steps = self.engine.steps(&record).into_iter();
        let steps =
            steps.map(|s| ActionStep { id: s.id.into(), state: s.state.into(), note: s.note, at: s.at }).collect();
        ActionView { record, steps }
    }

    /// The ledger.
    pub async fn ledger(&self, params: LedgerParams) -> Result<LedgerPage, ApiError> {
        let limit = if params.limit == 0 { USUAL_ENTRIES } else { params.limit.min(MOST_ENTRIES) };
        // One more than asked for tells whether there are more.
        let mut entries = self.engine.ledger().actions(limit + 1, params.before.as_deref()).await?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        let entries = entries.into_iter().map(|entry| self.engine.as_shown(entry)).collect();
        let now = self.engine.now();
        Ok(LedgerPage { entries, more, locks: self.engine.ledger().locks(now).await?, now })
    }

    /// Marks a version good or bad.
    pub async fn mark(&self, params: MarkParams) -> Result<Nothing, ApiError> {
        let subject = self.version(&params.id).await?;
        self.engine.mark(&subject, params.value, params.reason.as_deref()).await?;
        Ok(Nothing {})
    }

    /// The subject of a version: `<of_arn>#<run_id>`, as given or as the row of an execution or build tells.
    async fn version(&self, id: &str) -> Result<String, ApiError> {
        if id.split_once('#').is_some_and(|(of, run)| of.starts_with("arn:") && !run.is_empty()) {
            return Ok(id.to_owned());
        }
        let (row, _) = self.engine.find_row(id, None).await?;
        if let Some(execution) = row.detail::<ExecutionDetail>() {
            let links = self.engine.cache().links_from(&row.id).await?;
            if let Some(of) = links.into_iter().find(|l| l.rel == "of") {
                return Ok(mark_subject(&of.to_arn, &execution.execution_id));
            }
        }
        if let Some(build) = row.detail::<BuildDetail>()
            && let Some(of) = project_arn(row.arn.as_deref(), &build.project)
        {
            return Ok(mark_subject(&of, &build.build_id));
        }
        let kinds = [ExecutionDetail::KIND, BuildDetail::KIND].join(" or ");
        let what = format!("`{id}` is a {}; only a version can be marked: a {kinds}, or <ARN>#<run id>.", row.kind);
        Err(ApiError::new(Code::Invalid, what))
    }

    /// Locks a thing or an environment.
    pub async fn lock(&self, params: LockParams) -> Result<Nothing, ApiError> {
        match subject(&params)? {
            Subject::Thing(id) => self.engine.lock_thing(id, &params.reason, params.until).await?,
            Subject::Environment(name) => self.engine.lock_environment(name, &params.reason, params.until).await?,
        };
        Ok(Nothing {})
    }

    /// Takes a lock away.
    pub async fn unlock(&self, params: LockParams) -> Result<Nothing, ApiError> {
        let subject = match subject(&params)? {
            Subject::Environment(name) => format!("environment:{name}"),
            // A thing that is gone, or that several profiles hold, can be unlocked all the same.
            Subject::Thing(id) => match self.engine.find_row(id, None).await {
                Ok((_, subject)) => subject,
                Err(ActError::NotFound { .. } | ActError::Ambiguous { .. }) => id.to_owned(),
                Err(other) => return Err(other.into()),
            },
        };
        let reason = Some(params.reason.trim()).filter(|r| !r.is_empty());
        if self.engine.unlock(&subject, reason).await? {
            Ok(Nothing {})
        } else {
            Err(ApiError::new(Code::NotFound, format!("There is no lock on `{subject}`.")))
        }
    }

    /// The verbs that a row or a part of it has, as far as the cache tells.
    pub async fn verbs_of(&self, id: &str, profile: Option<&str>) -> Result<Vec<Verb>, ApiError> {
        let (row, named) = self.engine.find_row(id, profile).await?;
        let seen = self.seen_around(&row).await?;
        let profile = self.profile_of(&row, &seen)?;
        let locks = self.engine.ledger().locks(seen.now).await?;
        let subjects = super::row::lock_subjects(&row, Some(&profile));
        let lock = self.engine.ledger().lock_on(&subjects, seen.now).await?;
        let mut verbs = offered(&row, &profile, seen.source_of(&row), lock.as_ref(), &locks);
        if row.arn.as_deref().is_some_and(|arn| arn != named) {
            verbs.retain(|v| v.on == named);
        }
        Ok(verbs)
    }
}

enum Subject<'a> {
    Thing(&'a str),
    Environment(&'a str),
}

fn subject(params: &LockParams) -> Result<Subject<'_>, ApiError> {
    match (params.id.as_deref(), params.environment.as_deref()) {
        (Some(id), None) => Ok(Subject::Thing(id)),
        (None, Some(name)) if !name.trim().is_empty() => Ok(Subject::Environment(name.trim())),
        _ => Err(ApiError::new(Code::Invalid, "A lock is on a thing or on an environment: name one of them.")),
    }
}

fn plan_request(params: PlanParams) -> PlanRequest {
    PlanRequest { verb: params.verb, id: params.id, profile: params.profile, to: params.to, options: params.options }
}

/// The verbs of a row, with why none can be used where the profile, its sign-in, the network or a lock forbids all.
pub(crate) fn offered(
    row: &Resource,
    profile: &Profile,
    source: Option<&SourceStatus>,
    lock: Option<&Lock>,
    locks: &[Lock],
) -> Vec<Verb> {
    let mut verbs = services::by_id(&row.service).map(|s| s.offers(row)).unwrap_or_default();
    let all = (profile.protection == Protection::ReadOnly)
        .then(|| format!("The profile {} is read-only here.", profile.name))
        .or_else(|| out_of_reach(profile, source))
        .or_else(|| lock.map(locked));
    for verb in &mut verbs {
        // A lock on a part holds what acts on that part.
        let part = locks.iter().find(|l| verb.on == l.subject || verb.on.starts_with(&format!("{}/", l.subject)));
        if let Some(why) = all.clone().or_else(|| part.map(locked)) {
            verb.why_not = Some(why);
        }
    }
    verbs
}

/// Why nothing can be done there now: nobody is signed in, or AWS does not answer. What is shown is as last read, and no
/// plan could be read live.
fn out_of_reach(profile: &Profile, source: Option<&SourceStatus>) -> Option<String> {
    let state = source.map(|s| s.state);
    if profile.sign_in.state == SignInState::Out || state == Some(SourceState::SignedOut) {
        return Some(format!("The profile {} is signed out. Sign in, and actions are back.", profile.name));
    }
    (state == Some(SourceState::Unreachable))
        .then(|| "AWS cannot be reached. Actions are off until it answers again.".to_owned())
}

fn locked(lock: &Lock) -> String {
    format!("{} is locked: {}", lock.subject, lock.reason)
}

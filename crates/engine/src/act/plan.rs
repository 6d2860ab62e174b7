//! What an action would do, read live with the very credentials that would act.

use skydeck_aws::{
    ErrorClass, Session,
    service::{Danger, Draft, Request},
};
use skydeck_domain::{Confirm, ConfirmLevel, Outcome, Plan, Profile, Protection, action::Check};

use super::{Found, PlanRequest, guard};
use crate::{Engine, error::ActError};

/// A plan with what it was made from.
pub(crate) struct Planned {
    pub plan: Plan,
    pub found: Found,
    pub request: Request,
    pub session: Session,
    pub profile: Profile,
}

impl Engine {
    /// What an action would do, read live. Also answers for what cannot run now; `blocked` says why.
    pub async fn plan(&self, request: &PlanRequest) -> Result<Plan, ActError> {
        Ok(self.plan_with_session(request).await?.plan)
    }

    pub(crate) async fn plan_with_session(&self, asked: &PlanRequest) -> Result<Planned, ActError> {
        let found = self.find(asked).await?;
        let session = self.aws().session(&found.row.profile, &found.row.region).await?;
        self.note_session(&session);
        // After the session: whose account it is decides whether it is protected for another profile's sake.
        let (profiles, _) = self.profiles().await;
        let profile = profiles.into_iter().find(|p| p.name == found.row.profile).ok_or_else(|| {
            ActError::Invalid(format!("The profile `{}` is not in the AWS config any more.", found.row.profile))
        })?;
        let request = Request {
            verb: asked.verb.clone(),
            subject: found.subject.clone(),
            target: asked.to.clone(),
            options: asked.options.clone(),
            ..self.kept_templates(&found, asked.to.as_deref()).await?
        };
        let ctx = session.urgent_reader(found.service.spec());
        let draft = found.service.plan(&ctx, &request).await.inspect_err(|error| {
            // Gone since it was read: its source is asked again now, so that the row goes soon, too.
            if error.class == ErrorClass::NotFound {
                self.hurry(&found.row);
            }
        })?;
        let plan = self.finish_plan(&found, &profile, &session, draft).await?;
        Ok(Planned { plan, found, request, session, profile })
    }

    /// The part of a request that the ledger's templates are: those of the thing, and the text of the chosen one.
    async fn kept_templates(&self, found: &Found, to: Option<&str>) -> Result<Request, ActError> {
        if !found.service.goes_by_templates(found.verb.id) {
            return Ok(Request::default());
        }
        let templates = self.ledger().templates(found.row.arn.as_deref().unwrap_or_default()).await?;
        let chosen = templates.iter().find(|t| Some(t.digest.as_str()) == to);
        let template = match chosen {
            Some(chosen) => self.ledger().template_text(&chosen.digest).await?,
            None => None,
        };
        Ok(Request { templates, template, ..Request::default() })
    }

    async fn finish_plan(
        &self,
        found: &Found,
        profile: &Profile,
        session: &Session,
        draft: Draft,
    ) -> Result<Plan, ActError> {
        let now = self.now();
        let mut targets = draft.targets;
        let subjects: Vec<String> = targets.iter().map(|t| mark_subject(&draft.of_arn, &t.id)).collect();
        let marks = self.ledger().marks(&subjects).await?;
        for (target, subject) in targets.iter_mut().zip(&subjects) {
            target.mark = marks.get(subject).map(|m| m.value);
        }
        let lock = self.lock_on(found, profile).await?;
        let account_ok = session.account == found.row.account;
        let open = self.open_on(&session.account, &found.subject.id).await?;
        let open = open.into_iter().find(|a| guard::in_the_way(a, found.verb));
        // What a process left open when it died is found out about before anything is called.
        let (open, left) = match open {
            Some(record) if !self.home().is_carried_out(&record.action) => (None, Some(record)),
            open => (open, None),
        };
        let operation = format!("{}:{}", found.service.spec().id, found.verb.operation);
        let permission = self.permission(&profile.name, &operation).await?;
        let checks = vec![
            Check {
                id: "account".into(),
                ok: Some(account_ok),
                note: if account_ok {
                    format!("Account is {}", session.account)
                } else {
                    format!("Account is {}, but the row was read from {}", session.account, found.row.account)
                },
            },
            Check {
                id: "state".into(),
                ok: Some(draft.blocked.is_none()),
                note: draft.blocked.clone().unwrap_or_else(|| "Read live; read again before the call".into()),
            },
            permission,
            Check {
                id: "lock".into(),
                ok: Some(lock.is_none()),
                note: lock.as_ref().map_or("No lock on it or its environment".into(), guard::lock_note),
            },
            Check {
                id: "busy".into(),
                ok: if left.is_some() { None } else { Some(open.is_none()) },
                note: match (&open, &left) {
                    (Some(record), _) => guard::busy_note(record),
                    (_, Some(record)) => guard::left_note(record),
                    _ => "No other action on it".into(),
                },
            },
        ];
        let blocked = guard::protection(profile)
            .or_else(|| lock.as_ref().map(guard::lock_note))
            .or_else(|| (!account_ok).then(|| checks[0].note.clone()))
            .or_else(|| draft.blocked.clone())
            .or_else(|| open.as_ref().map(guard::busy_note));
        let usual = self.usual(&draft.of_arn).await;
        Ok(Plan {
            verb: found.verb.id.to_owned(),
            id: found.subject.id.clone(),
            profile: profile.name.clone(),
            account: session.account.clone(),
            region: found.row.region.clone(),
            protection: profile.protection,
            identity: Some(session.identity.clone()),
            confirm: confirm(profile, found.verb.confirm, draft.danger.as_ref()),
            effect: draft.effect,
            current: draft.current,
            targets,
            calls: draft.calls,
            not_undone: draft.not_undone,
            danger: draft.danger.map(|d| d.what),
            blocked,
            state: fingerprint(&session.account, &draft.state),
            checks,
            usual,
            read_at: now,
        })
    }

    /// What is known of a permission: seen to work, seen denied, or not known. Never claimed otherwise.
    async fn permission(&self, profile: &str, operation: &str) -> Result<Check, ActError> {
        if let Some(at) = self.denied_at(profile, operation) {
            return Ok(Check {
                id: "permission".into(),
                ok: Some(false),
                note: format!("{operation} was denied at {}", at.format("%H:%M:%S UTC")),
            });
        }
        let worked = self
            .ledger()
            .actions(200, None)
            .await?
            .into_iter()
            .filter(|a| a.profile == profile && a.outcome != Outcome::Refused)
            .flat_map(|a| a.calls)
            .find(|c| c.operation == operation && c.request_id.is_some());
        Ok(match worked {
            Some(call) => Check {
                id: "permission".into(),
                ok: Some(true),
                note: format!("{operation} succeeded on {}", call.at.format("%Y-%m-%d %H:%M UTC")),
            },
            None => Check { id: "permission".into(), ok: None, note: format!("{operation} is not known until called") },
        })
    }
}

/// What confirms an action: a protected profile wants its name typed, whatever the verb; what would be lost for good wants
/// its own; both, where it is both.
fn confirm(profile: &Profile, level: ConfirmLevel, danger: Option<&Danger>) -> Confirm {
    let protected = profile.protection != Protection::Open;
    let text = match (protected || level == ConfirmLevel::Type, danger) {
        (true, Some(danger)) => Some(format!("{}/{}", profile.name, danger.name)),
        (false, Some(danger)) => Some(danger.name.clone()),
        (true, None) => Some(profile.name.clone()),
        (false, None) => None,
    };
    Confirm { level: if text.is_some() { ConfirmLevel::Type } else { level }, text }
}

/// The subject under which a version is marked.
pub(crate) fn mark_subject(of_arn: &str, run_id: &str) -> String {
    format!("{of_arn}#{run_id}")
}

/// Fingerprint of the state a plan was read on: 16 hex digits of SHA-256 over account and parts, each with its length in
/// front, so that no two lists of parts look the same.
pub(crate) fn fingerprint(account: &str, parts: &[String]) -> String {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    for part in std::iter::once(account).chain(parts.iter().map(String::as_str)) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_tell_states_apart() {
        let one = fingerprint("111122223333", &["ab".into(), "c".into()]);
        assert_eq!(one.len(), 16);
        assert_ne!(one, fingerprint("111122223333", &["a".into(), "bc".into()]));
        assert_ne!(one, fingerprint("444455556666", &["ab".into(), "c".into()]));
        assert_eq!(one, fingerprint("111122223333", &["ab".into(), "c".into()]));
    }
}

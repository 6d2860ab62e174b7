//! One service's part in an action, step by step and without an engine: plan, the one call, following, finding out.

use skydeck_aws::{
    AwsError,
    service::{Draft, Found, Progress, Receipt, Request},
};
use skydeck_domain::{ActionRecord, Confirm, ConfirmLevel, Plan, Protection};

use crate::ground::{Scope, service_of};

/// Plans, as far as the service does.
pub(crate) async fn draft(scope: &Scope<'_>, service: &str, request: &Request) -> Result<Draft, AwsError> {
    let service = service_of(service);
    service.plan(&scope.session.urgent_reader(service.spec()), request).await
}

/// Plans, and makes a whole plan of it.
pub(crate) async fn plan(scope: &Scope<'_>, service: &str, request: &Request) -> Plan {
    let draft = draft(scope, service, request).await.expect("it can be planned");
    Plan {
        verb: request.verb.clone(),
        id: request.subject.id.clone(),
        profile: scope.session.profile.clone(),
        account: scope.session.account.clone(),
        region: scope.session.region.clone(),
        protection: Protection::Open,
        identity: Some(scope.session.identity.clone()),
        confirm: Confirm { level: ConfirmLevel::None, text: None },
        effect: draft.effect,
        current: draft.current,
        targets: draft.targets,
        calls: draft.calls,
        not_undone: draft.not_undone,
        danger: draft.danger.map(|d| d.what),
        blocked: draft.blocked,
        state: draft.state.join("\n"),
        checks: Vec::new(),
        usual: None,
        read_at: scope.ground.sim.clock().now(),
    }
}

/// Makes the one call of an intended action.
pub(crate) async fn try_act(
    scope: &Scope<'_>,
    service: &str,
    request: &Request,
    plan: &Plan,
    reason: &str,
) -> Result<(ActionRecord, Receipt), AwsError> {
    let service = service_of(service);
    let mut record = scope.record(&request.verb, &request.subject.id, request.target.as_deref(), reason);
    let actor = scope.session.actor(service.spec(), &record).await.expect("it is the right account");
    let receipt = service.call(&actor, request, plan).await?;
    record.follow_id.clone_from(&receipt.follow_id);
    Ok((record, receipt))
}

/// Makes the one call of an intended action, which must be accepted.
pub(crate) async fn act(
    scope: &Scope<'_>,
    service: &str,
    request: &Request,
    plan: &Plan,
    reason: &str,
) -> (ActionRecord, Receipt) {
    try_act(scope, service, request, plan, reason).await.expect("it is accepted")
}

/// Looks once how far an action is.
pub(crate) async fn follow(scope: &Scope<'_>, service: &str, record: &ActionRecord) -> Progress {
    let service = service_of(service);
    service.follow(&scope.session.reader(service.spec()), record).await.expect("it can be followed")
}

/// Lets the world's time go on until an action is over.
pub(crate) async fn follow_to_the_end(scope: &Scope<'_>, service: &str, record: &ActionRecord) -> Progress {
    for _ in 0..240 {
        match follow(scope, service, record).await {
            Progress::Running(words) => assert!(!words.is_empty()),
            over => return over,
        }
        scope.ground.sim.clock().advance(chrono::TimeDelta::seconds(15));
    }
    panic!("{} is not over after an hour", record.verb)
}

/// Finds out by reading whether it ran.
pub(crate) async fn find_out(scope: &Scope<'_>, service: &str, record: &ActionRecord) -> Found {
    let service = service_of(service);
    service.find_out(&scope.session.reader(service.spec()), record).await.expect("it can be read")
}

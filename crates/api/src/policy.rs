//! The IAM policies that Skydeck needs, from what the services declare they call: to observe, to operate, or just what one
//! service's reading takes.

use serde_json::{Value, json};
use skydeck_engine::{Spec, services};

use crate::contract::{ApiError, Code};

/// Whom a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sees everything, changes nothing.
    Observer,
    /// May also act.
    Operator,
}

/// The least-privilege policy for these services; for all of them if none is named.
pub fn policy(role: Role, service_ids: &[String]) -> Result<Value, ApiError> {
    let specs: Vec<&Spec> = services::ALL.iter().map(|s| s.spec()).collect();
    if let Some(unknown) = service_ids.iter().find(|id| !specs.iter().any(|s| s.id == id.as_str())) {
        let known: Vec<&str> = specs.iter().map(|s| s.id).collect();
        let message = format!("There is no service `{unknown}`. Services: {}.", known.join(", "));
        return Err(ApiError::new(Code::Invalid, message));
    }
    let chosen = specs.into_iter().filter(|s| service_ids.is_empty() || service_ids.iter().any(|id| id == s.id));
    let mut statements = Vec::new();
    for spec in chosen {
        statements.extend(statement(spec, false));
        if role == Role::Operator {
            statements.extend(statement(spec, true));
        }
    }
    Ok(json!({"Version": "2012-10-17", "Statement": statements}))
}

/// The statement that reading a service takes, as JSON text.
pub(crate) fn reading(service: &str) -> Option<String> {
    let statement = statement(services::by_id(service)?.spec(), false)?;
    serde_json::to_string_pretty(&statement).ok()
}

/// One statement of a service's reading or mutating calls; none if it has none. `Resource` is `*`: what is listed is not
/// known before it is listed, and AWS offers no narrower resource for the lists.
fn statement(spec: &Spec, mutates: bool) -> Option<Value> {
    let mut actions: Vec<&str> =
        spec.operations.iter().filter(|o| o.mutates == mutates).map(|o| o.permission).collect();
    actions.sort_unstable();
    actions.dedup();
    let sid = format!("Skydeck{}{}", if mutates { "Acts" } else { "Reads" }, spec.title.replace(' ', ""));
    (!actions.is_empty()).then(|| json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actions(policy: &Value) -> Vec<String> {
        let statements = policy["Statement"].as_array().unwrap();
        let lists = statements.iter().flat_map(|s| s["Action"].as_array().unwrap().clone());
        lists.map(|a| a.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn an_observer_may_exactly_what_is_read_and_an_operator_what_is_called() {
        let observer = actions(&policy(Role::Observer, &[]).unwrap());
        let operator = actions(&policy(Role::Operator, &[]).unwrap());
        assert!(observer.contains(&"codepipeline:GetPipelineState".to_owned()));
        for service in services::ALL {
            for operation in service.spec().operations {
                let permission = operation.permission.to_owned();
                assert!(operator.contains(&permission), "{permission}");
                assert_eq!(observer.contains(&permission), !operation.mutates, "{permission}");
            }
        }
    }

    #[test]
    fn a_service_that_is_not_there_is_named_with_those_that_are() {
        let error = policy(Role::Observer, &["codepipe".into()]).unwrap_err();
        assert_eq!(error.code, Code::Invalid);
        assert!(error.message.contains("codepipeline"), "{error}");
        assert!(reading("codepipeline").unwrap().contains("SkydeckReadsCodePipeline"));
        assert_eq!(reading("nothing"), None);
    }
}

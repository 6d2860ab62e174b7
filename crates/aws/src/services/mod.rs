//! Every service, in the order in which they are listed everywhere; and what service files share.

pub mod cloudformation;
pub mod codebuild;
pub mod codecommit;
pub mod codepipeline;

mod command;
mod instant;
mod logs;
mod redact;
pub(crate) mod text;

use crate::{AwsError, ErrorClass, service::Service};

/// All services, ordered by id.
pub static ALL: &[&dyn Service] =
    &[&cloudformation::CloudFormation, &codebuild::CodeBuild, &codecommit::CodeCommit, &codepipeline::CodePipeline];

/// The service of that id.
pub fn by_id(id: &str) -> Option<&'static dyn Service> {
    ALL.iter().copied().find(|s| s.spec().id == id)
}

/// The service whose kind that is.
pub fn by_kind(kind: &str) -> Option<&'static dyn Service> {
    ALL.iter().copied().find(|s| s.spec().kinds.contains(&kind))
}

/// The partition a Region lies in, as ARNs name it.
fn partition(region: &str) -> &'static str {
    match region {
        r if r.starts_with("cn-") => "aws-cn",
        r if r.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// Whether an error of one call makes further calls of the same read senseless: what it says is true of all of them.
fn ends_the_read(error: &AwsError) -> bool {
    use ErrorClass::*;
    matches!(error.class, SignedOut | Throttled | Unreachable | NotAvailable | Retired | Config)
}

/// Whether an error of a read that a plan needs says that the plan cannot be made, which is an answer; anything else
/// (no network, signed out, no such thing) is an error.
fn blocks_a_plan(error: &AwsError) -> bool {
    matches!(error.class, ErrorClass::Denied | ErrorClass::Failed | ErrorClass::NotAvailable | ErrorClass::Retired)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::service::Undo;

    #[test]
    fn services_are_unique_and_ordered() {
        assert!(ALL.is_sorted_by_key(|s| s.spec().id));
        assert_eq!(ALL.iter().map(|s| s.spec().id).collect::<BTreeSet<_>>().len(), ALL.len());
        for service in ALL {
            assert_eq!(by_id(service.spec().id).map(|s| s.spec().id), Some(service.spec().id));
        }
    }

    /// Or a Region that lacks the service looks like being offline.
    #[test]
    fn the_region_table_knows_every_service_and_no_other() {
        let credentials = ["portal.sso", "sts"];
        let called: BTreeSet<&str> = ALL
            .iter()
            .flat_map(|s| s.spec().operations.iter().filter_map(|o| o.permission.split(':').next()))
            .chain(ALL.iter().map(|s| s.spec().endpoint_prefix))
            .chain(credentials)
            .collect();
        for prefix in ALL.iter().map(|s| s.spec().endpoint_prefix).chain(credentials) {
            assert!(crate::regions::knows_service(prefix), "{prefix}: add it to crates/aws/gen/regions.py");
        }
        for prefix in crate::regions::services() {
            assert!(called.contains(prefix), "{prefix} is called by nothing: take it out of crates/aws/gen/regions.py");
        }
    }

    #[test]
    fn kinds_are_unique_and_named_after_their_service() {
        let mut seen = BTreeSet::new();
        for spec in ALL.iter().map(|s| s.spec()) {
            for kind in spec.kinds {
                assert!(kind.starts_with(&format!("{}.", spec.id)), "{kind}");
                assert!(seen.insert(kind), "{kind}");
            }
            assert!(spec.items.is_none_or(|kind| spec.kinds.contains(&kind)), "{}", spec.id);
        }
    }

    #[test]
    fn operations_are_declared_once_each_with_its_permission() {
        for spec in ALL.iter().map(|s| s.spec()) {
            let names: BTreeSet<_> = spec.operations.iter().map(|o| o.name).collect();
            assert_eq!(names.len(), spec.operations.len(), "{}", spec.id);
            for operation in spec.operations {
                let (service, action) = operation.permission.split_once(':').expect(operation.name);
                assert!(!service.is_empty() && !action.is_empty(), "{}", operation.permission);
                let reads = ["List", "Get", "BatchGet", "Describe"].iter().any(|r| operation.name.starts_with(r));
                assert_eq!(operation.mutates, !reads, "{}", operation.name);
            }
        }
    }

    #[test]
    fn every_verb_is_whole() {
        for service in ALL {
            let spec = service.spec();
            let ids: BTreeSet<_> = service.verbs().iter().map(|v| (v.id, v.kind)).collect();
            assert_eq!(ids.len(), service.verbs().len(), "{}", spec.id);
            for verb in service.verbs() {
                let operation = spec.operations.iter().find(|o| o.name == verb.operation);
                assert!(operation.is_some_and(|o| o.mutates), "{} calls {}", verb.id, verb.operation);
                assert!(spec.kinds.contains(&verb.kind), "{}", verb.kind);
                assert!(verb.options.iter().all(|o| {
                    ["mode", "abandon", "comment", "revision", "variable", "skip", "drift-aware"].contains(o)
                }));
                match verb.undo {
                    Undo::By(other) => assert!(service.verbs().iter().any(|v| v.id == other), "{other}"),
                    Undo::None(why) => assert!(!why.is_empty()),
                }
            }
        }
    }

    #[test]
    fn every_mutating_operation_belongs_to_a_verb() {
        for service in ALL {
            for operation in service.spec().operations.iter().filter(|o| o.mutates) {
                assert!(service.verbs().iter().any(|v| v.operation == operation.name), "{}", operation.name);
            }
        }
    }
}

//! The simulated services, one file each; what they share with each other is the world.
//!
//! One more is its file, its line in `ALL`, its operations in `crates/sim/gen/operations.json`, and `cargo xtask gen`,
//! which fetches their models. It meets plain values only: bytes, signatures and constraints are the protocol layer's.

mod cloudformation;
mod codebuild;
mod codecommit;
mod codepipeline;
mod logs;
mod sso;
mod sts;

use crate::service::Service;
use crate::world::World;

/// Every service, in the order of their endpoint prefixes.
pub(crate) static ALL: &[&dyn Service<World>] = &[
    &cloudformation::CloudFormation,
    &codebuild::CodeBuild,
    &codecommit::CodeCommit,
    &codepipeline::CodePipeline,
    &logs::Logs,
    &sso::Sso,
    &sts::Sts,
];

/// The service of that endpoint prefix, if it is simulated.
pub(crate) fn find(id: &str) -> Option<&'static dyn Service<World>> {
    ALL.iter().find(|service| service.id() == id).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    #[test]
    fn services_are_in_order_and_offer_what_the_model_holds() {
        let ids: Vec<&str> = ALL.iter().map(|service| service.id()).collect();
        let models: Vec<&str> = model::services().iter().map(|service| service.id.as_str()).collect();
        assert_eq!(ids, models, "every service has its model, see crates/sim/gen/operations.json");
        for service in ALL {
            let mut offered = service.operations().to_vec();
            offered.sort_unstable();
            let model = model::service(service.id()).expect("has its model");
            let modelled: Vec<&str> = model.operations.keys().map(String::as_str).collect();
            assert_eq!(offered, modelled, "{}: operations() and crates/sim/gen/operations.json", service.id());
        }
    }
}

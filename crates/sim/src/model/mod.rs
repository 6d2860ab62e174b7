//! What AWS's models say of the offered operations: how they are bound to the wire, and what they accept.
//!
//! Generated from botocore's models by `crates/sim/gen/model.py`, so that no one here decides what AWS looks like.
//! What the operations do is not in here; that is the services' business.

mod data;
mod errors;
mod input;
mod output;
mod pattern;
mod shape;

use std::sync::LazyLock;

pub use data::BOTOCORE;
pub use shape::{ErrorTrait, Member, Operation, ServiceModel, Shape, ShapeKind};

pub(crate) use errors::may_answer;
pub(crate) use input::violations;
pub(crate) use output::disagreements;

/// Every service of the simulator, in the order of their endpoint prefixes. Read once; a few milliseconds.
pub fn services() -> &'static [ServiceModel] {
    static SERVICES: LazyLock<Vec<ServiceModel>> = LazyLock::new(|| {
        let read = |(id, json): &(&str, &str)| {
            serde_json::from_str(json)
                .unwrap_or_else(|error| panic!("the generated model of {id} cannot be read: {error}"))
        };
        data::MODELS.iter().map(read).collect()
    });
    &SERVICES
}

/// The service of that endpoint prefix.
pub fn service(id: &str) -> Option<&'static ServiceModel> {
    services().iter().find(|service| service.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_to_a_shape() {
        for service in services() {
            for operation in service.operations.values() {
                for name in operation.input.iter().chain(&operation.output).chain(&operation.errors) {
                    service.shape(name);
                }
            }
            for shape in service.shapes.values() {
                for member in shape.references() {
                    service.shape(&member.shape);
                }
            }
        }
    }

    #[test]
    fn services_are_found_by_endpoint_prefix() {
        assert_eq!(service("portal.sso").map(|s| s.signing.as_str()), Some("awsssoportal"));
        assert!(service("sso").is_none());
    }
}

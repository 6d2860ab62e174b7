//! Every service, in the order in which they are listed everywhere.

use crate::service::Service;

/// All services, ordered by id.
pub static ALL: &[&dyn Service] = &[];

/// The service of that id.
pub fn by_id(id: &str) -> Option<&'static dyn Service> {
    ALL.iter().copied().find(|s| s.spec().id == id)
}

/// The service whose kind that is.
pub fn by_kind(kind: &str) -> Option<&'static dyn Service> {
    ALL.iter().copied().find(|s| s.spec().kinds.contains(&kind))
}

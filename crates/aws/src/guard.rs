//! The wall between reading and acting, at the one door every signed call must pass: a client gets credentials only for
//! the operation that [`crate::Caller`] is making right now, and a caller makes only declared operations, mutating ones
//! only for an action that is in the ledger.
//!
//! It sits in the SDK's identity cache, because that is told the operation and is part of the shared `SdkConfig`: no
//! service file can forget it, as it could forget an interceptor on its own client.

use std::fmt;

use aws_smithy_runtime_api::client::{
    identity::{IdentityFuture, ResolveCachedIdentity, ResolveIdentity, SharedIdentityResolver},
    orchestrator::Metadata,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::config_bag::ConfigBag;

tokio::task_local! {
    /// The operation that the present task is making through a `Caller`.
    static UNDER_WAY: &'static str;
}

/// Runs a call as the operation of that name.
pub(crate) async fn as_operation<T>(operation: &'static str, call: impl Future<Output = T>) -> T {
    UNDER_WAY.scope(operation, call).await
}

/// Gives credentials for the operation under way and for no other. Caches nothing: a session's credentials are fixed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guard;

/// A client was used for an operation that is not the one under way.
#[derive(Debug)]
pub(crate) struct NotTheCall {
    wanted: String,
    under_way: Option<&'static str>,
}

impl fmt::Display for NotTheCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.under_way {
            Some(op) => write!(f, "{} was about to be sent where {op} was declared", self.wanted),
            None => write!(f, "{} was about to be sent past the caller, and so past its limits", self.wanted),
        }
    }
}

impl std::error::Error for NotTheCall {}

impl ResolveCachedIdentity for Guard {
    fn resolve_cached_identity<'a>(
        &'a self,
        resolver: SharedIdentityResolver,
        components: &'a RuntimeComponents,
        config: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        let wanted = config.load::<Metadata>().map(Metadata::name);
        let under_way = UNDER_WAY.try_with(|op| *op).ok();
        if wanted.is_some() && wanted == under_way {
            // The resolver is held by the future, which may outlive this call.
            return IdentityFuture::new(async move { resolver.resolve_identity(components, config).await });
        }
        let refused = NotTheCall { wanted: wanted.unwrap_or("an unnamed operation").to_owned(), under_way };
        IdentityFuture::ready(Err(refused.into()))
    }
}

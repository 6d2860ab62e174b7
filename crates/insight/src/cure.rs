//! What would make a source readable again.

use skydeck_domain::{Cure, SourceState, SourceStatus};

/// Our own codes for what is wrong in the AWS config files; each message names the place and what to write there.
const CONFIG: &[&str] = &[
    "ConfigError",
    "CredentialProcessNotFound",
    "CredentialProcessUnreadable",
    "LoginNotSupported",
    "MetadataUnavailable",
    "MfaNotSupported",
    "ProfileNotFound",
    "UnknownRegion",
];

/// AWS's codes for a missing permission.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationErrorException",
    "ForbiddenException",
    "NotAuthorized",
    "UnauthorizedOperation",
];

/// What would help a source, or none if it is read, or was not tried yet.
pub fn cure(source: &SourceStatus) -> Option<Cure> {
    let is = |codes: &[&str]| source.error.as_ref().is_some_and(|e| codes.contains(&e.code.as_str()));
    match source.state {
        SourceState::Ok | SourceState::NotAvailable | SourceState::Retired | SourceState::Pending => None,
        _ if is(CONFIG) => Some(Cure::Config),
        SourceState::Denied => Some(Cure::Permission),
        // The first of its errors is the one that is told; a partial read is most often a single missing permission.
        SourceState::Partial if is(DENIED) => Some(Cure::Permission),
        SourceState::SignedOut => Some(Cure::SignIn),
        SourceState::Unreachable => Some(Cure::Network),
        SourceState::Throttled | SourceState::Partial | SourceState::Failed => Some(Cure::Wait),
    }
}

#[cfg(test)]
mod tests {
    use skydeck_domain::{ErrorInfo, SourceId};

    use super::*;

    fn source(state: SourceState, code: &str) -> SourceStatus {
        SourceStatus {
            id: SourceId { profile: "dev".into(), region: "eu-west-1".into(), service: "codepipeline".into() },
            account: None,
            state,
            error: (!code.is_empty()).then(|| ErrorInfo { code: code.into(), message: String::new(), operation: None }),
            ok_at: None,
            read_at: None,
            next_at: None,
            rows: 0,
            api_calls: 0,
            throttles: 0,
            elapsed_ms: 0,
        }
    }

    #[test]
    fn every_state_has_its_cure() {
        for (state, code, want) in [
            (SourceState::Ok, "", None),
            (SourceState::Pending, "", None),
            (SourceState::NotAvailable, "UnrecognizedClientException", None),
            (SourceState::Retired, "", None),
            (SourceState::Denied, "AccessDeniedException", Some(Cure::Permission)),
            (SourceState::Partial, "AccessDeniedException", Some(Cure::Permission)),
            (SourceState::Partial, "InternalFailure", Some(Cure::Wait)),
            (SourceState::SignedOut, "ExpiredToken", Some(Cure::SignIn)),
            (SourceState::SignedOut, "ConfigError", Some(Cure::Config)),
            (SourceState::Failed, "ConfigError", Some(Cure::Config)),
            (SourceState::Failed, "UnknownRegion", Some(Cure::Config)),
            (SourceState::Partial, "UnauthorizedOperation", Some(Cure::Permission)),
            (SourceState::Partial, "StoreDiskFull", Some(Cure::Wait)),
            (SourceState::Failed, "InternalFailure", Some(Cure::Wait)),
            (SourceState::Throttled, "ThrottlingException", Some(Cure::Wait)),
            (SourceState::Unreachable, "DispatchFailure", Some(Cure::Network)),
        ] {
            assert_eq!(cure(&source(state, code)), want, "{state:?} {code}");
        }
        for state in SourceState::ALL {
            assert_eq!(
                cure(&source(state, "")).is_none(),
                state.is_read() || state == SourceState::Pending,
                "{state:?}"
            );
        }
    }
}

//! Which errors an operation can answer: those it declares, and those that every service has.

use super::{Operation, ServiceModel};

/// Errors that AWS's services answer without declaring them, as the "Common Errors" of their API references say; and the
/// SSO portal's `ForbiddenException`, which is in no model.
const COMMON: [&str; 9] = [
    "AccessDenied",
    "AccessDeniedException",
    "ForbiddenException",
    "InternalFailure",
    "OptInRequired",
    "ServiceUnavailable",
    "ThrottlingException",
    "ValidationError",
    "ValidationException",
];

/// Whether the operation can answer that error.
pub(crate) fn may_answer(service: &ServiceModel, operation: &Operation, code: &str) -> bool {
    let declared = || service.error(code).is_some_and(|(shape, _)| operation.errors.iter().any(|name| name == shape));
    COMMON.contains(&code) || declared()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::service;

    #[test]
    fn declared_and_common_errors_are_possible_and_others_are_not() {
        let sts = service("sts").expect("sts");
        let operation = &sts.operations["AssumeRoleWithWebIdentity"];
        // Its shape is called IDPRejectedClaimException.
        assert!(may_answer(sts, operation, "IDPRejectedClaim"));
        assert!(may_answer(sts, operation, "AccessDenied"));
        assert!(!may_answer(sts, &sts.operations["AssumeRole"], "IDPRejectedClaim"));
        assert!(!may_answer(sts, operation, "PipelineNotFoundException"));
    }
}

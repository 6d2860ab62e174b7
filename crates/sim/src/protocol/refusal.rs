//! Why a call is refused, and what each protocol family calls that. AWS's common errors differ in code and status
//! between awsJson, query and REST; the services' own errors are as their model declares.

use super::About;
use crate::service::ApiError;

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Refusal {
    /// It is not signed.
    MissingAuthenticationToken,
    /// Its signature lacks this.
    IncompleteSignature(String),
    /// Its signature is not for this.
    InvalidSignature(String),
    /// Its key is not known here: a wrong session token, or a Region that is not enabled.
    UnrecognizedClient,
    /// Its session has ended.
    ExpiredToken,
    /// The caller may not.
    AccessDenied(String),
    /// Too many calls.
    Throttling,
    /// The model forbids the input.
    Validation(Vec<String>),
    /// The body is not what the protocol says.
    Serialization(String),
    /// There is no such operation, or it is not offered.
    UnknownOperation(String),
    /// The service's own error; its model may say another status.
    Declared(ApiError),
    /// A fault's error, to the letter.
    Injected(ApiError),
}

/// How a family of protocols calls the common errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// awsJson (and rpc-v2-cbor).
    Json,
    /// awsQuery.
    Query,
    /// restJson.
    Rest,
}

impl Refusal {
    /// Code, message and status, as that family has them.
    pub(crate) fn error(&self, family: Family, about: About) -> ApiError {
        let (json, query, [json_status, query_status, rest_status], message) = match self {
            Refusal::MissingAuthenticationToken => (
                "MissingAuthenticationTokenException",
                "MissingAuthenticationToken",
                [400, 403, 403],
                "Missing Authentication Token".to_owned(),
            ),
            Refusal::IncompleteSignature(what) => {
                ("IncompleteSignatureException", "IncompleteSignature", [400, 400, 403], what.clone())
            }
            Refusal::InvalidSignature(what) => {
                ("InvalidSignatureException", "SignatureDoesNotMatch", [400, 403, 403], what.clone())
            }
            Refusal::UnrecognizedClient => (
                "UnrecognizedClientException",
                "InvalidClientTokenId",
                [400, 403, 403],
                "The security token included in the request is invalid.".to_owned(),
            ),
            Refusal::ExpiredToken => (
                "ExpiredTokenException",
                "ExpiredToken",
                [400, 403, 403],
                "The security token included in the request is expired".to_owned(),
            ),
            Refusal::AccessDenied(what) => ("AccessDeniedException", "AccessDenied", [400, 403, 403], what.clone()),
            Refusal::Throttling => {
                let json = declared(about, &["ThrottlingException", "TooManyRequestsException"]);
                (json, "Throttling", [400, 400, 429], "Rate exceeded".to_owned())
            }
            Refusal::Validation(violations) => {
                let json =
                    declared(about, &["ValidationException", "InvalidParameterException", "InvalidRequestException"]);
                (json, "ValidationError", [400, 400, 400], validation_message(violations))
            }
            Refusal::Serialization(what) => ("SerializationException", "MalformedInput", [400, 400, 400], what.clone()),
            Refusal::UnknownOperation(name) => {
                let version = about.service.map_or("", |service| &service.api_version);
                let message = match family {
                    Family::Query => format!("Could not find operation {name} for version {version}"),
                    Family::Json | Family::Rest => format!("The operation {name} is not known, or not offered here"),
                };
                ("UnknownOperationException", "InvalidAction", [400, 400, 404], message)
            }
            Refusal::Declared(error) => {
                let declared = about.service.and_then(|service| service.error(&error.code));
                let status = declared.and_then(|(_, error)| error.http_status_code).unwrap_or(error.status);
                return ApiError { status, ..error.clone() };
            }
            Refusal::Injected(error) => return error.clone(),
        };
        let (code, status) = match family {
            Family::Json => (json, json_status),
            Family::Query => (query, query_status),
            Family::Rest => (json, rest_status),
        };
        ApiError { code: code.to_owned(), message, status }
    }

    /// The code by which the call log tells it.
    pub(crate) fn code(&self, about: About) -> String {
        self.error(Family::Json, about).code
    }
}

/// The first of the codes that the operation declares, or the first of all.
fn declared(about: About, codes: &[&'static str]) -> &'static str {
    let declares = |code: &&&str| about.operation.is_some_and(|op| op.errors.iter().any(|error| error == **code));
    codes.iter().find(declares).unwrap_or(&codes[0])
}

fn validation_message(violations: &[String]) -> String {
    let errors = if violations.len() == 1 { "error" } else { "errors" };
    format!("{} validation {errors} detected: {}", violations.len(), violations.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    fn about(id: &str, operation: &str) -> About {
        let service = model::service(id).expect("a service");
        About { service: Some(service), operation: Some(&service.operations[operation]) }
    }

    #[test]
    fn a_service_that_declares_its_own_code_for_a_common_error_uses_it() {
        let two = Refusal::Validation(vec!["a".to_owned(), "b".to_owned()]);
        let error = two.error(Family::Json, about("logs", "GetLogEvents"));
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            ("InvalidParameterException", "2 validation errors detected: a; b")
        );
        assert_eq!(two.error(Family::Json, about("codepipeline", "GetPipeline")).code, "ValidationException");
        assert_eq!(two.error(Family::Query, about("sts", "AssumeRole")).code, "ValidationError");
        let throttled = Refusal::Throttling.error(Family::Rest, about("portal.sso", "ListAccounts"));
        assert_eq!((throttled.code.as_str(), throttled.status), ("TooManyRequestsException", 429));
    }

    #[test]
    fn a_declared_error_has_the_status_of_its_model() {
        let declared = Refusal::Declared(ApiError::client("UnauthorizedException", "no"));
        assert_eq!(declared.error(Family::Rest, about("portal.sso", "ListAccounts")).status, 401);
        let unmodelled = Refusal::Declared(ApiError { code: "Oops".to_owned(), message: String::new(), status: 418 });
        assert_eq!(unmodelled.error(Family::Rest, about("portal.sso", "ListAccounts")).status, 418);
    }
}

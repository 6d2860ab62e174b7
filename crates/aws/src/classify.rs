//! What an SDK error means: one table for all services, by AWS's error codes and by what happened on the wire.
//!
//! Messages of AWS are passed on, shortened, except where they may hold a secret: a refused signature is answered with
//! the canonical request, session token included.

use std::{error::Error, fmt};

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::{display::DisplayErrorContext, metadata::ProvideErrorMetadata};
use chrono::TimeDelta;
use skydeck_domain::ErrorInfo;

use crate::{ErrorClass, guard::NotTheCall, services::text::acts};

/// What one attempt came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) class: ErrorClass,
    pub(crate) code: String,
    pub(crate) message: String,
    /// Whether a reading call is worth another attempt.
    pub(crate) retryable: bool,
    /// Whether a wrong clock here would explain it.
    pub(crate) may_be_time: bool,
    /// Whether the service answered at all; what is not answered counts for the breaker.
    pub(crate) answered: bool,
    pub(crate) certainly_not_run: bool,
    pub(crate) retry_after: Option<TimeDelta>,
}

impl Verdict {
    pub(crate) fn info(&self, operation: &str) -> ErrorInfo {
        ErrorInfo {
            code: self.code.clone(),
            message: self.message.clone(),
            operation: Some(operation.to_owned()).filter(|o| !o.is_empty()),
        }
    }
}

const NO_ANSWER: &str = "AWS did not answer in time. Check the network and the proxy, and try again.";
const BROKEN: &str = "The connection broke before the answer came. Check the network and the proxy, and try again.";

/// Classifies any service's error.
pub(crate) fn classify<E>(error: &SdkError<E, HttpResponse>) -> Verdict
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ConstructionFailure(_) => not_sent(error),
        SdkError::TimeoutError(_) => wire("TimeoutError", NO_ANSWER, false),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            _ if find::<NotTheCall>(error).is_some() => not_sent(error),
            Some(e) if never_connected(e) => wire("ConnectionFailed", &connection_text(e), true),
            Some(e) if e.is_timeout() => wire("TimeoutError", NO_ANSWER, false),
            Some(e) if e.is_user() => not_sent(error),
            _ => wire("DispatchFailure", BROKEN, false),
        },
        // A load balancer's page says nothing in the service's own protocol; its status says enough.
        SdkError::ResponseError(e) if matches!(e.raw().status().as_u16(), 429 | 500..) => {
            let mut verdict = by_code("", None, e.raw().status().as_u16());
            verdict.retry_after = retry_after(e.raw());
            verdict
        }
        SdkError::ResponseError(e) => Verdict {
            class: ErrorClass::Failed,
            code: "ResponseError".into(),
            message: format!(
                "AWS's answer (HTTP {}) could not be read whole or understood.",
                e.raw().status().as_u16()
            ),
            retryable: true,
            may_be_time: false,
            answered: false,
            certainly_not_run: false,
            retry_after: None,
        },
        SdkError::ServiceError(e) => {
            let status = e.raw().status().as_u16();
            let mut verdict = by_code(e.err().code().unwrap_or_default(), e.err().message(), status);
            verdict.retry_after = retry_after(e.raw());
            verdict
        }
        _ => wire("DispatchFailure", "The call failed in a way the SDK has no name for.", false),
    }
}

/// The table of codes.
pub(crate) fn by_code(code: &str, message: Option<&str>, status: u16) -> Verdict {
    // Query and XML services prefix nothing, JSON ones may: `com.amazonaws.codepipeline#PipelineNotFoundException`.
    let code = code.rsplit('#').next().unwrap_or_default();
    let class = match class_of(code, status) {
        // CloudFormation has no code of its own for it: `Stack with id web does not exist`.
        ErrorClass::Invalid if code == "ValidationError" && message.is_some_and(says_not_there) => ErrorClass::NotFound,
        class => class,
    };
    let own = match code {
        _ if TIME.contains(&code) => Some("AWS refused the time of this request: set this machine's clock.".to_owned()),
        _ if class == ErrorClass::SignedOut => Some(signed_out_text(code)),
        _ => None,
    };
    Verdict {
        class,
        code: if code.is_empty() { format!("HTTP {status}") } else { code.to_owned() },
        message: own.unwrap_or_else(|| match message.map(clean).filter(|m| !m.is_empty()) {
            Some(m) => m,
            None if status == 503 => "AWS says that the service is unavailable.".into(),
            None => format!("AWS answered HTTP {status} and gave no reason."),
        }),
        retryable: class == ErrorClass::Throttled
            || (class == ErrorClass::Failed && matches!(status, 500 | 502 | 503 | 504)),
        answered: !(class == ErrorClass::Throttled || matches!(status, 500 | 502..=599)),
        may_be_time: TIME.contains(&code) || SIGNATURE.contains(&code),
        // A client's fault (4xx) was refused before it ran; a server's may have run.
        certainly_not_run: class == ErrorClass::Throttled || (400..500).contains(&status),
        retry_after: None,
    }
}

/// The time of the request was refused.
const TIME: &[&str] = &["RequestTimeTooSkewed", "RequestExpired"];
/// The signature was refused, which is also how some services say it of the time.
const SIGNATURE: &[&str] = &["InvalidSignatureException", "SignatureDoesNotMatch"];

/// As in the SDK's own list, without `LimitExceededException`: that is a quota, and waiting does not help.
const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

const SIGNED_OUT: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnauthorizedException",
    "UnrecognizedClientException",
];

/// Codes of credentials that AWS does not know *here*: bad keys, or a Region that is not enabled in the account.
pub(crate) const NOT_KNOWN_HERE: &[&str] = &["InvalidClientTokenId", "UnrecognizedClientException"];

const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationErrorException",
    "ForbiddenException",
    "NotAuthorized",
    "UnauthorizedOperation",
];

const NOT_AVAILABLE: &[&str] = &["OptInRequired", "RegionDisabledException", "SubscriptionRequiredException"];

/// Refused because of the thing's state, by name; most others are told by their suffix.
const CONFLICT: &[&str] = &[
    "ApprovalAlreadyCompletedException",
    "DeploymentAlreadyCompletedException",
    "DuplicatedStopRequestException",
    "InvalidApprovalTokenException",
    "LimitExceededException",
    "NotLatestPipelineExecutionException",
    "PipelineExecutionNotStoppableException",
    "PipelineExecutionOutdatedException",
    "ResourceAlreadyExistsException",
    "ResourceInUseException",
    "StageNotRetryableException",
    "UnableToRollbackStageException",
];

fn class_of(code: &str, status: u16) -> ErrorClass {
    let among = |list: &[&str]| list.contains(&code);
    if among(THROTTLED) || status == 429 {
        ErrorClass::Throttled
    } else if TIME.contains(&code) {
        ErrorClass::Config
    } else if among(SIGNED_OUT) {
        ErrorClass::SignedOut
    } else if among(DENIED) {
        ErrorClass::Denied
    } else if among(NOT_AVAILABLE) {
        ErrorClass::NotAvailable
    } else if status >= 500 {
        ErrorClass::Failed
    } else if among(CONFLICT) || code.contains("Conflict") || code.starts_with("Concurrent") {
        ErrorClass::Conflict
    } else if code.contains("NotFound") || code.contains("DoesNotExist") || code.starts_with("NoSuch") || status == 404
    {
        ErrorClass::NotFound
    } else if status == 401 || status == 403 {
        ErrorClass::Denied
    } else if code.starts_with("UnknownOperation") || code == "InvalidAction" {
        // The operation is not there: an AWS of an older day, a stand-in. Nothing was wrong with the request.
        ErrorClass::Failed
    } else {
        ErrorClass::Invalid
    }
}

fn says_not_there(message: &str) -> bool {
    message.contains("does not exist")
}

fn signed_out_text(code: &str) -> String {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => {
            "The credentials have expired. Sign in again.".into()
        }
        "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException" => {
            "AWS refused the signature: the secret access key is wrong, or this machine's clock is.".into()
        }
        _ => "AWS does not know these credentials, or no longer. Sign in again, or renew the access key.".into(),
    }
}

fn not_sent(error: &(dyn Error + 'static)) -> Verdict {
    Verdict {
        class: ErrorClass::Invalid,
        code: "NotSent".into(),
        message: clean(&format!("The call was not sent: {}", DisplayErrorContext(error))),
        retryable: false,
        may_be_time: false,
        answered: true,
        certainly_not_run: true,
        retry_after: None,
    }
}

fn wire(code: &str, message: &str, certainly_not_run: bool) -> Verdict {
    Verdict {
        class: ErrorClass::Unreachable,
        code: code.into(),
        message: message.into(),
        retryable: true,
        may_be_time: false,
        answered: false,
        certainly_not_run,
        retry_after: None,
    }
}

/// Whether not even a connection came about, so that nothing can have run.
fn never_connected(error: &(dyn Error + 'static)) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable};
    find::<hyper_util::client::legacy::Error>(error).is_some_and(|e| e.is_connect())
        || find::<std::io::Error>(error)
            .is_some_and(|e| matches!(e.kind(), ConnectionRefused | HostUnreachable | NetworkUnreachable))
}

fn connection_text(error: &(dyn Error + 'static)) -> String {
    match find::<std::io::Error>(error) {
        Some(io) => clean(&format!("No connection: {io}. Check the network, the proxy and the endpoint URL.")),
        None => "No connection. Check the network, the proxy and the endpoint URL.".into(),
    }
}

/// The first error of that type in the chain.
pub(crate) fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(e) = next {
        if let Some(found) = e.downcast_ref::<E>() {
            return Some(found);
        }
        next = e.source();
    }
    None
}

fn retry_after(response: &HttpResponse) -> Option<TimeDelta> {
    let headers = response.headers();
    let ms = headers.get("x-amz-retry-after").and_then(|v| v.parse::<i64>().ok());
    let s = headers.get("retry-after").and_then(|v| v.parse::<i64>().ok()).map(|s| s.saturating_mul(1000));
    // Nobody is told to come back after more than an hour.
    ms.or(s).filter(|ms| (1..=3_600_000).contains(ms)).map(TimeDelta::milliseconds)
}

/// One line of nothing but what is shown, not longer than people read.
pub(crate) fn clean(text: &str) -> String {
    const LONGEST: usize = 600;
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || acts(c)).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > LONGEST {
            let cut = (0..=LONGEST).rev().find(|i| out.is_char_boundary(*i)).unwrap_or(0);
            out.truncate(cut);
            out.push('…');
            break;
        }
    }
    out
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;

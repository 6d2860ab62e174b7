//! The table of what errors mean.

use aws_smithy_runtime_api::{
    client::result::ConnectorError,
    http::{Response, StatusCode},
};
use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};

use super::*;

type Sdk = SdkError<ErrorMetadata, HttpResponse>;

fn response(status: u16, headers: &[(&'static str, &'static str)]) -> HttpResponse {
    let mut response = Response::new(StatusCode::try_from(status).expect("a status"), SdkBody::empty());
    for (name, value) in headers {
        response.headers_mut().insert(*name, *value);
    }
    response
}

#[test]
fn codes_of_every_kind() {
    use ErrorClass::*;
    // code, status → class, worth another read, certainly did not run
    let cases: &[(&str, u16, ErrorClass, bool, bool)] = &[
        ("AccessDeniedException", 400, Denied, false, true),
        ("AccessDenied", 403, Denied, false, true),
        ("", 403, Denied, false, true),
        ("ForbiddenException", 403, Denied, false, true),
        ("ExpiredTokenException", 400, SignedOut, false, true),
        ("UnrecognizedClientException", 400, SignedOut, false, true),
        ("InvalidClientTokenId", 403, SignedOut, false, true),
        ("UnauthorizedException", 401, SignedOut, false, true),
        ("ThrottlingException", 400, Throttled, true, true),
        ("Throttling", 400, Throttled, true, true),
        ("", 429, Throttled, true, true),
        ("ThrottlingException", 503, Throttled, true, true),
        ("LimitExceededException", 400, Conflict, false, true),
        ("PipelineNotFoundException", 400, NotFound, false, true),
        ("com.amazonaws.codepipeline#PipelineNotFoundException", 400, NotFound, false, true),
        ("RepositoryDoesNotExistException", 400, NotFound, false, true),
        ("NoSuchEntity", 404, NotFound, false, true),
        ("ConflictException", 400, Conflict, false, true),
        ("ConcurrentPipelineExecutionsLimitExceededException", 400, Conflict, false, true),
        ("NotLatestPipelineExecutionException", 400, Conflict, false, true),
        ("StageNotRetryableException", 400, Conflict, false, true),
        ("UnableToRollbackStageException", 400, Conflict, false, true),
        ("ValidationException", 400, Invalid, false, true),
        ("RegionDisabledException", 403, NotAvailable, false, true),
        ("RequestTimeTooSkewed", 403, Config, false, true),
        ("UnknownOperationException", 400, Failed, false, true),
        ("InternalFailure", 500, Failed, true, false),
        ("ServiceUnavailable", 503, Failed, true, false),
        ("", 502, Failed, true, false),
        ("NotImplemented", 501, Failed, false, false),
    ];
    for (code, status, class, retryable, not_run) in cases {
        let got = by_code(code, Some("why"), *status);
        let want = (*class, *retryable, *not_run);
        assert_eq!((got.class, got.retryable, got.certainly_not_run), want, "{code} {status}");
        assert!(!got.code.is_empty() && !got.code.contains('#') && !got.message.is_empty());
    }
}

#[test]
fn what_happened_on_the_wire() {
    use ErrorClass::*;
    let io = |kind| Sdk::dispatch_failure(ConnectorError::io(Box::new(std::io::Error::from(kind))));
    let cases: Vec<(&str, Sdk, ErrorClass, bool, bool)> = vec![
        ("refused", io(std::io::ErrorKind::ConnectionRefused), Unreachable, true, true),
        ("reset", io(std::io::ErrorKind::ConnectionReset), Unreachable, true, false),
        ("broken", io(std::io::ErrorKind::BrokenPipe), Unreachable, true, false),
        ("slow", Sdk::timeout_error("10 s"), Unreachable, true, false),
        (
            "slow to connect or read",
            Sdk::dispatch_failure(ConnectorError::timeout("t".into())),
            Unreachable,
            true,
            false,
        ),
        ("half an answer", Sdk::response_error("eof", response(200, &[])), Failed, true, false),
        ("a load balancer's page", Sdk::response_error("no JSON", response(503, &[])), Failed, true, false),
        ("a proxy's page", Sdk::response_error("no JSON", response(403, &[])), Failed, true, false),
        ("too fast, in HTML", Sdk::response_error("no JSON", response(429, &[])), Throttled, true, true),
        ("never built", Sdk::construction_failure("missing name"), Invalid, false, true),
    ];
    for (name, error, class, retryable, not_run) in cases {
        let got = classify(&error);
        assert_eq!((got.class, got.retryable, got.certainly_not_run), (class, retryable, not_run), "{name}");
    }
}

#[test]
fn a_refused_signature_never_quotes_what_was_signed() {
    let canonical = "The Canonical String should have been 'POST / x-amz-security-token:canary-token host:sts'";
    for code in SIGNED_OUT {
        let got = by_code(code, Some(canonical), 403);
        assert!(!got.message.contains("canary") && got.message.len() > 20, "{code}: {}", got.message);
    }
}

#[test]
fn when_to_come_back_is_believed_within_reason() {
    let after = |headers: &[(&'static str, &'static str)]| {
        let metadata = ErrorMetadata::builder().code("ThrottlingException").build();
        classify(&Sdk::service_error(metadata, response(400, headers))).retry_after
    };
    assert_eq!(after(&[("retry-after", "7")]), Some(TimeDelta::seconds(7)));
    assert_eq!(after(&[("x-amz-retry-after", "1500")]), Some(TimeDelta::milliseconds(1500)));
    assert_eq!(after(&[("retry-after", "soon")]), None);
    assert_eq!(after(&[("retry-after", "-5")]), None);
    assert_eq!(after(&[("retry-after", "99999999999999999")]), None);
    assert_eq!(after(&[]), None);
}

#[test]
fn hostile_text_is_one_short_line() {
    let text = format!("a\r\nb\u{1b}[31mc {}", "한".repeat(1_000_000));
    let cleaned = clean(&text);
    assert!(cleaned.starts_with("a b [31mc 한") && cleaned.len() < 620, "{}", cleaned.len());
    assert!(cleaned.chars().all(|c| !c.is_control()));
}

//! Answers, and the headers that every one of them carries, errors included.

use http_body_util::{Either, Full};
use hyper::{
    HeaderMap, Response, StatusCode,
    body::Bytes,
    header::{self, HeaderName, HeaderValue},
};
use serde::Serialize;
use skydeck_api::{ApiError, Code};

use super::events::Told;

/// What an answer consists of: bytes, or events that go on.
pub(crate) type Answer = Either<Full<Bytes>, Told>;

/// The window's policy (tauri.conf.json), but for where its calls go: here to where the page came from.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const NEVER_KEPT: HeaderValue = HeaderValue::from_static("no-store");

/// On every answer. Deliberately none of `Access-Control-*`: no other origin has business here.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// An answer, not to be kept.
fn made(status: StatusCode, kind: &'static str, body: Answer) -> Response<Answer> {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers: &mut HeaderMap = answer.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, NEVER_KEPT);
    answer
}

fn bytes(body: impl Into<Bytes>) -> Answer {
    Either::Left(Full::new(body.into()))
}

/// Bytes that are part of the program.
pub(crate) fn ok(kind: &'static str, body: &'static [u8]) -> Response<Answer> {
    made(StatusCode::OK, kind, bytes(body))
}

/// May be kept so.
pub(crate) fn keep(answer: &mut Response<Answer>, so: HeaderValue) {
    answer.headers_mut().insert(header::CACHE_CONTROL, so);
}

/// Events that go on.
pub(crate) fn events(told: Told) -> Response<Answer> {
    made(StatusCode::OK, "text/event-stream", Either::Right(told))
}

/// A sentence for whoever looks at it. Plain text: there is nothing in it to attack.
pub(crate) fn text(status: StatusCode, says: &'static str) -> Response<Answer> {
    made(status, "text/plain; charset=utf-8", bytes(format!("{says}\n")))
}

/// What a call answers, or the contract's error.
pub(crate) fn called(result: Result<impl Serialize, ApiError>) -> Response<Answer> {
    match result {
        Ok(answer) => json(StatusCode::OK, &answer),
        Err(error) => failed(StatusCode::UNPROCESSABLE_ENTITY, &error),
    }
}

/// An error as the contract has it.
pub(crate) fn failed(status: StatusCode, error: &ApiError) -> Response<Answer> {
    json(status, error)
}

fn json(status: StatusCode, value: &impl Serialize) -> Response<Answer> {
    match serde_json::to_vec(value) {
        Ok(body) => made(status, "application/json", bytes(body)),
        Err(error) => {
            let told = ApiError::new(Code::Internal, format!("An answer cannot be written: {error}."));
            // An error of ours is text and is always written.
            let body = serde_json::to_vec(&told).unwrap_or_default();
            made(StatusCode::INTERNAL_SERVER_ERROR, "application/json", bytes(body))
        }
    }
}

/// To the page, without the token in its address; with the cookie, if one is given.
pub(crate) fn to_the_page(cookie: Option<&str>) -> Response<Answer> {
    let mut answer = made(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", bytes(""));
    let headers = answer.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_static("/"));
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(cookie).ok()) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    answer
}

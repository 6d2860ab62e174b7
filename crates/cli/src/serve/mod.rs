//! The UI in a browser: an HTTP server on loopback that hands out the page, makes the contract's calls for it and tells it
//! what changes. What each check is for: docs/serve.md.
//!
//! - `listen`: the socket and its connections.
//! - `origin`: where a request comes from; `gate`: who may come in; `secret`: what lets them in.
//! - `files`, `events`, `answers`: what is handed out, and the headers it carries.
//!
//! Deliberately not here: TLS, users, any address but loopback. What brings the page to another machine is a tunnel, which
//! has all three.

mod answers;
mod events;
mod files;
mod gate;
mod listen;
mod origin;
mod secret;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body as _, Bytes, Incoming},
    header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER},
};
use serde_json::Value;
use skydeck_api::{ApiError, Code, Host};

pub(crate) use self::{listen::Listener, secret::Secret};

use self::{
    answers::Answer,
    gate::{Entry, Gate},
    origin::Foreign,
};
use crate::failure::{Failure, cause};

/// The longest parameters of a call.
const MOST: usize = 1 << 20;

/// How long a request's body may be on its way.
const PATIENCE: Duration = Duration::from_secs(10);

const HOW_TO_GET_IN: &str =
    "Skydeck: open the link that `skydeckctl serve` printed. It is good once; press Enter there for another.";

/// What is served, and to whom.
#[derive(Debug)]
pub(crate) struct Serving {
    host: Host,
    gate: Mutex<Gate>,
}

impl Serving {
    pub(crate) fn new(host: Host) -> Serving {
        Serving { host, gate: Mutex::new(Gate::new(Instant::now())) }
    }

    /// A token that is good once; an earlier one that was not used is so no longer.
    pub(crate) fn invite(&self) -> Result<Secret, Failure> {
        let token = Secret::fresh()?;
        self.gate().invite(token.clone());
        Ok(token)
    }

    /// Closes the files.
    pub(crate) async fn close(&self) {
        self.host.close().await;
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request.
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Answer> {
        if !matches!(*request.method(), Method::GET | Method::POST) {
            return not_allowed();
        }
        let host = match origin::reached(&request) {
            Ok(host) => host,
            Err(Foreign::Host) => {
                let says = "Skydeck answers to 127.0.0.1 and localhost only: reach it by one of these.";
                return answers::text(StatusCode::MISDIRECTED_REQUEST, says);
            }
            Err(Foreign::Page) => {
                let says = "Skydeck answers to its own page only. To open it, paste its link into the address bar.";
                return answers::text(StatusCode::FORBIDDEN, says);
            }
        };
        let known = origin::sessions(request.headers(), host).iter().any(|session| self.gate().knows(session));
        match (known, token(&request)) {
            (true, None) => self.route(request).await,
            (true, Some(token)) => {
                self.gate().void(token);
                answers::to_the_page(None)
            }
            (false, Some(token)) => self.enter(token, host).await,
            (false, None) => answers::text(StatusCode::UNAUTHORIZED, HOW_TO_GET_IN),
        }
    }

    /// Lets one in whose token is good. From then on AWS is read: before that nobody looks, and another Skydeck of this home
    /// may want to.
    async fn enter(&self, token: &str, host: &str) -> Response<Answer> {
        let session = match Secret::fresh() {
            Ok(session) => session,
            Err(failure) => {
                cause(&failure.error.message);
                return answers::failed(StatusCode::INTERNAL_SERVER_ERROR, &failure.error);
            }
        };
        let entry = self.gate().enter(token, session.clone(), Instant::now());
        match entry {
            Entry::In => {
                if let Err(error) = self.host.start_for_page().await {
                    cause(&error.message);
                }
                answers::to_the_page(Some(&origin::cookie(host, session.text())))
            }
            Entry::Wrong => answers::text(StatusCode::UNAUTHORIZED, HOW_TO_GET_IN),
            Entry::Wait(left) => {
                let says = "Skydeck: too many links were tried that are not good. Wait a moment, then try again.";
                let mut answer = answers::text(StatusCode::TOO_MANY_REQUESTS, says);
                let seconds = left.as_millis().div_ceil(1000).max(1);
                answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(u64::try_from(seconds).unwrap_or(u64::MAX)));
                answer
            }
        }
    }

    /// What one who is in asked for.
    async fn route(self: Arc<Self>, request: Request<Incoming>) -> Response<Answer> {
        let path = request.uri().path().to_owned();
        if request.method() == Method::GET {
            return match path.as_str() {
                "/events" => answers::events(events::told(self.host.events())),
                path => files::file(path).unwrap_or_else(nothing),
            };
        }
        let params = match (path.strip_prefix("/call/"), path.as_str()) {
            (None, other) if other != "/open_link" => return nothing(),
            _ => match parameters(request).await {
                Ok(params) => params,
                Err((status, error)) => return answers::failed(status, &error),
            },
        };
        match path.strip_prefix("/call/") {
            Some(name) => self.call(name.to_owned(), params).await,
            None => answers::called(self.may_open(&params)),
        }
    }

    /// Makes a call of the contract, to its end: a page that is closed meanwhile must not cut an action in two.
    async fn call(self: Arc<Self>, name: String, params: Value) -> Response<Answer> {
        let called = tokio::spawn(async move { self.host.call(&name, params).await }).await;
        answers::called(called.unwrap_or_else(|error| {
            Err(ApiError::new(Code::Internal, format!("The call ended without an answer: {error}.")))
        }))
    }

    /// Whether the page may open this link: only those that an answer carried. The page opens it itself, since the browser
    /// is there and not here.
    fn may_open(&self, params: &Value) -> Result<(), ApiError> {
        match params["url"].as_str() {
            Some(link) if self.host.link_allowed(link) => Ok(()),
            _ => Err(ApiError::new(Code::Refused, "Not opened: nothing that is shown carries this link.")),
        }
    }
}

fn nothing() -> Response<Answer> {
    answers::text(StatusCode::NOT_FOUND, "Skydeck: there is nothing here.")
}

fn not_allowed() -> Response<Answer> {
    let mut answer = answers::text(StatusCode::METHOD_NOT_ALLOWED, "Skydeck answers GET and POST.");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
    answer
}

/// The token in the address of the page.
fn token<B>(request: &Request<B>) -> Option<&str> {
    if request.method() != Method::GET || request.uri().path() != "/" {
        return None;
    }
    request.uri().query()?.split('&').find_map(|pair| pair.strip_prefix("token="))
}

/// The parameters of a call. Only JSON that says so: a form of another page could not, even if all else failed.
async fn parameters(request: Request<Incoming>) -> Result<Value, (StatusCode, ApiError)> {
    let wrong = |status, says: String| (status, ApiError::new(Code::Invalid, says));
    if !is_json(request.headers()) {
        let says = "Parameters are JSON, and say so: Content-Type: application/json.".to_owned();
        return Err(wrong(StatusCode::UNSUPPORTED_MEDIA_TYPE, says));
    }
    let body = body(request.into_body()).await.map_err(|(status, says)| wrong(status, says))?;
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&body)
        .map_err(|e| wrong(StatusCode::BAD_REQUEST, format!("The parameters are not JSON: {e}.")))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

async fn body(body: Incoming) -> Result<Bytes, (StatusCode, String)> {
    let too_long = || (StatusCode::PAYLOAD_TOO_LARGE, format!("The parameters are longer than {MOST} bytes."));
    if body.size_hint().lower() > MOST as u64 {
        return Err(too_long());
    }
    match tokio::time::timeout(PATIENCE, Limited::new(body, MOST).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_long()),
        Ok(Err(error)) => Err((StatusCode::BAD_REQUEST, format!("The parameters did not arrive: {error}."))),
        Err(_late) => Err((StatusCode::REQUEST_TIMEOUT, "The parameters did not arrive in time.".to_owned())),
    }
}

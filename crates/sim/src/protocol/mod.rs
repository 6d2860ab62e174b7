//! AWS's wire protocols: from bytes to plain values and back. One file a protocol; a service never knows which it was.
//!
//! Another protocol (rpc-v2-cbor, say) is one more file and one more line in `ALL`; no service changes. What an
//! operation may be given is `model`'s business, who may call is `auth`'s.

pub(crate) mod auth;
mod aws_json;
mod aws_query;
mod json;
mod refusal;
mod rest_json;
mod timestamp;
mod xml;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::model::{Operation, ServiceModel};

pub(crate) use refusal::Refusal;
pub(crate) use timestamp::http_date;

pub(crate) type Request = http::Request<Bytes>;
pub(crate) type Response = http::Response<Bytes>;

/// What a request names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) service: &'static ServiceModel,
    /// Name of the operation.
    pub(crate) name: &'static str,
    pub(crate) operation: &'static Operation,
}

/// Whether a request is of a protocol.
#[derive(Debug)]
pub(crate) enum Recognised {
    /// It is of another.
    No,
    /// It is, but what it names is not offered.
    Unknown {
        /// The service, where that much is clear.
        service: Option<&'static ServiceModel>,
        /// What it calls the operation.
        operation: String,
    },
    /// It is, and names this.
    Target(Target),
}

/// A wire protocol.
pub(crate) trait Protocol: Sync {
    /// What the request names; `signing` is the service of its signature, if it is signed.
    fn recognise(&self, request: &Request, signing: Option<&str>) -> Recognised;

    /// The operation's input members.
    fn decode(&self, target: Target, request: &Request) -> Result<Map<String, Value>, Refusal>;

    /// The answer that carries the output.
    fn encode(&self, target: Target, output: &Value, request_id: &str) -> Response;

    /// The answer that carries a refusal; target and service as far as they are known.
    fn refuse(&self, about: About, refusal: &Refusal, request_id: &str) -> Response;
}

/// What a refusal is about.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About {
    pub(crate) service: Option<&'static ServiceModel>,
    pub(crate) operation: Option<&'static Operation>,
}

impl From<Target> for About {
    fn from(target: Target) -> Self {
        About { service: Some(target.service), operation: Some(target.operation) }
    }
}

/// Every protocol spoken. The more telling ones come first: restJson, which any request might be, is last.
pub(crate) static ALL: &[&dyn Protocol] = &[&aws_json::AwsJson, &aws_query::AwsQuery, &rest_json::RestJson];

/// The protocol of a request, and what it names.
pub(crate) fn recognise(request: &Request, signing: Option<&str>) -> (&'static dyn Protocol, Recognised) {
    for protocol in ALL {
        match protocol.recognise(request, signing) {
            Recognised::No => {}
            recognised => return (*protocol, recognised),
        }
    }
    let operation = format!("{} {}", request.method(), request.uri().path());
    (&rest_json::RestJson, Recognised::Unknown { service: None, operation })
}

/// The operation of that name, if the service offers it.
fn operation(service: &'static ServiceModel, name: &str) -> Option<Target> {
    let (name, operation) = service.operations.get_key_value(name)?;
    Some(Target { service, name, operation })
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

fn response(status: u16, content_type: &str, request_id: &str, body: impl Into<Bytes>) -> Response {
    http::Response::builder()
        .status(status)
        .header("x-amzn-requestid", request_id)
        .header("content-type", content_type)
        .body(body.into())
        .expect("status and headers are well-formed")
}

//! What a simulated service is to the protocol layer: an operation's input in plain values, its output or its error.
//! Values use AWS's member names; timestamps are numbers (epoch seconds, fractions allowed), blobs are base64 text.
//! How they look on the wire is `protocol`'s business alone, so a service never sees bytes.

use serde_json::{Map, Value};

/// One call, authenticated and checked against the model, as a service sees it.
#[derive(Debug)]
pub struct Request<'a> {
    /// Account of the caller's key, 12 digits.
    pub account: &'a str,
    /// Region the call was signed for.
    pub region: &'a str,
    /// Access key id of the caller.
    pub access_key_id: &'a str,
    /// ARN of the caller, as `GetCallerIdentity` tells it.
    pub caller_arn: &'a str,
    /// Unique id of the caller, as `GetCallerIdentity` tells it.
    pub user_id: &'a str,
    /// Operation, such as `ListPipelines`.
    pub operation: &'a str,
    /// Input members.
    pub input: &'a Map<String, Value>,
    /// By how many milliseconds lists are behind the world.
    pub behind: i64,
}

/// An error as AWS's model declares it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// Error code (`PipelineNotFoundException`).
    pub code: String,
    /// Message, in AWS's manner.
    pub message: String,
    /// HTTP status.
    pub status: u16,
}

impl ApiError {
    /// A client's error (HTTP 400).
    pub fn client(code: &str, message: impl Into<String>) -> Self {
        ApiError { code: code.to_owned(), message: message.into(), status: 400 }
    }
}

/// One simulated service. `W` is the world it reads and changes; the caller holds the world's lock during a call.
pub trait Service<W>: Send + Sync {
    /// Endpoint prefix, as in botocore (`codepipeline`, `logs`, `sts`, `portal.sso`).
    fn id(&self) -> &'static str;
    /// Operations offered; every other one of the model answers as an unknown operation.
    fn operations(&self) -> &'static [&'static str];
    /// Answers one call at the world's present instant.
    fn call(&self, world: &mut W, request: &Request<'_>) -> Result<Value, ApiError>;
}

//! Reads the SigV4 signature of a request: whose key, for which Region and service. That it is there and whole is
//! checked; that it is right is not, since the simulator lets any secret go with a key.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::{Refusal, Request, header};

/// What a signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) access_key_id: String,
    pub(crate) region: String,
    /// Signing name of the service.
    pub(crate) service: String,
    pub(crate) signed_at: DateTime<Utc>,
    pub(crate) session_token: Option<String>,
}

/// The signature of a request; none if it is not signed at all.
pub(crate) fn read(request: &Request) -> Result<Option<Signature>, Refusal> {
    let Some(authorization) = header(request, "authorization") else { return Ok(None) };
    let Some(parameters) = authorization.strip_prefix("AWS4-HMAC-SHA256 ") else {
        // A bearer token (SSO's own header apart) is no signature.
        return Ok(None);
    };
    let parameter = |name: &str| {
        parameters
            .split(',')
            .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
            .filter(|v| !v.is_empty())
    };
    let mut missing = Vec::new();
    for name in ["Credential", "Signature", "SignedHeaders"] {
        if parameter(name).is_none() {
            missing.push(format!("Authorization header requires '{name}' parameter."));
        }
    }
    let signed_at =
        header(request, "x-amz-date").and_then(|date| NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ").ok());
    if signed_at.is_none() {
        missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.".to_owned());
    }
    let (Some(credential), Some(signed_at), true) = (parameter("Credential"), signed_at, missing.is_empty()) else {
        return Err(Refusal::IncompleteSignature(missing.join(" ")));
    };
    let parts: Vec<&str> = credential.split('/').collect();
    let &[access_key_id, _date, region, service, "aws4_request"] = parts.as_slice() else {
        return Err(Refusal::IncompleteSignature(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term".to_owned(),
        ));
    };
    Ok(Some(Signature {
        access_key_id: access_key_id.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        signed_at: signed_at.and_utc(),
        session_token: header(request, "x-amz-security-token").map(str::to_owned),
    }))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn request(authorization: &str, date: &str) -> Request {
        let mut builder = http::Request::builder().uri("/");
        for (name, value) in [("authorization", authorization), ("x-amz-date", date)] {
            if !value.is_empty() {
                builder = builder.header(name, value);
            }
        }
        builder.body(Bytes::new()).expect("a request")
    }

    #[test]
    fn a_whole_signature_tells_key_region_and_service() {
        let whole = "AWS4-HMAC-SHA256 Credential=AKIAX/20261122/eu-west-1/codepipeline/aws4_request, SignedHeaders=host;x-amz-date, Signature=abc";
        let signature = read(&request(whole, "20261122T081502Z")).expect("is whole").expect("is signed");
        assert_eq!(
            (signature.access_key_id.as_str(), signature.region.as_str(), signature.service.as_str()),
            ("AKIAX", "eu-west-1", "codepipeline")
        );
        assert_eq!(signature.signed_at.to_rfc3339(), "2026-11-22T08:15:02+00:00");
    }

    #[test]
    fn what_is_missing_is_named() {
        let cases = [
            (
                "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host",
                "20261122T081502Z",
                "'Signature' parameter",
            ),
            ("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=x", "", "'X-Amz-Date'"),
            (
                "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=x",
                "20261122T081502Z",
                "5 slash-delimited",
            ),
        ];
        for (authorization, date, expected) in cases {
            let Err(Refusal::IncompleteSignature(message)) = read(&request(authorization, date)) else {
                panic!("{authorization} is taken for whole")
            };
            assert!(message.contains(expected), "{message}");
        }
        assert_eq!(read(&request("", "")), Ok(None));
    }
}

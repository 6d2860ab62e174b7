//! restJson1: method and URI name the operation; members travel in path, query, headers and a JSON body.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::aws_query::scalar;
use super::refusal::Family;
use super::timestamp::Format;
use super::{About, Protocol, Recognised, Refusal, Request, Response, Target, header, json, operation, response};
use crate::model::{self, Member, Operation, ServiceModel, ShapeKind};

pub(super) struct RestJson;

impl Protocol for RestJson {
    fn recognise(&self, request: &Request, signing: Option<&str>) -> Recognised {
        let named =
            |service: &&ServiceModel| service.speaks("rest-json") && signing.is_none_or(|name| name == service.signing);
        let mut service = None;
        for candidate in model::services().iter().filter(named) {
            let fits = |op: &Operation| {
                op.method == request.method().as_str()
                    && (signing.is_some() || op.unsigned)
                    && labels(&op.uri, request.uri().path()).is_some()
            };
            // Where several fit, the one with the fewest labels is meant.
            let fitting = candidate.operations.iter().filter(|(_, op)| fits(op));
            if let Some((name, _)) = fitting.min_by_key(|(_, op)| op.uri.matches('{').count())
                && let Some(target) = operation(candidate, name)
            {
                return Recognised::Target(target);
            }
            service = signing.map(|_| candidate);
        }
        match service {
            Some(service) => {
                let operation = format!("{} {}", request.method(), request.uri().path());
                Recognised::Unknown { service: Some(service), operation }
            }
            None => Recognised::No,
        }
    }

    fn decode(&self, target: Target, request: &Request) -> Result<Map<String, Value>, Refusal> {
        let Some(input) = &target.operation.input else { return Ok(Map::new()) };
        let shape = target.service.shape(input);
        let mut plain = body_members(target.service, shape, request)?;
        let labels = labels(&target.operation.uri, request.uri().path()).unwrap_or_default();
        let query: Vec<(String, String)> =
            form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
        for (name, member) in &shape.members {
            let wire = member.location_name.as_ref().unwrap_or(name);
            let found: Vec<&str> = match member.location.as_deref() {
                Some("uri") => {
                    labels.iter().filter(|(label, _)| label == wire).map(|(_, text)| text.as_str()).collect()
                }
                Some("querystring") => {
                    query.iter().filter(|(key, _)| key == wire).map(|(_, text)| text.as_str()).collect()
                }
                Some("header") => header(request, wire).into_iter().collect(),
                _ => continue,
            };
            if !found.is_empty() {
                plain.insert(name.clone(), from_text(target.service, member, &found, wire)?);
            }
        }
        Ok(plain)
    }

    fn encode(&self, target: Target, output: &Value, request_id: &str) -> Response {
        let status = target.operation.status.unwrap_or(200);
        let (Some(shape), Value::Object(plain)) = (&target.operation.output, output) else {
            return response(status, "application/json", request_id, "");
        };
        let shape = target.service.shape(shape);
        let body = match &shape.payload {
            Some(payload) => {
                let value = plain.get(payload).cloned().unwrap_or_default();
                json::encode(target.service, &shape.members[payload], &value)
            }
            None => {
                let unbound = shape.members.iter().filter(|(_, member)| member.location.is_none());
                Value::Object(json::encode_members(target.service, unbound, plain))
            }
        };
        let mut response = response(status, "application/json", request_id, body.to_string());
        for (name, member) in shape.members.iter().filter(|(_, member)| member.location.as_deref() == Some("header")) {
            let wire = member.location_name.as_ref().unwrap_or(name);
            let text = plain.get(name).and_then(|value| header_text(target.service, member, value));
            if let (Some(Ok(text)), Ok(wire)) = (text.map(|text| text.parse()), wire.parse::<http::HeaderName>()) {
                response.headers_mut().insert(wire, text);
            }
        }
        response
    }

    fn refuse(&self, about: About, refusal: &Refusal, request_id: &str) -> Response {
        let error = refusal.error(Family::Rest, about);
        let body = serde_json::json!({"message": error.message, "__type": error.code});
        let mut response = response(error.status, "application/json", request_id, body.to_string());
        // With the namespace that AWS's own answers carry there; clients must strip it.
        let kind = format!("{}:http://internal.amazon.com/coral/com.amazon.coral.service/", error.code);
        if let Ok(kind) = kind.parse() {
            response.headers_mut().insert("x-amzn-errortype", kind);
        }
        response
    }
}

/// The members that travel in the body.
fn body_members(
    service: &'static ServiceModel,
    shape: &'static model::Shape,
    request: &Request,
) -> Result<Map<String, Value>, Refusal> {
    if request.body().is_empty() {
        return Ok(Map::new());
    }
    let body = || {
        serde_json::from_slice(request.body()).map_err(|_| Refusal::Serialization("The body is not JSON".to_owned()))
    };
    if let Some(payload) = &shape.payload {
        let value = json::decode(service, &shape.members[payload], &body()?)?;
        return Ok(Map::from_iter([(payload.clone(), value)]));
    }
    let unbound = shape.members.iter().filter(|(_, member)| member.location.is_none());
    match body()? {
        Value::Object(given) => json::decode_members(service, unbound, &given),
        _ => Err(Refusal::Serialization("The body is not a JSON object".to_owned())),
    }
}

/// The labels of a URI template with their text, if the path fits: `{name}` is one segment, `{name+}` the rest.
fn labels(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let template = template.split('?').next().unwrap_or(template);
    let mut labels = Vec::new();
    let mut segments = path.trim_matches('/').split('/');
    for part in template.trim_matches('/').split('/') {
        let label = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let text = match label.and_then(|label| label.strip_suffix('+')) {
            Some(_) => segments.by_ref().collect::<Vec<_>>().join("/"),
            None => segments.next()?.to_owned(),
        };
        match label {
            Some(_) if text.is_empty() => return None,
            Some(label) => {
                let text = percent_decode_str(&text).decode_utf8_lossy().into_owned();
                labels.push((label.trim_end_matches('+').to_owned(), text));
            }
            None if part == text => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(labels)
}

/// A member that travels as text: a scalar, or a list of them.
fn from_text(
    service: &'static ServiceModel,
    member: &'static Member,
    found: &[&str],
    wire: &str,
) -> Result<Value, Refusal> {
    let shape = service.shape(&member.shape);
    let usual = if member.location.as_deref() == Some("header") { Format::HttpDate } else { Format::Iso8601 };
    let wrong = || Refusal::Serialization(format!("Invalid value for {wire}"));
    if shape.kind == ShapeKind::List {
        let element = service.shape(&shape.element().shape);
        let format = Format::of(shape.element(), element, usual);
        return found.iter().map(|text| scalar(element.kind, format, text).ok_or_else(wrong)).collect();
    }
    scalar(shape.kind, Format::of(member, shape, usual), found[0]).ok_or_else(wrong)
}

fn header_text(service: &'static ServiceModel, member: &'static Member, value: &Value) -> Option<String> {
    let shape = service.shape(&member.shape);
    match (shape.kind, value) {
        (_, Value::Null) => None,
        (ShapeKind::Timestamp, Value::Number(seconds)) => {
            Some(Format::of(member, shape, Format::HttpDate).text(seconds.as_f64().unwrap_or_default()))
        }
        (_, Value::String(text)) => Some(text.clone()),
        (_, other) => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::service::ApiError;

    fn request(uri: &str) -> Request {
        let builder = http::Request::builder().method("GET").uri(uri).header("x-amz-sso_bearer_token", "t");
        builder.body(Bytes::new()).expect("a request")
    }

    fn target(request: &Request) -> Target {
        match RestJson.recognise(request, None) {
            Recognised::Target(target) => target,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn members_come_from_query_and_headers() {
        let request = request("/federation/credentials?role_name=Observer%20all&account_id=111122223333");
        let target = target(&request);
        assert_eq!(target.name, "GetRoleCredentials");
        assert_eq!(
            Value::Object(RestJson.decode(target, &request).expect("is right")),
            json!({"accountId": "111122223333", "accessToken": "t", "roleName": "Observer all"})
        );
    }

    #[test]
    fn an_unsigned_request_to_nothing_is_of_no_protocol() {
        assert!(matches!(RestJson.recognise(&request("/favicon.ico"), None), Recognised::No));
        assert!(matches!(
            RestJson.recognise(&request("/favicon.ico"), Some("awsssoportal")),
            Recognised::Unknown { service: Some(_), .. }
        ));
    }

    #[test]
    fn templates_bind_segments_and_rests() {
        assert_eq!(
            labels("/2015-03-31/functions/{FunctionName}/aliases", "/2015-03-31/functions/a%2Fb/aliases"),
            Some(vec![("FunctionName".to_owned(), "a/b".to_owned())])
        );
        assert_eq!(labels("/tags/{arn+}", "/tags/a/b"), Some(vec![("arn".to_owned(), "a/b".to_owned())]));
        assert_eq!(labels("/a/{b}", "/a"), None);
        assert_eq!(labels("/a/{b}", "/a/"), None);
        assert_eq!(labels("/a/{b}", "/a/b/c"), None);
        assert_eq!(labels("/", "/"), Some(vec![]));
    }

    #[test]
    fn errors_have_their_models_status_and_their_code_in_a_header() {
        let target = target(&request("/assignment/accounts"));
        let refusal =
            Refusal::Declared(ApiError::client("UnauthorizedException", "Session token not found or invalid"));
        let response = RestJson.refuse(target.into(), &refusal, "r-1");
        assert_eq!(response.status(), 401);
        let kind = response.headers()["x-amzn-errortype"].to_str().expect("is text");
        assert!(kind.starts_with("UnauthorizedException:"), "{kind}");
    }
}

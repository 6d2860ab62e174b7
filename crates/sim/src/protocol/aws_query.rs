//! awsQuery: a form with `Action` and `Version`, answers and errors in XML.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::refusal::Family;
use super::timestamp::Format;
use super::{About, Protocol, Recognised, Refusal, Request, Response, Target, operation, response, xml};
use crate::model::{self, Member, ServiceModel, Shape, ShapeKind};

pub(super) struct AwsQuery;

impl Protocol for AwsQuery {
    fn recognise(&self, request: &Request, signing: Option<&str>) -> Recognised {
        let form = Form::of(request);
        let (Some(action), Some(version)) = (form.text("Action"), form.text("Version")) else { return Recognised::No };
        // Unsigned calls (AssumeRoleWithWebIdentity) are told apart by the version.
        let named = |service: &&ServiceModel| {
            service.speaks("query")
                && service.api_version == version
                && signing.is_none_or(|name| name == service.signing)
        };
        let service = model::services().iter().find(named);
        match service.and_then(|service| operation(service, action)) {
            Some(target) => Recognised::Target(target),
            None => Recognised::Unknown { service, operation: action.to_owned() },
        }
    }

    fn decode(&self, target: Target, request: &Request) -> Result<Map<String, Value>, Refusal> {
        let Some(input) = &target.operation.input else { return Ok(Map::new()) };
        members(target.service, target.service.shape(input), &Form::of(request), "")
    }

    fn encode(&self, target: Target, output: &Value, request_id: &str) -> Response {
        let mut body = String::new();
        let root = format!("{}Response", target.name);
        body.push_str(&opening(&root, Some(target.service)));
        if let (Some(wrapper), Some(shape), Value::Object(plain)) =
            (&target.operation.result_wrapper, &target.operation.output, output)
        {
            xml::element(&mut body, wrapper, |body| {
                write_members(body, target.service, target.service.shape(shape), plain)
            });
        }
        xml::element(&mut body, "ResponseMetadata", |body| xml::text(body, "RequestId", request_id));
        body.push_str(&format!("</{root}>\n"));
        response(200, "text/xml", request_id, body)
    }

    fn refuse(&self, about: About, refusal: &Refusal, request_id: &str) -> Response {
        let error = refusal.error(Family::Query, about);
        let mut body = opening("ErrorResponse", about.service);
        xml::element(&mut body, "Error", |body| {
            xml::text(body, "Type", if error.status < 500 { "Sender" } else { "Receiver" });
            xml::text(body, "Code", &error.code);
            xml::text(body, "Message", &error.message);
        });
        xml::text(&mut body, "RequestId", request_id);
        body.push_str("</ErrorResponse>\n");
        response(error.status, "text/xml", request_id, body)
    }
}

fn opening(root: &str, service: Option<&ServiceModel>) -> String {
    match service.and_then(|service| service.xml_namespace.as_deref()) {
        Some(namespace) => format!("<{root} xmlns=\"{namespace}\">"),
        None => format!("<{root}>"),
    }
}

/// The fields of a form, in an order in which all that begin alike lie together.
struct Form(BTreeMap<String, String>);

impl Form {
    fn of(request: &Request) -> Form {
        let mut fields = BTreeMap::new();
        if super::header(request, "content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded")) {
            fields.extend(form_urlencoded::parse(request.body()).into_owned());
        }
        Form(fields)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether there is such a field, or one inside it.
    fn has(&self, name: &str) -> bool {
        let inside = format!("{name}.");
        self.0.contains_key(name)
            || self.0.range(inside.clone()..).next().is_some_and(|(key, _)| key.starts_with(&inside))
    }
}

fn members(
    service: &'static ServiceModel,
    shape: &'static Shape,
    form: &Form,
    prefix: &str,
) -> Result<Map<String, Value>, Refusal> {
    let mut plain = Map::new();
    for (name, member) in &shape.members {
        let wire = member.location_name.as_ref().unwrap_or(name);
        let path = if prefix.is_empty() { wire.clone() } else { format!("{prefix}.{wire}") };
        if form.has(&path) {
            plain.insert(name.clone(), value(service, member, form, &path)?);
        }
    }
    Ok(plain)
}

fn value(service: &'static ServiceModel, member: &'static Member, form: &Form, path: &str) -> Result<Value, Refusal> {
    let shape = service.shape(&member.shape);
    let flattened = shape.flattened || member.flattened;
    match shape.kind {
        ShapeKind::Structure => members(service, shape, form, path).map(Value::Object),
        ShapeKind::List => {
            let element = shape.element();
            let path = if flattened {
                path.to_owned()
            } else {
                format!("{path}.{}", element.location_name.as_deref().unwrap_or("member"))
            };
            let numbered = (1..).map(|i| format!("{path}.{i}")).take_while(|path| form.has(path));
            numbered.map(|path| value(service, element, form, &path)).collect()
        }
        ShapeKind::Map => {
            let (key, entry) = shape.entry();
            let path = if flattened { path.to_owned() } else { format!("{path}.entry") };
            let mut plain = Map::new();
            for path in (1..).map(|i| format!("{path}.{i}")).take_while(|path| form.has(path)) {
                let name = format!("{path}.{}", key.location_name.as_deref().unwrap_or("key"));
                let held = format!("{path}.{}", entry.location_name.as_deref().unwrap_or("value"));
                if let Some(name) = form.text(&name) {
                    plain.insert(name.to_owned(), value(service, entry, form, &held)?);
                }
            }
            Ok(Value::Object(plain))
        }
        kind => scalar(kind, Format::of(member, shape, Format::Iso8601), form.text(path).unwrap_or_default())
            .ok_or_else(|| Refusal::Serialization(format!("Invalid value for {path}"))),
    }
}

/// A scalar from text; none if the text is none of that kind.
pub(super) fn scalar(kind: ShapeKind, format: Format, text: &str) -> Option<Value> {
    Some(match kind {
        ShapeKind::String | ShapeKind::Blob => Value::from(text),
        ShapeKind::Integer => Value::from(text.parse::<i32>().ok()?),
        ShapeKind::Long => Value::from(text.parse::<i64>().ok()?),
        ShapeKind::Float | ShapeKind::Double => Value::from(text.parse::<f64>().ok()?),
        ShapeKind::Boolean => Value::from(text.parse::<bool>().ok()?),
        ShapeKind::Timestamp => format.parse(text)?,
        ShapeKind::Structure | ShapeKind::List | ShapeKind::Map => return None,
    })
}

fn write_members(body: &mut String, service: &'static ServiceModel, shape: &'static Shape, plain: &Map<String, Value>) {
    for (name, member) in &shape.members {
        if let Some(value) = plain.get(name).filter(|value| !value.is_null()) {
            write(body, service, member, member.location_name.as_ref().unwrap_or(name), value);
        }
    }
}

fn write(body: &mut String, service: &'static ServiceModel, member: &'static Member, name: &str, value: &Value) {
    let shape = service.shape(&member.shape);
    let flattened = shape.flattened || member.flattened;
    match (shape.kind, value) {
        (ShapeKind::Structure, Value::Object(plain)) => {
            xml::element(body, name, |body| write_members(body, service, shape, plain));
        }
        (ShapeKind::List, Value::Array(elements)) => {
            let element = shape.element();
            let each = |body: &mut String, name: &str| {
                elements.iter().for_each(|value| write(body, service, element, name, value))
            };
            if flattened {
                each(body, name);
            } else {
                xml::element(body, name, |body| each(body, element.location_name.as_deref().unwrap_or("member")));
            }
        }
        (ShapeKind::Map, Value::Object(entries)) => {
            let (key, held) = shape.entry();
            let each = |body: &mut String, name: &str| {
                for (entry, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
                    xml::element(body, name, |body| {
                        xml::text(body, key.location_name.as_deref().unwrap_or("key"), entry);
                        write(body, service, held, held.location_name.as_deref().unwrap_or("value"), value);
                    });
                }
            };
            if flattened { each(body, name) } else { xml::element(body, name, |body| each(body, "entry")) }
        }
        (ShapeKind::Timestamp, Value::Number(seconds)) => {
            let format = Format::of(member, shape, Format::Iso8601);
            xml::text(body, name, &format.text(seconds.as_f64().unwrap_or_default()));
        }
        (_, Value::String(text)) => xml::text(body, name, text),
        (_, other) => xml::text(body, name, &other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;

    fn request(form: &str) -> Request {
        let builder = http::Request::builder().method("POST").uri("/");
        let builder = builder.header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        builder.body(Bytes::from(form.to_owned())).expect("a request")
    }

    fn target(request: &Request, signing: Option<&str>) -> Target {
        match AwsQuery.recognise(request, signing) {
            Recognised::Target(target) => target,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_form_becomes_members_lists_and_numbers() {
        let request = request(
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fx&RoleSessionName=a+b\
             &DurationSeconds=900&Tags.member.1.Key=k1&Tags.member.1.Value=v1&Tags.member.2.Key=k2&Tags.member.2.Value=&TransitiveTagKeys.member.1=k1",
        );
        let decoded = AwsQuery.decode(target(&request, Some("sts")), &request).expect("is right");
        assert_eq!(
            Value::Object(decoded),
            json!({
                "RoleArn": "arn:aws:iam::111122223333:role/x", "RoleSessionName": "a b", "DurationSeconds": 900,
                "Tags": [{"Key": "k1", "Value": "v1"}, {"Key": "k2", "Value": ""}], "TransitiveTagKeys": ["k1"]
            })
        );
    }

    #[test]
    fn a_number_that_is_none_is_refused() {
        let request = request("Action=AssumeRole&Version=2011-06-15&DurationSeconds=long");
        let decoded = AwsQuery.decode(target(&request, None), &request);
        assert_eq!(decoded, Err(Refusal::Serialization("Invalid value for DurationSeconds".to_owned())));
    }

    #[test]
    fn answers_are_wrapped_and_carry_the_request_id() {
        let target = target(&request("Action=AssumeRole&Version=2011-06-15"), Some("sts"));
        let output =
            json!({"Credentials": {"AccessKeyId": "ASIA", "Expiration": 1_795_335_302}, "PackedPolicySize": 3});
        let body = String::from_utf8(AwsQuery.encode(target, &output, "r-1").into_body().to_vec()).expect("is text");
        assert_eq!(
            body,
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
             <Credentials><AccessKeyId>ASIA</AccessKeyId><Expiration>2026-11-22T08:15:02Z</Expiration></Credentials>\
             <PackedPolicySize>3</PackedPolicySize></AssumeRoleResult>\
             <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></AssumeRoleResponse>\n"
        );
    }

    #[test]
    fn errors_are_a_document_of_their_own() {
        let target = target(&request("Action=GetCallerIdentity&Version=2011-06-15"), Some("sts"));
        let response = AwsQuery.refuse(target.into(), &Refusal::ExpiredToken, "r-1");
        assert_eq!(response.status(), 403);
        let body = String::from_utf8(response.into_body().to_vec()).expect("is text");
        assert!(
            body.contains("<Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token"),
            "{body}"
        );
    }

    #[test]
    fn a_service_that_the_signature_does_not_name_is_not_meant() {
        let request = request("Action=GetCallerIdentity&Version=2011-06-15");
        assert!(matches!(AwsQuery.recognise(&request, Some("iam")), Recognised::Unknown { service: None, .. }));
    }
}

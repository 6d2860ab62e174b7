//! awsJson 1.0 and 1.1: `X-Amz-Target: Prefix.Operation`, JSON bodies, errors by `__type`.

use serde_json::{Map, Value, json};

use super::refusal::Family;
use super::{About, Protocol, Recognised, Refusal, Request, Response, Target, header, json, operation, response};
use crate::model::{self, ServiceModel};

pub(super) struct AwsJson;

impl Protocol for AwsJson {
    fn recognise(&self, request: &Request, _signing: Option<&str>) -> Recognised {
        let Some(target) = header(request, "x-amz-target") else { return Recognised::No };
        let (prefix, name) = target.rsplit_once('.').unwrap_or(("", target));
        let of_prefix = |service: &&ServiceModel| service.target_prefix.as_deref() == Some(prefix);
        let service = model::services().iter().find(of_prefix).filter(|service| service.speaks("json"));
        match service.and_then(|service| operation(service, name)) {
            Some(target) => Recognised::Target(target),
            None => Recognised::Unknown { service, operation: name.to_owned() },
        }
    }

    fn decode(&self, target: Target, request: &Request) -> Result<Map<String, Value>, Refusal> {
        let Some(input) = &target.operation.input else { return Ok(Map::new()) };
        // botocore and coral take an empty body for an empty object.
        let body = if request.body().is_empty() { b"{}" } else { request.body().as_ref() };
        let Ok(Value::Object(given)) = serde_json::from_slice(body) else {
            return Err(Refusal::Serialization("The body is not a JSON object".to_owned()));
        };
        json::decode_members(target.service, &target.service.shape(input).members, &given)
    }

    fn encode(&self, target: Target, output: &Value, request_id: &str) -> Response {
        let body = match (&target.operation.output, output) {
            (Some(shape), Value::Object(plain)) => {
                let members = &target.service.shape(shape).members;
                Value::Object(json::encode_members(target.service, members, plain)).to_string()
            }
            _ => String::new(),
        };
        response(200, &content_type(Some(target.service)), request_id, body)
    }

    fn refuse(&self, about: About, refusal: &Refusal, request_id: &str) -> Response {
        let error = refusal.error(Family::Json, about);
        let body = match refusal {
            // Older AWS frameworks qualify the codes of errors of their own; clients must strip that.
            Refusal::Validation(_) => {
                json!({"__type": format!("com.amazon.coral.validate#{}", error.code), "message": error.message})
            }
            Refusal::Serialization(_) => {
                json!({"__type": "com.amazon.coral.service#SerializationException", "Message": error.message})
            }
            Refusal::UnknownOperation(_) => json!({"__type": "com.amazon.coral.service#UnknownOperationException"}),
            Refusal::AccessDenied(_) => json!({"__type": error.code, "Message": error.message}),
            _ => json!({"__type": error.code, "message": error.message}),
        };
        let mut response = response(error.status, &content_type(about.service), request_id, body.to_string());
        if let Ok(code) = error.code.parse() {
            response.headers_mut().insert("x-amzn-errortype", code);
        }
        response
    }
}

fn content_type(service: Option<&ServiceModel>) -> String {
    let version = service.and_then(|service| service.json_version.as_deref()).unwrap_or("1.1");
    format!("application/x-amz-json-{version}")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::service::ApiError;

    fn request(target: &str, body: &str) -> Request {
        let builder = http::Request::builder().method("POST").uri("/").header("x-amz-target", target);
        builder.body(Bytes::from(body.to_owned())).expect("a request")
    }

    fn target(request: &Request) -> Target {
        match AwsJson.recognise(request, None) {
            Recognised::Target(target) => target,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_target_header_names_service_and_operation() {
        let request = request("CodePipeline_20150709.GetPipeline", r#"{"name": "web", "version": 2, "unheard": 1}"#);
        let target = target(&request);
        assert_eq!((target.service.id.as_str(), target.name), ("codepipeline", "GetPipeline"));
        assert_eq!(
            Value::Object(AwsJson.decode(target, &request).expect("is right")),
            json!({"name": "web", "version": 2})
        );
    }

    #[test]
    fn an_operation_that_is_not_offered_is_unknown() {
        let Recognised::Unknown { service, operation } =
            AwsJson.recognise(&request("CodePipeline_20150709.Fly", "{}"), None)
        else {
            panic!("is known")
        };
        assert_eq!((service.map(|s| s.id.as_str()), operation.as_str()), (Some("codepipeline"), "Fly"));
    }

    #[test]
    fn wrong_types_are_refused_in_aws_words() {
        let cases = [
            (r#"{"name": 3}"#, "NUMBER_VALUE can not be converted to a String"),
            (r#"{"name": "a", "version": "1"}"#, "STRING_VALUE can not be converted to an Integer"),
            (r#"{"name": ["a"]}"#, "Start of list found where not expected"),
            (r#"["a"]"#, "The body is not a JSON object"),
            (r#"{"name": "#, "The body is not a JSON object"),
        ];
        for (body, expected) in cases {
            let request = request("CodePipeline_20150709.GetPipeline", body);
            assert_eq!(AwsJson.decode(target(&request), &request), Err(Refusal::Serialization(expected.to_owned())));
        }
    }

    #[test]
    fn answers_leave_out_what_is_null() {
        let target = target(&request("CodePipeline_20150709.ListPipelines", "{}"));
        let output = json!({"pipelines": [{"name": "web", "created": 1.5, "updated": null}], "nextToken": null});
        let response = AwsJson.encode(target, &output, "r-1");
        assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
        assert_eq!(response.headers()["x-amzn-requestid"], "r-1");
        assert_eq!(response.body(), r#"{"pipelines":[{"created":1.5,"name":"web"}]}"#);
    }

    #[test]
    fn errors_say_their_type() {
        let target = target(&request("CodePipeline_20150709.GetPipeline", "{}"));
        let declared = Refusal::Declared(ApiError::client("PipelineNotFoundException", "no web"));
        let response = AwsJson.refuse(target.into(), &declared, "r-1");
        assert_eq!(response.status(), 400);
        assert_eq!(response.body(), r#"{"__type":"PipelineNotFoundException","message":"no web"}"#);
    }
}

//! What transforms make of a template. Of AWS's own ones the simulator runs a small part of `AWS::Serverless-2016-10-31`:
//! a function becomes a function and its role; `AWS::LanguageExtensions` changes nothing that this world reads.

use serde_json::{Value, json};

/// The transforms that a template's value declares.
pub(super) fn declared(value: &Value) -> Vec<String> {
    match &value["Transform"] {
        Value::String(one) => vec![one.clone()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The value once its transforms have run; none if it declares none.
pub(super) fn transformed(value: &Value) -> Option<Value> {
    if declared(value).is_empty() {
        return None;
    }
    let mut made = value.clone();
    let members = made.as_object_mut()?;
    members.remove("Transform");
    let globals = members.remove("Globals").unwrap_or_default();
    let resources = members.get_mut("Resources")?.as_object_mut()?;
    let functions: Vec<String> = resources
        .iter()
        .filter(|(_, r)| super::kind_of(r) == "AWS::Serverless::Function")
        .map(|(logical, _)| logical.clone())
        .collect();
    for logical in functions {
        let Some(mut function) = resources.remove(&logical) else { continue };
        let role = format!("{logical}Role");
        function["Type"] = json!("AWS::Lambda::Function");
        if let Some(properties) = function["Properties"].as_object_mut() {
            let uri = properties.remove("CodeUri").unwrap_or_default();
            let (bucket, key) = uri.as_str().and_then(|u| u.strip_prefix("s3://")?.split_once('/')).unwrap_or(("", ""));
            properties.insert("Code".to_owned(), json!({ "S3Bucket": bucket, "S3Key": key }));
            properties.remove("Events");
            properties.remove("Policies");
            properties.entry("Role").or_insert_with(|| json!({ "Fn::GetAtt": [role, "Arn"] }));
            for (name, value) in globals["Function"].as_object().into_iter().flatten() {
                properties.entry(name.clone()).or_insert_with(|| value.clone());
            }
            properties.insert("Tags".to_owned(), json!([{ "Key": "lambda:createdBy", "Value": "SAM" }]));
        }
        resources.insert(logical, function);
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": { "Service": ["lambda.amazonaws.com"] },
        }] });
        resources
            .insert(role, json!({ "Type": "AWS::IAM::Role", "Properties": { "AssumeRolePolicyDocument": trust } }));
    }
    Some(made)
}

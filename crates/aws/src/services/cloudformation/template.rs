//! What a stack's template tells about the stack: how much it declares, which outputs repeat a hidden parameter, which CDK
//! app made it.

use skydeck_domain::{
    cdk::CdkTemplate,
    stack::{CdkOrigin, StackOutput, TemplateFacts},
};
use skydeck_insight::{
    cdk::cdk,
    template::{NoEcho, Template},
};

use crate::services::text;

/// Words that tell an environment apart, so that what is left is the app.
const ENVIRONMENTS: &[&str] = &[
    "prod",
    "production",
    "prd",
    "live",
    "stg",
    "stage",
    "staging",
    "dev",
    "development",
    "test",
    "qa",
    "uat",
    "beta",
    "gamma",
    "sandbox",
    "preview",
];

/// The facts of a template, still without digest, size and the state that it was read for, and what CDK left in it. One that
/// cannot be understood hides every output.
pub(super) fn read(text: &str, outputs: &[StackOutput]) -> (TemplateFacts, Option<CdkOrigin>) {
    let parsed = Template::parse(text);
    let no_echo = parsed.as_ref().map_or_else(|_| NoEcho::unknown(), NoEcho::of);
    let hidden = outputs.iter().filter(|o| no_echo.masks(&o.key)).map(|o| o.key.clone()).collect();
    let facts = TemplateFacts {
        digest: String::new(),
        size: 0,
        resources: parsed.as_ref().ok().map(|t| t.resources().count() as u32),
        hidden_parameters: no_echo.parameters.into_iter().collect(),
        hidden_outputs: hidden,
        defect: parsed.as_ref().err().map(|e| text::cut(&text::one_line(&e.to_string()).unwrap_or_default(), 300)),
        read_for: String::new(),
    };
    let origin = parsed.ok().and_then(|template| cdk(&template)).and_then(origin);
    (facts, origin)
}

fn origin(told: CdkTemplate) -> Option<CdkOrigin> {
    let path: Vec<&str> = [&told.stage, &told.stack].into_iter().flatten().map(String::as_str).collect();
    let first = path.first()?.split('/').next()?;
    let library = told.libraries.iter().find(|l| l.name == "aws-cdk-lib" || l.name == "@aws-cdk/core");
    Some(CdkOrigin {
        path: text::cut(&path.join("/"), 200),
        app: text::cut(app(first), 100),
        stage: told.stage.as_deref().map(|s| text::cut(s, 100)),
        library: library.map(|l| text::cut(&l.version, 40)),
    })
}

/// `shop-platform-prod`, `prod-shop-platform` → `shop-platform`; a name that is nothing but an environment stays.
fn app(name: &str) -> &str {
    let is_environment = |word: &str| ENVIRONMENTS.iter().any(|e| e.eq_ignore_ascii_case(word));
    for dash in ['-', '_'] {
        if let Some((rest, last)) =
            name.rsplit_once(dash).filter(|(rest, last)| !rest.is_empty() && is_environment(last))
        {
            let _ = last;
            return rest;
        }
        if let Some((_, rest)) = name.split_once(dash).filter(|(first, rest)| !rest.is_empty() && is_environment(first))
        {
            return rest;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_named_without_its_environment() {
        for (name, wanted) in [
            ("shop-platform-prod", "shop-platform"),
            ("prod-shop", "shop"),
            ("Prod", "Prod"),
            ("data_stg", "data"),
            ("network-baseline", "network-baseline"),
            ("-prod", "-prod"),
        ] {
            assert_eq!(app(name), wanted, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_understood_hides_every_output() {
        let output = |key: &str| StackOutput {
            key: key.into(),
            value: Some("v".into()),
            description: None,
            export: None,
            hidden: false,
        };
        let (facts, origin) = read("{ not a template", &[output("A")]);
        assert!(facts.defect.is_some() && facts.resources.is_none() && origin.is_none());
        assert_eq!(facts.hidden_outputs, ["A"]);
        let text = r#"{"Parameters": {"P": {"Type": "String", "NoEcho": true}}, "Resources": {"B": {"Type": "AWS::S3::Bucket"}},
            "Outputs": {"A": {"Value": {"Fn::Sub": "x-${P}"}}, "B": {"Value": {"Ref": "B"}}}}"#;
        let (facts, _) = read(text, &[output("A"), output("B")]);
        assert_eq!((facts.resources, facts.hidden_outputs), (Some(1), vec!["A".to_owned()]));
    }
}

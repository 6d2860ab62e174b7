//! Which endpoint a service is called at, where the user configured one: in the AWS CLI's order, `AWS_ENDPOINT_URL_<SERVICE>`,
//! `AWS_ENDPOINT_URL`, the profile's `services` section, its `endpoint_url`. (The Rust SDK's own order differs, and would
//! need its default chain.)

use std::collections::BTreeMap;

use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use skydeck_domain::ErrorInfo;

use crate::{environment::Environment, profiles::Section};

/// The configured endpoints of one profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Endpoints {
    env_services: BTreeMap<String, String>,
    env: Option<String>,
    services: BTreeMap<String, String>,
    own: Option<String>,
}

const VARIABLE: &str = "AWS_ENDPOINT_URL";

impl Endpoints {
    /// Reads them from the environment and the profile.
    pub(crate) fn read(
        env: &Environment,
        profile: Option<&Section>,
        services: &BTreeMap<String, Section>,
    ) -> Result<Self, ErrorInfo> {
        let get = |key: &str| profile.and_then(|p| p.get(key));
        let ignored = get("ignore_configured_endpoint_urls").is_some_and(|v| v.eq_ignore_ascii_case("true"));
        if ignored || env.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
            return Ok(Endpoints::default());
        }
        let mut endpoints = Endpoints {
            env: env.var(VARIABLE).map(str::to_owned),
            own: get("endpoint_url").map(str::to_owned),
            ..Endpoints::default()
        };
        for (name, url) in env.vars() {
            if let Some(service) = name.strip_prefix("AWS_ENDPOINT_URL_")
                && !url.is_empty()
            {
                endpoints.env_services.insert(service.to_lowercase(), url.into());
            }
        }
        if let (Some(profile), Some(name)) = (profile, get("services")) {
            let Some(section) = services.get(name) else {
                let what =
                    format_args!("has services `{name}`, and there is no [services {name}]; add it or mend the name");
                return Err(profile.fault("services", what));
            };
            endpoints.services = section.nested_values("endpoint_url");
        }
        let all = endpoints.env_services.values().chain(&endpoints.env).chain(endpoints.services.values());
        match (all.chain(&endpoints.own).find(|url| !is_url(url)), profile) {
            (None, _) => Ok(endpoints),
            (Some(url), Some(profile)) if endpoints.own.as_ref() == Some(url) => {
                Err(profile
                    .fault("endpoint_url", format_args!("has endpoint_url `{url}`; write http://… or https://…")))
            }
            (Some(url), _) => Err(ErrorInfo {
                code: "ConfigError".into(),
                message: format!("The configured endpoint `{url}` is no URL; write http://… or https://…."),
                operation: None,
            }),
        }
    }

    /// The endpoint of a service by its id in AWS's model (`CloudWatch Logs`), if one is configured.
    pub(crate) fn of(&self, service_id: &str) -> Option<&str> {
        let key = service_id.replace([' ', '-'], "_").to_lowercase();
        let found = self.env_services.get(&key).or(self.env.as_ref()).or_else(|| self.services.get(&key));
        found.or(self.own.as_ref()).map(String::as_str)
    }
}

fn is_url(text: &str) -> bool {
    let uri = text.parse::<http::Uri>();
    uri.is_ok_and(|u| u.host().is_some_and(|h| !h.is_empty()) && matches!(u.scheme_str(), Some("http" | "https")))
}

/// How an SDK client asks, when it is made from the shared configuration.
impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        (key.env() == VARIABLE).then(|| self.of(key.service_id()).map(str::to_owned))?
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::profiles::Catalog;

    const CONFIG: &str = "[profile p]\nservices = local\nendpoint_url = http://own\n[services local]\ncodepipeline =\n  \
                          endpoint_url = http://section\n[profile bare]\nregion = x\n[profile off]\n\
                          ignore_configured_endpoint_urls = true\nendpoint_url = http://own\n[profile lost]\nservices = none\n";

    fn of(profile: &str, env: &[(&str, &str)], service_id: &str) -> Option<String> {
        let mut catalog = Catalog::default();
        catalog.add_config(Path::new("config"), CONFIG);
        let env = Environment::made_up(env.iter().copied(), None);
        let endpoints = Endpoints::read(&env, catalog.profile(profile), &catalog.services).expect("readable");
        endpoints.of(service_id).map(str::to_owned)
    }

    #[test]
    fn the_order_is_the_aws_clis() {
        let all = [("AWS_ENDPOINT_URL", "http://env"), ("AWS_ENDPOINT_URL_CODEPIPELINE", "http://env-cp")];
        let logs = [("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://env-logs")];
        // profile, environment, service → endpoint
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, Option<&'a str>);
        let cases: &[Case<'_>] = &[
            ("p", &[], "CodePipeline", Some("http://section")),
            ("p", &[], "CodeBuild", Some("http://own")),
            ("p", &all[..1], "CodePipeline", Some("http://env")),
            ("p", &all, "CodePipeline", Some("http://env-cp")),
            ("p", &all, "STS", Some("http://env")),
            ("bare", &[], "STS", None),
            ("bare", &logs, "CloudWatch Logs", Some("http://env-logs")),
            ("bare", &[("AWS_ENDPOINT_URL", "")], "STS", None),
            ("off", &all, "CodePipeline", None),
            ("p", &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")], "CodePipeline", None),
        ];
        for (profile, env, service, want) in cases {
            assert_eq!(of(profile, env, service).as_deref(), *want, "{profile} {env:?} {service}");
        }
    }

    #[test]
    fn what_is_no_url_is_told_before_any_call() {
        for url in ["not a url", "127.0.0.1:4566", "ftp://x", "http://"] {
            let mut catalog = Catalog::default();
            catalog.add_config(Path::new("config"), &format!("[profile p]\nendpoint_url = {url}\n"));
            let own = Endpoints::read(&Environment::default(), catalog.profile("p"), &catalog.services);
            assert!(own.expect_err(url).message.starts_with("config, line 2: profile `p` has endpoint_url"));
            let env = Environment::made_up([("AWS_ENDPOINT_URL_STS", url)], None);
            assert!(Endpoints::read(&env, None, &catalog.services).expect_err(url).message.contains("is no URL"));
        }
    }

    #[test]
    fn a_services_section_that_is_not_there_is_told() {
        let mut catalog = Catalog::default();
        catalog.add_config(Path::new("config"), CONFIG);
        let error =
            Endpoints::read(&Environment::default(), catalog.profile("lost"), &catalog.services).expect_err("lost");
        assert!(
            error.message.contains("config, line 13") && error.message.contains("[services none]"),
            "{}",
            error.message
        );
    }
}

//! `credential_source = Ec2InstanceMetadata | EcsContainer`: where the role of the machine is asked for, as the profile and
//! the environment say it, checked without any network.
//!
//! Nothing but these two words leads here: a machine's role is never what a profile falls back to. Asking is
//! [`crate::credentials`]'s.

use std::time::Duration;

use skydeck_domain::ErrorInfo;

use super::catalog::Section;
use crate::environment::Environment;

/// What is asked for the role of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Metadata {
    /// The instance metadata service.
    Instance {
        /// Its URL.
        endpoint: String,
        /// How long one attempt waits, to connect and to be answered.
        timeout: Duration,
        /// Attempts where it answers with a failure of its own; one that is not there is asked once.
        attempts: u32,
    },
    /// The credentials endpoint of the container.
    Container,
}

/// Off EC2 nothing answers there, and a profile must say so soon: AWS CLI's own value.
const TIMEOUT: Duration = Duration::from_secs(1);
/// More than the AWS CLI's one: a service that answers 5xx is there and worth asking again.
const ATTEMPTS: u32 = 3;

const IPV4: &str = "http://169.254.169.254";
const IPV6: &str = "http://[fd00:ec2::254]";

/// How the instance metadata service is reached for a profile; `faulty` is the one that names it as its source.
pub(crate) fn instance(asked: &Section, env: &Environment, faulty: &Section) -> Result<Metadata, ErrorInfo> {
    if env.flag("AWS_EC2_METADATA_DISABLED") {
        let what = "takes its credentials from Ec2InstanceMetadata, and AWS_EC2_METADATA_DISABLED is true; unset it, or \
                    use a source_profile";
        return Err(faulty.fault("credential_source", what));
    }
    let said = |key: &str, variable: &str| env.var(variable).or_else(|| asked.get(key)).map(str::to_owned);
    let number = |key: &str, variable: &str| -> Result<Option<u32>, ErrorInfo> {
        let Some(text) = said(key, variable) else { return Ok(None) };
        match text.parse() {
            Ok(n) if (1..=60).contains(&n) => Ok(Some(n)),
            _ => Err(asked.fault(key, format_args!("has {key} `{text}` (or {variable} says so); write 1 to 60"))),
        }
    };
    let endpoint = match said("ec2_metadata_service_endpoint", "AWS_EC2_METADATA_SERVICE_ENDPOINT") {
        Some(url) if url.parse::<http::Uri>().is_ok_and(|u| u.scheme().is_some() && u.host().is_some()) => url,
        Some(url) => {
            let what = format_args!("has ec2_metadata_service_endpoint `{url}`; write http://…");
            return Err(asked.fault("ec2_metadata_service_endpoint", what));
        }
        None => {
            let mode = said("ec2_metadata_service_endpoint_mode", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
            let six = mode.is_some_and(|m| m.eq_ignore_ascii_case("ipv6"));
            if six { IPV6 } else { IPV4 }.to_owned()
        }
    };
    Ok(Metadata::Instance {
        endpoint,
        timeout: number("metadata_service_timeout", "AWS_METADATA_SERVICE_TIMEOUT")?
            .map_or(TIMEOUT, |s| Duration::from_secs(s.into())),
        attempts: number("metadata_service_num_attempts", "AWS_METADATA_SERVICE_NUM_ATTEMPTS")?.unwrap_or(ATTEMPTS),
    })
}

/// Whether the container says where its credentials are. Where that is, the provider reads itself.
pub(crate) fn container(env: &Environment, faulty: &Section) -> Result<Metadata, ErrorInfo> {
    if [RELATIVE_URI, FULL_URI].into_iter().all(|v| env.var(v).is_none()) {
        let what = format_args!(
            "takes its credentials from EcsContainer, and neither {RELATIVE_URI} nor {FULL_URI} is set: this is no ECS task \
             or EKS pod with a role; use a source_profile here"
        );
        return Err(ErrorInfo { code: "MetadataUnavailable".into(), ..faulty.fault("credential_source", what) });
    }
    Ok(Metadata::Container)
}

const RELATIVE_URI: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::profiles::Catalog;

    fn of(keys: &str, vars: &[(&str, &str)]) -> Result<Metadata, ErrorInfo> {
        let mut catalog = Catalog::default();
        catalog.add_config(Path::new("config"), &format!("[profile p]\n{keys}"));
        let profile = catalog.profile("p").expect("p");
        instance(profile, &Environment::made_up(vars.iter().copied(), None), profile)
    }

    #[test]
    fn the_environment_counts_before_the_profile_and_both_before_awss_own_address() {
        // profile, environment → endpoint, seconds, attempts
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, u64, u32);
        let cases: &[Case<'_>] = &[
            ("", &[], IPV4, 1, ATTEMPTS),
            ("ec2_metadata_service_endpoint_mode = IPv6\n", &[], IPV6, 1, ATTEMPTS),
            ("", &[("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv6")], IPV6, 1, ATTEMPTS),
            (
                "ec2_metadata_service_endpoint = http://127.0.0.1:1\nmetadata_service_timeout = 5\n",
                &[("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2")],
                "http://127.0.0.1:1",
                5,
                2,
            ),
            (
                "ec2_metadata_service_endpoint = http://127.0.0.1:1\n",
                &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:2")],
                "http://127.0.0.1:2",
                1,
                ATTEMPTS,
            ),
        ];
        for (keys, vars, url, seconds, tries) in cases {
            let Ok(Metadata::Instance { endpoint, timeout, attempts }) = of(keys, vars) else { panic!("{keys}") };
            assert_eq!((endpoint.as_str(), timeout.as_secs(), attempts), (*url, *seconds, *tries), "{keys} {vars:?}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_told_with_its_line() {
        for (keys, want) in [
            ("metadata_service_timeout = soon\n", "config, line 2: profile `p` has metadata_service_timeout `soon`"),
            (
                "ec2_metadata_service_endpoint = nowhere\n",
                "config, line 2: profile `p` has ec2_metadata_service_endpoint",
            ),
        ] {
            let error = of(keys, &[]).expect_err(want);
            assert!(error.message.starts_with(want), "{}", error.message);
        }
        let off = of("", &[("AWS_EC2_METADATA_DISABLED", "True")]).expect_err("switched off");
        assert!(off.message.contains("AWS_EC2_METADATA_DISABLED is true; unset it"), "{}", off.message);
    }
}

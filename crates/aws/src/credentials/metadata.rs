//! The role of the machine this runs on: EC2 instance metadata (IMDSv2 alone) and the credentials endpoint of a container,
//! by AWS's own providers of `aws-config`. Of that crate nothing else is used: its default chain would find these, or keys
//! in the environment, under the name of any profile; here they are asked only by a profile that names them.
//!
//! The container's provider reads where to ask (`AWS_CONTAINER_…`) from the environment of the process itself; it cannot be
//! given another. It is asked only if our [`crate::Environment`] has them, too.

use std::time::Duration;

use aws_config::{
    ecs::EcsCredentialsProvider,
    imds::{self, client::error::ImdsError},
    provider_config::ProviderConfig,
};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError},
};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use skydeck_domain::ErrorInfo;

use super::Ask;
use crate::{
    AwsError, ErrorClass,
    ground::{config_error, local_error},
    profiles::Metadata,
};

/// A container's endpoint is beside it: one that takes longer, with all retries, is not coming.
const CONTAINER_LIMIT: Duration = Duration::from_secs(10);

/// Credentials of the instance's or container's role.
pub(super) async fn credentials(ask: Ask<'_>, from: &Metadata) -> Result<Credentials, AwsError> {
    let http = ask.ground.http.direct().map_err(|info| config_error(ask.profile, ask.region, info))?;
    let config = ProviderConfig::empty()
        .with_http_client(http)
        .with_sleep_impl(TokioSleep::new())
        .with_time_source(ask.ground.time.clone())
        .with_behavior_version(Some(BehaviorVersion::latest()));
    let got = match from {
        Metadata::Instance { endpoint, timeout, attempts } => {
            let client = imds::Client::builder().configure(&config).endpoint(endpoint).map_err(|_| {
                failed(ask, from, ErrorClass::Config, "has no URL. Mend ec2_metadata_service_endpoint.".into())
            })?;
            let client = client
                .connect_timeout(*timeout)
                .read_timeout(*timeout)
                .operation_attempt_timeout(*timeout * 2)
                .max_attempts(*attempts)
                .build();
            // Asked for here, because the provider tells a role that is missing only in words.
            let role = client.get(ROLE).await.map_err(|error| no_role(ask, from, &error))?;
            let provider = imds::credentials::ImdsCredentialsProvider::builder().configure(&config).imds_client(client);
            provider.profile(String::from(role)).build().provide_credentials().await
        }
        Metadata::Container => {
            let provider = EcsCredentialsProvider::builder().configure(&config).build();
            match tokio::time::timeout(CONTAINER_LIMIT, provider.provide_credentials()).await {
                Ok(got) => got,
                Err(_) => Err(CredentialsError::provider_timed_out(CONTAINER_LIMIT)),
            }
        }
    };
    got.map_err(|error| match &error {
        // Of the provider's own text only what is about the configuration is shown: the rest may quote an answer, and an
        // answer holds keys.
        CredentialsError::InvalidConfiguration(_) => {
            let why = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            failed(ask, from, ErrorClass::Config, format!("is set up wrongly: {why}."))
        }
        _ => failed(ask, from, ErrorClass::SignedOut, not_there(from)),
    })
}

/// Where the instance's role is named.
const ROLE: &str = "/latest/meta-data/iam/security-credentials/";

fn no_role(ask: Ask<'_>, from: &Metadata, error: &ImdsError) -> AwsError {
    match error {
        ImdsError::ErrorResponse(answer) if answer.response().status().as_u16() == 404 => {
            let what = "has no role for this instance: attach an instance profile, or use a source_profile.";
            failed(ask, from, ErrorClass::SignedOut, what.into())
        }
        _ => failed(ask, from, ErrorClass::SignedOut, not_there(from)),
    }
}

fn not_there(from: &Metadata) -> String {
    match from {
        Metadata::Instance { .. } => "did not answer with credentials: this is no EC2 instance, or its metadata service is \
                                      off or too many hops away (a container needs a hop limit of 2). Use a source_profile \
                                      here."
            .into(),
        Metadata::Container => "did not answer with credentials. Outside of an ECS task or EKS pod, unset \
                                AWS_CONTAINER_CREDENTIALS_* and use a source_profile."
            .into(),
    }
}

fn failed(ask: Ask<'_>, from: &Metadata, class: ErrorClass, what: String) -> AwsError {
    let who = match from {
        Metadata::Instance { endpoint, .. } => format!("The instance metadata service at {endpoint}"),
        Metadata::Container => "The credentials endpoint of the container".to_owned(),
    };
    let message = format!("{who} {what}");
    let info = ErrorInfo { code: "MetadataUnavailable".into(), message, operation: None };
    local_error(ask.profile, ask.region, class, info)
}

#[cfg(test)]
#[path = "metadata_tests.rs"]
mod tests;

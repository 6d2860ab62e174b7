//! `credential_process`: runs a program that prints credentials, as the AWS CLI does: without a shell, JSON version 1.
//! What it writes to standard error is never shown or logged, because it may hold a secret.

use std::{process::Stdio, time::Duration};

use aws_credential_types::Credentials;
use serde::Deserialize;
use skydeck_domain::{ErrorInfo, Timestamp};
use tokio::process::Command;

use super::Ask;
use crate::{AwsError, ErrorClass, ground::local_error};

/// Long enough for a program that waits for a person's browser.
const TIME_LIMIT: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    version: Option<u32>,
    access_key_id: Option<String>,
    secret_access_key: Option<String>,
    session_token: Option<String>,
    expiration: Option<Timestamp>,
}

/// Runs the command and reads what it prints.
pub(super) async fn run(ask: Ask<'_>, command: &[String]) -> Result<Credentials, AwsError> {
    run_within(ask, command, TIME_LIMIT).await
}

async fn run_within(ask: Ask<'_>, command: &[String], limit: Duration) -> Result<Credentials, AwsError> {
    let failed = |class, code: &str, what: String| {
        let message = format!("The credential_process of profile `{}` {what}", ask.profile);
        local_error(ask.profile, ask.region, class, ErrorInfo { code: code.into(), message, operation: None })
    };
    let Some((program, arguments)) = command.split_first() else {
        return Err(failed(ErrorClass::Config, "ConfigError", "names no program.".into()));
    };
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(ask.ground.env.vars())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| failed(ErrorClass::Config, "CredentialProcessNotFound", not_started(program, &e)))?;
    let Ok(output) = tokio::time::timeout(limit, child.wait_with_output()).await else {
        let what = format!("did not end within {} s. Run it in a terminal to see what it waits for.", limit.as_secs());
        return Err(failed(ErrorClass::SignedOut, "CredentialProcessTimeout", what));
    };
    let output =
        output.map_err(|e| failed(ErrorClass::SignedOut, "CredentialProcessFailed", format!("broke: {e}.")))?;
    if !output.status.success() {
        let what = format!("ended with {}. Run it in a terminal to see why, then try again.", output.status);
        return Err(failed(ErrorClass::SignedOut, "CredentialProcessFailed", what));
    }
    let unreadable = |what: &str| failed(ErrorClass::Config, "CredentialProcessUnreadable", what.into());
    // serde's own message would quote what was printed.
    let printed: Printed = serde_json::from_slice(&output.stdout)
        .map_err(|_| unreadable("printed no JSON of the form AWS describes (Version 1)."))?;
    if printed.version != Some(1) {
        return Err(unreadable("printed no `\"Version\": 1`; that is the only one there is."));
    }
    let (Some(id), Some(secret)) = (printed.access_key_id, printed.secret_access_key) else {
        return Err(unreadable("printed no AccessKeyId or no SecretAccessKey."));
    };
    if printed.expiration.is_some_and(|at| at <= ask.ground.clock.now()) {
        let what = "printed credentials that have expired. Sign in with the tool it belongs to.".into();
        return Err(failed(ErrorClass::SignedOut, "ExpiredToken", what));
    }
    Ok(Credentials::new(id, secret, printed.session_token, printed.expiration.map(Into::into), "skydeck"))
}

fn not_started(program: &str, error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::NotFound && !program.contains(['/', '\\']) {
        return format!(
            "could not be started: `{program}` is not on this process's PATH. Started from a desktop, that is not your \
             shell's PATH: write the full path of `{program}` in the config."
        );
    }
    // The program alone: what stands after it may be a secret.
    format!("could not be started: `{program}`: {error}. Mend the command in the config.")
}

#[cfg(all(test, unix))]
#[path = "process_tests.rs"]
mod tests;

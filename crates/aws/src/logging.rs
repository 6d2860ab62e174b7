//! What the SDK may log. At TRACE it writes identities, headers and bodies, and has written secrets with them
//! (CVE-2023-30610); whatever a user asks for in a log filter, it and what lies under it stay at INFO.

/// Crates that handle credentials or bodies, by prefix.
const CAPPED: &[&str] = &["aws_", "h2", "hyper", "reqwest", "rustls", "tower"];

/// A filter for `tracing_subscriber::EnvFilter` that grants what is wanted, except from the SDK and what lies under it.
pub fn quiet(wanted: &str) -> String {
    // A directive with a span or field filter (`[…]`) could reach any crate, so it is left out whole.
    let plain = wanted.split(',').map(str::trim).filter(|d| !d.is_empty() && !d.contains(['[', ']', '{', '}', '"']));
    let mut kept: Vec<String> = plain.filter(|d| !CAPPED.iter().any(|c| d.starts_with(c))).map(str::to_owned).collect();
    kept.extend(CAPPED.iter().map(|c| format!("{c}=info")));
    kept.join(",")
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use tracing::instrument::WithSubscriber;
    use tracing_subscriber::EnvFilter;

    use super::*;
    use crate::{
        limiter::lock,
        testing::{Answer, House, identity},
    };

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            lock(&self.0).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// Everything that is logged while a session is made by SSO and by keys, every part of them a canary.
    async fn logged(filter: &str) -> String {
        let config = "[profile keys]\naws_access_key_id=AKIACANARY\naws_secret_access_key=canary\n\
                      aws_session_token=canary\n[profile sso]\nsso_start_url=https://example.awsapps.com/start\n\
                      sso_region=eu-west-1\nsso_account_id=111122223333\nsso_role_name=Dev\n";
        let house = House::new(config, &[], |seen| {
            match seen.operation.as_str() {
            "GetRoleCredentials" => Answer::Json(
                200,
                r#"{"roleCredentials":{"accessKeyId":"AKIACANARY","secretAccessKey":"canary","sessionToken":"canary","expiration":1795338000000}}"#.into(),
            ),
            _ => identity("111122223333", "user/dev"),
        }
        });
        house.sso_token("https://example.awsapps.com/start", "canary", "2026-11-22T12:00:00Z");
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(filter))
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let sessions = async {
            for profile in ["keys", "sso"] {
                house.aws.session(profile, "eu-west-1").await.expect(profile);
            }
        };
        sessions.with_subscriber(subscriber).await;
        String::from_utf8_lossy(&lock(&log.0)).to_lowercase()
    }

    #[tokio::test]
    async fn no_wish_makes_the_sdk_write_a_secret() {
        assert!(logged("trace").await.contains("canary"), "without the cap the SDK does, so this test can fail");
        let wishes =
            ["trace", "aws_sigv4=trace", "info,aws_sigv4::http_request=trace", "aws=trace", "[{request}]=trace", ""];
        for wish in wishes {
            assert!(!logged(&quiet(wish)).await.contains("canary"), "{wish}");
        }
    }

    #[test]
    fn what_is_ours_is_granted() {
        assert!(quiet("warn,skydeck_engine=trace").starts_with("warn,skydeck_engine=trace,aws_=info"));
    }
}

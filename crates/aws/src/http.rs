//! The HTTP clients: one for all profiles, and one more for each `ca_bundle` that a profile names. Connections are pooled,
//! TLS roots loaded once; the proxy is the environment's, and not used for the machine's own metadata. A client given from
//! outside (demo, tests) takes the place of all.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use skydeck_domain::ErrorInfo;

use crate::{environment::Environment, limiter::lock};

/// Idle connections kept per host; a hundred accounts share the hosts of a Region.
const IDLE_PER_HOST: usize = 8;
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Http {
    given: Option<SharedHttpClient>,
    proxy: ProxyConfig,
    made: Mutex<HashMap<Way, SharedHttpClient>>,
}

/// What tells two clients apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Way {
    ca_bundle: Option<PathBuf>,
    proxied: bool,
}

impl Http {
    pub(crate) fn new(given: Option<SharedHttpClient>, env: &Environment) -> Self {
        Http { given, proxy: proxy(env), made: Mutex::default() }
    }

    /// The client that trusts what the bundle holds, or without one what the system trusts.
    pub(crate) fn client(&self, ca_bundle: Option<&Path>) -> Result<SharedHttpClient, ErrorInfo> {
        self.by(Way { ca_bundle: ca_bundle.map(Path::to_path_buf), proxied: true })
    }

    /// The client for what is on this machine or beside it (metadata of instances and containers): never by a proxy, whose
    /// own role would answer.
    pub(crate) fn direct(&self) -> Result<SharedHttpClient, ErrorInfo> {
        self.by(Way { ca_bundle: None, proxied: false })
    }

    fn by(&self, way: Way) -> Result<SharedHttpClient, ErrorInfo> {
        if let Some(given) = &self.given {
            return Ok(given.clone());
        }
        let mut made = lock(&self.made);
        if let Some(client) = made.get(&way) {
            return Ok(client.clone());
        }
        let trust = match &way.ca_bundle {
            Some(path) => TrustStore::empty().with_pem_certificate(bundle(path)?),
            None => TrustStore::default(),
        };
        let context = TlsContext::builder().with_trust_store(trust).build().map_err(|e| ErrorInfo {
            code: "ConfigError".into(),
            message: format!("TLS cannot be set up: {e}"),
            operation: None,
        })?;
        let proxy = if way.proxied { self.proxy.clone() } else { ProxyConfig::disabled() };
        let client = Builder::new()
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build_with_connector_fn(move |settings, components| {
                let mut connector = Connector::builder().proxy_config(proxy.clone());
                connector.set_connector_settings(settings.cloned());
                connector.set_sleep_impl(components.and_then(|c| c.sleep_impl()));
                connector.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(context.clone()).build()
            });
        made.insert(way, client.clone());
        Ok(client)
    }
}

/// Reads a bundle and checks it here, because the connector would panic on a bad one.
fn bundle(path: &Path) -> Result<Vec<u8>, ErrorInfo> {
    let broken = |what: String| ErrorInfo {
        code: "ConfigError".into(),
        message: format!(
            "The CA bundle {} {what}. Mend it, or unset AWS_CA_BUNDLE / ca_bundle to trust what the system trusts.",
            path.display()
        ),
        operation: None,
    };
    let bytes = std::fs::read(path).map_err(|e| broken(format!("cannot be read: {e}")))?;
    let certificates = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| broken("is not PEM".into()))?;
    if certificates.is_empty() {
        return Err(broken("holds no certificate".into()));
    }
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate).map_err(|_| broken("holds a certificate that cannot be used".into()))?;
    }
    Ok(bytes)
}

/// `HTTPS_PROXY`, else `ALL_PROXY`, else `HTTP_PROXY` (which serves only plain endpoints), less `NO_PROXY`. One proxy is
/// all the connector takes; AWS is asked over https.
fn proxy(env: &Environment) -> ProxyConfig {
    let var = |upper: &str| env.var(&upper.to_lowercase()).or_else(|| env.var(upper)).map(str::to_owned);
    let chosen = if let Some(url) = var("HTTPS_PROXY") {
        ProxyConfig::https(url)
    } else if let Some(url) = var("ALL_PROXY") {
        ProxyConfig::all(url)
    } else if let Some(url) = var("HTTP_PROXY") {
        ProxyConfig::http(url)
    } else {
        return ProxyConfig::disabled();
    };
    match (chosen, var("NO_PROXY")) {
        (Ok(proxy), Some(rules)) => proxy.no_proxy(rules),
        (Ok(proxy), None) => proxy,
        (Err(_), _) => {
            tracing::warn!("the proxy variable is no URL; going without a proxy");
            ProxyConfig::disabled()
        }
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod wire_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_bundle_is_an_error_that_names_the_file_not_a_panic() {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, content, want) in [
            ("absent.pem", None, "cannot be read"),
            ("empty.pem", Some(""), "holds no certificate"),
            ("text.pem", Some("hello"), "holds no certificate"),
            ("broken.pem", Some("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"), "is not PEM"),
            ("junk.pem", Some("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n"), "cannot be used"),
        ] {
            let path = dir.path().join(name);
            if let Some(content) = content {
                std::fs::write(&path, content).expect("written");
            }
            let http = Http::new(None, &Environment::default());
            let error = http.client(Some(&path)).expect_err(name);
            assert!(error.message.contains(want) && error.message.contains(name), "{name}: {}", error.message);
        }
    }

    #[test]
    fn the_proxy_comes_from_the_given_environment_only() {
        assert!(proxy(&Environment::default()).is_disabled());
        assert!(!proxy(&Environment::made_up([("HTTPS_PROXY", "http://proxy.example.com:3128")], None)).is_disabled());
        assert!(!proxy(&Environment::made_up([("https_proxy", "http://proxy.example.com:3128")], None)).is_disabled());
        assert!(proxy(&Environment::made_up([("HTTPS_PROXY", "")], None)).is_disabled());
        assert!(proxy(&Environment::made_up([("HTTPS_PROXY", "not a url")], None)).is_disabled());
    }
}

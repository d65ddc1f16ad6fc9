//! The one HTTP client that all accounts and regions share: TLS, proxies, trusted roots, connections and timeouts.
//!
//! TLS is rustls with ring: it builds with a C compiler alone (aws-lc wants CMake or NASM on some systems) and is
//! the smaller of the two. Roots are the system's, so that a company's proxy with its own authority works. Knows
//! nothing of what is asked.

use std::{path::Path, time::Duration};

use aws_smithy_http_client::{
    Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::timeout::TimeoutConfig;
use domain::{CloudFault, FaultKind};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// How long a connection may take to open, TLS included.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long one call may take from its first byte to the answer's last.
pub(crate) const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// Connections serve the calls of one poll, and the quick polls after an action. Between the minutes they are closed:
/// load balancers hang up after a minute too, and a call that meets that moment fails, since nothing is sent twice.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// Volumes and spot requests are asked for side by side.
const IDLE_PER_HOST: usize = 2;
/// More authorities to trust, as the AWS command line reads them.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html>.
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

/// The client, with the proxies of the environment.
///
/// Fails when `AWS_CA_BUNDLE` names a file that cannot be used.
pub(crate) fn client() -> Result<SharedHttpClient, CloudFault> {
    let mut roots = TrustStore::default();
    if let Some(path) = std::env::var_os(CA_BUNDLE).filter(|path| !path.is_empty()) {
        roots.add_pem_certificate(bundle(Path::new(&path))?);
    }
    let tls = TlsContext::builder().with_trust_store(roots).build();
    let tls = tls.map_err(|error| CloudFault::with_detail(FaultKind::Unreachable, error.to_string()))?;
    let connector = Connector::builder()
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).build())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .proxy_config(ProxyConfig::from_env())
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls);
    Ok(shared(SharedHttpConnector::new(connector.build())))
}

/// The SDK's own cache makes a connector, and reads all roots, for every client of a region; one is enough.
fn shared(connector: SharedHttpConnector) -> SharedHttpClient {
    http_client_fn(move |_, _| connector.clone())
}

/// The timeouts of every call.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build()
}

/// A file of certificates, each one read once here: the SDK takes them as good.
fn bundle(path: &Path) -> Result<Vec<u8>, CloudFault> {
    let unusable = |why: String| {
        let what = format!("{CA_BUNDLE} names {}, which cannot be used: {why}", path.display());
        CloudFault::with_detail(FaultKind::Unreachable, what)
    };
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|error| unusable(error.to_string()))?;
    match RootCertStore::empty().add_parsable_certificates(certificates) {
        (0, 0) => Err(unusable("it holds no certificate".into())),
        (_, 0) => Ok(pem),
        (_, bad) => Err(unusable(format!("{bad} of its certificates are malformed"))),
    }
}

#[cfg(test)]
mod tests;

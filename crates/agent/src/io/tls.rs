//! TLS for `http`: rustls with ring over ureq's transport, and whom it trusts.
//!
//! ureq's own connector builds its roots anew for every connection whose request has limits of its own, which all of
//! ours have; and it needs every root as bytes in memory. This one reads them once, when the first https call is made.
//!
//! Trusted are the certificates of the machine, in the one file that Debian, Amazon Linux and the others keep them in:
//! they are renewed with the machine, and a company's own are among them. `AWS_CA_BUNDLE` and `SSL_CERT_FILE` go before,
//! and then nothing else counts. None are compiled in: they would age with the binary, and a machine whose user data
//! fetched the agent over https has some.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use rustls::sign::SigningKey;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport, TransportAdapter,
};

use super::machine::Root;

/// Sessions to take up again: one for every host that is spoken to.
const SESSIONS: usize = 8;
/// Where systems keep all their roots in one file: Debian and Ubuntu, Amazon Linux and Fedora, SUSE, Alpine.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Whom to trust.
#[derive(Clone, Debug)]
pub enum Roots {
    /// Those in this file, and nobody else.
    Named(PathBuf),
    /// Those of the machine, in the first of these files that has any.
    Machine(Vec<PathBuf>),
}

impl Roots {
    /// What the environment names, else the machine's.
    pub fn find(root: &Root, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).filter(|file| !file.is_empty());
        match ["AWS_CA_BUNDLE", "SSL_CERT_FILE"].into_iter().find_map(set) {
            Some(file) => Self::Named(file.into()),
            None => Self::Machine(BUNDLES.iter().map(|bundle| root.path(bundle)).collect()),
        }
    }

    fn load(&self) -> Result<RootCertStore, TlsFault> {
        match self {
            Self::Named(file) => read(file).ok_or_else(|| TlsFault::NamedNone(file.clone())),
            Self::Machine(files) => {
                files.iter().find_map(|file| read(file)).ok_or_else(|| TlsFault::None(files.clone()))
            }
        }
    }
}

fn read(file: &Path) -> Option<RootCertStore> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).into_iter().flatten().flatten() {
        // A single one that is too old or too strange must not stand in the way of the others.
        let _ = store.add(certificate);
    }
    (!store.is_empty()).then_some(store)
}

/// Why TLS cannot even be begun.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// The file that was named trusts nobody.
    #[error("there is no certificate in {0:?}, which AWS_CA_BUNDLE or SSL_CERT_FILE names")]
    NamedNone(PathBuf),
    /// The machine trusts nobody.
    #[error(
        "this machine has no certificates to trust in any of {0:?}: install its package ca-certificates, or name a file of \
         them in AWS_CA_BUNDLE"
    )]
    None(Vec<PathBuf>),
    /// rustls refuses the settings.
    #[error("cannot set up TLS: {0}")]
    Settings(#[source] rustls::Error),
}

/// Wraps a connection to an https address in TLS.
pub(super) struct TlsConnector {
    roots: Roots,
    config: Mutex<Option<Arc<ClientConfig>>>,
}

impl TlsConnector {
    pub(super) fn new(roots: Roots) -> Self {
        Self { roots, config: Mutex::new(None) }
    }

    /// Kept once it was made: the sessions to take up again are in it.
    fn config(&self) -> Result<Arc<ClientConfig>, TlsFault> {
        let mut kept = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = &*kept {
            return Ok(config.clone());
        }
        let config = Arc::new(build(&self.roots)?);
        *kept = Some(config.clone());
        Ok(config)
    }
}

fn build(roots: &Roots) -> Result<ClientConfig, TlsFault> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsFault::Settings)?
        .with_root_certificates(roots.load()?)
        .with_no_client_auth();
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    Ok(config)
}

/// ring's, but without the part that signs with keys of one's own, which is 50 KB: the agent shows nobody a certificate.
fn provider() -> CryptoProvider {
    CryptoProvider { key_provider: &NoKeys, ..rustls::crypto::ring::default_provider() }
}

#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("the agent has no certificate of its own".into()))
    }
}

impl fmt::Debug for TlsConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsConnector").field("roots", &self.roots).finish_non_exhaustive()
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(transport) = chained else { return Ok(None) };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let host = details.uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).map_err(|error| ureq::Error::Other(error.into()))?;
        let config = self.config().map_err(|fault| ureq::Error::Other(fault.into()))?;
        let mut conn =
            ClientConnection::new(config, name).map_err(|error| ureq::Error::Other(error.into()))?;
        let mut sock = TransportAdapter::new(transport.boxed(), details.current_time.clone());
        sock.set_timeout(details.timeout);
        conn.complete_io(&mut sock)?;
        let buffers =
            LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(TlsTransport { buffers, stream: StreamOwned { conn, sock } })))
    }
}

/// An encrypted connection.
pub(super) struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsTransport").finish_non_exhaustive()
    }
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        use std::io::Write;
        self.stream.get_mut().set_timeout(timeout);
        self.stream.write_all(&self.buffers.output()[..amount])?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        use std::io::Read;
        self.stream.get_mut().set_timeout(timeout);
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;

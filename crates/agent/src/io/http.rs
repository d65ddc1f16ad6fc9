//! One HTTP exchange, bounded in time and in size. It knows no service and never tries twice.

pub mod deadline;
mod fault;
mod names;

use std::io::{self, Read};
use std::time::Duration;

use ureq::http::{HeaderMap, Request, uri::Scheme};
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, TcpConnector};
use ureq::{Agent, AsSendBody, Proxy, SendBody, config::AutoHeaderValue};

pub use self::deadline::{Deadline, Stop};
pub use self::fault::Fault;
use self::names::Names;
use super::tls::{Roots, TlsConnector};

/// Of each direction of a connection: two TLS records. There may be as many connections as workers.
const BUFFER: usize = 32 * 1024;
/// What is kept open between calls: as many as files move at once.
const IDLE_CONNECTIONS: usize = 64;
/// Shorter than any of AWS's ends keeps a silent connection.
const IDLE_AGE: Duration = Duration::from_secs(15);

/// Connections and how they are made. Clones share them.
#[derive(Clone, Debug)]
pub struct Http {
    agent: Agent,
    proxy: Option<Proxy>,
}

/// How long one exchange may take.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    /// To connect, with TLS.
    pub connect: Duration,
    /// Without a byte read or written.
    pub idle: Duration,
    /// In all, the answer's body included.
    pub total: Duration,
}

/// What is sent with a request.
pub struct Sent<'a> {
    /// Where the bytes come from.
    pub reader: &'a mut dyn Read,
    /// How many.
    pub len: u64,
}

impl Http {
    /// Over the proxy that `HTTPS_PROXY` names, for https alone: an endpoint spoken to without TLS is a near one.
    pub fn new(roots: Roots) -> Self {
        Self { proxy: Proxy::try_from_env(), ..Self::direct(roots) }
    }

    /// Past all proxies: what a proxy would find at the address of the metadata service is its own.
    pub fn direct(roots: Roots) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("curfew-agent/", env!("CARGO_PKG_VERSION")))
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .input_buffer_size(BUFFER)
            .output_buffer_size(BUFFER)
            .max_idle_connections(IDLE_CONNECTIONS)
            .max_idle_connections_per_host(IDLE_CONNECTIONS)
            .max_idle_age(IDLE_AGE)
            .build();
        let connector =
            ().chain(ConnectProxyConnector::default())
                .chain(TcpConnector::default())
                .chain(TlsConnector::new(roots));
        Self { agent: Agent::with_parts(config, connector, Names::default()), proxy: None }
    }

    /// Sends a request and waits for the head of its answer, whatever its status.
    ///
    /// # Errors
    /// There is no answer.
    pub fn send(&self, request: Request<()>, sent: Option<Sent<'_>>, wait: Wait) -> Result<Answer, Fault> {
        let (mut parts, ()) = request.into_parts();
        let Some(Sent { reader, len }) = sent else {
            return self.run(Request::from_parts(parts, SendBody::none()), wait);
        };
        parts.headers.insert("content-length", len.into());
        self.run(Request::from_parts(parts, SendBody::from_reader(reader)), wait)
    }

    fn run(&self, request: Request<impl AsSendBody>, wait: Wait) -> Result<Answer, Fault> {
        let proxy = self.proxy.clone().filter(|_| request.uri().scheme() == Some(&Scheme::HTTPS));
        let request = self
            .agent
            .configure_request(request)
            .proxy(proxy)
            .timeout_global(Some(wait.total))
            .timeout_resolve(Some(wait.connect.min(wait.total)))
            .timeout_connect(Some(wait.connect.min(wait.total)))
            .timeout_per_read(Some(wait.idle))
            .timeout_per_write(Some(wait.idle))
            .build();
        let (head, body) = self.agent.run(request)?.into_parts();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: Some(body) })
    }
}

/// The head of an answer, and its body while it was not read.
#[derive(Debug)]
pub struct Answer {
    /// As HTTP numbers it.
    pub status: u16,
    headers: HeaderMap,
    body: Option<ureq::Body>,
}

impl Answer {
    /// A header's value, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long the body will be, where that is known.
    pub fn length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    /// Reads the body, which is at most `max` long.
    ///
    /// # Errors
    /// It is longer, or did not come whole.
    pub fn bytes(&mut self, max: usize) -> Result<Vec<u8>, Fault> {
        let expected = usize::try_from(self.length().unwrap_or(0)).unwrap_or(usize::MAX);
        if expected > max {
            return Err(Fault::TooLarge(max));
        }
        let mut all = Vec::with_capacity(expected + 1);
        let Some(mut body) = self.body.take() else { return Ok(all) };
        body.as_reader().take(max as u64 + 1).read_to_end(&mut all).map_err(ureq::Error::from)?;
        if all.len() > max { Err(Fault::TooLarge(max)) } else { Ok(all) }
    }

    /// Gives the body on piece by piece.
    ///
    /// # Errors
    /// It did not come whole, or `sink` failed.
    pub fn each(&mut self, mut sink: impl FnMut(&[u8]) -> io::Result<()>) -> Result<u64, Fault> {
        let Some(mut body) = self.body.take() else { return Ok(0) };
        let (mut reader, mut buffer, mut all) = (body.as_reader(), vec![0; BUFFER], 0);
        loop {
            let read = match reader.read(&mut buffer) {
                Ok(0) => return Ok(all),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ureq::Error::from(error).into()),
            };
            sink(&buffer[..read]).map_err(Fault::Sink)?;
            all += read as u64;
        }
    }
}

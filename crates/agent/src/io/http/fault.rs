//! Why there was no answer.

use std::io;

use ureq::Timeout;

/// Why an exchange came to no answer, or to half of one.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Nobody is there: no name, no route, refused, or silent while connecting.
    #[error("cannot connect: {0}")]
    NoConnection(String),
    /// Silent, or slow, after connecting.
    #[error("no answer in time")]
    TimedOut,
    /// Cut off.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The other end is not who it says, or the two found no common ground.
    #[error("no trusted connection: {0}")]
    Tls(String),
    /// Something that is not HTTP.
    #[error("the answer makes no sense: {0}")]
    Garbled(String),
    /// The body is longer than this.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(usize),
    /// Where the body goes to failed.
    #[error("cannot keep what came: {0}")]
    Sink(#[source] io::Error),
    /// The request cannot be sent as it is.
    #[error("no such request can be made: {0}")]
    Request(String),
}

impl From<ureq::Error> for Fault {
    fn from(error: ureq::Error) -> Self {
        use ureq::Error as E;
        match error {
            E::Timeout(Timeout::Connect | Timeout::Resolve) => Self::NoConnection("no answer in time".into()),
            E::Timeout(_) => Self::TimedOut,
            E::HostNotFound => Self::NoConnection("its name is not known".into()),
            E::ConnectionFailed => Self::NoConnection("the connection failed".into()),
            E::ConnectProxyFailed(why) => Self::NoConnection(format!("the proxy says {why}")),
            E::InvalidProxyUrl => Self::NoConnection("the proxy's address is wrong".into()),
            E::Io(error) => Self::from(error),
            E::Tls(why) => Self::Tls(why.into()),
            E::Other(error) => Self::Tls(error.to_string()),
            E::TlsRequired => Self::Tls("it is not encrypted".into()),
            E::Protocol(error) => Self::Garbled(error.to_string()),
            E::LargeResponseHeader(..) | E::BodyStalled => Self::Garbled(error.to_string()),
            E::BadUri(_) | E::Http(_) | E::BodyExceedsLimit(_) => Self::Request(error.to_string()),
            // The rest belongs to features that are off; the enum is open, so that there must be an arm.
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as K;
        match error.kind() {
            K::TimedOut | K::WouldBlock => Self::TimedOut,
            K::ConnectionRefused
            | K::HostUnreachable
            | K::NetworkUnreachable
            | K::NetworkDown
            | K::AddrNotAvailable => Self::NoConnection(error.to_string()),
            // What rustls has to say about a handshake comes wrapped as this.
            K::InvalidData => Self::Tls(error.to_string()),
            _ if error.raw_os_error().is_none() && error.to_string().contains("lookup address") => {
                Self::NoConnection(error.to_string())
            }
            _ => Self::Broken(error.to_string()),
        }
    }
}

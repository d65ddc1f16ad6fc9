//! Names to addresses: kept for a few seconds, and begun with another one each time.
//!
//! ureq looks a name up for every request, in a thread, even where a connection is waiting; ten thousand small files would
//! be ten thousand questions to a resolver that takes a thousand a second (VPC user guide, "DNS quotas"). S3 answers with
//! eight addresses and wants them all to be used (S3 user guide, "Performance design patterns").

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::io::clock;

/// S3's own answers live for about as long.
const KEPT: Duration = Duration::from_secs(5);
/// Hosts that the agent speaks to: S3's, EC2's, those of logs and metrics, the metadata service.
const MOST: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Names {
    dns: DefaultResolver,
    kept: Mutex<Vec<Name>>,
}

#[derive(Debug)]
struct Name {
    host: String,
    addresses: Vec<SocketAddr>,
    /// Since boot.
    until: Duration,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.scheme().zip(uri.authority());
        let host =
            host.and_then(|(scheme, host)| DefaultResolver::host_and_port(scheme, host)).unwrap_or_default();
        let known = host.parse().map(|address| vec![address]).ok().or_else(|| self.known(&host));
        let addresses = match known {
            Some(addresses) => addresses,
            None => {
                let found = self.dns.resolve(uri, config, timeout)?.to_vec();
                self.keep(&host, &found);
                found
            }
        };
        let mut resolved = self.empty();
        addresses.into_iter().for_each(|address| resolved.push(address));
        Ok(resolved)
    }
}

impl Names {
    /// Turned by one, so that the next connection goes to the next address.
    fn known(&self, host: &str) -> Option<Vec<SocketAddr>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let up = clock::now().up;
        let name = kept.iter_mut().find(|name| name.host == host && up < name.until)?;
        name.addresses.rotate_left(1);
        Some(name.addresses.clone())
    }

    fn keep(&self, host: &str, addresses: &[SocketAddr]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let up = clock::now().up;
        kept.retain(|name| name.host != host && up < name.until);
        if kept.len() < MOST {
            kept.push(Name { host: host.to_owned(), addresses: addresses.to_vec(), until: up + KEPT });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_take_turns_while_they_are_known() {
        let names = Names::default();
        assert_eq!(names.known("s3:443"), None);
        let (one, two): (SocketAddr, _) =
            ("10.0.0.1:443".parse().expect("one"), "10.0.0.2:443".parse().expect("one"));
        names.keep("s3:443", &[one, two]);
        assert_eq!(names.known("s3:443"), Some(vec![two, one]));
        assert_eq!(names.known("s3:443"), Some(vec![one, two]));
        assert_eq!(names.known("ec2:443"), None);
        for number in 0..100 {
            names.keep(&number.to_string(), &[one]);
        }
        assert!(names.kept.lock().expect("no panic").len() <= MOST);
    }
}

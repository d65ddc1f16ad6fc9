//! Where an object is: in the bucket's own host on AWS, in a path where the endpoint is given.
//!
//! Source: S3 user guide, "Virtual hosting of general purpose buckets": a bucket with a dot does not match the wildcard
//! certificate, so that it goes into the path.

use crate::io::aws::{Api, endpoints};
use crate::io::sign::encode_path;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Scheme and authority.
    pub(super) base: String,
    /// Encoded, from `/` on.
    pub(super) path: String,
}

pub(super) fn of(given: Option<&str>, bucket: &str, region: &str, key: &str) -> Address {
    let (bucket_path, key) = (encode_path(bucket), encode_path(key));
    let in_path = if key.is_empty() { format!("/{bucket_path}") } else { format!("/{bucket_path}/{key}") };
    let host = endpoints::host(Api::S3, region);
    match given {
        Some(endpoint) => Address { base: endpoint.to_owned(), path: in_path },
        None if is_host(bucket) => {
            Address { base: format!("https://{bucket}.{host}"), path: format!("/{key}") }
        }
        None => Address { base: format!("https://{host}"), path: in_path },
    }
}

fn is_host(bucket: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=63).contains(&bucket.len())
        && bucket.bytes().all(plain)
        && !bucket.starts_with('-')
        && !bucket.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_is_in_the_host_or_in_the_path() {
        let check = |given, bucket, key, base: &str, path: &str| {
            let found = of(given, bucket, "eu-west-1", key);
            assert_eq!(found, Address { base: base.into(), path: path.into() });
        };
        check(None, "runs", "a b/ü+", "https://runs.s3.eu-west-1.amazonaws.com", "/a%20b/%C3%BC%2B");
        check(None, "runs", "", "https://runs.s3.eu-west-1.amazonaws.com", "/");
        check(None, "my.runs", "k", "https://s3.eu-west-1.amazonaws.com", "/my.runs/k");
        check(None, "Old_Bucket", "", "https://s3.eu-west-1.amazonaws.com", "/Old_Bucket");
        check(Some("http://127.0.0.1:1"), "runs", "x\n/../y", "http://127.0.0.1:1", "/runs/x%0A/../y");
    }
}

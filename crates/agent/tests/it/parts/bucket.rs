//! The runs' bucket in the stand-in, as somebody sees it who looks for what a run has left.

use agent::io::{
    http::Deadline,
    s3::{Bucket, Condition},
};

use super::{
    stand_in::{REGION, StandIn, aws_at},
    until::BOUND,
};

/// Its name.
pub(crate) const BUCKET: &str = "runs";

/// Makes it.
pub(crate) fn make(stand_in: &StandIn) {
    ureq::put(format!("{}/{BUCKET}", stand_in.url())).send_empty().expect("the bucket can be made");
}

/// The keys with this prefix, in their order.
pub(crate) fn keys(url: &str, prefix: &str) -> Vec<String> {
    let found = at(url).list(prefix, &Deadline::after(BOUND)).expect("it can be listed");
    found.into_iter().map(|object| object.key).collect()
}

/// The newest object with this prefix and this end.
pub(crate) fn find(url: &str, prefix: &str, end: &str) -> Option<Vec<u8>> {
    let key = keys(url, prefix).into_iter().rfind(|key| key.ends_with(end))?;
    Some(at(url).get_bytes(&key, 1 << 20, &Deadline::after(BOUND)).expect("it was listed").0)
}

/// Puts an object there.
pub(crate) fn put(url: &str, key: &str, bytes: &[u8]) {
    at(url).put_bytes(key, bytes, &Condition::Always, &Deadline::after(BOUND)).expect("it can be written");
}

fn at(url: &str) -> Bucket {
    Bucket::new(aws_at(url), BUCKET, REGION)
}

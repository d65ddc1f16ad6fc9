//! Real parts that tests start: each is its own, listens on 127.0.0.1 alone, and ends with the test.

pub(crate) mod bucket;
pub(crate) mod http;
pub(crate) mod imds;
pub(crate) mod proxy;
pub(crate) mod stand_in;
pub(crate) mod until;

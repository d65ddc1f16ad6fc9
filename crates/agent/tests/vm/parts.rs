//! Real parts that other tests start too; each uses what it needs of them.

#![expect(dead_code, reason = "they are whole for the tests of `it`")]

#[path = "../it/parts/bucket.rs"]
pub(crate) mod bucket;
#[path = "../it/parts/http.rs"]
pub(crate) mod http;
#[path = "../it/parts/imds.rs"]
pub(crate) mod imds;
#[path = "../it/parts/stand_in.rs"]
pub(crate) mod stand_in;
#[path = "../it/parts/until.rs"]
pub(crate) mod until;

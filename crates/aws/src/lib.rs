//! EC2 and what belongs to it behind the engine's [`Cloud`](engine::Cloud): the only crate that names an AWS SDK.
//!
//! One attempt per call: when to ask again, how long to wait and in which order to call are the engine's. Nothing
//! here keeps what AWS said; only credentials are kept, in memory.

mod account;
mod act;
mod describe;
mod ec2;
mod fault;
mod http;
mod launch;
mod parameter;
mod partition;
mod plain_call;
mod prepare;
mod profile;
mod query;
mod role;
mod session;
mod source;
mod translate;
mod xml;

pub use ec2::Ec2;
pub use partition::partition;
pub use profile::profiles;

//! What touches the machine and the network. Thin: no opinion lives here.

pub mod aws;
pub mod clock;
pub mod credentials;
pub mod ec2;
pub mod files;
pub mod http;
pub mod imds;
pub mod logs;
pub mod machine;
pub mod metrics;
pub mod s3;
pub mod sign;
pub mod tls;

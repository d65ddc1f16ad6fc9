//! What touches the machine and the network. Thin: no opinion lives here.

pub mod aws;
pub mod cgroup;
pub mod child;
pub mod clock;
pub mod credentials;
pub mod disk;
pub mod ec2;
pub mod files;
pub mod gauge;
pub mod http;
pub mod imds;
pub mod load;
pub mod logs;
pub mod machine;
pub mod metrics;
pub mod neuron;
pub mod nvidia;
pub mod output;
pub mod power;
pub mod processes;
pub mod reap;
pub mod s3;
pub mod sessions;
pub mod sign;
pub mod signals;
pub mod tls;

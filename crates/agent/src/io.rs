//! What touches the machine and the network. Thin: no opinion lives here.

pub mod cgroup;
pub mod child;
pub mod clock;
pub mod machine;
pub mod output;
pub mod power;

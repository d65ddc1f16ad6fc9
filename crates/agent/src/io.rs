//! What touches the machine and the network. Thin: no opinion lives here.

pub mod clock;
pub mod disk;
pub mod gauge;
pub mod load;
pub mod machine;
pub mod neuron;
pub mod nvidia;
pub mod processes;
pub mod reap;
pub mod sessions;
pub mod signals;

//! What touches the machine and the network. Thin: no opinion lives here.

pub mod clock;
pub mod files;

pub mod machine;

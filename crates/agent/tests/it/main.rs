//! The agent against real parts: AWS's stand-in, a metadata service on loopback, and a proxy that makes faults.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test says by panicking")]

mod faults;
mod lives;
mod network;
mod parts;

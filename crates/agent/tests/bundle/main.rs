//! What is in `bundle/agent`, tried for real: user data through cloud-init and the units under systemd, on a whole small
//! machine that boots, fetches, runs and powers off in namespaces of its own.
//!
//! Needs root, debootstrap, shellcheck and a few minutes once, to make the machine (kept in `.cache`). `CURFEW_MACHINE`
//! names another machine's root, to try the same on another distribution.

#![expect(clippy::unwrap_used, reason = "a test says by panicking")]

mod bucket;
mod console;
mod files;
#[path = "../vm/instance.rs"]
mod instance;
mod lives;
mod machine;
#[path = "../vm/parts.rs"]
mod parts;
#[path = "../vm/program.rs"]
mod program;
mod shipped_agent;
mod signature;

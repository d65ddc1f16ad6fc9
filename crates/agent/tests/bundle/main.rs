//! What is in `bundle/agent`, tried for real: user data through cloud-init and the units under systemd, on a whole small
//! machine that boots, fetches, runs and powers off in namespaces of its own.
//!
//! Needs root, debootstrap, shellcheck and a few minutes once, to make the machine (kept in `.cache`). `CURFEW_MACHINE`
//! names another machine's root, to try the same on another distribution.

mod bucket;
mod console;
mod files;
mod lives;
mod machine;
mod signature;

//! The agent as it is shipped, on a whole machine with a kernel of its own, for what can be had nowhere else: memory that
//! runs out, a disk that is full, a wall clock that is set, and a power-off that is one.
//!
//! Debian's kernel for virtual machines under qemu, with busybox as its init, and an agent that finds the metadata service
//! at its own address, EC2's name on the hardware, and AWS's stand-in behind the network. Needs qemu-system-x86,
//! busybox-static, e2fsprogs and, once, apt; neither root nor KVM.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test says by panicking")]

mod initramfs;
mod instance;
mod machine;
mod parts;
mod program;
mod shipped_agent;

//! The agent for the instances: static, for both architectures, small.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::setup;
use crate::{command, paths};

/// What one binary may weigh, in bytes.
pub(crate) const BUDGET: u64 = 3_670_016;

/// A machine that it is built for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Architecture {
    X86_64,
    Aarch64,
}

impl Architecture {
    pub(crate) const ALL: [Self; 2] = [Self::X86_64, Self::Aarch64];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }

    fn target(self) -> String {
        format!("{}-unknown-linux-musl", self.name())
    }

    /// Runs programs of the architecture, where it is not this machine's.
    pub(crate) fn runner(self) -> Option<&'static str> {
        match self {
            Self::X86_64 => None,
            Self::Aarch64 => Some("qemu-aarch64-static"),
        }
    }
}

/// Builds it, and says where it lies.
pub(crate) fn build(architecture: Architecture) -> Result<PathBuf> {
    let target = architecture.target();
    setup::ensure_target(&target, "the agent on the instances")?;
    let mut cargo = command::cargo();
    cargo.args(["build", "--package", "agent", "--profile", "agent", "--target", &target]);
    if let Architecture::Aarch64 = architecture {
        cargo.env("CC_aarch64_unknown_linux_musl", "aarch64-linux-gnu-gcc");
        cargo.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld");
    }
    command::run(&mut cargo)?;
    Ok(program(architecture))
}

/// Where it lies once it is built.
pub(crate) fn program(architecture: Architecture) -> PathBuf {
    paths::target().join(architecture.target()).join("agent").join("curfew-agent")
}

/// Starts it, on this machine or under qemu: it wraps a command and has its exit code.
pub(crate) fn try_out(architecture: Architecture, program: &PathBuf) -> Result<()> {
    let mut run = match architecture.runner() {
        Some(runner) => {
            let mut run = command::program(runner);
            run.arg(program);
            run
        }
        None => command::program(program),
    };
    let status = run
        .args(["run", "--max-runtime", "1m", "--", "sh", "-c", "exit 5"])
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .status()
        .with_context(|| format!("the agent for {} cannot be started", architecture.name()))?;
    ensure!(
        status.code() == Some(5),
        "the agent for {} ended with {status}, not with 5",
        architecture.name()
    );
    Ok(())
}

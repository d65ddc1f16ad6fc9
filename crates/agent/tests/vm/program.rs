//! The agent as it is shipped: optimised, static, for this computer's architecture.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// Names one that is built already.
const GIVEN: &str = "CURFEW_AGENT";

/// Where it lies. It is built if `CURFEW_AGENT` does not name one: minutes the first time.
pub(crate) fn shipped() -> PathBuf {
    if let Some(program) = env::var_os(GIVEN) {
        return program.into();
    }
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    let target = format!("{}-unknown-linux-musl", env::consts::ARCH);
    let done = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "agent", "--profile", "agent", "--target", &target])
        .arg("--target-dir")
        .arg(&built)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo");
    assert!(done.success(), "the agent for {target} cannot be built; {GIVEN} can name one");
    built.join(target).join("agent/curfew-agent")
}

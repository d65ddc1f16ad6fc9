//! The agent's builds that are shipped beside the program.
//!
//! Knows where they lie and nothing of what they do.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::{CloudFault, FaultKind};
use engine::Build;
use protocol::userdata::Architecture;
use sha2::{Digest, Sha256};

/// Says where they are instead.
const VARIABLE: &str = "CURFEW_AGENTS";

/// The build for an architecture, from the first folder that has one.
pub(crate) fn read(architecture: Architecture) -> Result<Build, CloudFault> {
    let name = format!("curfew-agent-{}", architecture.machine());
    let bytes = folders().iter().find_map(|folder| fs::read(folder.join(&name)).ok());
    let bytes = bytes.ok_or_else(|| {
        let what = format!("build of the agent for {} on this computer", architecture.machine());
        let hint = format!("Install Curfew again, or name the folder that has {name} in {VARIABLE}.");
        CloudFault::with_detail(FaultKind::Absent { what }, hint)
    })?;
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Build { bytes, sha256 })
}

/// Where they may be: where the variable says, beside the program, or where packages put them.
fn folders() -> Vec<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        return vec![named.into()];
    }
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    let packaged = |folder: &Path| folder.parent().map(|it| it.join("lib").join("curfew").join("agents"));
    let resources = |folder: &Path| folder.parent().map(|it| it.join("Resources").join("agents"));
    let here = beside.map(|folder| [Some(folder.join("agents")), packaged(folder), resources(folder)]);
    here.into_iter().flatten().flatten().collect()
}

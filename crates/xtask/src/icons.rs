//! `cargo xtask icons`: starts the program that draws them, a binary of its own because its SVG
//! renderer takes longer to build than the rest of xtask.

use anyhow::Result;

use crate::{command, paths};

pub(crate) fn run(check: bool) -> Result<()> {
    let mut cargo = command::cargo();
    cargo.args(["run", "--quiet", "--package", "xtask", "--features", "icons", "--bin", "xtask-icons", "--"]);
    cargo.arg(paths::root().join("icons"));
    if check {
        cargo.arg("--check");
    }
    command::run(&mut cargo)
}

//! wasm-opt, which makes the shipped UI smaller: from npm's `binaryen`, because Debian's is too
//! old for what rustc emits. Optional: without npm the UI is larger and otherwise the same.

use std::path::PathBuf;

use crate::{command, paths};

const VERSION: &str = "132.0.0";

/// Where it lies once set up.
pub(crate) fn program() -> Option<PathBuf> {
    let program = folder().join("node_modules/.bin/wasm-opt");
    program.exists().then_some(program)
}

pub(super) fn ensure() {
    if program().is_some() {
        return;
    }
    let Some(npm) = command::find("npm") else {
        println!("Setup: npm is absent: the UI is built without wasm-opt, a little larger");
        return;
    };
    println!("Setup: wasm-opt from npm (optional; a few seconds)");
    let mut npm = command::program(npm);
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"]);
    npm.arg(folder()).arg(format!("binaryen@{VERSION}"));
    if let Err(problem) = command::run(&mut npm) {
        println!("Setup: {problem:#}: the UI is built without wasm-opt, a little larger");
    }
}

fn folder() -> PathBuf {
    paths::cache().join(format!("binaryen-{VERSION}"))
}

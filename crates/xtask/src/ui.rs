//! `cargo xtask ui`: the window's content, from Rust to what a webview loads.
//! Cargo makes the wasm, wasm-bindgen its JavaScript, wasm-opt (when setup found npm) makes the
//! release smaller, and the static files are laid beside them. Files in ui/dist are rewritten only
//! when they differ, so that an unchanged UI does not rebuild the window that embeds it.

mod files;
mod size;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

pub(crate) use size::{BUDGET_KIB, Size, gzipped};

use crate::build::Profile;
use crate::clock::{Stopwatch, seconds};
use crate::{command, paths, setup};

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "curfew-ui";

pub(crate) fn build(profile: Profile) -> Result<()> {
    let watch = Stopwatch::start();
    // The page, the boot script, the styles: laid beside the code as they lie there.
    let page = paths::root().join("ui/static");
    ensure!(page.is_dir(), "{} is missing: it holds the page that loads the UI", paths::shown(&page));
    println!("UI: compiling to wasm (the first time a minute or two, then seconds)");
    let code = bound(profile, &compile(profile)?)?;
    files::mirror(&[&code, &page], &paths::ui_dist())?;
    println!("UI: {} in {}, {}", paths::shown(&paths::ui_dist()), seconds(watch.elapsed()), Size::read()?);
    Ok(())
}

fn compile(profile: Profile) -> Result<PathBuf> {
    let (name, folder) = match profile {
        Profile::Dev => ("dev", "debug"),
        Profile::Release => ("ui", "ui"),
    };
    ensure!(setup::target_installed(TARGET), "the {TARGET} target is not installed: run `cargo xtask setup`");
    let mut cargo = command::cargo();
    cargo.args(["build", "--package", PACKAGE, "--target", TARGET, "--profile", name]);
    command::run(&mut cargo)?;
    Ok(paths::target().join(TARGET).join(folder).join(PACKAGE).with_extension("wasm"))
}

/// A folder with the module and its JavaScript: that of the last time when the module, the profile
/// and the tools are the same.
fn bound(profile: Profile, module: &Path) -> Result<PathBuf> {
    let optimizer = match profile {
        Profile::Dev => None,
        Profile::Release => setup::wasm_opt(),
    };
    let code = paths::target().join("ui-code");
    let key = files::fingerprint(module, &format!("{} {optimizer:?}", profile.name()))?;
    let stamp = code.with_extension("stamp");
    if code.is_dir() && fs::read_to_string(&stamp).is_ok_and(|last| last == key) {
        return Ok(code);
    }
    files::emptied(&code)?;
    bindgen(profile, module, &code)?;
    match (profile, optimizer) {
        (Profile::Release, Some(tool)) => optimize(&tool, &code)?,
        (Profile::Release, None) => {
            println!("UI: wasm-opt is absent (it comes with npm): the wasm stays larger")
        }
        (Profile::Dev, _) => {}
    }
    fs::write(&stamp, key).with_context(|| format!("could not write {}", stamp.display()))?;
    Ok(code)
}

fn bindgen(profile: Profile, module: &Path, code: &Path) -> Result<()> {
    let mut cargo = command::cargo();
    cargo.args([
        "run",
        "--quiet",
        "--package",
        "xtask",
        "--features",
        "bindgen",
        "--bin",
        "xtask-bindgen",
        "--",
    ]);
    cargo.arg(module).arg(code);
    if profile == Profile::Dev {
        cargo.arg("--names");
    }
    println!("UI: wasm-bindgen (its first build takes half a minute)");
    command::run(&mut cargo)
}

fn optimize(tool: &Path, code: &Path) -> Result<()> {
    let module = code.join("curfew-ui_bg.wasm");
    println!("UI: wasm-opt (seconds)");
    let mut wasm_opt = command::program(tool);
    wasm_opt.args(["-Oz", "-o"]).arg(&module).arg(&module);
    command::run(&mut wasm_opt)
}

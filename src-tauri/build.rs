//! Tells Tauri which commands there are, and what the window shows when the UI was not built.

use std::{env, fs, path::Path};

/// Every command that the page may call: Tauri allows all of them in every window unless they are named here.
const COMMANDS: &[&str] = &[
    "watch",
    "send",
    "settings",
    "edit",
    "profiles",
    "read_profile",
    "save_profile",
    "duplicate_profile",
    "connect_key",
    "autostart",
    "demo",
    "restart_tray",
    "quit",
    "copy",
    "open_console",
];

/// What `cargo xtask ui` makes, and `tauri.conf.json` embeds.
const PAGE: &str = "../ui/dist/index.html";

const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Curfew</title>\
    <h1>The window's content is not built</h1><p>Run <code>cargo xtask ui</code>, then build again.</p>";

fn main() {
    println!("cargo::rerun-if-changed=../ui/dist");
    if !Path::new(PAGE).exists() {
        embed_a_page_that_says_so();
    }
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .expect("tauri.conf.json and capabilities/ are right");
}

/// Lets the programs be built, checked and tested without the UI.
fn embed_a_page_that_says_so() {
    println!("cargo::warning=the window's content is not built: run `cargo xtask ui`, then build again");
    let folder = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("not-built");
    fs::create_dir_all(&folder).expect("cargo made OUT_DIR");
    fs::write(folder.join("index.html"), NOT_BUILT).expect("OUT_DIR can be written to");
    println!(
        "cargo::rustc-env=TAURI_CONFIG={{\"build\":{{\"frontendDist\":{:?}}}}}",
        folder.display().to_string()
    );
}

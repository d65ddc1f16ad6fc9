//! Makes the JavaScript beside a wasm module: wasm-bindgen's command line in one call, of exactly
//! the version that Cargo.lock pins for the `wasm-bindgen` crate, so that the two always agree.
//! A binary of its own because its library takes far longer to build than the rest of xtask.
//! Must not know what the module is for.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [module, out_dir, rest @ ..] = args.as_slice() else {
        bail!("usage: xtask-bindgen MODULE.wasm OUT_DIR [--names]");
    };
    let names = match rest {
        [] => false,
        [flag] if flag.as_os_str() == "--names" => true,
        _ => bail!("the only flag is --names: keep function names for readable stack traces"),
    };
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .typescript(false)
        .keep_debug(false)
        .remove_name_section(!names)
        .remove_producers_section(true);
    bindgen
        .web(true)
        .and_then(|it| it.generate(out_dir))
        .with_context(|| format!("wasm-bindgen on {}", module.display()))
}

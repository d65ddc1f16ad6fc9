//! Draws every icon from its SVG source, and with `--check` tells which drawn one differs from
//! it. The renderer is pure Rust and pinned, so the same bytes come out on every machine. A
//! binary of its own because the renderer takes longer to build than the rest of xtask.

mod containers;
mod draw;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use draw::Drawing;

/// Tray hosts ask for 16 to 24 and their doubles; the largest of them choose 64.
const TRAY_SIZES: [u32; 7] = [16, 22, 24, 32, 44, 48, 64];

/// What menus, task bars, file managers and the three bundle formats ask for.
const APP_SIZES: [u32; 6] = [16, 32, 48, 64, 128, 256];

/// What is drawn: the file's path in the icons folder, and its bytes.
type Drawn = BTreeMap<PathBuf, Vec<u8>>;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.as_slice() {
        [icons] => write(Path::new(icons)),
        [icons, flag] if flag == "--check" => check(Path::new(icons)),
        _ => bail!("usage: xtask-icons ICONS_FOLDER [--check]"),
    }
}

fn write(icons: &Path) -> Result<()> {
    let drawn = draw_all(icons)?;
    for (path, bytes) in &drawn {
        let path = icons.join(path);
        fs::create_dir_all(path.parent().unwrap_or(icons))?;
        fs::write(&path, bytes).with_context(|| format!("could not write {}", path.display()))?;
    }
    println!("Icons: {} drawn", drawn.len());
    Ok(())
}

fn check(icons: &Path) -> Result<()> {
    let drawn = draw_all(icons)?;
    let stale: Vec<_> = drawn
        .iter()
        .filter(|(path, bytes)| fs::read(icons.join(path)).ok().as_ref() != Some(*bytes))
        .map(|(path, _)| path.display().to_string())
        .collect();
    if !stale.is_empty() {
        bail!("not as their source says: {}; run `cargo xtask icons`", stale.join(", "));
    }
    println!("Icons: all {} match their sources", drawn.len());
    Ok(())
}

fn draw_all(icons: &Path) -> Result<Drawn> {
    let mut drawn = Drawn::new();
    for source in tray_sources(icons)? {
        let drawing = Drawing::read(&source)?;
        for size in TRAY_SIZES {
            let name = format!("tray/{}-{size}.png", drawing.name);
            drawn.insert(name.into(), drawing.png(size)?);
        }
    }
    let app = Drawing::read(&icons.join("icon.svg"))?;
    for size in APP_SIZES {
        drawn.insert(format!("icon-{size}.png").into(), app.png(size)?);
    }
    drawn.insert("icon.png".into(), app.png(512)?);
    drawn.insert("icon.ico".into(), containers::ico(&app)?);
    drawn.insert("icon.icns".into(), containers::icns(&app)?);
    Ok(drawn)
}

fn tray_sources(icons: &Path) -> Result<Vec<PathBuf>> {
    let folder = icons.join("tray");
    let mut sources = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("could not list {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "svg") {
            sources.push(path);
        }
    }
    Ok(sources)
}

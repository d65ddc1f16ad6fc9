//! One SVG source, drawn at any size.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// A source, parsed.
pub(crate) struct Drawing {
    /// The file's name without its ending.
    pub(crate) name: String,
    tree: Tree,
}

impl Drawing {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let said = || format!("could not read {}", path.display());
        let text = fs::read_to_string(path).with_context(said)?;
        let tree = Tree::from_str(&text, &Options::default()).with_context(said)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, tree })
    }

    /// `size` by `size` pixels, as a PNG file.
    pub(crate) fn png(&self, size: u32) -> Result<Vec<u8>> {
        self.pixmap(size)?.encode_png().with_context(|| format!("could not encode {} at {size}", self.name))
    }

    /// `size` by `size` pixels: red, green, blue, alpha, not premultiplied.
    pub(crate) fn rgba(&self, size: u32) -> Result<Vec<u8>> {
        let pixels = self.pixmap(size)?.pixels().iter().map(|it| it.demultiply()).collect::<Vec<_>>();
        Ok(pixels.iter().flat_map(|it| [it.red(), it.green(), it.blue(), it.alpha()]).collect())
    }

    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^24")]
    fn pixmap(&self, size: u32) -> Result<Pixmap> {
        let mut pixmap = Pixmap::new(size, size).context("an icon of no size")?;
        let scale = size as f32 / self.tree.size().width();
        resvg::render(&self.tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
        Ok(pixmap)
    }
}

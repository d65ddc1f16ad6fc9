//! How much a webview has to take in: wasm and JavaScript, gzipped as a measure of real content.

use std::fmt;
use std::fs;
use std::io::Write;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::files;
use crate::paths;

/// Wasm and JavaScript together, in KiB (1,024 bytes) gzipped.
pub(crate) const BUDGET_KIB: u64 = 400;

/// Bytes of all wasm and JavaScript in ui/dist.
pub(crate) struct Size {
    pub(crate) raw: u64,
    pub(crate) gzipped: u64,
}

impl Size {
    pub(crate) fn read() -> Result<Self> {
        let mut size = Self { raw: 0, gzipped: 0 };
        for path in files::list(&paths::ui_dist())? {
            let code = path.extension().is_some_and(|it| it == "wasm" || it == "js");
            if code {
                let bytes = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
                size.raw += bytes.len() as u64;
                size.gzipped += gzipped(&bytes)?;
            }
        }
        Ok(size)
    }

    /// Gzipped, in whole KiB, rounded up.
    pub(crate) fn gzipped_kib(&self) -> u64 {
        self.gzipped.div_ceil(1024)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw = self.raw.div_ceil(1024);
        write!(f, "wasm and js {raw} KiB, {} KiB gzipped", self.gzipped_kib())
    }
}

/// How many bytes they are gzipped.
pub(crate) fn gzipped(bytes: &[u8]) -> Result<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64)
}

//! Files to be moved, of bytes that nothing can make smaller.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

/// What is to be moved.
#[derive(Clone, Copy)]
pub(super) enum Load {
    /// Eight files of 256 MiB.
    Large,
    /// Ten thousand of 1 to 16 KiB, in a hundred folders.
    Small,
}

impl Load {
    pub(super) const ALL: [Self; 2] = [Self::Large, Self::Small];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Large => "2 GiB in 8 files",
            Self::Small => "10,000 small files",
        }
    }

    /// Makes them, always the same.
    pub(super) fn write(self, folder: &Path) -> Result<()> {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let count = match self {
            Self::Large => 8,
            Self::Small => 10_000,
        };
        for number in 0..count {
            let len = match self {
                Self::Large => 256 << 20,
                Self::Small => 1024 + random.next() % (15 * 1024 + 1),
            };
            let inside = folder.join(format!("{:02}", number % 100));
            fs::create_dir_all(&inside)?;
            let mut file =
                BufWriter::with_capacity(1 << 16, File::create(inside.join(format!("{number}.bin")))?);
            for _ in 0..len / 8 {
                file.write_all(&random.next().to_le_bytes())?;
            }
            file.flush()?;
        }
        Ok(())
    }
}

/// Xorshift: quick, and no archive finds anything in it.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// All files in and below a folder, in order.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut files, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let list = if entry.file_type()?.is_dir() { &mut open } else { &mut files };
            list.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// How many bytes lie there.
pub(super) fn bytes(folder: &Path) -> Result<u64> {
    files(folder)?.iter().map(|file| Ok(fs::metadata(file)?.len())).sum()
}

/// Fails unless both hold files of the same names and sizes.
pub(super) fn ensure_same(one: &Path, other: &Path) -> Result<()> {
    let (ones, others) = (files(one)?, files(other)?);
    ensure!(ones.len() == others.len(), "{} files were sent, {} came back", ones.len(), others.len());
    for (file, copy) in ones.iter().zip(&others) {
        let same = file.strip_prefix(one)? == copy.strip_prefix(other)?
            && fs::metadata(file)?.len() == fs::metadata(copy)?.len();
        ensure!(same, "{} came back as {}", file.display(), copy.display());
    }
    Ok(())
}

//! A folder that was filled beside a directory takes its place, in one step where the file system can, so that a program
//! finds the old files or the new ones and never some of both.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, lchown},
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::io::files::{self, HALF_DONE};

#[cfg(test)]
mod tests;

/// Where the new files are gathered, and what they will replace.
#[derive(Debug)]
pub(super) struct Place {
    /// The directory itself, behind every link to it.
    directory: PathBuf,
    /// Where the new files go first. It is empty.
    pub(super) new: PathBuf,
    /// Where the old ones are afterwards.
    old: PathBuf,
    what: Target,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// Nothing is there.
    Free,
    /// A directory.
    Taken,
    /// A directory on which a file system is mounted: it cannot be replaced, only its content, one entry after another.
    Mounted,
}

impl Place {
    /// Makes room for the new files of `directory`, and clears away what a restore left that was cut short.
    pub(super) fn prepare(directory: &Path) -> io::Result<Self> {
        let (directory, what) = match fs::canonicalize(directory) {
            Ok(real) if !real.is_dir() => return Err(io::ErrorKind::NotADirectory.into()),
            Ok(real) => {
                let is_mounted = fs::metadata(&real)?.dev() != fs::metadata(files::parent_of(&real)?)?.dev();
                (real, if is_mounted { Target::Mounted } else { Target::Taken })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(files::parent_of(directory)?)?;
                (directory.to_owned(), Target::Free)
            }
            Err(error) => return Err(error),
        };
        let (new, old) = match what {
            Target::Free | Target::Taken => {
                (files::beside(&directory, "restoring")?, files::beside(&directory, "replaced")?)
            }
            Target::Mounted => (
                directory.join(format!("{HALF_DONE}restoring")),
                directory.join(format!("{HALF_DONE}replaced")),
            ),
        };
        files::remove(&new)?;
        fs::create_dir(&new)?;
        Ok(Self { directory, new, old, what })
    }

    /// How many bytes there is room for.
    pub(super) fn room(&self) -> io::Result<u64> {
        files::room_at(&self.new)
    }

    /// Puts the new files in place. The old ones are left at the path returned.
    pub(super) fn swap(&self) -> io::Result<Option<PathBuf>> {
        self.inherit()?;
        match self.what {
            Target::Free => fs::rename(&self.new, &self.directory).map(|()| None),
            Target::Taken => {
                files::remove(&self.old)?;
                self.exchange().map(|()| Some(self.old.clone()))
            }
            Target::Mounted => {
                files::remove(&self.old)?;
                fs::create_dir(&self.old)?;
                move_content(&self.directory, &self.old)?;
                move_content(&self.new, &self.directory)?;
                fs::remove_dir(&self.new).map(|()| Some(self.old.clone()))
            }
        }
    }

    fn exchange(&self) -> io::Result<()> {
        if renameat_with(CWD, &self.new, CWD, &self.directory, RenameFlags::EXCHANGE).is_ok() {
            return fs::rename(&self.new, &self.old);
        }
        // A file system that cannot exchange two names: between these two lines the directory is not there.
        fs::rename(&self.directory, &self.old)?;
        fs::rename(&self.new, &self.directory).inspect_err(|_| drop(fs::rename(&self.old, &self.directory)))
    }

    /// The work may run as somebody else: the new files belong to whom the directory belonged.
    fn inherit(&self) -> io::Result<()> {
        if self.what == Target::Free {
            return Ok(());
        }
        let was = fs::metadata(&self.directory)?;
        fs::set_permissions(&self.new, was.permissions())?;
        let now = fs::metadata(&self.new)?;
        if (was.uid(), was.gid()) == (now.uid(), now.gid()) {
            Ok(())
        } else {
            give(&self.new, was.uid(), was.gid())
        }
    }
}

/// Everything in and below `path`, which this agent has just made.
fn give(path: &Path, user: u32, group: u32) -> io::Result<()> {
    let mut open = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        lchown(&path, Some(user), Some(group))?;
        if path.symlink_metadata()?.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        }
    }
    Ok(())
}

fn move_content(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(HALF_DONE.as_bytes()) {
            fs::rename(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

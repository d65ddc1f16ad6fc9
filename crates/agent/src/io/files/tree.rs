//! What lies in a directory, all the way down. Nothing is opened, nothing is followed, so that no loop of links and no pipe
//! can hold it up.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{HALF_DONE, Links, facts_of};
use crate::decide::sync::{
    File, LeftOut, MOST_FILES, Tree, What, Why,
    name::{Name, is_inside},
};

/// What lies in a directory, and what of it is not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The files.
    pub tree: Tree,
    /// The others that a person should know of.
    pub left: Vec<LeftOut>,
}

/// A directory that cannot be looked into at all.
#[derive(Debug, thiserror::Error)]
pub enum ScanFault {
    /// It cannot be read.
    #[error("{} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// There is too much in it.
    #[error("{} holds more than {MOST_FILES} files: pack them, or name a folder with fewer", .0.display())]
    TooMany(PathBuf),
}

/// Looks through `directory`.
pub fn scan(directory: &Path, links: Links) -> Result<Scan, ScanFault> {
    let unreadable = |error| ScanFault::Unreadable(directory.to_owned(), error);
    let real = fs::canonicalize(directory).map_err(unreadable)?;
    let entries = fs::read_dir(&real).map_err(unreadable)?;
    let mut walk = Walk { real: &real, links, scan: Scan::default(), open: Vec::new() };
    walk.folder(None, entries);
    while let Some((name, path)) = walk.open.pop() {
        match fs::read_dir(&path) {
            Ok(entries) => walk.folder(Some(&name), entries),
            Err(error) => walk.unreadable(name.to_string(), &error),
        }
        if walk.scan.tree.len() > MOST_FILES
            || walk.scan.left.len() > MOST_FILES
            || walk.open.len() > MOST_FILES
        {
            return Err(ScanFault::TooMany(directory.to_owned()));
        }
    }
    Ok(walk.scan)
}

struct Walk<'a> {
    real: &'a Path,
    links: Links,
    scan: Scan,
    /// Folders to look into.
    open: Vec<(Name, PathBuf)>,
}

impl Walk<'_> {
    fn folder(&mut self, name: Option<&Name>, entries: fs::ReadDir) {
        // Past the bound the caller ends it; a single folder must not fill the memory before.
        for entry in entries.take(MOST_FILES + 1) {
            match entry {
                Ok(entry) => self.entry(name, &entry),
                Err(error) => self.unreadable(name.map_or(".", Name::as_str).to_owned(), &error),
            }
        }
    }

    fn entry(&mut self, folder: Option<&Name>, entry: &fs::DirEntry) {
        let part = entry.file_name();
        if part.as_encoded_bytes().starts_with(HALF_DONE.as_bytes()) {
            return;
        }
        let name = folder.map_or_else(|| Name::of_part(&part), |folder| folder.child(&part));
        match entry.metadata() {
            Ok(metadata) => self.file(name, entry.path(), &metadata),
            Err(error) => self.unreadable(name.to_string(), &error),
        }
    }

    fn file(&mut self, name: Name, path: PathBuf, metadata: &fs::Metadata) {
        if metadata.is_dir() {
            self.open.push((name, path));
        } else if metadata.is_file() {
            self.take(name, metadata, What::Regular);
        } else if metadata.is_symlink() {
            self.link(name, &path, metadata);
        } else {
            self.leave(name.to_string(), Why::NotAFile);
        }
    }

    fn link(&mut self, name: Name, path: &Path, metadata: &fs::Metadata) {
        let target = match fs::read_link(path) {
            Ok(target) => target,
            Err(error) => return self.unreadable(name.to_string(), &error),
        };
        match self.links {
            Links::Record => match inside(self.real, &name, &target) {
                Some(inner) => self.take(name, metadata, What::Link(inner)),
                None => self.leave(name.to_string(), Why::LinkOut(target)),
            },
            Links::Read => match followed(self.real, path) {
                Some(file) => self.take(name, &file, What::Regular),
                None => self.leave(name.to_string(), Why::LinkOut(target)),
            },
        }
    }

    fn take(&mut self, name: Name, metadata: &fs::Metadata, what: What) {
        use std::os::unix::fs::PermissionsExt;
        let mode = metadata.permissions().mode() & 0o7777;
        self.scan.tree.insert(name, File { facts: facts_of(metadata), mode, what });
    }

    fn leave(&mut self, name: String, why: Why) {
        self.scan.left.push(LeftOut { name, why });
    }

    /// What went away while it was looked at was never there.
    fn unreadable(&mut self, name: String, error: &io::Error) {
        if error.kind() != io::ErrorKind::NotFound {
            self.leave(name, Why::Unreadable(error.to_string()));
        }
    }
}

/// The target of a link, from the link on, if it is below the directory. One that names the directory from `/` on is turned
/// into a relative one, so that it still holds where the checkpoint is restored.
fn inside(real: &Path, name: &Name, target: &Path) -> Option<PathBuf> {
    let relative = match target.strip_prefix(real) {
        Ok(rest) => std::iter::repeat_n(Path::new(".."), name.depth()).chain([rest]).collect(),
        Err(_) => target.to_owned(),
    };
    is_inside(&relative, name.depth()).then_some(relative)
}

/// The file that a link leads to, if it is a regular one below the directory.
fn followed(real: &Path, link: &Path) -> Option<fs::Metadata> {
    let end = fs::canonicalize(link).ok().filter(|end| end.starts_with(real))?;
    fs::metadata(end).ok().filter(fs::Metadata::is_file)
}

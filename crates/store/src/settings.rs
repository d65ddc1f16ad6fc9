//! `config.toml` on the disk: read whole, changed whole, never touched when it could not be understood.
//!
//! Knows where the file is and how it is replaced; what is in it is the domain's, how a text is edited is `edit`'s.

mod edit;
mod view;

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use domain::{Config, command::SettingsEdit, config::ConfigFault};

use crate::{Folders, SettingsFault, file, folders};

pub use view::{Surroundings, view};

/// How often a change is made anew because somebody else changed the file meanwhile.
const ATTEMPTS: usize = 8;

/// The user's `config.toml`.
#[derive(Clone, Debug)]
pub struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    /// The one in the config folder.
    pub fn new(folders: &Folders) -> Self {
        Self::at(folders.config().join("config.toml"))
    }

    /// The one at this path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it; the defaults when there is none.
    ///
    /// # Errors
    /// It cannot be read, is no text, or says something wrong: then all that is wrong.
    pub fn read(&self) -> Result<Config, SettingsFault> {
        self.understand(&self.text()?.unwrap_or_default())
    }

    /// Makes all of the changes or none, and returns what is in force then. Comments, order and everything else in
    /// the file stay. What others write at the same time is kept as well: a change is made to the newest text.
    ///
    /// # Errors
    /// [`SettingsFault::Refused`] when the file would say something wrong afterwards; the others as [`Self::read`],
    /// and when it cannot be written. The file is then as it was.
    pub fn edit(&self, edits: &[SettingsEdit]) -> Result<Config, SettingsFault> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        folders::make(folder).map_err(|fault| self.unwritable(io::Error::other(fault)))?;
        let _turn = self.turn(folder)?;
        for _ in 0..ATTEMPTS {
            if let Some(config) = self.try_edit(edits)? {
                return Ok(config);
            }
        }
        Err(self.unwritable(io::Error::other("another program changes it all the time")))
    }

    /// `None` when the file was changed by somebody else at the same time, so that nothing was written.
    fn try_edit(&self, edits: &[SettingsEdit]) -> Result<Option<Config>, SettingsFault> {
        let before = self.text()?;
        let old = before.as_deref().unwrap_or_default();
        self.understand(old)?;
        let new = edit::apply(old, edits).map_err(|fault| SettingsFault::Refused { faults: vec![fault] })?;
        let config = Config::parse(&new).map_err(|faults| SettingsFault::Refused { faults })?;
        if new == old {
            return Ok(Some(config));
        }
        let unchanged = || self.text().is_ok_and(|now| now == before);
        let target = file::behind_links(&self.path);
        let written = file::replace(&target, &new, unchanged).map_err(|source| self.unwritable(source))?;
        Ok(written.then_some(config))
    }

    /// The file's text; `None` when there is no file.
    fn text(&self) -> Result<Option<String>, SettingsFault> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(SettingsFault::Unreadable { path: self.path.clone(), source }),
        };
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = good.iter().filter(|&&byte| byte == b'\n').count() + 1;
            SettingsFault::NotText { path: self.path.clone(), line }
        })?;
        Ok(Some(text))
    }

    fn understand(&self, text: &str) -> Result<Config, SettingsFault> {
        let faulty = |faults: Vec<ConfigFault>| SettingsFault::Faulty { path: self.path.clone(), faults };
        Config::parse(text).map_err(faulty)
    }

    /// Waits until no other Curfew changes the file. Programs that know no such lock are noticed by what they write.
    fn turn(&self, folder: &Path) -> Result<File, SettingsFault> {
        let lock =
            File::create(folder.join(".config.toml.lock")).map_err(|source| self.unwritable(source))?;
        if let Err(error) = lock.lock() {
            tracing::debug!(%error, "this folder's file system has no locks");
        }
        Ok(lock)
    }

    fn unwritable(&self, source: io::Error) -> SettingsFault {
        SettingsFault::Unwritable { path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests;

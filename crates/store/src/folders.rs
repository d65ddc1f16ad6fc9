//! Where Curfew keeps its things. Reads the environment once; makes folders when they are needed.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf, absolute},
};

use directories::ProjectDirs;

use crate::FolderFault;

/// Curfew's three folders on this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    config: PathBuf,
    data: PathBuf,
    runtime: PathBuf,
}

impl Folders {
    /// The folders of this user: `CURFEW_CONFIG_DIR` and `CURFEW_DATA_DIR` where they are set, else the platform's.
    ///
    /// # Errors
    /// Neither says where: there is no home folder.
    pub fn find() -> Result<Self, FolderFault> {
        let platform = ProjectDirs::from("", "", "curfew");
        Self::choose(|name| std::env::var_os(name), platform.as_ref())
    }

    fn choose(
        variable: impl Fn(&str) -> Option<OsString>,
        platform: Option<&ProjectDirs>,
    ) -> Result<Self, FolderFault> {
        let named = |name| variable(name).filter(|value| !value.is_empty()).map(whole_path).transpose();
        let config = named("CURFEW_CONFIG_DIR")?
            .or_else(|| platform.map(|dirs| dirs.config_dir().to_owned()))
            .ok_or(FolderFault::NoHome { variable: "CURFEW_CONFIG_DIR" })?;
        // With a data folder of its own comes a socket of its own: another tray, another journal.
        if let Some(data) = named("CURFEW_DATA_DIR")? {
            return Ok(Self { config, runtime: data.join("run"), data });
        }
        let platform = platform.ok_or(FolderFault::NoHome { variable: "CURFEW_DATA_DIR" })?;
        let data = platform.data_local_dir().to_owned();
        let runtime = platform.runtime_dir().map_or_else(|| data.join("run"), Path::to_owned);
        Ok(Self { config, data, runtime })
    }

    /// All below one folder.
    #[cfg(test)]
    pub(crate) fn for_tests(folder: &Path) -> Self {
        Self { config: folder.join("config"), data: folder.join("data"), runtime: folder.join("run") }
    }

    /// For `config.toml`.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// For the database and everything else that is not the user's to write.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// For the socket. Curfew's alone: whoever listens there closes it to everybody else.
    pub fn runtime(&self) -> &Path {
        &self.runtime
    }
}

fn whole_path(value: OsString) -> Result<PathBuf, FolderFault> {
    let path = PathBuf::from(value);
    absolute(&path).map_err(|source| FolderFault::Unusable { path, source })
}

/// Makes a folder, for this user alone, unless it is there.
pub(crate) fn make(folder: &Path) -> Result<(), FolderFault> {
    create(folder).map_err(|source| FolderFault::Unusable { path: folder.to_owned(), source })
}

#[cfg(unix)]
fn create(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Elsewhere a profile's folders are the user's alone already.
#[cfg(not(unix))]
fn create(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests;

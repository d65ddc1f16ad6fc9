//! One window at a time: the first holds a lock, and the system lets go of it however the process ends.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
};

/// Held as long as this is the window.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock; `None` when another window has it.
    pub(crate) fn take(folder: &Path) -> io::Result<Option<Self>> {
        fs::create_dir_all(folder)?;
        let file = File::create(folder.join("window.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_lock_at_a_time() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = Lock::take(folder.path()).expect("a temporary folder");
        assert!(first.is_some());
        assert!(Lock::take(folder.path()).expect("a temporary folder").is_none());
        drop(first);
        assert!(Lock::take(folder.path()).expect("a temporary folder").is_some());
    }
}

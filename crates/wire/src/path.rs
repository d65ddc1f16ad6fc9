//! Where the socket is. Both ends work it out from the same folder and must come to the same place.
//!
//! Decides on names only; [`os`](crate::os) makes and checks what is there.

use std::path::{Path, PathBuf};

/// Where a tray listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    place: PathBuf,
}

/// The longest path of a socket that every Unix takes: macOS has 104 bytes with the closing zero, Linux 108.
#[cfg(unix)]
const LONGEST: usize = 103;

impl Address {
    /// The socket of the tray whose runtime folder this is. The folder must be Curfew's own: it is made, and closed
    /// to everybody else. A folder with too long a path is stood in for by one under `/tmp`; on Windows, where pipes
    /// have no folder, it only tells one tray from another.
    pub fn in_folder(folder: &Path) -> Self {
        Self { place: place(folder) }
    }

    /// The socket's path, or the pipe's name.
    pub fn as_path(&self) -> &Path {
        &self.place
    }
}

#[cfg(unix)]
fn place(folder: &Path) -> PathBuf {
    let near = folder.join("curfew.sock");
    if near.as_os_str().len() <= LONGEST { near } else { stand_in(folder, crate::os::own_uid()) }
}

/// A short path for a long folder. It does not ask `TMPDIR`, which may differ between the two ends.
#[cfg(unix)]
fn stand_in(folder: &Path, uid: u32) -> PathBuf {
    PathBuf::from(format!("/tmp/curfew-{uid}/{:016x}.sock", hash(folder)))
}

#[cfg(windows)]
fn place(folder: &Path) -> PathBuf {
    PathBuf::from(format!(r"\\.\pipe\curfew-{:016x}", hash(folder)))
}

/// FNV-1a: short, and the same in every build, which the standard library does not promise of its own.
fn hash(path: &Path) -> u64 {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_socket_lies_in_its_folder() {
        let address = Address::in_folder(Path::new("/run/user/1000/curfew"));
        assert_eq!(address.as_path(), Path::new("/run/user/1000/curfew/curfew.sock"));
    }

    #[test]
    fn a_long_folder_gets_a_short_path_of_its_own() {
        let long = |last: &str| PathBuf::from(format!("/home/{}/{last}", "ab/".repeat(60)));
        let first = Address::in_folder(&long("one"));
        assert!(first.as_path().as_os_str().len() <= LONGEST, "{first:?}");
        assert_eq!(first, Address::in_folder(&long("one")));
        assert_ne!(first, Address::in_folder(&long("two")));
        assert_eq!(stand_in(Path::new("/"), 7), Path::new("/tmp/curfew-7/af63a24c860189fe.sock"));
    }
}

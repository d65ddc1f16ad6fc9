//! Reading the JSON files that the other side has left, which may be older or newer than this program.

use serde::{Deserialize, de::DeserializeOwned};

/// The newest version of every JSON file that this program reads, and the one that it writes.
pub const VERSION: u32 = 1;

/// A file that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// Written by a newer Curfew, in a way that this one does not know.
    #[error(
        "{file} has version {version}, and this program reads versions up to {VERSION}: it needs a newer Curfew"
    )]
    Newer {
        /// Which.
        file: &'static str,
        /// Its version.
        version: u32,
    },
    /// Torn, or not such a file at all.
    #[error("{file} cannot be read")]
    Malformed {
        /// Which.
        file: &'static str,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
}

/// A file without a version is from before there were any.
#[derive(Deserialize)]
struct Head {
    #[serde(default = "first")]
    version: u32,
}

pub(crate) fn first() -> u32 {
    1
}

/// The version decides before anything else is looked at. Unknown fields are passed over.
pub(crate) fn read<T: DeserializeOwned>(file: &'static str, json: &[u8]) -> Result<T, FileFault> {
    let malformed = |source| FileFault::Malformed { file, source };
    let head: Head = serde_json::from_slice(json).map_err(malformed)?;
    if head.version > VERSION {
        return Err(FileFault::Newer { file, version: head.version });
    }
    serde_json::from_slice(json).map_err(malformed)
}

/// As people can read it, with a line's end at its end.
pub(crate) fn write<T: serde::Serialize>(value: &T) -> String {
    // Our types have string keys and no floats that JSON lacks: nothing of them can fail to be written.
    serde_json::to_string_pretty(value).expect("plain types are always JSON") + "\n"
}

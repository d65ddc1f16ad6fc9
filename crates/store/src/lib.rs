//! Everything that Curfew keeps on this computer: its settings, its journal, its memory, its access keys.
//!
//! Writes nothing by halves, loses nothing that a full disk keeps it from writing, and never replaces a file that it
//! could not read. Knows no AWS, no socket and no window.

mod builds;
pub mod db;
pub mod fault;
mod file;
pub mod folders;
mod journal;
pub mod keychain;
mod launches;
mod memory;
pub mod profiles;
pub mod settings;

pub use db::Database;
pub use fault::{DatabaseFault, FolderFault, SettingsFault};
pub use folders::Folders;
pub use keychain::OsKeychain;
pub use settings::SettingsFile;

//! What the desktop and the agent leave for each other: `agent.toml`, the state file, the checkpoint's manifest and the
//! run's record, where each lies in the bucket, and the user data that puts the agent on an instance.
//!
//! The two sides may be months apart in age: every file carries a version, unknown fields are tolerated on reading JSON,
//! and golden files hold what was once written. No I/O and no clock here.

pub mod checkpoint;
pub mod config;
pub mod file;
pub mod ids;
pub mod layout;
pub mod phase;
pub mod state;
pub mod training;

pub use config::AgentConfig;
pub use file::FileFault;
pub use ids::{Environment, InstanceId, JobId, RunId};
pub use layout::S3Url;
pub use phase::Phase;
pub use state::SystemState;
pub use training::Training;

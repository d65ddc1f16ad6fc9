//! The pages, each put together from components.

pub(crate) mod first_run;
pub(crate) mod fleet;
pub(crate) mod launch;
pub(crate) mod settings;

//! The table as values: which rows, in which groups and order, and which of them are in sight.
//! Everything here is a function of rows and options; nothing here knows the page.

pub(crate) mod cursor;
pub(crate) mod filter;
pub(crate) mod options;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod scroll;
pub(crate) mod sections;
pub(crate) mod sort;

//! The parts that pages are made of. Each shows its properties and tells what a person does with it.

pub(crate) mod actions;
pub(crate) mod app_bar;
pub(crate) mod banners;
pub(crate) mod cells;
pub(crate) mod connect;
pub(crate) mod details;
pub(crate) mod empty;
pub(crate) mod grid;
pub(crate) mod icon;
pub(crate) mod launcher;
pub(crate) mod notes;
pub(crate) mod now;
pub(crate) mod regions;
pub(crate) mod row;
pub(crate) mod sight;
pub(crate) mod strip;
pub(crate) mod toolbar;
pub(crate) mod totals;

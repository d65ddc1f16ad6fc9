//! Whole behaviours.

mod desktop_parts;

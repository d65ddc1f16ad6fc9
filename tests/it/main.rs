//! Whole behaviours.

mod arrows;
mod desktop_parts;
mod tidy;

//! Whole behaviours.

mod arrows;
mod desktop_parts;
mod stand_in_parts;
mod tidy;

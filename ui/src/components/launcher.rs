//! The parts of the launcher: a profile's card, a launch on its way, and the editor.

mod card;
mod checks;
mod editor;
mod examples;
mod panel;
mod paper;

pub(crate) use card::{CardView, Pick};
pub(crate) use editor::Editor;
pub(crate) use examples::Examples;
pub(crate) use panel::{Panel, Reply};

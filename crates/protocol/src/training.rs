//! `training.json`: what a run came to.

//! curfew-window.
fn main() {}

//! curfew-ui.
fn main() {}

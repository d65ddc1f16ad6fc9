//! curfew-tray.
fn main() {}

//! `curfew`.
fn main() {}

//! curfew-agent: see `agent`.

fn main() {}

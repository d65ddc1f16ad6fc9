//! `system-state.json`: what a run is doing, and the lock that keeps a second one out.

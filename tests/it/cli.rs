//! The command line as people and scripts use it: the built `curfew`, the demo fleet, the AWS stand-in, a terminal.

mod acting;
mod configuration;
mod credentials;
mod curfew;
mod demo;
mod faults;
mod reading;
mod schema;
mod terminal;

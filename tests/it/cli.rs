//! The command line as people and scripts use it: the built `curfew`, the demo fleet, the AWS stand-in, a terminal.

mod acting;
mod configuration;
mod curfew;
mod demo;
mod desktop_credentials;
mod faults;
mod launching;
mod preparing;
mod profiles;
mod reading;
mod schema;
mod terminal;
mod under_policy;

//! Curfew's desktop app as a person has it: the built tray, window and command line in a private desktop, with the AWS
//! stand-in behind them.

mod absence;
mod at_login;
mod connecting;
mod demo;
mod launching;
mod menu;
mod notice;
mod page;
mod pictures;
mod processes;
mod renders;
mod restart;
mod socket;
mod stage;
mod window;

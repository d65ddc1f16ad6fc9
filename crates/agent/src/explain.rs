//! `curfew-agent idle --once [--explain]`: one look at the machine, for a person.
//!
//! Exit codes: 0 it is idle, 1 it is in use (what cannot be read counts as use).

use std::{sync::mpsc, time::Duration};

use protocol::{Phase, config::Idle};

use crate::{
    decide::idle::{Facts, Signal, Verdict, Why, verdict},
    io::{clock, machine::Root, signals::Reader},
};

/// Between the two looks at counters that one answer takes.
const BETWEEN: Duration = Duration::from_secs(1);
/// A measuring program that is started for this answer has so long to say something.
const SETTLE: Duration = Duration::from_secs(10);

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The verdict alone.
    Verdict,
    /// Every signal with its value as well.
    Signals,
}

/// The answer and the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// For standard output.
    pub text: String,
    /// 0 idle, 1 in use.
    pub code: u8,
}

/// Looks once, which takes a second, and with a device that is held open up to ten more. `run` is where this machine's run
/// is, for whoever knows it.
pub fn idle_once(root: Root, rules: &Idle, detail: Detail, run: Option<Phase>) -> Answer {
    let mut reader = Reader::new(root, rules);
    wait(BETWEEN);
    let mut facts = reader.read(clock::now());
    if reader.settle(SETTLE) {
        wait(BETWEEN);
        facts = reader.read(clock::now());
    }
    facts.run = run;
    let verdict = verdict(&facts, rules);
    let text = match detail {
        Detail::Verdict => format!("{verdict}\n"),
        Detail::Signals => explain(&facts, rules),
    };
    Answer { text, code: u8::from(verdict != Verdict::Idle) }
}

/// Every signal, its value, whether it keeps the machine up and why, and the verdict.
pub fn explain(facts: &Facts, rules: &Idle) -> String {
    let mut text = row("SIGNAL", "KEEPS IT UP", "VALUE");
    for signal in Signal::ALL {
        let finding = signal.finding(facts, rules);
        let keeps = match finding.why {
            None => "no",
            Some(Why::InUse(_)) => "yes",
            Some(Why::Unreadable(_)) => "yes, unreadable",
        };
        text.push_str(&row(&signal.to_string(), keeps, &finding.value));
    }
    let verdict = verdict(facts, rules);
    text.push_str(&format!("\n{verdict}\n"));
    if verdict == Verdict::Idle {
        text.push_str(&what_follows(rules));
    }
    text
}

fn row(signal: &str, keeps: &str, value: &str) -> String {
    format!("{signal:<18}{keeps:<17}{value}\n")
}

fn what_follows(rules: &Idle) -> String {
    let seconds = |time: Duration| format!("{} s", time.as_secs());
    format!(
        "After {} such checks in a row, {} apart, it is shut down, but not within {} of its boot.\n",
        rules.checks.max(1),
        seconds(rules.every),
        seconds(rules.grace),
    )
}

/// Nobody ever sends: this is a wait with a bound.
fn wait(time: Duration) {
    let (_sender, receiver) = mpsc::channel::<()>();
    let _ = receiver.recv_timeout(time);
}

#[cfg(test)]
mod tests;

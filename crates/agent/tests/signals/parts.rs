//! What the tests share: reading the machine, waiting with a bound, and children that end with the test.

use std::{
    process::{Child, Command},
    time::{Duration, Instant},
};

use agent::{
    decide::idle::{Facts, Reading},
    io::{clock, machine::Root, signals::Reader},
};
use protocol::config::Idle;

/// The defaults, with these processes watched.
pub(crate) fn rules(processes: &[&str]) -> Idle {
    Idle {
        grace: Duration::from_secs(300),
        every: Duration::from_secs(60),
        checks: 2,
        cpu_above_percent: 10,
        memory_above_percent: 80,
        accelerator_above_percent: 5,
        processes: processes.iter().map(ToString::to_string).collect(),
    }
}

pub(crate) fn reader(processes: &[&str]) -> Reader {
    Reader::new(Root::real(), &rules(processes))
}

pub(crate) fn look(reader: &mut Reader) -> Facts {
    reader.read(clock::now())
}

/// The value of a signal that this machine has and can read.
pub(crate) fn value<T: std::fmt::Debug>(reading: Reading<T>) -> T {
    let value = match reading {
        Reading::Is(value) => Ok(value),
        Reading::Absent => Err("absent".to_owned()),
        Reading::Unreadable(fault) => Err(fault),
    };
    value.expect("a value")
}

/// Asks again until the answer is there.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    #[expect(clippy::disallowed_methods, reason = "a bound for the test, not a time that is written down")]
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{what}: not within 30 s");
        std::thread::yield_now();
    }
}

/// A name that nothing else on the machine bears.
pub(crate) fn name(what: &str) -> String {
    format!("curfew-{what}-{}", std::process::id())
}

/// A child that ends with the test.
pub(crate) struct Ended(pub(crate) Child);

impl Ended {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.spawn().expect("a program that is installed"))
    }

    pub(crate) fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.end();
    }
}

pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().expect("a program that is installed");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

//! How a command ended.

use std::fmt;

/// The end of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// The kernel took it for want of memory.
    OutOfMemory,
    /// It could not be started at all.
    NotStarted,
}

impl Exit {
    /// Whether it did what it was for.
    pub fn is_success(self) -> bool {
        self == Self::Code(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(number) => write!(f, "signal {number}"),
            Self::OutOfMemory => f.write_str("out of memory: the kernel ended it"),
            Self::NotStarted => f.write_str("it could not be started"),
        }
    }
}

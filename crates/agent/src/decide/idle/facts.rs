//! What one look at the machine brought: every signal with its value, or why it has none.

use std::fmt;

use protocol::Phase;

/// Everything that one check looks at. There is no default: a signal that nobody read cannot be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Terminals that `utmp` lists. Absent where the system keeps none.
    pub utmp: Reading<Vec<Terminal>>,
    /// What the titles of sshd's processes say.
    pub ssh: Reading<SshTitles>,
    /// Terminals of logind's sessions. Absent where there is no logind.
    pub logind: Reading<Vec<Terminal>>,
    /// Sessions of the Systems Manager agent.
    pub ssm: Reading<u32>,
    /// Sessions of screen, by name.
    pub screen: Reading<Vec<String>>,
    /// Servers of tmux, by socket; each holds at least one session.
    pub tmux: Reading<Vec<String>>,
    /// Processes that match a watched pattern.
    pub watched: Reading<Vec<Watched>>,
    /// Absent where no device is.
    pub nvidia: Reading<Accelerator>,
    /// Absent where no device is.
    pub neuron: Reading<Accelerator>,
    /// All processors together, since the last check.
    pub cpu: Reading<Percent>,
    /// What is not available to a new process.
    pub memory: Reading<Percent>,
    /// Where the run is; none where this machine has none. The reader of the machine does not know it: the core sets it.
    pub run: Option<Phase>,
}

/// What became of reading one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// This is its value.
    Is(T),
    /// The machine has no such thing.
    Absent,
    /// It is, or may be, there, and this is why its value is not known.
    Unreadable(String),
}

impl<T> Reading<T> {
    /// The value, borrowed.
    pub fn as_ref(&self) -> Reading<&T> {
        match self {
            Self::Is(value) => Reading::Is(value),
            Self::Absent => Reading::Absent,
            Self::Unreadable(fault) => Reading::Unreadable(fault.clone()),
        }
    }

    /// The value, changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reading<U> {
        match self {
            Self::Is(value) => Reading::Is(change(value)),
            Self::Absent => Reading::Absent,
            Self::Unreadable(fault) => Reading::Unreadable(fault),
        }
    }
}

/// Somebody at a terminal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Terminal {
    /// The login name.
    pub user: String,
    /// Below `/dev`: `pts/0`.
    pub line: String,
}

/// What sshd writes into the titles of its processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SshTitles {
    /// Sessions with a terminal.
    pub terminals: Vec<Terminal>,
    /// Sessions without one: copies, tunnels, editors. They keep nothing up; people want to know that they do not.
    pub without: u32,
}

/// A process that matches a watched pattern. Its arguments stay out: they may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Its number.
    pub pid: u32,
    /// The program's own name.
    pub name: String,
    /// The pattern that it matches.
    pub pattern: String,
}

/// All devices of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accelerator {
    /// How hard the busiest works. Absent where nothing on the machine can tell.
    pub load: Reading<Load>,
    /// Who holds one open, without those who only look.
    pub holders: Reading<Vec<Holder>>,
}

/// How hard a device works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// The share of time since the last check.
    Percent(Percent),
    /// How hard is not known, but it did work since the last check, and this shows it.
    Worked(String),
}

/// A process that holds a device open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number.
    pub pid: u32,
    /// The program's own name.
    pub name: String,
}

/// A share in tenths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u32);

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many tenths of a percent.
    pub fn tenths(tenths: u32) -> Self {
        Self(tenths)
    }

    /// The share that `part` is of `whole`; none of nothing.
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        let tenths = u128::from(part) * 1000 / u128::from((whole > 0).then_some(whole)?);
        u32::try_from(tenths).ok().map(Self)
    }

    /// Read from text such as `12` or `0.56`.
    pub fn read(text: &str) -> Option<Self> {
        let value: f64 = text.trim().parse().ok()?;
        let fits = value.is_finite() && (0.0..=100_000.0).contains(&value);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked above"
        )]
        fits.then(|| Self((value * 10.0).ceil() as u32))
    }

    /// In percent.
    pub fn value(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// Whether it is more than so many whole percent.
    pub fn above(self, percent: u8) -> bool {
        self.0 > u32::from(percent) * 10
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} %", self.0 / 10, self.0 % 10)
    }
}

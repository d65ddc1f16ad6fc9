//! Everything that can happen to the engine, and everything that it can cause. Both closed.

use domain::{
    AccountConfig, AccountName, CloudFault, Command, Config, Identity, Instance, LaunchId, MemoryChange,
    Problem, Region, RegionKey, Target, action::Step, journal::Entry, region::RegionStatus,
};
use launch::{Answer, Call, Record};

/// Everything that can happen to the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The configuration, at the start and after every change.
    Configured(Config),
    /// The time that [`Core::poll_timeout`](super::Core::poll_timeout) named has come.
    Tick,
    /// STS answered.
    Identified {
        /// For which account.
        account: AccountName,
        /// What.
        result: Result<Identity, CloudFault>,
    },
    /// DescribeRegions answered.
    RegionsListed {
        /// For which account.
        account: AccountName,
        /// What.
        result: Result<Vec<RegionStatus>, CloudFault>,
    },
    /// A region answered.
    Polled {
        /// Which.
        key: RegionKey,
        /// What.
        result: Result<Vec<Instance>, CloudFault>,
    },
    /// An action's calls are through, or one failed.
    Acted {
        /// On which instance.
        target: Target,
        /// How it went.
        result: Result<(), CloudFault>,
    },
    /// STS took or refused a code.
    CodeTaken {
        /// For which account.
        account: AccountName,
        /// How it went.
        result: Result<(), CloudFault>,
    },
    /// AWS answered a launch.
    LaunchAnswered {
        /// Which launch.
        id: LaunchId,
        /// What it asked.
        call: Box<Call>,
        /// What came back.
        result: Result<Answer, CloudFault>,
    },
    /// How far a launch got is on disk, or could not be written.
    LaunchKept {
        /// Which launch.
        id: LaunchId,
        /// How that went.
        result: Result<(), Problem>,
    },
    /// Somebody wants something; the answer goes to `ticket`.
    Commanded {
        /// Names the answer's taker.
        ticket: u64,
        /// What.
        command: Command,
    },
    /// The person came, went, or closed the lid.
    Presence(Presence),
    /// Something on this computer failed, or works again.
    Trouble {
        /// What it is about, so that a later word replaces an earlier one.
        about: &'static str,
        /// What failed; `None` when it works again.
        problem: Option<Problem>,
    },
    /// The app is about to end.
    Quit,
}

/// Whether somebody sits in front of the computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Yes, as far as is known.
    Here,
    /// The screen is locked.
    Locked,
    /// The computer is about to sleep.
    Asleep,
}

/// Everything that the engine can cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask STS who an account is.
    Identify(AccountConfig),
    /// List an account's regions.
    ListRegions(AccountConfig),
    /// Poll a region.
    Poll(AccountConfig, Region),
    /// Carry out an action's steps, in order, up to the first that fails.
    Act(AccountConfig, Target, Vec<Step>),
    /// Ask AWS what a launch wants to know or have.
    Launch(AccountConfig, LaunchId, Box<Call>),
    /// Keep on disk how far a launch got; it hears how that went.
    KeepLaunch(LaunchId, Box<Record>),
    /// Open a session with a code.
    GiveCode(AccountConfig, String),
    /// Forget cached credentials; what follows asks for them anew.
    Forget(AccountConfig),
    /// Write into the journal.
    Journal(Entry),
    /// Change the memory.
    Remember(MemoryChange),
    /// Answer a command.
    Answer(u64, Result<(), Problem>),
    /// End the loop.
    End,
}

//! What can be done to an instance, and whether it may be: section "Acting safely" as functions of facts.
//!
//! Decides; calls nothing. The steps that come out are carried out one by one by the engine.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Instance, Lifecycle, Market, Problem, SpotRequestId, Target, Timestamp,
    instance::{PROTECT_TAG, Persistence},
};

/// How long a termination waits for an Undo.
pub const UNDO_TIME: Duration = Duration::from_secs(10);

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verb {
    /// Stop; it can be started again and its volumes go on costing.
    Stop,
    /// Start a stopped instance.
    Start,
    /// Terminate, for good.
    Terminate,
}

impl Verb {
    /// The command's own word: `stop`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Terminate => "terminate",
        }
    }

    /// For a sentence's start: `Stopping`.
    pub fn doing(self) -> &'static str {
        match self {
            Self::Stop => "Stopping",
            Self::Start => "Starting",
            Self::Terminate => "Terminating",
        }
    }

    /// For a button: `Stop`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Stop => "Stop",
            Self::Start => "Start",
            Self::Terminate => "Terminate",
        }
    }

    /// The state that the action leads to.
    pub fn goal(self) -> Lifecycle {
        match self {
            Self::Stop => Lifecycle::Stopped,
            Self::Start => Lifecycle::Running,
            Self::Terminate => Lifecycle::Terminated,
        }
    }
}

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Actor {
    /// A person at the tray's menu.
    Tray,
    /// A person in the window.
    Window,
    /// A person at a notification's button.
    Notification,
    /// A person or a script at the command line.
    CommandLine,
}

impl Actor {
    /// As the journal writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tray => "tray",
            Self::Window => "window",
            Self::Notification => "notification",
            Self::CommandLine => "command-line",
        }
    }
}

/// One call to AWS, for one instance: one bad id must not hold back the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Look whether API termination protection is on, and refuse if it is.
    CheckProtection,
    /// Cancel the persistent spot request, which would otherwise launch a replacement.
    CancelSpotRequest(SpotRequestId),
    /// StopInstances.
    Stop,
    /// StartInstances.
    Start,
    /// TerminateInstances.
    Terminate,
}

/// Why an action is not even tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The tag says so.
    #[error("it carries the tag {PROTECT_TAG}")]
    TagProtected,
    /// A one-time spot instance cannot be stopped.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-instances-request.html>.
    #[error("a one-time spot instance cannot be stopped")]
    OneTimeSpot,
    /// Only AWS restarts what it interrupted.
    #[error("AWS interrupted this spot instance, and only AWS can start it again")]
    Interrupted,
    /// A spot instance whose request could not be read: terminating it might launch another.
    #[error("its spot request could not be read, and a persistent one would launch a replacement")]
    SpotRequestUnread,
    /// It is already there or on its way.
    #[error("it is {} already", .0.as_str())]
    Already(Lifecycle),
    /// The state does not allow it.
    #[error("it is {}", .0.as_str())]
    WrongState(Lifecycle),
}

impl Refusal {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TagProtected => "protected",
            Self::OneTimeSpot => "one-time-spot",
            Self::Interrupted => "interrupted",
            Self::SpotRequestUnread => "spot-request-unread",
            Self::Already(_) => "already",
            Self::WrongState(_) => "wrong-state",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::TagProtected => format!("Take the tag {PROTECT_TAG} off first if you are sure."),
            Self::OneTimeSpot => "Terminate it instead.".into(),
            Self::Interrupted => "Wait for AWS to bring it back, or terminate it.".into(),
            Self::SpotRequestUnread => {
                "Grant ec2:DescribeSpotInstanceRequests, or cancel the request in the AWS console first."
                    .into()
            }
            Self::Already(_) => String::new(),
            Self::WrongState(_) => "Wait until it has arrived in its next state, then try again.".into(),
        }
    }

    /// The refusal as every wire carries it.
    pub fn problem(&self, verb: Verb, target: &Target) -> Problem {
        Problem::new(self.code(), format!("{} {target} was refused: {self}", verb.doing()), self.hint())
    }
}

/// The calls that an action takes, in order, or why it is refused.
pub fn steps(verb: Verb, instance: &Instance) -> Result<Vec<Step>, Refusal> {
    match verb {
        Verb::Start => start(instance),
        Verb::Stop => stop(instance),
        Verb::Terminate => terminate(instance),
    }
}

fn start(instance: &Instance) -> Result<Vec<Step>, Refusal> {
    match instance.lifecycle {
        Lifecycle::Stopped if instance.is_being_interrupted() => Err(Refusal::Interrupted),
        Lifecycle::Stopped => Ok(vec![Step::Start]),
        state @ (Lifecycle::Pending | Lifecycle::Running) => Err(Refusal::Already(state)),
        state @ (Lifecycle::Stopping | Lifecycle::ShuttingDown | Lifecycle::Terminated) => {
            Err(Refusal::WrongState(state))
        }
    }
}

fn stop(instance: &Instance) -> Result<Vec<Step>, Refusal> {
    guard_tag(instance)?;
    if let Market::Spot(spot) = &instance.market
        && spot.persistence == Persistence::OneTime
    {
        return Err(Refusal::OneTimeSpot);
    }
    match instance.lifecycle {
        Lifecycle::Pending | Lifecycle::Running => Ok(vec![Step::CheckProtection, Step::Stop]),
        state @ (Lifecycle::Stopping | Lifecycle::Stopped) => Err(Refusal::Already(state)),
        state @ (Lifecycle::ShuttingDown | Lifecycle::Terminated) => Err(Refusal::WrongState(state)),
    }
}

fn terminate(instance: &Instance) -> Result<Vec<Step>, Refusal> {
    guard_tag(instance)?;
    if instance.lifecycle.is_over() {
        return Err(Refusal::Already(instance.lifecycle));
    }
    let mut steps = vec![Step::CheckProtection];
    if let Market::Spot(spot) = &instance.market {
        match (&spot.persistence, &spot.request) {
            (Persistence::OneTime, _) => {}
            (Persistence::Persistent | Persistence::Unknown, Some(request)) => {
                steps.push(Step::CancelSpotRequest(request.clone()));
            }
            (Persistence::Persistent | Persistence::Unknown, None) => return Err(Refusal::SpotRequestUnread),
        }
    }
    steps.push(Step::Terminate);
    Ok(steps)
}

fn guard_tag(instance: &Instance) -> Result<(), Refusal> {
    if instance.is_tag_protected() { Err(Refusal::TagProtected) } else { Ok(()) }
}

/// What a person should know before the action, beside its name: a replaced group member, data that is lost.
pub fn caution(verb: Verb, instance: &Instance) -> Option<String> {
    let group = instance.group();
    match (verb, group) {
        (Verb::Start, _) => None,
        (Verb::Stop | Verb::Terminate, Some(group)) => Some(format!(
            "It belongs to the Auto Scaling group {group}, which will launch a replacement: lower the group's size instead."
        )),
        (Verb::Stop, None) => None,
        (Verb::Terminate, None) => Some("What is on its volumes is lost unless they are set to stay.".into()),
    }
}

/// How far an action on one instance got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Waiting for an Undo; nothing was sent to AWS.
    CountingDown {
        /// What happens at the end.
        verb: Verb,
        /// Who asked.
        actor: Actor,
        /// When it is sent.
        acts_at: Timestamp,
    },
    /// The calls are being made.
    Acting {
        /// What is being done.
        verb: Verb,
        /// Since when.
        since: Timestamp,
    },
    /// AWS took it; the instance is on its way.
    Arriving {
        /// What was done.
        verb: Verb,
        /// Since when.
        since: Timestamp,
        /// Set once it takes longer than it should.
        overdue: bool,
    },
    /// It was refused or failed.
    Failed {
        /// What was tried.
        verb: Verb,
        /// When it failed.
        at: Timestamp,
        /// Why.
        problem: Problem,
    },
}

#[cfg(test)]
mod tests;

//! A launch on its way as sentences and steps.

use crate::{
    Lifecycle, Problem,
    launch::{AgentWord, CheckState, Headcount, Launch, Refused, Stage},
    view::fmt,
};

/// A step on the way from the wish to the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `Running`.
    pub label: String,
    /// How it stands.
    pub state: StepState,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// It comes later.
    Ahead,
    /// It is under way.
    Now,
    /// It is behind.
    Done,
    /// It went wrong, and nothing comes after it.
    Failed,
}

/// How a check stands, for an icon with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Being looked at.
    Asking,
    /// As it should be.
    Good,
    /// To be known.
    Doubtful,
    /// In the way.
    Bad,
}

impl Mark {
    /// For a class and for a screen reader.
    pub fn word(self) -> &'static str {
        match self {
            Self::Asking => "asking",
            Self::Good => "good",
            Self::Doubtful => "doubtful",
            Self::Bad => "bad",
        }
    }
}

/// The icon of a check.
pub fn mark(state: &CheckState) -> Mark {
    match state {
        CheckState::Asking => Mark::Asking,
        CheckState::Good(_) => Mark::Good,
        CheckState::Doubtful(_) => Mark::Doubtful,
        CheckState::Bad(_) => Mark::Bad,
    }
}

/// The words of a check: what was found, or what is wrong and what to do about it.
pub fn gist(state: &CheckState) -> (String, Option<String>) {
    match state {
        CheckState::Asking => ("asking".to_owned(), None),
        CheckState::Good(text) | CheckState::Doubtful(text) => (text.clone(), None),
        CheckState::Bad(Problem { message, hint, .. }) => {
            (message.clone(), (!hint.is_empty()).then(|| hint.clone()))
        }
    }
}

/// The steps of a launch; a check alone has one, and what was called off has none.
pub fn steps(launch: &Launch) -> Vec<Step> {
    let Some((at, state)) = standing(launch) else { return Vec::new() };
    let labels = labels(launch);
    let step = |(number, label): (usize, String)| Step {
        label,
        state: match number.cmp(&at) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal => state,
            std::cmp::Ordering::Greater => StepState::Ahead,
        },
    };
    let steps = labels.into_iter().enumerate().map(step);
    if launch.dry_run { steps.take(1).collect() } else { steps.collect() }
}

fn labels(launch: &Launch) -> Vec<String> {
    let work = match &launch.stage {
        Stage::Grown { members, .. } => return fleet_labels(*members),
        Stage::Launched { agent: Some(word), .. } => phase(word),
        Stage::Launched { agent: None, .. }
        | Stage::Checking
        | Stage::Checked
        | Stage::Requesting { .. }
        | Stage::Cancelling
        | Stage::Cancelled
        | Stage::Failed(_) => "Working".to_owned(),
    };
    if let Some(desired) = launch.fleet {
        return fleet_labels(Headcount { running: 0, desired });
    }
    let fixed = ["Checked", "Granted", "Pending", "Running", "Agent heard"];
    fixed.into_iter().map(str::to_owned).chain([work]).collect()
}

fn fleet_labels(members: Headcount) -> Vec<String> {
    vec!["Checked".to_owned(), "Group made".to_owned(), members.to_string()]
}

/// Which step it is at, counted from 0, and how that stands.
fn standing(launch: &Launch) -> Option<(usize, StepState)> {
    Some(match &launch.stage {
        Stage::Checking => (0, StepState::Now),
        Stage::Checked => (0, StepState::Done),
        Stage::Requesting { .. } => (1, StepState::Now),
        Stage::Launched { agent: Some(word), .. } if word.settled => (5, StepState::Done),
        Stage::Launched { agent: Some(_), .. } => (5, StepState::Now),
        Stage::Launched { lifecycle, followed, .. } => match (lifecycle, followed) {
            (Lifecycle::Pending, _) => (2, StepState::Now),
            (Lifecycle::Running, true) => (4, StepState::Now),
            (Lifecycle::Running, false) => (4, StepState::Failed),
            (
                Lifecycle::Stopping | Lifecycle::Stopped | Lifecycle::ShuttingDown | Lifecycle::Terminated,
                _,
            ) => (3, StepState::Failed),
        },
        Stage::Grown { remark: Some(_), .. } => (2, StepState::Failed),
        Stage::Grown { followed: true, .. } => (2, StepState::Now),
        Stage::Grown { followed: false, .. } => (2, StepState::Done),
        Stage::Cancelling | Stage::Cancelled => return None,
        Stage::Failed(_) if launch.refused.iter().any(|it| it.asked) => (1, StepState::Failed),
        Stage::Failed(_) => (0, StepState::Failed),
    })
}

/// `data_sync` as a person says it.
fn phase(word: &AgentWord) -> String {
    let mut letters = word.phase.replace('_', " ");
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}

/// What is going on, in one line.
pub fn headline(launch: &Launch) -> String {
    match &launch.stage {
        Stage::Checking => "Looking at everything before a cent is spent".to_owned(),
        Stage::Checked => "All is well. Nothing was launched.".to_owned(),
        Stage::Requesting { .. } if launch.fleet.is_some() => "Making the group".to_owned(),
        Stage::Requesting { place, nth } if launch.places > 1 => {
            format!("Asking for {place}, place {nth} of {}", launch.places)
        }
        Stage::Requesting { place, .. } => format!("Asking for {place}"),
        Stage::Launched { place, lifecycle, agent, followed, .. } => {
            let state = match (agent, followed) {
                (Some(word), _) => format!("its agent says: {}", phase(word).to_lowercase()),
                (None, true) if *lifecycle == Lifecycle::Running => {
                    "running, its agent has not been heard yet".to_owned()
                }
                (None, true | false) => lifecycle.as_str().to_owned(),
            };
            format!("{place}: {state}")
        }
        Stage::Grown { group, members, .. } => format!("{group}: {members}"),
        Stage::Cancelling => "Calling it off: what was made is being removed".to_owned(),
        Stage::Cancelled => "Called off. Nothing of it is left.".to_owned(),
        Stage::Failed(_) if launch.dry_run => "It would not launch".to_owned(),
        Stage::Failed(_) => "Nothing was launched".to_owned(),
    }
}

/// The same for a line of a menu: `g5-training: asking for g5.xlarge in us-east-1b`.
pub fn menu_line(launch: &Launch) -> String {
    let line = headline(launch);
    let mut letters = line.chars();
    let line = match letters.next() {
        // An instance type is written small as it is.
        Some(first) => first.to_lowercase().collect::<String>() + letters.as_str(),
        None => line,
    };
    format!("{}: {line}", fmt::one_line(&launch.profile, 40))
}

/// `Tried 2 of 12 places`, when some were refused.
pub fn tried(refused: &[Refused], places: usize) -> Option<String> {
    let asked = refused.iter().filter(|it| it.asked).count();
    let out = refused.len() - asked;
    match (asked, out) {
        (0, 0) => None,
        (asked, 0) => Some(format!("Refused by {asked} of {}", fmt::count(places, "place"))),
        (0, out) => Some(format!("{out} of {} not asked", fmt::count(places, "place"))),
        (asked, out) => {
            Some(format!("Refused by {asked} of {}, {out} more not asked", fmt::count(places, "place")))
        }
    }
}

//! What has come of a launch, for a notification and for a panel.

use crate::{
    launch::{Launch, Stage},
    view::{fmt, launcher::headline},
};

/// What has come of a launch, once nothing more comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The work has begun.
    Through,
    /// An instance is there, and something is wrong with it.
    Doubtful,
    /// Nothing was launched.
    Failed,
}

/// What is worth telling a person of: a launch that was called off or only checked is not.
pub fn outcome(launch: &Launch) -> Option<Outcome> {
    match &launch.stage {
        _ if launch.dry_run => None,
        Stage::Launched { followed: true, .. }
        | Stage::Grown { followed: true, .. }
        | Stage::Checking
        | Stage::Checked
        | Stage::Requesting { .. }
        | Stage::Cancelling
        | Stage::Cancelled => None,
        Stage::Launched { agent: Some(word), remark: None, followed: false, .. } if word.settled => {
            Some(Outcome::Through)
        }
        Stage::Grown { remark: None, followed: false, .. } => Some(Outcome::Through),
        Stage::Launched { followed: false, .. } | Stage::Grown { followed: false, .. } => {
            Some(Outcome::Doubtful)
        }
        Stage::Failed(_) => Some(Outcome::Failed),
    }
}

/// The news of a launch: the bold line, and the text below.
pub fn news(launch: &Launch) -> Option<(Outcome, String, String)> {
    let outcome = outcome(launch)?;
    let name = fmt::one_line(&launch.profile, 40);
    let title = match outcome {
        Outcome::Through => format!("{name} is at work"),
        Outcome::Doubtful => format!("{name} was launched, but not all is well"),
        Outcome::Failed => format!("{name} was not launched"),
    };
    let body = match launch.stage.problem() {
        Some(problem) => format!("{}\n{}", problem.message, problem.hint).trim_end().to_owned(),
        None => {
            let hourly = launch.estimate.as_ref().and_then(|estimate| estimate.hourly);
            let price = hourly.map(|hourly| format!("\nAbout {hourly}")).unwrap_or_default();
            format!("{}{price}", headline(launch))
        }
    };
    Some((outcome, title, body))
}

//! One notification as it is shown, and what it is about.

use std::collections::BTreeSet;

use domain::{
    AlertId, Fleet, LaunchId, Level, Problem, Target, Timestamp,
    launch::Launch,
    view::{
        fmt,
        launcher::{self, Outcome},
        notice::{self, Button, Notice, Urgency},
    },
};

/// What a notification is about: there is at most one on the screen for each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// An instance needs attention.
    Alert(Target),
    /// An instance is about to be terminated.
    Countdown(Target),
    /// An action failed.
    Failure(Target),
    /// More instances need attention than there is room for.
    More,
    /// What came of a launch.
    Launch(LaunchId),
    /// A wish was refused.
    Refusal,
}

/// What is shown. Plain text: whoever shows it escapes what its daemon would take for markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Post {
    /// Which icon.
    pub(crate) level: Level,
    /// How urgent.
    pub(crate) urgency: Urgency,
    /// The bold line.
    pub(crate) title: String,
    /// The text below.
    pub(crate) body: String,
    /// The buttons; pressing the notification itself opens the window.
    pub(crate) buttons: Vec<Button>,
}

/// How many names a summary mentions.
const NAMED: usize = 3;

impl Post {
    pub(super) fn of(notice: Notice) -> Self {
        let level = match notice.urgency {
            Urgency::Normal => Level::Warning,
            Urgency::Critical => Level::Critical,
        };
        let Notice { urgency, title, body, buttons, .. } = notice;
        Self { level, urgency, title, body, buttons }
    }

    /// How an action ended badly.
    pub(super) fn failure(fleet: &Fleet, target: &Target, problem: &Problem) -> Self {
        let post = Self::of(notice::failure(target, problem));
        Self { title: marked(post.title, fleet), ..post }
    }

    /// What came of a wish that was not taken.
    pub(super) fn refusal(problem: &Problem) -> Self {
        Self {
            level: Level::Warning,
            urgency: Urgency::Normal,
            title: problem.message.clone(),
            body: problem.hint.clone(),
            buttons: Vec::new(),
        }
    }

    /// What came of a launch, once it is over.
    pub(super) fn launched(fleet: &Fleet, launch: &Launch) -> Option<(Outcome, Self)> {
        let (outcome, title, body) = launcher::news(launch)?;
        let (level, urgency) = match outcome {
            Outcome::Through => (Level::Ok, Urgency::Normal),
            Outcome::Doubtful | Outcome::Failed => (Level::Warning, Urgency::Normal),
        };
        let post = Self { level, urgency, title: marked(title, fleet), body, buttons: Vec::new() };
        Some((outcome, post))
    }

    /// One notification for many alerts.
    pub(super) fn summary(fleet: &Fleet, alerts: &BTreeSet<AlertId>, now: Timestamp) -> Self {
        let mut about: Vec<_> = fleet
            .instances
            .values()
            .filter(|seen| seen.alert.as_ref().is_some_and(|alert| alerts.contains(&alert.id)))
            .collect();
        about.sort_by_key(|seen| (std::cmp::Reverse(seen.level()), seen.instance.launched_at));
        let level = about.first().map_or(Level::Warning, |seen| seen.level());
        let mut names: Vec<String> =
            about.iter().take(NAMED).map(|seen| fmt::title(&seen.instance)).collect();
        if about.len() > NAMED {
            names.push(format!("{} others", about.len() - NAMED));
        }
        let verb = if about.len() == 1 { "needs" } else { "need" };
        Self {
            level,
            urgency: match level {
                Level::Ok | Level::Warning => Urgency::Normal,
                Level::Critical => Urgency::Critical,
            },
            title: marked(format!("{} {verb} attention too", fmt::count(about.len(), "instance")), fleet),
            body: format!(
                "{}\nAltogether {} so far. Press to see all.",
                names.join(", "),
                fleet.totals(now).spend
            ),
            buttons: Vec::new(),
        }
    }
}

/// A title that nobody takes for real when it is not.
fn marked(title: String, fleet: &Fleet) -> String {
    if fleet.demo { format!("DEMO - {title}") } else { title }
}

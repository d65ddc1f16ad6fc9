//! Whether an instance has arrived where its action leads, as far as the fleet shows.

use std::{collections::BTreeMap, time::Duration};

use domain::{Fleet, Lifecycle, Problem, Target, Verb, action::Progress, view::fmt};

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It is there, or on a way that leads nowhere else: "is stopped".
    Well(String),
    /// AWS refused it, or it was not seen to happen.
    Failed(Problem),
}

/// Those of `waiting` that have ended; they are taken out.
pub(super) fn news(
    verb: Verb,
    fleet: &Fleet,
    waiting: &mut BTreeMap<Target, String>,
) -> Vec<(String, Arrival)> {
    let mut ended = Vec::new();
    waiting.retain(|target, title| match arrival(verb, fleet, target) {
        Some(arrival) => {
            ended.push((title.clone(), arrival));
            false
        }
        None => true,
    });
    ended
}

fn arrival(verb: Verb, fleet: &Fleet, target: &Target) -> Option<Arrival> {
    if let Some(Progress::Failed { problem, .. }) = fleet.progress.get(target) {
        return Some(Arrival::Failed(problem.clone()));
    }
    let state = fleet.instances.get(target).map(|seen| seen.instance.lifecycle);
    match (verb, state) {
        (Verb::Terminate, None | Some(Lifecycle::Terminated)) => Some(well("is terminated")),
        (Verb::Terminate, Some(Lifecycle::ShuttingDown)) => Some(well("is shutting down")),
        (Verb::Stop, Some(Lifecycle::Stopped)) => Some(well("is stopped")),
        (Verb::Start, Some(Lifecycle::Running)) => Some(well("is running")),
        (Verb::Stop | Verb::Start, None | Some(Lifecycle::ShuttingDown | Lifecycle::Terminated)) => {
            Some(Arrival::Failed(ended_instead(verb, target)))
        }
        (
            Verb::Terminate,
            Some(Lifecycle::Pending | Lifecycle::Running | Lifecycle::Stopping | Lifecycle::Stopped),
        )
        | (Verb::Stop, Some(Lifecycle::Pending | Lifecycle::Running | Lifecycle::Stopping))
        | (Verb::Start, Some(Lifecycle::Pending | Lifecycle::Stopping | Lifecycle::Stopped)) => None,
    }
}

/// What is said when the bound has passed: on its way is well, too.
pub(super) fn late(verb: Verb, fleet: &Fleet, target: &Target, bound: Duration) -> Arrival {
    let state = fleet.instances.get(target).map(|seen| seen.instance.lifecycle);
    match (verb, state) {
        (Verb::Stop, Some(Lifecycle::Stopping)) => well("is stopping; AWS took it and will finish"),
        (Verb::Start, Some(Lifecycle::Pending)) => well("is pending; AWS took it and will finish"),
        (Verb::Stop | Verb::Start | Verb::Terminate, _) => Arrival::Failed(Problem::new(
            "overdue",
            format!(
                "{} {target}: AWS did not show it happening within {}",
                verb.doing(),
                fmt::duration(bound)
            ),
            "It may still happen: look again with `curfew list`.",
        )),
    }
}

fn well(state: &str) -> Arrival {
    Arrival::Well(state.to_owned())
}

fn ended_instead(verb: Verb, target: &Target) -> Problem {
    Problem::new(
        "ended",
        format!("{} {target}: it was terminated meanwhile", verb.doing()),
        "Somebody else, its Auto Scaling group or AWS ended it.",
    )
}

#[cfg(test)]
mod tests;

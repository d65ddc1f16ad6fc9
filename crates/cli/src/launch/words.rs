//! A launch in lines for a terminal: its checks, its refusals, and what is there in the end. Pure.

use domain::{
    HourlyRate, Problem,
    launch::{CheckLine, CheckState, Estimate, GroupTarget, Headcount, Launch, Made, Place, Refused, Stage},
    view::{
        fmt::one_line,
        launcher::{cost_in_words, gist},
    },
};
use launch::Profile;

use crate::{failure::indented, terminal::ink::Ink};

/// What is longer than this says nothing more.
const LONGEST: usize = 600;

/// The pre-flight, a line for each check, and what to do below one that is bad.
pub(super) fn checks(lines: &[CheckLine], ink: Ink) -> Vec<String> {
    let longest = lines.iter().map(|line| label(line).chars().count()).max().unwrap_or_default();
    let mut said = Vec::new();
    for line in lines {
        let (text, hint) = gist(&line.state);
        said.push(format!(
            "  {}  {:longest$}  {}",
            mark(&line.state, ink),
            label(line),
            one_line(&text, LONGEST)
        ));
        said.extend(hint.iter().flat_map(|hint| hint.lines()).map(|hint| format!("        {hint}")));
    }
    said
}

fn label(line: &CheckLine) -> String {
    match &line.region {
        Some(region) => format!("{} ({region})", line.check.label()),
        None => line.check.label().to_owned(),
    }
}

fn mark(state: &CheckState, ink: Ink) -> String {
    match state {
        CheckState::Asking => ink.dim("... "),
        CheckState::Good(_) => ink.green("ok  "),
        CheckState::Doubtful(_) => ink.yellow("note"),
        CheckState::Bad(_) => ink.red("bad "),
    }
}

/// What it costs, each and all.
pub(super) fn cost(estimate: Option<&Estimate>, count: usize) -> String {
    let Some(estimate) = estimate else { return "Cost: unknown".into() };
    let hourly = estimate.hourly.map_or_else(|| "unknown".into(), |hourly| format!("about {hourly}"));
    let all = match (count, estimate.worst) {
        (0 | 1, _) => String::new(),
        (count, Some(worst)) => {
            let sum: domain::Money = std::iter::repeat_n(worst, count).sum();
            format!("; at most {sum} for all {count}")
        }
        (count, None) => format!("; {count} times"),
    };
    format!("Cost: {hourly}, {}{all}", cost_in_words(estimate))
}

/// A refused place.
pub(super) fn refusal(refused: &Refused, ink: Ink) -> String {
    let Refused { place, why, asked, .. } = refused;
    let word = if *asked { "refused" } else { "left out" };
    format!("  {} {place}: {}", ink.yellow(word), one_line(why, LONGEST))
}

/// What went wrong, for standard error.
pub(super) fn trouble(word: &str, problem: &Problem) -> String {
    format!("{word} {}\n{}", problem.message, indented(&problem.hint))
}

/// What is there in the end: all that a person needs to know of it, and how to end it.
pub(super) fn block(launch: &Launch, profile: &Profile, demo: bool, ink: Ink) -> Option<String> {
    if let Stage::Grown { group, members, .. } = &launch.stage {
        return Some(fleet(launch, group, *members, ink));
    }
    let (Some(Made::Instance(target)), Stage::Launched { place, agent, .. }) = (&launch.made, &launch.stage)
    else {
        return None;
    };
    let estimate = launch.estimate.as_ref();
    let program = if demo { "curfew --demo" } else { "curfew" };
    let name = profile.tags.get("Name").map_or(launch.profile.as_str(), String::as_str);
    let state = match agent {
        Some(word) => format!("{}, run {}", word.phase.replace('_', " "), word.run),
        None => state(&launch.stage),
    };
    let lines = [
        ("Name", one_line(name, 80)),
        ("Where", format!("{} ({}), account {}", target.region, place.zone, target.account)),
        ("Type", format!("{}, {}", place.kind, market(place))),
        ("State", state),
        ("Costs", rate(estimate.and_then(|it| it.hourly))),
        ("At worst", estimate.and_then(|it| it.worst).map_or_else(|| "unknown".into(), |it| it.to_string())),
        ("Logs", logs(profile, agent.as_ref().map(|word| word.run.as_str()))),
        (
            "Console",
            format!(
                "aws ec2 get-console-output --latest --region {} --instance-id {} --output text",
                target.region, target.id
            ),
        ),
        ("End it", format!("{program} terminate {} --region {}", target.id, target.region)),
    ];
    Some(told(target.id.as_str(), &lines, ink))
}

/// A fleet: what it is, and how it is ended. Its members are in `curfew list`.
fn fleet(launch: &Launch, group: &GroupTarget, members: Headcount, ink: Ink) -> String {
    let estimate = launch.estimate.as_ref();
    let GroupTarget { account, region, name } = group;
    let lines = [
        ("Where", format!("{region}, account {account}")),
        ("State", members.to_string()),
        ("Costs", rate(estimate.and_then(|it| it.hourly)) + " for each member"),
        ("At worst", estimate.and_then(|it| it.worst).map_or_else(|| "unknown".into(), |it| it.to_string())),
        (
            "End it",
            format!(
                "aws autoscaling set-desired-capacity --region {region} --auto-scaling-group-name {name} --desired-capacity 0"
            ),
        ),
    ];
    told(name.as_str(), &lines, ink)
}

fn told(name: &str, lines: &[(&str, String)], ink: Ink) -> String {
    let line = |(key, value): &(&str, String)| {
        format!("    {} {value}\n", ink.dim(&format!("{:9}", format!("{key}:"))))
    };
    let lines: String = lines.iter().map(line).collect();
    format!("{} {}\n{lines}", ink.green("Launched:"), ink.bold(name))
}

fn state(stage: &Stage) -> String {
    match stage {
        Stage::Launched { lifecycle, .. } => lifecycle.as_str().to_owned(),
        Stage::Grown { members, .. } => members.to_string(),
        Stage::Checking
        | Stage::Checked
        | Stage::Requesting { .. }
        | Stage::Cancelling
        | Stage::Cancelled
        | Stage::Failed(_) => String::new(),
    }
}

fn rate(rate: Option<HourlyRate>) -> String {
    rate.map_or_else(|| "unknown".into(), |rate| format!("{rate} now"))
}

fn market(place: &Place) -> &'static str {
    if place.spot { "spot" } else { "on-demand" }
}

/// Where its agent leaves what the run says.
fn logs(profile: &Profile, run: Option<&str>) -> String {
    let bucket = profile.agent.run.bucket.as_deref().unwrap_or("the prepared bucket");
    let run = run.unwrap_or("RUN");
    let logs = format!("s3://{bucket}/{}/{run}/logs/", profile.agent.run.environment);
    match &profile.agent.cloudwatch_group {
        Some(group) => format!("{logs}, and the group {group} of CloudWatch Logs"),
        None => logs,
    }
}

/// What a launch that was left in a hurry may have left behind.
pub(super) fn left_behind(launch: &Launch, demo: bool) -> Option<String> {
    let program = if demo { "curfew --demo" } else { "curfew" };
    let what = match (&launch.made, &launch.stage) {
        (Some(Made::Group(group)), Stage::Grown { .. } | Stage::Cancelling | Stage::Failed(_)) => {
            format!("The fleet {group} may still be there. End it: delete its Auto Scaling group")
        }
        (Some(Made::Instance(target)), Stage::Launched { .. } | Stage::Cancelling | Stage::Failed(_)) => {
            let end = format!("{program} terminate {} --region {}", target.id, target.region);
            format!("{} in {} may still be there. End it: {end}", target.id, target.region)
        }
        (_, Stage::Requesting { place, .. }) => {
            format!("EC2 was asked for {place}, and may have made it")
        }
        (None, Stage::Cancelling) => "EC2 was asked for an instance, and may have made it".into(),
        (_, Stage::Checking | Stage::Checked | Stage::Cancelled)
        | (None, Stage::Launched { .. } | Stage::Grown { .. } | Stage::Failed(_))
        | (Some(Made::Group(_)), Stage::Launched { .. })
        | (Some(Made::Instance(_)), Stage::Grown { .. }) => return None,
    };
    Some(format!("{what}\n  Launching {} again finds it, and never makes a second one.", launch.profile))
}

#[cfg(test)]
mod tests;

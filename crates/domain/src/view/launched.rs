//! The stable JSON of `curfew launch --json`. Changing a name here breaks somebody's script.
//!
//! Times are RFC 3339 in UTC, money is a decimal string in US dollars, durations are whole seconds.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    AccountName, GroupName, HourlyRate, InstanceId, InstanceType, LaunchId, Lifecycle, Money, Problem,
    Region, Timestamp, Zone,
    launch::{Check, CheckLine, CheckState, Launch, Made, Place, Stage},
    view::listing::{ListedError, ListedMarket},
};

/// All that `launch --json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Launched {
    /// When this was put together.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// Whether this is the simulated fleet.
    pub demo: bool,
    /// The launches that were begun, in their order.
    pub launches: Vec<LaunchedOne>,
}

/// One launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LaunchedOne {
    /// Its id; the instance has it as the tag `curfew:launch`.
    #[schemars(with = "String")]
    pub id: LaunchId,
    /// The profile's name.
    pub profile: String,
    /// The account.
    pub account: AccountName,
    /// How it ended.
    pub outcome: LaunchOutcome,
    /// The pre-flight.
    pub checks: Vec<LaunchedCheck>,
    /// Places that were refused, in their order.
    pub refused: Vec<LaunchedRefusal>,
    /// How many places there were to try.
    pub places: usize,
    /// What an hour costs as prices are now; null when it is not known.
    pub rate_usd_per_hour: Option<HourlyRate>,
    /// What it costs if it runs as long as it may at the prices of now.
    pub expected_usd: Option<Money>,
    /// What it costs at most.
    pub worst_usd: Option<Money>,
    /// How long it may run.
    pub longest_seconds: Option<u64>,
    /// The instance, if one was made; it is on its way out after `cancelled` and after some failures.
    pub instance: Option<LaunchedInstance>,
    /// The fleet, if one was made; as `instance`.
    pub fleet: Option<LaunchedFleet>,
    /// What went wrong, or is to be known.
    pub problem: Option<ListedError>,
}

/// How a launch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LaunchOutcome {
    /// It was only checked, and could be launched.
    Checked,
    /// There is an instance, or a fleet.
    Launched,
    /// Nothing was launched, or what was may be there still: `problem` says.
    Failed,
    /// It was called off, and what it had made is removed.
    Cancelled,
    /// It is not over.
    UnderWay,
}

/// One line of the pre-flight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LaunchedCheck {
    /// What was looked at.
    #[schemars(with = "String")]
    pub check: Check,
    /// Where, if it differs from region to region.
    pub region: Option<Region>,
    /// How it stands.
    pub state: LaunchedState,
    /// What was found, or what is wrong.
    pub text: String,
}

/// How a line of the pre-flight stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LaunchedState {
    /// It was not answered.
    Asking,
    /// As it should be.
    Good,
    /// To be known, and in nobody's way.
    Doubtful,
    /// In the way, here at least.
    Bad,
}

/// A place that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LaunchedRefusal {
    /// Its region.
    pub region: Region,
    /// Its zone.
    pub zone: Zone,
    /// The type.
    #[serde(rename = "type")]
    pub kind: InstanceType,
    /// On-demand or spot.
    pub market: ListedMarket,
    /// Why.
    pub why: String,
    /// Whether EC2 was asked for it, or it was ruled out by another refusal.
    pub asked: bool,
}

/// An instance that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LaunchedInstance {
    /// Its id.
    pub id: InstanceId,
    /// Its region.
    pub region: Region,
    /// Its zone, its type and its market, while it is there.
    pub zone: Option<Zone>,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Option<InstanceType>,
    /// On-demand or spot.
    pub market: Option<ListedMarket>,
    /// Its state when it was last looked at.
    pub lifecycle: Option<Lifecycle>,
    /// The run that its agent has begun.
    pub run: Option<String>,
    /// The phase that its agent is in.
    pub phase: Option<String>,
}

/// A fleet that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LaunchedFleet {
    /// The Auto Scaling group's name.
    pub group: GroupName,
    /// Its region.
    pub region: Region,
    /// Members that run, while it is there.
    pub running: Option<u32>,
    /// Members that there are to be.
    pub desired: Option<u32>,
}

/// One launch as `--json` shows it.
pub fn launched(id: &LaunchId, launch: &Launch) -> LaunchedOne {
    let estimate = launch.estimate.as_ref();
    LaunchedOne {
        id: id.clone(),
        profile: launch.profile.clone(),
        account: launch.account.clone(),
        outcome: outcome(&launch.stage),
        checks: launch.checks.iter().map(check).collect(),
        refused: launch.refused.iter().map(|it| refusal(&it.place, &it.why, it.asked)).collect(),
        places: launch.places,
        rate_usd_per_hour: estimate.and_then(|it| it.hourly),
        expected_usd: estimate.and_then(|it| it.expected),
        worst_usd: estimate.and_then(|it| it.worst),
        longest_seconds: estimate.map(|it| it.longest_s),
        instance: instance(launch),
        fleet: fleet(launch),
        problem: launch.stage.problem().map(error),
    }
}

fn outcome(stage: &Stage) -> LaunchOutcome {
    match stage {
        Stage::Checked => LaunchOutcome::Checked,
        Stage::Launched { .. } | Stage::Grown { .. } => LaunchOutcome::Launched,
        Stage::Failed(_) => LaunchOutcome::Failed,
        Stage::Cancelled => LaunchOutcome::Cancelled,
        Stage::Checking | Stage::Requesting { .. } | Stage::Cancelling => LaunchOutcome::UnderWay,
    }
}

fn check(line: &CheckLine) -> LaunchedCheck {
    let (state, text) = match &line.state {
        CheckState::Asking => (LaunchedState::Asking, String::new()),
        CheckState::Good(text) => (LaunchedState::Good, text.clone()),
        CheckState::Doubtful(text) => (LaunchedState::Doubtful, text.clone()),
        CheckState::Bad(problem) => (LaunchedState::Bad, problem.message.clone()),
    };
    LaunchedCheck { check: line.check, region: line.region.clone(), state, text }
}

fn refusal(place: &Place, why: &str, asked: bool) -> LaunchedRefusal {
    LaunchedRefusal {
        region: place.region.clone(),
        zone: place.zone.clone(),
        kind: place.kind.clone(),
        market: market(place),
        why: why.to_owned(),
        asked,
    }
}

fn market(place: &Place) -> ListedMarket {
    if place.spot { ListedMarket::Spot } else { ListedMarket::OnDemand }
}

fn instance(launch: &Launch) -> Option<LaunchedInstance> {
    let Some(Made::Instance(target)) = &launch.made else { return None };
    let (place, lifecycle, agent) = match &launch.stage {
        Stage::Launched { place, lifecycle, agent, .. } => (Some(place), Some(*lifecycle), agent.as_ref()),
        Stage::Checking
        | Stage::Checked
        | Stage::Requesting { .. }
        | Stage::Grown { .. }
        | Stage::Cancelling
        | Stage::Cancelled
        | Stage::Failed(_) => (None, None, None),
    };
    Some(LaunchedInstance {
        id: target.id.clone(),
        region: target.region.clone(),
        zone: place.map(|place| place.zone.clone()),
        kind: place.map(|place| place.kind.clone()),
        market: place.map(market),
        lifecycle,
        run: agent.map(|word| word.run.clone()),
        phase: agent.map(|word| word.phase.clone()),
    })
}

fn fleet(launch: &Launch) -> Option<LaunchedFleet> {
    let Some(Made::Group(group)) = &launch.made else { return None };
    let members = launch.stage.members();
    Some(LaunchedFleet {
        group: group.name.clone(),
        region: group.region.clone(),
        running: members.map(|members| members.running),
        desired: members.map(|members| members.desired),
    })
}

fn error(problem: &Problem) -> ListedError {
    ListedError { code: problem.code.clone(), message: problem.message.clone(), hint: problem.hint.clone() }
}

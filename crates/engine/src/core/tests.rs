//! The core on a table: inputs at times in, effects out.

use std::time::Duration;

use domain::{
    AccountConfig, AccountName, AccountState, Actor, CloudFault, CredentialSource, FaultKind, Freshness,
    Identity, Instance, InstanceId, InstanceType, Level, Lifecycle, Market, Verb, Zone,
    action::{Progress, Step},
    command::Pace,
    config::RegionChoice,
    instance::{Persistence, Platform, Spot},
    journal::Outcome,
    region::{OptIn, RegionStatus},
};

use super::*;

mod acting;
mod attention;
mod launching;
mod polling;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// A core, its clock, and the effects that were not looked at yet.
struct Rig {
    core: Core,
    now: Timestamp,
}

impl Rig {
    /// One account `me` on one region that has answered with one g5.xlarge, launched an hour ago.
    fn with(instance: Instance) -> Self {
        let mut rig = Self::bare(config(RegionChoice::Only(vec!["us-east-1".into()])));
        rig.feed(identified(Ok(identity())));
        rig.feed(listed(Ok(vec![enabled("us-east-1")])));
        rig.feed(polled(Ok(vec![instance])));
        rig
    }

    fn bare(config: Config) -> Self {
        let core = Core::new(Memory::default(), Vec::new(), 1, false);
        let mut rig = Self { core, now: start() };
        rig.feed(Input::Configured(config));
        rig
    }

    fn feed(&mut self, input: Input) -> Vec<Effect> {
        self.core.handle(input, self.now)
    }

    /// Lets time pass and ticks once at its end.
    fn pass(&mut self, time: Duration) -> Vec<Effect> {
        self.now = after(self.now, time);
        self.feed(Input::Tick)
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        self.feed(Input::Commanded { ticket: 7, command })
    }

    fn act(&mut self, verb: Verb, pace: Pace) -> Vec<Effect> {
        self.command(Command::Act { verb, target: target(), actor: Actor::Window, pace })
    }

    fn fleet(&self) -> Fleet {
        self.core.fleet(self.now)
    }

    fn progress(&self) -> Option<Progress> {
        self.fleet().progress.get(&target()).cloned()
    }
}

fn start() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().expect("a time")
}

fn config(regions: RegionChoice) -> Config {
    let account = AccountConfig { name: "me".into(), source: CredentialSource::Environment, role: None };
    let mut config = Config { accounts: vec![account], ..Config::default() };
    config.poll.regions = regions;
    config
}

fn me() -> AccountName {
    "me".into()
}

fn key(region: &str) -> RegionKey {
    RegionKey { account: me(), region: region.into() }
}

fn id() -> InstanceId {
    "i-0f09e5bb081e72ae1".parse().expect("an id")
}

fn target() -> Target {
    Target { account: me(), region: "us-east-1".into(), id: id() }
}

fn identity() -> Identity {
    Identity { number: "123456789012".into(), arn: "arn:aws:iam::123456789012:user/me".into() }
}

fn enabled(region: &str) -> RegionStatus {
    RegionStatus { region: region.into(), opt_in: OptIn::Enabled }
}

fn instance() -> Instance {
    Instance {
        id: id(),
        zone: Zone::from("us-east-1a"),
        kind: InstanceType::from("g5.xlarge"),
        market: Market::OnDemand,
        lifecycle: Lifecycle::Running,
        launched_at: start().checked_sub(HOUR).expect("in range"),
        first_launched_at: None,
        state_reason: None,
        platform: Platform::Linux,
        tags: BTreeMap::new(),
        disks: Vec::new(),
        public_ip: None,
    }
}

fn instance_in(lifecycle: Lifecycle) -> Instance {
    Instance { lifecycle, ..instance() }
}

fn identified(result: Result<Identity, CloudFault>) -> Input {
    Input::Identified { account: me(), result }
}

fn listed(result: Result<Vec<RegionStatus>, CloudFault>) -> Input {
    Input::RegionsListed { account: me(), result }
}

fn polled(result: Result<Vec<Instance>, CloudFault>) -> Input {
    Input::Polled { key: key("us-east-1"), result }
}

fn fault(kind: FaultKind) -> CloudFault {
    CloudFault::new(kind)
}

fn polls(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Poll(..))).count()
}

fn outcomes(effects: &[Effect]) -> Vec<&'static str> {
    let outcome = |effect: &Effect| match effect {
        Effect::Journal(entry) => Some(entry.outcome.as_str()),
        Effect::Identify(_)
        | Effect::ListRegions(_)
        | Effect::Poll(..)
        | Effect::Act(..)
        | Effect::Launch(..)
        | Effect::KeepLaunch(..)
        | Effect::GiveCode(..)
        | Effect::Forget(_)
        | Effect::Remember(_)
        | Effect::Answer(..)
        | Effect::End => None,
    };
    effects.iter().filter_map(outcome).collect()
}

fn steps(effects: &[Effect]) -> Option<&[Step]> {
    effects
        .iter()
        .find_map(|effect| if let Effect::Act(_, _, steps) = effect { Some(steps.as_slice()) } else { None })
}

fn refusal(effects: &[Effect]) -> Option<&str> {
    effects.iter().find_map(|effect| {
        if let Effect::Answer(_, Err(problem)) = effect { Some(problem.code.as_str()) } else { None }
    })
}

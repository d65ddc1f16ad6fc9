//! What a launch is told, and the instance that it makes: a cloud where everything is offered everywhere, but whose
//! first zone has no spare capacity now and then, so that a person sees a launch go on to the next one.

use std::time::Duration;

use domain::{
    CloudFault, FaultKind, HourlyRate, Identity, Lifecycle, Region, Target, Timestamp, Zone,
    instance::Persistence, launch::AgentWord, price,
};
use launch::{
    Answer, Call, Order,
    call::{Found, ImageFacts, NetworkFacts, NetworkOrigin, QuotaFacts, SpotPrice, Subnet, TypeFacts},
};
use protocol::userdata::{Architecture, Download};

use super::World;
use crate::Launch;

/// From the launch until the agent's work begins: in the demo's time, a few seconds of a person's.
const BOOT: Duration = Duration::from_secs(12 * 60);

/// Every bucket that a profile may name is there, in the region that the worked examples take theirs to be in.
const BUCKET_IN: &str = "us-east-1";

impl World {
    /// One call of a launch.
    pub fn answer(&mut self, identity: Identity, call: &Call, now: Timestamp) -> Result<Answer, CloudFault> {
        Ok(match call {
            Call::Identity => Answer::Identity(identity),
            Call::Types { region, types } => {
                Answer::Types(types.iter().map(|kind| type_facts(region, kind)).collect())
            }
            Call::Image { architecture, .. } => Answer::Image(image(*architecture)),
            Call::Network { region, .. } => Answer::Network(network(region)),
            Call::InstanceProfile { .. } => Answer::InstanceProfile,
            Call::Policies { .. } => Answer::Policies(Vec::new()),
            Call::Bucket { .. } => Answer::Bucket(Region::from(BUCKET_IN)),
            Call::Quota { .. } => Answer::Quota(QuotaFacts { limit: 64 }),
            Call::SpotPrices { region, types } => {
                Answer::SpotPrices(types.iter().flat_map(|kind| spot_prices(region, kind)).collect())
            }
            Call::Deliver { architectures, region, .. } => {
                Answer::Deliver(architectures.iter().map(|it| (*it, download(region))).collect())
            }
            Call::Permission(_) => Answer::Permission,
            Call::Find { token, .. } => Answer::Find(self.found(token.as_str(), now)),
            Call::FindGroup { name, token, .. } => Answer::FindGroup(self.group(name, token, now)),
            Call::Request(order) => match &order.fleet {
                Some(fleet) => Answer::Grown(self.grow(order, fleet, now)?),
                None => Answer::Request(self.request(order, now)?),
            },
            Call::Alarm { .. } => Answer::Alarm,
            Call::Listen { instance, .. } => Answer::Listen(self.word(instance, now)),
            Call::Remove { target, .. } => {
                self.take_back(target, now);
                Answer::Remove
            }
            Call::RemoveGroup { group, token } => {
                self.disband(&group.name, token, now);
                Answer::Remove
            }
        })
    }

    fn request(&mut self, order: &Order, now: Timestamp) -> Result<Found, CloudFault> {
        let token = order.token.as_str();
        if let Some(found) = self.found(token, now) {
            return Ok(found);
        }
        if order.place.spot && order.place.zone.as_str().ends_with('a') {
            let code = "InsufficientInstanceCapacity".to_owned();
            return Err(CloudFault::new(FaultKind::Refused { code }));
        }
        let id = self.launch(Self::ordered(order), now);
        self.tokens.insert(token.to_owned(), id);
        let gone = || CloudFault::new(FaultKind::NotFound);
        self.found(token, now).ok_or_else(gone)
    }

    /// An instance as it is ordered.
    pub(super) fn ordered(order: &Order) -> Launch {
        let launch = Launch::new(order.place.region.as_str(), order.place.kind.as_str());
        let launch = launch.disk(order.disk.size_gib.unwrap_or(50));
        let launch = if order.place.spot { launch.spot(Persistence::OneTime) } else { launch };
        let launch = if order.public_ip { launch } else { launch.private() };
        order.tags.iter().fold(launch, |launch, (key, value)| launch.tag(key, value))
    }

    fn found(&self, token: &str, now: Timestamp) -> Option<Found> {
        let seen = self.machines.get(self.tokens.get(token)?)?.at(now)?;
        Some(Found { id: seen.id, zone: seen.zone, lifecycle: seen.lifecycle, launched_at: seen.launched_at })
    }

    fn word(&self, instance: &domain::InstanceId, now: Timestamp) -> Option<AgentWord> {
        let seen = self.machines.get(instance)?.at(now)?;
        let up = domain::time::elapsed(now, seen.launched_at);
        let phase = match seen.lifecycle {
            Lifecycle::Running if up >= BOOT => "training",
            Lifecycle::Running if up >= BOOT * 2 / 3 => "data_sync",
            Lifecycle::Running if up >= BOOT / 3 => "initialization",
            Lifecycle::Running
            | Lifecycle::Pending
            | Lifecycle::Stopping
            | Lifecycle::Stopped
            | Lifecycle::ShuttingDown
            | Lifecycle::Terminated => return None,
        };
        Some(AgentWord { run: "demo".into(), phase: phase.into(), settled: phase == "training" })
    }

    fn take_back(&mut self, target: &Target, now: Timestamp) {
        let tempo = self.tempo;
        if let Some(machine) = self.machines.get_mut(&target.id) {
            machine.request_stands = false;
            machine.terminate(&tempo, now);
        }
    }
}

/// How long an answer takes: so long that a person sees the list fill in.
pub(crate) fn pause(call: &Call) -> Duration {
    Duration::from_millis(match call {
        Call::Identity | Call::Bucket { .. } => 150,
        Call::InstanceProfile { .. } | Call::Policies { .. } | Call::Image { .. } | Call::Network { .. } => {
            350
        }
        Call::Types { .. } | Call::Quota { .. } | Call::SpotPrices { .. } => 600,
        Call::Deliver { .. } | Call::Request(_) | Call::Permission(_) => 900,
        Call::Find { .. }
        | Call::FindGroup { .. }
        | Call::Alarm { .. }
        | Call::Listen { .. }
        | Call::Remove { .. }
        | Call::RemoveGroup { .. } => 80,
    })
}

fn zones(region: &Region) -> [Zone; 2] {
    ["a", "b"].map(|letter| Zone::new(format!("{region}{letter}")))
}

fn type_facts(region: &Region, kind: &domain::InstanceType) -> TypeFacts {
    TypeFacts {
        kind: kind.clone(),
        architecture: Architecture::X86_64,
        vcpus: 4,
        valid_cores: vec![1, 2, 4],
        valid_threads: vec![1, 2],
        spot: true,
        zones: zones(region).to_vec(),
    }
}

fn image(architecture: Architecture) -> ImageFacts {
    ImageFacts {
        id: "ami-0de30000000000000".into(),
        name: "Deep Learning AMI (demo)".into(),
        architecture,
        root_device: "/dev/sda1".into(),
        root_gib: 8,
    }
}

fn network(region: &Region) -> NetworkFacts {
    let subnet = |zone: Zone| Subnet { id: format!("subnet-{zone}"), zone, free: 4000 };
    NetworkFacts {
        origin: NetworkOrigin::Prepared,
        subnets: zones(region).into_iter().map(subnet).collect(),
        groups: vec!["sg-0de30000000000000".into()],
        instance_profile: Some(format!("curfew-{region}")),
        bucket: Some(format!("curfew-000000000000-{region}")),
    }
}

/// The table's figure, and a tenth more in the second zone.
fn spot_prices(region: &Region, kind: &domain::InstanceType) -> Vec<SpotPrice> {
    let Some(hourly) = price::spot(region, kind).hourly() else { return Vec::new() };
    let dearer = HourlyRate::from_micros(hourly.hourly().micros() * 11 / 10);
    let rates = [hourly, dearer];
    let price = |(zone, hourly)| SpotPrice { kind: kind.clone(), zone, hourly };
    zones(region).into_iter().zip(rates).map(price).collect()
}

fn download(region: &Region) -> Download {
    Download {
        url: "https://demo.invalid/curfew-agent".into(),
        region: region.to_string(),
        sha256: "0".repeat(64),
    }
}

#[cfg(test)]
mod tests;

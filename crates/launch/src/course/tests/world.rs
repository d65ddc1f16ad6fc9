//! A simulated EC2: instances by client token, answers that get lost, a disk for records.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{
    AccountName, Actor, CloudFault, FaultKind, GroupName, HourlyRate, Identity, Lifecycle, Region, Timestamp,
    Zone,
    launch::{AgentWord, Headcount, Wish},
};
use protocol::{
    AgentConfig,
    userdata::{Architecture, Download},
};

use super::super::{Course, Move};
use crate::{
    Answer, Call, ClientToken, Order, Profile, Record,
    call::{
        Found, GroupFacts, ImageFacts, NetworkFacts, NetworkOrigin, QuotaFacts, SpotPrice, Subnet, TypeFacts,
    },
    order::FleetOrder,
    profile::{DiskWish, FleetWish, Image, ImageAlias, MarketWish, NetworkWish, OnInterruption, SpotWish},
};

pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) instances: BTreeMap<String, (Order, Found)>,
    /// Auto Scaling groups by their name, with the token of the launch that made them and the members that run.
    pub(super) groups: BTreeMap<GroupName, (ClientToken, Headcount)>,
    /// Launch templates by the token of their launch.
    pub(super) templates: BTreeSet<String>,
    pub(super) records: BTreeMap<String, Record>,
    pub(super) requests: usize,
    pub(super) deny_permission: bool,
    /// What the caller's policies deny.
    pub(super) denied: Vec<String>,
    pub(super) cancel_at_request: bool,
    /// Removals of an instance that EC2 does not know everywhere yet.
    pub(super) unknown_yet: usize,
    /// Requests whose answer is lost: before (true) or after EC2 carried them out.
    pub(super) lose: Vec<bool>,
    pub(super) refusals: BTreeMap<String, VecDeque<CloudFault>>,
}

pub(super) fn wish(n: u64) -> Wish {
    Wish {
        id: domain::LaunchId::of(n),
        account: AccountName::from("personal"),
        profile: "train".into(),
        text: String::new(),
        dry_run: false,
        actor: Actor::CommandLine,
    }
}

pub(super) fn profile() -> Profile {
    let mut agent = AgentConfig::bare("dev".parse().unwrap());
    agent.run.bucket = Some("my-bucket".into());
    Profile {
        name: "train".parse().unwrap(),
        regions: vec!["us-east-1".into()],
        types: vec!["g5.xlarge".into(), "g4dn.xlarge".into()],
        image: Image::Newest(ImageAlias::DeepLearningBase),
        key: None,
        market: MarketWish::SpotThenOnDemand(SpotWish {
            max_price: None,
            on_interruption: OnInterruption::Terminate,
        }),
        disk: DiskWish { size_gib: Some(100), iops: None, throughput_mibps: None },
        cpu: None,
        network: NetworkWish {
            subnet: None,
            security_groups: vec![],
            instance_profile: None,
            public_ip: true,
        },
        max_spend: None,
        alarm: None,
        fleet: None,
        tags: BTreeMap::new(),
        agent,
    }
}

/// A fleet of two at first.
pub(super) fn fleet() -> Profile {
    let spot = SpotWish { max_price: None, on_interruption: OnInterruption::Terminate };
    let fleet = FleetWish { max: 4, desired: 2, on_demand_percent: 0 };
    Profile { market: MarketWish::Spot(spot), fleet: Some(fleet), ..profile() }
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            now: "2026-01-02T03:04:05Z".parse().unwrap(),
            instances: BTreeMap::new(),
            groups: BTreeMap::new(),
            templates: BTreeSet::new(),
            records: BTreeMap::new(),
            requests: 0,
            deny_permission: false,
            denied: Vec::new(),
            cancel_at_request: false,
            unknown_yet: 0,
            lose: Vec::new(),
            refusals: BTreeMap::new(),
        }
    }

    pub(super) fn refuse(&mut self, zone: &str, fault: CloudFault) {
        self.refusals.entry(zone.into()).or_default().push_back(fault);
    }

    pub(super) fn alive(&self) -> usize {
        self.instances.values().filter(|(_, found)| !found.lifecycle.is_over()).count()
    }

    /// Lives a launch until nothing more comes.
    pub(super) fn live(&mut self, (course, moves): (Course, Vec<Move>)) -> Course {
        self.live_for((course, moves), usize::MAX)
    }

    /// Lives a launch until nothing more comes, and looks at it after every move.
    pub(super) fn watch(
        &mut self,
        (mut course, moves): (Course, Vec<Move>),
        mut look: impl FnMut(&Course),
    ) -> Course {
        let mut queue: VecDeque<Move> = moves.into();
        while let Some(next) = queue.pop_front() {
            queue.extend(self.carry_out(&mut course, next));
            look(&course);
        }
        course
    }

    /// Lives so many moves of a launch; then the program is killed.
    pub(super) fn live_for(&mut self, (mut course, moves): (Course, Vec<Move>), most: usize) -> Course {
        let mut queue: VecDeque<Move> = moves.into();
        for _ in 0..most {
            let Some(next) = queue.pop_front() else {
                let Some(at) = course.next() else { break };
                self.now = self.now.max(at);
                queue.extend(course.due(self.now));
                continue;
            };
            queue.extend(self.carry_out(&mut course, next));
        }
        course
    }

    fn carry_out(&mut self, course: &mut Course, step: Move) -> Vec<Move> {
        match step {
            Move::Keep(record) => {
                self.records.insert(record.id.to_string(), *record);
                course.kept(Ok(()), self.now)
            }
            Move::Ask(call) => {
                if self.cancel_at_request && matches!(call, Call::Request(_)) {
                    assert_eq!(course.cancel(), []);
                }
                let answer = self.answer(&call);
                course.answered(&call, answer, self.now)
            }
        }
    }

    fn answer(&mut self, call: &Call) -> Result<Answer, CloudFault> {
        let zones = || ["us-east-1a", "us-east-1b"].map(Zone::from).to_vec();
        Ok(match call {
            Call::Identity => Answer::Identity(Identity {
                number: "123456789012".into(),
                arn: "arn:aws:iam::123456789012:user/me".into(),
            }),
            Call::Types { types, .. } => Answer::Types(
                types
                    .iter()
                    .map(|kind| TypeFacts {
                        kind: kind.clone(),
                        architecture: Architecture::X86_64,
                        vcpus: 4,
                        valid_cores: vec![1, 2],
                        valid_threads: vec![1, 2],
                        spot: true,
                        zones: zones(),
                    })
                    .collect(),
            ),
            Call::Image { architecture, .. } => Answer::Image(ImageFacts {
                id: "ami-0123456789abcdef0".into(),
                name: "Deep Learning".into(),
                architecture: *architecture,
                root_device: "/dev/sda1".into(),
                root_gib: 75,
            }),
            Call::Network { .. } => Answer::Network(NetworkFacts {
                origin: NetworkOrigin::Prepared,
                subnets: zones()
                    .into_iter()
                    .map(|zone| Subnet { id: format!("subnet-{zone}"), zone, free: 4000 })
                    .collect(),
                groups: vec!["sg-1".into()],
                instance_profile: Some("curfew".into()),
                bucket: None,
            }),
            Call::InstanceProfile { .. } => Answer::InstanceProfile,
            Call::Policies { .. } => Answer::Policies(self.denied.clone()),
            Call::Bucket { .. } => Answer::Bucket(Region::from("us-east-1")),
            Call::Quota { .. } => Answer::Quota(QuotaFacts { limit: 64 }),
            Call::SpotPrices { types, .. } => Answer::SpotPrices(
                types
                    .iter()
                    .flat_map(|kind| {
                        [("us-east-1a", 400_000), ("us-east-1b", 300_000)].map(|(zone, micros)| SpotPrice {
                            kind: kind.clone(),
                            zone: zone.into(),
                            hourly: HourlyRate::from_micros(micros),
                        })
                    })
                    .collect(),
            ),
            Call::Deliver { architectures, region, .. } => Answer::Deliver(
                architectures
                    .iter()
                    .map(|it| {
                        (
                            *it,
                            Download {
                                url: "https://example.com/agent?x=1".into(),
                                region: region.to_string(),
                                sha256: "0".repeat(64),
                            },
                        )
                    })
                    .collect(),
            ),
            Call::Permission(_) if self.deny_permission => {
                return Err(CloudFault::new(FaultKind::Denied { action: "ec2:RunInstances".into() }));
            }
            Call::Permission(_) => Answer::Permission,
            Call::Find { token, .. } => {
                Answer::Find(self.instances.get(token.as_str()).map(|(_, found)| found.clone()))
            }
            Call::FindGroup { name, token, .. } => {
                let found = self.groups.get(name).filter(|(made_by, _)| made_by == token);
                Answer::FindGroup(found.map(|(_, members)| GroupFacts { members: *members, trouble: None }))
            }
            Call::RemoveGroup { group, token } => {
                self.groups.retain(|name, (made_by, _)| *name != group.name || made_by != token);
                self.templates.remove(token.as_str());
                Answer::Remove
            }
            Call::Request(order) => return self.request(order),
            Call::Alarm { .. } => Answer::Alarm,
            Call::Listen { .. } => {
                Answer::Listen(Some(AgentWord { run: "r".into(), phase: "training".into(), settled: true }))
            }
            Call::Remove { .. } if self.unknown_yet > 0 => {
                self.unknown_yet -= 1;
                return Err(CloudFault::new(FaultKind::NotFound));
            }
            Call::Remove { target, .. } => {
                for (_, found) in self.instances.values_mut().filter(|(_, found)| found.id == target.id) {
                    found.lifecycle = Lifecycle::Terminated;
                }
                Answer::Remove
            }
        })
    }

    /// As EC2: the same token with the same order is the same instance, with another it is refused.
    fn request(&mut self, order: &Order) -> Result<Answer, CloudFault> {
        self.requests += 1;
        let lost = || CloudFault::new(FaultKind::Unreachable);
        let loss = self.lose.pop();
        if loss == Some(true) {
            return Err(lost());
        }
        if let Some(fault) = self.refusals.get_mut(order.place.zone.as_str()).and_then(VecDeque::pop_front) {
            return Err(fault);
        }
        if let Some(fleet) = &order.fleet {
            return self.grow(order, fleet, loss);
        }
        let count = self.instances.len();
        let (known, found) = self.instances.entry(order.token.as_str().to_owned()).or_insert_with(|| {
            let id = format!("i-{count:017x}").parse().unwrap();
            let found = Found {
                id,
                zone: order.place.zone.clone(),
                lifecycle: Lifecycle::Pending,
                launched_at: self.now,
            };
            (order.clone(), found)
        });
        if known != order {
            return Err(CloudFault::new(FaultKind::Refused { code: "IdempotentParameterMismatch".into() }));
        }
        if loss == Some(false) { Err(lost()) } else { Ok(Answer::Request(found.clone())) }
    }

    /// As Auto Scaling: one group of a name. Its members come one by one with every look at it, none while `stuck`.
    fn grow(&mut self, order: &Order, fleet: &FleetOrder, loss: Option<bool>) -> Result<Answer, CloudFault> {
        self.templates.insert(order.token.as_str().to_owned());
        let members = Headcount { running: fleet.desired, desired: fleet.desired };
        let (made_by, members) =
            self.groups.entry(fleet.name.clone()).or_insert_with(|| (order.token.clone(), members));
        if *made_by != order.token {
            return Err(CloudFault::new(FaultKind::Refused { code: "AlreadyExists".into() }));
        }
        let facts = GroupFacts { members: *members, trouble: None };
        if loss == Some(false) {
            return Err(CloudFault::new(FaultKind::Unreachable));
        }
        Ok(Answer::Grown(facts))
    }
}

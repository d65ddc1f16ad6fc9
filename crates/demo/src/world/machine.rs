//! One simulated instance: what it was launched as, and what happens to it when. Its state at any time follows.

use std::time::Duration;

use domain::{
    AccountName, Instance, InstanceId, Lifecycle, Market, Region, SpotRequestId, Timestamp, Zone,
    ids::VolumeId,
    instance::{Disk, Persistence, Platform, Spot},
    time::after,
};

use crate::{Launch, Tempo};

/// The reason that AWS gives for an instance a person stopped or terminated.
///
/// Source for both: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html>.
const BY_A_PERSON: &str = "Client.UserInitiatedShutdown";
const BY_SPOT: &str = "Server.SpotInstanceTermination";

#[derive(Clone, Debug)]
pub(super) struct Machine {
    /// Who sees it; nobody named is everybody.
    account: Option<AccountName>,
    region: Region,
    /// Before this it is not there.
    born: Timestamp,
    /// As it was launched.
    facts: Instance,
    /// What has happened and what will, in order.
    events: Vec<(Timestamp, Event)>,
    pub(super) api_protected: bool,
    /// A persistent request that still stands.
    pub(super) request_stands: bool,
}

#[derive(Clone, Debug)]
enum Event {
    /// A start: what is billed begins anew.
    Launched,
    /// It is in this state from now on, and why.
    Is(Lifecycle, Option<&'static str>),
    /// The spot request's status changes.
    Marked(&'static str),
    /// AWS shows it no longer.
    Forgotten,
}

impl Machine {
    pub(super) fn new(id: InstanceId, launch: Launch, tempo: &Tempo, now: Timestamp) -> Self {
        let born = now.checked_sub(launch.ago).unwrap_or(Timestamp::MIN);
        let persistent = launch.spot.is_some_and(|persistence| persistence != Persistence::OneTime);
        let state = if launch.stopped { Lifecycle::Stopped } else { Lifecycle::Running };
        Self {
            account: launch.account.clone(),
            region: launch.region.clone(),
            born,
            events: vec![
                (born, Event::Launched),
                (
                    after(born, if launch.stopped { Duration::ZERO } else { tempo.pending }),
                    Event::Is(state, None),
                ),
            ],
            api_protected: launch.api_protected,
            request_stands: persistent,
            facts: facts(id, launch, born),
        }
    }

    /// Its like, launched by a group or a persistent request.
    pub(super) fn replacement(&self, id: InstanceId, tempo: &Tempo, at: Timestamp) -> Self {
        let mut facts = Instance { id, launched_at: at, first_launched_at: Some(at), ..self.facts.clone() };
        for disk in &mut facts.disks {
            disk.created_at = at;
            disk.id = volume_of(&facts.id);
        }
        let events =
            vec![(at, Event::Launched), (after(at, tempo.pending), Event::Is(Lifecycle::Running, None))];
        Self { born: at, facts, events, ..self.clone() }
    }

    pub(super) fn is_seen(&self, account: &AccountName, region: &Region) -> bool {
        self.region == *region && self.account.as_ref().is_none_or(|only| only == account)
    }

    /// What is to be seen of it at `now`: nothing before its launch and after it was forgotten.
    pub(super) fn at(&self, now: Timestamp) -> Option<Instance> {
        if now < self.born {
            return None;
        }
        let mut seen = self.facts.clone();
        for (at, event) in self.events.iter().filter(|(at, _)| *at <= now) {
            match event {
                Event::Launched => {
                    (seen.lifecycle, seen.launched_at, seen.state_reason) = (Lifecycle::Pending, *at, None);
                }
                Event::Is(state, why) => {
                    (seen.lifecycle, seen.state_reason) = (*state, why.map(str::to_owned))
                }
                Event::Marked(code) => mark(&mut seen.market, code),
                Event::Forgotten => return None,
            }
        }
        Some(as_shown(seen))
    }

    pub(super) fn start(&mut self, tempo: &Tempo, now: Timestamp) {
        self.happens_from(now, &[(Duration::ZERO, Event::Launched), (tempo.pending, is(Lifecycle::Running))]);
    }

    pub(super) fn stop(&mut self, tempo: &Tempo, now: Timestamp) {
        self.happens_from(
            now,
            &[
                (Duration::ZERO, by_a_person(Lifecycle::Stopping)),
                (tempo.stopping, by_a_person(Lifecycle::Stopped)),
            ],
        );
    }

    pub(super) fn terminate(&mut self, tempo: &Tempo, now: Timestamp) {
        self.happens_from(
            now,
            &[
                (Duration::ZERO, by_a_person(Lifecycle::ShuttingDown)),
                (tempo.shutting_down, by_a_person(Lifecycle::Terminated)),
                (tempo.shutting_down + tempo.shown_after_end, Event::Forgotten),
            ],
        );
    }

    /// The codes are those of <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html>.
    pub(super) fn interrupt(&mut self, tempo: &Tempo, at: Timestamp, notice: Duration) {
        let gone = notice + tempo.shutting_down;
        self.happens_from(
            at,
            &[
                (Duration::ZERO, Event::Marked("marked-for-termination")),
                (notice, Event::Marked("instance-terminated-no-capacity")),
                (notice, Event::Is(Lifecycle::ShuttingDown, Some(BY_SPOT))),
                (gone, Event::Is(Lifecycle::Terminated, Some(BY_SPOT))),
                (gone + tempo.shown_after_end, Event::Forgotten),
            ],
        );
    }

    /// What was to happen later is off; this happens instead.
    fn happens_from(&mut self, now: Timestamp, events: &[(Duration, Event)]) {
        self.events.retain(|(at, _)| *at <= now);
        self.events.extend(events.iter().map(|(later, event)| (after(now, *later), event.clone())));
    }
}

fn is(state: Lifecycle) -> Event {
    Event::Is(state, None)
}

fn by_a_person(state: Lifecycle) -> Event {
    Event::Is(state, Some(BY_A_PERSON))
}

fn mark(market: &mut Market, code: &str) {
    match market {
        Market::OnDemand => {}
        Market::Spot(spot) => spot.interruption = Some(code.to_owned()),
    }
}

/// An address is held while it is up; volumes go with the instance.
fn as_shown(mut seen: Instance) -> Instance {
    if !seen.lifecycle.is_up() {
        seen.public_ip = None;
    }
    if seen.lifecycle == Lifecycle::Terminated {
        seen.disks.clear();
    }
    seen
}

fn facts(id: InstanceId, launch: Launch, born: Timestamp) -> Instance {
    let digits = &id.as_str()[2..];
    let request = SpotRequestId::new(format!("sir-{}", &digits[..8]));
    let market = match launch.spot {
        None => Market::OnDemand,
        Some(persistence) => Market::Spot(Spot { request: Some(request), persistence, interruption: None }),
    };
    // 198.51.100.0/24 is for documentation (RFC 5737): nobody is there.
    let address = || format!("198.51.100.{}", id.as_str().bytes().fold(7, u8::wrapping_add));
    Instance {
        zone: Zone::new(format!("{}a", launch.region)),
        kind: launch.kind,
        market,
        lifecycle: Lifecycle::Pending,
        launched_at: born,
        first_launched_at: Some(born),
        state_reason: None,
        platform: Platform::Linux,
        tags: launch.tags,
        disks: vec![disk(&id, launch.gib, born)],
        public_ip: launch.public_ip.then(address),
        id,
    }
}

fn disk(id: &InstanceId, gib: u32, created_at: Timestamp) -> Disk {
    Disk {
        id: volume_of(id),
        kind: "gp3".into(),
        gib,
        iops: Some(3000),
        throughput_mibps: Some(125),
        created_at,
    }
}

fn volume_of(id: &InstanceId) -> VolumeId {
    VolumeId::new(id.as_str().replacen("i-", "vol-", 1))
}

//! Worlds looked at and acted on at explicit times.

use std::time::Duration;

use domain::{
    AccountName, CloudFault, FaultKind, Instance, InstanceId, Lifecycle, Market, Region, SpotRequestId,
    Timestamp,
    action::{Step, steps},
    instance::Persistence,
    time::after,
};

use super::{Spell, World};
use crate::{Launch, Tempo};

const REGION: &str = "us-east-1";
const HOUR: Duration = Duration::from_secs(3600);

/// A world with one instance, looked at and acted on second by second after noon.
struct Scene {
    world: World,
    id: InstanceId,
}

fn noon() -> Timestamp {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

fn at(seconds: u64) -> Timestamp {
    after(noon(), Duration::from_secs(seconds))
}

fn someone() -> AccountName {
    AccountName::new("somebody")
}

fn scene(launch: Launch) -> Scene {
    let mut world = World::empty(Tempo::at_pace(1));
    let id = world.launch(launch, noon());
    Scene { world, id }
}

fn old(kind: &str) -> Launch {
    Launch::new(REGION, kind).ago(HOUR)
}

impl Scene {
    fn all(&self, seconds: u64) -> Vec<Instance> {
        self.world.instances(&someone(), &Region::new(REGION), at(seconds))
    }

    fn look(&self, seconds: u64) -> Option<Instance> {
        self.all(seconds).into_iter().find(|instance| instance.id == self.id)
    }

    fn state(&self, seconds: u64) -> Option<Lifecycle> {
        self.look(seconds).map(|instance| instance.lifecycle)
    }

    fn act(&mut self, step: &Step, seconds: u64) -> Result<(), FaultKind> {
        let (account, region) = (someone(), Region::new(REGION));
        let done = self.world.carry_out(&account, &region, &self.id, step, at(seconds));
        done.map_err(|fault| fault.kind)
    }
}

#[test]
fn a_launch_is_pending_and_then_runs() {
    let scene = scene(Launch::new(REGION, "g5.xlarge").name("train"));
    assert_eq!(scene.state(0), Some(Lifecycle::Pending));
    assert_eq!(scene.state(2), Some(Lifecycle::Pending));
    assert_eq!(scene.state(3), Some(Lifecycle::Running));
    let seen = scene.look(3).unwrap();
    assert_eq!((seen.launched_at, seen.name()), (noon(), Some("train")));
    assert_eq!(scene.world.instances(&someone(), &Region::new("us-west-2"), at(3)), []);
}

#[test]
fn stopping_takes_its_time_and_a_start_begins_a_new_period() {
    let mut scene = scene(old("g5.xlarge"));
    assert_eq!(scene.act(&Step::Stop, 10), Ok(()));
    assert_eq!(scene.state(10), Some(Lifecycle::Stopping));
    let stopped = scene.look(16).unwrap();
    assert_eq!((stopped.lifecycle, stopped.public_ip, stopped.disks.len()), (Lifecycle::Stopped, None, 1));
    assert_eq!(stopped.state_reason.as_deref(), Some("Client.UserInitiatedShutdown"));

    assert_eq!(scene.act(&Step::Start, 20), Ok(()));
    assert_eq!(scene.look(20).unwrap().launched_at, at(20));
    let running = scene.look(23).unwrap();
    assert_eq!(running.lifecycle, Lifecycle::Running);
    assert!(running.public_ip.is_some() && running.state_reason.is_none());
    assert_eq!(running.first_launched_at, at(0).checked_sub(HOUR).ok());
}

#[test]
fn a_terminated_instance_is_shown_for_a_while_and_then_vanishes() {
    let mut scene = scene(old("g5.xlarge"));
    assert_eq!(scene.act(&Step::Terminate, 10), Ok(()));
    assert_eq!(scene.state(10), Some(Lifecycle::ShuttingDown));
    assert_eq!(scene.state(15), Some(Lifecycle::Terminated));
    assert_eq!(scene.look(15).unwrap().disks, []);
    assert_eq!(scene.state(74), Some(Lifecycle::Terminated));
    assert_eq!(scene.state(75), None);
    assert_eq!(scene.act(&Step::Terminate, 80), Err(FaultKind::NotFound));
}

#[test]
fn wrong_states_are_refused_as_aws_refuses_them() {
    let check = |launch: Launch, before: Option<(Step, u64)>, step: Step, expect: Result<(), FaultKind>| {
        let mut scene = scene(launch);
        if let Some((step, seconds)) = before {
            scene.act(&step, seconds).unwrap();
        }
        assert_eq!(scene.act(&step, 2), expect, "{step:?}");
    };
    check(old("g5.xlarge"), None, Step::Start, Ok(()));
    check(old("g5.xlarge"), Some((Step::Stop, 1)), Step::Start, Err(FaultKind::WrongState));
    check(old("g5.xlarge"), Some((Step::Stop, 1)), Step::Stop, Ok(()));
    check(old("g5.xlarge"), Some((Step::Terminate, 1)), Step::Stop, Err(FaultKind::WrongState));
    check(old("g5.xlarge"), Some((Step::Terminate, 1)), Step::Terminate, Ok(()));
    check(Launch::new(REGION, "g5.xlarge"), None, Step::Stop, Err(FaultKind::WrongState));
    check(old("g5.xlarge").stopped(), None, Step::Stop, Ok(()));
    check(old("g5.xlarge").spot(Persistence::OneTime), None, Step::Stop, Err(FaultKind::Unsupported));
    check(old("g5.xlarge").spot(Persistence::Persistent), None, Step::Stop, Ok(()));
    let stranger = Step::CancelSpotRequest(SpotRequestId::new("sir-00000000"));
    check(old("g5.xlarge"), None, stranger, Err(FaultKind::NotFound));
}

#[test]
fn api_protection_holds_until_the_end() {
    let mut scene = scene(old("g5.xlarge").api_protected());
    assert_eq!(scene.act(&Step::CheckProtection, 1), Err(FaultKind::Protected));
    assert_eq!(scene.act(&Step::Terminate, 1), Err(FaultKind::Protected));
    assert_eq!(scene.state(60), Some(Lifecycle::Running));
}

#[test]
fn a_group_replaces_what_is_stopped_or_terminated_plainly() {
    let mut scene = scene(old("g5.xlarge").group("sweep"));
    scene.act(&Step::Terminate, 10).unwrap();
    assert_eq!(scene.all(17).len(), 1);
    let all = scene.all(30);
    let new = all.iter().find(|instance| instance.id != scene.id).unwrap();
    assert_eq!((new.lifecycle, new.launched_at), (Lifecycle::Running, at(18)));
    assert_eq!(new.group(), scene.look(30).unwrap().group());

    let mut scene = self::scene(old("g5.xlarge").group("sweep"));
    scene.act(&Step::Stop, 10).unwrap();
    assert_eq!(scene.state(15), Some(Lifecycle::Stopping));
    assert_eq!(scene.state(16), Some(Lifecycle::ShuttingDown));
    assert_eq!(scene.all(30).len(), 2);
}

#[test]
fn a_persistent_request_launches_another_unless_it_is_cancelled_first() {
    let persistent = || scene(old("g5.xlarge").spot(Persistence::Persistent));
    let mut careless = persistent();
    careless.act(&Step::Terminate, 10).unwrap();
    assert_eq!(careless.all(30).len(), 2);

    let mut careful = persistent();
    let plan = steps(domain::Verb::Terminate, &careful.look(5).unwrap()).unwrap();
    assert_eq!(plan.len(), 3);
    for step in &plan {
        careful.act(step, 10).unwrap();
    }
    assert_eq!(careful.all(30).len(), 1);
}

#[test]
fn an_interruption_is_announced_and_then_comes() {
    let mut scene = scene(old("g5.xlarge").spot(Persistence::OneTime));
    let id = scene.id.clone();
    scene.world.interrupt(&id, at(100), Duration::from_secs(30));
    let status = |seconds| match scene.look(seconds)?.market {
        Market::OnDemand => None,
        Market::Spot(spot) => spot.interruption,
    };
    assert_eq!(status(99), None);
    assert_eq!(status(100).as_deref(), Some("marked-for-termination"));
    assert_eq!(scene.state(129), Some(Lifecycle::Running));
    assert_eq!(status(130).as_deref(), Some("instance-terminated-no-capacity"));
    assert_eq!(scene.state(130), Some(Lifecycle::ShuttingDown));
    assert_eq!(scene.state(135), Some(Lifecycle::Terminated));
    assert_eq!(scene.state(195), None);
}

#[test]
fn calls_fail_as_often_as_they_were_told_to_and_then_by_the_weather() {
    let mut scene = scene(old("g5.xlarge"));
    let region = Region::new(REGION);
    scene.world.fail(REGION, CloudFault::new(FaultKind::Unreachable), 2);
    scene.world.fail(REGION, CloudFault::new(FaultKind::Garbled), 1);
    let fault = CloudFault::new(FaultKind::Throttled);
    let (from, lasts, every) = (at(100), Duration::from_secs(10), Duration::from_secs(60));
    scene.world.fail_now_and_then(REGION, Spell { fault, from, lasts, every });
    let mut call = |seconds| {
        let call = scene.world.call(&someone(), &region, at(seconds));
        call.fault.map(|fault| fault.kind)
    };
    assert_eq!([call(0), call(0)], [Some(FaultKind::Unreachable), Some(FaultKind::Unreachable)]);
    assert_eq!([call(0), call(0)], [Some(FaultKind::Garbled), None]);
    assert_eq!(
        [call(99), call(100), call(109)],
        [None, Some(FaultKind::Throttled), Some(FaultKind::Throttled)]
    );
    assert_eq!([call(110), call(160)], [None, Some(FaultKind::Throttled)]);
}

#[test]
fn delays_stay_in_their_bounds_and_are_the_same_each_time() {
    let delays = || {
        let mut world = World::empty(Tempo::at_pace(1));
        let (from, to) = (Duration::from_millis(30), Duration::from_millis(80));
        world.delay(REGION, from, to);
        let call = |_| world.call(&someone(), &Region::new(REGION), noon()).delay;
        let delays: Vec<Duration> = (0..50).map(call).collect();
        assert!(delays.iter().all(|delay| (from..=to).contains(delay)), "{delays:?}");
        delays
    };
    assert_eq!(delays(), delays());
    assert!(delays().windows(2).any(|pair| pair[0] != pair[1]));
}

#[test]
fn regions_and_accounts_that_are_closed_say_so() {
    let mut world = World::empty(Tempo::at_pace(1));
    world.open("us-east-1");
    world.close("me-south-1");
    let mut call = |account: &str, region: &str| {
        let call = world.call(&AccountName::new(account), &Region::new(region), noon());
        call.fault.map(|fault| fault.kind)
    };
    assert_eq!(call("a", "us-east-1"), None);
    assert_eq!(call("a", "me-south-1"), Some(FaultKind::NotOptedIn));
    assert_eq!(call("a", "mars-1"), Some(FaultKind::UnknownRegion));

    world.refuse("a", CloudFault::new(FaultKind::WrongCredentials));
    assert_eq!(world.identity(&AccountName::new("a")).unwrap_err().kind, FaultKind::WrongCredentials);
    assert_eq!(world.regions(&AccountName::new("b")).unwrap().len(), 2);
    world.welcome("a");
    assert!(world.identity(&AccountName::new("a")).is_ok());
}

#[test]
fn a_second_factor_is_asked_for_until_the_right_code_comes() {
    let mut world = World::empty(Tempo::at_pace(1));
    let account = AccountName::new("a");
    world.ask_for_code("a", "arn:aws:iam::000000000000:mfa/phone", "123456");
    let kind = |result: Result<_, CloudFault>| result.err().map(|fault| fault.kind);
    assert!(matches!(kind(world.identity(&account)), Some(FaultKind::NeedsCode { .. })));
    assert_eq!(world.give_code(&account, "000000").unwrap_err().kind, FaultKind::WrongCode);
    assert_eq!(world.give_code(&account, "123456"), Ok(()));
    assert_eq!(kind(world.identity(&account)), None);
}

#[test]
fn an_account_sees_what_is_its_own_and_what_is_everybodys() {
    let mut world = World::empty(Tempo::at_pace(1));
    let own = world.launch(old("g5.xlarge").account("a"), noon());
    let shared = world.launch(old("g5.xlarge"), noon());
    let sees = |account: &str, id: &InstanceId| {
        let seen = world.instances(&AccountName::new(account), &Region::new(REGION), noon());
        seen.iter().any(|instance| instance.id == *id)
    };
    assert_eq!([sees("a", &own), sees("a", &shared)], [true, true]);
    assert_eq!([sees("b", &own), sees("b", &shared)], [false, true]);
}

//! Launches: one of a profile at a time, what a crash left open first, and nothing asked of a faulty profile.

use domain::{
    LaunchId,
    launch::{Place, Stage, Wish},
};
use launch::{
    Call, ClientToken, Order, Record,
    order::{Home, RecordState},
    profile::DiskWish,
};
use protocol::config::OnEnd;

use super::*;

const PROFILE: &str = r#"
regions = ["us-east-1"]
types = ["g5.xlarge"]
image = "dlami-base"
[market]
kind = "spot"
[run]
bucket = "my-bucket"
command = "python train.py"
"#;

fn wish(n: u64, text: &str) -> Wish {
    Wish {
        id: LaunchId::of(n),
        account: me(),
        profile: "train".into(),
        text: text.into(),
        dry_run: false,
        actor: Actor::Window,
    }
}

fn launch(rig: &mut Rig, wish: Wish) -> Vec<Effect> {
    rig.command(Command::Launch(Box::new(wish)))
}

fn asked(effects: &[Effect]) -> Vec<&Call> {
    let mut calls = Vec::new();
    for effect in effects {
        if let Effect::Launch(_, _, call) = effect {
            calls.push(&**call);
        }
    }
    calls
}

fn record() -> Record {
    let place =
        Place { region: "us-east-1".into(), zone: "us-east-1a".into(), kind: "g5.xlarge".into(), spot: true };
    let id = LaunchId::of(1);
    let order = Order {
        token: ClientToken::of(&id, 1),
        place,
        subnet: "subnet-1".into(),
        groups: vec![],
        public_ip: true,
        image: "ami-1".into(),
        root_device: "/dev/sda1".into(),
        disk: DiskWish { size_gib: None, iops: None, throughput_mibps: None },
        key: None,
        spot: None,
        cpu: None,
        instance_profile: None,
        user_data: "#!/bin/sh".into(),
        on_end: OnEnd::Terminate,
        detailed_monitoring: false,
        hop_limit: 1,
        tags: BTreeMap::new(),
        home: Home {
            bucket: "my-bucket".into(),
            region: "us-east-1".into(),
            key: "train/system-state.json".into(),
        },
        fleet: None,
    };
    let state = RecordState::Sent(Box::new(order));
    Record { id, account: me(), profile: "train".into(), actor: Actor::CommandLine, at: start(), state }
}

#[test]
fn everything_is_asked_at_once_and_seen_in_the_fleet() {
    let mut rig = Rig::with(instance());
    let effects = launch(&mut rig, wish(1, PROFILE));
    assert_eq!(effects[0], Effect::Answer(7, Ok(())));
    assert_eq!(asked(&effects).len(), 5, "{effects:?}");
    let fleet = rig.fleet();
    assert_eq!(fleet.launches[&LaunchId::of(1)].stage, Stage::Checking);
}

/// Whoever goes to the fleet after a launch wants to see it there.
#[test]
fn where_something_was_launched_is_looked_at_once_and_often() {
    let mut rig = Rig::with(instance());
    launch(&mut rig, wish(1, PROFILE));
    let RecordState::Sent(order) = record().state else { panic!("{:?}", record().state) };
    let answered = |call: Call| Input::LaunchAnswered {
        id: LaunchId::of(1),
        call: Box::new(call),
        result: Err(fault(FaultKind::Unreachable)),
    };
    let identity = rig.feed(answered(Call::Identity));
    assert_eq!(polls(&identity), 0, "nothing has changed there");
    let lost = rig.feed(answered(Call::Request(order)));
    assert_eq!(polls(&lost), 1, "it may be there although its answer was lost: {lost:?}");
    rig.feed(polled(Ok(vec![instance()])));
    assert_eq!(polls(&rig.pass(Duration::from_secs(12))), 1);
}

#[test]
fn a_faulty_profile_asks_nothing_and_says_everything() {
    let mut rig = Rig::with(instance());
    let effects = launch(&mut rig, wish(1, "regions = []\ntypes = [\"g5.xlarge\"]\nimagee = \"x\""));
    let [Effect::Answer(7, Err(problem))] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(problem.message.contains("line 1") && problem.message.contains("line 3"), "{problem}");
    assert!(rig.fleet().launches.is_empty());
}

#[test]
fn a_second_click_does_not_buy_a_second_machine() {
    let mut rig = Rig::with(instance());
    launch(&mut rig, wish(1, PROFILE));
    assert_eq!(refusal(&launch(&mut rig, wish(2, PROFILE))), Some("busy"));
    rig.command(Command::CancelLaunch { id: LaunchId::of(1) });
    assert_eq!(rig.fleet().launches[&LaunchId::of(1)].stage, Stage::Cancelled);
    assert_eq!(refusal(&launch(&mut rig, wish(3, PROFILE))), None);
}

#[test]
fn what_a_crash_left_open_is_asked_for_first_and_once() {
    let config = config(RegionChoice::Only(vec!["us-east-1".into()]));
    let core = Core::new(Memory::default(), vec![record()], 1, false);
    let mut rig = Rig { core, now: start() };
    rig.feed(Input::Configured(config));
    let dry = launch(&mut rig, Wish { dry_run: true, ..wish(5, PROFILE) });
    assert!(!asked(&dry).iter().any(|call| matches!(call, Call::Find { .. })), "a dry run touches nothing");
    rig.command(Command::CancelLaunch { id: LaunchId::of(5) });
    let effects = launch(&mut rig, wish(6, PROFILE));
    assert!(matches!(asked(&effects)[..], [Call::Find { .. }]), "{effects:?}");
    rig.command(Command::CancelLaunch { id: LaunchId::of(6) });
}

#[test]
fn a_launch_of_an_account_that_is_not_there_is_refused() {
    let mut rig = Rig::with(instance());
    let stranger = Wish { account: "somebody".into(), ..wish(1, PROFILE) };
    assert_eq!(refusal(&launch(&mut rig, stranger)), Some("no-account"));
}

#[test]
fn a_yes_is_for_a_launch_that_was_checked() {
    let mut rig = Rig::with(instance());
    let confirm = || Command::ConfirmLaunch { id: LaunchId::of(1) };
    assert_eq!(refusal(&rig.command(confirm())), Some("not-checked"));
    launch(&mut rig, Wish { dry_run: true, ..wish(1, PROFILE) });
    assert_eq!(refusal(&rig.command(confirm())), Some("not-checked"), "it is not through yet");
}

#[test]
fn another_environment_is_meant_to_be_a_second() {
    let mut rig = Rig::with(instance());
    launch(&mut rig, wish(1, PROFILE));
    let second = PROFILE.replace("[run]", "[run]\nenvironment = \"other\"");
    assert_eq!(refusal(&launch(&mut rig, wish(2, &second))), None);
}

#[test]
fn what_a_crash_left_open_of_another_environment_is_left_to_it() {
    let mut rig = Rig { core: Core::new(Memory::default(), vec![record()], 1, false), now: start() };
    rig.feed(Input::Configured(config(RegionChoice::Only(vec!["us-east-1".into()]))));
    let other = PROFILE.replace("[run]", "[run]\nenvironment = \"other\"");
    let effects = launch(&mut rig, wish(5, &other));
    assert!(!asked(&effects).iter().any(|call| matches!(call, Call::Find { .. })), "{effects:?}");
    let effects = launch(&mut rig, wish(6, PROFILE));
    assert!(matches!(asked(&effects)[..], [Call::Find { .. }]), "{effects:?}");
}

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
        let core = Core::new(Memory::default(), 1, false);
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

#[test]
fn named_regions_are_polled_without_waiting_for_anything() {
    let mut core = Core::new(Memory::default(), 1, false);
    let config = config(RegionChoice::Only(vec!["us-east-1".into(), "eu-west-1".into()]));
    let effects = core.handle(Input::Configured(config), start());
    assert!(matches!(
        effects.as_slice(),
        [Effect::Forget(_), Effect::Identify(_), Effect::ListRegions(_), Effect::Poll(..), Effect::Poll(..)]
    ));
}

#[test]
fn enabled_regions_are_polled_as_soon_as_they_are_listed() {
    let mut rig = Rig::bare(config(RegionChoice::Enabled));
    let off = RegionStatus { region: "af-south-1".into(), opt_in: OptIn::NotOptedIn };
    let effects = rig.feed(listed(Ok(vec![enabled("us-east-1"), enabled("eu-west-1"), off])));
    assert_eq!(polls(&effects), 2, "a region that is not enabled is not asked");
    assert!(!rig.fleet().is_complete());
}

#[test]
fn who_may_not_list_regions_gets_those_that_everybody_has() {
    let mut rig = Rig::bare(config(RegionChoice::Enabled));
    let effects = rig.feed(listed(Err(fault(FaultKind::Denied { action: "ec2:DescribeRegions".into() }))));
    assert_eq!(polls(&effects), 17);
}

#[test]
fn a_region_is_polled_once_at_a_time_and_again_after_the_interval() {
    let mut rig = Rig::with(instance());
    assert_eq!(polls(&rig.pass(59 * Duration::from_secs(1))), 0);
    assert_eq!(polls(&rig.pass(Duration::from_secs(1))), 1);
    assert_eq!(polls(&rig.pass(10 * MINUTE)), 0, "the answer is still out");
}

#[test]
fn a_failed_poll_keeps_what_was_known_and_says_its_age() {
    let mut rig = Rig::with(instance());
    let answered = rig.now;
    rig.pass(MINUTE);
    rig.feed(polled(Err(fault(FaultKind::Unreachable))));
    let fleet = rig.fleet();
    assert_eq!(fleet.instances.len(), 1);
    let freshness = &fleet.regions[&key("us-east-1")];
    assert!(matches!(freshness, Freshness::Stale { as_of, .. } if *as_of == answered), "{freshness:?}");
}

#[test]
fn throttling_slows_one_region_down() {
    let mut rig = Rig::with(instance());
    rig.pass(MINUTE);
    rig.feed(polled(Err(fault(FaultKind::Throttled))));
    assert_eq!(polls(&rig.pass(MINUTE)), 0);
    assert_eq!(polls(&rig.pass(2 * MINUTE)), 1);
}

#[test]
fn wrong_credentials_are_asked_for_once() {
    let mut rig = Rig::bare(config(RegionChoice::Only(vec!["us-east-1".into()])));
    rig.feed(identified(Err(fault(FaultKind::KeychainLocked))));
    rig.feed(polled(Err(fault(FaultKind::KeychainLocked))));
    assert_eq!(rig.pass(24 * HOUR), []);
    assert!(rig.fleet().is_complete(), "there is nothing to wait for");

    let effects = rig.command(Command::Reconnect { account: me() });
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Forget(_))));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Identify(_))));
    assert_eq!(polls(&effects), 1);
}

#[test]
fn a_lost_network_is_tried_again_by_itself() {
    let mut rig = Rig::bare(config(RegionChoice::Enabled));
    rig.feed(listed(Err(fault(FaultKind::Unreachable))));
    // STS answers a moment later: the regions are still not known.
    rig.feed(identified(Ok(identity())));
    assert!(matches!(rig.fleet().accounts[&me()], AccountState::Broken(_)));
    let effects = rig.pass(MINUTE);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::ListRegions(_))), "{effects:?}");
}

#[test]
fn a_region_that_is_not_enabled_is_told_from_wrong_credentials() {
    let check = |statuses: Vec<RegionStatus>, expect: FaultKind| {
        let mut rig = Rig::bare(config(RegionChoice::Only(vec!["us-east-1".into()])));
        rig.feed(identified(Ok(identity())));
        rig.feed(listed(Ok(statuses)));
        rig.feed(polled(Err(fault(FaultKind::WrongCredentials))));
        let fleet = rig.fleet();
        assert_eq!(fleet.regions[&key("us-east-1")].fault().map(|fault| fault.kind.clone()), Some(expect));
        assert!(matches!(fleet.accounts[&me()], AccountState::Connected(_)));
    };
    check(
        vec![RegionStatus { region: "us-east-1".into(), opt_in: OptIn::NotOptedIn }],
        FaultKind::NotOptedIn,
    );
    check(vec![enabled("us-west-2")], FaultKind::UnknownRegion);
}

#[test]
fn credentials_that_a_region_refuses_are_held_against_sts() {
    let mut rig = Rig::with(instance());
    rig.pass(MINUTE);
    let effects = rig.feed(polled(Err(fault(FaultKind::ExpiredCredentials))));
    assert!(matches!(effects.as_slice(), [Effect::Identify(_)]), "{effects:?}");
    rig.feed(identified(Err(fault(FaultKind::ExpiredCredentials))));
    assert!(matches!(rig.fleet().accounts[&me()], AccountState::Broken(_)));
    assert_eq!(rig.fleet().instances.len(), 1, "what was known stays");
    assert_eq!(rig.pass(HOUR / 2), []);
}

#[test]
fn a_code_is_asked_for_and_opens_the_account() {
    let mut rig = Rig::bare(config(RegionChoice::Only(vec!["us-east-1".into()])));
    let serial = "arn:aws:iam::123456789012:mfa/me".to_owned();
    rig.feed(identified(Err(fault(FaultKind::NeedsCode { serial: serial.clone() }))));
    assert_eq!(rig.fleet().accounts[&me()], AccountState::NeedsCode { serial });

    let give = Command::Code { account: me(), code: "123456".into() };
    assert!(matches!(rig.command(give.clone()).as_slice(), [Effect::GiveCode(_, code)] if code == "123456"));
    let taken = |result| Input::CodeTaken { account: me(), result };
    assert_eq!(refusal(&rig.feed(taken(Err(fault(FaultKind::WrongCode))))), Some("wrong-code"));

    rig.command(give);
    let effects = rig.feed(taken(Ok(())));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer(7, Ok(())))));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Identify(_))));
}

#[test]
fn terminate_waits_for_an_undo_and_is_journalled_before_it_is_sent() {
    let mut rig = Rig::with(instance());
    let effects = rig.act(Verb::Terminate, Pace::WithUndo);
    assert_eq!(outcomes(&effects), ["countdown-started"]);
    assert_eq!(steps(&effects), None);
    assert_eq!(outcomes(&rig.pass(Duration::from_secs(9))), [""; 0]);

    let effects = rig.pass(Duration::from_secs(1));
    assert_eq!(outcomes(&effects), ["sent"]);
    assert_eq!(steps(&effects), Some([Step::CheckProtection, Step::Terminate].as_slice()));
    let journal = effects.iter().position(|effect| matches!(effect, Effect::Journal(_)));
    let act = effects.iter().position(|effect| matches!(effect, Effect::Act(..)));
    assert!(journal < act, "a crash in between must leave a trace");
}

#[test]
fn undo_takes_it_back_and_only_while_there_is_time() {
    let mut rig = Rig::with(instance());
    let undo = Command::Undo { target: target(), actor: Actor::Notification };
    rig.act(Verb::Terminate, Pace::WithUndo);
    assert_eq!(outcomes(&rig.command(undo.clone())), ["undone"]);
    assert_eq!(steps(&rig.pass(MINUTE)), None);
    assert_eq!(refusal(&rig.command(undo.clone())), Some("nothing-to-undo"));

    rig.act(Verb::Terminate, Pace::WithUndo);
    rig.pass(Duration::from_secs(10));
    assert_eq!(refusal(&rig.command(undo)), Some("nothing-to-undo"));
}

#[test]
fn nothing_is_done_twice() {
    let mut rig = Rig::with(instance());
    rig.act(Verb::Terminate, Pace::WithUndo);
    assert_eq!(refusal(&rig.act(Verb::Terminate, Pace::WithUndo)), Some("busy"));
    assert_eq!(refusal(&rig.act(Verb::Stop, Pace::AtOnce)), Some("busy"));
    rig.pass(Duration::from_secs(10));
    assert_eq!(refusal(&rig.act(Verb::Terminate, Pace::AtOnce)), Some("busy"));
    rig.feed(Input::Acted { target: target(), result: Ok(()) });
    assert_eq!(refusal(&rig.act(Verb::Terminate, Pace::AtOnce)), Some("busy"));
}

#[test]
fn what_is_being_stopped_can_still_be_terminated() {
    let mut rig = Rig::with(instance());
    rig.act(Verb::Stop, Pace::AtOnce);
    rig.feed(Input::Acted { target: target(), result: Ok(()) });
    rig.feed(polled(Ok(vec![instance_in(Lifecycle::Stopping)])));
    assert!(steps(&rig.act(Verb::Terminate, Pace::AtOnce)).is_some());
}

#[test]
fn the_countdown_acts_on_the_facts_at_its_end() {
    let mut rig = Rig::with(instance());
    rig.act(Verb::Terminate, Pace::WithUndo);
    let protected =
        Instance { tags: BTreeMap::from([("curfew:protect".into(), "yes".into())]), ..instance() };
    rig.feed(polled(Ok(vec![protected])));
    let effects = rig.pass(Duration::from_secs(10));
    assert_eq!((outcomes(&effects), steps(&effects)), (vec!["refused"], None));
    assert!(matches!(rig.progress(), Some(Progress::Failed { .. })));
}

#[test]
fn a_countdown_that_was_slept_through_begins_anew() {
    let mut rig = Rig::with(instance());
    rig.act(Verb::Terminate, Pace::WithUndo);
    assert_eq!(steps(&rig.pass(HOUR)), None, "nobody could have undone it");
    assert_eq!(steps(&rig.pass(Duration::from_secs(9))), None);
    assert!(steps(&rig.pass(Duration::from_secs(1))).is_some());
}

#[test]
fn quitting_cancels_every_countdown() {
    let mut rig = Rig::with(instance());
    rig.act(Verb::Terminate, Pace::WithUndo);
    let effects = rig.feed(Input::Quit);
    assert_eq!(outcomes(&effects), ["cancelled-by-quit"]);
    assert!(effects.contains(&Effect::End));
    assert_eq!(steps(&rig.pass(MINUTE)), None);
}

#[test]
fn a_persistent_spot_request_is_cancelled_first() {
    let spot = |persistence| {
        let request = Some("sir-abcd1234".into());
        Instance { market: Market::Spot(Spot { request, persistence, interruption: None }), ..instance() }
    };
    let mut rig = Rig::with(spot(Persistence::Persistent));
    assert_eq!(
        steps(&rig.act(Verb::Terminate, Pace::AtOnce)),
        Some(
            [Step::CheckProtection, Step::CancelSpotRequest("sir-abcd1234".into()), Step::Terminate]
                .as_slice()
        )
    );
    let mut rig = Rig::with(spot(Persistence::OneTime));
    assert_eq!(refusal(&rig.act(Verb::Stop, Pace::AtOnce)), Some("one-time-spot"));
}

#[test]
fn an_unknown_instance_is_refused() {
    let mut rig = Rig::with(instance());
    let other = Target { account: "other".into(), ..target() };
    let act = Command::Act { verb: Verb::Stop, target: other, actor: Actor::Tray, pace: Pace::AtOnce };
    assert_eq!(refusal(&rig.command(act)), Some("not-found"));
}

#[test]
fn after_an_action_the_region_is_polled_fast_until_it_arrived() {
    let mut rig = Rig::with(instance());
    assert_eq!(polls(&rig.act(Verb::Stop, Pace::AtOnce)), 1);
    rig.feed(polled(Ok(vec![instance()])));
    assert_eq!(polls(&rig.feed(Input::Acted { target: target(), result: Ok(()) })), 1);
    rig.feed(polled(Ok(vec![instance_in(Lifecycle::Stopping)])));
    assert!(matches!(rig.progress(), Some(Progress::Arriving { overdue: false, .. })));
    assert_eq!(polls(&rig.pass(Duration::from_secs(10))), 1);
    rig.feed(polled(Ok(vec![instance_in(Lifecycle::Stopped)])));
    assert_eq!(rig.progress(), None);
    assert_eq!(polls(&rig.pass(3 * MINUTE)), 1);
    rig.feed(polled(Ok(vec![instance_in(Lifecycle::Stopped)])));
    assert_eq!(polls(&rig.pass(Duration::from_secs(10))), 0, "two minutes are over");
}

#[test]
fn an_action_that_takes_too_long_is_reported() {
    let mut rig = Rig::with(instance());
    rig.act(Verb::Terminate, Pace::AtOnce);
    rig.feed(Input::Acted { target: target(), result: Ok(()) });
    rig.pass(10 * MINUTE);
    assert!(matches!(rig.progress(), Some(Progress::Arriving { overdue: true, .. })));
}

#[test]
fn an_answer_lost_on_the_way_is_mended_by_what_is_seen() {
    let mut rig = Rig::with(instance());
    rig.act(Verb::Terminate, Pace::AtOnce);
    let effects = rig.feed(Input::Acted { target: target(), result: Err(fault(FaultKind::Unreachable)) });
    assert_eq!(outcomes(&effects), ["failed"]);
    assert!(matches!(rig.progress(), Some(Progress::Failed { .. })));
    rig.feed(polled(Ok(vec![instance_in(Lifecycle::ShuttingDown)])));
    assert_eq!(rig.progress(), None);
}

#[test]
fn thresholds_are_crossed_by_time_alone() {
    let mut rig = Rig::with(instance());
    let level = |rig: &Rig| rig.fleet().instances[&target()].level();
    assert_eq!(level(&rig), Level::Ok);
    rig.pass(HOUR);
    assert_eq!(level(&rig), Level::Warning);
    rig.pass(4 * HOUR);
    assert_eq!(level(&rig), Level::Critical);
}

#[test]
fn the_core_asks_to_be_woken_for_every_kind_of_change() {
    let mut rig = Rig::with(instance());
    rig.feed(Input::Presence(Presence::Locked));
    let wake = |rig: &Rig| rig.core.poll_timeout().map(|(at, why)| (domain::time::elapsed(at, rig.now), why));
    assert_eq!(wake(&rig), Some((HOUR, "a threshold is crossed")));
    rig.command(Command::Snooze { target: target(), time: 10 * MINUTE });
    assert_eq!(wake(&rig), Some((10 * MINUTE, "a snooze ends")));
    rig.act(Verb::Terminate, Pace::WithUndo);
    assert_eq!(wake(&rig), Some((Duration::from_secs(10), "a countdown ends")));
}

#[test]
fn a_snooze_silences_and_ends() {
    let mut rig =
        Rig::with(Instance { launched_at: start().checked_sub(3 * HOUR).expect("in range"), ..instance() });
    assert_eq!(rig.fleet().untold(rig.now).len(), 1);
    let effects = rig.command(Command::Snooze { target: target(), time: HOUR });
    assert!(matches!(
        effects.as_slice(),
        [Effect::Remember(MemoryChange::Snoozed { .. }), Effect::Answer(..)]
    ));
    assert_eq!(rig.fleet().untold(rig.now).len(), 0);
    let effects = rig.pass(HOUR);
    assert!(effects.contains(&Effect::Remember(MemoryChange::Woken { target: target() })));
    assert_eq!(rig.fleet().untold(rig.now).len(), 1);
}

#[test]
fn what_was_shown_is_not_shown_again_also_after_a_restart() {
    let long = Instance { launched_at: start().checked_sub(3 * HOUR).expect("in range"), ..instance() };
    let mut rig = Rig::with(long.clone());
    let alerts: Vec<_> = rig.fleet().untold(rig.now).into_iter().map(|alert| alert.id.clone()).collect();
    rig.command(Command::Shown { alerts });
    assert_eq!(rig.fleet().untold(rig.now).len(), 0);

    let mut again = Rig::with(long);
    again.core.memory = rig.core.memory.clone();
    assert_eq!(again.fleet().untold(again.now).len(), 0);
    again.pass(4 * HOUR);
    assert_eq!(again.fleet().untold(again.now).len(), 1, "critical is another alert");
}

#[test]
fn nothing_is_polled_while_nobody_is_there_and_everything_on_return() {
    let mut rig = Rig::with(instance());
    rig.feed(Input::Presence(Presence::Asleep));
    assert_eq!(polls(&rig.pass(8 * HOUR)), 0);
    assert_eq!(polls(&rig.feed(Input::Presence(Presence::Here))), 1);
}

#[test]
fn a_clock_that_was_set_back_does_not_stop_polling() {
    let mut rig = Rig::with(instance());
    rig.now = rig.now.checked_sub(24 * HOUR).expect("in range");
    assert_eq!(polls(&rig.feed(Input::Tick)), 1);
}

#[test]
fn a_snapshot_comes_only_with_a_change() {
    let mut rig = Rig::with(instance());
    let first = rig.core.snapshot(rig.now).expect("the first is a change");
    assert_eq!(rig.core.snapshot(after(rig.now, MINUTE)), None);
    rig.command(Command::Snooze { target: target(), time: HOUR });
    let second = rig.core.snapshot(rig.now).expect("a snooze is a change");
    assert!(second.generation > first.generation);
}

#[test]
fn an_account_that_is_taken_out_takes_its_instances_along() {
    let mut rig = Rig::with(instance());
    rig.feed(Input::Configured(Config { accounts: Vec::new(), ..config(RegionChoice::Enabled) }));
    assert!(rig.fleet().instances.is_empty());
    rig.feed(polled(Ok(vec![instance()])));
    assert!(rig.fleet().instances.is_empty(), "a late answer changes nothing");
}

#[test]
fn what_a_journal_entry_says() {
    let mut rig = Rig::with(instance());
    let effects = rig.act(Verb::Stop, Pace::AtOnce);
    let Some(Effect::Journal(entry)) = effects.first() else { panic!("{effects:?}") };
    assert_eq!(entry.why, "i-0f09e5bb081e72ae1, g5.xlarge (on-demand), running, launched 1h ago, $1.01");
    assert_eq!((entry.verb, entry.actor, &entry.outcome), (Verb::Stop, Actor::Window, &Outcome::Sent));
}

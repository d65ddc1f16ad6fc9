//! Regions and accounts: when each is asked, and what its failure means.

use super::*;

#[test]
fn named_regions_are_polled_without_waiting_for_anything() {
    let mut core = Core::new(Memory::default(), Vec::new(), 1, false);
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
    let effects = rig.feed(listed(Ok(vec![enabled("us-east-1"), enabled("af-north-1"), off])));
    assert_eq!(polls(&effects), 1, "one is being asked already, one is not enabled");
    assert_eq!(rig.fleet().regions.len(), 2);
    assert!(!rig.fleet().is_complete());
}

#[test]
fn regions_that_everybody_has_are_polled_while_the_list_is_out() {
    let mut core = Core::new(Memory::default(), Vec::new(), 1, false);
    let effects = core.handle(Input::Configured(config(RegionChoice::Enabled)), start());
    assert_eq!(polls(&effects), 17);
    assert!(!core.fleet(start()).is_complete(), "there may be more");
}

#[test]
fn what_is_known_outlives_a_new_connection_but_not_another_account() {
    let check = |number: &str, expect: usize| {
        let mut rig = Rig::bare(config(RegionChoice::Enabled));
        rig.feed(identified(Ok(identity())));
        rig.feed(listed(Ok(vec![enabled("us-east-1"), enabled("af-south-1")])));
        rig.feed(polled(Ok(vec![instance()])));
        rig.command(Command::Reconnect { account: me() });
        rig.feed(identified(Ok(Identity { number: number.into(), ..identity() })));
        let fleet = rig.fleet();
        assert_eq!(fleet.instances.len(), expect);
        assert!(fleet.regions.contains_key(&key("af-south-1")), "the list is not lost while it is asked for");
    };
    check("123456789012", 1);
    check("999999999999", 0);
}

#[test]
fn who_may_not_list_regions_gets_those_that_everybody_has() {
    let mut rig = Rig::bare(config(RegionChoice::Enabled));
    rig.feed(listed(Err(fault(FaultKind::Denied { action: "ec2:DescribeRegions".into() }))));
    assert_eq!(rig.fleet().regions.len(), 17);
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
    assert!(!rig.fleet().is_complete(), "now there is");
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
    rig.feed(identified(Ok(identity())));
    rig.feed(listed(Ok(vec![enabled("us-east-1")])));
    assert!(!rig.fleet().is_complete(), "the region is waited for");
    assert_eq!(polls(&effects), 1);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer(7, Ok(())))));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Identify(_))));
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
fn an_account_that_is_taken_out_takes_its_instances_along() {
    let mut rig = Rig::with(instance());
    rig.feed(Input::Configured(Config { accounts: Vec::new(), ..config(RegionChoice::Enabled) }));
    assert!(rig.fleet().instances.is_empty());
    rig.feed(polled(Ok(vec![instance()])));
    assert!(rig.fleet().instances.is_empty(), "a late answer changes nothing");
}

#[test]
fn an_answer_from_before_the_code_does_not_disturb_the_code() {
    let needed = || fault(FaultKind::NeedsCode { serial: "arn:aws:iam::123456789012:mfa/me".into() });
    let mut rig = Rig::bare(config(RegionChoice::Only(vec!["us-east-1".into()])));
    rig.feed(listed(Err(needed())));
    rig.command(Command::Code { account: me(), code: "000000".into() });
    // STS's answer to the first question comes only now.
    rig.feed(identified(Err(needed())));
    let taken = Input::CodeTaken { account: me(), result: Err(fault(FaultKind::WrongCode)) };
    assert_eq!(refusal(&rig.feed(taken)), Some("wrong-code"), "whoever gave the code is waiting");
}

#[test]
fn whoever_waits_for_a_code_is_told_when_it_does_not_matter_any_more() {
    let give_up = |input: Input| {
        let mut rig = Rig::bare(config(RegionChoice::Only(vec!["us-east-1".into()])));
        rig.feed(identified(Err(fault(FaultKind::NeedsCode { serial: "mfa/me".into() }))));
        rig.command(Command::Code { account: me(), code: "123456".into() });
        assert_eq!(refusal(&rig.feed(input)), Some("superseded"));
    };
    give_up(Input::Configured(Config { accounts: Vec::new(), ..config(RegionChoice::Enabled) }));
    give_up(Input::Commanded { ticket: 8, command: Command::Reconnect { account: me() } });
}

//! Tables and properties of `notice`.

use super::*;
use crate::{
    fixtures::{DAY, HOUR, fleet, instance, named, now, snoozed, spot, tagged},
    instance::Persistence,
    time::after,
};

#[test]
fn a_crossing_says_what_where_how_long_and_how_much() {
    let fleet = fleet([named("forgotten", instance(2, "g5.xlarge", 3 * DAY))]);
    let notices = due(&fleet, now());
    let [notice] = notices.as_slice() else { panic!("{notices:?}") };
    assert_eq!(notice.title, "Critical: forgotten still running for 3d");
    assert_eq!(
        notice.body,
        "g5.xlarge (on-demand) in us-east-1, account me\ni-00000000000000002\n$72.43 so far, $1.01/h. Running for more than 6h."
    );
    assert_eq!(notice.urgency, Urgency::Critical);
}

#[test]
fn terminate_is_never_the_first_button() {
    let buttons = |instance| due(&fleet([instance]), now())[0].buttons.clone();
    assert_eq!(buttons(instance(1, "g5.xlarge", DAY)), [Button::Stop, Button::Snooze, Button::Terminate]);
    let spot = spot(Persistence::OneTime, instance(1, "g5.xlarge", DAY));
    assert_eq!(buttons(spot), [Button::Snooze, Button::Terminate], "one-time spot cannot be stopped");
    let protected = tagged("curfew:protect", "yes", instance(1, "g5.xlarge", DAY));
    assert_eq!(buttons(protected), [Button::Snooze]);
}

#[test]
fn what_was_shown_or_is_snoozed_is_not_due() {
    let loud = fleet([instance(1, "g5.xlarge", DAY)]);
    assert_eq!(due(&loud, now()).len(), 1);
    assert_eq!(due(&snoozed(loud.clone()), now()).len(), 0);
    let mut shown = loud;
    shown.instances.values_mut().for_each(|seen| seen.shown = true);
    assert_eq!(due(&shown, now()).len(), 0);
}

#[test]
fn the_worst_comes_first() {
    let fleet = fleet([instance(1, "g5.xlarge", 3 * HOUR), instance(2, "g5.xlarge", DAY)]);
    let levels: Vec<Urgency> = due(&fleet, now()).iter().map(|notice| notice.urgency).collect();
    assert_eq!(levels, [Urgency::Critical, Urgency::Normal]);
}

#[test]
fn a_countdown_counts_in_the_persons_seconds() {
    let mut fleet = fleet([named("forgotten", instance(2, "g5.xlarge", DAY))]);
    fleet.pace = 60;
    let target = fleet.instances.keys().next().cloned().expect("there is one");
    let notice =
        countdown(&fleet, &target, after(now(), Duration::from_secs(600)), now()).expect("it is there");
    assert_eq!(notice.title, "Terminating forgotten in 10 s");
    assert_eq!(notice.buttons, [Button::Undo]);
}

#[test]
fn every_button_is_found_by_its_key() {
    for button in [Button::Stop, Button::Snooze, Button::Terminate, Button::Undo] {
        assert_eq!(Button::from_key(button.key()), Some(button));
    }
    assert_eq!(Button::from_key("default"), None);
}

#[test]
fn the_demo_is_marked() {
    let fleet = Fleet { demo: true, ..fleet([named("forgotten", instance(2, "g5.xlarge", DAY))]) };
    assert!(due(&fleet, now())[0].title.starts_with("DEMO - Critical: forgotten"));
}

//! Thresholds, snoozes, and what was shown.

use super::*;

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
fn a_snapshot_comes_only_with_a_change() {
    let mut rig = Rig::with(instance());
    let first = rig.core.snapshot(rig.now).expect("the first is a change");
    assert_eq!(rig.core.snapshot(after(rig.now, MINUTE)), None);
    rig.command(Command::Snooze { target: target(), time: HOUR });
    let second = rig.core.snapshot(rig.now).expect("a snooze is a change");
    assert!(second.generation > first.generation);
}

//! Stop, start, terminate: the countdown, its Undo, and everything that must not happen.

use super::*;

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
fn what_a_journal_entry_says() {
    let mut rig = Rig::with(instance());
    let effects = rig.act(Verb::Stop, Pace::AtOnce);
    let Some(Effect::Journal(entry)) = effects.first() else { panic!("{effects:?}") };
    assert_eq!(entry.why, "i-0f09e5bb081e72ae1, g5.xlarge (on-demand), running, launched 1h ago, $1.01");
    assert_eq!((entry.verb, entry.actor, &entry.outcome), (Verb::Stop, Actor::Window, &Outcome::Sent));
}

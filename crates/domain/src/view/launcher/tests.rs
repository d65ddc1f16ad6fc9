//! Cards and launches in words.

use super::*;
use crate::{
    Actor, Lifecycle, Money, Problem,
    fixtures::{HOUR, ago, now},
    launch::{AgentWord, Headcount, Launch, Place, Refused, Stage},
};

fn place() -> Place {
    Place { region: "us-east-1".into(), zone: "us-east-1b".into(), kind: "g5.xlarge".into(), spot: true }
}

fn launch(stage: Stage) -> Launch {
    Launch {
        account: "me".into(),
        profile: "train".into(),
        actor: Actor::Window,
        begun: now(),
        dry_run: false,
        fleet: None,
        checks: Vec::new(),
        refused: Vec::new(),
        places: 12,
        estimate: None,
        made: None,
        whole: true,
        stage,
    }
}

fn target() -> Target {
    let id = "i-00000000000000001".parse().expect("an id");
    Target { account: "me".into(), region: "us-east-1".into(), id }
}

fn launched(lifecycle: Lifecycle, phase: Option<&str>, remark: Option<Problem>, followed: bool) -> Launch {
    let agent =
        phase.map(|phase| AgentWord { run: "r".into(), phase: phase.into(), settled: phase == "training" });
    launch(Stage::Launched { target: target(), place: place(), lifecycle, agent, remark, followed })
}

fn grown(running: u32, remark: Option<Problem>, followed: bool) -> Launch {
    let group = GroupTarget { account: "me".into(), region: "us-east-1".into(), name: "curfew-crew".into() };
    launch(Stage::Grown { group, members: Headcount { running, desired: 2 }, remark, followed })
}

fn failed() -> Stage {
    Stage::Failed(Problem::new("no-place", "no place would launch it", "Try more types."))
}

/// Done `x`, under way `>`, failed `!`, to come `.`.
fn way(launch: &Launch) -> String {
    let letter = |step: Step| match step.state {
        StepState::Done => 'x',
        StepState::Now => '>',
        StepState::Failed => '!',
        StepState::Ahead => '.',
    };
    steps(launch).into_iter().map(letter).collect()
}

#[test]
fn a_fleet_goes_a_way_of_its_own() {
    let check = |launch: &Launch, way_of: &str, line: &str| {
        assert_eq!((way(launch).as_str(), headline(launch).as_str()), (way_of, line));
    };
    let asking = Stage::Requesting { place: place(), nth: 1 };
    check(&Launch { fleet: Some(2), ..launch(asking) }, "x>.", "Making the group");
    check(&grown(1, None, true), "xx>", "curfew-crew in us-east-1: 1 of 2 members running");
    check(&grown(2, None, false), "xxx", "curfew-crew in us-east-1: 2 of 2 members running");
    let short = Problem::new("fleet-short", "1 of 2", "It goes on trying.");
    check(&grown(1, Some(short.clone()), false), "xx!", "curfew-crew in us-east-1: 1 of 2 members running");
    let labels: Vec<String> = steps(&grown(1, None, true)).into_iter().map(|step| step.label).collect();
    assert_eq!(labels, ["Checked", "Group made", "1 of 2 members running"]);
    assert_eq!(outcome(&grown(1, None, true)), None);
    assert_eq!(outcome(&grown(2, None, false)), Some(Outcome::Through));
    assert_eq!(outcome(&grown(1, Some(short), false)), Some(Outcome::Doubtful));
}

#[test]
fn a_launch_goes_its_way_step_by_step() {
    let check = |launch: &Launch, expected: &str| assert_eq!(way(launch), expected, "{:?}", launch.stage);
    check(&launch(Stage::Checking), ">.....");
    check(&launch(Stage::Requesting { place: place(), nth: 1 }), "x>....");
    check(&launched(Lifecycle::Pending, None, None, true), "xx>...");
    check(&launched(Lifecycle::Running, None, None, true), "xxxx>.");
    check(&launched(Lifecycle::Running, Some("data_sync"), None, true), "xxxxx>");
    check(&launched(Lifecycle::Running, Some("training"), None, false), "xxxxxx");
    check(&launched(Lifecycle::Running, None, None, false), "xxxx!.");
    check(&launched(Lifecycle::Terminated, None, None, false), "xxx!..");
    check(&launch(failed()), "!.....");
    let refused = Refused { place: place(), at: now(), why: "no capacity".into(), asked: true };
    check(&Launch { refused: vec![refused], ..launch(failed()) }, "x!....");
    check(&Launch { dry_run: true, ..launch(Stage::Checked) }, "x");
    check(&launch(Stage::Cancelled), "");
}

#[test]
fn the_last_step_is_what_the_agent_says() {
    let last = |launch: &Launch| steps(launch).pop().map(|step| step.label);
    let running = |phase| launched(Lifecycle::Running, phase, None, true);
    assert_eq!(last(&running(None)).as_deref(), Some("Working"));
    assert_eq!(last(&running(Some("data_sync"))).as_deref(), Some("Data sync"));
}

#[test]
fn one_line_says_what_is_going_on() {
    let check = |launch: &Launch, line: &str| assert_eq!(headline(launch), line);
    let asking = Stage::Requesting { place: place(), nth: 2 };
    check(&launch(asking.clone()), "Asking for g5.xlarge (spot) in us-east-1b, place 2 of 12");
    check(&Launch { places: 1, ..launch(asking) }, "Asking for g5.xlarge (spot) in us-east-1b");
    check(
        &launched(Lifecycle::Running, None, None, true),
        "g5.xlarge (spot) in us-east-1b: running, its agent has not been heard yet",
    );
    check(
        &launched(Lifecycle::Running, Some("data_sync"), None, true),
        "g5.xlarge (spot) in us-east-1b: its agent says: data sync",
    );
    check(&launch(failed()), "Nothing was launched");
    check(&Launch { dry_run: true, ..launch(failed()) }, "It would not launch");
    assert_eq!(
        menu_line(&launch(Stage::Cancelling)),
        "train: calling it off: what was made is being removed"
    );
}

#[test]
fn a_person_is_told_once_it_is_over_and_not_before() {
    let check = |launch: &Launch, expected| assert_eq!(outcome(launch), expected, "{:?}", launch.stage);
    check(&launch(Stage::Checking), None);
    check(&launched(Lifecycle::Running, None, None, true), None);
    check(&launched(Lifecycle::Running, Some("training"), None, false), Some(Outcome::Through));
    let silent = Problem::new("agent-silent", "the agent has said nothing", "");
    check(&launched(Lifecycle::Running, None, Some(silent), false), Some(Outcome::Doubtful));
    check(&launch(failed()), Some(Outcome::Failed));
    check(&launch(Stage::Cancelled), None);
    check(&Launch { dry_run: true, ..launch(failed()) }, None);
}

#[test]
fn the_news_says_what_came_of_it() {
    let check = |launch: &Launch, expected: (Outcome, &str, &str)| {
        let (outcome, title, body) = news(launch).expect("it is over");
        assert_eq!((outcome, title.as_str(), body.as_str()), expected);
    };
    let at_work = launched(Lifecycle::Running, Some("training"), None, false);
    let body = "g5.xlarge (spot) in us-east-1b: its agent says: training";
    check(&at_work, (Outcome::Through, "train is at work", body));
    let body = "no place would launch it\nTry more types.";
    check(&launch(failed()), (Outcome::Failed, "train was not launched", body));
}

#[test]
fn refused_places_are_counted() {
    let refused = |asked| Refused { place: place(), at: now(), why: "no capacity".into(), asked };
    assert_eq!(tried(&[], 12), None);
    assert_eq!(tried(&[refused(true)], 12).as_deref(), Some("Refused by 1 of 12 places"));
    assert_eq!(
        tried(&[refused(true), refused(false)], 12).as_deref(),
        Some("Refused by 1 of 12 places, 1 more not asked")
    );
}

#[test]
fn the_button_says_what_it_costs() {
    let hourly = Some(HourlyRate::from_micros(1_210_000));
    let worst = Some(Money::from_micros(5_030_000));
    let estimate = Estimate { hourly, expected: None, worst, longest_s: 14_400 };
    assert_eq!(launch_label(Some(&estimate)), "Launch: about $1.21/h, at most $5.03");
    assert_eq!(launch_label(Some(&Estimate { worst: None, ..estimate.clone() })), "Launch: about $1.21/h");
    assert_eq!(launch_label(None), "Launch: the price is not known");
    assert_eq!(cost_in_words(&estimate), "at most $5.03 for 4h");
    let expected = Some(Money::from_micros(4_830_000));
    let known = Estimate { expected, ..estimate };
    assert_eq!(cost_in_words(&known), "$4.83 for 4h, at most $5.03");
    assert_eq!(cost_in_words(&Estimate { worst: None, expected: None, ..known }), "not known, for 4h");
}

#[test]
fn a_new_profile_takes_no_other_s_name() {
    let check = |wanted: &str, taken: &[&str], name: &str| assert_eq!(free_name(wanted, taken), name);
    check("train", &[], "train");
    check("train", &["train"], "train-2");
    check("train-2", &["train", "train-2"], "train-3");
    check("g5", &["g5"], "g5-2");
    check("7", &["7"], "7-2");
    let long = "x".repeat(64);
    assert!(free_name(&long, &[&long]).len() <= 64);
}

#[test]
fn a_last_run_says_when_where_and_how() {
    let check = |end, words: &str| assert_eq!(LastRun { at: ago(3 * HOUR), end }.in_words(now()), words);
    check(LastEnd::Launched(target()), "3h ago: i-00000000000000001 in us-east-1");
    check(LastEnd::Nothing("no capacity".into()), "3h ago: nothing launched, no capacity");
    check(LastEnd::Open, "3h ago: not over, or cut off");
}

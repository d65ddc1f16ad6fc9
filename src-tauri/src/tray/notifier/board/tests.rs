//! What is put on the screen, what is taken off, and that nothing is told twice.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{
    Alert, Instance, LaunchId, Level, Lifecycle, Market, Problem, Seen,
    alert::Crossing,
    instance::Platform,
    launch::{Launch, Stage},
    price::Rate,
    spend::Rates,
    time::after,
};

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A fleet, a board and a daemon that numbers what it shows.
struct Screen {
    fleet: Fleet,
    board: Board,
    last: u32,
}

impl Screen {
    fn with(instances: &[(u8, Level)]) -> Self {
        let mut screen = Self { fleet: Fleet::empty(NOW), board: Board::default(), last: 0 };
        instances.iter().for_each(|&(number, level)| screen.set(number, level));
        screen.board.hear(Heard::Ready);
        screen
    }

    fn set(&mut self, number: u8, level: Level) {
        self.fleet.instances.insert(target(number), seen(number, level));
    }

    /// Looks and lets the daemon carry out what is ordered: a line for each order.
    fn look(&mut self) -> Vec<String> {
        let orders = self.board.look(&self.fleet, NOW);
        orders.into_iter().map(|order| self.carry_out(order)).collect()
    }

    fn carry_out(&mut self, order: Order) -> String {
        match order {
            Order::Close(id) => format!("close {id}"),
            Order::Show { topic, post, replaces } => {
                let id = replaces.unwrap_or(self.last + 1);
                self.last = self.last.max(id);
                if let Reaction::Send(Command::Shown { alerts }) = self.board.hear(Heard::Shown(topic, id)) {
                    self.told(&alerts);
                }
                let over = if replaces.is_some() { " again" } else { "" };
                format!("show {id}{over}: {}", post.title)
            }
        }
    }

    /// As the engine does with `Command::Shown`.
    fn told(&mut self, alerts: &[AlertId]) {
        for seen in self.fleet.instances.values_mut() {
            seen.shown |= seen.alert.as_ref().is_some_and(|alert| alerts.contains(&alert.id));
        }
    }
}

fn target(number: u8) -> Target {
    let id = format!("i-{number:08x}").parse().expect("a good id");
    Target { account: "personal".into(), region: "us-east-1".into(), id }
}

/// Ten seconds from now.
fn counting_down() -> Progress {
    let acts_at = after(NOW, Duration::from_secs(10));
    Progress::CountingDown { verb: Verb::Terminate, actor: Actor::Tray, acts_at }
}

fn seen(number: u8, level: Level) -> Seen {
    let instance = Instance {
        id: target(number).id,
        zone: "us-east-1a".into(),
        kind: "g5.xlarge".into(),
        market: Market::OnDemand,
        lifecycle: Lifecycle::Running,
        launched_at: NOW,
        first_launched_at: None,
        state_reason: None,
        platform: Platform::Linux,
        tags: BTreeMap::from([("Name".into(), format!("run-{number}"))]),
        disks: Vec::new(),
        public_ip: None,
    };
    let alert = Alert {
        id: AlertId::from_stored(format!("{number}/{level:?}")),
        target: target(number),
        level,
        crossing: Crossing::Running(Duration::from_secs(7200)),
        crossed_at: NOW,
        reminder: 0,
    };
    let rates = Rates::of(&instance, Rate::Unknown, NOW);
    Seen {
        instance: Arc::new(instance),
        rates,
        alert: (level > Level::Ok).then_some(alert),
        snoozed_until: None,
        shown: false,
    }
}

#[test]
fn an_alert_is_shown_once() {
    let mut screen = Screen::with(&[(1, Level::Warning), (2, Level::Ok)]);
    assert_eq!(screen.look(), ["show 1: Warning: run-1 running for 0s"]);
    assert!(screen.look().is_empty());
    screen.board.hear(Heard::Closed(1));
    assert!(screen.look().is_empty(), "a person put it away");
}

#[test]
fn what_an_earlier_run_told_is_not_told_again() {
    let mut screen = Screen::with(&[(1, Level::Critical)]);
    screen.fleet.instances.values_mut().for_each(|seen| seen.shown = true);
    assert!(screen.look().is_empty());
}

#[test]
fn nothing_is_ordered_twice_while_the_daemon_thinks() {
    let mut screen = Screen::with(&[(1, Level::Warning)]);
    let orders = screen.board.look(&screen.fleet, NOW);
    assert_eq!((orders.len(), screen.board.look(&screen.fleet, NOW)), (1, Vec::new()));
}

#[test]
fn a_worse_alert_takes_the_place_of_the_one_before() {
    let mut screen = Screen::with(&[(1, Level::Warning)]);
    screen.look();
    screen.set(1, Level::Critical);
    assert_eq!(screen.look(), ["show 1 again: Critical: run-1 running for 0s"]);
}

#[test]
fn an_alert_whose_instance_is_gone_or_snoozed_is_taken_away() {
    let mut screen = Screen::with(&[(1, Level::Warning), (2, Level::Warning)]);
    assert_eq!(screen.look().len(), 2);
    screen.set(1, Level::Ok);
    if let Some(seen) = screen.fleet.instances.get_mut(&target(2)) {
        seen.snoozed_until = Some(after(NOW, Duration::from_secs(60)));
    }
    assert_eq!(screen.look(), ["close 1", "close 2"]);
}

#[test]
fn many_at_once_share_one() {
    let many: Vec<(u8, Level)> = (1..=34).map(|number| (number, Level::Warning)).collect();
    let mut screen = Screen::with(&many);
    let shown = screen.look();
    assert_eq!(shown.len(), 4, "{shown:?}");
    assert!(shown.contains(&"show 4: 31 instances need attention too".to_owned()), "{shown:?}");
    assert!(screen.fleet.untold(NOW).is_empty(), "all were told");
    assert!(screen.look().is_empty());
}

#[test]
fn a_summary_grows_instead_of_a_second_one() {
    let many: Vec<(u8, Level)> = (1..=10).map(|number| (number, Level::Warning)).collect();
    let mut screen = Screen::with(&many);
    screen.look();
    screen.set(11, Level::Warning);
    screen.set(12, Level::Warning);
    assert_eq!(screen.look(), ["show 4 again: 9 instances need attention too"]);
}

#[test]
fn four_at_once_are_not_worth_a_summary() {
    let mut screen = Screen::with(&[1, 2, 3, 4].map(|number| (number, Level::Critical)));
    assert_eq!(screen.look().len(), 4);
    assert!(!screen.board.slots.contains_key(&Topic::More));
}

#[test]
fn an_undone_termination_brings_the_alert_back() {
    let mut screen = Screen::with(&[(1, Level::Critical)]);
    screen.look();
    screen.board.hear(Heard::Pressed(1, "terminate".into()));
    screen.fleet.progress.insert(target(1), counting_down());
    assert_eq!(screen.look(), ["close 1", "show 2: Terminating run-1 in 10 s"]);

    let undo = screen.board.hear(Heard::Pressed(2, "undo".into()));
    assert_eq!(undo, Reaction::Send(Command::Undo { target: target(1), actor: Actor::Notification }));
    screen.fleet.progress.clear();
    assert_eq!(screen.look(), ["close 2", "show 3: Critical: run-1 running for 0s"]);
    assert!(screen.look().is_empty());
}

#[test]
fn a_countdown_counts_and_goes_away_when_it_is_over() {
    let mut screen = Screen::with(&[(1, Level::Ok)]);
    screen.fleet.progress.insert(target(1), counting_down());
    assert_eq!(screen.look(), ["show 1: Terminating run-1 in 10 s"]);
    let later = after(NOW, Duration::from_secs(3));
    let orders = screen.board.look(&screen.fleet, later);
    assert!(
        matches!(&orders[..], [Order::Show { replaces: Some(1), post, .. }] if post.title.ends_with("7 s"))
    );
    screen.board.hear(Heard::Shown(Topic::Countdown(target(1)), 1));
    screen.fleet.progress.clear();
    assert_eq!(screen.look(), ["close 1"]);
}

#[test]
fn a_failure_is_told_once() {
    let mut screen = Screen::with(&[(1, Level::Ok)]);
    let problem = Problem::new("denied", "Stopping run-1 failed", "Ask for it.");
    let failed = Progress::Failed { verb: Verb::Stop, at: NOW, problem };
    screen.fleet.progress.insert(target(1), failed);
    assert_eq!(screen.look(), ["show 1: Stopping run-1 failed"]);
    assert!(screen.look().is_empty());
}

#[test]
fn a_refusal_is_told_each_time() {
    let mut screen = Screen::with(&[]);
    let problem = Problem::new("already", "It is stopped already", "");
    for shown in ["show 1: It is stopped already", "show 1 again: It is stopped already"] {
        let orders = screen.board.say(&problem);
        let lines: Vec<_> = orders.into_iter().map(|order| screen.carry_out(order)).collect();
        assert_eq!(lines, [shown]);
        assert!(screen.look().is_empty());
    }
}

#[test]
fn without_a_daemon_nothing_counts_as_told() {
    let mut screen = Screen::with(&[(1, Level::Warning)]);
    let orders = screen.board.look(&screen.fleet, NOW);
    assert_eq!(orders.len(), 1);
    screen.board.hear(Heard::Absent(Problem::new("notifications", "gone", "")));
    assert!(screen.look().is_empty());
    assert!(!screen.fleet.untold(NOW).is_empty());
    screen.board.hear(Heard::Ready);
    assert_eq!(screen.look(), ["show 1: Warning: run-1 running for 0s"]);
}

#[test]
fn buttons_become_wishes_and_put_the_notification_away() {
    let check = |key: &str, reaction: Reaction| {
        let mut screen = Screen::with(&[(1, Level::Critical)]);
        screen.look();
        assert_eq!(screen.board.hear(Heard::Pressed(1, key.into())), reaction);
        assert_eq!(screen.look(), ["close 1"], "{key}");
        assert!(screen.look().is_empty(), "{key}");
    };
    let act = |verb, pace| {
        Reaction::Send(Command::Act { verb, target: target(1), actor: Actor::Notification, pace })
    };
    check("stop", act(Verb::Stop, Pace::AtOnce));
    check("terminate", act(Verb::Terminate, Pace::WithUndo));
    check("snooze", Reaction::Send(Command::Snooze { target: target(1), time: SNOOZE }));
    check("default", Reaction::OpenWindow);
}

#[test]
fn a_press_on_another_programs_notification_is_none_of_ours() {
    let mut screen = Screen::with(&[(1, Level::Critical)]);
    screen.look();
    assert_eq!(screen.board.hear(Heard::Pressed(77, "terminate".into())), Reaction::None);
}

#[test]
fn clearing_takes_everything_away() {
    let mut screen = Screen::with(&[(1, Level::Warning), (2, Level::Critical)]);
    screen.look();
    assert_eq!(screen.board.clear().len(), 2);
}

#[test]
fn nobody_takes_the_demo_for_real() {
    let mut screen = Screen::with(&[(1, Level::Critical)]);
    screen.fleet.demo = true;
    assert_eq!(screen.look(), ["show 1: DEMO - Critical: run-1 running for 0s"]);
}

#[test]
fn what_came_of_a_launch_is_told_once_and_only_to_who_asked_here() {
    let mut screen = Screen::with(&[]);
    let launch = |actor, stage| Launch {
        account: "personal".into(),
        profile: "train".into(),
        actor,
        begun: NOW,
        dry_run: false,
        fleet: None,
        checks: Vec::new(),
        refused: Vec::new(),
        places: 0,
        estimate: None,
        made: None,
        whole: true,
        stage,
    };
    let failed = || Stage::Failed(Problem::new("no-place", "no place would launch it", ""));
    screen.fleet.launches.insert(LaunchId::of(1), launch(Actor::Window, Stage::Checking));
    screen.fleet.launches.insert(LaunchId::of(2), launch(Actor::CommandLine, failed()));
    assert_eq!(screen.look(), [""; 0]);
    screen.fleet.launches.insert(LaunchId::of(1), launch(Actor::Window, failed()));
    assert_eq!(screen.look(), ["show 1: train was not launched"]);
    assert_eq!(screen.look(), [""; 0]);
    assert_eq!(screen.board.hear(Heard::Pressed(1, "default".into())), Reaction::Show(Sight::Launcher));
    assert_eq!(screen.look(), ["close 1"]);
    assert_eq!(screen.look(), [""; 0], "put away, it stays away");
}

//! Tables for each signal, and properties over all of them.

use std::time::Duration;

use proptest::{prelude::*, sample::Index};
use protocol::{Phase, config::Idle};

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn rules() -> Idle {
    Idle {
        grace: MINUTE * 5,
        every: MINUTE,
        checks: 2,
        cpu_above_percent: 10,
        memory_above_percent: 80,
        accelerator_above_percent: 5,
        processes: vec![],
    }
}

fn idle() -> Facts {
    Facts {
        utmp: Reading::Is(vec![]),
        ssh: Reading::Is(SshTitles::default()),
        logind: Reading::Is(vec![]),
        ssm: Reading::Is(0),
        screen: Reading::Is(vec![]),
        tmux: Reading::Is(vec![]),
        watched: Reading::Is(vec![]),
        nvidia: Reading::Absent,
        neuron: Reading::Absent,
        cpu: Reading::Is(Percent::ZERO),
        memory: Reading::Is(Percent::ZERO),
        run: None,
    }
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The signals that keep the machine up by these facts.
fn check(facts: &Facts, expect: &[Signal]) {
    let found: Vec<Signal> = match verdict(facts, &rules()) {
        Verdict::Idle => vec![],
        Verdict::Active { because } => because.iter().map(|reason| reason.signal).collect(),
    };
    assert_eq!(found, expect, "{facts:?}");
}

fn terminal() -> Vec<Terminal> {
    vec![Terminal { user: "ubuntu".into(), line: "pts/0".into() }]
}

fn share(tenths: u32) -> Reading<Percent> {
    Reading::Is(Percent::tenths(tenths))
}

fn held() -> Reading<Vec<Holder>> {
    Reading::Is(vec![Holder { pid: 77, name: "python".into() }])
}

fn unknown<T>() -> Reading<T> {
    Reading::Unreadable("permission denied".into())
}

fn nvidia(load: Reading<Load>, holders: Reading<Vec<Holder>>) -> Facts {
    Facts { nvidia: Reading::Is(Accelerator { load, holders }), ..idle() }
}

fn load(tenths: u32) -> Reading<Load> {
    Reading::Is(Load::Percent(Percent::tenths(tenths)))
}

#[test]
fn a_machine_that_nothing_uses_is_idle() {
    check(&idle(), &[]);
    let bare = Facts { utmp: Reading::Absent, logind: Reading::Absent, ..idle() };
    check(&bare, &[]);
}

#[test]
fn each_signal_alone_keeps_it_up() {
    let person = Reading::Is(SshTitles { terminals: terminal(), without: 0 });
    let process = Watched { pid: 5, name: "python".into(), pattern: "train".into() };
    check(&Facts { utmp: Reading::Is(terminal()), ..idle() }, &[Signal::Utmp]);
    check(&Facts { ssh: person, ..idle() }, &[Signal::Ssh]);
    check(&Facts { logind: Reading::Is(terminal()), ..idle() }, &[Signal::Logind]);
    check(&Facts { ssm: Reading::Is(1), ..idle() }, &[Signal::Ssm]);
    check(&Facts { screen: Reading::Is(vec!["1.a".into()]), ..idle() }, &[Signal::Screen]);
    check(&Facts { tmux: Reading::Is(vec!["default".into()]), ..idle() }, &[Signal::Tmux]);
    check(&Facts { watched: Reading::Is(vec![process]), ..idle() }, &[Signal::Watched]);
    check(&Facts { cpu: share(101), ..idle() }, &[Signal::Cpu]);
    check(&Facts { memory: share(801), ..idle() }, &[Signal::Memory]);
    check(&nvidia(load(51), held()), &[Signal::Nvidia]);
    check(&Facts { run: Some(Phase::Training), ..idle() }, &[Signal::Run]);
}

#[test]
fn limits_are_exceeded_and_not_reached() {
    check(&Facts { cpu: share(100), memory: share(800), ..idle() }, &[]);
    check(&nvidia(load(50), held()), &[]);
}

#[test]
fn a_session_without_a_terminal_keeps_nothing_up_and_is_told_of() {
    let titles = Reading::Is(SshTitles { terminals: vec![], without: 2 });
    let facts = Facts { ssh: titles, ..idle() };
    check(&facts, &[]);
    let finding = Signal::Ssh.finding(&facts, &rules());
    assert_eq!(finding.value, "nobody and 2 sessions without a terminal, which keep nothing up");
}

#[test]
fn the_run_keeps_it_up_from_setup_until_its_results_are_saved() {
    use Phase::{Cleanup, DataSync, Failed, Initialization, Killed, ResultsSync, Training};
    for phase in [Initialization, DataSync, Training, ResultsSync, Failed, Killed] {
        check(&Facts { run: Some(phase), ..idle() }, &[Signal::Run]);
    }
    check(&Facts { run: Some(Cleanup), ..idle() }, &[]);
}

#[test]
fn who_holds_a_device_open_decides_where_its_load_cannot_be_read() {
    let nobody = || Reading::Is(vec![]);
    let worked = || Reading::Is(Load::Worked("a counter moved".into()));
    let cases = [
        (load(0), held(), false),
        (load(51), nobody(), true),
        (worked(), held(), true),
        (Reading::Absent, held(), true),
        (Reading::Absent, nobody(), false),
        (Reading::Absent, unknown(), true),
        (unknown(), held(), true),
        (unknown(), nobody(), false),
        (unknown(), unknown(), true),
        (load(0), unknown(), false),
    ];
    for (load, holders, up) in cases {
        check(&nvidia(load, holders), if up { &[Signal::Nvidia] } else { &[] });
    }
}

#[test]
fn reasons_read_as_a_sentence() {
    let facts = Facts { ssm: Reading::Is(1), cpu: share(543), memory: unknown(), ..idle() };
    assert_eq!(
        verdict(&facts, &rules()).to_string(),
        "This machine is in use: 1 SSM session is open; the CPU is busy, 54.3 %; \
         memory cannot be read, which counts as use (permission denied)."
    );
}

#[test]
fn a_long_list_is_cut() {
    let names = (0..9).map(|n| format!("{n}.s")).collect();
    let finding = Signal::Screen.finding(&Facts { screen: Reading::Is(names), ..idle() }, &rules());
    assert_eq!(finding.value, "0.s, 1.s, 2.s, 3.s and 5 more");
}

#[test]
fn shares_are_read_and_never_rounded_down() {
    let cases = [("0", Some(0)), ("0.56", Some(6)), (" 100 ", Some(1000)), ("5.01", Some(51))];
    for (text, tenths) in cases {
        assert_eq!(Percent::read(text), tenths.map(Percent::tenths), "{text}");
    }
    for text in ["", "[N/A]", "-1", "NaN", "inf", "1e99"] {
        assert_eq!(Percent::read(text), None, "{text}");
    }
    assert_eq!(Percent::of(1, 0), None);
    assert_eq!(Percent::of(u64::MAX, u64::MAX), Some(Percent::tenths(1000)));
}

/// Checks, and what each leads to.
type Case = (&'static [(u64, bool)], Vec<Step>);

/// Runs checks, each at its second with its verdict, and says what each led to.
fn steps(watch: &mut Watch, checks: &[(u64, bool)]) -> Vec<Step> {
    let active = || Verdict::Active { because: vec![] };
    let one = |(seconds, idle): &(u64, bool)| {
        watch.check(&if *idle { Verdict::Idle } else { active() }, &rules(), at(*seconds))
    };
    checks.iter().map(one).collect()
}

fn warn(seconds: u64) -> Step {
    Step::Warn { r#in: Duration::from_secs(seconds) }
}

#[test]
fn it_ends_at_the_second_idle_check_in_a_row_after_the_grace() {
    use Step::{End, Wait};
    let cases: [Case; 6] = [
        (&[(300, true), (360, true)], vec![warn(60), End]),
        // The grace after boot, however many checks fall into it.
        (
            &[(60, true), (120, true), (180, true), (240, true), (299, true), (300, true)],
            vec![Wait, Wait, Wait, Wait, Wait, warn(60)],
        ),
        // Use in between begins the row anew.
        (&[(300, true), (360, false), (420, true), (480, true)], vec![warn(60), Wait, warn(60), End]),
        // Checks that come too soon add nothing.
        (&[(300, true), (301, true), (359, true), (360, true)], vec![warn(60), warn(59), warn(1), End]),
        // Late ones do, and it stays over once it is.
        (&[(300, true), (420, true), (480, true)], vec![warn(60), End, End]),
        // A machine that slept gives as much time as one that booted.
        (&[(300, true), (9000, true), (9060, true), (9120, true)], vec![warn(60), Wait, Wait, Wait]),
    ];
    for (checks, expect) in cases {
        assert_eq!(steps(&mut Watch::default(), checks), expect, "{checks:?}");
    }
}

#[test]
fn the_grace_after_a_sleep_ends_as_well() {
    let mut watch = Watch::default();
    let mut checks = vec![(300, true), (9000, true)];
    checks.extend((1..=4).map(|minute| (9000 + minute * 60, true)));
    assert!(steps(&mut watch, &checks)[1..].iter().all(|step| *step == Step::Wait));
    assert_eq!(steps(&mut watch, &[(9300, true), (9360, true)]), [warn(60), Step::End]);
}

#[test]
fn the_next_check_is_due_after_the_grace_and_then_each_minute() {
    let mut watch = Watch::default();
    assert_eq!(watch.due(&rules()), MINUTE * 5);
    steps(&mut watch, &[(10, false)]);
    assert_eq!(watch.due(&rules()), MINUTE * 5);
    steps(&mut watch, &[(170, true), (300, true)]);
    assert_eq!(watch.due(&rules()), MINUTE * 6);
}

#[test]
fn absurd_rules_do_no_harm() {
    let absurd = Idle { grace: Duration::MAX, every: Duration::MAX, checks: 0, ..rules() };
    let mut watch = Watch::default();
    for second in [0, 1, u64::MAX] {
        assert_eq!(watch.check(&Verdict::Idle, &absurd, at(second)), Step::Wait);
        assert!(watch.due(&absurd) >= Duration::from_secs(1));
    }
    let none = Idle { grace: Duration::ZERO, every: Duration::ZERO, checks: 0, ..rules() };
    assert_eq!(Watch::default().check(&Verdict::Idle, &none, at(0)), Step::End);
}

#[test]
fn what_cannot_be_read_is_said_once() {
    let mut watch = Watch::default();
    let said = |watch: &mut Watch, facts: &Facts| {
        let verdict = verdict(facts, &rules());
        watch.unsaid(&verdict).iter().map(|reason| reason.signal).collect::<Vec<_>>()
    };
    let memory = Facts { memory: unknown(), ssm: Reading::Is(1), ..idle() };
    assert_eq!(said(&mut watch, &memory), [Signal::Memory]);
    assert_eq!(said(&mut watch, &memory), []);
    assert_eq!(said(&mut watch, &Facts { cpu: unknown(), ..memory }), [Signal::Cpu]);
    assert_eq!(said(&mut watch, &idle()), []);
}

fn reading<T: std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Reading<T>> {
    prop_oneof![
        4 => value.prop_map(Reading::Is),
        1 => Just(()).prop_map(|()| Reading::Absent),
        1 => Just(()).prop_map(|()| unknown()),
    ]
    .boxed()
}

fn list<T: Clone + std::fmt::Debug + 'static>(item: T) -> impl Strategy<Value = Vec<T>> {
    prop_oneof![Just(vec![]), Just(vec![item])]
}

fn device() -> BoxedStrategy<Reading<Accelerator>> {
    let load = prop_oneof![
        (0u32..200).prop_map(|tenths| Load::Percent(Percent::tenths(tenths))),
        Just(Load::Worked("moved".into()))
    ];
    let holders = list(Holder { pid: 1, name: "p".into() });
    reading((reading(load), reading(holders)).prop_map(|(load, holders)| Accelerator { load, holders }))
}

prop_compose! {
    fn facts()(
        utmp in reading(list(terminal().remove(0))),
        ssh in reading((list(terminal().remove(0)), 0u32..3)
            .prop_map(|(terminals, without)| SshTitles { terminals, without })),
        logind in reading(list(terminal().remove(0))),
        ssm in reading(0u32..2),
        screen in reading(list("1.s".to_owned())),
        tmux in reading(list("/tmp/tmux-0/default".to_owned())),
        watched in reading(list(Watched { pid: 1, name: "p".into(), pattern: "p".into() })),
        (nvidia, neuron) in (device(), device()),
        (cpu, memory) in (reading((0u32..=1000).prop_map(Percent::tenths)), reading((0u32..=1000).prop_map(Percent::tenths))),
        run in prop_oneof![Just(None), Just(Some(Phase::Training)), Just(Some(Phase::Cleanup))],
    ) -> Facts {
        Facts { utmp, ssh, logind, ssm, screen, tmux, watched, nvidia, neuron, cpu, memory, run }
    }
}

/// Puts one signal of `from` into `facts`.
fn put(facts: &mut Facts, from: &Facts, signal: Signal) {
    let from = from.clone();
    match signal {
        Signal::Run => facts.run = from.run,
        Signal::Utmp => facts.utmp = from.utmp,
        Signal::Ssh => facts.ssh = from.ssh,
        Signal::Logind => facts.logind = from.logind,
        Signal::Ssm => facts.ssm = from.ssm,
        Signal::Screen => facts.screen = from.screen,
        Signal::Tmux => facts.tmux = from.tmux,
        Signal::Watched => facts.watched = from.watched,
        Signal::Nvidia => facts.nvidia = from.nvidia,
        Signal::Neuron => facts.neuron = from.neuron,
        Signal::Cpu => facts.cpu = from.cpu,
        Signal::Memory => facts.memory = from.memory,
    }
}

fn blind() -> Facts {
    Facts {
        utmp: unknown(),
        ssh: unknown(),
        logind: unknown(),
        ssm: unknown(),
        screen: unknown(),
        tmux: unknown(),
        watched: unknown(),
        nvidia: unknown(),
        neuron: unknown(),
        cpu: unknown(),
        memory: unknown(),
        run: Some(Phase::Training),
    }
}

proptest! {
    #[test]
    fn a_signal_that_shows_use_on_its_own_shows_it_in_any_company(facts in facts(), other in facts(), which: Index) {
        let signal = *which.get(&Signal::ALL);
        let mut alone = idle();
        put(&mut alone, &other, signal);
        let mut together = facts;
        put(&mut together, &other, signal);
        if verdict(&alone, &rules()) != Verdict::Idle {
            prop_assert_ne!(verdict(&together, &rules()), Verdict::Idle);
        }
    }

    #[test]
    fn what_cannot_be_read_is_never_idle(facts in facts(), which: Index) {
        let signal = *which.get(&Signal::ALL);
        let mut facts = facts;
        put(&mut facts, &blind(), signal);
        let Verdict::Active { because } = verdict(&facts, &rules()) else { panic!("idle by {facts:?}") };
        prop_assert!(because.iter().any(|reason| reason.signal == signal));
    }

    #[test]
    fn it_never_ends_within_the_grace_nor_in_use(
        checks in prop::collection::vec((1u64..400, any::<bool>()), 1..60)
    ) {
        let mut watch = Watch::default();
        let (mut second, mut last_use, mut woke, mut idle_since) = (0, 0, 0, None);
        for (gap, idle) in checks {
            woke = if second > 0 && gap > 180 { second + gap } else { woke };
            second += gap;
            last_use = if idle { last_use } else { second };
            idle_since = if idle && second >= woke + 300 { idle_since.or(Some(second)) } else { None };
            let step = steps(&mut watch, &[(second, idle)])[0];
            if step == Step::End {
                prop_assert!(idle && second >= 300 && second >= woke + 300);
                prop_assert!(idle_since.is_some_and(|since| since > last_use && second >= since + 60));
            }
        }
    }

    #[test]
    fn an_idle_machine_always_ends(first in 0u64..1000, every in 1u64..=60) {
        let mut watch = Watch::default();
        let checks: Vec<_> = (0..1500 / every).map(|n| (first + n * every, true)).collect();
        let ends = steps(&mut watch, &checks).iter().position(|step| *step == Step::End);
        let second = ends.map(|place| checks[place].0);
        prop_assert!(second.is_some_and(|second| second <= first.max(300) + 3 * 60));
    }
}

//! Whole lives with faults at random: whatever fails, the machine is down in time, and never under somebody's hands.

use std::collections::BTreeMap;

use super::*;
use crate::decide::ending::FORCED_WITHIN;

const LIVES: u64 = 1000;

/// A small generator, so that a seed tells the whole life.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    fn seconds(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.roll(most * 1000))
    }
}

/// A machine, its cloud and its people.
struct World {
    dice: Dice,
    core: Core,
    plan: Plan,
    up: Duration,
    coming: BTreeMap<(Duration, u64), Input>,
    count: u64,
    /// When the last person leaves a machine that is for people.
    person_until: Duration,
    command_until: Option<Duration>,
    ends: Vec<String>,
    down_at: Option<Duration>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let command = !dice.one_in(3);
        let idle = protocol::config::Idle::default();
        let plan = Plan {
            limit: 10 * MINUTE + dice.seconds(4 * 3600),
            on_end: if dice.one_in(4) { OnEnd::Stop } else { OnEnd::Terminate },
            command,
            saves: !dice.one_in(4),
            checkpoint: (!dice.one_in(3)).then_some(Checkpoints {
                deadline: MINUTE,
                every: Some(10 * MINUTE),
                on_rebalance: false,
            }),
            idle: (!command).then_some(idle),
            fleet: dice.one_in(5),
            before: match dice.roll(8) {
                0 => Before::Going(1 + u32::try_from(dice.roll(3)).expect("small")),
                1 => Before::Over,
                _ => Before::Nothing,
            },
            ..plan()
        };
        let person_until = dice.seconds(3 * 3600);
        let mut world = Self {
            core: Core::new(plan.clone()),
            plan,
            up: Duration::from_secs(15),
            coming: BTreeMap::new(),
            count: 0,
            person_until,
            command_until: None,
            ends: Vec::new(),
            down_at: None,
            dice,
        };
        world.weather();
        world
    }

    /// What comes over the machine from outside.
    fn weather(&mut self) {
        if self.dice.one_in(3) {
            let at = self.dice.seconds(4 * 3600);
            for _ in 0..=self.dice.roll(2) {
                self.come(at, Input::Noticed(Notice { action: Action::Terminate, detected: at }));
            }
        }
    }

    fn come(&mut self, at: Duration, input: Input) {
        self.count += 1;
        self.coming.insert((at.max(self.up), self.count), input);
    }

    fn live(&mut self) {
        let mut input = Input::Tick;
        for _ in 0..100_000 {
            let effects = self.core.handle(input, self.up);
            for effect in effects {
                self.act(effect);
            }
            if self.core.is_over() || self.down_at.is_some_and(|at| at <= self.up) {
                return;
            }
            input = self.next();
        }
        panic!("a life without end");
    }

    /// Lets time pass to whatever comes first.
    fn next(&mut self) -> Input {
        let wakes = self.core.poll_timeout().expect("a life that goes on wants to be woken");
        let coming = self.coming.first_key_value().map(|((at, _), _)| *at);
        let first = [Some(wakes), coming, self.down_at].into_iter().flatten().min().expect("one at least");
        assert!(first >= self.up || coming.is_some() || wakes <= self.up);
        self.up = self.up.max(first);
        if coming.is_some_and(|at| at <= self.up) {
            return self.coming.pop_first().expect("just seen").1;
        }
        Input::Tick
    }

    fn act(&mut self, effect: Effect) {
        match effect {
            Effect::Begin { task, by: _ } => self.begin(task),
            Effect::Signal(signal) => self.signal(signal),
            Effect::Say(Line(text)) => self.ends.push(text),
            Effect::Report(_) | Effect::Conclude(_) | Effect::Leave => {}
        }
    }

    fn signal(&mut self, signal: Signal) {
        let obeys = signal == Signal::Kill || !self.dice.one_in(3);
        if obeys && self.command_until.take().is_some() {
            let at = self.up + self.dice.seconds(5);
            self.come(at, Input::Ended(Ended::Command(Exit::Signal(15))));
        }
    }

    /// Some tasks fail, some hang for ever, some answer long after they were given up.
    fn begin(&mut self, task: Task) {
        if let Task::PowerOff(way, _) = task {
            return self.power_off(way);
        }
        if self.dice.one_in(6) && task != Task::Look {
            return;
        }
        let result = if self.dice.one_in(6) { Err("a fault".to_owned()) } else { Ok(()) };
        let late = if self.dice.one_in(10) { 3 * HOUR } else { Duration::ZERO };
        let takes = self.dice.seconds(90) + late;
        let ended = match task {
            Task::Identify => Ended::Identified(Whereabouts::OnEc2),
            Task::Lock => Ended::Locked(match self.dice.roll(12) {
                0 => Lock::Refused("another".into()),
                1 => Lock::Unknown("S3 is down".into()),
                _ => Lock::Held,
            }),
            Task::Prepare => Ended::Prepared(result),
            Task::Fetch => Ended::Fetched(result),
            Task::Command => return self.command(),
            Task::Checkpoint { why, .. } => Ended::Checkpointed(why, result),
            Task::Save { why } => Ended::Saved(why, result),
            Task::Record(_) => Ended::Recorded(result),
            Task::Release => Ended::Released(result),
            Task::Beat => Ended::Beaten(match self.dice.roll(200) {
                0 => Beat::Lost("taken over".into()),
                1..30 => Beat::Missed("S3 is down".into()),
                _ => Beat::Heard,
            }),
            Task::Look => {
                let person = self.up < self.person_until;
                let found = if person { active() } else { Verdict::Idle };
                return self.come(self.up, Input::Ended(Ended::Looked(found)));
            }
            Task::PowerOff(..) => unreachable!("above"),
        };
        self.come(self.up + takes, Input::Ended(ended));
    }

    fn command(&mut self) {
        // A third of them never end by themselves.
        if !self.dice.one_in(3) {
            let at = self.up + self.dice.seconds(4 * 3600);
            let exit = if self.dice.one_in(3) { Exit::Code(1) } else { Exit::Code(0) };
            self.come(at, Input::Ended(Ended::Command(exit)));
        }
        self.command_until = Some(Duration::MAX);
    }

    /// The forced way works at last; the others only sometimes.
    fn power_off(&mut self, way: Way) {
        let works = match way {
            Way::ScaleIn => false,
            Way::Shutdown | Way::Api => self.dice.one_in(2),
            Way::Force => true,
        };
        if works {
            self.down_at.get_or_insert(self.up + Duration::from_secs(10));
        } else if self.dice.one_in(2) {
            let at = self.up + self.dice.seconds(10);
            self.come(at, Input::Ended(Ended::PoweredOff(way, Err("a fault".into()))));
        }
    }
}

#[test]
fn in_every_life_the_machine_is_down_in_time_and_never_under_a_person() {
    let mut reasons = BTreeMap::<&str, u32>::new();
    for seed in 0..LIVES {
        let mut world = World::new(seed);
        world.live();
        let down = world.down_at.unwrap_or_else(|| panic!("life {seed} never ended: {:#?}", world.ends));
        let bound = world.plan.limit + longest(&world.plan) + FORCED_WITHIN + MINUTE;
        assert!(down <= bound, "life {seed}: down at {down:?}, {bound:?} at most: {:#?}", world.ends);
        let of = |what: &str| world.ends.iter().any(|line| line.contains(what));
        let by_idling = of("nobody and nothing");
        assert!(
            !by_idling || down > world.person_until,
            "life {seed}: somebody was there: {:#?}",
            world.ends
        );
        assert!(!by_idling || !world.plan.command, "life {seed}: the run itself is activity");
        for reason in [
            "ends: the command is over",
            "time limit",
            "nobody and nothing",
            "EC2 takes",
            "a fault",
            "another",
        ] {
            if of(reason) {
                *reasons.entry(reason).or_default() += 1;
            }
        }
    }
    assert_eq!(reasons.len(), 6, "every kind of end is met: {reasons:?}");
}

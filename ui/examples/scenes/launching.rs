//! The launcher's scenes: cards of the worked examples, and launches at every point of their way.

use domain::{
    Actor, HourlyRate, LaunchId, Lifecycle, Money, Problem,
    launch::{AgentWord, Check, CheckLine, CheckState, Estimate, Launch, Launches, Place, Refused, Stage},
    view::launcher::{Card, Shelf},
};
use launch::card::card;

use super::{account, ago, now};

const EXAMPLES: [(&str, &str); 3] = [
    ("checkpointing-spot", include_str!("../../../bundle/profiles/checkpointing-spot.toml")),
    ("g5-training", include_str!("../../../bundle/profiles/g5-training.toml")),
    ("trainium-dev", include_str!("../../../bundle/profiles/trainium-dev.toml")),
];

/// Three good profiles and a faulty one.
pub(super) fn shelf() -> Shelf {
    let cards = || EXAMPLES.map(|(name, text)| card(name, text, &[], now()));
    let faulty = EXAMPLES[1].1.replacen("types ", "typess ", 1).replacen("size_gib = 100", "size_gib = 0", 1);
    let profiles = cards().into_iter().chain([card("half-written", &faulty, &[], now())]);
    Shelf {
        folder: "/home/ada/.config/curfew/profiles".into(),
        profiles: profiles.collect(),
        examples: cards().into(),
    }
}

/// A profile as the editor has it: good, or with its faults.
pub(super) fn read(text: &str) -> Card {
    card("g5-training", text, &[], now())
}

/// One launch at each point of its way.
pub(super) fn launches() -> Launches {
    let place = |zone: &str| Place {
        region: "us-east-1".into(),
        zone: zone.into(),
        kind: "g5.xlarge".into(),
        spot: true,
    };
    let launched = |phase: Option<&str>| Stage::Launched {
        target: domain::Target {
            account: account("personal"),
            region: "us-east-1".into(),
            id: super::unreachable_id(),
        },
        place: place("us-east-1b"),
        lifecycle: Lifecycle::Running,
        agent: phase.map(|phase| AgentWord { run: "run".into(), phase: phase.into(), settled: false }),
        remark: None,
        followed: true,
    };
    let failed = Problem::new(
        "no-place",
        "none of 12 places would launch it",
        "Name more types or regions, or try again in a few minutes.",
    );
    let stages = [
        Stage::Checking,
        Stage::Requesting { place: place("us-east-1b"), nth: 2 },
        launched(None),
        launched(Some("data_sync")),
        Stage::Failed(failed),
    ];
    let launch = |(number, stage): (usize, Stage)| {
        (LaunchId::of(number as u64), launch(number, stage, place("us-east-1a")))
    };
    stages.into_iter().enumerate().map(launch).collect()
}

fn launch(number: usize, stage: Stage, refused: Place) -> Launch {
    let refused = Refused { place: refused, at: now(), why: "no capacity".into(), asked: true };
    Launch {
        account: account("personal"),
        profile: EXAMPLES[number % EXAMPLES.len()].0.into(),
        actor: Actor::Window,
        begun: ago(number as i64 * 40),
        dry_run: stage == Stage::Checking,
        fleet: None,
        checks: checks(),
        refused: if stage == Stage::Checking { Vec::new() } else { vec![refused] },
        places: 12,
        estimate: Some(Estimate {
            hourly: Some(HourlyRate::from_micros(450_000)),
            expected: Some(Money::from_micros(1_810_000)),
            worst: Some(Money::from_micros(2_720_000)),
            longest_s: 4 * 3_600,
        }),
        made: None,
        whole: true,
        stage,
    }
}

fn checks() -> Vec<CheckLine> {
    let line = |check, state| CheckLine { check, region: Some("us-east-1".into()), state };
    let no_quota = Problem::new(
        "no-quota",
        "the account may run no G and VT spot vCPU here",
        "Ask for a higher quota in the AWS console under Service Quotas.",
    );
    vec![
        line(Check::Types, CheckState::Good("g5.xlarge in us-east-1a, us-east-1b".into())),
        line(Check::Network, CheckState::Doubtful("the default network, in us-east-1a".into())),
        line(Check::Quota, CheckState::Bad(no_quota)),
        line(Check::Image, CheckState::Asking),
    ]
}

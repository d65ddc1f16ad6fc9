//! Launches and preparations that fail at random: whatever was made is told, or gone, or found by the next try.

use anyhow::{Result, ensure};
use curfew_tests::stand_in::{Fault, Match, Options, State, Times};

use super::scene::{HERE, PROFILE, Scene};

/// How many failures CI sees; CURFEW_FAILURES says another number.
const FAILURES: u64 = 24;
/// The quota for the family of the type, in vCPUs: far more than is launched here.
const QUOTA: (&str, u32) = ("L-1216C47A", 100_000);

/// What a launch, a fleet's launch and a preparation ask for.
const CALLS: [&str; 14] = [
    "GetCallerIdentity",
    "DescribeInstanceTypes",
    "DescribeImages",
    "DescribeSubnets",
    "HeadBucket",
    "PutObject",
    "RunInstances",
    "CreateLaunchTemplate",
    "CreateAutoScalingGroup",
    "PutScheduledUpdateGroupAction",
    "SetDesiredCapacity",
    "SuspendProcesses",
    "DescribeAutoScalingGroups",
    "CreateStack",
];

fn failures() -> u64 {
    std::env::var("CURFEW_FAILURES").ok().and_then(|number| number.parse().ok()).unwrap_or(FAILURES)
}

/// The same for the same number: a failure is found again.
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn error(status: u16, code: &str) -> Fault {
    Fault::Error { status, code: code.into(), message: "made to fail".into() }
}

fn fault(dice: u64) -> Fault {
    match dice % 5 {
        0 => error(500, "InternalError"),
        1 => error(503, "RequestLimitExceeded"),
        2 => error(400, "ValidationError"),
        3 => error(403, "UnauthorizedOperation"),
        _ => Fault::Cut,
    }
}

/// One failure: some calls of one kind go wrong, in one way; then the same once more, with nothing in the way.
async fn fail_once(scene: &Scene, seed: u64) -> Result<()> {
    let dice = mixed(seed);
    let call = CALLS[usize::try_from(dice % CALLS.len() as u64)?];
    let (fault, times) = (fault(dice >> 8), u32::try_from(1 + (dice >> 16) % 3)?);
    let is_fleet = seed.is_multiple_of(2);
    let profile = format!("{}-{seed}", if is_fleet { "crew" } else { "one" });
    let text = if is_fleet { format!("{PROFILE}\n[fleet]\nmax = 3\n") } else { PROFILE.to_owned() };
    scene.profile(&profile, &text)?;
    let words = if call == "CreateStack" {
        "prepare us-east-1".to_owned()
    } else {
        format!("launch {profile} --yes --detach")
    };
    scene.aws.fault(Match::all().action(call), fault.clone(), Times::Only(times)).await?;
    let first = scene.home.run(&words).await?;
    scene.aws.clear_faults().await?;
    if first.code != 0 {
        ensure!(!first.err.trim().is_empty(), "{call}, {fault:?}: it fails without a word: {first:?}");
        let second = scene.home.run(&words).await?;
        ensure!(second.code == 0, "{call}, {fault:?} {times} times: {first:?}, and then {second:?}");
    }
    Ok(())
}

#[tokio::test]
async fn nothing_that_was_made_is_lost() -> Result<()> {
    let scene = Scene::with(Options::default()).await?;
    scene.aws.quota(QUOTA.0, Some(QUOTA.1)).await?;
    let (mut ones, mut crews) = (0, 0);
    for seed in 0..failures() {
        fail_once(&scene, seed).await?;
        let is_launch = CALLS[usize::try_from(mixed(seed) % CALLS.len() as u64)?] != "CreateStack";
        match (is_launch, seed % 2) {
            (true, 0) => crews += 1,
            (true, _) => ones += 1,
            (false, _) => {}
        }
        let there = |state| !matches!(state, State::ShuttingDown | State::Terminated);
        let all = scene.aws.instances(HERE).await?;
        let alive = all.iter().filter(|it| there(it.state)).count();
        let (groups, templates) = scene.groups_and_templates().await?;
        assert_eq!(
            (alive, groups.len(), templates.len()),
            (ones + crews, crews, crews),
            "after failure {seed}"
        );
    }
    Ok(())
}

//! Launches and preparations that fail at random: whatever was made is told, or gone, or found by the next try.

use anyhow::{Result, ensure};
use curfew_tests::stand_in::{Fault, Match, Options, Times};

use super::scene::Scene;
use crate::account::PROFILE;

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

/// What is tried.
#[derive(Clone, Copy, Debug)]
enum Try {
    One,
    Fleet,
    Preparation,
}

/// Some calls of one kind go wrong, in one way.
#[derive(Debug)]
struct Failure {
    what: Try,
    call: &'static str,
    fault: Fault,
    times: u32,
}

impl Failure {
    fn of(seed: u64) -> Self {
        let dice = mixed(seed);
        let pick = |dice: u64, of: u64| usize::try_from(dice % of).expect("it is small");
        let call = CALLS[pick(dice, CALLS.len() as u64)];
        let what = match (call, seed % 2) {
            ("CreateStack", _) => Try::Preparation,
            (_, 0) => Try::Fleet,
            (_, _) => Try::One,
        };
        Self { what, call, fault: fault(dice >> 8), times: 1 + pick(dice >> 16, 3) as u32 }
    }
}

/// One failure; then the same once more, with nothing in the way.
async fn fail_once(scene: &Scene, seed: u64, failure: &Failure) -> Result<()> {
    let Failure { what, call, fault, times } = failure;
    let words = match what {
        Try::Preparation => "prepare us-east-1".to_owned(),
        Try::One => launch(scene, &format!("one-{seed}"), PROFILE)?,
        Try::Fleet => launch(scene, &format!("crew-{seed}"), &format!("{PROFILE}\n[fleet]\nmax = 3\n"))?,
    };
    scene.aws.fault(Match::all().action(call), fault.clone(), Times::Only(*times)).await?;
    let first = scene.home.run(&words).await?;
    scene.aws.clear_faults().await?;
    if first.code != 0 {
        ensure!(!first.err.trim().is_empty(), "{failure:?}: it fails without a word: {first:?}");
        let second = scene.home.run(&words).await?;
        ensure!(second.code == 0, "{failure:?}: {first:?}, and then {second:?}");
    }
    Ok(())
}

fn launch(scene: &Scene, profile: &str, text: &str) -> Result<String> {
    scene.home.profile(profile, text)?;
    Ok(format!("launch {profile} --yes --detach"))
}

#[tokio::test]
async fn nothing_that_was_made_is_lost() -> Result<()> {
    let scene = Scene::with(Options::default()).await?;
    scene.aws.quota(QUOTA.0, Some(QUOTA.1)).await?;
    let (mut ones, mut crews) = (0, 0);
    for seed in 0..failures() {
        let failure = Failure::of(seed);
        fail_once(&scene, seed, &failure).await?;
        match failure.what {
            Try::Fleet => crews += 1,
            Try::One => ones += 1,
            Try::Preparation => {}
        }
        let alive = scene.alive().await?.len();
        let (groups, templates) = scene.groups_and_templates().await?;
        assert_eq!(
            (alive, groups.len(), templates.len()),
            (ones + crews, crews, crews),
            "after failure {seed}"
        );
    }
    Ok(())
}

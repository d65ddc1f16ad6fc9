//! Writes `ui/dev/scenes.json`: what the shell would tell the page in several situations, made from the real
//! types so that the page can be looked at in any browser. Run it again whenever those types change:
//!
//! `cargo run -p curfew-ui --example scenes`, with `-- 1000` for as many instances in the scene `big`.

#[path = "scenes/launching.rs"]
mod launching;

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use domain::{
    AccountConfig, AccountName, AccountState, CloudFault, CredentialSource, Fleet, Freshness, Identity,
    Instance, InstanceType, Lifecycle, Market, Problem, Region, RegionKey, Seen, SpotRequestId, Target,
    Timestamp, Verb, Zone,
    action::{Actor, Progress},
    alert::standing,
    config::{ConfigFault, alert::AlertConfig},
    fault::FaultKind,
    ids::VolumeId,
    instance::{Disk, GROUP_TAG, PROTECT_TAG, Persistence, Platform, Spot},
    price,
    spend::Rates,
    time::after,
    view::{
        settings::Settings,
        window::{self, Event, Update},
    },
};
use serde_json::json;

/// The scenes' present: 22 November 2026, noon.
const NOW: i64 = 1_795_348_800;

const REGIONS: [&str; 17] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "sa-east-1",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let many = std::env::args().nth(1).map_or(Ok(10_000), |count| count.parse())?;
    let dev = Path::new(env!("CARGO_MANIFEST_DIR")).join("dev");
    std::fs::write(dev.join("scenes.json"), serde_json::to_vec(&scenes())?)?;
    let (before, next) = (fleet(many), one_changed(fleet(many)));
    std::fs::write(dev.join("big.json"), serde_json::to_vec(&[whole(&before), changed(&before, &next)])?)?;
    Ok(())
}

fn scenes() -> serde_json::Value {
    let gone = Problem::new("tray-gone", "The tray does not answer.", "Restart it to go on watching.");
    json!({
        "settings": settings(Vec::new()),
        "faulty": settings(vec![
            ConfigFault { key: "alert.warnign".into(), line: 6, message: "is not a key of Curfew's; did you mean `warning`?".into() },
            ConfigFault { key: "poll.interval".into(), line: 2, message: "`5s` is out of bounds: from 15s to 1h".into() },
        ]),
        "shelf": launching::shelf(),
        "empty_shelf": domain::view::launcher::Shelf { profiles: Vec::new(), ..launching::shelf() },
        "read": launching::read(include_str!("../../bundle/profiles/g5-training.toml")),
        "read_faulty": launching::read("regions = []\ntypess = [\"g5.xlarge\"]\n"),
        "events": {
            "fleet": [whole(&fleet(40))],
            "change": [whole(&fleet(40)), changed(&fleet(40), &one_changed(fleet(40)))],
            "demo": [whole(&Fleet { demo: true, pace: 60, ..fleet(40) })],
            "gone": [whole(&fleet(40)), Event::TrayGone(gone.clone())],
            "never": [Event::TrayGone(gone)],
            "first": [whole(&Fleet::empty(now()))],
            "waiting": [whole(&waiting())],
            "nothing": [whole(&quiet())],
            "failed": [whole(&failed())],
            "accounts": [whole(&troubled())],
            "launches": [whole(&Fleet { launches: launching::launches(), ..fleet(8) })],
        },
    })
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap_or_default()
}

fn ago(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW - seconds).unwrap_or_default()
}

fn whole(fleet: &Fleet) -> Event {
    Event::Update(Update::Whole(window::state(fleet, now())))
}

fn changed(before: &Fleet, next: &Fleet) -> Event {
    let later = after(now(), Duration::from_secs(60));
    Event::Update(Update::Changed(window::state(before, now()).delta_to(&window::state(next, later))))
}

fn account(name: &str) -> AccountName {
    AccountName::new(name)
}

fn key(region: &str) -> RegionKey {
    RegionKey { account: account("personal"), region: Region::new(region) }
}

fn connected() -> AccountState {
    let arn = "arn:aws:iam::123456789012:user/ada".into();
    AccountState::Connected(Identity { number: "123456789012".into(), arn })
}

fn fleet(count: usize) -> Fleet {
    let mut fleet = quiet();
    let stale = CloudFault::new(FaultKind::Throttled);
    fleet
        .regions
        .insert(key("ap-south-1"), Freshness::Stale { as_of: ago(260), fault: stale, retry_at: ago(-35) });
    let denied = CloudFault::new(FaultKind::Denied { action: "ec2:DescribeInstances".into() });
    fleet.regions.insert(key("sa-east-1"), Freshness::Failed { fault: denied, retry_at: ago(-48) });
    fleet.accounts.insert(account("work"), connected());
    for number in 0..count {
        let (target, seen) = seen(number);
        fleet.instances.insert(target, seen);
    }
    add_progress(&mut fleet);
    fleet
}

/// One of each kind of progress, on instances that can have it.
fn add_progress(fleet: &mut Fleet) {
    let denied = CloudFault::new(FaultKind::Denied { action: "ec2:StopInstances".into() });
    let mut running = fleet
        .instances
        .iter()
        .filter(|(_, seen)| seen.instance.lifecycle == Lifecycle::Running && seen.instance.name().is_some())
        .map(|(target, _)| target.clone());
    let (verb, since) = (Verb::Stop, ago(4));
    let mut put = |make: &dyn Fn(&Target) -> Progress| {
        if let Some(target) = running.nth(2) {
            fleet.progress.insert(target.clone(), make(&target));
        }
    };
    put(&|_| Progress::CountingDown { verb: Verb::Terminate, actor: Actor::Window, acts_at: ago(-8) });
    put(&|target| Progress::Failed {
        verb,
        at: since,
        problem: denied.problem(&format!("Stopping {target}")),
    });
    put(&|_| Progress::Arriving { verb, since, overdue: false });
    put(&|_| Progress::Arriving { verb, since, overdue: true });
}

fn one_changed(mut fleet: Fleet) -> Fleet {
    if let Some(seen) =
        fleet.instances.values_mut().find(|seen| seen.instance.lifecycle == Lifecycle::Running)
    {
        let mut instance = Instance::clone(&seen.instance);
        instance.tags.insert("Name".into(), "renamed just now".into());
        seen.instance = Arc::new(instance);
    }
    fleet
}

/// Deterministic variety: every property goes by the instance's number.
fn seen(number: usize) -> (Target, Seen) {
    let types = [
        "g5.xlarge",
        "g6e.xlarge",
        "g4dn.2xlarge",
        "c7i.4xlarge",
        "t3.micro",
        "trn1.2xlarge",
        "p4d.24xlarge",
    ];
    let kind = if number == 13 { "x9z.huge" } else { types[number * 5 % types.len()] };
    let region = ["us-east-1", "us-west-2", "us-east-2", "us-east-1", "eu-west-1", "us-west-2", "us-east-1"]
        [number * 3 % 7];
    let instance = Instance {
        id: format!("i-{:017x}", 0x0f09_e5bb_0810_72ae_u64.wrapping_mul(number as u64 + 1))
            .parse()
            .unwrap_or_else(|_| unreachable_id()),
        zone: Zone::new(format!("{region}{}", ["a", "b", "c"][number % 3])),
        kind: InstanceType::new(kind),
        market: market(number),
        lifecycle: lifecycle(number),
        launched_at: ago(launched(number)),
        first_launched_at: Some(ago(launched(number) + 86_400 * 3)),
        state_reason: (number % 9 == 4)
            .then(|| "Client.UserInitiatedShutdown: User initiated shutdown".into()),
        platform: if number == 11 { Platform::Other("Windows".into()) } else { Platform::Linux },
        tags: tags(number),
        disks: vec![disk(number)],
        public_ip: number.is_multiple_of(4).then(|| format!("203.0.113.{}", number % 250)),
    };
    let target = Target {
        account: account(if number % 6 == 5 { "work" } else { "personal" }),
        region: Region::new(region),
        id: instance.id.clone(),
    };
    let rates = Rates::of(&instance, price::compute(&target.region, &instance), now());
    let thresholds = AlertConfig::default().default;
    let alert = standing(&target, &instance, &rates, Some(&thresholds), now()).alert;
    let snoozed_until = (number % 13 == 3).then(|| ago(-4_000));
    let instance = Arc::new(instance);
    (target, Seen { instance, rates, alert, snoozed_until, shown: true })
}

fn unreachable_id() -> domain::InstanceId {
    "i-00000000".parse().expect("eight hexadecimal digits are an id")
}

fn launched(number: usize) -> i64 {
    let minutes = [4_512, 31, 190, 17, 410, 75, 8, 1_480, 55, 260];
    minutes[number % minutes.len()] * 60 + (number as i64 * 37) % 60
}

fn lifecycle(number: usize) -> Lifecycle {
    match number % 20 {
        6 => Lifecycle::Pending,
        9 | 14 | 17 => Lifecycle::Stopped,
        12 => Lifecycle::Stopping,
        16 => Lifecycle::Terminated,
        19 => Lifecycle::ShuttingDown,
        _ => Lifecycle::Running,
    }
}

fn market(number: usize) -> Market {
    let persistence = match number % 9 {
        1 => Persistence::OneTime,
        4 => Persistence::Persistent,
        _ => return Market::OnDemand,
    };
    let interruption = (number == 10).then(|| "marked-for-termination".to_owned());
    let request = Some(SpotRequestId::new(format!("sir-{number:08}")));
    Market::Spot(Spot { request, persistence, interruption })
}

fn tags(number: usize) -> BTreeMap<String, String> {
    let names = [
        "llama-finetune-3",
        "nightly-eval",
        "jupyter (Ada)",
        "",
        "<img src=x onerror=alert(1)><b>bold</b>",
        "אימון לילה \u{202e}gpj.exe",
        "sweep-lr-3e-4",
        "a-name-that-goes-on-and-on-because-somebody-put-the-whole-command-line-of-the-run-into-it --epochs 15 --batch 64",
        "data-prep",
        "$(rm -rf /); echo 'gone'",
        "推論サーバー",
        "crpbot-train",
    ];
    let mut tags =
        BTreeMap::from([("Project".to_owned(), ["crpbot", "vision", "eval"][number % 3].to_owned())]);
    let name = names[number % names.len()];
    if !name.is_empty() {
        tags.insert("Name".into(), name.into());
    }
    if number % 17 == 2 {
        tags.insert(PROTECT_TAG.into(), "true".into());
    }
    if number % 14 == 7 {
        tags.insert(GROUP_TAG.into(), "trainers".into());
    }
    tags
}

fn disk(number: usize) -> Disk {
    Disk {
        id: VolumeId::new(format!("vol-{number:017x}")),
        kind: "gp3".into(),
        gib: [100, 500, 50][number % 3],
        iops: Some(3_000),
        throughput_mibps: Some(125),
        created_at: ago(launched(number) + 30),
    }
}

fn quiet() -> Fleet {
    let mut fleet = Fleet::empty(now());
    fleet.accounts.insert(account("personal"), connected());
    fleet.regions = REGIONS.iter().map(|region| (key(region), Freshness::Fresh { as_of: ago(12) })).collect();
    fleet
}

fn waiting() -> Fleet {
    let mut fleet = quiet();
    for region in &REGIONS[12..] {
        fleet.regions.insert(key(region), Freshness::Waiting);
    }
    fleet
}

fn failed() -> Fleet {
    let mut fleet = quiet();
    for freshness in fleet.regions.values_mut() {
        let fault = CloudFault::new(FaultKind::Unreachable);
        *freshness = Freshness::Failed { fault, retry_at: ago(-20) };
    }
    fleet
}

fn troubled() -> Fleet {
    let mut fleet = fleet(40);
    fleet.paused = Some(domain::fleet::Pause::Locked);
    let serial = "arn:aws:iam::123456789012:mfa/ada".into();
    fleet.accounts.insert(account("lab"), AccountState::NeedsCode { serial });
    fleet.accounts.insert(account("old"), AccountState::Broken(CloudFault::new(FaultKind::KeychainLocked)));
    fleet.troubles.push(Problem::new(
        "disk-full",
        "The journal could not be written: the disk is full.",
        "Free some space; actions go on and are written as soon as there is room.",
    ));
    fleet
}

fn settings(faults: Vec<ConfigFault>) -> Settings {
    let named = |name: &str, source| AccountConfig { name: account(name), source, role: None };
    Settings {
        path: "/home/ada/.config/curfew/config.toml".into(),
        faults,
        interval: "60s".into(),
        regions: None,
        warning: "2h".into(),
        critical: "6h".into(),
        repeat: "2h".into(),
        rules: 2,
        accounts: vec![
            named("personal", CredentialSource::Keychain),
            named("work", CredentialSource::Profile("work-sso".into())),
        ],
        autostart: true,
        profiles: vec!["default".into(), "work-sso".into()],
    }
}

//! The demo's fleet: what a person finds in it, and what happens in it within two minutes.
//!
//! Only what is staged, never how it moves. Times are a person's: at every pace the same seconds pass.

use std::time::Duration;

use domain::{
    AccountConfig, AccountName, CloudFault, Config, CredentialSource, FaultKind, InstanceId, Timestamp,
    config::alert::{Match, Rule, RuleEffect},
    instance::Persistence,
    time::after,
};

use crate::{Launch, Spell, Tempo, World};

/// The demo's only account.
const ACCOUNT: &str = "demo";
/// The tag of what runs day and night on purpose, which a rule of the demo's configuration leaves in peace.
const ALWAYS_ON: (&str, &str) = ("Role", "always-on");

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// Seconds after the start at which an instance crosses its first and its second threshold, and at which AWS
/// announces that it wants another back and then takes it.
const WARNING_AT: u64 = 20;
const CRITICAL_AT: u64 = 45;
const NOTICE_AT: u64 = 65;
const TAKEN_AT: u64 = 95;

/// The regions, and how far away each is: milliseconds to the nearest and the slowest answer.
const REGIONS: [(&str, u64, u64); 6] = [
    ("ap-northeast-1", 180, 400),
    ("eu-central-1", 40, 90),
    ("eu-west-1", 30, 80),
    ("us-east-1", 90, 150),
    ("us-east-2", 95, 160),
    ("us-west-2", 130, 220),
];
/// Regions that AWS has and this account has not enabled.
const CLOSED: [&str; 2] = ["ap-south-2", "me-south-1"];

/// The configuration that the demo runs under: one account, named so that nobody takes it for a real one.
pub fn config() -> Config {
    let source = CredentialSource::Environment;
    let account = AccountConfig { name: AccountName::new(ACCOUNT), source, role: None };
    let mut config = Config { accounts: vec![account], ..Config::default() };
    let tags = [ALWAYS_ON].map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    config.alert.rules =
        vec![Rule { matches: Match { tags, ..Match::default() }, effect: RuleEffect::Ignore }];
    config
}

/// The fleet as it stands at `now`; `pace` seconds of it pass for each of a person's.
pub(crate) fn fleet(now: Timestamp, pace: u32) -> World {
    let mut world = World::empty(Tempo::at_pace(pace));
    lay_out_regions(&mut world, now, pace);
    for launch in standing() {
        world.launch(launch, now);
    }
    let in_a_while = |seconds: u64| Duration::from_secs(seconds) * pace;
    for launch in crossing(in_a_while(WARNING_AT), in_a_while(CRITICAL_AT)) {
        world.launch(launch, now);
    }
    let doomed = doomed(&mut world, now);
    let notice = in_a_while(TAKEN_AT - NOTICE_AT);
    world.interrupt(&doomed, after(now, in_a_while(NOTICE_AT)), notice);
    world
}

/// Tokyo is throttled for ten seconds in every forty, but not at first: `curfew --demo check` answers the same each time.
fn lay_out_regions(world: &mut World, now: Timestamp, pace: u32) {
    for (region, nearest, slowest) in REGIONS {
        world.open(region);
        world.delay(region, Duration::from_millis(nearest), Duration::from_millis(slowest));
    }
    for region in CLOSED {
        world.close(region);
    }
    let seconds = |seconds: u64| Duration::from_secs(seconds) * pace;
    let spell = Spell {
        fault: CloudFault::with_detail(FaultKind::Throttled, "Request limit exceeded."),
        from: after(now, seconds(30)),
        lasts: seconds(10),
        every: seconds(40),
    };
    world.fail_now_and_then("ap-northeast-1", spell);
}

/// What is there from the start and stays until somebody acts.
fn standing() -> Vec<Launch> {
    vec![
        Launch::new("us-east-1", "g4dn.xlarge").name("notebook").ago(5 * MINUTE).disk(100),
        Launch::new("us-east-1", "g5.xlarge").name("llama-finetune").ago(3 * DAY).disk(200),
        Launch::new("us-east-2", "trn1.2xlarge")
            .name("neuron-pretrain")
            .spot(Persistence::OneTime)
            .ago(3 * HOUR + 25 * MINUTE)
            .disk(300),
        Launch::new("us-west-2", "p5.48xlarge").name("big-run-2024").stopped().ago(21 * DAY).disk(4000),
        Launch::new("eu-west-1", "t3.2xlarge")
            .name("license-server")
            .tag(ALWAYS_ON.0, ALWAYS_ON.1)
            .tag_protected()
            .ago(40 * DAY),
        Launch::new("eu-west-1", "g4dn.xlarge").name("label-studio").api_protected().ago(8 * HOUR),
        Launch::new("us-east-1", "g5.xlarge").name("sweep-worker").group("sweep").ago(50 * MINUTE).private(),
        Launch::new("us-west-2", "g5.xlarge")
            .name("diffusion-eval")
            .spot(Persistence::OneTime)
            .ago(35 * MINUTE),
        Launch::new("eu-west-1", "g5.xlarge")
            .name("whisper-train")
            .spot(Persistence::Persistent)
            .ago(70 * MINUTE),
        Launch::new("ap-northeast-1", "t4g.xlarge").ago(40 * MINUTE),
        Launch::new("eu-central-1", "g4dn.xlarge")
            .name("<b onclick=\"alert(1)\">$(reboot)</b> \u{202e}gnp.evil\u{202c} שלום")
            .ago(25 * MINUTE),
        Launch::new("eu-central-1", "g7.2xlarge").name("brand-new-type").ago(15 * MINUTE),
    ]
}

/// Two that cross a threshold while a person watches.
fn crossing(warning_in: Duration, critical_in: Duration) -> Vec<Launch> {
    let default = Config::default().alert.default;
    let crosses_in = |threshold: Option<Duration>, time: Duration| {
        threshold.map_or(Duration::ZERO, |limit| limit.saturating_sub(time))
    };
    vec![
        Launch::new("us-west-2", "g5.2xlarge")
            .name("vit-ablation")
            .ago(crosses_in(default.warning.running, warning_in)),
        Launch::new("us-east-2", "g4dn.12xlarge")
            .name("gan-overnight")
            .ago(crosses_in(default.critical.running, critical_in)),
    ]
}

/// The one that AWS takes back.
fn doomed(world: &mut World, now: Timestamp) -> InstanceId {
    let launch = Launch::new("us-east-2", "g4dn.8xlarge")
        .name("bert-distill")
        .spot(Persistence::OneTime)
        .ago(65 * MINUTE);
    world.launch(launch, now)
}

#[cfg(test)]
mod tests;

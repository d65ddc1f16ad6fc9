//! What a profile's values become, and that no text at all can do harm.

use proptest::prelude::*;
use protocol::{Environment, config::OnEnd};

use super::*;
use crate::profile::AlarmAct;

const LEAST: &str = "regions = ['us-east-1']\ntypes = ['g5.xlarge']\nimage = 'dlami-pytorch'\n";

fn parse(text: &str) -> Result<Profile, Vec<Fault>> {
    Profile::parse("nightly".parse().expect("a name"), text)
}

fn profile(text: &str) -> Profile {
    parse(&format!("{LEAST}{text}")).expect("a whole profile")
}

#[test]
fn what_is_not_said_has_its_default() {
    let environment: Environment = "nightly".parse().expect("a name");
    let expected = Profile {
        name: "nightly".parse().expect("a name"),
        regions: vec!["us-east-1".into()],
        types: vec!["g5.xlarge".into()],
        image: Image::Newest(ImageAlias::DeepLearningPyTorch),
        key: None,
        market: MarketWish::OnDemand,
        disk: DiskWish::default(),
        cpu: None,
        network: NetworkWish { public_ip: true, ..NetworkWish::default() },
        max_spend: None,
        alarm: None,
        fleet: None,
        tags: BTreeMap::new(),
        agent: AgentConfig::bare(environment),
    };
    assert_eq!(profile(""), expected);
}

#[test]
fn every_section_is_read() {
    let text = include_str!("../../../../../tests/configs/valid/everything.toml");
    let profile = parse(text).expect("a whole profile");
    let spot = SpotWish {
        max_price: Some(domain::HourlyRate::from_micros(500_000)),
        on_interruption: OnInterruption::Terminate,
    };
    assert_eq!(profile.market, MarketWish::Spot(spot));
    let disk = DiskWish { size_gib: Some(50), iops: Some(3_000), throughput_mibps: Some(125) };
    assert_eq!((profile.disk, profile.cpu), (disk, Some(CpuWish { cores: 2, threads_per_core: 1 })));
    assert_eq!(profile.network, NetworkWish::default());
    assert_eq!(profile.max_spend, Some(Money::from_micros(10_000_000)));
    let alarm = AlarmWish {
        cpu_below_percent: 3,
        period: Duration::from_secs(60),
        periods: 3,
        act: AlarmAct::Terminate,
    };
    assert_eq!(profile.alarm, Some(alarm));
    assert_eq!(profile.key.as_deref(), Some("my-key"));
    assert_eq!(profile.tags.get("Project").map(String::as_str), Some("crpbot"));
    let agent = profile.agent;
    assert_eq!((agent.run.environment.as_str(), agent.run.container), ("dev", None));
    assert_eq!(
        (agent.limits.on_end, agent.cloudwatch_group.as_deref()),
        (OnEnd::Terminate, Some("/curfew/dev"))
    );
    assert_eq!(agent.checkpoint.map(|it| it.job_id.to_string()).as_deref(), Some("train-001"));
}

#[test]
fn a_fleets_split_is_the_markets_unless_it_is_said() {
    let percent = |text: &str| profile(text).fleet.expect("a fleet").on_demand_percent;
    assert_eq!(percent("fleet.max = 1\n"), 100);
    assert_eq!(percent("fleet.max = 1\nmarket.kind = 'spot'\n"), 0);
    assert_eq!(percent("fleet = { max = 1, on_demand_percent = 20 }\nmarket.kind = 'spot'\n"), 20);
}

#[test]
fn a_fault_in_one_place_makes_none_in_another() {
    let small = "disk.size_gib = 10\npreflight.disk_gib = 5\nrun.environment = 'a b'\n";
    let faults = parse(&format!("{LEAST}{small}")).expect_err("one fault");
    assert_eq!(faults.iter().map(|fault| fault.key.as_str()).collect::<Vec<_>>(), ["run.environment"]);
    let ends = "market.kind = 'spot'\nlimits.on_end = 'stop'\ncheckpoint.every = '1m'\nimage = 'mine'\n";
    let faults =
        parse(&format!("regions = ['us-east-1']\ntypes = ['g5.xlarge']\n{ends}")).expect_err("faults");
    assert_eq!(
        faults.iter().map(|fault| fault.key.as_str()).collect::<Vec<_>>(),
        ["limits.on_end", "checkpoint.job_id", "image"]
    );
}

#[test]
fn no_text_is_too_deep() {
    for (open, close) in [("[", "]"), ("{a=", "}"), ("a.", "b=1")] {
        let text = format!("a = {}{}", open.repeat(100_000), close.repeat(10));
        assert!(parse(&text).is_err() && crate::profile::set(&text, "a", "1").is_err(), "{open}");
    }
    let key = "a.".repeat(100_000) + "b = 1";
    assert!(parse(&key).is_err());
}

/// A line that a profile may have, right or wrong.
fn line() -> impl Strategy<Value = String> {
    let keys = [
        &OURS[..],
        &SHARED[..],
        &["kind", "on_interruption", "on_end", "do", "iops", "size_gib", "max", "min"],
    ];
    let values = [
        "'spot'",
        "'stop'",
        "''",
        "3",
        "-1",
        "99999999999",
        "0.5",
        "true",
        "[]",
        "['a', 1]",
        "{ a = 1 }",
        "'2h'",
    ];
    let key = proptest::sample::select(keys.concat());
    let other = proptest::sample::select(keys.concat());
    (key, other, proptest::sample::select(values.to_vec()), 0..5u8).prop_map(|(key, other, value, shape)| {
        match shape {
            0 => format!("[{key}]"),
            1 => format!("[[{key}]]"),
            2 => format!("{key}.{other} = {value}"),
            3 => format!("{key} = {{ {other} = {value} }}"),
            _ => format!("{key} = {value}"),
        }
    })
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "[\\PC\n\"'=\\[\\]{}.,#]{0,80}") {
        parse(&text).ok();
    }

    #[test]
    fn no_profile_is_too_strange(lines in proptest::collection::vec(line(), 0..12)) {
        let text = lines.join("\n");
        for text in [text.clone(), format!("{LEAST}{text}")] {
            let read = parse(&text);
            prop_assert!(read.is_ok() || read.is_err_and(|faults| !faults.is_empty()), "{}", text);
        }
    }

    #[test]
    fn what_the_agent_is_told_is_what_it_reads(
        environment in "[a-z]{1,9}",
        command in "[ -~é\n]{0,30}x",
        hours in 1..700u32,
        variable in "[ -~é]{0,20}",
    ) {
        let text = crate::profile::set(LEAST, "run.environment", &environment)
            .and_then(|text| crate::profile::set(&text, "run.command", &format!("'{command}")))
            .and_then(|text| crate::profile::set(&text, "run.env.X", &variable))
            .and_then(|text| crate::profile::set(&text, "limits.max_runtime", &format!("{hours}h")));
        let profile = parse(&text.expect("a changed text")).expect("a profile");
        let agent = AgentConfig { run: protocol::config::Run { bucket: Some("bucket".into()), ..profile.agent.run }, ..profile.agent };
        prop_assert_eq!(AgentConfig::parse(&agent.render()), Ok(agent));
    }

    #[test]
    fn every_profiles_name_is_an_environments(name in "[a-zA-Z0-9_-]{1,64}") {
        let profile: ProfileName = name.parse().expect("a name");
        let environment = profile.environment();
        prop_assert_eq!(environment.as_str(), name);
    }
}

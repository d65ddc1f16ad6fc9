//! The worked examples, limits on money, and what is unknown.

use domain::price::RateSource;
use proptest::prelude::*;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

/// A month of 30 days.
fn now() -> Timestamp {
    "2026-04-10T12:00:00Z".parse().expect("a time")
}

fn rate(micros: i64) -> Rate {
    Rate::Known { hourly: HourlyRate::from_micros(micros), source: RateSource::BuiltIn }
}

/// g5.xlarge as it was when the worked examples were made.
fn quote() -> Quote {
    Quote { on_demand: rate(1_006_000), spot: rate(300_000), image_gib: Some(100), now: now() }
}

fn profile(text: &str) -> Profile {
    let least = "regions = ['us-east-1']\ntypes = ['g5.xlarge']\nimage = 'dlami-pytorch'\n";
    Profile::parse("x".parse().expect("a name"), &format!("{least}{text}")).expect("a whole profile")
}

/// The compute part alone of what so long a time costs.
fn computing(rate: i64, time: Duration) -> String {
    HourlyRate::from_micros(rate).over(time).to_string()
}

#[test]
fn the_worked_examples_hold() {
    assert_eq!(computing(1_006_000, 72 * HOUR), "$72.43");
    assert_eq!(computing(300_000, 3 * HOUR + HOUR * 25 / 60), "$1.02");

    let two_hours = profile("disk.size_gib = 100\nnetwork.public_ip = false\nlimits.max_runtime = '2h'\n");
    let quote = Quote { on_demand: rate(752_000), ..quote() };
    // $1.504, and 100 GiB x $0.08 x 2 h of 720.
    assert_eq!(Cost::of(&two_hours, &quote).expected, Some(Money::from_micros(1_504_000 + 22_222)));
}

#[test]
fn at_worst_the_price_rises_and_the_end_takes_its_time() {
    let text =
        "limits.max_runtime = '4h'\nnetwork.public_ip = false\ndisk.size_gib = 90\nmarket.kind = 'spot'\n";
    let cost = Cost::of(&profile(text), &quote());
    assert_eq!(cost.hourly, Some(HourlyRate::from_micros(310_000)));
    assert_eq!(cost.worst_hourly, Some(HourlyRate::from_micros(1_016_000)));
    assert_eq!(cost.expected, Some(Money::from_micros(4 * 310_000)));
    let worst = |time| {
        Some(HourlyRate::from_micros(1_006_000).over(time) + HourlyRate::from_micros(10_000).over(time))
    };
    assert_eq!(cost.worst, worst(4 * HOUR + AROUND));

    let capped = Cost::of(&profile(&format!("{text}market.max_price_usd = '0.49'")), &quote());
    assert_eq!((capped.hourly, capped.worst_hourly), (cost.hourly, Some(HourlyRate::from_micros(500_000))));

    let results = "[[run.results]]\nfrom = '/a'\nto = 'b'\n";
    let saving = Cost::of(&profile(&format!("{text}limits.save_within = '1h'\n{results}")), &quote());
    assert_eq!(saving.worst, worst(5 * HOUR + AROUND));
}

#[test]
fn falling_back_costs_the_list_price_at_worst() {
    let text =
        "market = { kind = 'spot-then-on-demand', max_price_usd = '0.50' }\nnetwork.public_ip = false\n";
    let cost = Cost::of(&profile(text), &Quote { image_gib: Some(0), ..quote() });
    assert_eq!(cost.hourly, Some(HourlyRate::from_micros(300_000)));
    assert_eq!(cost.worst_hourly, Some(HourlyRate::from_micros(1_006_000)));
}

#[test]
fn address_and_detailed_monitoring_are_part_of_it() {
    let alarm = |period| format!("[alarm]\ncpu_below_percent = 3\ndo = 'terminate'\nperiod = '{period}'\n");
    let hourly = |text: &str| {
        let cost = Cost::of(&profile(text), &Quote { image_gib: Some(0), ..quote() });
        cost.hourly.map(|hourly| hourly.hourly().micros())
    };
    assert_eq!(hourly(""), Some(1_006_000 + 5_000));
    assert_eq!(hourly(&alarm("5m")), Some(1_006_000 + 5_000));
    assert_eq!(hourly(&alarm("1m")), Some(1_006_000 + 5_000 + 2_916));
}

#[test]
fn a_limit_on_money_shortens_the_run_and_is_kept() {
    let limit = |money: &str| {
        let text = format!(
            "network.public_ip = false\nlimits = {{ max_runtime = '4h', max_spend_usd = '{money}' }}"
        );
        let cost =
            Cost::of(&profile(&text), &Quote { on_demand: rate(1_000_000), image_gib: Some(0), ..quote() });
        (cost.limit, cost.worst)
    };
    assert_eq!(limit("10.00").0, RunLimit::Runtime(4 * HOUR));
    assert_eq!(limit("2.00"), (RunLimit::Spend(2 * HOUR - AROUND), Some(Money::from_micros(2_000_000))));
    let (too_little, worst) = limit("0.10");
    let RunLimit::TooLittle { least } = too_little else { panic!("{too_little:?}") };
    assert_eq!((least, worst), (Money::from_micros(266_944), None));
    assert_eq!(limit("0.266945").0, RunLimit::Spend(LEAST_RUNTIME + Duration::from_secs(1)));
}

#[test]
fn what_is_unknown_stays_unknown() {
    let spot = profile("market.kind = 'spot'\nlimits.max_spend_usd = '1.00'\n");
    let unknown = Quote { on_demand: Rate::Unknown, ..quote() };
    let cost = Cost::of(&spot, &unknown);
    assert!(cost.expected.is_some() && cost.worst.is_none());
    assert_eq!(cost.limit, RunLimit::Unpriced(4 * HOUR));
    let sizeless = Cost::of(&profile(""), &Quote { image_gib: None, ..quote() });
    assert_eq!((sizeless.hourly, sizeless.expected, sizeless.worst), (None, None, None));
    // A price that was named is known even where the list price is not.
    let capped = profile("market = { kind = 'spot', max_price_usd = '0.50' }");
    assert!(Cost::of(&capped, &unknown).worst.is_some());
}

#[test]
fn a_fleet_costs_as_many_as_there_are() {
    let text = "market.kind = 'spot'\nnetwork.public_ip = false\nfleet = { max = 4, desired = 2, on_demand_percent = 25 }";
    let cost = Cost::of(&profile(text), &Quote { image_gib: Some(0), ..quote() });
    let average = HourlyRate::from_micros(476_500);
    assert_eq!((cost.hourly, cost.worst_hourly), (Some(average), Some(HourlyRate::from_micros(1_006_000))));
    assert_eq!(cost.expected, Some(Money::from_micros(2 * average.over(4 * HOUR).micros())));
    let worst = HourlyRate::from_micros(1_006_000).over(4 * HOUR + AROUND).micros();
    assert_eq!(cost.worst, Some(Money::from_micros(4 * worst)));
}

proptest! {
    #[test]
    fn a_limit_on_money_is_never_passed(
        cents in 1..100_000i64,
        on_demand in 1..60_000_000i64,
        spot in 1..60_000_000i64,
        gib in 1..2_000u32,
        hours in 1..700u64,
    ) {
        let money = String::from(Money::from_micros(cents * 10_000));
        let text = format!("market.kind = 'spot'\nlimits = {{ max_runtime = '{hours}h', max_spend_usd = '{money}' }}");
        let quote = Quote { on_demand: rate(on_demand), spot: rate(spot), image_gib: Some(gib), now: now() };
        let cost = Cost::of(&profile(&text), &quote);
        // A disk's hour is rounded to the micro-dollar.
        let rounding = Money::from_micros(1_000);
        let limit = Money::from_micros(cents * 10_000);
        prop_assert!(cost.worst.is_none_or(|worst| worst <= limit + rounding), "{:?}", cost);
        prop_assert!(cost.limit.runtime().is_none_or(|time| time <= Duration::from_secs(hours * 3600)));
    }
}

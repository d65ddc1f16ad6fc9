//! Tables and properties of `money`.

use proptest::prelude::*;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn the_worked_examples_hold() {
    let g5 = HourlyRate::from_micros(1_006_000);
    assert_eq!(g5.over(72 * HOUR).to_string(), "$72.43");

    let spot = HourlyRate::from_micros(300_000);
    let run = 3 * HOUR + Duration::from_secs(25 * 60);
    assert_eq!(spot.over(run), Money::from_micros(1_025_000));
    assert_eq!(spot.over(run).to_string(), "$1.02");

    let g4dn = HourlyRate::from_micros(752_000);
    assert_eq!(g4dn.over(2 * HOUR), Money::from_micros(1_504_000));
}

#[test]
fn cents_round_half_to_even() {
    let check = |micros, text: &str| assert_eq!(Money::from_micros(micros).to_string(), text);
    check(1_025_000, "$1.02");
    check(1_035_000, "$1.04");
    check(1_025_001, "$1.03");
    check(0, "$0.00");
    check(4_999, "$0.00");
    check(-1_500_000, "-$1.50");
    check(1_234_567_890_000, "$1,234,567.89");
}

#[test]
fn wire_text_keeps_every_micro_dollar() {
    let check = |micros, text: &str| assert_eq!(String::from(Money::from_micros(micros)), text);
    check(72_432_000, "72.432");
    check(1_000_000, "1.00");
    check(500_000, "0.50");
    check(1, "0.000001");
    check(-250_000, "-0.25");
}

#[test]
fn what_is_not_money_is_refused() {
    for text in ["", "$5", "1,5", "1.", ".5", "1.0000001", "NaN", "1e3", "--1", "99999999999999999999"] {
        assert!(text.parse::<Money>().is_err(), "{text}");
    }
}

#[test]
fn small_rates_show_their_decimals() {
    assert_eq!(HourlyRate::from_micros(5_000).to_string(), "$0.005/h");
    assert_eq!(HourlyRate::from_micros(22_558).to_string(), "$0.0226/h");
    assert_eq!(HourlyRate::from_micros(1_006_000).to_string(), "$1.01/h");
}

proptest! {
    #[test]
    fn wire_text_reads_back(micros: i64) {
        let amount = Money::from_micros(micros.saturating_abs());
        prop_assert_eq!(String::from(amount).parse::<Money>().ok(), Some(amount));
    }

    #[test]
    fn longer_never_costs_less(rate in 0..1_000_000_000i64, a in 0..100_000_000u64, b in 0..100_000_000u64) {
        let rate = HourlyRate::from_micros(rate);
        let (short, long) = (a.min(b), a.max(b));
        prop_assert!(rate.over(Duration::from_secs(short)) <= rate.over(Duration::from_secs(long)));
    }
}

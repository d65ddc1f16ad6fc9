//! Tables and properties of `listing`.

use super::*;
use crate::fixtures::{DAY, HOUR, fleet, instance, named, now};

#[test]
fn the_json_of_one_instance() {
    let fleet = fleet([named("crpbot", instance(1, "g5.xlarge", 72 * HOUR))]);
    let listing = listing(&fleet, now(), |_| true);
    let json = serde_json::to_value(&listing.instances[0]).expect("it serialises");
    assert_eq!(
        json,
        serde_json::json!({
            "id": "i-00000000000000001", "account": "me", "region": "us-east-1", "zone": "us-east-1a",
            "type": "g5.xlarge", "name": "crpbot", "market": "on-demand", "lifecycle": "running",
            "launched_at": "2026-04-07T12:00:00Z", "running_seconds": 259_200,
            "rate_usd_per_hour": "1.006", "rate_source": "built-in", "spend_usd": "72.432",
            "level": "critical", "snoozed_until": null, "guards": [], "group": null, "run": null,
            "tags": {"Name": "crpbot"}
        })
    );
}

#[test]
fn an_unknown_price_is_null() {
    let listing = listing(&fleet([instance(1, "z9.huge", HOUR)]), now(), |_| true);
    assert_eq!((listing.instances[0].rate_usd_per_hour, listing.instances[0].spend_usd), (None, None));
    assert_eq!(listing.totals.unpriced, 1);
}

#[test]
fn the_worst_and_longest_running_come_first() {
    let fleet = fleet([
        instance(1, "t3.large", HOUR),
        instance(2, "t3.large", DAY),
        instance(3, "t3.large", 2 * DAY),
    ]);
    let listing = listing(&fleet, now(), |_| true);
    let ids: Vec<&str> = listing.instances.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(ids, ["i-00000000000000003", "i-00000000000000002", "i-00000000000000001"]);
}

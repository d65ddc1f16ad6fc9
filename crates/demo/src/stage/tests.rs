//! What a person sees of the demo in two minutes, by the same rules as of a real fleet.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    AccountState, Fleet, Freshness, Identity, Instance, Level, Lifecycle, Market, RegionKey, Seen, Target,
    alert, price, region::OptIn, spend::Rates, time::after, view::check,
};

use super::*;
use crate::PACE;

const START: &str = "2026-07-01T12:00:00Z";

/// The fleet after `seconds` of a person's time.
fn fleet_after(seconds: u64) -> (Fleet, Timestamp) {
    let start: Timestamp = START.parse().unwrap();
    let now = after(start, Duration::from_secs(seconds) * PACE);
    let world = fleet(start, PACE);
    let account = AccountName::new(ACCOUNT);
    let regions = world.regions(&account).unwrap();
    let open = regions.into_iter().filter(|status| status.opt_in == OptIn::Enabled);
    let mut seen = Fleet { demo: true, pace: PACE, ..Fleet::empty(now) };
    let identity = Identity { number: String::new(), arn: String::new() };
    seen.accounts.insert(account.clone(), AccountState::Connected(identity));
    for status in open {
        for instance in world.instances(&account, &status.region, now) {
            let target =
                Target { account: account.clone(), region: status.region.clone(), id: instance.id.clone() };
            seen.instances.insert(target.clone(), judged(&target, instance, now));
        }
        let key = RegionKey { account: account.clone(), region: status.region };
        seen.regions.insert(key, Freshness::Fresh { as_of: now });
    }
    (seen, now)
}

fn judged(target: &Target, instance: Instance, now: Timestamp) -> Seen {
    let rates = Rates::of(&instance, price::compute(&target.region, &instance), now);
    let thresholds = config().alert.thresholds(&instance);
    let standing = alert::standing(target, &instance, &rates, thresholds.as_ref(), now);
    Seen { instance: Arc::new(instance), rates, alert: standing.alert, snoozed_until: None, shown: false }
}

fn by_name(seconds: u64) -> BTreeMap<String, Seen> {
    let (fleet, _) = fleet_after(seconds);
    let named = |seen: Seen| (seen.instance.name().unwrap_or("(none)").to_owned(), seen);
    fleet.instances.into_values().map(named).collect()
}

fn level(seconds: u64, name: &str) -> Level {
    by_name(seconds)[name].level()
}

#[test]
fn the_fleet_has_every_kind_of_instance() {
    let (fleet, _) = fleet_after(0);
    assert_eq!((fleet.instances.len(), fleet.regions.len()), (15, REGIONS.len()));
    let seen = by_name(0);
    let some = |holds: &dyn Fn(&Instance) -> bool| seen.values().any(|seen| holds(&seen.instance));
    let spot = |instance: &Instance, wanted: Persistence| match &instance.market {
        Market::OnDemand => false,
        Market::Spot(spot) => spot.persistence == wanted,
    };
    assert!(some(&|i| spot(i, Persistence::OneTime)) && some(&|i| spot(i, Persistence::Persistent)));
    assert!(some(&|i| i.is_tag_protected()) && some(&|i| i.group().is_some()));
    assert!(some(&|i| i.lifecycle == Lifecycle::Stopped && i.disks[0].gib >= 1000));
    assert!(some(&|i| i.name().is_none()));
    assert!(some(&|i| i.name().is_some_and(|name| name.contains('<') && name.contains('\u{202e}'))));
    assert!(seen.values().any(|seen| seen.rates.total().is_none()));
    assert!(seen["llama-finetune"].spend(START.parse().unwrap()).unwrap().cents() > 7243);
}

#[test]
fn a_warning_and_a_critical_come_while_a_person_watches() {
    assert_eq!([level(0, "vit-ablation"), level(25, "vit-ablation")], [Level::Ok, Level::Warning]);
    assert_eq!([level(0, "gan-overnight"), level(50, "gan-overnight")], [Level::Warning, Level::Critical]);
    assert_eq!([level(0, "notebook"), level(110, "notebook")], [Level::Ok, Level::Ok]);
    assert_eq!(level(0, "license-server"), Level::Ok);
}

#[test]
fn a_spot_instance_is_announced_and_taken_within_two_minutes() {
    let doomed = |seconds| by_name(seconds).remove("bert-distill").map(|seen| seen.instance);
    assert!(!doomed(60).unwrap().is_being_interrupted());
    assert!(doomed(70).unwrap().is_being_interrupted());
    assert_eq!(doomed(94).unwrap().lifecycle, Lifecycle::Running);
    assert_eq!(doomed(96).unwrap().lifecycle, Lifecycle::ShuttingDown);
    assert_eq!(doomed(101).unwrap().lifecycle, Lifecycle::Terminated);
    assert!(doomed(170).is_none());
}

#[test]
fn a_first_check_always_finds_the_same() {
    let (fleet, now) = fleet_after(0);
    let report = check::report(&fleet, now);
    assert_eq!((report.exit_code, report.unread), (4, vec![]));
    let (a_second_later, now) = fleet_after(3);
    assert_eq!(check::report(&a_second_later, now).exit_code, 4);
}

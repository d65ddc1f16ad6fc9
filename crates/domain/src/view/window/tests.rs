//! Tables and properties of `window`.

use proptest::prelude::*;

use super::*;
use crate::{
    Lifecycle,
    fixtures::{DAY, HOUR, fleet, instance, now, snoozed},
    time::after,
};

#[test]
fn rows_stand_where_their_need_is() {
    let group =
        |fleet: &Fleet| state(fleet, now()).rows.values().map(|row| row.group(now())).collect::<Vec<_>>();
    let hours = |hours: u32| fleet([instance(1, "g5.xlarge", hours * HOUR)]);
    assert_eq!(group(&hours(1)), [Group::Running]);
    assert_eq!(group(&hours(3)), [Group::Warning]);
    assert_eq!(group(&hours(7)), [Group::Critical]);
    assert_eq!(group(&snoozed(hours(7))), [Group::Running]);
    let stopped = Instance { lifecycle: Lifecycle::Stopped, ..instance(1, "g5.xlarge", DAY) };
    assert_eq!(group(&fleet([stopped])), [Group::Stopped]);
}

#[test]
fn one_changed_instance_is_one_changed_row() {
    let many =
        |kind: &str| fleet((0..1000).map(|n| instance(n, if n == 7 { kind } else { "t3.large" }, HOUR)));
    let (before, after) = (state(&many("t3.large"), now()), state(&many("g5.xlarge"), now()));
    let delta = before.delta_to(&after);
    assert_eq!((delta.changed.len(), delta.removed.len()), (1, 0));
    let next = before.apply(delta);
    let moved = before.rows.iter().filter(|&(target, row)| !Arc::ptr_eq(row, &next.rows[target])).count();
    assert_eq!(moved, 1, "unchanged rows keep their pointer");
}

#[test]
fn what_cannot_be_done_says_why() {
    let protected = crate::fixtures::tagged("curfew:protect", "yes", instance(1, "g5.xlarge", DAY));
    let offers = offers(&protected);
    assert_eq!(
        offers[0].refused.as_deref(),
        Some("It carries the tag curfew:protect. Take the tag curfew:protect off first if you are sure.")
    );
}

#[test]
fn a_state_survives_the_wire() {
    let state = state(&fleet((0..3).map(|n| instance(n, "g5.xlarge", DAY))), now());
    let json = serde_json::to_string(&Update::Whole(state.clone())).expect("it serialises");
    let back: Update = serde_json::from_str(&json).expect("it reads back");
    assert_eq!(back, Update::Whole(state));
}

proptest! {
    /// Whatever appears, changes or goes: the delta leads from one state to the other.
    #[test]
    fn deltas_lead_to_the_next_state(before in prop::collection::btree_map(0..30u32, 0..9u64, 0..20),
                                     next in prop::collection::btree_map(0..30u32, 0..9u64, 0..20)) {
        let build = |hours: &BTreeMap<u32, u64>| {
            let instances = hours.iter().map(|(&n, &h)| instance(n, "g5.xlarge", HOUR * u32::try_from(h).unwrap_or(0)));
            state(&fleet(instances), now())
        };
        let (before, next) = (build(&before), build(&next));
        prop_assert_eq!(before.apply(before.delta_to(&next)), next);
    }
}

#[test]
fn the_header_carries_the_clock() {
    let later = after(now(), HOUR);
    assert_eq!(state(&fleet([]), later).header.as_of, later);
}

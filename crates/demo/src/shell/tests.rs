//! The shell: delays, failures and actions reach the caller.

use std::sync::Arc;

use domain::{FaultKind, Lifecycle, Verb, action::steps, time::after};
use engine::SystemClock;
use tokio::time::Instant;

use super::*;
use crate::{Launch, Tempo, config};

/// A clock that stands still.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-07-01T12:00:00Z".parse().unwrap()
    }

    fn pace(&self) -> u32 {
        1
    }
}

fn account() -> AccountConfig {
    config().accounts.remove(0)
}

#[tokio::test(start_paused = true)]
async fn answers_take_as_long_as_the_region_is_far() {
    let demo = Demo::new(Arc::new(Noon));
    let before = Instant::now();
    let found = demo.instances(&account(), &Region::new("eu-west-1")).await.unwrap();
    let took = before.elapsed();
    assert_eq!(found.len(), 3);
    assert!((30..=81).contains(&took.as_millis()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_acted_on_is_seen_to_change() {
    let mut world = World::empty(Tempo::at_pace(1));
    let id = world.launch(Launch::new("eu-west-1", "g5.xlarge").ago(Duration::from_secs(60)), Noon.now());
    let demo = Demo::with_world(world, Arc::new(Noon));
    let (account, region) = (account(), Region::new("eu-west-1"));
    let seen = demo.instances(&account, &region).await.unwrap().remove(0);
    for step in steps(Verb::Stop, &seen).unwrap() {
        demo.carry_out(&account, &region, &id, &step).await.unwrap();
    }
    let state = demo.instances(&account, &region).await.unwrap()[0].lifecycle;
    assert_eq!(state, Lifecycle::Stopping);
    let later = demo.script(|world, now| {
        world.instances(&account.name, &region, after(now, Duration::from_secs(6)))[0].lifecycle
    });
    assert_eq!(later, Lifecycle::Stopped);
}

#[tokio::test]
async fn failures_reach_the_caller() {
    let demo = Demo::with_world(World::empty(Tempo::at_pace(1)), Arc::new(SystemClock));
    demo.script(|world, _| world.fail("eu-west-1", CloudFault::new(FaultKind::Garbled), 1));
    let fault = demo.instances(&account(), &Region::new("eu-west-1")).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Garbled);
    assert_eq!(demo.instances(&account(), &Region::new("eu-west-1")).await, Ok(vec![]));
}

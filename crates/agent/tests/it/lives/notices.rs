//! From EC2's notice to the start of the checkpoint command, as often as `CURFEW_NOTICES` says. `cargo xtask bench agent`
//! asks for 200 and keeps what is printed.

use std::{env, thread, time::Duration};

use agent::io::clock;

use super::machine::{Cloud, RUN, SOON};
use crate::parts::until;

const NOTICES: &str = "CURFEW_NOTICES";
/// So many machines at a time.
const AT_ONCE: usize = 10;
/// A look every two seconds, and what a busy machine adds.
const AT_MOST: Duration = Duration::from_secs(4);

#[test]
fn a_notice_is_answered_within_the_time_between_two_looks() {
    let count = env::var(NOTICES).ok().and_then(|count| count.parse().ok()).unwrap_or(AT_ONCE);
    let cloud = Cloud::start();
    let mut took: Vec<Duration> = Vec::new();
    while took.len() < count {
        let (cloud, before) = (&cloud, took.len());
        let round = AT_ONCE.min(count - before);
        took.extend(thread::scope(|scope| {
            let started: Vec<_> =
                (0..round).map(|number| scope.spawn(move || answer(cloud, before + number))).collect();
            started.into_iter().map(|one| one.join().expect("it is answered")).collect::<Vec<_>>()
        }));
    }
    took.sort();
    let (median, worst) = (took[took.len() / 2], took[(took.len() * 99).div_ceil(100) - 1]);
    println!("notices\t{}\t{}\t{}", took.len(), median.as_millis(), worst.as_millis());
    assert!(worst <= AT_MOST, "{took:?}");
}

/// One notice at some moment between two looks: the golden ratio spreads them.
fn answer(cloud: &Cloud, number: usize) -> Duration {
    let asked = "date +%s%N > $HOME/now && mv $HOME/now $HOME/asked";
    let name = format!("notice-{number}");
    let life = cloud.machine(&name).command("sleep 1000").checkpoint(asked).boot();
    life.says(RUN);
    let spread = number * 1236 % 2000;
    // It holds at no time: this is a pause.
    until::holds(Duration::from_millis(spread as u64), || false).unwrap_err();
    let noticed = clock::now().wall.as_nanosecond();
    life.machine.imds.interrupt("terminate", "2026-01-02T03:06:05Z");
    until::holds(SOON, || !life.read("asked").is_empty()).unwrap_or_else(|()| panic!("{}", life.said()));
    let at: i128 = life.read("asked").trim().parse().expect("nanoseconds");
    Duration::from_nanos(u64::try_from(at - noticed).expect("after the notice"))
}

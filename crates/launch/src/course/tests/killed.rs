//! The program killed at every point of a launch and started again, with answers lost at random: one instance, never two.

use proptest::prelude::*;

use super::*;

/// As the engine does: an open record is gone on with, else it begins.
fn again(world: &World, n: u64) -> (Course, Vec<Move>) {
    let open = world.records.values().find_map(|record| Some((record, record.open()?)));
    match open {
        Some((record, order)) => {
            Course::resume(&wish(n), profile(), record.id.clone(), order.clone(), record.at, world.now)
        }
        None => Course::begin(&wish(n), profile(), Refusals::default(), world.now),
    }
}

fn lived(world: &mut World, kills: &[usize], pauses: &[u64]) -> Course {
    let mut n = 0;
    for (most, pause) in kills.iter().zip(pauses) {
        n += 1;
        let begun = again(world, n);
        world.live_for(begun, *most);
        world.now = after(world.now, Duration::from_secs(*pause));
        assert!(world.alive() <= 1, "killed after {most} moves");
    }
    let begun = again(world, n + 1);
    world.live(begun)
}

#[test]
fn killed_after_every_single_move() {
    for most in 0..60 {
        for pause in [0, 1000] {
            let mut world = World::new();
            let course = lived(&mut world, &[most], &[pause]);
            assert!(
                matches!(course.view().stage, Stage::Launched { .. }),
                "after {most}: {:?}",
                course.view().stage
            );
            assert_eq!(world.alive(), 1, "after {most}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn killed_again_and_again_with_answers_lost(
        kills in prop::collection::vec(0_usize..60, 1..6),
        pauses in prop::collection::vec(0_u64..1200, 6),
        lose in prop::collection::vec(any::<bool>(), 0..5),
        refused in prop::collection::vec(prop::bool::ANY, 0..4),
    ) {
        let mut world = World::new();
        world.lose = lose;
        for b in refused {
            world.refuse(if b { "us-east-1b" } else { "us-east-1a" }, refusal("InsufficientInstanceCapacity"));
        }
        let course = lived(&mut world, &kills, &pauses);
        prop_assert!(world.alive() <= 1);
        let launched = matches!(course.view().stage, Stage::Launched { .. });
        prop_assert_eq!(world.alive() == 1, launched, "{:?}", course.view().stage);
    }
}

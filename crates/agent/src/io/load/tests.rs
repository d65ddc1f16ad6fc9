//! Counters as the kernel writes them, in a folder and for real.

use super::*;
use crate::io::signals::stage::Stage;

fn tenths(tenths: u32) -> Reading<Percent> {
    Reading::Is(Percent::tenths(tenths))
}

#[test]
fn it_takes_two_looks_to_know_how_busy_the_processors_are() {
    let stage = Stage::new();
    let mut cpu = Cpu::default();
    stage.file("/proc/stat", "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1 1 1\n");
    assert!(matches!(cpu.read(&stage.root()), Reading::Unreadable(_)));
    // 30 busy (10 of them stolen), 60 idle, 10 waiting for a disk.
    stage.file("/proc/stat", "cpu  110 0 110 760 110 0 0 10 90 0\n");
    assert_eq!(cpu.read(&stage.root()), tenths(300));
    // Waiting may step back.
    stage.file("/proc/stat", "cpu  110 0 110 860 109 0 0 10 90 0\n");
    assert_eq!(cpu.read(&stage.root()), tenths(0));
}

#[test]
fn counters_that_stand_still_or_make_no_sense_are_not_zero() {
    let stage = Stage::new();
    let mut cpu = Cpu::default();
    for text in ["cpu  1 1 1 1 1\n", "cpu  1 1 1 1 1\n", "cpu  x\n", "intr 0\n", ""] {
        stage.file("/proc/stat", text);
        assert!(matches!(cpu.read(&stage.root()), Reading::Unreadable(_)), "{text}");
    }
    assert!(matches!(memory(&stage.root()), Reading::Unreadable(_)));
    stage.file("/proc/meminfo", "MemTotal: 100 kB\nMemFree: 10 kB\n");
    assert!(
        matches!(memory(&stage.root()), Reading::Unreadable(_)),
        "kernels before 3.14 have no MemAvailable"
    );
}

#[test]
fn memory_is_what_a_new_process_could_not_have() {
    let stage = Stage::new();
    stage
        .file("/proc/meminfo", "MemTotal:       1000 kB\nMemFree:          10 kB\nMemAvailable:    200 kB\n");
    assert_eq!(memory(&stage.root()), tenths(800));
}

#[test]
fn this_machine_can_be_read() {
    let root = Root::real();
    let Reading::Is(share) = memory(&root) else { panic!("no memory") };
    assert!(share > Percent::ZERO && !share.above(100));
    let mut cpu = Cpu::default();
    let _first = cpu.read(&root);
    let busy = crate::io::signals::stage::until(|| match cpu.read(&root) {
        Reading::Is(share) => Some(share),
        Reading::Absent | Reading::Unreadable(_) => None,
    });
    assert!(!busy.above(100), "{busy}");
}

//! Whole looks at machines in folders. Real sessions are in `tests/signals`.

use super::*;
use crate::{
    decide::idle::{Load, Percent, Verdict, verdict},
    io::signals::stage::{Stage, until},
};

fn rules() -> Idle {
    Idle {
        grace: Duration::from_secs(300),
        every: Duration::from_secs(60),
        checks: 2,
        cpu_above_percent: 10,
        memory_above_percent: 80,
        accelerator_above_percent: 5,
        processes: vec![],
    }
}

fn now() -> Now {
    Now { wall: jiff::Timestamp::UNIX_EPOCH, up: Duration::ZERO }
}

fn nvidia(reader: &mut Reader) -> Accelerator {
    let Reading::Is(device) = reader.read(now()).nvidia else { panic!("no device") };
    device
}

#[test]
fn a_driver_without_device_files_is_a_device_that_nobody_holds() {
    let stage = Stage::new();
    stage.file("/proc/driver/nvidia/gpus/0000:00:1e.0/information", "Model: NVIDIA A10G\n");
    let device = nvidia(&mut Reader::new(stage.root(), &rules()));
    assert_eq!(device, Accelerator { load: Reading::Absent, holders: Reading::Is(vec![]) });
}

#[test]
fn a_device_is_measured_while_it_is_held_open_and_only_then() {
    let stage = Stage::new();
    stage.file("/dev/nvidia0", "");
    stage.program("/usr/bin/nvidia-smi", "while :; do echo '0, 33'; sleep 1; done");
    let mut reader = Reader::new(stage.root(), &rules());
    assert_eq!(nvidia(&mut reader).load, Reading::Absent);
    assert_eq!(reader.nvidia.gauge().pid(), None, "nothing is started for a device that rests");
    stage.process(90, &["python", "train.py"]);
    stage.holds(90, 3, "/dev/nvidia0");
    let load = until(|| match nvidia(&mut reader).load {
        Reading::Is(load) => Some(load),
        Reading::Absent | Reading::Unreadable(_) => None,
    });
    assert_eq!(load, Load::Percent(Percent::tenths(330)));
    assert!(reader.nvidia.gauge().pid().is_some());
    std::fs::remove_dir_all(stage.path("/proc/90")).expect("the process's end");
    assert_eq!(nvidia(&mut reader).holders, Reading::Is(vec![]));
    assert_eq!(reader.nvidia.gauge().pid(), None);
}

#[test]
fn a_neuron_device_without_any_measure_is_in_use_while_it_is_held_open() {
    let stage = Stage::new();
    stage.file("/dev/neuron0", "");
    stage.process(90, &["python", "train.py"]);
    stage.holds(90, 3, "/dev/neuron0");
    let facts = Reader::new(stage.root(), &rules()).read(now());
    let Verdict::Active { because } = verdict(&facts, &rules()) else { panic!("{facts:?}") };
    let said =
        because.iter().map(ToString::to_string).find(|said| said.contains("Neuron")).expect("a reason");
    assert_eq!(
        said,
        "a device of the kind Neuron is held open by python (pid 90), and its load cannot be measured here"
    );
}

#[test]
fn a_machine_that_cannot_be_read_at_all_is_in_use_by_every_signal() {
    let stage = Stage::new();
    std::fs::remove_dir_all(stage.path("/proc")).expect("a folder");
    std::fs::remove_dir_all(stage.path("/dev")).expect("a folder");
    let facts = Reader::new(stage.root(), &rules()).read(now());
    let Verdict::Active { because } = verdict(&facts, &rules()) else { panic!("{facts:?}") };
    assert_eq!(because.len(), 9, "all but the run, utmp and logind, which a machine may do without");
}

#[test]
fn a_faulty_pattern_keeps_the_machine_up_and_is_said() {
    let stage = Stage::new();
    let rules = Idle { processes: vec!["(".into()], ..rules() };
    let facts = Reader::new(stage.root(), &rules).read(now());
    assert!(matches!(facts.watched, Reading::Unreadable(fault) if fault.contains("no regular expression")));
}

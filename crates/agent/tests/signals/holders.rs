//! A device file in a folder, held open by a real process.

use std::{
    fs::{self, File},
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use agent::{
    decide::idle::{Holder, Reading},
    io::{machine::Root, signals::Reader},
};

use crate::parts::{Ended, look, rules, until, value};

#[test]
fn a_real_process_holds_a_device_open_until_it_ends() {
    let machine = tempfile::tempdir().expect("a folder");
    fs::create_dir(machine.path().join("dev")).expect("a folder");
    let proc = machine.path().join("proc");
    fs::create_dir_all(proc.join("1/fd")).expect("a folder");
    fs::write(proc.join("1/cmdline"), "/sbin/init").expect("a file");
    let device = machine.path().join("dev/neuron0");
    fs::write(&device, "").expect("a file");
    let mut reader = Reader::new(Root::at(machine.path()), &rules(&[]));
    let mut holders = || value(value(look(&mut reader).neuron).holders);
    assert_eq!(holders(), []);

    let input = Stdio::from(File::open(&device).expect("the device"));
    let mut process = Ended::start(Command::new("sleep").arg("600").stdin(input));
    let pid = process.0.id().to_string();
    symlink(Path::new("/proc").join(&pid), proc.join(&pid)).expect("a link");
    let expect = Holder { pid: process.0.id(), name: "sleep".into() };
    until("it is seen", || (holders() == [expect.clone()]).then_some(()));
    process.end();
    until("it is gone", || holders().is_empty().then_some(()));
}

#[test]
fn a_machine_without_devices_has_none() {
    let facts = look(&mut Reader::new(Root::real(), &rules(&[])));
    let dev = fs::read_dir("/dev").expect("a folder").flatten();
    let has = |kind: &str| {
        dev.into_iter().any(|file| file.file_name().to_str().is_some_and(|name| name.starts_with(kind)))
    };
    assert_eq!(facts.neuron == Reading::Absent, !has("neuron"));
}

//! Machines in folders and a real interpreter.

use std::{collections::BTreeMap, process::Command};

use super::*;
use crate::{
    decide::preflight::{Python, judge, passed},
    io::signals::stage::Stage,
};

/// A look from this folder.
fn look_from(stage: &Stage, wants: &Wants, folder: &Path) -> Facts {
    look(&stage.root(), wants, Work { folder, env: &BTreeMap::new() })
}

fn wants(kind: Kind) -> Wants {
    Wants { accelerator: Some(kind), ..Wants::default() }
}

#[test]
fn drivers_and_devices_are_found_in_their_places() {
    let stage = Stage::new();
    let found = look_from(&stage, &wants(Kind::Nvidia), Path::new("/srv"));
    assert!(matches!(found.driver, Some(Err(_))));
    assert_eq!(found.devices, Some(Ok(0)));
    stage.file(
        "/proc/driver/nvidia/version",
        "NVRM version: NVIDIA UNIX Open Kernel Module  580.159.04\nGCC version: gcc\n",
    );
    for name in ["nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "neuron0", "null"] {
        stage.file(&format!("/dev/{name}"), "");
    }
    let found = look_from(&stage, &wants(Kind::Nvidia), Path::new("/srv"));
    assert_eq!(found.driver, Some(Ok("NVRM version: NVIDIA UNIX Open Kernel Module  580.159.04".into())));
    assert_eq!(found.devices, Some(Ok(2)));
    stage.file("/sys/module/neuron/refcnt", "0\n");
    let found = look_from(&stage, &wants(Kind::Neuron), Path::new("/srv"));
    assert_eq!((found.driver, found.devices), (Some(Ok("no version told".into())), Some(Ok(1))));
}

#[test]
fn room_is_that_of_the_filesystem_where_the_work_will_be() {
    let stage = Stage::new();
    let wants = Wants { disk_gib: Some(0), ..Wants::default() };
    let found = look_from(&stage, &wants, Path::new("/not/made/yet"));
    let df = Command::new("df")
        .args(["-B1", "--output=avail"])
        .arg(stage.path("/"))
        .output()
        .expect("df of coreutils");
    let said: u64 = String::from_utf8_lossy(&df.stdout)
        .lines()
        .nth(1)
        .and_then(|n| n.trim().parse().ok())
        .expect("bytes");
    let Some(Ok(free)) = found.free else { panic!("{found:?}") };
    assert!(free.abs_diff(said) < 1 << 30, "{free} and {said}");
}

fn interpreter(path: &str, imports: &[&str]) -> (Python, bool) {
    let wants = Wants {
        python: Some(path.into()),
        imports: imports.iter().map(ToString::to_string).collect(),
        ..Wants::default()
    };
    let found = look_from(&Stage::new(), &wants, Path::new("/"));
    let passes = passed(&judge(&wants, &found));
    (found.python.expect("an interpreter was asked for"), passes)
}

#[test]
fn an_interpreter_imports_what_is_there() {
    let (found, passes) = interpreter("python3", &["json", "no_such_module", "os.path"]);
    assert!(found.version.is_some_and(|version| version.starts_with("3.")));
    assert_eq!(found.imports["json"], Some(Ok(())));
    assert_eq!(found.imports["os.path"], Some(Ok(())));
    let Some(Err(fault)) = &found.imports["no_such_module"] else { panic!("{:?}", found.imports) };
    assert_eq!(fault, "ModuleNotFoundError: No module named 'no_such_module'");
    assert_eq!((found.fault, passes), (None, false));
    assert!(interpreter("python3", &["json"]).1);
}

#[test]
fn modules_that_end_the_interpreter_or_talk_are_borne() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("dies.py"), "import os; os.abort()").expect("a module");
    fs::write(folder.path().join("leaves.py"), "import sys; sys.exit(3)").expect("a module");
    fs::write(
        folder.path().join("talks.py"),
        "import sys; print('x' * 3000000); print('y' * 300000, file=sys.stderr)",
    )
    .expect("a module");
    let wants = Wants {
        python: Some("python3".into()),
        imports: ["talks", "leaves", "dies", "json"].map(Into::into).into(),
        ..Wants::default()
    };
    let found = look_from(&Stage::new(), &wants, folder.path()).python.expect("an interpreter");
    assert_eq!(found.imports["talks"], Some(Ok(())));
    assert_eq!(found.imports["leaves"], Some(Err("SystemExit: 3".into())));
    assert_eq!(found.imports["dies"], None);
    assert!(!found.imports.contains_key("json"));
    assert!(found.fault.is_some_and(|fault| fault.starts_with("it was ended by signal 6")));
}

#[test]
fn an_interpreter_that_is_not_there_is_said() {
    let (found, passes) = interpreter("/no/such/python", &[]);
    assert_eq!(found.fault.as_deref(), Some("it cannot be started: No such file or directory (os error 2)"));
    assert!(!passes);
    let (found, _) = interpreter("false", &["json"]);
    assert_eq!(found.fault.as_deref(), Some("it ended with exit code 1"));
}

#[test]
fn the_works_own_environment_and_folder_count() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("lib")).expect("a folder");
    fs::create_dir_all(folder.path().join("bin")).expect("a folder");
    fs::write(folder.path().join("lib/ours.py"), "").expect("a module");
    fs::write(folder.path().join("bin/py"), "#!/bin/sh\nexec python3 \"$@\"\n").expect("a program");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder.path().join("bin/py"), mode).expect("a mode");
    let wants = Wants { python: Some("bin/py".into()), imports: vec!["ours".into()], ..Wants::default() };
    let env = BTreeMap::from([("PYTHONPATH".to_owned(), "lib".to_owned())]);
    let found = look(&Stage::new().root(), &wants, Work { folder: folder.path(), env: &env });
    assert!(passed(&judge(&wants, &found)), "{found:?}");
}

#[test]
fn a_virtual_environment_that_was_moved_is_broken() {
    let folder = tempfile::tempdir().expect("a folder");
    let venv = folder.path().join("venv");
    let made =
        Command::new("python3").args(["-m", "venv", "--without-pip"]).arg(&venv).status().expect("python3");
    assert!(made.success());
    let python = venv.join("bin/python").display().to_string();
    let (found, passes) = interpreter(&python, &["json"]);
    assert_eq!((found.broken_venv, passes), (None, true));
    let cfg = venv.join("pyvenv.cfg");
    fs::write(&cfg, "home = /nowhere/bin\n").expect("a file");
    let (found, passes) = interpreter(&python, &[]);
    assert_eq!(found.broken_venv.as_deref(), Some("/nowhere/bin, from which it was made, is not there"));
    assert!(!passes);
}

//! What is judged, by table.

use super::*;

fn python() -> Python {
    Python { path: "python3".into(), version: Some("3.11.2".into()), ..Python::default() }
}

fn facts() -> Facts {
    Facts { driver: None, devices: None, free: None, python: None }
}

/// All sentences, one on each line.
fn check(wants: &Wants, facts: &Facts, expect: &str) {
    let said: Vec<String> = judge(wants, facts).iter().map(ToString::to_string).collect();
    assert_eq!(said.join("\n"), expect);
}

#[test]
fn nothing_wanted_is_nothing_to_judge() {
    check(&Wants::default(), &facts(), "");
    assert!(passed(&judge(&Wants::default(), &facts())));
}

#[test]
fn devices_and_disk_are_compared_with_what_is_needed() {
    let wants =
        Wants { accelerator: Some(Kind::Nvidia), devices: Some(2), disk_gib: Some(20), ..Wants::default() };
    let mut found = Facts {
        driver: Some(Ok("NVRM 580".into())),
        devices: Some(Ok(2)),
        free: Some(Ok(20 * GIB + GIB / 2)),
        python: None,
    };
    check(
        &wants,
        &found,
        "ok    The NVIDIA driver is loaded: NVRM 580.\nok    NVIDIA devices: 2, needed: 2.\n\
         ok    Free disk: 20.5 GiB, needed: 20 GiB.",
    );
    found = Facts {
        driver: Some(Err("not there".into())),
        devices: Some(Ok(1)),
        free: Some(Ok(20 * GIB - 1)),
        python: None,
    };
    check(
        &wants,
        &found,
        "FAULT The NVIDIA driver is not loaded (not there). Choose an image that has it.\n\
         FAULT NVIDIA devices: 1, needed: 2. Choose another instance type, or see the kernel's log for devices that failed.\n\
         FAULT Free disk: 19.9 GiB, needed: 20 GiB. Give the profile a larger disk.",
    );
    assert!(!passed(&judge(&wants, &found)));
}

#[test]
fn one_device_is_needed_where_only_the_kind_is_named() {
    let wants = Wants { accelerator: Some(Kind::Neuron), ..Wants::default() };
    let found = |count| Facts { driver: Some(Ok("2.27".into())), devices: Some(Ok(count)), ..facts() };
    assert!(passed(&judge(&wants, &found(1))));
    assert!(!passed(&judge(&wants, &found(0))));
}

#[test]
fn an_interpreter_is_judged_by_what_it_did() {
    let wants = Wants {
        python: Some("python3".into()),
        imports: vec!["json".into(), "torch".into(), "numpy".into()],
        ..Wants::default()
    };
    let mut found = python();
    found.imports.insert("json".into(), Some(Ok(())));
    found.imports.insert("torch".into(), None);
    found.fault = Some("it took longer than 60 s".into());
    check(
        &wants,
        &Facts { python: Some(found), ..facts() },
        "ok    python3 runs: Python 3.11.2.\nok    json can be imported.\n\
         FAULT torch cannot be imported: it took longer than 60 s.\n\
         FAULT numpy was not tried: it took longer than 60 s.",
    );
}

#[test]
fn an_interpreter_that_does_not_start_is_one_fault() {
    let wants = Wants { python: Some("python3".into()), imports: vec!["json".into()], ..Wants::default() };
    let found = Python {
        path: "/venv/bin/python".into(),
        broken_venv: Some("/usr/lib/none, from which it was made, is not there".into()),
        fault: Some("it cannot be started: No such file or directory".into()),
        ..Python::default()
    };
    check(
        &wants,
        &Facts { python: Some(found), ..facts() },
        "FAULT The virtual environment of /venv/bin/python is broken: /usr/lib/none, from which it was made, is not there. \
         Make it anew.\n\
         FAULT /venv/bin/python does not run: it cannot be started: No such file or directory.",
    );
}

#[test]
fn cuda_is_judged_where_nvidia_is_wanted_and_torch_was_imported() {
    let wants = Wants { accelerator: Some(Kind::Nvidia), python: Some("python3".into()), ..Wants::default() };
    let of = |cuda| Facts {
        driver: Some(Ok("580".into())),
        devices: Some(Ok(1)),
        python: Some(Python { cuda, ..python() }),
        ..facts()
    };
    for (cuda, passes) in [(None, true), (Some(1), true), (Some(0), false)] {
        assert_eq!(passed(&judge(&wants, &of(cuda))), passes, "{cuda:?}");
    }
}

//! What no agent should be given, and is: a configuration that is none, names that few programs expect, files without end.

use super::{
    all,
    machine::{Cloud, SOON},
};

/// A debug build's own, and what is on its way to the bucket.
const MOST_MEMORY_KIB: u64 = 64 * 1024;

/// The agent does nothing and says why. The machine is then powered off by the unit that it failed as, which is tried in
/// `tests/bundle/lives.rs`: `an_agent_that_refuses_its_configuration_leaves_no_machine_behind`.
#[test]
fn a_faulty_configuration_is_told_whole() {
    let cloud = Cloud::start();
    let five = "[limits]\nmax_runtime = \"-4h\"\non_end = \"explode\"\n[idle]\nchecks = \"two\"\n[run]\nenvironment = \"a/b\"\ncomand = \"x\"\n";
    let limit = |time: &str| format!("[limits]\nmax_runtime = \"{time}\"\n[run]\nenvironment = \"dev\"\n");
    let longer = limit("400d");
    let (endless, little, unit) = (limit("99999999999999999h"), limit("1s"), limit("4"));
    for (text, says) in [
        (None, &["agent.toml cannot be read: No such file"][..]),
        (Some(""), &["run"]),
        (Some("[limits]\nmax_runtime = \"4h\"\n[run]\nenviron"), &["line 4: TOML"]),
        (Some("\0\u{1}[[["), &["line 1: TOML"]),
        (
            Some(five),
            &["limits.max_runtime", "limits.on_end", "idle.checks", "run.environment", "run.comand"],
        ),
        (Some(&longer), &["line 2: limits.max_runtime: `400d` is out of bounds: from 1m to 720h"]),
        (Some(&endless), &["line 2: limits.max_runtime: `99999999999999999h` is not a length of time"]),
        (Some(&little), &["line 2: limits.max_runtime: `1s` is out of bounds"]),
        (Some(&unit), &["line 2: limits.max_runtime: `4` is not a length of time"]),
    ] {
        let machine = cloud.machine("faulty");
        let (code, said) = machine.refused(text);
        assert_eq!(code, Some(78), "{text:?}: {said}");
        for what in says {
            assert!(said.contains(what), "{text:?}: {what} is not in {said}");
        }
        assert!(
            !machine.path("state").exists() && !machine.path("ways").exists(),
            "{text:?}: nothing is done"
        );
    }
}

#[test]
fn names_loops_and_files_without_end_cost_no_other_file() {
    let cloud = Cloud::start();
    // A name has at most 255 bytes on Linux, a path more.
    let (long, longer) = ("n".repeat(255), format!("{0}/{0}", "p".repeat(150)));
    let odd = ["new\nline", "😀 été", "100%25", "-rf", "zero", &long, &longer];
    let command = format!(
        "cd $HOME/out; mkdir -p {}; ln -s loop loop; ln -s . here; ln -s ../.. up; mkfifo pipe\n\
         for name in {}; do : > \"./$name\"; done; printf x > last\n\
         for name in 1 2 3 4 5; do truncate -s 40G a-sparse-$name; done",
        "p".repeat(150),
        odd.map(|name| format!("\"{name}\"")).join(" "),
    );
    let life = cloud.machine("odd").with("limits", "save_within = \"10s\"").command(&command).boot();
    life.powered_off(SOON);
    assert_eq!(life.object("models/last"), Some(b"x".to_vec()), "{}", life.said());
    let names = life.names("models/");
    for name in ["new%0Aline", "😀 été", "100%2525", "-rf", "zero", &long, &longer] {
        assert!(names.iter().any(|there| there == name), "{name:?} is not among {names:?}");
    }
    assert!(!names.iter().any(|there| there.contains("sparse")), "there was no time for it: {names:?}");
    let faults = life.training()["faults"].to_string();
    assert!(faults.contains("not all results are in the bucket"), "{faults}");
    let most = life.most_memory();
    assert!(most < MOST_MEMORY_KIB, "{most} KiB");
}

#[test]
fn an_object_that_can_be_no_file_ends_the_run_before_it_costs_anything() {
    let cloud = Cloud::start();
    all(&["k".repeat(300), "..".into()], |name| {
        let environment = format!("length-{}", name.len());
        cloud.put(&format!("data-{}/good", name.len()), b"x");
        cloud.put(&format!("data-{}/{name}/x", name.len()), b"x");
        let life = cloud.machine(&environment).data(&format!("data-{}/", name.len())).boot();
        life.powered_off(SOON);
        let said = life.said();
        assert!(said.contains("the run ends: the data of") && said.contains(name.as_str()), "{said}");
        assert!(life.training()["outcome"]["error"].as_str().is_some(), "{said}");
        assert_eq!(life.read("data/good"), "x", "{said}");
    });
}

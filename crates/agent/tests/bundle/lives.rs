//! Whole lives of a machine, from its first boot to its power-off.

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use protocol::{
    UserData,
    userdata::{Architecture, Download},
};
use sha2::{Digest, Sha256};

use crate::{
    bucket::{Bucket, Mood},
    machine::{BOUND, End, Machine, S3},
    signature::hexadecimal,
};

const CONFIG: &str = "version = 1\n\n[run]\nenvironment = \"dev\"\nsetup = \"echo '$HOME' `id` \\\\ 🙂\"\n";

/// An agent that does its work and powers the machine off.
const GOOD: &str = "#!/bin/sh\necho \"AGENT $1 $HOME\" >/dev/console\nexec shutdown -h now\n";

/// What is on the console when the agent has run.
const RAN: &str = "AGENT up /root";

/// What is on the console when nobody guards the machine any more.
const POWERS_OFF: &str = "without a guard this machine powers off in 5s";

const BY_URL: &str = "GET /agents/curfew-agent by its URL";
const BY_ROLE: &str = "GET /agents/curfew-agent by the role: Ok(())";

/// User data for an agent, with the shortest of graces.
fn user_data(agent: &str) -> UserData {
    let download = Download {
        url: format!("http://{S3}/agents/curfew-agent?X-Amz-Expires=900&X-Amz-Signature=0a"),
        region: "us-east-2".into(),
        sha256: hexadecimal(&Sha256::digest(agent)),
    };
    let both = [Architecture::X86_64, Architecture::Aarch64];
    UserData {
        agent_toml: CONFIG.into(),
        downloads: both.map(|it| (it, download.clone())).into(),
        grace: Duration::from_secs(5),
    }
}

fn machine(agent: &str) -> Machine {
    Machine::new(&user_data(agent).render().expect("a script"))
}

/// With a grace that outlasts the restart of an agent on a busy computer.
fn patient(agent: &str) -> Machine {
    let data = UserData { grace: Duration::from_secs(10), ..user_data(agent) };
    Machine::new(&data.render().expect("a script"))
}

#[test]
fn the_agent_is_fetched_once_and_guards_every_boot() {
    let bucket = Bucket::new(Mood::Giving, GOOD);
    let machine = machine(GOOD);
    let (end, console) = machine.boot(&bucket).wait();
    assert_eq!(end, End::PoweredOff);
    assert!(console.contains(RAN), "{console}");
    assert_eq!(machine.read("/etc/curfew/agent.toml"), CONFIG);
    let mode =
        fs::metadata(machine.path("/etc/curfew/agent.toml")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let (end, console) = machine.boot(&bucket).wait();
    assert_eq!(end, End::PoweredOff);
    assert!(console.contains(RAN), "{console}");
    assert_eq!(bucket.heard(), [BY_URL]);
}

#[test]
fn a_tampered_agent_is_not_run_and_the_machine_powers_off() {
    let bucket = Bucket::new(Mood::Giving, "#!/bin/sh\necho AGENT >/dev/console\n");
    let machine = machine(GOOD);
    let (end, console) = machine.boot(&bucket).wait();
    assert_eq!(end, End::PoweredOff);
    assert!(console.contains("The agent is not the one that was sent for"), "{console}");
    assert!(console.contains(POWERS_OFF), "{console}");
    assert!(!console.contains("AGENT"), "{console}");
    assert!(!machine.path("/usr/local/bin/curfew-agent").exists());
}

#[test]
fn an_expired_url_is_made_up_for_by_the_machines_role() {
    let bucket = Bucket::new(Mood::Expired, GOOD);
    let (end, console) = machine(GOOD).boot(&bucket).wait();
    assert_eq!(end, End::PoweredOff);
    assert!(console.contains(RAN), "{console}");
    assert_eq!(bucket.heard(), [BY_URL, BY_ROLE]);
}

#[test]
fn without_leave_from_s3_or_without_the_agent_in_it_the_machine_powers_off() {
    let cases = [(Mood::Forbidding, "403"), (Mood::Empty, "404")]
        .map(|(mood, code)| (Bucket::new(mood, GOOD), machine(GOOD), code));
    // Both at once: they wait more than they work.
    let booted = cases.each_ref().map(|(bucket, machine, _)| machine.boot(bucket));
    for ((bucket, machine, code), booted) in cases.iter().zip(booted) {
        let (end, console) = booted.wait();
        assert_eq!(end, End::PoweredOff);
        assert!(console.contains("neither by its URL nor by the machine's own role"), "{console}");
        assert!(console.contains(POWERS_OFF), "{console}");
        assert_eq!(bucket.heard(), [BY_URL, BY_ROLE].repeat(3));
        let log = machine.read("/var/log/cloud-init-output.log");
        assert!(log.contains(code), "{log}");
        assert!(!log.contains("secret"), "{log}");
    }
}

#[test]
fn wget_does_where_there_is_no_curl() {
    let bucket = Bucket::new(Mood::Giving, GOOD);
    let (end, console) = machine(GOOD).without(&["curl"]).boot(&bucket).wait();
    assert_eq!((end, console.contains(RAN)), (End::PoweredOff, true), "{console}");
    assert_eq!(bucket.heard(), [BY_URL]);
}

#[test]
fn python_does_where_there_is_neither() {
    let bucket = Bucket::new(Mood::Giving, GOOD);
    let (end, console) = machine(GOOD).without(&["curl", "wget"]).boot(&bucket).wait();
    assert_eq!((end, console.contains(RAN)), (End::PoweredOff, true), "{console}");
    assert_eq!(bucket.heard(), [BY_URL]);
}

#[test]
fn what_stands_in_the_agents_way_powers_the_machine_off() {
    let mut data = user_data(GOOD);
    let other = if cfg!(target_arch = "x86_64") { Architecture::Aarch64 } else { Architecture::X86_64 };
    data.downloads.retain(|&architecture, _| architecture == other);
    let of_another_kind = Machine::new(&data.render().expect("a script"));

    let crowded = machine(GOOD);
    fs::create_dir_all(crowded.path("/etc")).expect("a folder");
    fs::write(crowded.path("/etc/curfew"), "in the way").expect("written");

    let bucket = Bucket::new(Mood::Giving, GOOD);
    let lives = [
        (of_another_kind.boot(&bucket), "There is no agent for a machine of the kind"),
        (crowded.boot(&bucket), "/etc/curfew/agent.toml could not be written"),
    ];
    for (booted, reason) in lives {
        let (end, console) = booted.wait();
        assert_eq!(end, End::PoweredOff);
        assert!(console.contains(reason) && console.contains(POWERS_OFF), "{console}");
    }
    assert!(bucket.heard().is_empty());
}

#[test]
fn a_machine_restarted_in_the_middle_of_it_powers_off() {
    let bucket = Bucket::new(Mood::Hanging, GOOD);
    let machine = machine(GOOD);
    let booted = machine.boot(&bucket);
    bucket.wait_until_heard(BOUND);
    drop(booted);

    let (end, console) = machine.boot(&bucket).wait();
    assert_eq!(end, End::PoweredOff);
    assert!(console.contains(POWERS_OFF), "{console}");
}

#[test]
fn user_data_that_is_killed_has_set_the_power_off_before() {
    let bucket = Bucket::new(Mood::Hanging, GOOD);
    let machine = machine(GOOD);
    let booted = machine.boot(&bucket);
    bucket.wait_until_heard(BOUND);
    booted.run(&["systemctl", "kill", "--signal=KILL", "cloud-final.service"]);
    assert_eq!(booted.run(&["systemctl", "is-active", "curfew-power-off@15m.service"]), "active");
}

#[test]
fn an_agent_that_refuses_its_configuration_leaves_no_machine_behind() {
    let faulty = "#!/bin/sh\necho \"AGENT $1 $HOME\" >/dev/console\nexit 78\n";
    let (end, console) = machine(faulty).boot(&Bucket::new(Mood::Giving, faulty)).wait();
    assert_eq!(end, End::PoweredOff);
    assert_eq!(console.matches(RAN).count(), 1, "it is not tried again: {console}");
    assert!(console.contains(POWERS_OFF), "{console}");
}

#[test]
fn an_agent_that_keeps_crashing_leaves_no_machine_behind() {
    let crashing = "#!/bin/sh\necho \"AGENT $1 $HOME\" >/dev/console\nkill -SEGV $$\n";
    let (end, console) = patient(crashing).boot(&Bucket::new(Mood::Giving, crashing)).wait();
    assert_eq!(end, End::PoweredOff);
    assert_eq!(console.matches(RAN).count(), 3, "{console}");
    assert!(console.contains("without a guard this machine powers off in 10s"), "{console}");
}

/// From version 254 on systemd begins to power off at the first crash, and must be told that there is a guard again.
#[test]
fn an_agent_that_crashes_once_is_started_again_and_keeps_the_machine_up() {
    let once = "#!/bin/sh\necho \"AGENT $1 $HOME\" >/dev/console\n\
                if [ ! -e /run/curfew/once ]; then : >/run/curfew/once; kill -KILL $$; fi\n\
                while systemctl --quiet is-active 'curfew-power-off@*'; do sleep 0.1; done\n\
                echo UNTHREATENED >/dev/console\nexec shutdown -h now\n";
    let (end, console) = patient(once).boot(&Bucket::new(Mood::Giving, once)).wait();
    assert_eq!(end, End::PoweredOff);
    assert_eq!(console.matches(RAN).count(), 2, "{console}");
    assert!(console.contains("UNTHREATENED"), "{console}");
}

#[test]
fn at_a_shutdown_it_is_the_agent_that_ends_its_work() {
    let agent = "#!/bin/sh\nsleep infinity &\nwork=$!\n\
                 trap 'kill $work && echo \"ENDED its work\" >/dev/console; exit' TERM\n\
                 echo \"AGENT $1 $HOME\" >/dev/console\nwait\n";
    let machine = machine(agent);
    let booted = machine.boot(&Bucket::new(Mood::Giving, agent));
    booted.console.wait_for(RAN, BOUND);
    booted.run(&["systemctl", "--no-block", "poweroff"]);
    let (end, console) = booted.wait();
    assert_eq!(end, End::PoweredOff);
    assert!(console.contains("ENDED its work"), "{console}");
}

#[test]
fn a_person_can_keep_the_machine() {
    let faulty = "#!/bin/sh\nexit 78\n";
    let machine = machine(faulty);
    let booted = machine.boot(&Bucket::new(Mood::Giving, faulty));
    booted.console.wait_for(POWERS_OFF, BOUND);
    booted.run(&["systemctl", "stop", "curfew-power-off@*"]);
    assert_eq!(
        booted.run(&["systemctl", "show", "--property=ActiveState", "curfew-power-off@5s"]),
        "ActiveState=inactive"
    );
    let jobs = booted.run(&["systemctl", "list-jobs"]);
    assert!(!jobs.contains("poweroff") && !jobs.contains("shutdown"), "{jobs}");
}

#[test]
fn an_agent_that_hangs_is_started_again() {
    const HANGS_ONCE: &str = "#!/bin/sh\n[ ! -e /run/hung ] || { echo AGENT AGAIN >/dev/console; exec shutdown -h now; }\n\
        touch /run/hung\nexec sleep 1000\n";
    let bucket = Bucket::new(Mood::Giving, HANGS_ONCE);
    let machine = patient(HANGS_ONCE);
    let sooner = machine.path("/etc/systemd/system/curfew-agent.service.d");
    fs::create_dir_all(&sooner).expect("a folder");
    fs::write(sooner.join("sooner.conf"), "[Service]\nWatchdogSec=2s\n").expect("written");
    let (end, console) = machine.boot(&bucket).wait();
    assert_eq!(end, End::PoweredOff);
    assert!(console.contains("AGENT AGAIN"), "{console}");
}

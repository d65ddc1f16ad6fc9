//! EC2's notice, whatever the life is doing: what is there is saved, and the machine powers itself off once, and in time.

use super::{
    all,
    machine::{Cloud, RUN, SOON},
    phases::{ALL, Held},
};
use crate::parts::until;

const TIME: &str = "2026-01-02T03:06:05Z";

#[test]
fn a_notice_in_any_phase_saves_what_is_there() {
    let cloud = Cloud::start();
    all(&ALL, |held| {
        let life = held.boot(&cloud, |machine| {
            machine.checkpoint("touch $HOME/asked").file("checkpoints/before.pt", "from before")
        });
        life.machine.imds.interrupt("terminate", TIME);
        life.says("DETECTED action=terminate");
        life.powered_off(SOON);
        assert_eq!(life.ways(), ["shutdown -h now"], "{held:?}: once");
        assert_eq!(life.checkpoint("before.pt"), b"from before", "{held:?}");
        let is_asked = life.machine.path("asked").exists();
        assert_eq!(is_asked, *held == Held::Training, "{held:?}: only a workload can be asked");
        let training = life.training();
        let is_over = matches!(held, Held::ResultsSync | Held::Cleanup | Held::Down);
        let cause = if is_over { "itself" } else { "interruption" };
        assert_eq!(training["cause"], cause, "{held:?}: {training}");
        assert_eq!(life.object("models/model.bin"), held.has_begun().then(|| held.model()), "{held:?}");
        assert!(!life.holds_the_environment(), "{held:?}: {}", life.said());
    });
}

#[test]
fn a_notice_that_makes_no_sense_is_taken_for_the_worst_and_a_second_changes_nothing() {
    let cloud = Cloud::start();
    let made = "echo asked >> $HOME/asked; sleep 1; echo made > $CURFEW_CHECKPOINT_DIR/made.pt";
    let life = cloud.machine("odd").command("sleep 1000").checkpoint(made).boot();
    life.says(RUN);
    let imds = &life.machine.imds;
    imds.interrupt("explode", "soon");
    life.says("DETECTED");
    imds.interrupt("terminate", TIME);
    life.powered_off(SOON);
    let looks = || imds.seen().iter().filter(|line| line.contains("instance-action")).count();
    let before = looks();
    until::holds(SOON, || looks() >= before + 2).expect("it goes on looking");
    assert_eq!(life.ways(), ["shutdown -h now"]);
    let said = life.said();
    assert!(said.contains("DETECTED action=explode"), "{said}");
    assert_eq!((said.matches("DETECTED").count(), life.read("asked").as_str()), (1, "asked\n"), "{said}");
    assert_eq!(life.checkpoint("made.pt"), b"made\n");
}

#[test]
fn a_checkpoint_command_that_writes_nothing_is_said_and_holds_nothing_up() {
    let cloud = Cloud::start();
    let life = cloud.machine("empty").command("sleep 1000").checkpoint("true").boot();
    life.says(RUN);
    life.machine.imds.interrupt("terminate", TIME);
    life.powered_off(SOON);
    let said = life.said();
    assert!(said.contains("STATE: CHECKPOINT_OK"), "{said}");
    assert!(said.contains("is empty or missing: nothing to save"), "{said}");
}

//! Lives without S3 or the metadata service, for a while or for ever; and with an S3 that says no.

use std::time::Duration;

use super::{
    all,
    machine::{Cloud, REGION, RUN, SOON},
};
use crate::parts::{
    http::Answer,
    proxy::{Fault, Rule, s3_error},
    until,
};

/// As short as a configuration may have it.
const BRIEFLY: &str = "reach_within = \"10s\"\nsave_within = \"10s\"";

#[test]
fn a_bucket_that_is_away_for_a_while_gets_everything() {
    let cloud = Cloud::start();
    all(&["away-at-start", "away-meanwhile", "away-at-the-end"], |name| {
        let own = format!("/{name}/");
        let away = || cloud.proxy.add(Rule::of(&own, Fault::Say(Answer::Close)));
        let asked = || cloud.proxy.seen().iter().filter(|asked| asked.has(&own)).count();
        let machine = cloud.machine(name).command("while ! test -e $HOME/go-on; do sleep 0.1; done");
        if *name == "away-at-start" {
            away();
        }
        let life = machine.boot();
        match *name {
            "away-at-start" => cloud.proxy.wait_for(&own, 4),
            "away-meanwhile" => {
                life.says(RUN);
                away();
                life.says("the log cannot be sent at the moment");
            }
            _ => {
                life.says(RUN);
                away();
                let before = asked();
                life.write("go-on", "");
                life.says("the run ends");
                until::holds(SOON, || asked() > before + 4).expect("it tries");
            }
        }
        cloud.proxy.lift(&own);
        life.write("go-on", "");
        life.powered_off(SOON);
        assert_eq!(life.training()["outcome"]["code"], 0, "{name}");
        assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()), "{name}");
        assert!(!life.holds_the_environment(), "{name}: {}", life.said());
    });
}

#[test]
fn a_bucket_that_is_away_for_ever_holds_no_machine() {
    let cloud = Cloud::start();
    for (with, fault) in [
        ("/never-there/", Answer::Close),
        ("/never-answers/", Answer::Hang),
        // With its checkpoints.
        ("later-gone", Answer::Close),
        ("later-silent", Answer::Hang),
    ] {
        let later = with.starts_with("later");
        if !later {
            cloud.proxy.add(Rule::of(with, Fault::Say(fault.clone())));
        }
    }
    all(&["never-there", "never-answers", "later-gone", "later-silent"], |name| {
        let wait = "while ! test -e $HOME/go-on; do sleep 0.1; done; echo 7 > $CURFEW_CHECKPOINT_DIR/epoch";
        let life = cloud.machine(name).with("limits", BRIEFLY).command(wait).checkpoint("true").boot();
        if name.starts_with("later") {
            life.says(RUN);
            let fault = if *name == "later-gone" { Answer::Close } else { Answer::Hang };
            cloud.proxy.add(Rule::of(name, Fault::Say(fault)));
            life.write("go-on", "");
        }
        life.powered_off(SOON);
        let begun = life.said().contains(RUN);
        assert_eq!(begun, name.starts_with("later"), "{name}: {}", life.said());
        assert_eq!(life.object("models/model.bin"), None, "{name}");
    });
}

#[test]
fn a_bucket_that_says_no_is_understood() {
    let cloud = Cloud::start();
    let conflict = || Fault::Say(s3_error(409, "ConditionalRequestConflict"));
    let state = |name: &str, fault| Rule::of(&format!("/{name}/system-state.json"), fault).method("PUT");
    cloud.proxy.add(state("conflict", conflict()).times(2));
    // It is written, and the answer is lost: the next attempt finds the environment held, by this very run.
    cloud.proxy.add(state("lost", Fault::Lose).times(1));
    cloud.proxy.add(Rule::of("/busy/", Fault::Say(s3_error(503, "SlowDown"))).times(6));
    cloud.proxy.add(Rule::of("/denied/", Fault::Say(s3_error(403, "AccessDenied"))));
    let moved = Answer::Whole {
        status: 301,
        headers: vec![("x-amz-bucket-region".into(), REGION.into())],
        body: b"<Error><Code>PermanentRedirect</Code></Error>".to_vec(),
    };
    cloud.proxy.add(Rule::of("/eu-west-1/s3/", Fault::Say(moved)));
    cloud.put("data-cut/file", &[7; 100_000]);
    cloud.proxy.add(Rule::of("/data-cut/file", Fault::CutAfter(1000)).method("GET").times(2));
    let at_once = "the run ends: ";
    all(
        &[
            ("conflict", None),
            ("lost", None),
            ("busy", None),
            ("cut", None),
            ("region", None),
            ("denied", Some("the role needs s3:PutObject")),
            ("no-bucket", Some("make the bucket")),
        ],
        |(name, refusal)| {
            let machine = cloud.machine(name).command("wc -c < $HOME/data/file");
            let machine = match *name {
                "cut" => machine.data("data-cut/"),
                "region" => machine.run("region = \"eu-west-1\""),
                "no-bucket" => machine.bucket("curfew-no-such-bucket"),
                _ => machine,
            };
            let life = machine.boot();
            life.powered_off(SOON);
            let said = life.said();
            match refusal {
                Some(why) => {
                    let line = said.lines().find(|line| line.contains(at_once)).unwrap_or_default();
                    assert!(line.contains(why), "{name}: {said}");
                }
                None => {
                    assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()), "{name}: {said}");
                    assert!(!life.holds_the_environment(), "{name}: {said}");
                }
            }
            if *name == "cut" {
                assert!(life.log("output.log").contains("100000"), "{said}");
            }
        },
    );
}

#[test]
fn an_environment_is_taken_over_from_the_silent_and_given_up_to_whom_took_it() {
    let cloud = Cloud::start();
    let other = |run: &str| format!(r#"{{"run_id": "{run}", "instance_id": "i-0aaaaaaaaaaaaaaaa"}}"#);
    cloud.put("silent/system-state.json", other("2026-01-01-000000").as_bytes());
    let listed = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>silent/system-state.json</Key>\
                  <LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"a\"</ETag><Size>70</Size></Contents></ListBucketResult>";
    cloud.proxy.add(Rule::of("prefix=silent%2Fsystem-state.json", Fault::Say(Answer::text(200, listed))));
    all(&["silent", "taken"], |name| {
        if *name == "silent" {
            let life = cloud.machine("silent").boot();
            life.powered_off(SOON);
            assert!(life.said().contains("taking environment silent over: "), "{}", life.said());
            assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()));
        } else {
            let life = cloud.machine("taken").command("sleep 1000").boot();
            life.says(RUN);
            until::holds(SOON, || life.holds_the_environment()).expect("it does");
            cloud.put("taken/system-state.json", other("2099-01-01-000000").as_bytes());
            life.powered_off(SOON);
            assert!(life.said().contains("was taken over by another run"), "{}", life.said());
            assert!(life.holds_the_environment(), "the other's");
        }
    });
}

#[test]
fn a_metadata_service_that_never_answers_keeps_no_instance_up() {
    let cloud = Cloud::start();
    let machine = cloud.machine("mute").of_ec2();
    machine.imds.fail("", usize::MAX, Answer::Hang);
    let life = machine.boot();
    life.powered_off(Duration::from_secs(60));
    assert!(life.said().contains("notices cannot be looked for at the moment"), "{}", life.said());
    assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()));
}

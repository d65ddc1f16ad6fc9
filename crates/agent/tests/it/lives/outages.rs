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

/// More than any of these lives takes: some wait for three bounds of ten seconds, one for a heartbeat.
const PATIENTLY: Duration = Duration::from_secs(120);

/// Without a word from the network.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Most of these lives do nothing but wait: they are lived at the same time.
#[test]
fn whatever_is_away_or_says_no_a_life_comes_to_its_end() {
    let cloud = Cloud::start();
    let lives: [fn(&Cloud); 5] = [
        a_bucket_that_is_away_for_a_while_gets_everything,
        a_bucket_that_is_away_for_ever_holds_no_machine,
        a_bucket_that_says_no_is_understood,
        an_environment_is_taken_over_from_the_silent_and_given_up_to_whom_took_it,
        a_metadata_service_that_never_answers_keeps_no_instance_up,
    ];
    all(&lives, |live| live(&cloud));
}

fn a_bucket_that_is_away_for_a_while_gets_everything(cloud: &Cloud) {
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
            _ => {
                life.says(RUN);
                away();
                let before = asked();
                if *name == "away-at-the-end" {
                    life.write("go-on", "");
                    life.says("the run ends");
                }
                until::holds(SOON, || asked() > before + 4).expect("it tries");
            }
        }
        cloud.proxy.lift(&own);
        life.write("go-on", "");
        life.powered_off(PATIENTLY);
        assert_eq!(life.training()["outcome"]["code"], 0, "{name}");
        assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()), "{name}");
        assert!(!life.holds_the_environment(), "{name}: {}", life.said());
    });
}

fn a_bucket_that_is_away_for_ever_holds_no_machine(cloud: &Cloud) {
    all(&["never-there", "never-answers", "later-gone", "later-silent"], |name| {
        let wait = "while ! test -e $HOME/go-on; do sleep 0.1; done; echo 7 > $CURFEW_CHECKPOINT_DIR/epoch";
        let silent = matches!(*name, "never-answers" | "later-silent");
        let away = || {
            let answer = if silent { Answer::Hang } else { Answer::Close };
            cloud.proxy.add(Rule::of(name, Fault::Say(answer)));
        };
        let machine = cloud.machine(name).with("limits", BRIEFLY).command(wait).checkpoint("true");
        if name.starts_with("never") {
            away();
        }
        let life = machine.boot();
        if name.starts_with("later") {
            life.says(RUN);
            away();
            life.write("go-on", "");
        }
        life.powered_off(PATIENTLY);
        let begun = life.said().contains(RUN);
        assert_eq!(begun, name.starts_with("later"), "{name}: {}", life.said());
        assert_eq!(life.object("models/model.bin"), None, "{name}");
    });
}

fn a_bucket_that_says_no_is_understood(cloud: &Cloud) {
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
            life.powered_off(PATIENTLY);
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

fn an_environment_is_taken_over_from_the_silent_and_given_up_to_whom_took_it(cloud: &Cloud) {
    let other = |run: &str| format!(r#"{{"run_id": "{run}", "instance_id": "i-0aaaaaaaaaaaaaaaa"}}"#);
    cloud.put("silent/system-state.json", other("2026-01-01-000000").as_bytes());
    let listed = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>silent/system-state.json</Key>\
                  <LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"a\"</ETag><Size>70</Size></Contents></ListBucketResult>";
    cloud.proxy.add(Rule::of("prefix=silent%2Fsystem-state.json", Fault::Say(Answer::text(200, listed))));
    all(&["silent", "taken"], |name| {
        if *name == "silent" {
            let life = cloud.machine("silent").boot();
            life.powered_off(PATIENTLY);
            assert!(life.said().contains("environment silent: the lock of run"), "{}", life.said());
            assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()));
        } else {
            let life = cloud.machine("taken").command("sleep 1000").boot();
            life.says(RUN);
            until::holds(SOON, || life.holds_the_environment()).expect("it does");
            cloud.put("taken/system-state.json", other("2099-01-01-000000").as_bytes());
            life.powered_off(PATIENTLY);
            assert!(life.said().contains("was taken over by another run"), "{}", life.said());
            assert!(life.holds_the_environment(), "the other's");
        }
    });
}

fn a_metadata_service_that_never_answers_keeps_no_instance_up(cloud: &Cloud) {
    let machine = cloud.machine("mute").of_ec2();
    machine.imds.fail("", usize::MAX, Answer::Hang);
    let life = machine.boot();
    life.powered_off(PATIENTLY);
    assert!(life.said().contains("notices cannot be looked for at the moment"), "{}", life.said());
    assert_eq!(life.object("models/model.bin"), Some(b"weights".to_vec()));
}

/// Whoever is begun again has to know how far it had come.
#[test]
fn a_bucket_that_takes_no_phase_keeps_it_from_nobody_here() {
    let cloud = Cloud::start();
    cloud.proxy.add(Rule::of("if-match: ", Fault::Say(Answer::Hang)).method("PUT"));
    let life = cloud.machine("untold").command("touch $HOME/begun; sleep 1000").boot();
    until::holds(SOON, || life.machine.path("begun").exists()).expect("it begins");
    until::holds(AT_ONCE, || life.phase() == "training")
        .unwrap_or_else(|()| panic!("{}: {}", life.phase(), life.said()));
}

//! `agent.toml` read, rendered and torn.

use std::time::Duration;

use document::Fault;
use proptest::{collection::btree_map, collection::vec, option, prelude::*};

use super::*;

const LEAST: &str = "[run]\nenvironment = \"dev\"\n";

fn faults(text: &str) -> Vec<String> {
    AgentConfig::parse(text).err().unwrap_or_default().iter().map(Fault::to_string).collect()
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

#[test]
fn the_least_is_an_environment_and_everything_else_has_its_default() {
    let config = AgentConfig::parse(LEAST).expect("a whole file");
    assert_eq!(config, AgentConfig::bare("dev".parse().expect("a name")));
    assert_eq!(
        config.limits,
        Limits {
            max_runtime: minutes(240),
            on_end: OnEnd::Terminate,
            reach_within: minutes(5),
            save_within: minutes(10)
        }
    );
}

#[test]
fn every_fault_comes_at_once_with_its_line() {
    let text = r#"version = 1
[limits]
max_runtime = "-4h"
on_ende = "stop"
[idle]
checks = 0
[run]
command = "python train.py"
workdir = "run"
env = { "2x" = "1", GOOD = 3 }
[[run.data]]
from = "my-bucket/x"
to = "data"
[[run.results]]
from = "/data/output"
to = "../up"
every = "1s"
[checkpoint]
deadline = "3m"
prefix = "/checkpoints"
[logs]
[flet]
"#;
    let expected = [
        "line 3: limits.max_runtime: `-4h` is not a length of time: write a number and a unit, for example \"90s\", \
         \"15m\", \"2h\", \"1h 30m\" or \"3d\"",
        "line 4: limits.on_ende: there is no such key; did you mean `on_end`?",
        "line 6: idle.checks: must be from 1 to 1000",
        "line 7: run.bucket: is missing: needed for the state and logs of run.command, run.results, checkpoint",
        "line 7: run.environment: is missing",
        "line 9: run.workdir: \"run\" is not an absolute path: write it from / on, without ..",
        "line 10: run.env.2x: is not a variable's name: use letters, digits and _, beginning with no digit",
        "line 10: run.env.GOOD: must be text in quotes, not a number without quotes",
        "line 12: run.data[1].from: \"my-bucket/x\" is no place in S3: one is written s3://bucket/folder/",
        "line 13: run.data[1].to: \"data\" is not an absolute path: write it from / on, without ..",
        "line 16: run.results[1].to: \"../up\" is not a folder in the bucket: write it like models/, without / in \
         front or ..",
        "line 17: run.results[1].every: `1s` is out of bounds: from 10s to 24h",
        "line 18: checkpoint.job_id: is missing: it says whose checkpoints these are, for example job_id = \"train-001\"",
        "line 19: checkpoint.deadline: `3m` is out of bounds: from 1s to 1m 50s",
        "line 20: checkpoint.prefix: \"/checkpoints\" is not a folder in the bucket: write it like models/, without \
         / in front or ..",
        "line 21: logs.cloudwatch_group: is missing; or add metrics = true",
        "line 22: flet: there is no such key; did you mean `fleet`?",
    ];
    assert_eq!(faults(text), expected);
}

#[test]
fn single_values_are_held_against_their_rules() {
    let check = |section: &str, line: &str, key: &str| {
        let run = if section == "[run]" { "" } else { LEAST };
        let environment = if section == "[run]" { "environment = \"dev\"" } else { "" };
        let found = faults(&format!("{section}\n{environment}\n{line}\n{run}"));
        assert!(found.len() == 1 && found[0].contains(key), "{line}: {found:?}");
    };
    check("version = 0\n[limits]", "", "version");
    check("version = \"1\"\n[limits]", "", "version");
    check("[limits]", "max_runtime = \"9999h\"", "limits.max_runtime");
    check("[limits]", "max_runtime = 4", "limits.max_runtime");
    check("[limits]", "on_end = \"nothing\"", "limits.on_end");
    check("[limits]", "on_end = \"halt\"", "limits.on_end");
    check("[idle]", "cpu_above_percent = 101", "idle.cpu_above_percent");
    check("[idle]", "cpu_above_percent = -1", "idle.cpu_above_percent");
    check("[idle]", "cpu_above_percent = 99999999999999999999", "idle.cpu_above_percent");
    check("[idle]", "processes = \"torchrun\"", "idle.processes");
    check("[idle]", "processes = [\"torchrun\", \"\"]", "idle.processes[2]");
    check("[idle]", "enabled = \"yes\"", "idle.enabled");
    check("[preflight]", "accelerator = \"amd\"", "preflight.accelerator");
    check("[preflight]", "devices = 1", "preflight.devices");
    check("[preflight]", "imports = [\"torch\"]", "preflight.imports");
    check("[preflight]", "python = \"/v/bin/python\"\nimports = [\"os; evil\"]", "preflight.imports[1]");
    check("[run]", "bucket = \"s3://b\"", "run.bucket");
    check("[run]", "region = \"europe\"", "run.region");
    check("[run]", "repository = \"--upload-pack=evil\"", "run.repository");
    check("[run]", "repository = \"https://me:secret@example.com/a.git\"", "run.repository: has credentials");
    check("[run]", "repository = \"https://ghp_0123@example.com/a.git\"", "run.repository: has credentials");
    check("[run]", "repository = \"ssh://git:secret@example.com/a.git\"", "run.repository: has credentials");
    check("[run]", "revision = \"main\"", "run.revision");
    check("[run]", "setup = \" \"", "run.setup");
    check("[run]", "container = \"-it\"", "run.container");
    check("[logs]", "cloudwatch_group = \"a b\"", "logs.cloudwatch_group");
    check("[fleet]", "group = \"\"", "fleet.group");
    check("[fleet]", "group = \"g\"\nmembers = 0", "fleet.members");
}

#[test]
fn a_repository_may_be_named_in_every_way_that_tells_nothing() {
    let urls = [
        "https://example.com/a@b.git",
        "ssh://git@example.com/a.git",
        "git@example.com:me/a.git",
        "codecommit::us-east-1://me@a",
    ];
    for url in urls {
        assert_eq!(faults(&format!("{LEAST}repository = \"{url}\"\n")), [""; 0], "{url}");
    }
}

#[test]
fn results_leave_the_agents_own_files_alone() {
    for to in ["logs/", "training.json", "config.toml/x", ""] {
        let text =
            format!("{LEAST}bucket = \"my-bucket\"\n[[run.results]]\nfrom = \"/data\"\nto = \"{to}\"\n");
        assert_eq!(faults(&text).len(), 1, "{to}");
    }
}

#[test]
fn metrics_are_off_unless_asked_for() {
    let metrics =
        |logs: &str| AgentConfig::parse(&format!("{LEAST}[logs]\n{logs}\n")).expect("in order").metrics;
    assert_eq!(metrics("cloudwatch_group = \"/curfew/dev\""), None, "logs cost little, metrics more");
    assert_eq!(metrics("metrics = true"), Some(Metrics::default()));
    assert_eq!(
        metrics("metrics = true\nfigures = [\"loss\"]"),
        Some(Metrics { figures: vec!["loss".into()] })
    );
    assert_eq!(
        faults(&format!("{LEAST}[logs]\nmetrics = false\nfigures = [\"one loss\"]\n")),
        [
            "line 5: logs.figures[1]: \"one loss\" is no figure's name: use letters, digits and _ - . /, beginning with a \
             letter, at most 64",
            "line 5: logs.figures: go where? add metrics = true",
        ]
    );
}

#[test]
fn of_a_newer_version_only_that_is_said() {
    let text = "version = 2\n[run]\nplanet = \"mars\"\n";
    assert_eq!(
        faults(text),
        ["line 1: version: is newer than this agent, which reads versions up to 1: use a newer agent"]
    );
}

/// Text of every kind that a TOML file and a shell can hold.
fn script() -> impl Strategy<Value = String> {
    r#"[ -~\n\t"'\\é🙂]{0,20}[a-z]"#
}

fn path() -> impl Strategy<Value = String> {
    "/[ -~é]{0,9}[a-z]".prop_map(|path| path.replace("..", "._"))
}

fn length(least: u64, most: u64) -> impl Strategy<Value = Duration> {
    (least..=most).prop_map(Duration::from_secs)
}

prop_compose! {
    fn any_run()(
        environment in "[a-zA-Z0-9_-]{1,59}",
        region in option::of("[a-z]{2}-[a-z]{4,9}-[1-9]"),
        source in option::of(("https://[a-z./]{1,20}", option::of("[a-z0-9/]{1,9}"))),
        setup in option::of(script()),
        command in option::of(script()),
        env in btree_map("[A-Z_][A-Z0-9_]{0,8}", "[ -~\n\"'\\\\é\u{1}\u{7f}\u{85}]{0,9}", 0..3),
        container in option::of("[a-z][a-z0-9_.-]{0,9}"),
        rate_micro_usd_per_hour in option::of(1..=check::DEAREST),
        data in vec(("[a-z]{3,9}/[a-zé][a-z é/]{0,9}", path()), 0..3),
        results in vec((path(), "[a-k]{1,9}/?", option::of(length(10, 86400))), 0..3),
    ) -> Run {
        let (repository, revision) = source.map_or((None, None), |(from, revision)| (Some(from), revision));
        Run {
            bucket: Some("my-bucket".into()),
            region, repository, revision, setup, command, env, container, rate_micro_usd_per_hour,
            data: data.into_iter().map(|(from, to)| Data { from: format!("s3://{from}"), to }).collect(),
            results: results.into_iter().map(|(from, to, every)| Results { from, to, every }).collect(),
            ..Run::bare(environment.parse().expect("a name"))
        }
    }
}

prop_compose! {
    fn any_checkpoint()(
        job in "[a-zA-Z0-9_-]{1,59}",
        directory in "/[a-z/]{0,9}",
        command in option::of(script()),
        deadline in length(1, 110),
        every in option::of(length(10, 86400)),
        prefix in "[a-z]{1,5}(/[a-z]{1,5}){0,2}/?",
        (restore, on_rebalance) in any::<(bool, bool)>(),
    ) -> Checkpoint {
        let job_id = job.parse().expect("a name");
        Checkpoint { job_id, directory, command, deadline, every, prefix, restore, on_rebalance }
    }
}

prop_compose! {
    fn any_idle()(
        grace in length(0, 86400),
        every in length(5, 3600),
        checks in 1..=1000u32,
        percents in [0..=100u8, 0..=100u8, 0..=100u8],
        processes in vec(script().prop_map(|text| text.replace(['\n', '\t'], " ")), 0..3),
    ) -> Idle {
        let [cpu_above_percent, memory_above_percent, accelerator_above_percent] = percents;
        Idle { grace, every, checks, cpu_above_percent, memory_above_percent, accelerator_above_percent, processes }
    }
}

prop_compose! {
    fn any_preflight()(
        accelerator in option::of((any::<bool>(), 1..=1024u32)),
        disk_gib in 0..=1_000_000u32,
        python in option::of(("/[a-z/]{1,9}", vec("[a-z]{1,5}(\\.[a-z]{1,5})?", 0..3))),
    ) -> Preflight {
        let kind = |nvidia| if nvidia { AcceleratorKind::Nvidia } else { AcceleratorKind::Neuron };
        Preflight {
            accelerator: accelerator.map(|(nvidia, devices)| Accelerator { kind: kind(nvidia), devices }),
            disk_gib,
            python: python.map(|(interpreter, imports)| Python { interpreter, imports }),
        }
    }
}

prop_compose! {
    fn any_config()(
        max_runtime in length(60, 30 * 86400),
        (reach_within, save_within) in (length(10, 3600), length(10, 86400)),
        stop in any::<bool>(),
        idle in option::of(any_idle()),
        preflight in any_preflight(),
        run in any_run(),
        checkpoint in option::of(any_checkpoint()),
        cloudwatch_group in option::of("[a-zA-Z0-9._/#-]{1,30}"),
        figures in option::of(vec("[a-z][a-z0-9_/.-]{0,9}", 0..3)),
        fleet in option::of(("[a-zA-Z0-9 -]{1,30}", 1..9_u32).prop_map(|(group, members)| Fleet { group, members })),
    ) -> AgentConfig {
        let on_end = if stop { OnEnd::Stop } else { OnEnd::Terminate };
        let limits = Limits { max_runtime, on_end, reach_within, save_within };
        let metrics = figures.map(|figures| Metrics { figures });
        AgentConfig { limits, idle, preflight, run, checkpoint, cloudwatch_group, metrics, fleet }
    }
}

proptest! {
    #[test]
    fn what_is_rendered_is_read_back(config in any_config()) {
        let text = config.render();
        prop_assert_eq!(AgentConfig::parse(&text), Ok(config), "{}", text);
    }
}

//! Files as they were once written, one set per version of their formats. They are never edited: what has been released
//! must still be read, and the current version must still be written byte by byte like its own file.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use protocol::{
    AgentConfig, Phase, SystemState, Training,
    checkpoint::{Entry, Manifest},
    config::{
        self, Accelerator, AcceleratorKind, Checkpoint, Data, Fleet, Idle, Limits, OnEnd, Preflight, Python,
        Results, Run,
    },
    state::{Timestamps, TrainingConfig, lock::Holder},
    training::{Cause, Metrics, Outcome, Times},
};

fn golden(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    fs::read_to_string(path).expect(name)
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a constant of this test")
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

fn config() -> AgentConfig {
    AgentConfig {
        limits: Limits {
            max_runtime: minutes(240),
            on_end: OnEnd::Terminate,
            reach_within: minutes(5),
            save_within: minutes(10),
        },
        idle: Some(Idle { processes: vec!["torchrun".into(), "python .*train".into()], ..Idle::default() }),
        preflight: Preflight {
            accelerator: Some(Accelerator { kind: AcceleratorKind::Nvidia, devices: 1 }),
            disk_gib: 20,
            python: Some(Python {
                interpreter: "/opt/venv/bin/python".into(),
                imports: vec!["torch".into()],
            }),
        },
        run: Run {
            bucket: Some("my-bucket".into()),
            region: Some("us-east-2".into()),
            repository: Some("https://example.com/me/train.git".into()),
            revision: Some("main".into()),
            setup: Some("pip install -r requirements.txt".into()),
            command: Some("python train.py --epochs 15\necho \"done\"".into()),
            env: BTreeMap::from([("SEED".into(), "42".into())]),
            container: Some("trainer".into()),
            data: vec![Data { from: "s3://my-bucket/cached-datasets/x/".into(), to: "/data".into() }],
            results: vec![Results {
                from: "/data/output".into(),
                to: "models/".into(),
                every: Some(minutes(10)),
            }],
            ..Run::bare(parsed("dev"))
        },
        checkpoint: Some(Checkpoint {
            command: Some("kill -USR1 1".into()),
            every: Some(minutes(10)),
            ..Checkpoint::of(parsed("train-001"))
        }),
        cloudwatch_group: Some("/curfew/dev".into()),
        metrics: None,
        fleet: Some(Fleet { group: "nightly".into(), members: 1 }),
    }
}

fn state() -> SystemState {
    SystemState {
        version: SystemState::VERSION,
        run_id: parsed("2025-01-15-143022"),
        environment: parsed("dev"),
        status: Phase::Training,
        current_step: "command".into(),
        instance_id: Some(parsed("i-0123456789abcdef0")),
        instance_type: Some("g4dn.2xlarge".into()),
        s3_prefix: "s3://my-bucket/dev/2025-01-15-143022/".into(),
        timestamps: Timestamps {
            start: parsed("2025-01-15T14:30:22Z"),
            last_update: parsed("2025-01-15T15:42:10Z"),
        },
        training_config: TrainingConfig {
            command: Some("python train.py --epochs 15".into()),
            max_runtime_seconds: Some(14_400),
            ..TrainingConfig::default()
        },
        error_message: None,
        pid: Some(4711),
        heartbeat: 143,
        elapsed_seconds: 4308,
    }
}

fn training() -> Training {
    let mut metrics = Metrics::default();
    assert!(metrics.record("loss", 0.125) && metrics.record("epoch", 15.0));
    Training {
        version: Training::VERSION,
        run_id: parsed("2025-01-15-143022"),
        environment: parsed("dev"),
        job_id: Some(parsed("train-001")),
        command: Some("python train.py --epochs 15".into()),
        instance_id: Some(parsed("i-0123456789abcdef0")),
        instance_type: Some("g4dn.2xlarge".into()),
        outcome: Outcome::Signalled { signal: 9, oom: true },
        cause: Cause::Itself,
        times: Times {
            start: parsed("2025-01-15T14:30:22Z"),
            command_start: Some(parsed("2025-01-15T14:33:00Z")),
            command_end: Some(parsed("2025-01-15T16:30:00.5Z")),
            end: parsed("2025-01-15T16:31:02Z"),
            elapsed_seconds: 7240,
        },
        metrics,
        cost_micro_usd: Some(1_512_000),
        faults: vec!["results of /data/output could not be read".into()],
    }
}

fn manifest() -> Manifest {
    let shared = Entry {
        path: "base/weights.pt".into(),
        size: 1_048_576,
        sha256: "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9".into(),
        key: Some("checkpoints/train-001/2025/01/15/140000Z/base/weights.pt".into()),
        mode: Some(0o640),
    };
    let own = Entry {
        path: "adam.pt".into(),
        size: 0,
        sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into(),
        key: None,
        mode: None,
    };
    Manifest::new(
        parsed("train-001"),
        Some(parsed("i-0123456789abcdef0")),
        "terminate",
        parsed("2025-01-15T14:30:22Z"),
        vec![shared, own],
    )
}

#[test]
fn agent_toml() {
    let text = golden("agent.v1.toml");
    assert_eq!(AgentConfig::parse(&text), Ok(config()));
    assert_eq!(config().render(), text);
}

/// With the keys that came later; a reader of before them says which it does not know.
#[test]
fn agent_toml_with_a_rate_and_metrics() {
    let text = golden("agent.v1-metrics.toml");
    let bare = AgentConfig::bare(parsed("dev"));
    let config = AgentConfig {
        idle: None,
        run: Run { rate_micro_usd_per_hour: Some(1_006_000), ..bare.run },
        metrics: Some(config::Metrics { figures: vec!["loss".into(), "eval/accuracy".into()] }),
        ..bare
    };
    assert_eq!(AgentConfig::parse(&text), Ok(config.clone()));
    assert_eq!(config.render(), text);
}

#[test]
fn system_state() {
    let text = golden("system-state.v1.json");
    assert_eq!(SystemState::parse(text.as_bytes()).expect("readable"), state());
    assert_eq!(state().render(), text);
}

/// As the scripts wrote it that Curfew replaces: no version, no heartbeat, fields of their own.
#[test]
fn a_state_from_before_there_were_versions() {
    let text = golden("system-state.v0.json");
    let state = SystemState::parse(text.as_bytes()).expect("readable");
    assert_eq!((state.version, state.status, state.heartbeat), (1, Phase::Training, 0));
    let holder = Holder::parse(text.as_bytes()).expect("readable").to_string();
    assert_eq!(holder, "run 2025-01-15-143022 on i-0123456789abcdef0 (g4dn.2xlarge, training)");
}

#[test]
fn training_json() {
    let text = golden("training.v1.json");
    assert_eq!(Training::parse(text.as_bytes()).expect("readable"), training());
    assert_eq!(training().render(), text);
}

#[test]
fn checkpoint_manifest() {
    let text = golden("metadata.v1.json");
    let manifest = manifest();
    assert_eq!(Manifest::parse(text.as_bytes(), &manifest.job_id).expect("readable"), manifest);
    assert_eq!(manifest.render(), text);
}

#[test]
fn fields_of_a_later_time_are_passed_over() {
    let later = |name: &str| golden(name).replacen('{', "{\n  \"of_a_later_time\": {\"any\": [1]},", 1);
    assert!(SystemState::parse(later("system-state.v1.json").as_bytes()).is_ok());
    assert!(Training::parse(later("training.v1.json").as_bytes()).is_ok());
    assert!(Manifest::parse(later("metadata.v1.json").as_bytes(), &manifest().job_id).is_ok());
}

//! Saves, restores, mirrors or fetches, and says how long it took and how much memory: what the sync's figures are measured
//! with.
//!
//! `sync save|restore|results|data DIRECTORY BUCKET STATE_FOLDER [--discard]`. The bucket is a folder, or `s3://name` with
//! the agent's own environment (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, ...); with `--discard` it is a folder whose bucket reads
//! files to their ends and keeps nothing, so that 40 GiB need no disk.

use std::{
    fs::{self, File},
    io,
    path::Path,
    sync::Arc,
    time::Duration,
};

use agent::{
    decide::line::Line,
    io::{
        aws::{Aws, Endpoints},
        clock,
        credentials::Keys,
        http::Http,
        imds::{self, Imds},
        machine::Root,
        s3,
        tls::Roots,
    },
    sync::{
        Tools,
        bucket::{Bucket, Condition, Deadline, Depth, Etag, Fault, FaultKind, Page},
        checkpoint::{Job, save},
        data::{Data, fetch},
        folder::Folder,
        pace::{Real, Stop},
        restore::restore,
        results::{Results, mirror},
        s3::S3,
    },
};
use anyhow::{Context, bail};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, directory, bucket, state, rest @ ..] = &arguments[..] else {
        bail!("usage: sync save|restore|results|data DIRECTORY BUCKET_FOLDER STATE_FOLDER [--discard]");
    };
    let bucket: Box<dyn Bucket> = match bucket.strip_prefix("s3://") {
        Some(name) => Box::new(S3::new(of_environment(name), Stop::default())),
        None if rest.iter().any(|rest| rest == "--discard") => Box::new(Discard(Folder::at(bucket))),
        None => Box::new(Folder::at(bucket)),
    };
    let pace = Real::default();
    let began = clock::now();
    let lines = run(what, directory.as_ref(), state.as_ref(), Tools { bucket: &*bucket, pace: &pace })?;
    let took = clock::now().up - began.up;
    for line in lines {
        println!("{}", line.at(clock::now().wall));
    }
    println!("seconds={:.2} peak_kib={}", took.as_secs_f64(), peak()?);
    Ok(())
}

/// A bucket of S3's, as the agent finds it.
fn of_environment(name: &str) -> s3::Bucket {
    let variable = |name: &str| std::env::var(name).ok();
    let (root, region) = (Root::real(), variable("AWS_REGION").unwrap_or_else(|| "us-east-1".into()));
    let metadata =
        Imds::new(Http::direct(Roots::find(&root, variable)), variable, imds::looks_like_ec2(&root));
    let keys = Keys::find(variable, metadata);
    let aws = Aws::new(Http::new(Roots::find(&root, variable)), keys, Endpoints::from_environment(variable));
    s3::Bucket::new(Arc::new(aws), name, &region)
}

fn run(what: &str, directory: &Path, state: &Path, tools: Tools<'_>) -> anyhow::Result<Vec<Line>> {
    let by = Deadline(clock::now().up + Duration::from_secs(3600));
    let directory = directory.to_owned();
    let memory = state.join(format!("{what}.json"));
    let job = || -> anyhow::Result<Job> {
        let (directory, memory) = (directory.clone(), state.join("checkpoint.json"));
        Ok(Job { id: "bench".parse()?, prefix: "checkpoints".into(), directory, memory, instance: None })
    };
    Ok(match what {
        "save" => save(&job()?, "manual", tools, by).lines,
        "restore" => restore(&job()?, tools, by).lines,
        "results" => {
            mirror(&Results { directory: directory.clone(), prefix: "results/".into(), memory }, tools, by)
                .lines
        }
        "data" => fetch(&Data { directory: directory.clone(), prefix: "results/".into() }, tools, by).lines,
        other => bail!("{other:?} is none of save, restore, results, data"),
    })
}

/// The most memory that was resident, in KiB.
fn peak() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("reading /proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    line.trim().trim_end_matches(" kB").parse().context("VmHWM is no number")
}

/// A bucket that reads what it is given and forgets it.
struct Discard(Folder);

impl Bucket for Discard {
    fn name(&self) -> String {
        self.0.name()
    }

    fn put_bytes(&self, key: &str, body: &[u8], condition: &Condition, by: Deadline) -> Result<Etag, Fault> {
        self.0.put_bytes(key, body, condition, by)
    }

    fn put_file(&self, _: &str, path: &Path, _: Deadline) -> Result<Etag, Fault> {
        let copied = File::open(path).and_then(|mut file| io::copy(&mut file, &mut Sink));
        copied.map_err(|error| Fault::new(FaultKind::Local, error.to_string())).map(|_| Etag(String::new()))
    }

    fn get_bytes(&self, key: &str, most: u64, by: Deadline) -> Result<(Vec<u8>, Etag), Fault> {
        self.0.get_bytes(key, most, by)
    }

    fn get_file(&self, key: &str, size: u64, path: &Path, by: Deadline) -> Result<Etag, Fault> {
        self.0.get_file(key, size, path, by)
    }

    fn page(&self, prefix: &str, after: &str, depth: Depth, by: Deadline) -> Result<Page, Fault> {
        self.0.page(prefix, after, depth, by)
    }

    fn delete(&self, key: &str, by: Deadline) -> Result<(), Fault> {
        self.0.delete(key, by)
    }
}

struct Sink;

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

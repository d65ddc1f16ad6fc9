//! The agent's network by hand, and what its figures are measured with: how large a binary that does all of it is, how
//! much memory it takes, how fast it moves a file.
//!
//! ```text
//! network put|get BUCKET KEY FILE     network list BUCKET PREFIX     network delete BUCKET KEY
//! network terminate|stop INSTANCE     network scale-in INSTANCE      network log GROUP STREAM TEXT
//! network metric NAMESPACE NAME VALUE network imds
//! ```
//! The region is `AWS_REGION`; everything else is found as by the agent. `WORKERS` sets the threads for one file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use agent::io::aws::{Aws, Endpoints};
use agent::io::clock;
use agent::io::credentials::Keys;
use agent::io::ec2::{Capacity, Ec2};
use agent::io::http::{Deadline, Http};
use agent::io::imds::{self, Imds};
use agent::io::logs::{Line, Logs};
use agent::io::machine::Root;
use agent::io::metrics::{Figure, Metrics, Unit};
use agent::io::s3::Bucket;
use agent::io::tls::Roots;
use anyhow::{Context, bail};

fn main() -> anyhow::Result<()> {
    let variable = |name: &str| std::env::var(name).ok();
    let words: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let region = variable("AWS_REGION").unwrap_or_else(|| "us-east-1".into());
    let (root, deadline) = (Root::real(), Deadline::after(Duration::from_secs(600)));
    let metadata =
        || Imds::new(Http::direct(Roots::find(&root, variable)), variable, imds::looks_like_ec2(&root));
    let keys = Keys::find(variable, metadata());
    let http = Http::new(Roots::find(&root, variable));
    let aws = Arc::new(Aws::new(http, keys, Endpoints::from_environment(variable)));
    let bucket = |name: &str| {
        let bucket = Bucket::new(aws.clone(), name, &region);
        match variable("WORKERS").and_then(|workers| workers.parse().ok()) {
            Some(workers) => bucket.with_workers(workers),
            None => bucket,
        }
    };
    let started = clock::now().up;
    match words[..] {
        ["put", name, key, file] => println!("{}", bucket(name).put_file(key, Path::new(file), &deadline)?),
        ["get", name, key, file] => println!("{}", bucket(name).get_file(key, Path::new(file), &deadline)?),
        ["delete", name, key] => bucket(name).delete(key, &deadline)?,
        ["list", name, prefix] => {
            for object in bucket(name).list(prefix, &deadline)? {
                println!("{} {} {}", object.size, object.etag, object.key.escape_debug());
            }
        }
        ["terminate", id] => {
            println!("{}", Ec2::new(aws.clone(), &region).terminate(&id.parse()?, &deadline)?)
        }
        ["stop", id] => println!("{}", Ec2::new(aws.clone(), &region).stop(&id.parse()?, &deadline)?),
        ["scale-in", id] => {
            Ec2::new(aws.clone(), &region).terminate_in_group(
                &id.parse()?,
                Capacity::Decrement,
                &deadline,
            )?;
        }
        ["log", group, stream, text] => {
            let line = Line { at: clock::now().wall, text: text.into() };
            Logs::new(aws.clone(), &region, group, stream).put(&[line], &deadline)?;
        }
        ["metric", namespace, name, value] => {
            let figure = Figure {
                name: name.into(),
                unit: Unit::None,
                value: value.parse()?,
                dimensions: Vec::new(),
                at: clock::now().wall,
            };
            Metrics::new(aws.clone(), &region, namespace).put(&[figure], &deadline)?;
        }
        ["imds"] => {
            let imds = metadata();
            println!("{:?}\n{:?}", imds.identity(&deadline)?, imds.spot_notice(&deadline)?);
            println!("{:?} {:?}", imds.rebalance(&deadline)?, imds.lifecycle(&deadline)?);
            println!("{:?}", imds.tags(&deadline)?);
        }
        _ => bail!("what to do? put, get, list, delete, terminate, stop, scale-in, log, metric or imds"),
    }
    eprintln!("{:.3} s, {}", (clock::now().up - started).as_secs_f64(), memory()?);
    Ok(())
}

/// Resident now and at the most.
fn memory() -> anyhow::Result<String> {
    let status = std::fs::read_to_string("/proc/self/status").context("cannot read /proc/self/status")?;
    let lines = status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"));
    Ok(lines
        .map(|line| line.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(", "))
}

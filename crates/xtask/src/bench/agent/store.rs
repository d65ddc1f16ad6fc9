//! A fast S3 on this machine: s3s-fs, which keeps objects as files in memory.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::process::Running;
use crate::clock::{Stopwatch, pause};
use crate::{command, paths};

const VERSION: &str = "0.14.1";
/// AWS's documentation's own.
const KEY: (&str, &str) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
pub(super) const REGION: &str = "us-east-1";
pub(super) const BUCKET: &str = "bench";
/// For it to begin to listen.
const READY: Duration = Duration::from_secs(20);

/// A running one. What it holds is the caller's folder.
pub(super) struct Store {
    pub(super) url: String,
    folder: PathBuf,
    server: Running,
}

impl Store {
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let program = program()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        fs::create_dir_all(folder.join(BUCKET))?;
        let mut server = command::program(program);
        server.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
        server.args(["--access-key", KEY.0, "--secret-key", KEY.1]).arg(folder);
        server.env("RUST_LOG", "off").stdout(Stdio::null());
        let url = format!("http://127.0.0.1:{port}");
        let mut store = Self { url, folder: folder.to_owned(), server: Running::start(&mut server)? };
        let watch = Stopwatch::start();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            store.server.is_alive("s3s-fs")?;
            if watch.elapsed() > READY {
                bail!("s3s-fs does not listen on port {port}");
            }
            pause(Duration::from_millis(20));
        }
        Ok(store)
    }

    /// Removes all objects, behind its back.
    pub(super) fn clear(&self) -> Result<()> {
        fs::remove_dir_all(&self.folder)?;
        Ok(fs::create_dir_all(self.folder.join(BUCKET))?)
    }

    /// What a client needs to know.
    pub(super) fn variables(&self) -> [(&'static str, &str); 5] {
        [
            ("AWS_ENDPOINT_URL_S3", &self.url),
            ("AWS_ACCESS_KEY_ID", KEY.0),
            ("AWS_SECRET_ACCESS_KEY", KEY.1),
            ("AWS_REGION", REGION),
            ("AWS_DEFAULT_REGION", REGION),
        ]
    }
}

/// Built from its published source if it is not there yet.
fn program() -> Result<PathBuf> {
    let root = paths::cache().join(format!("s3s-fs-{VERSION}"));
    let program = root.join("bin/s3s-fs");
    if !program.exists() {
        println!("Setup: s3s-fs {VERSION}, the S3 that files are moved to and from (about 5 minutes)");
        let mut cargo = command::cargo();
        cargo.args(["install", "s3s-fs", "--version", VERSION, "--locked", "--features", "binary"]);
        cargo.arg("--root").arg(&root).arg("--target-dir").arg(paths::target().join("s3s-fs"));
        command::run(&mut cargo).context("could not install s3s-fs")?;
    }
    Ok(program)
}

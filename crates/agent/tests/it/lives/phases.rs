//! Lives that are held in one phase until a test lets them go on.

use agent::io::sign::hash;

use super::{
    life::Life,
    machine::{Cloud, Machine, SOON},
};
use crate::parts::{
    http::Answer,
    proxy::{Fault, Rule},
    until,
};

/// A command that waits for a file.
const WAIT: &str = "while ! test -e $HOME/go-on; do sleep 0.1; done";

/// Where a life is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Initialization,
    DataSync,
    Training,
    ResultsSync,
    Cleanup,
    /// The power-off was asked for.
    Down,
}

pub(super) const ALL: [Held; 6] =
    [Held::Initialization, Held::DataSync, Held::Training, Held::ResultsSync, Held::Cleanup, Held::Down];

impl Held {
    pub(super) fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// The command runs, or has run.
    pub(super) fn has_begun(self) -> bool {
        !matches!(self, Self::Initialization | Self::DataSync)
    }

    /// What the model of this life is: nothing else in the bucket has these bytes.
    pub(super) fn model(self) -> Vec<u8> {
        format!("the model of {}", self.name()).into_bytes()
    }

    /// Boots a machine and waits until its life has come there.
    pub(super) fn boot(self, cloud: &Cloud, change: impl FnOnce(Machine) -> Machine) -> Life {
        let (name, model) = (self.name(), String::from_utf8_lossy(&self.model()).into_owned());
        cloud.put(&format!("data-{name}/file"), b"data");
        let begun = format!("echo begun >> $HOME/begun; printf '{model}' > $HOME/out/model.bin");
        let wait = if self == Self::Training { WAIT } else { "true" };
        let setup = if self == Self::Initialization { WAIT } else { "true" };
        let machine = cloud
            .machine(&name)
            .data(&format!("data-{name}/"))
            .run(&format!("setup = '''echo setting up; {setup}'''"))
            .command(&format!("{begun}\n{wait}"));
        if let Some((with, method)) = self.hangs() {
            cloud.proxy.add(Rule::of(&with, Fault::Say(Answer::Hang)).method(method).times(1));
        }
        let life = change(machine).boot();
        self.wait(cloud, &life);
        life
    }

    /// The request that gets no answer.
    fn hangs(self) -> Option<(String, &'static str)> {
        let name = self.name();
        match self {
            Self::DataSync => Some((format!("/data-{name}/file"), "GET")),
            Self::ResultsSync => {
                let sha256 = hash::hex(&hash::sha256(&self.model()));
                Some((format!("x-amz-content-sha256: {sha256}"), "PUT"))
            }
            Self::Cleanup => Some((format!("/{name}/system-state.json"), "DELETE")),
            Self::Initialization | Self::Training | Self::Down => None,
        }
    }

    fn wait(self, cloud: &Cloud, life: &Life) {
        match self {
            Self::Initialization => life.says("setting up"),
            // It says so before it does.
            Self::Training => until::holds(SOON, || !life.read("begun").is_empty())
                .unwrap_or_else(|()| panic!("{self:?}: {}", life.said())),
            Self::Down => life.powered_off(SOON),
            Self::DataSync | Self::ResultsSync | Self::Cleanup => {
                let (with, method) = self.hangs().expect("these hang");
                let seen = || cloud.proxy.seen().iter().any(|it| it.method == method && it.has(&with));
                until::holds(SOON, seen).unwrap_or_else(|()| panic!("{self:?}: {}", life.said()));
            }
        }
    }
}

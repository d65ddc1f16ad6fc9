//! `config.toml` as the tray has it: what is in force, what the page shows of it, and when somebody else changed it.

use std::{
    fs,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use domain::{Config, Problem, command::SettingsEdit, config::ConfigFault};
use store::{
    Folders, SettingsFault, SettingsFile,
    settings::{Surroundings, view},
};
use wire::Answer;

use super::autostart;

/// The settings, for the loop and for the socket.
pub(crate) struct Desk {
    file: SettingsFile,
    state: Mutex<State>,
}

/// What the file said when it was last good, and what is wrong with it now.
struct State {
    in_force: Config,
    faults: Vec<ConfigFault>,
    seen: Option<Seen>,
}

/// By what a changed file is known.
type Seen = (SystemTime, u64);

impl Desk {
    /// Reads the file; with one that is faulty the defaults are in force, and the problem says so.
    pub(crate) fn open(folders: &Folders) -> (Self, Option<Problem>) {
        let file = SettingsFile::new(folders);
        let seen = seen(&file);
        let (in_force, faults, problem) = match file.read() {
            Ok(config) => (config, Vec::new(), None),
            Err(fault) => (Config::default(), fault.faults(), Some(fault.into())),
        };
        (Self { file, state: Mutex::new(State { in_force, faults, seen }) }, problem)
    }

    /// What is in force.
    pub(crate) fn config(&self) -> Config {
        self.state().in_force.clone()
    }

    /// What the file says now, if it was changed since it was last read: by hand, or by the command line.
    pub(crate) fn changed(&self) -> Option<Result<Config, Problem>> {
        let now = seen(&self.file);
        if self.state().seen == now {
            return None;
        }
        let read = self.file.read();
        Some(self.take(read, now).map_err(Problem::from))
    }

    /// What the settings page shows.
    pub(crate) async fn read(self: &Arc<Self>) -> Answer {
        let desk = Arc::clone(self);
        blocking(move || {
            let surroundings = Surroundings { autostart: autostart::is_on(), profiles: aws::profiles() };
            let state = desk.state();
            let settings = view(&desk.file, &state.in_force, state.faults.clone(), surroundings);
            Answer::Settings(Box::new(settings))
        })
        .await
    }

    /// Changes the file: the answer, and what is in force from now on if it was changed.
    pub(crate) async fn edit(self: &Arc<Self>, edits: Vec<SettingsEdit>) -> (Answer, Option<Config>) {
        let desk = Arc::clone(self);
        blocking(move || {
            let edited = desk.file.edit(&edits);
            match edited {
                Err(SettingsFault::Refused { faults }) => (Answer::Faults(faults), None),
                Err(fault) => (Answer::Refused(fault.into()), None),
                Ok(config) => {
                    let seen = seen(&desk.file);
                    (Answer::Done, desk.take(Ok(config), seen).ok())
                }
            }
        })
        .await
    }

    fn take(&self, read: Result<Config, SettingsFault>, seen: Option<Seen>) -> Result<Config, SettingsFault> {
        let mut state = self.state();
        state.seen = seen;
        state.faults = read.as_ref().err().map(SettingsFault::faults).unwrap_or_default();
        if let Ok(config) = &read {
            state.in_force = config.clone();
        }
        read
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seen(file: &SettingsFile) -> Option<Seen> {
    let metadata = fs::metadata(file.path()).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Runs what touches the disk beside the loop.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("it does not panic, and the runtime outlives who asks")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(text: &str) -> (tempfile::TempDir, Desk) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = SettingsFile::at(folder.path().join("config.toml"));
        fs::write(file.path(), text).expect("a temporary folder");
        let seen = seen(&file);
        let in_force = file.read().expect("a good file");
        (folder, Desk { file, state: Mutex::new(State { in_force, faults: Vec::new(), seen }) })
    }

    #[test]
    fn a_file_changed_by_hand_is_noticed_once() {
        let (_folder, desk) = desk("[poll]\ninterval = \"60s\"\n");
        assert_eq!(desk.changed(), None);
        fs::write(desk.file.path(), "[poll]\ninterval = \"5m\"\n# mine\n").expect("a temporary folder");
        let config = desk.changed().expect("it was changed").expect("it is good");
        assert_eq!((config.poll.interval.as_secs(), desk.config()), (300, config));
        assert_eq!(desk.changed(), None);
    }

    #[test]
    fn a_file_that_went_bad_leaves_in_force_what_was() {
        let (_folder, desk) = desk("[poll]\ninterval = \"5m\"\n");
        fs::write(desk.file.path(), "[poll]\ninterval = \"5 parsecs\"\n").expect("a temporary folder");
        let problem = desk.changed().expect("it was changed").expect_err("it is bad");
        assert_eq!(problem.code, "config-faulty");
        assert_eq!(desk.config().poll.interval.as_secs(), 300);
    }
}

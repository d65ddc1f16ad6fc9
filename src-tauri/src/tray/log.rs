//! The log: a file of bounded size in the data folder, and the terminal when there is one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// After how many bytes the file becomes the old one: both together are at most twice as long.
const LONGEST: u64 = 1 << 20;

/// What is logged, in the words of `tracing`: `info`, `engine=debug,warn`.
const FILTER: &str = "CURFEW_LOG";

/// Begins to log. A folder that cannot be written to costs the file, not the start.
pub(crate) fn start(folder: &Path) {
    let filter = filter(std::env::var(FILTER).ok().as_deref());
    let file = Bounded::open(folder.join("curfew-tray.log"), LONGEST).map(Mutex::new);
    let file = file.map_err(|error| eprintln!("curfew-tray: no log is written: {error}")).ok();
    let to_file = file.map(|file| tracing_subscriber::fmt::layer().with_ansi(false).with_writer(file));
    let to_terminal = io::stderr()
        .is_terminal()
        .then(|| tracing_subscriber::fmt::layer().with_writer(io::stderr).compact());
    tracing_subscriber::registry().with(filter).with(to_file).with(to_terminal).init();
}

/// What is wanted, and less of those who handle keys: what they say below a warning holds headers and tokens.
fn filter(wanted: Option<&str>) -> Targets {
    let wanted = wanted.and_then(|text| text.parse::<Targets>().ok());
    let wanted = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    ["aws_", "hyper", "rustls", "h2"]
        .into_iter()
        .fold(wanted, |wanted, who| wanted.with_target(who, LevelFilter::WARN))
}

/// A file that is put aside when it gets too long; the one put aside before is lost.
struct Bounded {
    path: PathBuf,
    file: File,
    length: u64,
    longest: u64,
}

impl Bounded {
    fn open(path: PathBuf, longest: u64) -> io::Result<Self> {
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let length = file.metadata()?.len();
        Ok(Self { path, file, length, longest })
    }

    fn put_aside(&mut self) -> io::Result<()> {
        fs::rename(&self.path, self.path.with_extension("log.old"))?;
        *self = Self::open(std::mem::take(&mut self.path), self.longest)?;
        Ok(())
    }
}

impl Write for Bounded {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.length > self.longest {
            self.put_aside()?;
        }
        let written = self.file.write(line)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn no_wish_makes_those_talk_who_handle_keys() {
        for wanted in [None, Some("trace"), Some("aws_config=trace,info"), Some("no such thing=?")] {
            let filter = filter(wanted);
            assert!(!filter.would_enable("aws_sigv4::sign", &Level::INFO), "{wanted:?}");
            assert!(filter.would_enable("curfew_tray::live", &Level::INFO), "{wanted:?}");
        }
    }

    #[test]
    fn the_log_never_grows_past_its_bound() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("new/curfew-tray.log");
        let mut log = Bounded::open(path.clone(), 100).expect("a temporary folder");
        for line in 0..100 {
            writeln!(log, "line {line}").expect("a temporary folder");
        }
        let lengths =
            [path.clone(), path.with_extension("log.old")].map(|file| fs::metadata(file).map(|it| it.len()));
        assert!(lengths.iter().all(|length| matches!(length, Ok(1..=120))), "{lengths:?}");
        assert!(fs::read_to_string(path).expect("the log").ends_with("line 99\n"));
    }
}

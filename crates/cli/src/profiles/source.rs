//! Which profile a word means - a name, a path, `-` - and its text, with what was set on the command line put in.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use domain::config::ConfigFault;
use launch::{Profile, profile};
use store::profiles::{self, EXAMPLES, ProfileFault};

use crate::{
    args::Setting,
    failure::{Failure, Kind},
    home::Home,
};

/// The word for standard input, and the name of what came from there.
const STDIN: (&str, &str) = ("-", "stdin");

/// A profile's text and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The file's name without `.toml`.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
    /// How a fault names the file.
    pub(crate) shown: String,
}

impl Source {
    /// What a word means. In the demo a name is one of the worked examples', and no folder of the user's is read.
    pub(crate) fn find(word: &str, demo: bool) -> Result<Self, Failure> {
        if word == STDIN.0 {
            let text =
                io::read_to_string(io::stdin()).map_err(|error| unreadable("standard input", &error))?;
            return Ok(Self { name: STDIN.1.into(), text, shown: "<stdin>".into() });
        }
        if is_path(word) {
            return Self::at(Path::new(word));
        }
        if demo {
            return example(word);
        }
        Self::named(word, &Home::find()?)
    }

    /// A file.
    fn at(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let text = fs::read(path).map_err(|error| unreadable(&shown, &error))?;
        let text = String::from_utf8(text).map_err(|error| {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = good.iter().filter(|&&byte| byte == b'\n').count() + 1;
            Failure::usage(format!("{shown}:{line}: the file is not UTF-8 text"), "Save it as UTF-8.")
        })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, text, shown })
    }

    /// One in the folder.
    pub(crate) fn named(name: &str, home: &Home) -> Result<Self, Failure> {
        let folder = profiles::folder(&home.folders);
        match profiles::read(&home.folders, name) {
            Ok(_) => Self::at(&folder.join(format!("{name}.toml"))),
            Err(ProfileFault::Absent { .. }) => Err(absent(name, &folder, &home.profiles()?)),
            Err(fault) => Err(wrong(fault)),
        }
    }

    /// With values changed, in their order.
    pub(crate) fn with(self, sets: &[Setting]) -> Result<Self, Failure> {
        let text = sets.iter().try_fold(self.text, |text, Setting { key, value }| {
            profile::set(&text, key, value).map_err(|fault| {
                Failure::usage(format!("--set {key}={value}: {} {}", fault.key, fault.message), "")
            })
        })?;
        let shown = if sets.is_empty() { self.shown } else { format!("{} with --set", self.shown) };
        Ok(Self { text, shown, ..self })
    }

    /// Reads it.
    pub(crate) fn parse(&self) -> Result<Profile, Vec<ConfigFault>> {
        let name = self.name.parse().map_err(|fault: profile::NotAProfileName| {
            vec![ConfigFault { key: "name".into(), line: 1, message: format!("{fault}: rename the file") }]
        })?;
        Profile::parse(name, &self.text)
    }

    /// A fault as editors and terminals make it clickable.
    pub(crate) fn line(&self, fault: &ConfigFault) -> String {
        format!("{}:{}: {}: {}", self.shown, fault.line, fault.key, fault.message)
    }
}

/// The failure that a profile is faulty, with all its faults.
pub(crate) fn faulty(source: &Source, faults: &[ConfigFault]) -> Failure {
    Failure {
        kind: Kind::Usage,
        lines: faults.iter().map(|fault| source.line(fault)).collect(),
        hint: "Nothing was asked of AWS: mend the profile first.".into(),
    }
}

fn is_path(word: &str) -> bool {
    word.contains(['/', '\\']) || word.ends_with(".toml")
}

/// One of the worked examples.
pub(crate) fn example(name: &str) -> Result<Source, Failure> {
    let found = EXAMPLES.iter().find(|(known, _)| *known == name);
    let (name, text) = found.ok_or_else(|| {
        Failure::usage(
            format!("there is no example {name}"),
            format!("There are: {}.", examples().join(", ")),
        )
    })?;
    Ok(Source { name: (*name).into(), text: (*text).into(), shown: format!("{name}.toml") })
}

/// The names of the worked examples.
pub(crate) fn examples() -> Vec<&'static str> {
    EXAMPLES.iter().map(|(name, _)| *name).collect()
}

fn absent(name: &str, folder: &Path, there: &[String]) -> Failure {
    let line = format!("there is no profile {name} in {}", folder.display());
    let hint =
        if there.is_empty() { how_to_begin(folder) } else { format!("There are: {}.", there.join(", ")) };
    Failure::usage(line, hint)
}

/// What to do where there is no profile yet.
pub(crate) fn how_to_begin(folder: &Path) -> String {
    let file: PathBuf = folder.join("g5-training.toml");
    format!(
        "Begin from a worked example ({}):\n  mkdir -p '{}'\n  curfew profiles example g5-training > '{}'",
        examples().join(", "),
        folder.display(),
        file.display()
    )
}

fn unreadable(what: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("cannot read {what}: {error}"), "")
}

/// A profile that cannot be had is a fault of what was typed.
pub(crate) fn wrong(fault: ProfileFault) -> Failure {
    Failure { kind: Kind::Usage, ..domain::Problem::from(fault).into() }
}

#[cfg(test)]
mod tests;

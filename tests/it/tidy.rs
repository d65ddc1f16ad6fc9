//! The house rules that no compiler knows, over every file that git tracks or would track.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Suffixes of names that say nothing about what a thing is.
const EMPTY_WORDS: [&str; 5] = ["Manager", "Service", "Helper", "Util", "Processor"];

/// What must not stand in any file, in halves so that this file may say it.
const FOREIGN: [(&str, &str); 8] = [
    ("../sha", "red"),
    ("/wo", "rk/"),
    ("registry.npm", "js.org"),
    ("pypi", ".org"),
    ("pythonhosted", ".org"),
    ("deb.debian", ".org"),
    ("static.crates", ".io"),
    ("index.crates", ".io"),
];

/// Ways of switching off what should be mended, in halves too.
const SWITCHED_OFF: [(&str, &str); 6] = [
    ("#[al", "low"),
    ("#![al", "low"),
    ("#[ig", "nore"),
    ("#[should", "_panic"),
    ("to", "do!("),
    ("unimple", "mented!("),
];

const LONGEST: usize = 400;

/// A file of ours: its path below the checkout, and its text.
struct Source {
    path: PathBuf,
    text: String,
}

#[test]
fn every_module_opens_by_saying_what_it_is_for() {
    check(rust(), |file| {
        let opens = file.text.starts_with("//! ");
        (!opens).then(|| "does not open with `//! `".to_owned())
    });
}

#[test]
fn no_file_is_too_long_to_read() {
    let written = |file: &Source| {
        ["rs", "py", "js", "css", "html", "sh", "md"].iter().any(|it| has_ending(&file.path, it))
    };
    check(sources().into_iter().filter(written), |file| {
        let lines = file.text.lines().count();
        (lines > LONGEST).then(|| format!("has {lines} lines, over {LONGEST}: split it"))
    });
}

#[test]
fn names_say_what_things_are() {
    check(rust(), |file| {
        let stem = file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let named = file.text.lines().filter_map(declared).chain([stem]);
        named.filter(|name| is_empty_word(name)).map(|name| format!("has {name}, a name for anything")).next()
    });
}

#[test]
fn the_project_stands_alone() {
    check(sources(), |file| banned(file, &FOREIGN));
}

#[test]
fn nothing_is_switched_off() {
    check(rust(), |file| banned(file, &SWITCHED_OFF));
}

/// Fails with every fault at once.
fn check(files: impl IntoIterator<Item = Source>, fault: impl Fn(&Source) -> Option<String>) {
    let mut seen = 0;
    let faults: Vec<_> = files
        .into_iter()
        .inspect(|_| seen += 1)
        .filter_map(|file| fault(&file).map(|fault| format!("{} {fault}", file.path.display())))
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(seen > 0, "no file was looked at");
}

fn banned(file: &Source, halves: &[(&str, &str)]) -> Option<String> {
    let found = halves.iter().map(|(a, b)| format!("{a}{b}")).find(|it| file.text.contains(it.as_str()))?;
    let line = 1 + file.text.lines().position(|line| line.contains(&found)).unwrap_or_default();
    Some(format!("says {found:?} in line {line}"))
}

/// The name that a line declares as a type or a module, if it does.
fn declared(line: &str) -> Option<String> {
    let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|it| !it.is_empty());
    words.find(|word| ["struct", "enum", "trait", "type", "mod"].contains(word))?;
    words.next().map(str::to_owned)
}

fn is_empty_word(name: &str) -> bool {
    EMPTY_WORDS.iter().any(|word| {
        let (snake, plural) = (word.to_lowercase(), format!("{}s", word.to_lowercase()));
        let last = name.rsplit('_').next().unwrap_or(name);
        name.ends_with(word) || last == snake || last == plural
    })
}

fn rust() -> impl Iterator<Item = Source> {
    sources().into_iter().filter(|file| has_ending(&file.path, "rs"))
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|it| it == ending)
}

/// Every text file but the lock file, which is cargo's.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(&root)
        .output()
        .unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).unwrap();
    let names = names.split('\0').filter(|name| !name.is_empty() && *name != "Cargo.lock");
    // A file deleted and not yet committed is listed; one that is not text is not ours to read.
    names
        .filter_map(|name| {
            Some(Source { text: std::fs::read_to_string(root.join(name)).ok()?, path: name.into() })
        })
        .collect()
}

#[test]
fn the_rules_see_what_they_forbid() {
    let of = |text: &str| Source { path: "x.rs".into(), text: text.to_owned() };
    assert!(
        banned(&of(&["a\n#[al", "low(dead_code)]"].concat()), &SWITCHED_OFF).unwrap().ends_with("line 2")
    );
    assert!(banned(&of("#[expect(dead_code, reason = \"x\")]"), &SWITCHED_OFF).is_none());
    assert_eq!(declared("pub(crate) struct PollRate<T> {").as_deref(), Some("PollRate"));
    assert_eq!(declared("    let x = 1;"), None);
    assert!(is_empty_word("PollManager") && is_empty_word("utils") && is_empty_word("string_helpers"));
    assert!(!is_empty_word("Fleet") && !is_empty_word("utility_bill"));
}

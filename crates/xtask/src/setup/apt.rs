//! Installing Debian packages: which of them are missing, the exact command, the question.

use std::io::{IsTerminal, Write, stdin, stdout};

use anyhow::{Context, Result, bail};

use super::packages::Package;
use crate::command;

const OPTIONS: [&str; 4] = ["install", "--yes", "--quiet", "--no-install-recommends"];

pub(super) fn is_here() -> bool {
    command::find("apt-get").is_some() && command::find("dpkg-query").is_some()
}

/// Those of `packages` that are not installed.
pub(super) fn missing(packages: Vec<Package>) -> Result<Vec<Package>> {
    let mut query = command::program("dpkg-query");
    query.args(["--show", "--showformat=${Package} ${db:Status-Status}\\n"]);
    query.args(packages.iter().map(|it| it.name));
    // It ends with 1 when it knows nothing of one of them; what it prints counts all the same.
    let out = query.output().context("could not start dpkg-query")?;
    let listing = String::from_utf8_lossy(&out.stdout).into_owned();
    Ok(packages.into_iter().filter(|it| !installed(&listing, it.name)).collect())
}

/// `listing` has a line `NAME STATUS` for each known package.
fn installed(listing: &str, name: &str) -> bool {
    listing.lines().any(|line| line.split_once(' ') == Some((name, "installed")))
}

/// Says what is missing and why, asks unless `yes`, installs.
pub(super) fn install(packages: &[Package], yes: bool) -> Result<()> {
    println!("Setup: missing system packages:");
    for package in packages {
        println!("  {:<24} {}", package.name, package.purpose);
    }
    let names: Vec<&str> = packages.iter().map(|it| it.name).collect();
    let by_hand = format!("{}apt-get install --no-install-recommends {}", sudo_words(), names.join(" "));
    if !yes && !agreed(&by_hand)? {
        bail!("nothing was installed; when you are ready: {by_hand}");
    }
    println!("Setup: installing them (1 to 5 minutes)");
    if let Err(problem) = command::run(apt_get().args(["update", "--quiet"])) {
        println!("Setup: {problem:#}; going on with the package lists that are here");
    }
    command::run(apt_get().args(OPTIONS).args(names))
        .with_context(|| format!("could not install the system packages; by hand: {by_hand}"))
}

fn agreed(by_hand: &str) -> Result<bool> {
    if !stdin().is_terminal() {
        bail!("there is no terminal to ask on: pass --yes to let it install them, or run: {by_hand}");
    }
    print!("Run `{by_hand}`? [Y/n] ");
    stdout().flush()?;
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

fn apt_get() -> std::process::Command {
    let words = format!("{}env DEBIAN_FRONTEND=noninteractive apt-get", sudo_words());
    let mut words = words.split(' ');
    let mut command = command::program(words.next().unwrap_or("env"));
    command.args(words);
    command
}

/// `sudo ` for everyone but root.
fn sudo_words() -> &'static str {
    let root = command::output(command::program("id").arg("-u")).is_ok_and(|uid| uid.trim() == "0");
    if root { "" } else { "sudo " }
}

#[cfg(test)]
mod tests {
    use super::installed;

    #[test]
    fn only_a_fully_installed_package_counts() {
        let listing = "xvfb installed\ndunst config-files\nlibfoo installed\n";
        assert!(installed(listing, "xvfb"));
        assert!(!installed(listing, "dunst"), "removed, its settings kept");
        assert!(!installed(listing, "foo"));
        assert!(!installed(listing, "never-heard-of"));
    }
}

//! `curfew key`: the private key of a pair, from AWS into a file that only its owner can read.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use domain::Problem;
use engine::Ground;

use crate::{args::Key, credentials::trial::within, failure::Failure, prepare::connect, terminal::print};

/// Fetches the key and writes it. Nothing is overwritten, and nothing is left half-written.
pub(crate) async fn run(args: &Key, demo: bool) -> Result<u8, Failure> {
    let Key { key_pair, out, region, account } = args;
    if !is_key_pair_id(key_pair) {
        let hint = "One is written key- and hexadecimal digits; the EC2 console shows it beside the name.";
        return Err(Failure::usage(format!("`{key_pair}` is not a key pair's id"), hint));
    }
    // Looked at before the key is fetched: it should not travel in vain.
    if out.exists() {
        return Err(exists(out).into());
    }
    let (cloud, account) = connect(account.as_ref(), demo)?;
    let key = within(cloud.private_key(&account, region, key_pair)).await;
    let key = key.map_err(|fault| fault.problem(&format!("fetching the private key of {key_pair}")))?;
    write(out, key.as_bytes()).map_err(|error| unwritable(out, &error))?;
    print(&format!("{} has the private key of {key_pair}; only you can read it.\n", out.display()))?;
    Ok(0)
}

fn is_key_pair_id(text: &str) -> bool {
    text.strip_prefix("key-").is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn exists(out: &Path) -> Problem {
    Problem::new(
        "exists",
        format!("{} exists already and is left as it is", out.display()),
        "Name another file with --out, or move that one away.",
    )
}

fn unwritable(out: &Path, error: &io::Error) -> Problem {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return exists(out);
    }
    Problem::new(
        "unwritable",
        format!("cannot write {}: {error}", out.display()),
        "Nothing was written. Check who may write there, or name another file with --out.",
    )
}

fn write(out: &Path, key: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(out)?;
    // ssh wants the last line to be ended; AWS keeps it without.
    let end: &[u8] = if key.ends_with(b"\n") { b"" } else { b"\n" };
    let written = file.write_all(key).and_then(|()| file.write_all(end)).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a key is worse than none; that it cannot be removed either changes nothing.
        fs::remove_file(out).ok();
    }
    written
}

#[cfg(test)]
mod tests;

//! `curfew key`: the private key of a pair, from AWS into a file that only its owner can read.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use domain::{AccountConfig, Problem, Region};
use engine::Ground;

use crate::failure::Failure;

/// Fetches the key and writes it. Nothing is overwritten, and nothing is left half-written.
pub(crate) async fn run(
    ground: &dyn Ground,
    account: &AccountConfig,
    region: &Region,
    key_pair: &str,
    out: &Path,
) -> Result<(), Failure> {
    if !is_key_pair_id(key_pair) {
        let message = format!("`{key_pair}` is not a key pair's id");
        return Err(Failure::usage(message, "One is written key- and hexadecimal digits; the EC2 console shows it."));
    }
    // Looked at before the key is fetched: it should not travel in vain.
    if out.exists() {
        return Err(exists(out).into());
    }
    let key = ground.private_key(account, region, key_pair).await;
    let key = key.map_err(|fault| fault.problem(&format!("fetching the private key of {key_pair}")))?;
    write(out, key.as_bytes()).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(out),
        _ => Problem::new(
            "unwritable",
            format!("cannot write {}: {error}", out.display()),
            "Nothing was written. Check who may write there, or name another file with --out.",
        ),
    })?;
    println!("{} has the private key of {key_pair}; only you can read it.", out.display());
    Ok(())
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

fn write(out: &Path, key: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(out)?;
    let written = file.write_all(key).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a key is worse than none; that it cannot be removed either changes nothing.
        fs::remove_file(out).ok();
    }
    written
}

#[cfg(test)]
mod tests;

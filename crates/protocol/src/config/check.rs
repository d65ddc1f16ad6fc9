//! What a single value of `agent.toml` may be. Each function returns what is wrong and what would be right.

use std::time::Duration;

use document::duration::duration_within;

use super::{AcceleratorKind, OnEnd};
use crate::{
    layout::{self, S3Url},
    training::Metrics,
};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A result: a value, or a sentence.
pub(super) type Checked<T> = Result<T, String>;

/// The longest that a machine may be up.
pub(super) const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// A thousand dollars an hour, in micro-dollars: ten times the dearest instance. Whoever exceeds it means another unit.
pub(super) const DEAREST: u32 = 1_000_000_000;

/// Long enough to be a run at all, short enough that somebody comes back.
pub(super) fn max_runtime(text: &str) -> Checked<Duration> {
    duration_within(text, 60 * SECOND, LONGEST)
}

/// A bucket that is away for a while.
pub(super) fn reach_within(text: &str) -> Checked<Duration> {
    duration_within(text, 10 * SECOND, 3600 * SECOND)
}

/// Large results take their time.
pub(super) fn save_within(text: &str) -> Checked<Duration> {
    duration_within(text, 10 * SECOND, DAY)
}

pub(super) fn grace(text: &str) -> Checked<Duration> {
    duration_within(text, Duration::ZERO, DAY)
}

/// Between two looks at the machine.
pub(super) fn look(text: &str) -> Checked<Duration> {
    duration_within(text, 5 * SECOND, 3600 * SECOND)
}

/// Between two syncs.
pub(super) fn sync(text: &str) -> Checked<Duration> {
    duration_within(text, 10 * SECOND, DAY)
}

/// AWS gives two minutes from the notice, and the upload needs some of them.
pub(super) fn deadline(text: &str) -> Checked<Duration> {
    duration_within(text, SECOND, 110 * SECOND)
}

pub(super) fn on_end(text: &str) -> Checked<OnEnd> {
    match text {
        "terminate" => Ok(OnEnd::Terminate),
        "stop" => Ok(OnEnd::Stop),
        "nothing" => {
            Err("a machine that nothing ends is only for `curfew-agent run --then nothing`, by hand: \
                 write \"terminate\" or \"stop\""
                .into())
        }
        other => Err(format!("`{other}` is neither \"terminate\" nor \"stop\"")),
    }
}

pub(super) fn accelerator(text: &str) -> Checked<Option<AcceleratorKind>> {
    match text {
        "nvidia" => Ok(Some(AcceleratorKind::Nvidia)),
        "neuron" => Ok(Some(AcceleratorKind::Neuron)),
        "none" => Ok(None),
        other => Err(format!("`{other}` is none of \"nvidia\", \"neuron\" and \"none\"")),
    }
}

/// Text that says something, in lines if it must.
pub(super) fn script(text: &str) -> Checked<String> {
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.trim().is_empty() {
        Err("is empty: write a command, or leave the key out".into())
    } else if text.contains(odd) {
        Err("has a control character in it".into())
    } else {
        Ok(text.to_owned())
    }
}

/// One word of somebody else's command line: not to be taken for an option there.
pub(super) fn word(text: &str) -> Checked<String> {
    if text.is_empty() || text.starts_with('-') || text.contains(|c: char| c.is_control() || c == ' ') {
        Err(format!("{text:?} will not do: it must not be empty, begin with - or have spaces in it"))
    } else {
        Ok(text.to_owned())
    }
}

/// As [`word`], and nothing secret in it: whoever is on the instance can read it.
pub(super) fn repository(text: &str) -> Checked<String> {
    if has_credentials(text) {
        return Err("has credentials in it, and whoever is on the instance can read them there: take them out of the \
                    URL; a private repository is cloned in run.setup, with a token fetched from Secrets Manager"
            .into());
    }
    word(text)
}

/// A user's name alone is no secret, but to HTTP it may be a token.
fn has_credentials(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    scheme.contains("http") || user.contains(':')
}

/// Empty is none.
pub(super) fn container(text: &str) -> Checked<Option<String>> {
    if text.is_empty() {
        return Ok(None);
    }
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    if begins && text.bytes().all(inner) {
        Ok(Some(text.to_owned()))
    } else {
        Err(format!("{text:?} is not a container's name: use letters, digits, - _ and ."))
    }
}

pub(super) fn variable(name: &str) -> Checked<()> {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let begins = name.bytes().next().is_some_and(|b| !b.is_ascii_digit());
    if begins && name.bytes().all(inner) {
        Ok(())
    } else {
        Err("is not a variable's name: use letters, digits and _, beginning with no digit".into())
    }
}

pub(super) fn variable_value(text: &str) -> Checked<String> {
    if text.contains('\0') {
        Err("has a zero character in it, which no variable can hold".into())
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn absolute(text: &str) -> Checked<String> {
    if text.starts_with('/') && is_clean(text) {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is not an absolute path: write it from / on, without .."))
    }
}

/// A folder of the bucket that is the user's to choose.
pub(super) fn prefix(text: &str) -> Checked<String> {
    let inner = text.trim_end_matches('/');
    if !inner.is_empty() && !text.starts_with('/') && is_clean(text) && !text.contains("//") {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "{text:?} is not a folder in the bucket: write it like models/, without / in front or .."
        ))
    }
}

/// As [`prefix`], but not where the agent itself writes.
pub(super) fn result_prefix(text: &str) -> Checked<String> {
    let first = text.split('/').next().unwrap_or_default();
    if layout::is_ours(first) {
        return Err(format!("{text:?} is the agent's own; choose another folder, for example models/"));
    }
    prefix(text)
}

fn is_clean(path: &str) -> bool {
    !path.contains(char::is_control) && path.split('/').all(|part| part != "..")
}

pub(super) fn s3_url(text: &str) -> Checked<String> {
    text.parse::<S3Url>().map(|_| text.to_owned()).map_err(|fault| fault.to_string())
}

pub(super) fn bucket(text: &str) -> Checked<String> {
    if layout::is_bucket(text) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "{text:?} is not a bucket's name: 3 to 63 lower-case letters, digits, dots and dashes, without s3://"
        ))
    }
}

pub(super) fn region(text: &str) -> Checked<String> {
    let word =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if text.split('-').count() >= 3 && text.split('-').all(word) {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is not a region's code: one is written like us-east-1"))
    }
}

/// CloudWatch Logs' own rule: `CreateLogGroup`, parameter `logGroupName`.
pub(super) fn log_group(text: &str) -> Checked<String> {
    let good = |b: u8| b.is_ascii_alphanumeric() || b"._-/#".contains(&b);
    if (1..=512).contains(&text.len()) && text.bytes().all(good) {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is not a log group: use letters, digits and . _ - / #, at most 512"))
    }
}

/// What the command prints a figure by.
pub(super) fn figure(text: &str) -> Checked<String> {
    if Metrics::is_name(text) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "{text:?} is no figure's name: use letters, digits and _ - . /, beginning with a letter, at most {}",
            Metrics::LONGEST_NAME
        ))
    }
}

/// Auto Scaling's own rule: `CreateAutoScalingGroup`, parameter `AutoScalingGroupName`.
pub(super) fn group(text: &str) -> Checked<String> {
    if (1..=255).contains(&text.len()) && !text.contains(|c: char| c.is_control() || c == ':') {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is not the name of an Auto Scaling group"))
    }
}

pub(super) fn pattern(text: &str) -> Checked<String> {
    if text.trim().is_empty() || text.len() > 200 || text.contains(char::is_control) {
        Err("is not a pattern: write a part of a command line, at most 200 bytes".into())
    } else {
        Ok(text.to_owned())
    }
}

/// A dotted name, so that it can be nothing but an import.
pub(super) fn module(text: &str) -> Checked<String> {
    if text.split('.').all(|part| variable(part).is_ok()) {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is not a Python module: one is written like torch or torch.distributed"))
    }
}

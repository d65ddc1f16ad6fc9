//! What the user's AWS files say that the SDK does not tell: the names in them, and who needs a code.
//!
//! The SDK reads `mfa_serial` nowhere, so a profile with one is taken apart here into keys and roles; every other
//! profile is the SDK's own business. Reads `~/.aws/config` and `~/.aws/credentials` or where `AWS_CONFIG_FILE` and
//! `AWS_SHARED_CREDENTIALS_FILE` point; opens no connection.
//!
//! Source: <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html>.

use aws_config::profile::{Profile, ProfileSet};
use aws_credential_types::Credentials;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};
use futures::FutureExt;

use crate::role::Role;

/// The profiles of the user's AWS files, sorted; none when the files cannot be read.
pub fn profiles() -> Vec<String> {
    let mut names: Vec<String> = read().iter().flat_map(ProfileSet::profiles).map(str::to_owned).collect();
    names.sort();
    names
}

/// Roles behind a code, and the keys that they start from.
#[derive(Debug, PartialEq)]
pub(crate) struct Chain {
    pub(crate) base: Base,
    /// In the order in which they are assumed.
    pub(crate) roles: Vec<Role>,
}

/// Where a chain of roles starts.
#[derive(Debug, PartialEq)]
pub(crate) enum Base {
    /// With keys in the file.
    Keys(Credentials),
    /// With a profile that assumes no role.
    Profile(String),
    /// With the keys of the environment (`credential_source = Environment`).
    Environment,
}

/// The user's AWS files, `None` when they cannot be read.
pub(crate) fn read() -> Option<ProfileSet> {
    parse(&Fs::real(), &Env::real())
}

/// The chain of a profile, or of the one that `AWS_PROFILE` selects; `None` when no code is needed in it, so that
/// the SDK can do it, or when the SDK will have something to say about it.
pub(crate) fn chain(files: &ProfileSet, name: Option<&str>) -> Option<Chain> {
    let mut walk = Walk { files, seen: Vec::new(), roles: Vec::new() };
    let base = walk.down(name.unwrap_or(files.selected_profile()))?;
    let needs_code = walk.roles.iter().any(|role| role.mfa_serial.is_some());
    walk.roles.reverse();
    needs_code.then_some(Chain { base, roles: walk.roles })
}

/// Whether a profile gets its keys by a sign-in in the browser.
pub(crate) fn signs_in(files: &ProfileSet, name: Option<&str>) -> bool {
    let mut name = name.unwrap_or(files.selected_profile());
    for _ in 0..files.profiles().count() {
        let Some(profile) = files.get_profile(name) else { return false };
        if profile.get("sso_session").or(profile.get("sso_start_url")).is_some() {
            return true;
        }
        let Some(source) = profile.get("source_profile") else { return false };
        name = source;
    }
    false
}

/// From a profile down to its keys, by `source_profile`.
struct Walk<'a> {
    files: &'a ProfileSet,
    seen: Vec<&'a str>,
    roles: Vec<Role>,
}

impl<'a> Walk<'a> {
    fn down(&mut self, name: &'a str) -> Option<Base> {
        let profile = self.files.get_profile(name)?;
        if self.seen.contains(&name) {
            return None;
        }
        self.seen.push(name);
        // After the first profile, keys in the file come before anything else.
        if self.seen.len() > 1
            && let Some(keys) = keys(profile)
        {
            return Some(Base::Keys(keys));
        }
        let Some(role) = role(profile) else { return Some(Base::Profile(name.to_owned())) };
        self.roles.push(role);
        match (profile.get("source_profile"), profile.get("credential_source")) {
            (Some(source), None) if source == name => keys(profile).map(Base::Keys),
            (Some(source), None) => self.down(source),
            (None, Some(source)) if source.eq_ignore_ascii_case("Environment") => Some(Base::Environment),
            (None | Some(_), _) => None,
        }
    }
}

fn role(profile: &Profile) -> Option<Role> {
    // With a token file it is web identity, which is a beginning and not a step.
    if profile.get("web_identity_token_file").is_some() {
        return None;
    }
    Some(Role {
        arn: profile.get("role_arn")?.to_owned(),
        mfa_serial: profile.get("mfa_serial").map(str::to_owned),
        external_id: profile.get("external_id").map(str::to_owned),
        session_name: profile.get("role_session_name").map(str::to_owned),
        seconds: profile.get("duration_seconds").and_then(|seconds| seconds.parse().ok()),
    })
}

fn keys(profile: &Profile) -> Option<Credentials> {
    Some(Credentials::from_keys(
        profile.get("aws_access_key_id")?,
        profile.get("aws_secret_access_key")?,
        profile.get("aws_session_token").map(str::to_owned),
    ))
}

/// The SDK reads files without waiting, behind an asynchronous face.
fn parse(files: &Fs, environment: &Env) -> Option<ProfileSet> {
    let places = EnvConfigFiles::default();
    let read = aws_config::profile::load(files, environment, &places, None).now_or_never()?;
    read.inspect_err(|error| tracing::warn!(%error, "the AWS files cannot be read")).ok()
}

#[cfg(test)]
mod tests;

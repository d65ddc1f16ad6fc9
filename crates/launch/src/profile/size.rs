//! Whether the user data can fit at all: said where the profile is read, at the text that takes the room.
//!
//! Knows the least that the script will be. How long its URLs become is known when they are signed, and held then.

use std::collections::BTreeMap;

use document::Section;
use protocol::userdata::{Architecture, Download, GRACE, MOST_BYTES, UserData, UserDataFault};

use super::Profile;

/// Reports a profile whose user data EC2 would refuse, whatever is filled in.
pub(super) fn check(root: &Section<'_>, profile: &Profile) {
    let least = UserData {
        agent_toml: profile.agent.render(),
        downloads: BTreeMap::from([(Architecture::X86_64, shortest())]),
        grace: GRACE,
    };
    if let Err(UserDataFault::TooLong { bytes }) = least.render() {
        report(root, profile, bytes);
    }
}

fn shortest() -> Download {
    Download { url: "https://s3/a".into(), region: "us-east-1".into(), sha256: "0".repeat(64) }
}

fn report(root: &Section<'_>, profile: &Profile, bytes: usize) {
    let run = &profile.agent.run;
    let checkpoint = profile.agent.checkpoint.as_ref().and_then(|it| it.command.as_deref());
    let texts = [
        ("run", "setup", run.setup.as_deref()),
        ("run", "command", run.command.as_deref()),
        ("checkpoint", "command", checkpoint),
    ];
    let longest = texts.into_iter().max_by_key(|(_, _, text)| text.map_or(0, str::len));
    let message = format!(
        "makes the user data {bytes} bytes at least, and EC2 takes {MOST_BYTES}: put what is long into a file of \
         run.repository, and call it here"
    );
    if let Some((name, key, Some(_))) = longest
        && let Some(section) = root.item(name).and_then(|item| item.as_section())
    {
        section.fault(key, &message);
    } else {
        root.fault("run", &message);
    }
}

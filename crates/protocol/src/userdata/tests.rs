//! The script, rendered.

use super::*;

const SHA256: &str = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9";

fn download(name: &str) -> Download {
    // As long as a presigned URL with the credentials of a role is.
    let query = format!("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Security-Token={}", "A%2F".repeat(350));
    Download {
        url: format!("https://my-bucket.s3.us-east-2.amazonaws.com/agent/{name}?{query}"),
        region: "us-east-2".into(),
        sha256: SHA256.into(),
    }
}

fn user_data() -> UserData {
    let both = [Architecture::X86_64, Architecture::Aarch64];
    UserData {
        agent_toml: "version = 1\n[run]\nenvironment = \"dev\"\n".into(),
        downloads: both.map(|it| (it, download(it.machine()))).into(),
        grace: GRACE,
    }
}

#[test]
fn nothing_is_left_to_fill_in() {
    let script = user_data().render().expect("a script");
    let left: Vec<&str> =
        script.lines().filter(|line| line.contains("@") && !line.contains("power-off@")).collect();
    assert_eq!(
        left,
        [r#"    timeout -k 10 60 "$@""#, r#"    timeout 90 python3 - "$new" "$@" <<'END_OF_PYTHON'"#]
    );
}

#[test]
fn what_is_given_stands_in_the_script() {
    let script = user_data().render().expect("a script");
    assert!(script.starts_with("#!/bin/sh\n"));
    assert!(script.contains("\nversion = 1\n[run]\nenvironment = \"dev\"\nEND_OF_AGENT_TOML\n"));
    for machine in ["x86_64", "aarch64"] {
        let arm = format!("    {machine})\n        url='{}'\n", download(machine).url);
        assert!(script.contains(&arm), "{machine}");
    }
    assert_eq!(script.matches(&format!("sha256='{SHA256}'")).count(), 2);
}

#[test]
fn the_grace_is_the_same_whoever_powers_off() {
    let script = UserData { grace: Duration::from_secs(90), ..user_data() }.render().expect("a script");
    assert!(script.contains("\ngrace=90 "));
    assert!(script.contains("\nOnFailure=curfew-power-off@90s.service\n"));
    assert!(!script.contains("power-off@300s"));
}

/// The whole profile of the product's documentation, twice over, must still fit.
#[test]
fn there_is_room_for_a_long_configuration() {
    let toml = include_str!("../../golden/agent.v1.toml");
    let data = UserData { agent_toml: format!("{toml}\n# {}", "x".repeat(2 * toml.len())), ..user_data() };
    let script = data.render().expect("a script");
    assert!(script.len() < MOST_BYTES, "{} bytes", script.len());
}

#[test]
fn what_ec2_would_refuse_is_refused_here() {
    let data = UserData { agent_toml: "#".repeat(MOST_BYTES), ..user_data() };
    assert!(matches!(data.render(), Err(UserDataFault::TooLong { bytes }) if bytes > MOST_BYTES));
}

#[test]
fn nothing_breaks_out_of_its_quotes() {
    let check = |change: fn(&mut UserData)| {
        let mut data = user_data();
        change(&mut data);
        assert!(data.render().is_err(), "{data:?}");
    };
    fn x86(data: &mut UserData) -> &mut Download {
        data.downloads.get_mut(&Architecture::X86_64).expect("there is one")
    }
    check(|data| x86(data).url = "https://a/'; reboot; '".into());
    check(|data| x86(data).url = "https://a/\nb".into());
    check(|data| x86(data).url = "file:///etc/shadow".into());
    check(|data| x86(data).region = "'$(reboot)'".into());
    check(|data| x86(data).sha256 = SHA256.to_uppercase());
    check(|data| x86(data).sha256 = String::new());
    check(|data| data.downloads = BTreeMap::new());
    check(|data| data.agent_toml = "a = 1\nEND_OF_AGENT_TOML\nreboot\n".into());
    check(|data| data.agent_toml = "a = \"\0\"".into());
    check(|data| data.grace = Duration::ZERO);
}

#[test]
fn what_looks_like_a_placeholder_in_the_configuration_stays_as_it_is() {
    let data = UserData { agent_toml: "# @GRACE@ @AGENT_UNIT@ @DOWNLOADS@".into(), ..user_data() };
    assert!(data.render().expect("a script").contains("\n# @GRACE@ @AGENT_UNIT@ @DOWNLOADS@\nEND"));
}

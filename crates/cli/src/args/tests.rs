//! What may be typed, and what may not.

use clap::{CommandFactory, Parser};

use super::*;

fn parse(line: &str) -> Result<CommandLine, clap::Error> {
    CommandLine::try_parse_from(line.split(' '))
}

#[test]
fn clap_finds_nothing_wrong_with_the_whole() {
    CommandLine::command().debug_assert();
}

#[test]
fn what_is_documented_is_taken() {
    for line in [
        "curfew check",
        "curfew --demo check --regions us-east-1,eu-west-1 --warn 4h --critical 12h --json",
        "curfew check --regions enabled --demo --warn off",
        "curfew list --all-states --json",
        "curfew stop i-0f09e5bb081e72ae1 i-1a2b3c4d --region us-east-1 --yes",
        "curfew start i-1a2b3c4d --dry-run",
        "curfew terminate i-1a2b3c4d --account work -y",
        "curfew credentials add personal --stdin",
        "curfew credentials list",
        "curfew credentials test",
        "curfew credentials remove personal --yes",
        "curfew completions powershell",
        "curfew launch g5-training --dry-run",
        "curfew launch ./a.toml --count 3 --set limits.max_runtime=2h --set run.env.A=b=c -y --detach --json",
        "curfew --demo launch",
        "curfew launch --demo",
        "curfew profiles list",
        "curfew profiles check a.toml -",
        "curfew profiles example",
        "curfew user-data - --set image=al2023",
        "curfew policy instance --account-number 123456789012 --region us-east-1 --bucket b",
    ] {
        assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_what_would() {
    let check = |line: &str, says: &str| {
        let fault = parse(line).unwrap_err().to_string();
        assert!(fault.contains(says), "{line}: {fault}");
    };
    check("curfew check --regions us-east", "`us-east` is not a region's code");
    check("curfew check --regions us-east-1,", "is not a region's code");
    check("curfew check --warn 2", "is not a length of time");
    check("curfew stop", "<ID>");
    check("curfew stop i-1 --account a/b", "is not an account's name");
    check("curfew credentials add --stdin", "<NAME>");
    check("curfew completions tcsh", "possible values: bash, zsh, fish, powershell");
    check("curfew launhc nightly", "unrecognized subcommand");
    check("curfew launch nightly --count 0", "1..=20");
    check("curfew launch nightly --set limits", "sets nothing");
    check("curfew policy desktop --account-number 1234", "has 12 digits");
    check("curfew policy laptop", "possible values: desktop, instance, prepare");
}

#[test]
fn every_command_shows_how_it_is_used() {
    let command = CommandLine::command();
    for sub in command.get_subcommands() {
        let help = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
        let name = sub.get_name();
        assert!(help.contains("xamples:") || name == "credentials", "{name} has no example");
    }
}

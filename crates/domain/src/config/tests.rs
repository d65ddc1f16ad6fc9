//! Tables and properties of `config`.

use std::collections::BTreeMap;

use super::{alert::*, *};

const HOUR: Duration = Duration::from_secs(3600);

fn faults(text: &str) -> Vec<String> {
    Config::parse(text).expect_err("the text has faults").iter().map(ToString::to_string).collect()
}

#[test]
fn an_empty_file_is_the_default() {
    assert_eq!(Config::parse(""), Ok(Config::default()));
}

#[test]
fn every_key_is_read() {
    let text = r#"
        [poll]
        interval = "90s"
        regions = ["us-east-1", "eu-west-1"]
        [alert]
        warning = "3h"
        critical = { running = "12h", spend_usd = "20.00" }
        repeat = "off"
        [[alert.rule]]
        match = { tags = { Project = "crpbot" }, types = ["g5.*"], profile = "nightly" }
        warning = "4h"
        [[alert.rule]]
        match = { types = ["t3.*"] }
        ignore = true
        [spend]
        monthly_budget_usd = "50.00"
        cost_explorer = true
        [[account]]
        name = "personal"
        source = "keychain"
        [[account]]
        name = "work"
        source = "profile:work"
        assume_role = "arn:aws:iam::123456789012:role/ops"
        mfa_serial = "arn:aws:iam::123456789012:mfa/me"
    "#;
    let config = Config::parse(text).expect("the text is right");
    assert_eq!(config.poll.interval, Duration::from_secs(90));
    assert_eq!(config.poll.regions, RegionChoice::Only(vec!["us-east-1".into(), "eu-west-1".into()]));
    assert_eq!(config.alert.default.warning, Threshold::running(3 * HOUR));
    assert_eq!(
        config.alert.default.critical,
        Threshold { running: Some(12 * HOUR), spend: Some(Money::from_micros(20_000_000)) }
    );
    assert_eq!(config.alert.default.repeat, None);
    assert_eq!(config.alert.rules[0].matches.tags, BTreeMap::from([("Project".into(), "crpbot".into())]));
    assert_eq!(config.alert.rules[1].effect, RuleEffect::Ignore);
    assert_eq!(
        config.spend,
        SpendConfig { monthly_budget: Some(Money::from_micros(50_000_000)), cost_explorer: true }
    );
    assert_eq!(config.accounts.len(), 2);
    assert_eq!(config.accounts[1].source, CredentialSource::Profile("work".into()));
}

#[test]
fn five_faults_are_five_sentences() {
    let text = "[poll]\nintervall = \"60s\"\ninterval = \"5s\"\n[alert]\nwarning = 2\ncritical = \"soon\"\n[[account]]\nname = \"a b\"\nsource = \"keychain\"\n";
    assert_eq!(
        faults(text),
        [
            "line 2: poll.intervall: there is no such key; did you mean `interval`?",
            "line 3: poll.interval: `5s` is out of bounds: from 15s to 1h",
            "line 5: alert.warning: must be text in quotes, not a number without quotes",
            "line 6: alert.critical: `soon` is not a length of time: write a number and a unit, for example \"90s\", \"15m\", \"2h\", \"1h 30m\" or \"3d\"; or \"off\"",
            "line 8: account[1].name: `a b` is not an account's name: use up to 64 letters, digits, dashes, dots and underscores",
        ]
    );
}

#[test]
fn single_faults_are_told_apart() {
    let check = |text: &str, part: &str| {
        let faults = faults(text);
        assert!(faults.iter().any(|fault| fault.contains(part)), "{text}: {faults:?}");
    };
    check("[poll\n", "line 1: TOML");
    check("polls = 1", "polls: there is no such key; did you mean `poll`?");
    check("poll = 1", "poll: must be a table");
    check("[poll]\nregions = []", "poll.regions: an empty list");
    check("[poll]\nregions = \"all\"", "neither \"enabled\"");
    check("[poll]\nregions = [\"useast1\"]", "poll.regions[1]: `useast1` is not a region");
    check("[alert]\nwarning = \"8h\"\ncritical = \"6h\"", "alert.warning: comes after `critical`");
    check("[[alert.rule]]\nignore = true", "alert.rule[1].match: is missing");
    check("[spend]\nmonthly_budget_usd = 50", "text in quotes");
    check("[spend]\nmonthly_budget_usd = \"-5\"", "is negative");
    check("[[account]]\nname = \"a\"", "account[1].source: is missing");
    check("[[account]]\nname = \"a\"\nsource = \"vault\"", "none of \"keychain\"");
    check("[[account]]\nname = \"a\"\nsource = \"keychain\"\nmfa_serial = \"x\"", "only an assume_role");
    check(
        "[[account]]\nname = \"a\"\nsource = \"keychain\"\n[[account]]\nname = \"a\"\nsource = \"environment\"",
        "names two accounts",
    );
}

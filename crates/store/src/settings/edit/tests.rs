//! Edits that change one thing in a file that a person wrote.

use domain::Config;
use proptest::prelude::*;

use super::*;

fn edited(text: &str, edits: &[SettingsEdit]) -> String {
    let new = apply(text, edits).expect("the edit can be made");
    Config::parse(&new).unwrap_or_else(|faults| panic!("{faults:?}\n{new}"));
    new
}

fn check(text: &str, edit: SettingsEdit, expected: &str) {
    assert_eq!(edited(text, &[edit]), expected);
}

fn put(name: &str, source: &str) -> SettingsEdit {
    SettingsEdit::PutAccount { name: name.into(), source: source.into(), assume_role: None, mfa_serial: None }
}

#[test]
fn a_first_setting_makes_a_file() {
    check("", SettingsEdit::Interval("90s".into()), "[poll]\ninterval = \"90s\"\n");
    check("", put("a", "keychain"), "[[account]]\nname = \"a\"\nsource = \"keychain\"\n");
}

#[test]
fn a_value_changes_and_its_comment_stays() {
    check(
        "# mine\n[poll] # how often\n  interval   =  \"60s\"   # not too often\n\n# end",
        SettingsEdit::Interval("90s".into()),
        "# mine\n[poll] # how often\n  interval   =  \"90s\"   # not too often\n\n# end",
    );
}

#[test]
fn a_new_section_comes_last_and_after_the_comments() {
    check(
        "[poll]\ninterval = \"60s\"\n\n# [alert]\n# warning = \"2h\"",
        SettingsEdit::Repeat("off".into()),
        "[poll]\ninterval = \"60s\"\n\n# [alert]\n# warning = \"2h\"\n\n[alert]\nrepeat = \"off\"\n",
    );
}

#[test]
fn inline_and_dotted_tables_are_edited_as_they_are() {
    check(
        "poll = { interval = \"60s\" }\n",
        SettingsEdit::Interval("90s".into()),
        "poll = { interval = \"90s\" }\n",
    );
    check(
        "poll.interval = \"60s\" # a\n",
        SettingsEdit::Interval("90s".into()),
        "poll.interval = \"90s\" # a\n",
    );
}

#[test]
fn rules_alone_get_an_alert_section() {
    let rules = "[[alert.rule]] # first\nmatch = { types = [\"g5.*\"] }\nignore = true\n";
    let new = edited(rules, &[SettingsEdit::Warning("3h".into())]);
    assert!(new.contains(rules) && new.contains("[alert]\nwarning = \"3h\"\n"), "{new}");
}

#[test]
fn a_threshold_on_spend_outlives_the_time() {
    let text = "[alert]\ncritical = { running = \"12h\", spend_usd = \"20.00\" } # both\n";
    check(
        text,
        SettingsEdit::Critical("8h".into()),
        "[alert]\ncritical = { running = \"8h\", spend_usd = \"20.00\" } # both\n",
    );
    check(
        text,
        SettingsEdit::Critical("off".into()),
        "[alert]\ncritical = { spend_usd = \"20.00\" } # both\n",
    );
}

const REGIONS: &str = "[poll]\nregions = [\n  \"us-east-1\", # main\n  \"eu-west-1\", # team\n  # all\n]\n";

#[test]
fn a_list_of_regions_keeps_its_layout_and_its_comments() {
    let check = |wanted: &[&str], expected: &str| {
        let wanted = wanted.iter().copied().map(str::to_owned).collect();
        let new = edited(REGIONS, &[SettingsEdit::Regions(Some(wanted))]);
        assert_eq!(new, format!("[poll]\nregions = [{expected}]\n"));
    };
    check(&["us-east-1", "eu-west-1"], "\n  \"us-east-1\", # main\n  \"eu-west-1\", # team\n  # all\n");
    check(&["us-east-1"], "\n  \"us-east-1\", # main\n # team\n  # all\n");
    check(&["eu-west-1"], " # main\n  \"eu-west-1\", # team\n  # all\n");
    let new = edited(REGIONS, &[SettingsEdit::Regions(Some(vec!["ap-south-1".into()]))]);
    for comment in ["# main", "# team", "# all"] {
        assert!(new.contains(comment), "{new}");
    }
    tests::check(REGIONS, SettingsEdit::Regions(None), "[poll]\nregions = \"enabled\"\n");
}

const ACCOUNTS: &str = "[spend]\n# monthly_budget_usd = \"50.00\"\n\n# the first\n[[account]] # head\nname = \"a\"\n# inside\nsource = \"keychain\" # why\nassume_role = \"arn:aws:iam::123456789012:role/ops\"\n\n# the second\n[[account]]\nname = \"b\"\nsource = \"environment\"\n# end\n";

#[test]
fn an_account_changes_in_its_place() {
    check(
        ACCOUNTS,
        put("a", "profile:work"),
        "[spend]\n# monthly_budget_usd = \"50.00\"\n\n# the first\n[[account]] # head\nname = \"a\"\n# inside\nsource = \"profile:work\" # why\n\n# the second\n[[account]]\nname = \"b\"\nsource = \"environment\"\n# end\n",
    );
}

#[test]
fn an_account_goes_and_leaves_the_comments_around_it() {
    check(
        ACCOUNTS,
        SettingsEdit::RemoveAccount("a".into()),
        "[spend]\n# monthly_budget_usd = \"50.00\"\n\n# the first\n\n# the second\n[[account]]\nname = \"b\"\nsource = \"environment\"\n# end\n",
    );
    check(ACCOUNTS, SettingsEdit::RemoveAccount("nobody".into()), ACCOUNTS);
}

#[test]
fn a_new_account_comes_last() {
    let new = edited(ACCOUNTS, &[put("c", "keychain")]);
    assert_eq!(new, format!("{ACCOUNTS}\n[[account]]\nname = \"c\"\nsource = \"keychain\"\n"));
}

#[test]
fn a_list_of_accounts_stays_a_list() {
    let text = "account = [{ name = \"a\", source = \"keychain\" }] # mine\n";
    let new = edited(text, &[put("b", "environment"), SettingsEdit::RemoveAccount("a".into())]);
    assert!(new.starts_with("account = [") && new.ends_with("# mine\n"), "{new}");
    assert_eq!(Config::parse(&new).expect("it was parsed").accounts.len(), 1);
}

#[test]
fn windows_lines_stay_windows_lines() {
    check(
        "# a\r\n[poll]\r\ninterval = \"60s\" # b\r\n",
        SettingsEdit::Interval("90s".into()),
        "# a\r\n[poll]\r\ninterval = \"90s\" # b\r\n",
    );
}

#[test]
fn quotes_and_brackets_cannot_break_out() {
    let new =
        apply("", &[SettingsEdit::Interval("1m\"\n[alert]\nwarning = \"9h".into())]).expect("it is text");
    let faults = Config::parse(&new).expect_err("that is no length of time");
    assert!(faults.iter().all(|fault| fault.key == "poll.interval"), "{faults:?}");
}

/// Pieces of a file, each with a comment of its own that no edit owns.
fn files() -> impl Strategy<Value = String> {
    let pieces = [
        "# c0 at the top\n\n",
        "[poll] # c1\n# c2\ninterval = \"60s\" # c3\n",
        "\n# c4\n[alert]\n# c5\nwarning = \"3h\" # c6\ncritical = { running = \"9h\", spend_usd = \"20.00\" } # c7\n",
        "[[alert.rule]] # c8\nmatch = { types = [\"g5.*\"] } # c9\nignore = true\n",
        "# c10\n[spend] # c11\ncost_explorer = false\n# c12\n",
        "\n# c13\n\n# c14 at the end",
    ];
    let kept = prop::collection::vec(any::<bool>(), pieces.len());
    let accounts = prop::collection::vec("[a-d]", 0..3);
    let windows = any::<bool>();
    (kept, accounts, windows).prop_map(move |(kept, accounts, windows)| {
        let mut text: String =
            pieces.iter().zip(kept).filter(|(_, kept)| *kept).map(|(piece, _)| *piece).collect();
        let mut named: Vec<String> = accounts;
        named.sort();
        named.dedup();
        for name in named {
            text.push_str(&format!(
                "\n# before {name}\n[[account]]\nname = \"{name}\"\nsource = \"keychain\"\n"
            ));
        }
        text.push_str("# the very end");
        if windows { text.replace('\n', "\r\n") } else { text }
    })
}

fn edits() -> impl Strategy<Value = SettingsEdit> {
    let time = || prop_oneof![Just("45s"), Just("90s"), Just("15m"), Just("1h")].prop_map(str::to_owned);
    let long = || prop_oneof![Just("4h"), Just("1d"), Just("off")].prop_map(str::to_owned);
    let name = || "[a-d]".prop_map(|name: String| name);
    let regions = prop::sample::subsequence(vec!["us-east-1", "eu-west-1", "ap-south-1"], 1..=3)
        .prop_map(|list| list.into_iter().map(str::to_owned).collect());
    let source = prop_oneof![Just("keychain"), Just("environment"), Just("profile:my work")];
    let role = prop::option::of(Just("arn:aws:iam::123456789012:role/ops".to_owned()));
    prop_oneof![
        time().prop_map(SettingsEdit::Interval),
        prop::option::of(regions).prop_map(SettingsEdit::Regions),
        time().prop_map(SettingsEdit::Warning),
        long().prop_map(SettingsEdit::Critical),
        long().prop_map(SettingsEdit::Repeat),
        (name(), source, role).prop_map(|(name, source, assume_role)| SettingsEdit::PutAccount {
            name,
            source: source.into(),
            mfa_serial: assume_role.clone().map(|_| "arn:aws:iam::123456789012:mfa/me".into()),
            assume_role,
        }),
        name().prop_map(SettingsEdit::RemoveAccount),
    ]
}

fn comments(text: &str) -> Vec<String> {
    let mut comments: Vec<String> = text
        .lines()
        .filter_map(|line| line.split_once('#'))
        .map(|(_, comment)| comment.trim().to_owned())
        .collect();
    comments.sort();
    comments
}

proptest! {
    #[test]
    fn any_edits_keep_the_file_right_and_its_comments(text in files(), edits in prop::collection::vec(edits(), 0..8)) {
        prop_assert!(Config::parse(&text).is_ok(), "{}", text);
        let new = apply(&text, &edits).expect("the edits can be made");
        prop_assert!(Config::parse(&new).is_ok(), "{:?}\n{}", Config::parse(&new), new);
        prop_assert_eq!(comments(&new), comments(&text), "{}", new);
        let stepwise = edits.iter().fold(text.clone(), |text, edit| apply(&text, std::slice::from_ref(edit)).expect("so can each"));
        prop_assert_eq!(new, stepwise);
        if edits.is_empty() {
            prop_assert_eq!(apply(&text, &[]).expect("nothing to do"), text);
        }
    }

    #[test]
    fn the_last_edit_of_a_kind_is_in_force(text in files(), before in prop::collection::vec(edits(), 0..4)) {
        let mut edits = before;
        edits.push(SettingsEdit::Interval("33s".into()));
        edits.push(put("z", "profile:last"));
        let config = Config::parse(&apply(&text, &edits).expect("the edits can be made")).expect("it is right");
        prop_assert_eq!(config.poll.interval.as_secs(), 33);
        prop_assert!(config.accounts.iter().any(|account| account.name.as_str() == "z" && account.source.to_string() == "profile:last"));
    }
}

//! One value changed, everything else as it was.

use proptest::prelude::*;

use super::*;

/// The text after `--set`, or why not.
fn changed(text: &str, key: &str, value: &str) -> String {
    set(text, key, value).unwrap_or_else(|fault| format!("{}: {}", fault.key, fault.message))
}

#[test]
fn a_value_is_what_a_profile_has_there() {
    let check = |key: &str, value: &str, line: &str| {
        let text = changed("", key, value);
        assert_eq!(text.lines().last(), Some(line), "{text}");
    };
    check("limits.max_runtime", "2h", "max_runtime = \"2h\"");
    check("disk.size_gib", "80", "size_gib = 80");
    check("network.public_ip", "false", "public_ip = false");
    check("types", "[\"g5.xlarge\", \"g5.2xlarge\"]", "types = [\"g5.xlarge\", \"g5.2xlarge\"]");
    check("image", "\"al2023\"", "image = \"al2023\"");
    check("key", "", "key = \"\"");
    // These are texts in a profile, whatever they look like.
    check("market.max_price_usd", "0.50", "max_price_usd = \"0.50\"");
    check("limits.max_spend_usd", "5", "max_spend_usd = \"5\"");
    check("run.env.SEED", "42", "SEED = \"42\"");
    check("tags.\"Cost centre\"", "1979-05-27", "\"Cost centre\" = \"1979-05-27\"");
    check("run.revision", "2024-01-01", "revision = \"2024-01-01\"");
    check("run.command", "echo \"a\" # b", "command = 'echo \"a\" # b'");
}

#[test]
fn what_is_there_says_what_it_becomes() {
    let text = "regions = [\"us-east-1\"] # near\nkey = \"1\"\n";
    assert_eq!(
        changed(text, "regions", "us-west-2,us-east-2"),
        "regions = [\"us-west-2\", \"us-east-2\"] # near\nkey = \"1\"\n"
    );
    assert_eq!(changed(text, "key", "2"), "regions = [\"us-east-1\"] # near\nkey = \"2\"\n");
}

#[test]
fn comments_and_order_stay() {
    let text =
        "# Mine.\nimage = \"al2023\" # plain\n\n# How long.\n[limits]\nmax_runtime = \"4h\" # enough\r\n";
    let expected = "# Mine.\r\nimage = \"al2023\" # plain\r\n\r\n# How long.\r\n[limits]\r\nmax_runtime = \"2h\" # enough\r\non_end = \"stop\"\r\n";
    assert_eq!(changed(&changed(text, "limits.max_runtime", "2h"), "limits.on_end", "stop"), expected);
}

#[test]
fn tables_of_every_shape_are_found() {
    assert_eq!(changed("disk = { size_gib = 8 }\n", "disk.size_gib", "9"), "disk = { size_gib = 9 }\n");
    assert_eq!(
        changed("disk = { size_gib = 8 }\n", "disk.iops", "4000"),
        "disk = { size_gib = 8 , iops = 4000 }\n"
    );
    assert_eq!(changed("disk.size_gib = 8\n", "disk.iops", "4000"), "disk.size_gib = 8\ndisk.iops = 4000\n");
    assert_eq!(changed("[run]\n", "run.env.A", "b"), "[run]\n\n[run.env]\nA = \"b\"\n");
    assert_eq!(
        changed("run = { setup = \"a\" }\n", "run.env.A", "b"),
        "run = { setup = \"a\" , env.A = \"b\" }\n"
    );
}

#[test]
fn what_cannot_be_set_is_said() {
    let check = |text: &str, key: &str, message: &str| {
        assert_eq!(set(text, key, "1").map_err(|fault| fault.to_string()), Err(message.into()));
    };
    check("", "", "line 1: : is not a key: one is written like limits.max_runtime");
    check("", "a..b", "line 1: a..b: is not a key: one is written like limits.max_runtime");
    check("a = 1\n", "a.b", "line 1: a.b: a is not a table of keys: change it in the file");
    check("[a]\n", "a", "line 1: a: is a table of keys: name one of them, or change it in the file");
    check("[[a]]\nb = 1\n", "a.b", "line 1: a.b: a is not a table of keys: change it in the file");
    assert_eq!(set("a = 1\nb = = 2\n", "a", "2").map_err(|fault| fault.line), Err(2));
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "[\\PC\n\"'=\\[\\]{}.,#]{0,60}", key in "[\\PC.\"]{0,20}", value in "\\PC{0,20}") {
        if let Ok(changed) = set(&text, &key, &value) {
            prop_assert!(changed.parse::<DocumentMut>().is_ok(), "{}", changed);
        }
    }

    #[test]
    fn a_text_that_is_set_is_read_back(text in "[a-z \"'\\\\#=é\n\t]{0,20}x") {
        let changed = set("# Mine.\n", "run.setup", &text).expect("a text");
        let read: DocumentMut = changed.parse().expect("a document");
        prop_assert_eq!(read["run"]["setup"].as_str(), Some(text.as_str()));
    }
}

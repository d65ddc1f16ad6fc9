//! The script without AWS: everything that is known is in it, and the rest is seen to be missing.

use super::*;

fn profile(text: &str) -> Profile {
    let name = "train".parse().expect("a name");
    Profile::parse(name, text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn now() -> Timestamp {
    "2026-07-01T12:00:00Z".parse().expect("a time")
}

fn builds() -> BTreeMap<Architecture, String> {
    BTreeMap::from([(Architecture::X86_64, "ab".repeat(32))])
}

const PREPARED: &str =
    "regions = [\"us-east-1\"]\ntypes = [\"g5.xlarge\"]\nimage = \"al2023\"\n[run]\ncommand = \"true\"\n";

#[test]
fn what_is_not_known_is_a_placeholder() {
    let script = user_data(&profile(PREPARED), &builds(), now()).expect("a script");
    assert!(script.contains("bucket = \"curfew-ACCOUNT-us-east-1\""), "{script}");
    let url = format!(
        "https://curfew-ACCOUNT-us-east-1.s3.us-east-1.amazonaws.com/curfew/agent/{}/curfew-agent-x86_64?SIGNED",
        "ab".repeat(32)
    );
    assert!(script.contains(&url), "{script}");
}

#[test]
fn a_named_bucket_lies_somewhere() {
    let text = PREPARED.replace("[run]", "[run]\nbucket = \"my-bucket\"");
    let script = user_data(&profile(&text), &builds(), now()).expect("a script");
    assert!(script.contains("bucket = \"my-bucket\"\nregion = \"BUCKET-REGION\""), "{script}");
}

#[test]
fn money_shortens_the_time_as_it_will_at_the_launch() {
    let text = PREPARED.replace("[run]", "[disk]\nsize_gib = 50\n[limits]\nmax_spend_usd = \"1.00\"\n[run]");
    let script = user_data(&profile(&text), &builds(), now()).expect("a script");
    assert!(!script.contains("max_runtime = \"4h\""), "{script}");
    let text = text.replace("\"1.00\"", "\"0.01\"");
    let fault = user_data(&profile(&text), &builds(), now()).expect_err("too little");
    assert!(matches!(fault, PreviewFault::TooLittle { .. }), "{fault}");
}

#[test]
fn without_a_build_there_is_no_script() {
    let fault = user_data(&profile(PREPARED), &BTreeMap::new(), now()).expect_err("no build");
    assert!(fault.to_string().contains("no build of the agent"), "{fault}");
}

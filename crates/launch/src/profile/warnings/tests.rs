//! What looks like a secret, and what only sounds like one.

use super::*;

fn warnings(text: &str) -> Vec<Warning> {
    let least = "regions = ['us-east-1']\ntypes = ['g5.xlarge']\nimage = 'al2023'\n";
    Profile::parse("x".parse().expect("a name"), &format!("{least}{text}")).expect("a profile").warnings()
}

fn in_variable(name: &str, value: &str) -> Option<Sign> {
    warnings(&format!("[run.env]\n{name} = '{value}'\n")).pop().map(|warning| warning.sign)
}

#[test]
fn names_of_secrets_are_warned_of() {
    for name in
        ["HF_TOKEN", "WANDB_API_KEY", "AWS_SECRET_ACCESS_KEY", "DbPassword", "db_passwd", "APP_CREDENTIALS"]
    {
        assert_eq!(in_variable(name, "abc"), Some(Sign::Name), "{name}");
    }
    for name in ["TOKENIZERS_PARALLELISM", "MAX_TOKENS", "SEED", "KEYBOARD", "MONKEY", "PYTHONPATH"] {
        assert_eq!(in_variable(name, "abc"), None, "{name}");
    }
    assert_eq!(in_variable("HF_TOKEN", ""), None, "an empty one holds nothing");
}

#[test]
fn values_of_secrets_are_warned_of_wherever_they_are() {
    let check = |value: &str, kind| assert_eq!(in_variable("X", value), Some(Sign::Value(kind)), "{value}");
    check("AKIAIOSFODNN7EXAMPLE", Secret::AwsKey);
    check("ghp_0123456789abcdefghij0123456789abcdef", Secret::GitToken);
    check("hf_abcdefghijklmnopqrstuvwxyzABCDEFGH", Secret::HuggingFaceToken);
    check("Bearer sk-proj-0123456789abcdef", Secret::ApiKey);
    check("-----BEGIN OPENSSH PRIVATE KEY-----", Secret::PrivateKey);
    for harmless in ["hf_model", "AKIA", "task-force-of-the-sk-learners", "s3://my-bucket/hf_datasets/"] {
        assert_eq!(in_variable("X", harmless), None, "{harmless}");
    }
    let text =
        "[run]\nsetup = 'git clone https://ghp_0123456789abcdefghij@example.com/a'\ncommand = 'true'\n";
    let found: Vec<String> = warnings(text).into_iter().map(|warning| warning.key).collect();
    assert_eq!(found, ["run.setup"]);
}

#[test]
fn a_warning_says_what_to_do_and_not_what_it_found() {
    let text = "[run.env]\nA = 'hf_abcdefghijklmnopqrstuvwxyzABCDEFGH'\nB_TOKEN = 'hunter2'\n";
    let sentences: Vec<String> = warnings(text).iter().map(ToString::to_string).collect();
    let where_it_is_seen = "whoever is on the instance can read it there, and whoever may describe the instance can read \
                            it in its user data: keep it in Secrets Manager or SSM, and fetch it in run.setup";
    assert_eq!(
        sentences,
        [
            format!("run.env.A: holds what looks like a token of Hugging Face; {where_it_is_seen}"),
            format!("run.env.B_TOKEN: is a secret by its name; {where_it_is_seen}"),
        ]
    );
}

//! Files as people have them.

use super::*;

const CONFIG: &str = "
[default]
region = eu-west-1

[profile base]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = from-the-config-file

[profile plain-role]
role_arn = arn:aws:iam::123456789012:role/plain
source_profile = base

[profile coded]
role_arn = arn:aws:iam::123456789012:role/trainer
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/ann
external_id = 42
role_session_name = ann
duration_seconds = 14400

[profile second-step]
role_arn = arn:aws:iam::210987654321:role/further
source_profile = coded

[profile self]
role_arn = arn:aws:iam::123456789012:role/self
source_profile = self
mfa_serial = GAHT12345678
aws_access_key_id = AKIASELF
aws_secret_access_key = own

[profile from-environment]
role_arn = arn:aws:iam::123456789012:role/env
credential_source = Environment
mfa_serial = GAHT12345678

[profile from-sso]
role_arn = arn:aws:iam::123456789012:role/sso
source_profile = sso
mfa_serial = GAHT12345678

[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Trainer

[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1

[profile loop-a]
role_arn = arn:aws:iam::123456789012:role/a
source_profile = loop-b
mfa_serial = GAHT12345678

[profile loop-b]
role_arn = arn:aws:iam::123456789012:role/b
source_profile = loop-a

[profile web]
role_arn = arn:aws:iam::123456789012:role/web
web_identity_token_file = /token
mfa_serial = GAHT12345678
";

const CREDENTIALS: &str = "
[base]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = from-the-credentials-file

[only-here]
aws_access_key_id = AKIAONLYHERE
aws_secret_access_key = s
";

#[test]
fn names_come_from_both_files() {
    let files = files(&[]);
    let names: Vec<_> = files.profiles().collect();
    assert!(["base", "coded", "default", "only-here"].iter().all(|name| names.contains(name)), "{names:?}");
    assert!(!names.contains(&"corp"), "an sso-session is no profile");
}

#[test]
fn a_code_anywhere_in_the_chain_takes_it_out_of_the_sdks_hands() {
    let files = files(&[]);
    let coded = Role {
        arn: "arn:aws:iam::123456789012:role/trainer".into(),
        mfa_serial: Some("arn:aws:iam::123456789012:mfa/ann".into()),
        external_id: Some("42".into()),
        session_name: Some("ann".into()),
        seconds: Some(14400),
    };
    let base =
        || Base::Keys(Credentials::from_keys("AKIAIOSFODNN7EXAMPLE", "from-the-credentials-file", None));
    assert_eq!(chain(&files, Some("coded")), Some(Chain { base: base(), roles: vec![coded.clone()] }));
    let further = Role {
        arn: "arn:aws:iam::210987654321:role/further".into(),
        mfa_serial: None,
        external_id: None,
        session_name: None,
        seconds: None,
    };
    let expected = Chain { base: base(), roles: vec![coded, further] };
    assert_eq!(chain(&files, Some("second-step")), Some(expected));
}

#[test]
fn a_chain_starts_where_its_keys_are() {
    let files = files(&[]);
    let base = |name| chain(&files, Some(name)).map(|chain| chain.base);
    assert_eq!(base("self"), Some(Base::Keys(Credentials::from_keys("AKIASELF", "own", None))));
    assert_eq!(base("from-environment"), Some(Base::Environment));
    assert_eq!(base("from-sso"), Some(Base::Profile("sso".into())));
}

#[test]
fn what_needs_no_code_or_makes_no_sense_is_left_to_the_sdk() {
    let files = files(&[]);
    for name in ["base", "plain-role", "sso", "web", "loop-a", "default", "no-such-profile"] {
        assert_eq!(chain(&files, Some(name)), None, "{name}");
    }
}

#[test]
fn the_selected_profile_is_the_one_of_the_environment() {
    assert_eq!(chain(&files(&[]), None), None);
    assert!(chain(&files(&[("AWS_PROFILE", "coded")]), None).is_some());
}

#[test]
fn a_sign_in_is_seen_through_roles() {
    let files = files(&[]);
    let signs_in = |name| signs_in(&files, Some(name));
    assert!(signs_in("sso") && signs_in("from-sso"));
    assert!(!signs_in("base") && !signs_in("coded") && !signs_in("loop-a") && !signs_in("no-such-profile"));
}

#[test]
fn files_are_where_the_environment_says() {
    let environment = Env::from_slice(&[("HOME", "/home/ann"), ("AWS_CONFIG_FILE", "/elsewhere")]);
    let files = Fs::from_slice(&[("/elsewhere", "[profile moved]\nregion = us-west-2\n")]);
    let read = parse(&files, &environment).unwrap();
    assert_eq!(read.profiles().collect::<Vec<_>>(), ["moved"]);
}

#[test]
fn no_files_and_broken_files_are_no_profiles() {
    let environment = Env::from_slice(&[("HOME", "/home/ann")]);
    assert!(parse(&Fs::from_slice(&[]), &environment).is_some_and(|files| files.is_empty()));
    let broken = Fs::from_slice(&[("/home/ann/.aws/config", "[profile half\n")]);
    assert!(parse(&broken, &environment).is_none());
}

fn files(variables: &[(&str, &str)]) -> ProfileSet {
    let home = [("HOME", "/home/ann")];
    let environment: Vec<_> = home.iter().chain(variables).copied().collect();
    let files =
        Fs::from_slice(&[("/home/ann/.aws/config", CONFIG), ("/home/ann/.aws/credentials", CREDENTIALS)]);
    parse(&files, &Env::from_slice(&environment)).unwrap()
}

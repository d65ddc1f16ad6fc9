//! Where credentials come from, how often they are asked for, and what their lack is called.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use curfew_tests::{
    ask_aws::{Ask, AskAws, KEYCHAIN, Keychain},
    stand_in::{self, StandIn},
};
use domain::{AccountConfig, CloudFault, CredentialSource, FaultKind, Identity, Instance, Region};

use super::{account, ask, ask_with, environment, role_arn, with_role, without_keys};

const CODE: &str = "123456";
const DEVICE: &str = "arn:aws:iam::123456789012:mfa/curfew";

#[tokio::test]
async fn the_keychain_is_asked_once() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask_with_keychain(&aws, &holds(stand_in::KEY, None))?;
    let who: Identity = asking.ask(Ask::Identity(from_keychain())).await??;
    assert_eq!(who.number, stand_in::ACCOUNT);
    assert_eq!(who.arn, format!("arn:aws:iam::{}:user/curfew", stand_in::ACCOUNT));
    for told in asking.all(every_region(&from_keychain())).await? {
        told?;
    }
    assert_eq!(reads(&mut asking).await?, 1);
    let () = asking.ask(Ask::Forget(from_keychain())).await??;
    let _: Identity = asking.ask(Ask::Identity(from_keychain())).await??;
    assert_eq!(reads(&mut asking).await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_keychain_that_does_not_open_is_asked_once_until_it_is_forgotten() -> Result<()> {
    let aws = StandIn::start().await?;
    for kind in [FaultKind::KeychainLocked, FaultKind::KeychainAbsent] {
        let fault = CloudFault::with_detail(kind, "org.freedesktop.secrets");
        let mut asking = ask_with_keychain(&aws, &Keychain::Fails(fault.clone()))?;
        for told in asking.all(every_region(&from_keychain())).await? {
            assert_eq!(told, Err(fault.clone()));
        }
        assert_eq!(identity(&mut asking, &from_keychain()).await?, Err(fault));
        assert_eq!(reads(&mut asking).await?, 1);
        let () = asking.ask(Ask::Forget(from_keychain())).await??;
        identity(&mut asking, &from_keychain()).await?.unwrap_err();
        assert_eq!(reads(&mut asking).await?, 2);
    }
    assert_eq!(aws.calls().await?, []);
    Ok(())
}

#[tokio::test]
async fn wrong_missing_and_expired_keys_are_told_apart() -> Result<()> {
    let aws = StandIn::start().await?;
    aws.add_key(stand_in::ACCOUNT, ("ASIAOLDSESSIONKEY000", "secret"), Some(("token", Duration::ZERO)))
        .await?;
    let check = async |keychain: Keychain, kind: FaultKind| -> Result<()> {
        let mut asking = ask_with_keychain(&aws, &keychain)?;
        let fault = identity(&mut asking, &from_keychain()).await?.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault:?}");
        let fault = instances(&mut asking, &from_keychain()).await?.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault:?}");
        Ok(())
    };
    check(Keychain::Holds(BTreeMap::new()), FaultKind::NoCredentials).await?;
    check(holds(("AKIANOSUCHKEYATALL00", "secret"), None), FaultKind::WrongCredentials).await?;
    check(holds((stand_in::KEY.0, "not-its-secret"), None), FaultKind::WrongCredentials).await?;
    check(holds(("ASIAOLDSESSIONKEY000", "secret"), Some("token")), FaultKind::ExpiredCredentials).await
}

#[tokio::test]
async fn an_account_that_is_configured_anew_is_read_anew() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask_with_keychain(&aws, &holds(stand_in::OTHER_KEY, None))?;
    write(&asking, "credentials", &keys("gpu", stand_in::KEY))?;
    let other = identity(&mut asking, &from_keychain()).await??;
    assert_eq!(other.number, stand_in::OTHER_ACCOUNT);
    let same_name = identity(&mut asking, &from_profile("gpu")).await??;
    assert_eq!(same_name.number, stand_in::ACCOUNT);
    Ok(())
}

#[tokio::test]
async fn profiles_are_read_as_the_command_line_reads_them() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask_with(&without_keys(&aws))?;
    let (key, secret) = stand_in::KEY;
    let program = asking.home().join("keys.json");
    std::fs::write(
        &program,
        format!(r#"{{"Version":1,"AccessKeyId":"{key}","SecretAccessKey":"{secret}"}}"#),
    )?;
    let config = format!(
        "[profile role]\nrole_arn = {}\nsource_profile = gpu\n[profile program]\ncredential_process = cat {}\n\
         [profile broken]\ncredential_process = echo no keys today >&2; exit 3\n",
        role_arn("plain"),
        program.display(),
    );
    write(&asking, "config", &config)?;
    write(&asking, "credentials", &keys("gpu", stand_in::KEY))?;
    let user = identity(&mut asking, &from_profile("gpu")).await??;
    assert!(user.arn.ends_with("user/curfew"), "{}", user.arn);
    let role = identity(&mut asking, &from_profile("role")).await??;
    assert!(role.arn.contains("assumed-role/plain/"), "{}", role.arn);
    instances(&mut asking, &from_profile("role")).await??;
    let program = identity(&mut asking, &from_profile("program")).await??;
    assert_eq!(program, user);
    let fault = identity(&mut asking, &from_profile("broken")).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoCredentials);
    assert!(fault.detail.contains("no keys today"), "{}", fault.detail);
    let fault = identity(&mut asking, &from_profile("nobody")).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoCredentials);
    assert!(fault.detail.contains("`nobody`"), "{}", fault.detail);
    let names: Vec<String> = asking.ask(Ask::Profiles).await??;
    assert_eq!(names, ["broken", "gpu", "program", "role"]);
    Ok(())
}

#[tokio::test]
async fn the_environment_is_keys_or_a_profile_or_nothing() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut variables = without_keys(&aws);
    let fault = identity(&mut ask_with(&variables)?, &environment()).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoCredentials, "{fault:?}");
    variables.push(("AWS_PROFILE", "gpu".to_owned()));
    let mut asking = ask_with(&variables)?;
    write(&asking, "credentials", &keys("gpu", stand_in::OTHER_KEY))?;
    assert_eq!(identity(&mut asking, &environment()).await??.number, stand_in::OTHER_ACCOUNT);
    assert_eq!(identity(&mut ask(&aws)?, &environment()).await??.number, stand_in::ACCOUNT);
    Ok(())
}

#[tokio::test]
async fn a_sign_in_that_is_over_asks_for_another() -> Result<()> {
    let aws = StandIn::start().await?;
    let mut asking = ask_with(&without_keys(&aws))?;
    let config = "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Trainer\n\
                  [sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n";
    write(&asking, "config", config)?;
    let fault = identity(&mut asking, &from_profile("sso")).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::ExpiredCredentials, "{fault:?}");
    assert!(fault.hint().contains("aws sso login"));
    Ok(())
}

#[tokio::test]
async fn a_role_is_assumed_once_for_all_regions() -> Result<()> {
    let aws = StandIn::start().await?;
    let account = with_role(CredentialSource::Environment, &role_arn("watcher"), None);
    let mut asking = ask(&aws)?;
    for told in asking.all(every_region(&account)).await? {
        told?;
    }
    let who = identity(&mut asking, &account).await??;
    assert!(who.arn.contains("assumed-role/watcher/curfew"), "{}", who.arn);
    assert_eq!(aws.calls_of("AssumeRole").await?.len(), 1);
    let _: u64 = asking.ask(Ask::Pass(54 * 60)).await??;
    instances(&mut asking, &account).await??;
    assert_eq!(aws.calls_of("AssumeRole").await?.len(), 1);
    let _: u64 = asking.ask(Ask::Pass(2 * 60)).await??;
    instances(&mut asking, &account).await??;
    assert_eq!(aws.calls_of("AssumeRole").await?.len(), 2, "five minutes before its end it is renewed");
    Ok(())
}

#[tokio::test]
async fn a_role_that_is_refused_names_the_permission() -> Result<()> {
    let aws = StandIn::start().await?;
    aws.role_with_mfa(&role_arn("guarded")).await?;
    let account = with_role(CredentialSource::Environment, &role_arn("guarded"), None);
    let fault = identity(&mut ask(&aws)?, &account).await?.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied { action: "sts:AssumeRole".into() });
    Ok(())
}

#[tokio::test]
async fn a_code_is_asked_for_taken_once_and_kept_for_the_session() -> Result<()> {
    let aws = StandIn::start().await?;
    aws.role_with_mfa(&role_arn("trainer")).await?;
    let account = with_role(CredentialSource::Environment, &role_arn("trainer"), Some(DEVICE));
    goes_through_a_code(&aws, &mut ask(&aws)?, &account).await
}

#[tokio::test]
async fn a_profile_with_a_device_asks_for_its_code() -> Result<()> {
    let aws = StandIn::start().await?;
    aws.role_with_mfa(&role_arn("trainer")).await?;
    let mut asking = ask_with(&without_keys(&aws))?;
    let config = format!(
        "[profile coded]\nrole_arn = {}\nsource_profile = base\nmfa_serial = {DEVICE}\n",
        role_arn("trainer")
    );
    write(&asking, "config", &config)?;
    write(&asking, "credentials", &keys("base", stand_in::KEY))?;
    goes_through_a_code(&aws, &mut asking, &from_profile("coded")).await
}

async fn goes_through_a_code(aws: &StandIn, asking: &mut AskAws, account: &AccountConfig) -> Result<()> {
    let needed = Err(CloudFault::new(FaultKind::NeedsCode { serial: DEVICE.into() }));
    assert_eq!(identity(asking, account).await?, needed);
    assert!(asking.all(every_region(account)).await?.iter().all(|told| told.is_err()));
    assert_eq!(aws.calls().await?, [], "nothing is asked of AWS before the code is there");

    for wrong in ["12345", "1234567", "12345a", "000000"] {
        let fault = give_code(asking, account, wrong).await?.unwrap_err();
        assert_eq!(fault.kind, FaultKind::WrongCode, "{wrong}");
    }
    assert_eq!(aws.calls_of("AssumeRole").await?.len(), 1, "what is no code is not sent");
    assert_eq!(identity(asking, account).await?, needed);

    give_code(asking, account, CODE).await??;
    let who = identity(asking, account).await??;
    assert!(who.arn.contains("assumed-role/trainer/curfew"), "{}", who.arn);
    for told in asking.all(every_region(account)).await? {
        told?;
    }
    assert_eq!(aws.calls_of("AssumeRole").await?.len(), 2);
    let _: u64 = asking.ask(Ask::Pass(56 * 60)).await??;
    assert_eq!(identity(asking, account).await?, needed, "a session ends, and its end is not slept through");
    Ok(())
}

async fn identity(asking: &mut AskAws, account: &AccountConfig) -> Result<Result<Identity, CloudFault>> {
    asking.ask(Ask::Identity(account.clone())).await
}

async fn instances(
    asking: &mut AskAws,
    account: &AccountConfig,
) -> Result<Result<Vec<Instance>, CloudFault>> {
    asking.ask(Ask::Instances(account.clone(), "us-east-1".into())).await
}

async fn give_code(
    asking: &mut AskAws,
    account: &AccountConfig,
    code: &str,
) -> Result<Result<(), CloudFault>> {
    asking.ask(Ask::GiveCode(account.clone(), code.to_owned())).await
}

async fn reads(asking: &mut AskAws) -> Result<u32> {
    Ok(asking.ask(Ask::KeychainReads).await??)
}

fn every_region(account: &AccountConfig) -> Vec<Ask> {
    let regions: Vec<Region> = domain::region::enabled_by_default();
    regions.into_iter().map(|region| Ask::Instances(account.clone(), region)).collect()
}

fn from_keychain() -> AccountConfig {
    account(CredentialSource::Keychain)
}

fn from_profile(name: &str) -> AccountConfig {
    account(CredentialSource::Profile(name.into()))
}

fn holds((key, secret): (&str, &str), token: Option<&str>) -> Keychain {
    let entry = (key.to_owned(), secret.to_owned(), token.map(str::to_owned));
    Keychain::Holds(BTreeMap::from([("work".to_owned(), entry)]))
}

fn ask_with_keychain(aws: &StandIn, keychain: &Keychain) -> Result<AskAws> {
    let mut variables = without_keys(aws);
    variables.push((KEYCHAIN, serde_json::to_string(keychain)?));
    ask_with(&variables)
}

fn keys(profile: &str, (key, secret): (&str, &str)) -> String {
    format!("[{profile}]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
}

/// Writes a file into the AWS folder of the process's user.
fn write(asking: &AskAws, name: &str, text: &str) -> Result<()> {
    let folder = asking.home().join(".aws");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(name), text)?)
}

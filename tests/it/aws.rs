//! The `aws` crate against the stand-in, over HTTP, in a process of its own with the test's environment.

mod acting;
mod credentials;
mod faults;
mod fleet;
pub(crate) mod launching;

use anyhow::Result;
use curfew_tests::{
    ask_aws::{Ask, AskAws},
    stand_in::{self, At, StandIn},
};
use domain::{
    AccountConfig, CloudFault, CredentialSource, Instance, InstanceId, Region, account::AssumeRole,
    action::Step,
};

/// An account whose credentials are the environment's.
fn environment() -> AccountConfig {
    account(CredentialSource::Environment)
}

fn account(source: CredentialSource) -> AccountConfig {
    AccountConfig { name: "work".into(), source, role: None }
}

fn with_role(source: CredentialSource, arn: &str, mfa_serial: Option<&str>) -> AccountConfig {
    let role = AssumeRole { arn: arn.into(), mfa_serial: mfa_serial.map(str::to_owned) };
    AccountConfig { role: Some(role), ..account(source) }
}

/// A process that signs as the stand-in's administrator.
fn ask(aws: &StandIn) -> Result<AskAws> {
    ask_with(&aws.env())
}

fn ask_with<V: AsRef<str>>(variables: &[(&str, V)]) -> Result<AskAws> {
    AskAws::start(env!("CARGO_BIN_EXE_ask-aws"), variables)
}

/// The stand-in's address without its keys.
fn without_keys(aws: &StandIn) -> Vec<(&'static str, String)> {
    aws.env().into_iter().filter(|(name, _)| !name.contains("KEY")).collect()
}

/// Every instance of a region.
async fn instances(asking: &mut AskAws, region: &str) -> Result<Result<Vec<Instance>, CloudFault>> {
    asking.ask(Ask::Instances(environment(), region.into())).await
}

/// One step on one instance.
async fn carry_out(asking: &mut AskAws, at: &At, step: Step) -> Result<Result<(), CloudFault>> {
    let id: InstanceId = at.id.parse()?;
    asking.ask(Ask::CarryOut(environment(), Region::new(&at.region), id, step)).await
}

/// The ARN of a role in the stand-in's account.
fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{}:role/{name}", stand_in::ACCOUNT)
}

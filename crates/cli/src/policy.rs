//! `curfew policy`: the IAM policies that are kept under test, filled in for an account.

use std::{env, sync::Arc};

use aws::{Ec2, partition};
use domain::{AccountName, Region, config};
use engine::{Cloud, SystemClock};
use launch::prepared;
use store::OsKeychain;

use crate::{
    account,
    args::{Policy, PolicyName},
    credentials::trial::within,
    failure::Failure,
    home::Home,
    terminal::print,
};

const DESKTOP: &str = include_str!("../../../bundle/policies/desktop.json");
const INSTANCE: &str = include_str!("../../../bundle/policies/instance.json");
const PREPARE: &str = include_str!("../../../bundle/policies/prepare.json");

/// What stands in a policy in place of what differs from account to account.
struct Places<'a> {
    account: &'a str,
    region: Option<&'a Region>,
    bucket: Option<&'a str>,
}

/// Prints it.
pub(crate) async fn run(args: &Policy, demo: bool) -> Result<u8, Failure> {
    let text = text(args.which);
    let region = args.region.clone().or_else(region_of_shell);
    if region.is_none() && (text.contains("@REGION@") || text.contains("@BUCKET@")) {
        let line = "this policy is for the instances of one region: name it with --region";
        return Err(Failure::usage(line, "For example --region us-east-1."));
    }
    let account = match &args.account_number {
        Some(number) => number.clone(),
        None if demo => return Err(Failure::usage("the demo has no account: add --account-number", "")),
        None => number(args.account.as_ref()).await?,
    };
    let places = Places { account: &account, region: region.as_ref(), bucket: args.bucket.as_deref() };
    print(&filled(text, &places))?;
    Ok(0)
}

fn text(which: PolicyName) -> &'static str {
    match which {
        PolicyName::Desktop => DESKTOP,
        PolicyName::Instance => INSTANCE,
        PolicyName::Prepare => PREPARE,
    }
}

fn filled(text: &str, places: &Places<'_>) -> String {
    let region = places.region.cloned().unwrap_or_else(|| Region::new("*"));
    let prepared = prepared::bucket(places.account, &region);
    text.replace("@PARTITION@", partition(&region))
        .replace("@ACCOUNT@", places.account)
        .replace("@REGION@", region.as_str())
        .replace("@BUCKET@", places.bucket.unwrap_or(&prepared))
}

fn region_of_shell() -> Option<Region> {
    let said = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| env::var(name).ok());
    config::region(&said?).ok()
}

/// The number of the account that the credentials belong to.
async fn number(named: Option<&AccountName>) -> Result<String, Failure> {
    let account = account::choose(&Home::find()?.config()?, named)?;
    let cloud = Ec2::new(Arc::new(OsKeychain), Arc::new(SystemClock));
    let identity = within(cloud.identity(&account)).await;
    let said = identity.map_err(|fault| fault.problem("asking AWS for the account's number"));
    Ok(said.map_err(|problem| Failure::failed(problem.message, "Or say it with --account-number."))?.number)
}

#[cfg(test)]
mod tests;

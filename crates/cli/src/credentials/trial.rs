//! `curfew credentials test`: asks AWS all that a look around needs, and names what is missing.

use std::{future::Future, sync::Arc, time::Duration};

use domain::{
    AccountConfig, AccountName, CloudFault, FaultKind, Identity, Region,
    region::{OptIn, RegionStatus},
    view::fmt,
};
use engine::Cloud;
use store::OsKeychain;
use tokio::time::timeout;

use super::{accounts, cloud, source};
use crate::{
    failure::{FAILED, Failure, indented},
    home::Home,
    terminal::{Progress, Terminal, print},
};

/// How long one question to AWS may take.
const BOUND: Duration = Duration::from_secs(20);
/// Where instances are asked for when it does not matter where: every account has it.
const ANY_REGION: &str = "us-east-1";

/// Tries one account or all.
pub(super) async fn run(home: &Home, name: Option<&AccountName>, terminal: &Terminal) -> Result<u8, Failure> {
    let accounts = accounts(home.config()?)?;
    let meant: Vec<_> = accounts.iter().filter(|it| name.is_none_or(|name| it.name == *name)).collect();
    if let (Some(name), []) = (name, meant.as_slice()) {
        let names: Vec<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
        let hint = format!("There is: {}.", names.join(", "));
        return Err(Failure::failed(format!("there is no account {name}"), hint));
    }
    let cloud = cloud(Arc::new(OsKeychain));
    let mut all_well = true;
    for account in meant {
        all_well &= try_out(&*cloud, account, terminal).await?;
    }
    Ok(if all_well { 0 } else { FAILED })
}

async fn try_out(cloud: &dyn Cloud, account: &AccountConfig, terminal: &Terminal) -> Result<bool, Failure> {
    print(&format!("{} ({})\n", terminal.ink.bold(account.name.as_str()), source(account)))?;
    let progress = Progress::begin(terminal, format!("Asking AWS about {}", account.name));
    let identity = identity(cloud, account, &progress, terminal).await?;
    progress.clear();
    let known = told("Identity", identity.map(|it| format!("{} (account {})", it.arn, it.number)), terminal)?;
    if !known {
        return Ok(false);
    }
    let regions = within(cloud.regions(account)).await;
    let region = regions.as_deref().map_or_else(|_| Region::new(ANY_REGION), a_region);
    progress.clear();
    let listed = told("Regions", regions.map(|regions| counted(&regions)), terminal)?;
    let instances = within(cloud.instances(account, &region)).await;
    progress.clear();
    let seen = instances.map(|all| format!("{} in {region}", fmt::count(all.len(), "instance")));
    Ok(told("Instances", seen, terminal)? && listed)
}

/// Whom AWS knows the account as; where somebody is there, a locked keychain is unlocked and a code of the second
/// factor asked for first.
async fn identity(
    cloud: &dyn Cloud,
    account: &AccountConfig,
    progress: &Progress,
    terminal: &Terminal,
) -> Result<Result<Identity, CloudFault>, Failure> {
    let first = within(cloud.identity(account)).await;
    let opened = match &first {
        Err(CloudFault { kind: FaultKind::KeychainLocked, .. }) if terminal.answers => {
            OsKeychain.unlock().await
        }
        Err(CloudFault { kind: FaultKind::NeedsCode { serial }, .. }) if terminal.answers => {
            progress.clear();
            let code = terminal.ask(&format!("Code of {serial}:"))?;
            return Ok(match within(cloud.give_code(account, &code)).await {
                Ok(()) => within(cloud.identity(account)).await,
                Err(fault) => Err(fault),
            });
        }
        Ok(_) | Err(_) => return Ok(first),
    };
    if opened.is_err() {
        return Ok(first);
    }
    cloud.forget(account).await;
    Ok(within(cloud.identity(account)).await)
}

/// Prints one finding; whether it is a good one.
fn told(what: &str, finding: Result<String, CloudFault>, terminal: &Terminal) -> Result<bool, Failure> {
    let well = finding.is_ok();
    let text = match finding {
        Ok(found) => format!("    {what:<10} {found}\n"),
        Err(fault) => {
            let sentence = terminal.ink.yellow(&fault.sentence());
            format!("    {what:<10} {sentence}\n{}", indented(&indented(&fault.hint())))
        }
    };
    print(&text)?;
    Ok(well)
}

fn counted(regions: &[RegionStatus]) -> String {
    let enabled = regions.iter().filter(|status| status.opt_in == OptIn::Enabled).count();
    format!("{enabled} enabled, {} not", regions.len() - enabled)
}

/// An enabled one.
fn a_region(regions: &[RegionStatus]) -> Region {
    let enabled = || regions.iter().filter(|status| status.opt_in == OptIn::Enabled);
    let usual = enabled().find(|status| status.region.as_str() == ANY_REGION);
    usual.or_else(|| enabled().next()).map_or_else(|| Region::new(ANY_REGION), |status| status.region.clone())
}

/// A question with a bound.
pub(crate) async fn within<T>(
    question: impl Future<Output = Result<T, CloudFault>>,
) -> Result<T, CloudFault> {
    let late = || Err(CloudFault::new(FaultKind::TimedOut { after: BOUND }));
    timeout(BOUND, question).await.unwrap_or_else(|_| late())
}

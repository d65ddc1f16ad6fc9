//! Whether an instance profile exists.

use domain::CloudFault;

use super::{absent_if, policies::IAM};
use crate::account::Account;

/// Fails if it does not.
pub(super) async fn exists(account: &Account, name: &str) -> Result<(), CloudFault> {
    let what = format!("instance profile {name}");
    let advice = "Check network.instance_profile, or leave it out and run `curfew prepare`.";
    let parameters = [("InstanceProfileName", name)];
    let answer = IAM.ask(account, &account.home_region(), "GetInstanceProfile", &parameters).await;
    answer.map_err(|fault| absent_if(fault, &["NoSuchEntity", "ValidationError"], &what, advice))
}

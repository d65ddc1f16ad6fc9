//! Whether an instance profile exists.

use domain::CloudFault;

use super::absent_if;
use crate::{
    account::Account,
    plain_call::{self, Api, Place, Question},
};

const IAM: Api = Api { id: "IAM", name: "iam", place: Place::Global };
const ACTION: &str = "iam:GetInstanceProfile";

/// Fails if it does not.
pub(super) async fn exists(account: &Account, name: &str) -> Result<(), CloudFault> {
    let what = format!("instance profile {name}");
    let advice = "Check network.instance_profile, or leave it out and run `curfew prepare`.";
    let question = Question::query("2010-05-08", "GetInstanceProfile", &[("InstanceProfileName", name)]);
    let answer = plain_call::ask(account.sdk(), &IAM, question).await;
    answer.map_err(|error| {
        let fault = account.fault(ACTION, &error);
        absent_if(fault, &["NoSuchEntity", "ValidationError"], &what, advice)
    })
}

//! How many vCPUs of a family and market may run.

use domain::{CloudFault, FaultKind, Region};
use launch::call::{QuotaFacts, QuotaFamily};
use serde::{Deserialize, Serialize};

use super::absent;
use crate::{
    account::Account,
    plain_call::{self, Api, Place, Question},
};

const QUOTAS: Api = Api { id: "Service Quotas", name: "servicequotas", place: Place::Regional };
/// Says that the account's quota was never set apart from AWS's default.
const NEVER_APPLIED: &str = "NoSuchResourceException";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    service_code: &'a str,
    quota_code: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    quota: Quota,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Quota {
    value: f64,
}

/// The quota that is in force.
pub(super) async fn facts(
    account: &Account,
    region: &Region,
    family: QuotaFamily,
    spot: bool,
) -> Result<QuotaFacts, CloudFault> {
    let nothing = || absent(format!("known quota of {} instances", family.label()), "");
    let code = family.code(spot).ok_or_else(nothing)?;
    match ask(account, region, "GetServiceQuota", code).await {
        Err(CloudFault { kind: FaultKind::Refused { code: why }, .. }) if why == NEVER_APPLIED => {
            ask(account, region, "GetAWSDefaultServiceQuota", code).await
        }
        answer => answer,
    }
}

async fn ask(
    account: &Account,
    region: &Region,
    action: &'static str,
    code: &str,
) -> Result<QuotaFacts, CloudFault> {
    let asked = Asked { service_code: "ec2", quota_code: code };
    let question = Question::json("ServiceQuotasV20190624", action, &asked);
    match plain_call::ask::<Told>(&account.sdk_in(region), &QUOTAS, question).await {
        // Saturates; a quota is a whole number.
        Ok(told) => Ok(QuotaFacts { limit: told.quota.value as u32 }),
        Err(error) => Err(account.fault_in(region, &format!("servicequotas:{action}"), error).await),
    }
}

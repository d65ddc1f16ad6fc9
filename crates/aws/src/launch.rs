//! The calls of a launch: each in one attempt, answered with facts. What they mean is decided in `launch`.

mod alarm;
mod bucket;
mod deliver;
mod find;
mod fleet;
mod image;
mod instance_profile;
mod listen;
mod network;
mod policies;
mod quota;
mod remove;
mod request;
mod spot;
mod types;

use domain::{CloudFault, FaultKind};
use engine::ports::Builds;
use launch::{Answer, Call};

use crate::account::Account;

/// Carries out one call.
pub(crate) async fn launch(
    account: &Account,
    call: &Call,
    builds: &dyn Builds,
) -> Result<Answer, CloudFault> {
    match call {
        Call::Identity => account.identity().await.map(Answer::Identity),
        Call::Policies { identity, simulations } => {
            policies::denied(account, identity, simulations).await.map(Answer::Policies)
        }
        Call::Types { region, types } => types::facts(account, region, types).await.map(Answer::Types),
        Call::Image { region, image, architecture } => {
            image::facts(account, region, image, *architecture).await.map(Answer::Image)
        }
        Call::Network { region, wish } => network::facts(account, region, wish).await.map(Answer::Network),
        Call::InstanceProfile { name } => {
            instance_profile::exists(account, name).await.map(|()| Answer::InstanceProfile)
        }
        Call::Bucket { name } => bucket::region(account, name).await.map(Answer::Bucket),
        Call::Quota { region, family, spot } => {
            quota::facts(account, region, *family, *spot).await.map(Answer::Quota)
        }
        Call::SpotPrices { region, types } => {
            spot::prices(account, region, types).await.map(Answer::SpotPrices)
        }
        Call::Deliver { bucket, region, architectures } => {
            deliver::downloads(account, bucket, region, architectures, builds).await.map(Answer::Deliver)
        }
        Call::Permission(order) => request::rehearse(account, order).await.map(|()| Answer::Permission),
        Call::Find { region, token } => find::by_token(account, region, token).await.map(Answer::Find),
        Call::FindGroup { region, name, token } => {
            fleet::find(account, region, name, token).await.map(Answer::FindGroup)
        }
        Call::Request(order) => match &order.fleet {
            Some(wanted) => fleet::grow(account, order, wanted).await.map(Answer::Grown),
            None => request::request(account, order).await.map(Answer::Request),
        },
        Call::Alarm { target, wish } => alarm::put(account, target, wish).await.map(|()| Answer::Alarm),
        Call::Listen { home, instance } => listen::word(account, home, instance).await.map(Answer::Listen),
        Call::Remove { target, alarm } => {
            remove::remove(account, target, *alarm).await.map(|()| Answer::Remove)
        }
        Call::RemoveGroup { group, token } => {
            fleet::remove(account, group, token).await.map(|()| Answer::Remove)
        }
    }
}

/// A refusal with one of these codes means that `what` is not there; `advice` says what to do.
pub(crate) fn absent_if(fault: CloudFault, codes: &[&str], what: &str, advice: &str) -> CloudFault {
    let is_absent = matches!(&fault.kind, FaultKind::Refused { code } if codes.contains(&code.as_str()));
    if is_absent { absent(what, advice) } else { fault }
}

fn absent(what: impl Into<String>, advice: impl Into<String>) -> CloudFault {
    CloudFault::with_detail(FaultKind::Absent { what: what.into() }, advice)
}

fn garbled(what: &str) -> CloudFault {
    CloudFault::with_detail(FaultKind::Garbled, what)
}

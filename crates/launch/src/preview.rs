//! What an instance would be told, as far as that is known without asking AWS: for `curfew user-data`.
//!
//! What is known only at the launch is a placeholder in capitals: it is longer than it looks then, above all the URLs.

use std::collections::BTreeMap;

use domain::{Money, Timestamp, price};
use protocol::{layout, userdata::Download};

pub use protocol::userdata::Architecture;

use crate::{
    Cost, Profile, Quote,
    cost::RunLimit,
    profile::{Fill, FillFault},
};

/// Every architecture that there may be a build of the agent for.
pub const ARCHITECTURES: [Architecture; 2] = [Architecture::X86_64, Architecture::Aarch64];

/// Where a bucket lies that AWS was not asked about.
const SOMEWHERE: &str = "BUCKET-REGION";

/// Why there is no script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreviewFault {
    /// The money would not suffice.
    #[error("limits.max_spend_usd does not suffice for any run: it would from {least} on")]
    TooLittle {
        /// For the shortest run.
        least: Money,
    },
    /// There is nothing to tell.
    #[error(transparent)]
    Fill(#[from] FillFault),
}

/// The cost of a launch in the first place of all, by the prices in the program.
pub fn cost(profile: &Profile, now: Timestamp) -> Option<Cost> {
    let (region, kind) = profile.regions.first().zip(profile.types.first())?;
    let (on_demand, spot) = (price::on_demand(region, kind), price::spot(region, kind));
    Some(Cost::of(profile, &Quote { on_demand, spot, image_gib: None, now }))
}

/// The script, with these builds of the agent: their SHA-256 in hexadecimal.
///
/// # Errors
/// [`PreviewFault`].
pub fn user_data(
    profile: &Profile,
    builds: &BTreeMap<Architecture, String>,
    now: Timestamp,
) -> Result<String, PreviewFault> {
    let limit = cost(profile, now).map(|cost| cost.limit);
    if let Some(RunLimit::TooLittle { least }) = limit {
        return Err(PreviewFault::TooLittle { least });
    }
    let (bucket, region) = home(profile);
    let fill = Fill {
        bucket: Some(bucket.clone()),
        bucket_region: Some(region.as_str().into()),
        max_runtime: limit.and_then(RunLimit::runtime),
        ..Fill::default()
    };
    let download = |(architecture, sha256): (&Architecture, &String)| {
        let key = layout::agent(sha256, *architecture);
        let url = format!("https://{bucket}.s3.{region}.amazonaws.com/{key}?SIGNED-AT-THE-LAUNCH");
        (*architecture, Download { url, region: region.clone(), sha256: sha256.clone() })
    };
    Ok(profile.user_data(&fill, builds.iter().map(download).collect())?)
}

/// The bucket and where it lies.
fn home(profile: &Profile) -> (String, String) {
    match (&profile.agent.run.bucket, profile.regions.first()) {
        (Some(bucket), _) => (bucket.clone(), SOMEWHERE.into()),
        (None, Some(region)) => (format!("curfew-ACCOUNT-{region}"), region.to_string()),
        (None, None) => ("curfew-ACCOUNT-REGION".into(), SOMEWHERE.into()),
    }
}

#[cfg(test)]
mod tests;

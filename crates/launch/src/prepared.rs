//! What `curfew prepare` makes in a region and how it is found: names that follow from account and region, and a tag.
//!
//! The same names stand in `bundle/cloudformation/region.yaml`.

use domain::Region;

/// The tag on everything of a region's stack; its value is the stack's name.
pub const TAG: &str = "curfew:prepared";

/// The instance profile with the role that the agent acts with.
pub fn instance_profile(region: &Region) -> String {
    format!("curfew-instance-{region}")
}

/// The bucket; `account` is the AWS account's number.
pub fn bucket(account: &str, region: &Region) -> String {
    format!("curfew-{account}-{region}")
}

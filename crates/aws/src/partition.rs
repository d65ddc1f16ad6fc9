//! AWS's partitions: worlds of their own, with their own names for hosts and resources. Told by a region's name.
//!
//! Source: <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>.

use domain::Region;

/// The name of the partition that a region is in, as ARNs write it.
pub fn partition(region: &Region) -> &'static str {
    Partition::of(region).name
}

/// A partition.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    /// As ARNs write it.
    pub(crate) name: &'static str,
    /// What hosts' names end with.
    pub(crate) suffix: &'static str,
    /// The same, of hosts that speak IPv6 too.
    pub(crate) dual_stack_suffix: &'static str,
    /// Where IAM is.
    pub(crate) iam_host: &'static str,
    /// The region that IAM's calls are signed for.
    pub(crate) iam_region: &'static str,
}

const COMMERCIAL: Partition = Partition {
    name: "aws",
    suffix: "amazonaws.com",
    dual_stack_suffix: "api.aws",
    iam_host: "iam.amazonaws.com",
    iam_region: "us-east-1",
};
const CHINA: Partition = Partition {
    name: "aws-cn",
    suffix: "amazonaws.com.cn",
    dual_stack_suffix: "api.amazonwebservices.com.cn",
    iam_host: "iam.cn-north-1.amazonaws.com.cn",
    iam_region: "cn-north-1",
};
const US_GOVERNMENT: Partition = Partition {
    name: "aws-us-gov",
    suffix: "amazonaws.com",
    dual_stack_suffix: "api.aws",
    iam_host: "iam.us-gov.amazonaws.com",
    iam_region: "us-gov-west-1",
};
const EUROPE: Partition = Partition {
    name: "aws-eusc",
    suffix: "amazonaws.eu",
    dual_stack_suffix: "api.amazonwebservices.eu",
    iam_host: "iam.eusc-de-east-1.amazonaws.eu",
    iam_region: "eusc-de-east-1",
};

impl Partition {
    /// The partition that a region is in.
    pub(crate) fn of(region: &Region) -> &'static Self {
        match region.as_str() {
            name if name.starts_with("cn-") => &CHINA,
            name if name.starts_with("us-gov-") => &US_GOVERNMENT,
            name if name.starts_with("eusc-") => &EUROPE,
            _ => &COMMERCIAL,
        }
    }
}
